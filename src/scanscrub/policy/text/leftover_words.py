"""Numbers, letters and parts of addresses that say nothing when the word beside them has gone: "12" of "Elm 12"."""

import re
from collections.abc import Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import listed

_STREETS = listed("vocabulary_cues.txt", "streets")
_NUMBERED_HOUSE = re.compile(r"[^\W\d_]|\d{1,4}[a-z]")
_WORDS_OF_A_STREET = 4
_SIDES = frozenset("lr")
_COUNTED = listed("technical_numbers.txt", "units") | listed("technical_numbers.txt", "counted")


def pointless(text: str, found: Sequence[Word], gone: set[int], telling: Sequence[bool]) -> set[int]:
    """Their places. A number stays before what it counts ("2 views"), and behind a word that stays; a letter
    alone needs one beside it.
    """
    loose: set[int] = set()
    tells = [told and place not in gone for place, told in enumerate(telling)]
    tells_something = any(tells)
    place = 0
    while place < len(found):
        end = _end_of_number(text, found, place)
        if end == place:
            if place not in gone and place - 1 in gone and _is_of_an_address(found, place):
                loose.add(place)
            place += 1
            continue
        if place not in gone and (not tells_something or _is_loose(found, place, end, (gone, loose), tells)):
            loose.update(range(place, end))
        place = end
    return loose


def _is_loose(
    found: Sequence[Word], place: int, end: int, gone: tuple[set[int], set[int]], tells: Sequence[bool]
) -> bool:
    """Whether nothing beside the number or the letter says what it means; a side (L, R) belongs to any word."""
    following = end < len(found) and tells[end]
    before = place > 0 and tells[place - 1]
    if found[place].folded in _SIDES and (before or following):
        return False
    is_counted = following and (found[end].folded in _COUNTED or found[place].folded.isalpha())
    if any(place - 1 in places for places in gone) and not is_counted:
        return True
    return any(end in places for places in gone) and not (before and _is_number(found[end]))


def _is_of_an_address(found: Sequence[Word], place: int) -> bool:
    """Whether the word is a kind of street or flat, and a number stands before the name before it, or behind it."""
    if found[place].folded not in _STREETS:
        return False
    near = (*found[max(place - _WORDS_OF_A_STREET, 0) : max(place - 1, 0)], *found[place + 1 : place + 2])
    return any(map(_is_number, near))


def _is_number(word: Word) -> bool:
    return word.folded.isdecimal()


def _end_of_number(text: str, found: Sequence[Word], place: int) -> int:
    """Where a number with its decimals ends, or a letter; `place` where neither begins there."""
    word = found[place]
    if _NUMBERED_HOUSE.fullmatch(word.folded) is not None:
        return place + 1
    if not _is_number(word):
        return place
    end = place + 1
    while end < len(found) and _is_number(found[end]) and text[found[end - 1].end : found[end].start] in {".", "/"}:
        end += 1
    return end
