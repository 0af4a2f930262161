"""Rules by VR, for every attribute that Table E.1-1 does not name (PS3.15 E.1.1 note 1)."""

import re
import struct
from collections.abc import Mapping
from functools import cache
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute
from scanscrub.domain.plan import Clean, Keep, Replace
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.decisions import Decision, emptied, remapped, removed, replaced
from scanscrub.policy.headers.text_rules import KEEP_TEXT, TEXT_VRS, AttributeRule, text_of
from scanscrub.policy.headers.vr_validation import (
    defined_words,
    is_code_string,
    is_defined,
    is_number,
    looks_like_date,
    rounded,
    tells,
    top_coded_age,
    values_of,
)
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.uids import is_well_formed
from scanscrub.policy.tables.vocabulary import names_body_parts

_NUMERIC: Final = ("AT", "OD", "OF", "OL", "OV", "SS", "US", "US or SS", "SQ")
_LONG_NUMBERS: Final = ("FD", "FL", "SL", "SV", "UL", "UV")
JUDGED_NUMBERS: Final = frozenset({"DS", "IS", *_LONG_NUMBERS})
"""VRs whose numbers may be long enough to be somebody's."""
NUMBER_VRS: Final = frozenset({*_NUMERIC, *_LONG_NUMBERS})
KEPT_BY_VR: Final[Mapping[str, Decision]] = {vr: Decision(Keep("names nobody"), f"VR rule {vr}") for vr in _NUMERIC}
"""Numbers too short or too many to be somebody's, and sequences for the sake of what may stay in them."""

_GEOMETRY: Final = frozenset(
    {
        tags.SpacingBetweenSlices,
        tags.ImagePositionPatient,
        tags.ImageOrientationPatient,
        tags.PixelSpacing,
        tags.RescaleIntercept,
        tags.RescaleSlope,
    }
)
"""Numbers by which a viewer shows an image, of whatever Type; each copy is asked for them."""
_KEEP_UID: Final = Decision(Keep("a registered or pseudonymous UID", public=True), "VR rule UI")
_KEEP_TERM: Final = Decision(Keep("a defined term", public=True), "VR rule CS")
_KEEP_CODE: Final = Decision(Keep("looks like a defined term"), "VR rule CS")
_KEEP_AGE: Final = Decision(Keep("an age under 90"), "VR rule AS")
_CHARACTER_SET: Final = re.compile(r"(?:ISO[_ ]IR|ISO 2022 IR) ?[0-9]{1,3}|GB18030|GBK|")
_DIGITS_OF_AN_ID: Final = 5
_ROUNDED: Final = re.compile(r"[0-9]{8}|[Ee]")
_DIGITS_OF_A_SINGLE: Final = 38
_BODY_PART: Final = re.compile(r"(?:[A-Za-z]+[0-9]{0,2}[ _()/&,\-]{0,2}){1,6}")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_PROFILE: Final = "VR rule OB, ICC.1"
_LONGEST_TABLE: Final = 1 << 18
"""Bytes; 65,536 entries of two take half of it."""
_KEEP_BULK: Final = Decision(Keep("pixels, waveforms or a look-up table"), "VR rule OB OW")


@cache
def uid_rule(authority: str) -> AttributeRule:
    """UI: pseudonymous where it is not registered, each value of several."""

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        if text is None:
            return removed(authority, Rule.UID, Severity.QUASI, seen.length)
        if "\\" not in text:
            bare = text.strip(" \0")
            new = context.uid(bare)
            return _KEEP_UID if new == bare else remapped(new, authority)
        values = values_of(text)
        all_new = [context.uid(value) for value in values]
        return _KEEP_UID if all_new == values else remapped("\\".join(all_new), authority)

    return rule


