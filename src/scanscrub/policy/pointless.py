"""Numbers, letters and parts of addresses that say nothing when the word beside them has gone: "12" of "Elm 12"."""

from collections.abc import Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.vocabulary import listed

_STREETS = listed("vocabulary_cues.txt", "streets")
_COUNTED = listed("technical_numbers.txt", "units") | listed("technical_numbers.txt", "counted")


def pointless(text: str, found: Sequence[Word], gone: set[int], telling: Sequence[bool]) -> set[int]:
    """Their places. A number stays before what it counts ("2 views"), and behind a word that stays; a letter
    alone needs one beside it.
    """
    loose: set[int] = set()
    tells = [told and place not in gone for place, told in enumerate(telling)]
    place = 0
    while place < len(found):
        end = _end_of_number(text, found, place)
        if end == place:
            if found[place].folded in _STREETS and place - 1 in gone and place not in gone:
                loose.add(place)
            place += 1
            continue
        if place not in gone:
            following = end < len(found) and tells[end]
            is_count = following and (found[end].folded in _COUNTED or not _is_number(found[place]))
            before = place > 0 and tells[place - 1]
            named_before = place - 1 in gone or place - 1 in loose
            if not any(tells) or (end in gone and not _is_number(found[end])) or (named_before and not is_count):
                loose.update(range(place, end))
            elif end in gone and not before:
                loose.update(range(place, end))
        place = end
    return loose


def _is_number(word: Word) -> bool:
    return word.folded.isdecimal()


def _end_of_number(text: str, found: Sequence[Word], place: int) -> int:
    """Where a number with its decimals ends, or a letter; `place` where neither begins there."""
    word = found[place]
    if len(word.folded) == 1 and not _is_number(word):
        return place + 1
    if not _is_number(word):
        return place
    end = place + 1
    while end < len(found) and _is_number(found[end]) and text[found[end - 1].end : found[end].start] == ".":
        end += 1
    return end
