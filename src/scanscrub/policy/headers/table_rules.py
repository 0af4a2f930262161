"""The rule for each attribute that Table E.1-1 names, under a profile."""

import re
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Add, Keep, Replace
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text import words
from scanscrub.policy.file_context import FileContext, by_id
from scanscrub.policy.headers.date_rules import DATE_VRS, date_kept, date_moved
from scanscrub.policy.headers.decisions import Decision, removed, replaced
from scanscrub.policy.headers.text_rules import TEXT_VRS, AttributeRule, fallback, text_of, text_rule
from scanscrub.policy.headers.unlisted_text import names_somebody
from scanscrub.policy.headers.vr_rules import BY_VR, uid_kept, uid_rule
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.pseudonyms import ACCESSION, PATIENT, STUDY_ID, PseudonymShape, patient_name
from scanscrub.policy.tables.ps3_15 import TableRow
from scanscrub.policy.tables.vocabulary import listed

_STRUCTURES: Final = frozenset({tags.ROIName, tags.ROIObservationLabel})
"""ROI Name and ROI Observation Label: they name one structure."""
_CONTEXT_GROUP_VERSIONS: Final = frozenset({tags.ContextGroupVersion, tags.ContextGroupLocalVersion})

_CODE_OF_RACE: Final = re.compile(r"(?<![\w-])[12]\d{3}-\d(?![\w-])")
"""As in 2106-3, White."""


def table_rule(row: TableRow, tag: int, profile: Profile) -> AttributeRule:
    """What the table asks for: an option's K or C where one holds, else the Basic Profile's action.

    Of several actions the one that leaves least: what the object needs of it is for `conformance` to say.
    """
    named = _PSEUDONYMS.get(tag)
    if named is not None:
        return _written_as(row.vr, named)
    for option in sorted(profile.options):
        code = row.code(option)
        if code == "K" and not _gives_the_offset_away(row, tag, profile):
            authority = f"PS3.15 E.1-1 K {option}"
            return _retained(row, authority, option)
        rule = _cleaned(row, tag, profile, option) if code == "C" else None
        if rule is not None:
            return rule
    return _basic(row, tag)


def _gives_the_offset_away(row: TableRow, tag: int, profile: Profile) -> bool:
    """Whether the attribute is a date that others can know, beside dates that are moved.

    The day on which a device was calibrated, or a version of a public context group: moved it would give the
    patient's offset away, and kept it would lie years after the study.
    """
    is_date = row.vr in DATE_VRS and Option.MODIFIED_DATES in profile.options
    return is_date and (bool(row.code(Option.DEVICE_IDENTITY)) or tag in _CONTEXT_GROUP_VERSIONS)


def _retained(row: TableRow, authority: str, option: str) -> AttributeRule:
    """An option keeps the value, but for known ones in it.

    That of a device goes whole where it names somebody; that of the patient is cleaned unless it is an ethnic group.
    """
    keep = Decision(Keep("retained by an option"), authority)
    if row.vr in DATE_VRS:
        return date_kept(authority)
    if row.vr == "UI":
        return uid_kept(authority, may_hold_days=option == Option.UIDS)
    if row.vr in {"AS", "CS", "DS", "IS", "UR"}:
        return BY_VR[row.vr]
    if row.vr not in TEXT_VRS:
        return lambda seen, _context: keep if (seen.vr == "SQ") == (row.vr == "SQ") else _gone(row, seen, authority)

    clean = text_rule("block-list", "X", row.severity, authority)

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        if text is None:
            return _gone(row, seen, authority)
        if option == Option.DEVICE_IDENTITY and (context.holds_known(text) or names_somebody(text)):
            return _gone(row, seen, authority)
        may_tell = option == Option.PATIENT_CHARACTERISTICS and not _is_ethnic_group(text)
        return clean(seen, context) if may_tell or context.holds_known(text) else keep

    return rule


def _is_ethnic_group(text: str) -> bool:
    """Whether a value says nothing but ethnic groups, in words, as one character or as a code of the CDC."""
    found = [word.folded for word in words(_CODE_OF_RACE.sub(" ", text))]
    codes = [word for word in found if len(word) == 1]
    return len(codes) <= 1 and all(word in listed("ethnic_groups.txt") for word in found if len(word) > 1)