@cache
def uid_kept(authority: str, *, may_hold_days: bool = True) -> AttributeRule:
    """Retain UIDs: what is a UID stays; not one with the patient's number in it, nor one that goes elsewhere.

    Those of instances hold days of studies, which are told of in the record instead; a device has no such day.
    """
    keep = Decision(Keep("retained by an option"), authority)
    new = uid_rule(authority)

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        stays = text is not None and all(
            not value or _may_stay(value, context, may_hold_days=may_hold_days) for value in values_of(text)
        )
        return keep if stays else new(seen, context)

    return rule


def _may_stay(uid: str, context: FileContext, *, may_hold_days: bool) -> bool:
    """Whether it is a UID of which no component is a known number."""
    parts = (part for part in uid.split(".") if len(part) >= _DIGITS_OF_AN_ID)
    numbers = (part for part in parts if not (may_hold_days and looks_like_date(part)))
    return is_well_formed(uid) and not context.holds_known.is_uid(uid) and context.numbers.isdisjoint(numbers)


def code_string(seen: Attribute, context: FileContext) -> Decision:
    """CS: defined terms stay; any other value becomes ``OTHER``; its neighbors in a multi-valued attribute stay."""
    text = text_of(seen)
    if text is None:
        return removed("VR rule CS", Rule.IDENTITY, Severity.IDENTITY, seen.length)
    values = values_of(text)
    is_body_part = seen.tag == tags.BodyPartExamined
    fits = [_is_term(value, context) or (is_body_part and _is_body_part(value, context)) for value in values]
    if all(fits):
        return _KEEP_TERM if all(map(is_defined, values)) else _KEEP_CODE
    terms = "\\".join(value if stays else "OTHER" for value, stays in zip(values, fits, strict=True))
    return Decision(Replace(terms), "VR rule CS", Rule.IDENTITY, Severity.IDENTITY)


def _is_body_part(value: str, context: FileContext) -> bool:
    """Whether a value names a part of the body, whatever its letter case, that is in no list of terms."""
    words = [word for word in _LETTERS.findall(value) if len(word) > 1]
    return (
        _BODY_PART.fullmatch(value) is not None
        and bool(words)
        and all(word.upper() in defined_words() or names_body_parts(word) for word in words)
        and not context.holds_known(value)
    )


def _is_term(value: str, context: FileContext) -> bool:
    """Whether one value looks like a defined term, and holds no known value ("PX_4711_083") where it may."""
    if not is_code_string(value, context.words):
        return False
    is_known_term = is_defined(value) and sum(map(str.isdecimal, value)) < _DIGITS_OF_AN_ID
    return is_known_term or not context.holds_known(value)


def character_set(seen: Attribute, context: FileContext) -> Decision:
    """(0008,0005) Specific Character Set: a term stays; what is none could not be read by anyway."""
    text = text_of(seen)
    if text is not None and all(_CHARACTER_SET.fullmatch(value) for value in values_of(text)):
        return _KEEP_TERM
    verdict = code_string(seen, context)
    if verdict.keeps:
        return verdict
    return emptied("VR rule CS", Rule.IDENTITY, Severity.IDENTITY, seen.length)


@cache
def number(vr: str) -> AttributeRule:
    """Numbers stay, unless they are dates or known ones; where the object or its viewer needs one, it is rounded."""
    authority = f"VR rule {vr}"
    keep = Decision(Keep("a number"), authority)

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        if text is None:
            return keep if vr in _LONG_NUMBERS else emptied(authority, Rule.IDENTITY, Severity.IDENTITY, seen.length)
        values = values_of(text)
        are_numbers = vr in _LONG_NUMBERS or all(not one or is_number(vr, one) for one in values)
        known = context.numbers | _as_singles(text, context.numbers) if vr == "FL" else context.numbers
        told = [bool(one) and tells(seen.tag, one, known) for one in values] if are_numbers else []
        if are_numbers and not any(told):
            return keep
        if are_numbers and (seen.tag in _GEOMETRY or context.types.needs_value(seen.where.path)):
            new = (rounded(vr, one) if goes else one for one, goes in zip(values, told, strict=True))
            return Decision(Replace("\\".join(new)), authority, Rule.IDENTITY, Severity.IDENTITY)
        return emptied(authority, Rule.IDENTITY, Severity.IDENTITY, seen.length)

    return rule


