"""Rules for the attributes of a code sequence's items (PS3.3 8.8): value, scheme and meaning."""

import re
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.codes import PUBLIC_SCHEMES, UNITS, is_code_value, is_scheme, is_unit_name, is_version
from scanscrub.policy.headers.decisions import Decision, replaced
from scanscrub.policy.headers.structured_reports import hides_code
from scanscrub.policy.headers.text_rules import AttributeRule, fallback, text_of, text_rule
from scanscrub.policy.headers.vr_rules import uid_rule
from scanscrub.policy.options import Option
from scanscrub.policy.profile import DescriptorMode, Profile
from scanscrub.policy.pseudonyms.uids import is_coding_scheme
from scanscrub.policy.tables.public_codes import is_meaning, meanings_of
from scanscrub.policy.tables.vocabulary import Standing, standing

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_AUTHORITY: Final = "VR rule coded"
_KEEP: Final = Decision(Keep("looks like a code"), _AUTHORITY)
_KEEP_PUBLIC: Final = Decision(Keep("a public code, or what it means", public=True), _AUTHORITY)
_UNKNOWN: Final = {tags.CodeValue: "261665006", tags.CodingSchemeDesignator: "SCT", tags.CodeMeaning: "Unknown"}
"""Institution Code Sequence and Person Identification Code Sequence: their action is D, a dummy code."""


def coded_rules(profile: Profile) -> dict[int, AttributeRule]:
    """The rules by tag. A code that has to go as a whole becomes the code for "unknown"."""
    options = profile.options

    def unless_hidden(rule: AttributeRule) -> AttributeRule:
        def whole(seen: Attribute, context: FileContext) -> Decision:
            if _is_hidden(seen, context, options):
                return replaced(_UNKNOWN[seen.tag], text_of(seen), _AUTHORITY, Rule.IDENTITY, Severity.QUASI)
            return rule(seen, context)

        return whole

    return {
        tags.CodeValue: unless_hidden(_value),
        tags.CodingSchemeDesignator: unless_hidden(_scheme),
        tags.CodingSchemeVersion: _version,
        tags.CodeMeaning: unless_hidden(_meaning(profile)),
        tags.CodingSchemeUID: _scheme_uid,
        tags.LongCodeValue: _value,
    }


def _is_hidden(seen: Attribute, context: FileContext, options: frozenset[Option]) -> bool:
    path = seen.where.path
    sequence = path[-3] if len(path) > 2 else 0
    if sequence == tags.ConceptCodeSequence:
        return hides_code(context, path[:-3], options)
    return sequence == tags.PersonIdentificationCodeSequence or (
        sequence == tags.InstitutionCodeSequence and Option.INSTITUTION_IDENTITY not in options
    )


def _scheme_of(seen: Attribute, context: FileContext) -> str:
    return context.header.schemes.get(seen.where.path[:-1], "")


def _value(seen: Attribute, context: FileContext) -> Decision:
    text, scheme = (text_of(seen) or "").strip(" \0"), _scheme_of(seen, context)
    if meanings_of(scheme, text):
        return _KEEP_PUBLIC  # whatever digits the patient's numbers share with it
    return _kept_unless_known(seen, context, text, fits=not text or is_code_value(text, scheme))


def _scheme(seen: Attribute, context: FileContext) -> Decision:
    text = (text_of(seen) or "").strip(" \0")
    if text in PUBLIC_SCHEMES:
        return _KEEP_PUBLIC
    return _kept_unless_known(seen, context, text, fits=not text or is_scheme(text))


def _version(seen: Attribute, context: FileContext) -> Decision:
    text = (text_of(seen) or "").strip(" \0")
    if is_version(text):
        return _kept_unless_known(seen, context, text, fits=True)
    return text_rule("allow-list", "X", Severity.HYGIENE, _AUTHORITY)(seen, context)


def _kept_unless_known(seen: Attribute, context: FileContext, text: str, *, fits: bool) -> Decision:
    is_readable = seen.value is not None or not seen.length
    if is_readable and fits and text.lstrip("0") not in context.numbers and not context.holds_known(text):
        return _KEEP
    return fallback("D", seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)


def _meaning(profile: Profile) -> AttributeRule:
    """The standard's own meaning stays; another one stays whole where it says nothing else, or gives way to it.

    What no table has is cleaned as the profile cleans descriptions where the scheme is public and a word is one of
    the vocabulary (a bare unknown word may be somebody), else strictly, and goes whole.
    """

    def rule(seen: Attribute, context: FileContext) -> Decision:
        scheme, text = _scheme_of(seen, context), text_of(seen)
        meanings = meanings_of(scheme, context.header.codes.get(seen.where.path[:-1], ""))
        if text is not None and meanings and is_meaning(text, meanings):
            return _KEEP_PUBLIC
        if scheme == UNITS and text is not None and (is_code_value(text, UNITS) or is_unit_name(text)):
            mode: DescriptorMode = "block-list"
        else:
            trusted = scheme in PUBLIC_SCHEMES and not meanings and _says_something(text or "")
            mode = profile.descriptors if trusted else "allow-list"
        verdict = text_rule(mode, "D", Severity.QUASI, _AUTHORITY)(seen, context)
        if verdict.keeps:
            return verdict
        if meanings:
            return replaced(meanings[0], text, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
        return fallback("D", seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)

    return rule


def _says_something(text: str) -> bool:
    """Whether a word of a meaning is one that is known to mean something."""
    return any(standing(word) is Standing.PLAIN for word in _WORD.findall(text))


def _scheme_uid(seen: Attribute, context: FileContext) -> Decision:
    if is_coding_scheme((text_of(seen) or "").strip(" \0")):
        return _KEEP_PUBLIC
    return uid_rule(_AUTHORITY)(seen, context)
