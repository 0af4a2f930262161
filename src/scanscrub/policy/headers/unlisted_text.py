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
from scanscrub.policy.headers.vr_validation import defined_words, short_names
from scanscrub.policy.identifiers.readings import resolved
from scanscrub.policy.profile import DescriptorMode
from scanscrub.policy.tables.data_files import lines_of, rows_of
from scanscrub.policy.tables.vocabulary import Standing, listed, standing
from scanscrub.policy.text.descriptors import clean_text
from scanscrub.policy.text.encoded_names import holds_encoded_name
from scanscrub.policy.text.identity_patterns import has_cued_number, spans
from scanscrub.policy.text.person_names import is_called, is_name
from scanscrub.policy.text.social_history import names_a_whereabouts

_AUTHORITY: Final = "VR rule text"
_KEEP: Final = Decision(Keep("names equipment"), _AUTHORITY)
_KEEP_LANDMARK: Final = Decision(Keep("names a point of the body"), _AUTHORITY)
_ABBREVIATION: Final = re.compile(r"[A-Z]{2,3}")
_TITLED: Final = re.compile(r"\b(?:Drs?|DR|Dres|Dra|Prof|Mrs?|Ms|Hr|Herr|Frau|Fr|Sra?|Sig|Mme)\b[.:]?\s*([^\W\d_]+)")
_TELEPHONE: Final = re.compile(
    r"(?:(?<![\w./\-])(?:\+|\(?0)\d*\)?(?:[ /\-]\(?\d+\)?)+"
    r"|(?<![\d./\-])(?:(?:\+|00)[1-9]\d{6,14}|0[1-9]\d{8,10}))(?![\w.])"
)
_BORN: Final = re.compile(
    r"(?<![^\W_])(?:(?:dob|d\.o\.b|born|geb|geboren|née?|nato|nata|nasc|nac|ur|nar)[.:]?\s*|nee?[.:\s]\s*)\d",
    re.IGNORECASE,
)
_ID: Final = re.compile(
    r"(?<![^\W_])(?:mrn|pid|ssn|nhs|nhc|dni|acc(?:ession)?|pat(?:ient)?(?:[ _.-]*(?:id|no|nr))?|pesel|pnr|fnr"
    r"|cpf|id|sn|s/n|serial|key|tel|fon|phone|fax|qr|dod|dob|edd|lmp)(?![^\W_])[ .:#=\-/]*(?:no|nr)?[ .:#=\-/]*"
    r"[^\W_]{0,2}\d(?:[ .\-/]?\d){3}",
    re.IGNORECASE,
)
_APART: Final = re.compile(r"(?<![^\s\\(])[^\W\d_]{2,}(?=[.,;:)]?(?:[\s\\]|$))")
"""Words between spaces: what is joined to numbers by underscores is the name of a part ("453561__PRINTERS.06")."""
_OF_VERSIONS: Final = frozenset(
    {"ver", "vers", "rev", "rel", "sw", "fw", "sp", "hf", "id", "dcm", "os", "win", "db", "no", "nr"}
)
_LONG_AGO: Final = re.compile(
    r"(?<!\d)(?:19[0-8]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|19[0-8]\d[\-./]\d\d?[\-./]\d\d?"
    r"|\d\d?[\-./]\d\d?[\-./]19[0-8]\d|[A-Za-z]{3,9}\.? (?:\d\d?,? )?19[0-8]\d)(?!\d)"
)
"""Days before there was any of the devices."""
_ANATOMY: Final = listed("vocabulary_names.txt", "anatomy")
_NUMBER: Final = re.compile(r"(?<![^\W_])[^\W_]*\d[^\W_]*")
_FEWEST: Final = 7
"""Digits of a telephone number."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
"""Runs of letters, camel case apart."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_COMPUTER: Final = r"(?:PC|LAPTOP|NOTEBOOK|DESKTOP|WORKSTATION|CONSOLE|IMAC|MACBOOK|IPAD|IPHONE)"
_OWNED: Final = re.compile(
    rf"(?<![^\W_])([^\W\d_]{{2,}})(?:'?s)?[ _\-]{{1,2}}{_COMPUTER}(?![^\W\d_])"
    rf"|(?<![^\W_]){_COMPUTER}[ _\-]{{1,2}}([^\W\d_]{{2,}})",
    re.IGNORECASE,
)
"""A word beside one for a computer, which people call after themselves."""
_COMMA: Final = re.compile(r"(?<![^\W_])([^\W\d_]{2,}), ?([^\W\d_]{2,})(?![^\W_])")
_INITIALLED: Final = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]\. ?([^\W\d_]{2,})|([^\W\d_]{2,})(?: ?\^|, ?)[^\W\d_](?![^\W_]))"
)
_LONGEST_UNLISTED: Final = 3
_LONGEST_PRODUCT: Final = 4
_COMPANY: Final = re.compile(
    r"(?<![^\W_])(?:ag|biosystems|bv|co|company|corp|corporation|dental|devices|diagnostics|electronics|engineering"
    r"|equipment|gmbh|healthcare|imaging|inc|incorporated|instruments|kft|kg|laboratories|limited|llc|ltd|medical|oy|plc"
    r"|scientific|software|spa|srl|systems|technologies|technology|ultrasound)(?![^\W_])",
    re.IGNORECASE,
)
"""The forms and trades of companies that make devices."""
_SHORT_MODEL: Final = re.compile(r"[A-Z]{2,3} \d{3,4}(?: [A-Z]{1,3})?")
"""All of a model's name: PM 2002 CC."""
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
        if text is None or context.holds_known(text):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
        said = _read(text, is_maker=is_maker)
        if any("//" in one or _names_somebody(one) for one in said):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.QUASI)
        takes_unknown = strict and not (is_maker and _COMPANY.search(text))
        if any(_is_remark(one) or (_has_unknown(one) and (takes_unknown or _looks_like_a_name(one))) for one in said):
            return fallback(left, seen, _AUTHORITY, Rule.FREE_TEXT, Severity.HYGIENE)
        return _KEEP

    return rule