def _as_singles(text: str, known: frozenset[str]) -> frozenset[str]:
    """Known numbers as 32 bits hold them, which are too few for nine digits: 837172123 is 837172096."""
    if _ROUNDED.search(text) is None:
        return frozenset()
    whole = [float(number) for number in known if len(number) < _DIGITS_OF_A_SINGLE]
    return frozenset(
        f"{single:.0f}" for single in struct.unpack(f"<{len(whole)}f", struct.pack(f"<{len(whole)}f", *whole))
    )


def age_string(seen: Attribute, context: FileContext) -> Decision:
    """AS: an age stays, top-coded."""
    del context
    text = (text_of(seen) or "").strip(" \0")
    coded = top_coded_age(text)
    if coded is None:
        return emptied("VR rule AS", Rule.IDENTITY, Severity.QUASI, seen.length)
    return _KEEP_AGE if coded == text else replaced(coded, text, "VR rule AS", Rule.IDENTITY, Severity.QUASI)


def person_name(seen: Attribute, context: FileContext) -> Decision:
    """PN: removed; one that says nothing stays."""
    del context
    text = text_of(seen)
    if text is not None and is_placeholder(text):
        return KEEP_TEXT
    return removed("VR rule PN", Rule.IDENTITY, Severity.IDENTITY, seen.length)


def always_removed(seen: Attribute, context: FileContext) -> Decision:
    """AE, UR, UN, and bulk data that are no pixels."""
    del context
    return removed(f"VR rule {seen.vr}", Rule.IDENTITY, Severity.HYGIENE, seen.length)


def bulk(seen: Attribute, context: FileContext) -> Decision:
    """OB, OW: pixel data of the top level, waveforms and look-up tables stay."""
    del context
    group = seen.tag >> 16
    is_pixel_data = group == 0x7FE0 and len(seen.where.path) == 1
    if is_pixel_data or group in {0x5400, 0x5600, 0x0066} or group == 0x0028:
        return _KEEP_BULK
    return removed(f"VR rule {seen.vr}", Rule.IDENTITY, Severity.HYGIENE, seen.length)


def lookup_table(seen: Attribute, context: FileContext) -> Decision:
    """Tables of shades and colors that no pixel of the file decides about: numbers stay, words among them go (the
    value is what they say).
    """
    if seen.vr in TEXT_VRS or seen.length > _LONGEST_TABLE:
        return always_removed(seen, context)
    if spells_words(seen):
        return Decision(Clean(""), "VR rule OB OW", Rule.IDENTITY, Severity.QUASI)
    return _KEEP_BULK


def spells_words(table: Attribute) -> bool:
    """Whether the value of a look-up table is what its numbers spell."""
    return (text_of(table) or "").startswith(BETWEEN_GUESSES)


def color_profile(seen: Attribute, context: FileContext) -> Decision:
    """ICC Profile: its colors stay, its texts go (the value is what it says); what is no profile becomes sRGB where
    one must be there.
    """
    text = text_of(seen)
    if text == "":
        return Decision(Keep("colors alone"), _PROFILE)
    if text is None and not context.types.needs_value(seen.where.path):
        return removed(_PROFILE, Rule.SEGMENT, Severity.HYGIENE, seen.length)
    return Decision(Clean(""), _PROFILE, Rule.SEGMENT, Severity.HYGIENE)


BY_VR: Final[Mapping[str, AttributeRule]] = {
    "AE": always_removed,
    "AS": age_string,
    "CS": code_string,
    "OB": bulk,
    "OW": bulk,
    "OB or OW": bulk,
    "PN": person_name,
    "UI": uid_rule("VR rule UI"),
    "UN": always_removed,
    "UR": always_removed,
    **{vr: number(vr) for vr in JUDGED_NUMBERS},
}
"""The rules of the VRs that neither an option nor a table of tags changes."""
