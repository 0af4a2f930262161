"""Rules for the attributes of a code sequence's items (PS3.3 8.8): value, scheme and meaning."""

import re
from typing import Final

from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.case import Case
from scanscrub.policy.codes import PUBLIC_SCHEMES, is_code_value, is_scheme
from scanscrub.policy.options import Option
from scanscrub.policy.profile import DescriptorMode, Profile
from scanscrub.policy.rulings import Ruling, replaced
from scanscrub.policy.structured import CONCEPT_CODE, hides_code
from scanscrub.policy.vr_rules import AttributeRule, fallback, text_of, text_rule, uid_rule

_AUTHORITY: Final = "VR rule coded"
_KEEP: Final = Ruling(Keep("a code"), _AUTHORITY)
_DUMMY: Final = {0x00080100: "261665006", 0x00080102: "SCT", 0x00080104: "Unknown"}
_HIDDEN: Final = frozenset({0x00080082, 0x00401101})
"""Institution Code Sequence and Person Identification Code Sequence: their action is D, a dummy code."""

_UNITS: Final = "UCUM"
"""Units of measurement have more names than a vocabulary, and none is a person's."""

_MODES: Final[tuple[DescriptorMode, ...]] = ("allow-list", "block-list")
_CODING_SCHEME_OID: Final = re.compile(r"2\.16\.840\.1\.113883\.[0-9]{1,2}(?:\.[0-9]{1,4}){1,2}")


def coded_rules(profile: Profile) -> dict[int, AttributeRule]:
    """The rules by tag."""
    options = profile.options
    meaning = {mode: text_rule(mode, "D", Severity.QUASI, _AUTHORITY) for mode in _MODES}

    def hidden(seen: Attribute, case: Case) -> bool:
        path = seen.where.path
        if len(path) < 3:
            return False
        if path[-3] in _HIDDEN:
            return Option.INSTITUTION_IDENTITY not in options or path[-3] == 0x00401101
        return path[-3] == CONCEPT_CODE and hides_code(case, path[:-3], options)

    def part(seen: Attribute, case: Case) -> Ruling:
        text = text_of(seen)
        tag = seen.tag
        if hidden(seen, case):
            return replaced(_DUMMY[tag], text, _AUTHORITY, Rule.IDENTITY, Severity.QUASI)
        scheme = _scheme(seen, case)
        if tag == 0x00080104:
            is_public = scheme in PUBLIC_SCHEMES
            mode: DescriptorMode = (
                "block-list" if scheme == _UNITS else profile.descriptors if is_public else "allow-list"
            )
            return meaning[mode](seen, case)
        bare = (text or "").strip(" \0")
        fits = is_scheme(bare) if tag == 0x00080102 else is_code_value(bare, scheme)
        if text is not None and (not bare or (fits and not case.text.hits(bare))):
            return _KEEP
        return fallback("D", seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)

    return {0x00080100: part, 0x00080102: part, 0x00080104: part, 0x00080119: _long_code, 0x0008010C: _scheme_uid}


def _scheme(seen: Attribute, case: Case) -> str:
    return case.header.schemes.get(seen.where.path[:-1], "")


def _long_code(seen: Attribute, case: Case) -> Ruling:
    text = text_of(seen)
    if text and text.isascii() and " " not in text and _scheme(seen, case) in PUBLIC_SCHEMES:
        return _KEEP
    return fallback("D", seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)


def _scheme_uid(seen: Attribute, case: Case) -> Ruling:
    """HL7's object identifiers of coding schemes are as public as DICOM's own UIDs."""
    text = text_of(seen)
    if text is not None and _CODING_SCHEME_OID.fullmatch(text.strip(" \0")):
        return _KEEP
    return uid_rule(_AUTHORITY)(seen, case)
