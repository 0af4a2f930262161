"""Numbers, letters and parts of addresses that say nothing when the word beside them has gone: "12" of "Elm 12"."""

import re
from collections.abc import Iterator, Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import listed

_STREETS = listed("vocabulary_cues.txt", "streets")
_BEFORE_A_NAME = listed("vocabulary_cues.txt", "places before a name")
_OF = frozenset({"de", "da", "do", "dos", "das", "del", "la", "las", "los", "di", "della", "des", "du"})
_NUMBERED_HOUSE = re.compile(r"[^\W\d_]|\d{1,4}[a-z]")
_FLAT = re.compile(r"\d{1,4}[a-z]?")
_HALF = re.compile(r"[a-z]{1,3}\d{2,4}|\d{2,4}[a-z]{1,3}")
_EIRCODE = re.compile(r"[AC-FHKNPRTV-Y][0-9][0-9W] [AC-FHKNPRTV-Y0-9]{4}")
_UNITS = listed("vocabulary_cues.txt", "units of a house")
_SURE_UNITS = listed("vocabulary_cues.txt", "sure units of a house")
_WORDS_OF_A_STREET = 4
_SIDES = frozenset("lr")
_NUMBERED = listed("vocabulary.txt", "groups that number their trials") | (
    listed("technical_numbers.txt", "numbered") - {"no", "number"}
)
_COUNTED = listed("technical_numbers.txt", "units") | listed("technical_numbers.txt", "counted")


def pointless(text: str, found: Sequence[Word], gone: set[int], telling: Sequence[bool]) -> set[int]:
    """Their places. A number stays before what it counts ("2 views"), and behind a word that stays; a letter
    alone needs one beside it.
    """
    loose = set(_flats(found, gone))
    tells = [told and place not in gone for place, told in enumerate(telling)]
    tells_something = any(tells)
    place = 0
    while place < len(found):
        end = _end_of_number(text, found, place)
        if end == place:
            if place not in gone and _is_of_an_address(found, place, gone | loose):
                loose.add(place)
            if _is_half_a_postcode(text, found, place, gone) or _is_half_an_id(text, found, place, gone):
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
    return any(end in places for places in gone) and not (before and found[place - 1].folded in _NUMBERED)


def _is_of_an_address(found: Sequence[Word], place: int, gone: set[int]) -> bool:
    """Whether the word is a kind of street before a name that goes, or behind one that a number is beside."""
    if found[place].folded in _BEFORE_A_NAME:
        behind = place + 1
        while behind < len(found) and found[behind].folded in _OF:
            behind += 1
        if behind in gone and found[behind].folded.isalpha():
            return True
    if found[place].folded not in _STREETS or place - 1 not in gone:
        return False
    start = place - 1
    while start > 0 and start - 1 in gone and place - start < _WORDS_OF_A_STREET:
        start -= 1
    near = (*found[max(start - 1, 0) : place - 1], *found[place + 1 : place + 2])
    return any(_is_number(word) or _is_flat(word) for word in near)


def _flats(found: Sequence[Word], gone: set[int]) -> Iterator[int]:
    """Entrances, floors and flats with their numbers behind an address that goes, and before its number."""
    end = 0
    for place in range(1, len(found)):
        if place < end or place in gone or place - 1 not in gone:
            continue
        start = end = place + _is_flat(found[place])
        while end + 1 < len(found) and found[end].folded in _UNITS and _is_flat(found[end + 1]):
            end += 2
        is_sure = not _SURE_UNITS.isdisjoint(found[unit].folded for unit in range(start, end, 2))
        if is_sure or end - start >= _WORDS_OF_A_STREET:
            yield from range(place, end)
    for place in range(1, len(found)):
        if found[place - 1].folded in _SURE_UNITS and place - 1 not in gone and _is_flat(found[place]):
            behind = place + 1 + (place + 1 < len(found) and _is_number(found[place + 1]))
            if place in gone or behind in gone:
                yield from range(place - 1, behind)


def _is_half_a_postcode(text: str, found: Sequence[Word], place: int, gone: set[int]) -> bool:
    """Whether it is the first half of an Irish postcode, whose second half goes: C78 TTTP."""
    if place + 1 not in gone or place in gone:
        return False
    halves = text[found[place].start : found[place + 1].end]
    return _EIRCODE.fullmatch(halves) is not None


def _is_half_an_id(text: str, found: Sequence[Word], place: int, gone: set[int]) -> bool:
    """Whether it is a few letters and digits that are joined to a number which goes: Z232-8059."""
    if place in gone or _HALF.fullmatch(found[place].folded) is None:
        return False
    return any(
        side in gone
        and found[side].folded.isdecimal()
        and text[found[min(place, side)].end : found[max(place, side)].start] in {"-", "/", "."}
        for side in (place - 1, place + 1)
    )


def _is_flat(word: Word) -> bool:
    return _FLAT.fullmatch(word.folded) is not None


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
