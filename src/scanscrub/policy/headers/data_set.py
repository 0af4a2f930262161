"""From the attributes of a data set to the steps of its copy."""

from collections.abc import Callable, Sequence
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute, Finding, HeaderElement, Observation
from scanscrub.domain.plan import Add, Keep, Step
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext, Path
from scanscrub.policy.headers import private_attributes
from scanscrub.policy.headers.conformance import conforming, leaves_something_wrong, whole_steps
from scanscrub.policy.headers.decisions import EMPTY, REMOVE, Decision, removed
from scanscrub.policy.headers.rulebook import Entry, rulebook
from scanscrub.policy.headers.status import STATUS_TAGS
from scanscrub.policy.headers.text_rules import TEXT_VRS
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT, patient_name

_OPEN: Final = 1 << 30
_CHARACTERS: Final = frozenset({*TEXT_VRS, "PN"})
_BINARY: Final = "VR rule binary"
_PIXELS, _WAVEFORMS = 0x7FE0, 0x5400
"""Groups of samples, of which few may look like anything."""
_REALS: Final = frozenset({"FD", "FL", "OD", "OF"})
"""Of eight letters all bytes are; one in a million is like that."""
_NO_CHANCE_PACKED, _NO_CHANCE = 5, 8
"""Characters in all of a value: a whole number of two letters is hardly ever one, small ones, with NULs, often are,
and so are parts of reals.
"""
_DIFFERENT: Final = 5
"""Letters. Fewer are one number over and over."""
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
        where = one.where
        path = where.path
        depth = len(path)
        if depth > closed or path[0] in STATUS_TAGS:
            continue
        closed = _OPEN
        decision = blocks.decision(one) if path[-1] >> 16 & 1 else _standard(one, entry, context, profile)
        if decision is None:
            continue
        action = decision.action
        because = (
            None if decision.rule is None else Finding(decision.rule, where, decision.severity, evidence=one.value)
        )
        steps.append(Step(where, action, because, decision.authority))
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


def _standard(one: Attribute, entry: Callable[[int, str], Entry], context: FileContext, profile: Profile) -> Decision:
    """The decision on an attribute that is not private; the user's own list goes before what the object needs."""
    tag = one.where.path[-1]
    found = entry(tag, one.vr)
    decision = found if type(found) is Decision else found(one, context)  # type: ignore[operator] # a rule then
    if decision.keeps and one.guesses is not None and _is_text_in_numbers(one, context):
        decision = removed(_BINARY, Rule.IDENTITY, Severity.IDENTITY, one.length)
    takes = decision.action is REMOVE or decision.action is EMPTY
    return conforming(decision, one, context) if takes and tag not in profile.remove else decision


def _is_text_in_numbers(one: Attribute, context: FileContext) -> bool:
    """Whether a binary value is text instead: a known value, or so long that no numbers look like it by chance."""
    group = one.where.path[-1] >> 16
    if one.vr in _CHARACTERS or one.guesses is None or group == _PIXELS:
        return False
    text = one.guesses.reveal()
    if text.startswith(BETWEEN_GUESSES):  # words that so many numbers do not come to by chance
        return True
    is_packed = one.length < 2 * len(text) and one.vr not in _REALS
    least = _NO_CHANCE_PACKED if is_packed else _NO_CHANCE
    return context.holds_known(text) or (group != _WAVEFORMS and _comes_not_by_chance(text, least))


def _comes_not_by_chance(text: str, least: int) -> bool:
    """Whether a text is letters for the most part, and no look-up table, whose numbers only rise or only fall."""
    letters = [letter for letter in text if letter.isalpha()]
    ordered = sorted(letters)
    return (
        len(text) >= least
        and 2 * len(letters) >= len(text)
        and len(set(letters)) >= _DIFFERENT
        and letters not in (ordered, ordered[::-1])
    )


class _PrivateBlocks:
    """Rules on private attributes, and at the end on the creators that reserve their blocks."""

    def __init__(self, seen: Sequence[Observation], context: FileContext, profile: Profile) -> None:
        self._context = context
        self._keeps = Option.SAFE_PRIVATE in profile.options
        self._declared = private_attributes.declared_of(seen) if self._keeps else private_attributes.Declared()
        self._creators: dict[Block, Attribute] = {}
        self._used: set[Block] = set()

    def decision(self, one: Attribute) -> Decision | None:
        """The decision on a private attribute; None for a creator that is decided about at the end."""
        tag = one.where.path[-1]
        if not self._keeps:
            return removed(_PRIVATE, Rule.PRIVATE, Severity.QUASI, one.length)
        if private_attributes.is_creator(tag):
            self._creators.setdefault((one.where.path[:-1], tag >> 16 << 8 | tag & 0xFF), one)
            return None
        decision = private_attributes.decision(one, self._context, self._declared)
        if decision.keeps and one.guesses is not None and _is_text_in_numbers(one, self._context):
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
