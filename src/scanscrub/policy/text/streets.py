"""Street names by their house number: a word that no vocabulary holds, and a number beside it."""

import re
from collections.abc import Iterator, Sequence

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import Standing, listed
from scanscrub.policy.text.person_names import needs_phrase

_HOUSE = re.compile(r"\d{1,4}[a-z]?")
_PLAIN_HOUSE = re.compile(r"\d{1,4}")
_BEHIND = re.compile(r",? {1,2}")
_BEFORE = re.compile(r",? |\. ")
_KINDS = listed("vocabulary_cues.txt", "kinds of street")
_OF = frozenset({"de", "do", "da", "dos", "das", "del", "di", "du", "des"})
_NUMBER = frozenset({"no", "nr", "num", "br", "c", "st", "nro"})
_SHORTEST = 5
_SHORTEST_WITH_MARKS = 4
_SHORTEST_BESIDE_A_KIND = 3
_MOST_WORDS = 4


def street_names(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """The places of unknown words that a house number follows or precedes, and of the words of that name around them.

    "Zvolenská 69", "Karlova ulica 2", "JL. ERLANGGA NO. 9", "545 MAUNGAWHARE ALLEYWAY": written with a capital, as
    names are, and with a space between.
    """
    for place in range(len(found)):
        if not _may_be_name(text, found, place, ranks):
            continue
        first = place
        while first > 0 and place - first < _MOST_WORDS and _belongs(text, found, first - 1, ranks):
            first -= 1
        last = place
        while last + 1 < len(found) and last - place < _MOST_WORDS and _belongs(text, found, last + 1, ranks):
            last += 1
        if _is_numbered(text, found, first, last):
            yield from range(first, last + 1)


def _may_be_name(text: str, found: Sequence[Word], place: int, ranks: Sequence[Standing]) -> bool:
    written = text[found[place].start : found[place].end]
    if not written.isalpha() or not (written.isupper() or written.istitle()):
        return False
    beside = (side for side in (place - 1, place + 1) if 0 <= side < len(found))
    is_of_a_kind = any(found[side].folded in _KINDS for side in beside)
    if ranks[place] is not Standing.UNKNOWN and not (is_of_a_kind and needs_phrase(written)):
        return False
    if is_of_a_kind:
        return len(written) >= _SHORTEST_BESIDE_A_KIND
    return len(written) >= (_SHORTEST if written.isascii() else _SHORTEST_WITH_MARKS)


def _belongs(text: str, found: Sequence[Word], place: int, ranks: Sequence[Standing]) -> bool:
    """Whether a word beside may be one more word of the name: a kind of street, or unknown as well."""
    written = text[found[place].start : found[place].end]
    if found[place].folded in _NUMBER:
        return False
    return found[place].folded in _KINDS | _OF or (ranks[place] is Standing.UNKNOWN and written.isalpha())


def _is_numbered(text: str, found: Sequence[Word], first: int, last: int) -> bool:
    behind = last + 1
    if behind < len(found) and found[behind].folded in _NUMBER:
        behind += 1
    if behind < len(found) and _HOUSE.fullmatch(found[behind].folded):
        gap = text[found[behind - 1].end : found[behind].start]
        if (_BEHIND.fullmatch(gap) or behind > last + 1) and not _goes_on(text, found[behind]):
            return True
    return (
        first > 0
        and _PLAIN_HOUSE.fullmatch(found[first - 1].folded) is not None
        and _BEFORE.fullmatch(text, found[first - 1].end, found[first].start) is not None
        and text[found[first - 1].start - 1 : found[first - 1].start] not in {".", ",", "/", "-", "#"}
    )


def _goes_on(text: str, word: Word) -> bool:
    """Whether the number is a decimal, or one of something: 5.0, 5 mm."""
    return re.match(r"[.,]\d|\s?(?:mm|cm|ml|cc|sec|min|ms)\b", text[word.end : word.end + 5]) is not None
