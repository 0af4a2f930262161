"""From the attributes of a data set to the steps of its copy."""

from collections.abc import Callable, Sequence
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import LOOKUP_TABLES, Attribute, Finding, HeaderElement, Observation
from scanscrub.domain.plan import Add, Keep, Step
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext, Path
from scanscrub.policy.headers import private_attributes
from scanscrub.policy.headers.conformance import conforming, leaves_something_wrong, whole_steps
from scanscrub.policy.headers.decisions import EMPTY, REMOVE, Decision, removed
from scanscrub.policy.headers.numbers_as_bytes import is_no_number_of_its_object, is_text_in_numbers
from scanscrub.policy.headers.rulebook import Entry, rulebook
from scanscrub.policy.headers.status import STATUS_TAGS
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT, patient_name

_OPEN: Final = 1 << 30
_BINARY: Final = "VR rule binary"
_PRIVATE: Final = "PS3.15 E.1-1 X"
_CREATOR_KEPT: Final = Keep("creator of a block of which something stays", public=True)

Block = tuple[Path, int]
"""A private block: the path of its data set, and group and block number as 0xGGGGBB."""


def header_steps(seen: Sequence[Observation], context: FileContext, profile: Profile) -> list[Step]:
    """A step for every attribute; none for what lies in a sequence that goes, or is a status attribute.

    Takes attributes in file order: a sequence before what is in it. A file without Patient ID, which is of Type 2 in
    every object, gets its pseudonym and is known again by it; one without a name, a name where the id is of a list.
    """
    steps: list[Step] = []
    entry = rulebook(profile).entry
    lost: list[Path] = []
    blocks = _PrivateBlocks(seen, context, profile)
    closed = _OPEN  # attributes with longer paths than this lie in a sequence that goes
    for one in seen:
        if not isinstance(one, Attribute):
            continue
        path = one.where.path
        depth = len(path)
        if depth > closed or path[0] in STATUS_TAGS:
            continue
        closed = _OPEN
        step = blocks.step(one) if path[-1] >> 16 & 1 else _standard_step(one, entry, context, profile)
        if step is None:
            continue
        steps.append(step)
        action = step.action
        if action is REMOVE or action is EMPTY:
            closed = depth
            if leaves_something_wrong(one, context):
                lost.append(path)
    steps += blocks.creator_steps()
    steps = list(whole_steps(steps, lost, context.types))
    if tags.PatientID not in context.header.top:
        steps.append(Step(HeaderElement((tags.PatientID,)), Add("LO", context.patient), None, "PS3.15 E.1-1 Z/D"))
    if tags.PatientName not in context.header.top and not PATIENT.made(context.patient):
        name = patient_name(context.patient)
        steps.append(Step(HeaderElement((tags.PatientName,)), Add("PN", name), None, "PS3.15 E.1-1 Z"))
    return steps


def _step(one: Attribute, decision: Decision) -> Step:
    rule = decision.rule
    because = None if rule is None else Finding(rule, one.where, decision.severity, evidence=one.value)
    return Step(one.where, decision.action, because, decision.authority)


def _standard_step(
    one: Attribute, entry: Callable[[int, str], Entry], context: FileContext, profile: Profile
) -> Step:
    """The step of an attribute that is not private, as it was decided in another file of the series or is now."""
    step = context.decided.get(one)
    if step is None:
        step = _step(one, _standard(one, entry, context, profile))
        context.decided.add(one, step)
    return step


def _standard(one: Attribute, entry: Callable[[int, str], Entry], context: FileContext, profile: Profile) -> Decision:
    """The decision on an attribute that is not private; the user's own list goes before what the object needs."""
    tag = one.where.path[-1]
    found = entry(tag, one.vr)
    decision = found if type(found) is Decision else found(one, context)  # type: ignore[operator] # a rule then
    if decision.keeps and tag not in profile.keep and is_no_number_of_its_object(one, context):
        decision = removed(_BINARY, Rule.IDENTITY, Severity.HYGIENE, one.length)
    may_be_text = one.guesses is not None and (decision.keeps or tag in LOOKUP_TABLES)
    if may_be_text and is_text_in_numbers(one, context):
        decision = removed(_BINARY, Rule.IDENTITY, Severity.IDENTITY, one.length)
    takes = decision.action is REMOVE or decision.action is EMPTY
    return conforming(decision, one, context) if takes and tag not in profile.remove else decision


class _PrivateBlocks:
    """Rules on private attributes, and at the end on the creators that reserve their blocks."""

    def __init__(self, seen: Sequence[Observation], context: FileContext, profile: Profile) -> None:
        self._context = context
        self._keeps = Option.SAFE_PRIVATE in profile.options
        self._declared = private_attributes.declared_of(seen) if self._keeps else private_attributes.Declared()
        self._creators: dict[Block, Attribute] = {}
        self._used: set[Block] = set()

    def step(self, one: Attribute) -> Step | None:
        """The step of a private attribute; None for a creator that is decided about at the end."""
        decision = self._decision(one)
        return None if decision is None else _step(one, decision)

    def _decision(self, one: Attribute) -> Decision | None:
        tag = one.where.path[-1]
        if not self._keeps:
            return removed(_PRIVATE, Rule.PRIVATE, Severity.QUASI, one.length)
        if private_attributes.is_creator(tag):
            self._creators.setdefault((one.where.path[:-1], tag >> 16 << 8 | tag & 0xFF), one)
            return None
        decision = private_attributes.decision(one, self._context, self._declared)
        if decision.keeps and one.guesses is not None and is_text_in_numbers(one, self._context):
            decision = removed(_PRIVATE, Rule.PRIVATE, Severity.QUASI, one.length)
        if decision.action is not REMOVE:
            self._used.add((one.where.path[:-1], tag >> 8))
        return decision

    def creator_steps(self) -> list[Step]:
        """A creator stays beside something of its block, if it is exactly one that the standard names."""
        steps = []
        for block, one in self._creators.items():
            value = "" if one.value is None else one.value.reveal().strip(" \0")
            if block in self._used and value in private_attributes.safe_creators():
                steps.append(Step(one.where, _CREATOR_KEPT, None, "PS3.15 E.3.10"))
            else:
                steps.append(Step(one.where, REMOVE, _creator_finding(one.where, one), "PS3.15 E.3.10"))
        return steps


def _creator_finding(where: HeaderElement, one: Attribute) -> Finding | None:
    return Finding(Rule.PRIVATE, where, Severity.QUASI, evidence=one.value) if one.length else None
