"""Keeps an object what its IOD asks for: what has to go of an attribute that is required leaves a dummy behind.

Table E.1-1 offers several actions (``X/Z/D``) "to maintain IOD conformance" (PS3.15 E.1.1): rules choose the one
that leaves least, and what the attribute's Type in the object asks for is put right here. The same holds for whatever
a rule by VR takes out.
"""

from collections.abc import Iterable
from typing import Final

from scanscrub.domain.finding import Attribute, Finding, HeaderElement
from scanscrub.domain.plan import Add, Keep, Replace, Step
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.case import Case
from scanscrub.policy.iod_types import ObjectTypes, Path
from scanscrub.policy.ps3_15 import row_of
from scanscrub.policy.rulings import EMPTY, REMOVE, Ruling, dummy_value
from scanscrub.policy.text_rules import text_of

_GRAPHIC_ANNOTATION: Final = 0x00700001
"""All of its module: the object is a valid one without it."""
_MEASURES: Final = frozenset({"CS", "DS", "IS"})
"""VRs whose dummies would be taken for what was measured: a value that is no such thing is not replaced by one."""


def conforming(ruling: Ruling, seen: Attribute, case: Case) -> Ruling:
    """The ruling, unless it takes away what the object needs; then the least that the attribute's Type asks for.

    Type 1 keeps a dummy, Type 2 is emptied. A sequence of Type 1 stays, its items are looked at one by one.
    """
    path = seen.where.path
    if not case.types.needs_element(path):
        return ruling
    if not seen.length:
        return Ruling(Keep("no value"), ruling.authority)
    if case.types.needs_value(path):
        return _sequence(ruling, seen, case) if seen.vr == "SQ" else _dummy(ruling, seen)
    return ruling._replace(action=EMPTY)


def _sequence(ruling: Ruling, seen: Attribute, case: Case) -> Ruling:
    row = row_of(seen.tag)
    if row is None or row.vr != "SQ" or seen.tag == _GRAPHIC_ANNOTATION:
        return ruling
    offered = row.basic.replace("*", "").split("/")
    if case.types.type_of(seen.where.path) == "1" or not {"D", "U"}.isdisjoint(offered):
        return Ruling(Keep("its items are looked at one by one"), ruling.authority)
    return ruling


def _dummy(ruling: Ruling, seen: Attribute) -> Ruling:
    row = row_of(seen.tag)
    vr = seen.vr if row is None or not row.vr else row.vr
    dummy = None if vr in _MEASURES else dummy_value(vr)
    if dummy is None:
        return ruling
    text = text_of(seen)
    if text is not None and text.strip(" \0") == dummy and vr == seen.vr:
        return Ruling(Keep("says nothing already"), ruling.authority)
    return ruling._replace(action=Replace(dummy) if vr == seen.vr else Add(vr, dummy))


def breaks_its_item(gone: Attribute, case: Case) -> bool:
    """Whether an element that goes leaves an item without what it needs: there is no dummy for such bytes."""
    path = gone.where.path
    has_no_dummy = gone.vr not in {*_MEASURES, "SQ"}
    return len(path) > 1 and has_no_dummy and case.types.needs_value(path)


def without_broken_items(steps: Iterable[Step], lost: Iterable[Path], types: ObjectTypes) -> list[Step]:
    """The steps, where sequences go whose items cannot be kept whole.

    `lost` are the elements below the top level that had to go, though their items need them, and that have no dummy:
    encrypted content, signatures. The nearest sequence around them that the object can do without goes or is emptied.
    """
    gone = {where for where in (_dispensable(path, types) for path in lost) if where}
    if not gone:
        return list(steps)
    kept = []
    for step in steps:
        path = step.where.path if isinstance(step.where, HeaderElement) else ()
        if path in gone:
            action = EMPTY if types.type_of(path) in {"2", "2C"} else REMOVE
            because = step.because or Finding(Rule.IDENTITY, step.where, Severity.QUASI)
            kept.append(Step(step.where, action, because, "its items cannot be kept whole"))
        elif not any(path[:end] in gone for end in range(1, len(path), 2)):
            kept.append(step)
    return kept


def _dispensable(path: Path, types: ObjectTypes) -> Path:
    """The innermost sequence around an element that is not of Type 1; empty where there is none."""
    while len(path) > 1:
        path = path[:-2]
        if types.type_of(path) != "1":
            return path
    return ()
