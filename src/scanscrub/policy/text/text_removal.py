"""What is left of a text when words have been taken out of it."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from scanscrub.domain.text import Word, words
from scanscrub.policy.tables.vocabulary import listed

_SHORT_TITLES = listed("vocabulary_cues.txt", "short titles")
_CONNECTORS = _SHORT_TITLES.union(
    *(listed("vocabulary_cues.txt", section) for section in ("titles", "name follows", "connectors"))
)
_DEGREES = listed("vocabulary_cues.txt", "degrees")
_SAINTS = frozenset({"st", "ste", "saint", "sainte"})
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def with_what_led_to_them(text: str, chosen: AbstractSet[int]) -> set[int]:
    """The numbers of these words, and of those that lead to them or follow: "for", "by", an initial, a degree."""
    found, gone = words(text), set(chosen)
    for place in range(len(found) - 1, -1, -1):
        if place + 1 in gone and place not in gone and _leads(text, found, place):
            gone.add(place)
    for place in range(1, len(found)):
        if place - 1 in gone and place not in gone and _trails(text, found[place]):
            gone.add(place)
    while len(gone) < len(found) and 0 in gone:
        first = next(place for place in range(len(found)) if place not in gone)
        if found[first].folded not in _CONNECTORS - _SHORT_TITLES:
            break
        gone.add(first)
    return gone


def without(text: str, chosen: AbstractSet[int]) -> tuple[str, int]:
    """The text less the words of these numbers and what led to them, and how many words went.

    One separator is left where they stood.
    """
    found, gone = words(text), with_what_led_to_them(text, chosen)
    kept = [place for place in range(len(found)) if place not in gone]
    if not kept:
        return "", len(gone)
    pieces = []
    before = -1
    for place in kept:
        pieces.append(_separator(text, found, before, place))
        pieces.append(text[found[place].start : found[place].end])
        before = place
    pieces.append(_separator(text, found, before, len(found)))
    return "".join(pieces), len(gone)


def _leads(text: str, found: Sequence[Word], place: int) -> bool:
    """Whether the word only introduces the next one, which goes: "for", "by", an initial."""
    word = found[place]
    return (
        word.folded in _CONNECTORS
        or _is_initial(text, word)
        or (word.folded in _SAINTS and text[word.end : found[place + 1].start] == "-")
    )


def _trails(text: str, word: Word) -> bool:
    """Whether the word only follows a name: an initial, a degree."""
    return word.folded in _DEGREES or _is_initial(text, word)


def _is_initial(text: str, word: Word) -> bool:
    return word.end - word.start == 1 and word.folded.isalpha() and text[word.end : word.end + 1] == "."


def _separator(text: str, found: Sequence[Word], before: int, after: int) -> str:
    """What stands between two kept words; at the place of removed ones, the plainer of their separators."""
    gaps = [
        text[found[place].end if place >= 0 else 0 : found[place + 1].start if place + 1 < len(found) else len(text)]
        for place in range(before, after)
    ]
    if len(gaps) == 1:
        return gaps[0]
    opened: list[str] = []
    closed: list[str] = []
    for mark in "".join(gaps):
        if mark in _BRACKETS.values():
            opened.append(mark)
        elif mark in _BRACKETS:
            if opened and opened[-1] == _BRACKETS[mark]:
                opened.pop()
            else:
                closed.append(mark)
    if before < 0:
        return "".join(opened)
    if after == len(found):
        return "".join(closed)
    between = _plainer(gaps[0], gaps[-1])
    return "".join(closed) + between + "".join(opened)


def _plainer(first: str, last: str) -> str:
    bare = [re.sub(r"[()\[\]{}<>]", "", gap) for gap in (first, last)]
    choices = sorted((gap for gap in bare if gap), key=len)
    return choices[0] if choices else " "
