"""Rules by VR, for every attribute that Table E.1-1 does not name (PS3.15 E.1.1 note 1)."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, TypeAlias

from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Add, Keep, Replace, ShiftDate
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.secret import Phi
from scanscrub.policy.case import Case
from scanscrub.policy.claims import (
    is_code_string,
    is_decimal_string,
    is_integer_string,
    top_coded_age,
    values_of,
)
from scanscrub.policy.dates import is_date, is_dummy, shifted
from scanscrub.policy.descriptors import clean_text
from scanscrub.policy.dummies import is_placeholder
from scanscrub.policy.profile import DescriptorMode
from scanscrub.policy.rulings import Ruling, cleaned, dummy_value, emptied, remapped, removed, replaced
from scanscrub.policy.uids import is_well_formed

AttributeRule: TypeAlias = Callable[[Attribute, Case], Ruling]

TEXT_VRS: Final = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})
DATE_VRS: Final = frozenset({"DA", "DT", "TM"})

_NUMERIC: Final = ("AT", "FD", "FL", "OD", "OF", "OL", "OV", "SL", "SS", "SV", "UL", "US", "UV", "US or SS", "SQ")
KEPT_BY_VR: Final[Mapping[str, Ruling]] = {vr: Ruling(Keep("names nobody"), f"VR rule {vr}") for vr in _NUMERIC}
"""Numbers, and sequences for the sake of what may stay in them."""

_KEEP_TEXT: Final = Ruling(Keep("nothing to take out"), "VR rule text")
_KEEP_UID: Final = Ruling(Keep("a registered or pseudonymous UID"), "VR rule UI")
_KEEP_CODE: Final = Ruling(Keep("a defined term"), "VR rule CS")
_KEEP_NUMBER: Final = Ruling(Keep("a number"), "VR rule IS DS")
_KEEP_AGE: Final = Ruling(Keep("an age under 90"), "VR rule AS")
_KEEP_BULK: Final = Ruling(Keep("pixels, waveforms or a look-up table"), "VR rule OB OW")
_KEEP_DATE: Final = Ruling(Keep("moved already, or says nothing"), "VR rule DA DT TM")


def text_of(seen: Attribute) -> str | None:
    """The value, or None where it cannot be decoded; an element without value is an empty text."""
    if seen.value is None:
        return "" if seen.length == 0 else None
    return seen.value.reveal()


@cache
def uid_rule(authority: str) -> AttributeRule:
    """UI: pseudonymous where it is not registered, each value of several."""

    def rule(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        if text is None:
            return removed(authority, Rule.UID, Severity.QUASI, seen.length)
        if "\\" not in text:
            bare = text.strip(" \0")
            new = case.uid(bare)
            return _KEEP_UID if new == bare else remapped(new, authority)
        values = values_of(text)
        all_new = [case.uid(value) for value in values]
        return _KEEP_UID if all_new == values else remapped("\\".join(all_new), authority)

    return rule


@cache
def uid_kept(authority: str) -> AttributeRule:
    """Retain UIDs: what is a UID stays."""
    keep = Ruling(Keep("retained by an option"), authority)
    new = uid_rule(authority)

    def rule(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        is_uid = text is not None and all(not value or is_well_formed(value) for value in values_of(text))
        return keep if is_uid else new(seen, case)

    return rule


def code_string(seen: Attribute, case: Case) -> Ruling:
    """CS: defined terms stay; a value that is none becomes ``OTHER``, the rest of several stays."""
    text = text_of(seen)
    if text is None:
        return removed("VR rule CS", Rule.IDENTITY, Severity.IDENTITY, seen.length)
    values = values_of(text)
    if all(is_code_string(value, case.words) for value in values):
        return _KEEP_CODE
    terms = "\\".join(value if is_code_string(value, case.words) else "OTHER" for value in values)
    return Ruling(Replace(terms), "VR rule CS", Rule.IDENTITY, Severity.IDENTITY)


def character_set(seen: Attribute, case: Case) -> Ruling:
    """(0008,0005) Specific Character Set: a term stays; what is none could not be read by anyway."""
    verdict = code_string(seen, case)
    if verdict.keeps:
        return verdict
    return emptied("VR rule CS", Rule.IDENTITY, Severity.IDENTITY, seen.length)


def integer_string(seen: Attribute, case: Case) -> Ruling:
    """IS: whole numbers stay, unless they are dates or known numbers."""
    text = text_of(seen)
    if text is not None and all(not one or is_integer_string(one, case.numbers) for one in values_of(text)):
        return _KEEP_NUMBER
    return emptied("VR rule IS", Rule.IDENTITY, Severity.IDENTITY, seen.length)


def decimal_string(seen: Attribute, case: Case) -> Ruling:
    """DS: numbers stay, unless they are dates or known numbers."""
    text = text_of(seen)
    if text is not None and all(not one or is_decimal_string(one, case.numbers) for one in values_of(text)):
        return _KEEP_NUMBER
    return emptied("VR rule DS", Rule.IDENTITY, Severity.IDENTITY, seen.length)


def age_string(seen: Attribute, case: Case) -> Ruling:
    """AS: an age stays, top-coded."""
    del case
    text = (text_of(seen) or "").strip(" \0")
    coded = top_coded_age(text)
    if coded is None:
        return emptied("VR rule AS", Rule.IDENTITY, Severity.QUASI, seen.length)
    return _KEEP_AGE if coded == text else replaced(coded, text, "VR rule AS", Rule.IDENTITY, Severity.QUASI)


def person_name(seen: Attribute, case: Case) -> Ruling:
    """PN: removed; one that says nothing stays."""
    del case
    text = text_of(seen)
    if text is not None and is_placeholder(text):
        return _KEEP_TEXT
    return removed("VR rule PN", Rule.IDENTITY, Severity.IDENTITY, seen.length)


def date_removed(seen: Attribute, case: Case) -> Ruling:
    """DA, DT, TM without an option that keeps them."""
    del case
    return removed(f"VR rule {seen.vr}", Rule.DATE, Severity.QUASI, seen.length)


@cache
def date_kept(authority: str) -> AttributeRule:
    """Retain Longitudinal Temporal Information Full Dates: what is a date or a time stays."""

    def rule(seen: Attribute, case: Case) -> Ruling:
        del case
        text = text_of(seen)
        if text is not None and is_date(seen.vr, text):
            return _KEEP_DATE
        return emptied(authority, Rule.DATE, Severity.IDENTITY, seen.length)

    return rule


@cache
def date_moved(authority: str) -> AttributeRule:
    """Retain Longitudinal Temporal Information Modified Dates: moved by the patient's offset; times stay."""
    kept = date_kept(authority)

    def rule(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        if case.days is None:
            return kept(seen, case)
        new = None if text is None else shifted(seen.vr, text, case.days)
        if new is None or text is None:
            return emptied(authority, Rule.DATE, Severity.IDENTITY, seen.length)
        if new == text.strip(" \0") or is_dummy(text):
            return _KEEP_DATE
        return Ruling(ShiftDate(case.days, Phi(new)), authority, Rule.DATE, Severity.QUASI)

    return rule


def always_removed(seen: Attribute, case: Case) -> Ruling:
    """AE, UR, UN, and bulk data that are no pixels."""
    del case
    return removed(f"VR rule {seen.vr}", Rule.IDENTITY, Severity.HYGIENE, seen.length)


def bulk(seen: Attribute, case: Case) -> Ruling:
    """OB, OW: pixel data of the top level, waveforms and look-up tables stay."""
    del case
    tag, group = seen.tag, seen.tag >> 16
    is_pixel_data = group == 0x7FE0 and len(seen.where.path) == 1
    if is_pixel_data or group in {0x5400, 0x5600, 0x0066} or (group == 0x0028 and tag != 0x00282000):
        return _KEEP_BULK
    return removed(f"VR rule {seen.vr}", Rule.IDENTITY, Severity.HYGIENE, seen.length)


@cache
def text_rule(mode: DescriptorMode, left: str, severity: Severity, authority: str) -> AttributeRule:
    """Clean a text. `left` (X, Z, D) is the action where nothing is left of it."""

    def rule(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        if text is not None:
            if is_placeholder(text):
                return _KEEP_TEXT
            clean = clean_text(text, case.text, mode)
            if clean.words == 0:
                return _KEEP_TEXT
            if clean.text.strip(" \\"):
                return cleaned(clean.text, clean.words, authority, severity)
        return fallback(left, seen, authority, Rule.FREE_TEXT, severity)

    return rule


def fallback(  # noqa: PLR0913, PLR0917 - a ruling has that many parts
    left: str, seen: Attribute, authority: str, rule: Rule, severity: Severity, vr: str = ""
) -> Ruling:
    """Action X, Z or D; D is Z for a VR without a dummy. `vr` is the one to write where the file's is another."""
    vr = vr or seen.vr
    dummy = dummy_value(vr) if left == "D" else None
    if dummy is not None:
        verdict = replaced(dummy, text_of(seen), authority, rule, severity)
        return verdict if vr == seen.vr else verdict._replace(action=Add(vr, dummy))
    if left == "X":
        return removed(authority, rule, severity, seen.length)
    return emptied(authority, rule, severity, seen.length)


BY_VR: Final[Mapping[str, AttributeRule]] = {
    "AE": always_removed,
    "AS": age_string,
    "CS": code_string,
    "DS": decimal_string,
    "IS": integer_string,
    "OB": bulk,
    "OW": bulk,
    "OB or OW": bulk,
    "PN": person_name,
    "UI": uid_rule("VR rule UI"),
    "UN": always_removed,
    "UR": always_removed,
}
"""The rules of the VRs that neither an option nor a table of tags changes."""
