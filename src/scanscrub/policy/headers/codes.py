"""Coded concepts (PS3.3 8): which schemes are public, and what of a code may stay."""

import re
from typing import Final

from scanscrub.policy.headers.vr_validation import defined_words, looks_like_date
from scanscrub.policy.tables.data_files import lines_of
from scanscrub.policy.tables.vocabulary import Standing, standing

PUBLIC_SCHEMES: Final = frozenset(lines_of("coding_schemes.txt"))
"""Coding Scheme Designators whose codes are published; all others are local or private."""

_PRIVATE_SCHEMES: Final = frozenset(lines_of("private_schemes.txt"))

UNITS: Final = "UCUM"
"""Units of measurement: their expressions are codes and meanings at once."""

_CODE: Final = re.compile(r"[A-Za-z0-9.+*/%{}()\[\]:'\"^_#~-]{1,64}")
_LONG_NUMBER: Final = re.compile(r"[0-9]{6,}")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_VERSION: Final = re.compile(r"[0-9]{1,8}[a-z]?|[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}[a-z]?")
_UNIT_NAME: Final = re.compile(
    r"(?:square|cubic|inverse|reciprocal|per|giga|mega|kilo|hecto|deci|centi|milli|micro|nano|pico|\W)*+"
    r"(?:met(?:er|re)|second|minute|hour|day|gram|lit(?:er|re)|volt|ampere|watt|joule|newton|pascal|tesla|gauss|hertz|gray"
    r"|sievert|becquerel|curie|kelvin|mole|degree|radian|bel|ohm|farad|coulomb|electronvolt|byte|bit|dyne|calorie|pixel)s?",
    re.IGNORECASE,
)
_UNIT_WORDS: Final = frozenset({"counts", "events", "propcounts", "suvbsa", "suvbw", "suvibw", "suvlbm"})


def is_code_value(code: str, scheme: str) -> bool:
    """Whether a Code Value has the form of a code: no word of four letters that nobody knows, no space.

    A long number is one only in a public scheme.
    """
    if _CODE.fullmatch(code) is None or (scheme not in PUBLIC_SCHEMES and _LONG_NUMBER.search(code)):
        return False
    if looks_like_date(code):
        return False
    return all(len(word) <= 3 or _is_word(word, scheme) for word in _LETTERS.findall(code))


def _is_word(word: str, scheme: str) -> bool:
    if word.upper() in defined_words():
        return True
    return scheme == UNITS and (
        word.lower() in _UNIT_WORDS or standing(word) is not Standing.UNKNOWN or len(word) == 4
    )


def is_scheme(designator: str) -> bool:
    """Whether a Coding Scheme Designator is a public one, a private one that is listed, or made of known words.

    A private one is free text behind ``99``: ``99SIEMENS``, but ``99LEE`` as well.
    """
    if designator in PUBLIC_SCHEMES or designator in _PRIVATE_SCHEMES:
        return True
    words = _LETTERS.findall(designator)
    return is_code_value(designator, "") and all(_is_said(word) for word in words)


def _is_said(word: str) -> bool:
    return word.upper() in defined_words() or (len(word) > 2 and standing(word) is Standing.PLAIN)


def is_unit_name(text: str) -> bool:
    """Whether a text spells a unit out: ``millimeter``, ``micrograms``, ``per second``."""
    return _UNIT_NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether a Coding Scheme Version is a number or the day of an edition."""
    return _VERSION.fullmatch(text) is not None