def _read(text: str, *, is_maker: bool) -> tuple[str, ...]:
    """The text without the names of products, and what it says where something in it is escaped."""
    decoded = resolved(text)
    return (_without_products(text, is_maker=is_maker), *(() if decoded is None else (decoded,)))


def names_somebody(text: str) -> bool:
    """Whether a text about a device names somebody, or says how to reach somebody."""
    said = _read(text, is_maker=False)
    return any(_names_somebody(one) or _looks_like_a_name(one) or _is_remark(one) for one in said)


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
    """Whether a title stands before a word that names no equipment, a computer is called after somebody, a birth is
    told, or an address or a telephone number.

    Or a name in hexadecimal, base64 or rot13.
    """
    unlisted = _LETTERS.sub(lambda word: " " if word[0].lower() in _equipment_words() else word[0], text)
    if "@" in text or may_spell(text) or _BORN.search(text) is not None or holds_encoded_name(unlisted):
        return True
    followed = (found[1] for found in _TITLED.finditer(text))
    initialled = (found[1] or found[2] for found in _INITIALLED.finditer(text))
    owners = (found[1] or found[2] for found in _OWNED.finditer(text))
    numbers = (sum(map(str.isdecimal, found[0])) for found in _TELEPHONE.finditer(text))
    return (
        any(_is_strange(word) or _is_somebodys(word) for word in followed)
        or any(not _is_known(word) or _is_somebodys(word) for word in owners)
        or any(digits >= _FEWEST for digits in numbers)
        or any(_are_a_name(*found.groups()) for found in _COMMA.finditer(text))
        or any(word[0].isupper() and _is_somebodys(word) and word.lower() not in _ANATOMY for word in initialled)
        or names_a_whereabouts(text)
    )


def _is_somebodys(word: str) -> bool:
    """Whether people are called so, and no maker or model."""
    return is_called(word) and word.lower() not in _equipment_words()


def _are_a_name(family: str, given: str) -> bool:
    """Whether two words with a comma between them are both names, and not parts of the body: "Hand, Will"."""
    is_written = all(word[0].isupper() for word in (family, given))
    return is_written and is_called(family) and is_called(given) and not {family.lower(), given.lower()} <= _ANATOMY


def _is_remark(text: str) -> bool:
    """Whether a number points at somebody and stands where no version does: beside an everyday word."""
    if _ID.search(text) is not None:
        return True
    if _LONG_AGO.search(text) is not None or has_cued_number(text):
        return True
    if _SHORT_MODEL.fullmatch(text) is not None:
        return False
    return any(map(_says_something, _APART.findall(text))) and next(spans(text), None) is not None


def _says_something(word: str) -> bool:
    """Whether it is an everyday word, and none of a device or its version."""
    if word.lower() in _equipment_words() or word.lower() in _OF_VERSIONS or word.upper() in defined_words():
        return False
    return len(word) <= _LONGEST_UNLISTED or standing(word) is Standing.PLAIN


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
    """Whether a word of four letters and more is one of no vocabulary, or a shorter one is somebody's name: other
    short ones are too many to list.

    Capitals joined to a number are the name of a model, unless people are called so.
    """
    return any(
        not _is_known(word[0]) and (_MODEL.match(text, word.start()) is None or is_name(word[0]))
        for word in _LETTERS.finditer(text)
    )


def _is_known(word: str) -> bool:
    """Whether the lists have a word, or all of its parts where it is written in camel case."""
    if _is_short(word):
        return not (word.istitle() and (is_name(word) or word.upper() in short_names() - defined_words()))
    parts = _WORD.findall(word) if word.isascii() else []
    return _is_listed(word) or (bool(parts) and all(_is_short(part) or _is_listed(part) for part in parts))


def _is_short(word: str) -> bool:
    return len(word) <= _LONGEST_UNLISTED and word.isascii()


def _is_listed(word: str) -> bool:
    return (
        word.lower() in _equipment_words()
        or (standing(word) is not Standing.UNKNOWN and not is_name(word))
        or word.upper() in defined_words()
    )
