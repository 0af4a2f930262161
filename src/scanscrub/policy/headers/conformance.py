"""Keeps an object what its IOD asks for: what has to go of an attribute that is required leaves a dummy behind.

Table E.1-1 offers several actions (``X/Z/D``) "to maintain IOD conformance" (PS3.15 E.1.1): rules choose the one
that leaves least, and what the attribute's Type in the object asks for is put right here. The same holds for whatever
a rule by VR takes out.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Finding, HeaderElement
from scanscrub.domain.plan import Action, Add, Keep, Replace, Step
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.decisions import EMPTY, REMOVE, Decision, dummy_value
from scanscrub.policy.headers.text_rules import text_of
from scanscrub.policy.tables.iod_types import ObjectTypes, Path
from scanscrub.policy.tables.ps3_15 import row_of

_MEASURES: Final = frozenset({"CS", "DS", "IS"})
"""VRs whose dummies would be taken for what was measured: a value that is no such thing is not replaced by one."""


_PARTNERS: Final = {
    tags.PatientBirthDateInAlternativeCalendar: tags.PatientAlternativeCalendar,
    tags.PatientDeathDateInAlternativeCalendar: tags.PatientAlternativeCalendar,
    tags.ResponsiblePerson: tags.ResponsiblePersonRole,
    tags.ClinicalTrialProtocolEthicsCommitteeApprovalNumber: tags.ClinicalTrialProtocolEthicsCommitteeName,
}
"""Attributes, and the companion that may be there only where one of them has a value (PS3.3 C.7.1.1, C.7.1.3)."""


def conforming(decision: Decision, seen: Attribute, context: FileContext) -> Decision:
    """The decision, unless it takes away what the object needs; then the least that the attribute's Type asks for.

    Type 1 keeps a dummy, Type 2 is emptied. A sequence of Type 1 stays, its items are looked at one by one.
    """
    path = seen.where.path
    if not context.types.needs_element(path):
        return decision
    if not seen.length:
        return Decision(Keep("no value"), decision.authority)
    if context.types.needs_value(path):
        return _sequence(decision, seen, context) if seen.vr == "SQ" else _dummy(decision, seen)
    return decision._replace(action=EMPTY)


def _sequence(decision: Decision, seen: Attribute, context: FileContext) -> Decision:
    row = row_of(seen.tag)
    if row is None or row.vr != "SQ" or seen.tag == tags.GraphicAnnotationSequence:
        return decision
    offered = row.basic.replace("*", "").split("/")
    if context.types.type_of(seen.where.path) == "1" or not {"D", "U"}.isdisjoint(offered):
        return Decision(Keep("its items are looked at one by one"), decision.authority)
    return decision


def _dummy(decision: Decision, seen: Attribute) -> Decision:
    row = row_of(seen.tag)
    vr = seen.vr if row is None or not row.vr else row.vr
    dummy = None if vr in _MEASURES else dummy_value(vr)
    if dummy is None:
        return decision
    text = text_of(seen)
    if text is not None and text.strip(" \0") == dummy and vr == seen.vr:
        return Decision(Keep("says nothing already"), decision.authority)
    return decision._replace(action=Replace(dummy) if vr == seen.vr else Add(vr, dummy))


def leaves_something_wrong(gone: Attribute, context: FileContext) -> bool:
    """Whether an element that goes asks for more than itself: see `whole_steps`."""
    return gone.where.path[-1] in _PARTNERS or _breaks_its_item(gone, context)


def _breaks_its_item(gone: Attribute, context: FileContext) -> bool:
    """Whether an element that goes leaves an item without what it needs: there is no dummy for such bytes."""
    path = gone.where.path
    has_no_dummy = gone.vr not in {*_MEASURES, "SQ"}
    return len(path) > 1 and has_no_dummy and context.types.needs_value(path)


def whole_steps(steps: Sequence[Step], gone: Sequence[Path], types: ObjectTypes) -> Sequence[Step]:
    """The steps, where what makes no sense without the elements that are `gone` goes as well.

    An element of an item that needs it and has no dummy (encrypted content, a signature) takes the nearest sequence
    around it along that the object can do without; a partner takes its companion.
    """
    if not gone:
        return steps
    broken = {_dispensable(path, types) for path in gone if path[-1] not in _PARTNERS} - {()}
    steps = [
        _without_items(step, types) if _path(step) in broken else step for step in steps if _outside(step, broken)
    ]
    lonely = {(*path[:-1], _PARTNERS[path[-1]]) for path in gone if path[-1] in _PARTNERS}
    lonely -= {
        (*path[:-1], _PARTNERS[path[-1]])
        for path, step in ((_path(step), step) for step in steps)
        if path and path[-1] in _PARTNERS and step.action is not REMOVE and step.action is not EMPTY
    }
    return [_without(step, REMOVE, "its partner has no value") if _path(step) in lonely else step for step in steps]


def _path(step: Step) -> Path:
    return step.where.path if isinstance(step.where, HeaderElement) else ()


def _outside(step: Step, broken: AbstractSet[Path]) -> bool:
    path = _path(step)
    return not any(path[:end] in broken for end in range(1, len(path), 2))


def _without_items(step: Step, types: ObjectTypes) -> Step:
    is_asked_for = types.type_of(_path(step)) in {"2", "2C"}
    return _without(step, EMPTY if is_asked_for else REMOVE, "its items cannot be kept whole")


def _without(step: Step, action: Action, authority: str) -> Step:
    because = step.because or Finding(Rule.IDENTITY, step.where, Severity.QUASI)
    return Step(step.where, action, because, authority)


def _dispensable(path: Path, types: ObjectTypes) -> Path:
    """The innermost sequence around an element that is not of Type 1; empty where there is none."""
    while len(path) > 1:
        path = path[:-2]
        if types.type_of(path) != "1":
            return path
    return ()
