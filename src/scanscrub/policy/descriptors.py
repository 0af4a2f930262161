"""Clean Descriptors (PS3.15 E.3.5): keep of a description what identifies nobody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scanscrub.domain.finding import Known
from scanscrub.domain.text import Word, remembered, words
from scanscrub.policy.identity_patterns import spans
from scanscrub.policy.known_text import KnownText
from scanscrub.policy.vocabulary import Standing, listed, standing

Mode: TypeAlias = Literal["allow-list", "block-list"]

_TITLES = listed("vocabulary_cues.txt", "titles")
_SHORT_TITLES = listed("vocabulary_cues.txt", "short titles")
_NAME_FOLLOWS = listed("vocabulary_cues.txt", "name follows")
_INITIALS_FOLLOW = listed("vocabulary_cues.txt", "initials follow")
_CONNECTORS = _TITLES | _SHORT_TITLES | _NAME_FOLLOWS | listed("vocabulary_cues.txt", "connectors")
_DEGREES = listed("vocabulary_cues.txt", "degrees")
_PATH = re.compile(r"(?:\b[A-Za-z]:\\|(?<!\S)\\\\(?=[^\\\s]+\\[^\\\s]))\S+")
_DECIMALS = re.compile(r"\d\.\d{5,12}(?![^\W_])(?!\.\d)")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


@dataclass(frozen=True, slots=True)
class CleanedText:
    """What is left of a text, and how many words went."""

    text: str
    words: int


def clean_text(text: str, known: Sequence[Known] | KnownText, mode: Mode) -> CleanedText:
    """Take out what identifies: known values, what has the form of a date, id, address or titled name.

    With ``"allow-list"`` a word that the vocabulary does not hold goes too. Values joined by a backslash are
    cleaned one by one. Nothing else changes: a text from which no word goes comes back as it was, and a cleaned
    text cleaned again is the same.
    """
    finder = known if isinstance(known, KnownText) else KnownText(known)
    removed = 0
    while True:
        left, count = _cleaned_once(text, finder, mode)
        if not count:
            return CleanedText(text, removed)
        text, removed = left, removed + count


def _cleaned_once(text: str, known: KnownText, mode: Mode) -> tuple[str, int]:
    """The text less what was seen in it, and how many words went; what is left may show more."""
    if "\\" in text:
        without_path, paths = _PATH.subn("", text)
        if paths:
            return without_path.rstrip(), paths
        parts = [_cleaned_once(part, known, mode) for part in text.split("\\")]
        return "\\".join(part for part, _ in parts), sum(count for _, count in parts)
    gone = _gone_by_form(text, mode)
    hits = known.hits(text) if known else frozenset()
    return _without(text, {*gone, *hits}) if gone or hits else (text, 0)


@remembered
def _gone_by_form(text: str, mode: Mode) -> frozenset[int]:
    """The numbers of the words that go whoever the patient is."""
    found = words(text)
    covered = bytearray(len(text))
    for start, end in spans(text):
        covered[start:end] = b"\1" * (end - start)
    gone = {place for place, word in enumerate(found) if any(covered[word.start : word.end])}
    ranks = [
        Standing.PLAIN if _DECIMALS.match(text, max(word.start - 2, 0)) else standing(text[word.start : word.end])
        for word in found
    ]
    if mode == "allow-list":
        gone.update(place for place, rank in enumerate(ranks) if rank is Standing.UNKNOWN)
    else:
        gone.update(_joined_like_a_name(text, found, ranks))
    gone.update(_after_cues(text, found, ranks))
    gone.update(_last_initials(text, found))
    return frozenset(gone)


def _joined_like_a_name(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Neighbours that are not in the vocabulary and joined as a name is: DOE^JANE, "Doe, Jane"."""
    for place in range(len(found) - 1):
        gap = text[found[place].end : found[place + 1].start]
        both = (place, place + 1)
        if gap in {"^", ", "} and all(
            ranks[side] is not Standing.PLAIN and text[found[side].start].isupper() for side in both
        ):
            yield from both


def _last_initials(text: str, found: Sequence[Word]) -> Iterator[int]:
    """The last word where it is two or three capitals after "by" or the like."""
    if len(found) < 2:
        return
    last = text[found[-1].start : found[-1].end]
    if last.isupper() and last.isalpha() and len(last) in {2, 3} and found[-2].folded in _INITIALS_FOLLOW:
        yield len(found) - 1


def _after_cues(text: str, found: Sequence[Word], ranks: Sequence[Standing]) -> Iterator[int]:
    """Words that a title or a word like "for" or "by" says to be somebody's name."""
    for place, word in enumerate(found[:-1]):
        following = place + 1
        if _is_title(text, word):
            if not found[following].folded.isdecimal():
                yield following
                following += 1
        elif word.folded not in _NAME_FOLLOWS:
            continue
        while following < len(found) and _may_be_name(following, found, ranks):
            yield following
            following += 1


def _is_title(text: str, word: Word) -> bool:
    if word.folded not in _SHORT_TITLES:
        return word.folded in _TITLES
    return text[word.end : word.end + 1] == "." or text[word.start].isupper() is not text[word.end - 1].isupper()


def _may_be_name(place: int, found: Sequence[Word], ranks: Sequence[Standing]) -> bool:
    """Whether the word is none of the vocabulary's, or an initial or a title before such a word."""
    if ranks[place] is not Standing.PLAIN:
        return True
    word = found[place].folded
    leads = word in _SHORT_TITLES or (len(word) == 1 and not word.isdecimal())
    return leads and place + 1 < len(found) and ranks[place + 1] is not Standing.PLAIN


def _without(text: str, gone: set[int]) -> tuple[str, int]:
    """The text less those words, less what only led to them, with one separator where they stood."""
    found = words(text)
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
    return found[place].folded in _CONNECTORS or _is_initial(text, found[place])


def _trails(text: str, word: Word) -> bool:
    """Whether the word only follows a name: an initial, a degree."""
    return word.folded in _DEGREES or _is_initial(text, word)


def _is_initial(text: str, word: Word) -> bool:
    return len(word.folded) == 1 and word.folded.isalpha() and text[word.end : word.end + 1] == "."


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
