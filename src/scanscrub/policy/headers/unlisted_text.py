"""Texts that Table E.1-1 does not name: equipment stays, descriptions are cleaned, remarks and identifiers go."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.symbols import may_spell
from scanscrub.domain.text import words
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.decisions import Decision
from scanscrub.policy.headers.text_rules import AttributeRule, fallback, text_of, text_rule
from scanscrub.policy.headers.vr_validation import defined_words
from scanscrub.policy.profile import DescriptorMode
from scanscrub.policy.tables.data_files import lines_of, rows_of
from scanscrub.policy.tables.vocabulary import Standing, standing
from scanscrub.policy.text.descriptors import clean_text
from scanscrub.policy.text.encoded_names import holds_encoded_name
from scanscrub.policy.text.identity_patterns import spans
from scanscrub.policy.text.person_names import is_called, is_name

_AUTHORITY: Final = "VR rule text"
_KEEP: Final = Decision(Keep("names equipment"), _AUTHORITY)
_KEEP_LANDMARK: Final = Decision(Keep("names a point of the body"), _AUTHORITY)
_ABBREVIATION: Final = re.compile(r"[A-Z]{2,3}")
_TITLED: Final = re.compile(r"\b(?:Drs?|DR|Dres|Dra|Prof|Mrs?|Ms|Hr|Herr|Frau|Fr|Sra?|Sig|Mme)\b[.:]?\s*([^\W\d_]+)")
_TELEPHONE: Final = re.compile(r"(?<![\w./\-])(?:\+|\(?0)\d*\)?(?:[ /\-]\(?\d+\)?)+(?![\w.])")
_BORN: Final = re.compile(
    r"(?<![^\W_])(?:dob|d\.o\.b|born|geb|geboren|n[ée]e?|nato|nata|nasc|nac|ur|nar)[.:]?\s*\d", re.IGNORECASE
)
_ID: Final = re.compile(
    r"(?<![^\W_])(?:mrn|pid|ssn|nhs|nhc|dni|acc|pat(?:ient)?(?:[ _.-]*(?:id|no|nr))?|pesel|pnr|fnr|cpf)(?![^\W_])"
    r"[ .:#=-]*[^\W_]{0,2}\d(?:-?\d){3}",
    re.IGNORECASE,
)
_APART: Final = re.compile(r"(?<![^\s\\(])[^\W\d_]{4,}(?=[.,;:)]?(?:[\s\\]|$))")
"""Words between spaces: what is joined to numbers by underscores is the name of a part ("453561__PRINTERS.06")."""
_NUMBER: Final = re.compile(r"[^\W_]*\d[^\W_]*")
_FEWEST: Final = 7
"""Digits of a telephone number."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
"""Runs of letters, camel case apart."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LONGEST_UNLISTED: Final = 3
_LONGEST_PRODUCT: Final = 4
_COMPANY: Final = re.compile(
    r"(?<![^\W_])(?:ag|biosystems|bv|co|company|corp|corporation|dental|devices|diagnostics|electronics|engineering"
    r"|equipment|gmbh|healthcare|imaging|inc|incorporated|instruments|kft|kg|laboratories|limited|llc|ltd|medical|oy|plc"
    r"|scientific|software|spa|srl|systems|technologies|technology|ultrasound)(?![^\W_])",
    re.IGNORECASE,
)
"""The forms and trades of companies that make devices."""
_MODEL: Final = re.compile(r"[A-Z]{4,5}-?\d")
"""Capitals that are joined to a number: CXDI-70C."""


@cache
def _listed() -> Mapping[int, tuple[str, str]]:
    return {int(row["tag"], 16): (row["rule"], row["left"]) for row in rows_of("unlisted_text.csv")}


@cache
def unlisted_text_rule(tag: int, mode: DescriptorMode) -> AttributeRule:
    """The rule for an attribute of a text VR. `mode` is what the profile does with unknown words.

    Descriptions lose them in either mode, as only Table E.1-1's own descriptors are known to describe.
    """
    kind, left = _listed().get(tag, ("descriptor", "X"))
    if kind == "remove":
        return lambda seen, _context: fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
    if kind in {"descriptor", "name"}:
        return text_rule("allow-list", left, Severity.QUASI, _AUTHORITY, whole=kind == "name")
    if kind == "landmark":
        return _landmark(text_rule(mode, left, Severity.HYGIENE, _AUTHORITY))
    if kind == "technical":
        return text_rule(mode, left, Severity.HYGIENE, _AUTHORITY)
    return _equipment(left, strict=mode == "allow-list", is_maker=kind == "maker")


def _landmark(cleaned: AttributeRule) -> AttributeRule:
    """An abbreviation of a point of the body stays ("OM", "SN"), where nobody is called so; else as it is cleaned."""

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = (text_of(seen) or "").strip()
        if _ABBREVIATION.fullmatch(text) and not is_name(text) and not context.text.hits(text):
            return _KEEP_LANDMARK
        return cleaned(seen, context)

    return rule


def _equipment(left: str, *, strict: bool, is_maker: bool) -> AttributeRule:
    """A maker, a model or a version, whose numbers look like dates: it stays whole, or goes whole.

    It goes with a known value, an address, a telephone number or a titled name in it; with a number that looks like
    an id or a date beside an everyday word, which makes it a remark; where unknown words go, with one that no list of
    makers and models has, unless a company's form or trade is beside it; and else with one that looks like a name.
    """

    def rule(seen: Attribute, context: FileContext) -> Decision:
        text = text_of(seen)
        if text is None or "@" in text or "//" in text or may_spell(text):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
        rest = _without_products(text, is_maker=is_maker)
        if context.holds_known(text) or _names_somebody(rest):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
        is_company = is_maker and _COMPANY.search(text) is not None
        if _is_remark(rest) or (_has_unknown(rest) and ((strict and not is_company) or _looks_like_a_name(rest))):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.HYGIENE)
        return _KEEP

    return rule


def names_somebody(text: str) -> bool:
    """Whether a text about a device names somebody, or says how to reach somebody."""
    rest = _without_products(text, is_maker=False)
    return "@" in text or may_spell(text) or _names_somebody(rest) or _looks_like_a_name(rest)


def _without_products(text: str, *, is_maker: bool) -> str:
    """The text without the names of makers and products that sound like somebody's: MAGNETOM Vida, Karl Storz.

    One of a single word has to be all of the text.
    """
    found = words(text)
    keys = [word.folded for word in found]
    for start in range(len(keys)):
        for size in range(min(_LONGEST_PRODUCT, len(keys) - start), 0, -1):
            if (size > 1 or (is_maker and len(keys) == 1)) and tuple(keys[start : start + size]) in _products():
                first, last = found[start].start, found[start + size - 1].end
                text = text[:first] + " " * (last - first) + text[last:]
    return text


@cache
def _products() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(name.split()) for line in lines_of("equipment_phrases.txt") for name in line.split(", "))


def _names_somebody(text: str) -> bool:
    """Whether a title stands before a word that names no equipment, a birth is told, or a telephone number.

    Or a name in hexadecimal, base64 or rot13.
    """
    if _BORN.search(text) is not None or holds_encoded_name(text):
        return True
    followed = (found[1] for found in _TITLED.finditer(text))
    numbers = (sum(map(str.isdecimal, found[0])) for found in _TELEPHONE.finditer(text))
    return any(_is_strange(word) for word in followed) or any(digits >= _FEWEST for digits in numbers)


def _is_remark(text: str) -> bool:
    """Whether a number points at somebody and stands where no version does: beside an everyday word."""
    if _ID.search(text) is not None:
        return True
    apart = _APART.findall(text)
    says = any(word.lower() not in _equipment_words() and standing(word) is Standing.PLAIN for word in apart)
    return says and next(spans(text), None) is not None


def _looks_like_a_name(text: str) -> bool:
    """Whether a word goes from a description where only what looks like somebody does; versions are no matter.

    Nor are the words of products beside one that nobody is called: MAGNETOM Vida.
    """
    rest = _NUMBER.sub(" ", text)
    known = {word for word in _LETTERS.findall(rest) if word.lower() in _equipment_words()}
    if not all(map(is_called, known)):
        rest = _LETTERS.sub(lambda found: " " if found[0] in known else found[0], rest)
    return clean_text(rest, (), "block-list").words > 0


def _is_strange(word: str) -> bool:
    return (
        word.lower() not in _equipment_words()
        and standing(word) is not Standing.PLAIN
        and word not in defined_words()
    )


@cache
def _equipment_words() -> frozenset[str]:
    return frozenset(
        word
        for file in ("equipment_words.txt", "equipment_names.txt")
        for line in lines_of(file)
        for word in line.split()
    )


def _has_unknown(text: str) -> bool:
    """Whether a word of four letters and more is one of no vocabulary: shorter ones are too many to list.

    Capitals joined to a number are the name of a model, unless people are called so.
    """
    return any(
        not _is_known(word[0]) and (_MODEL.match(text, word.start()) is None or is_name(word[0]))
        for word in _LETTERS.finditer(text)
    )


def _is_known(word: str) -> bool:
    """Whether the lists have a word, or all of its parts where it is written in camel case."""
    return _is_listed(word) or all(map(_is_listed, _WORD.findall(word)))


def _is_listed(word: str) -> bool:
    return (
        (len(word) <= _LONGEST_UNLISTED and word.isascii())
        or word.lower() in _equipment_words()
        or (standing(word) is not Standing.UNKNOWN and not is_name(word))
        or word.upper() in defined_words()
    )
