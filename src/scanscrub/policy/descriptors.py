"""Clean Descriptors (PS3.15 E.3.5): keep of a description what identifies nobody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scanscrub.domain.finding import Known
from scanscrub.domain.text import Word, remembered, words
from scanscrub.policy.identity_patterns import spans
from scanscrub.policy.known_text import KnownText
from scanscrub.policy.tidy import without
from scanscrub.policy.vocabulary import Standing, listed, standing

Mode: TypeAlias = Literal["allow-list", "block-list"]

_TITLES = listed("vocabulary_cues.txt", "titles")
_SHORT_TITLES = listed("vocabulary_cues.txt", "short titles")
_NAME_FOLLOWS = listed("vocabulary_cues.txt", "name follows")
_INITIALS_FOLLOW = listed("vocabulary_cues.txt", "initials follow")
_PATH = re.compile(r"(?:\b[A-Za-z]:\\|(?<!\S)\\\\(?=[^\\\s]+\\[^\\\s]))\S+")
_DECIMALS = re.compile(r"\d\.\d{5,12}(?![^\W_])(?!\.\d)")


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
    return without(text, {*gone, *hits}) if gone or hits else (text, 0)


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
    seen = 0  # up to there a name reaches that an earlier cue told of: it is not gone through again
    for place, word in enumerate(found[:-1]):
        following = place + 1
        if _is_title(text, word):
            if not found[following].folded.isdecimal():
                yield following
                following += 1
        elif word.folded not in _NAME_FOLLOWS:
            continue
        following = max(following, seen)
        while following < len(found) and _may_be_name(following, found, ranks):
            yield following
            following += 1
        seen = following


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
