"""Coded concepts (PS3.3 8): which schemes are public, and what of a code may stay."""

import re
from typing import Final

from scanscrub.policy.claims import defined_words
from scanscrub.policy.tables import lines_of
from scanscrub.policy.vocabulary import Standing, standing

PUBLIC_SCHEMES: Final = frozenset(lines_of("coding_schemes.txt"))
"""Coding Scheme Designators whose codes are published; all others are local or private."""

UNITS: Final = "UCUM"
"""Units of measurement: their expressions are codes and meanings at once."""

_CODE: Final = re.compile(r"[A-Za-z0-9.+*/%{}()\[\]:'\"^_#~-]{1,64}")
_LONG_NUMBER: Final = re.compile(r"[0-9]{6,}")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_VERSION: Final = re.compile(r"[0-9]{1,8}[a-z]?|[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}[a-z]?")
_UNIT_NAME: Final = re.compile(
    r"(?:square|cubic|inverse|reciprocal|per|giga|mega|kilo|hecto|deci|centi|milli|micro|nano|pico|\W)*"
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
    return all(len(word) <= 3 or _is_word(word, scheme) for word in _LETTERS.findall(code))


def _is_word(word: str, scheme: str) -> bool:
    if word.upper() in defined_words():
        return True
    return scheme == UNITS and (
        word.lower() in _UNIT_WORDS or standing(word) is not Standing.UNKNOWN or len(word) == 4
    )


def is_scheme(designator: str) -> bool:
    """Whether a Coding Scheme Designator is a public one or has the form of a private one (``99...``, ``L``)."""
    return designator in PUBLIC_SCHEMES or is_code_value(designator, "")


def is_unit_name(text: str) -> bool:
    """Whether a text spells a unit out: ``millimeter``, ``micrograms``, ``per second``."""
    return _UNIT_NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether a Coding Scheme Version is a number or the day of an edition."""
    return _VERSION.fullmatch(text) is not None