def _cleaned(row: TableRow, tag: int, profile: Profile, option: Option) -> AttributeRule | None:
    """The rule for a C of the table; None where cleaning is not possible, so that the basic action holds."""
    authority = f"PS3.15 E.1-1 C {option}"
    if option is Option.MODIFIED_DATES:
        is_movable = row.vr in DATE_VRS and not _gives_the_offset_away(row, tag, profile)
        return date_moved(authority) if is_movable else None
    if row.vr == "SQ":
        return _sequence_kept(row, authority)
    if row.vr in TEXT_VRS and not (tag == tags.Occupation and profile.descriptors == "allow-list"):
        return text_rule(profile.descriptors, _least(row.basic), row.severity, authority, whole=tag in _STRUCTURES)
    return None


def _sequence_kept(row: TableRow, authority: str) -> AttributeRule:
    keep = Decision(Keep("its items are looked at one by one"), authority)
    return lambda seen, _context: keep if seen.vr == "SQ" else _gone(row, seen, authority)


def _least(code: str) -> str:
    """Of the actions that a code of the table offers the one that leaves least.

    ``U*`` (a sequence of references) is U: the references stay and point at pseudonymous UIDs.
    """
    offered = code.replace("*", "").split("/")
    return next(letter for letter in "UXZD" if letter in offered)


def _basic(row: TableRow, tag: int) -> AttributeRule:
    action = _least(row.basic)
    authority = f"PS3.15 E.1-1 {action}"
    if row.vr == "SQ" and action in {"D", "U"} and tag != tags.GraphicAnnotationSequence:
        return _sequence_kept(row, authority)
    if action == "U" or (action == "D" and row.vr == "UI"):
        return uid_rule(authority)
    left = "X" if tag == tags.GraphicAnnotationSequence else action
    found = _rule_code(row)
    severity = row.severity

    def rule(seen: Attribute, _context: FileContext) -> Decision:
        if seen.vr == "SQ" and row.vr != "SQ":
            return removed(authority, found, severity, seen.length)
        text = text_of(seen)
        if left == "X" and text and is_placeholder(text):
            return removed(authority, found, severity, 0)
        return fallback(left, seen, authority, found, severity, row.vr)

    return rule


def _rule_code(row: TableRow) -> Rule:
    if row.vr in DATE_VRS:
        return Rule.DATE
    if row.vr in TEXT_VRS and row.code(Option.DESCRIPTORS):
        return Rule.FREE_TEXT
    return Rule.IDENTITY


def _gone(row: TableRow, seen: Attribute, authority: str) -> Decision:
    return removed(authority, _rule_code(row), row.severity, seen.length)


def _written_as(vr: str, named: AttributeRule) -> AttributeRule:
    """`named`, with the standard's VR where the file has one that cannot hold its value."""

    def rule(seen: Attribute, context: FileContext) -> Decision:
        verdict = named(seen, context)
        if seen.vr == vr or not isinstance(verdict.action, Replace):
            return verdict
        return verdict._replace(action=Add(vr, verdict.action.value))

    return rule


def _patient_id(seen: Attribute, context: FileContext) -> Decision:
    text = (text_of(seen) or "").strip(" \0")
    own = context.header.top.get(tags.PatientID, "")
    if by_id(text) != by_id(own) and PATIENT.made(text):
        new = text
    elif not text or by_id(text) == by_id(own) or is_placeholder(text):
        new = context.patient
    else:
        new = PATIENT.make(context.key, *by_id(text))
    return replaced(new, text, "PS3.15 E.1-1 Z/D", Rule.IDENTITY, Severity.IDENTITY)


def _patient_name(seen: Attribute, context: FileContext) -> Decision:
    return replaced(patient_name(context.patient), text_of(seen), "PS3.15 E.1-1 Z", Rule.IDENTITY, Severity.IDENTITY)


def _number(shape: PseudonymShape) -> AttributeRule:
    keep = Decision(Keep("says nothing"), "PS3.15 E.1-1 Z")

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        if text is not None and is_placeholder(text):
            return keep
        number = shape.make(context.key, (text or "").strip(" \0"))
        return replaced(number, text, "PS3.15 E.1-1 Z", Rule.IDENTITY, Severity.IDENTITY)

    return rule


_PSEUDONYMS: Final[dict[int, AttributeRule]] = {
    tags.PatientID: _patient_id,
    tags.PatientName: _patient_name,
    tags.AccessionNumber: _number(ACCESSION),
    tags.StudyID: _number(STUDY_ID),
}
"""What a pseudonym stands for: a Z of the table may be a dummy value that is consistent, and so it is here."""
