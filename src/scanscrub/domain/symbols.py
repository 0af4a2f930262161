"""Characters that are pictures of letters: enclosed ones, flags, Braille, and what no standard has assigned.

Unicode calls them symbols, so no word of a text holds them, neither to clean nor to be found. What is neither of a
word nor plain punctuation may spell anything.
"""

from typing import Final
from unicodedata import category

_PICTURES: Final = frozenset({"So", "Co", "Cn", "Cs"})
_PLAIN: Final = frozenset("°©®№℃℉℗™←↑→↓↔↕�")
"""Symbols of units, marks and numbers, and what a decoder writes for bytes that are nothing."""
_DIGITS: Final = "No"
_MOST_DIGITS = 2
"""So many enclosed, raised or lowered figures number something; more may be a date."""


def may_spell(text: str) -> bool:
    """Whether symbols in a text may be letters or figures of somebody's."""
    if text.isascii():
        return False
    kinds = [category(each) for each in text if not each.isascii() and each not in _PLAIN]
    return not _PICTURES.isdisjoint(kinds) or kinds.count(_DIGITS) > _MOST_DIGITS
