"""Clean Descriptors (PS3.15 E.3.5): keep of a description what identifies nobody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scanscrub.domain.finding import Identifier
from scanscrub.domain.text import Word, remembered, words
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.identifiers.readings import hides, resolved
from scanscrub.policy.tables.measured import is_measured_chain
from scanscrub.policy.tables.vocabulary import Standing, is_cut_off, is_of_letters, standing
from scanscrub.policy.text.derived_words import is_derived, is_processed
from scanscrub.policy.text.encoded_names import holds_encoded_name
from scanscrub.policy.text.identity_patterns import looks_like_an_id, spans
from scanscrub.policy.text.leftover_words import pointless
from scanscrub.policy.text.name_cues import (
    after_cues,
    beside_names,
    initials_of,
    joined_like_a_name,
    last_initials,
    spelled_out,
)
from scanscrub.policy.text.name_forms import beside_by_form, by_form
from scanscrub.policy.text.person_names import (
    is_eponym,
    is_in_phrase,
    is_login,
    is_marked_abbreviation,
    is_name,
    is_name_with_digits,
    is_name_with_numbers,
    needs_phrase,
)
from scanscrub.policy.text.scripts import is_foreign, is_medical
from scanscrub.policy.text.streets import street_names
from scanscrub.policy.text.technical_numbers import untechnical
from scanscrub.policy.text.text_removal import with_what_led_to_them, without

Mode: TypeAlias = Literal["allow-list", "block-list"]
_Mode: TypeAlias = Mode | Literal["page"]
"""A page is read with an allow-list that holds the words of letters as well."""

_PATH = re.compile(r"(?:\b[A-Za-z]:\\|(?<!\S)\\\\(?=[^\\\s]+\\[^\\\s]))\S+")
_DECIMALS = re.compile(r"\d\.\d{5,12}(?![^\W_])(?!\.\d)")
_CHAIN = re.compile(r"(?<![^\W_])(?<!\d[.,])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+(?![^\W_])(?![.,]\d)")
_CLOCK = re.compile(r"(?<![\d:.,])(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:]|\s?(?:m|min|s|sec)(?![^\W_]))")
_POSITION = re.compile(r"\^[PSI]\d{1,4}(?![^\W_])|.?(?<![^\W_])[PSI]\d{1,4}\^")
"""Of a table, beside a caret: P5^P20^S120^I30."""
_SHORTEST_NAME = 3
_SHORTEST_WITH_NUMBERS = 5
"""Where unknown words stay, short ones joined to numbers do: filters and programs, more often than names."""
_DIGITS_OF_A_DAY = 6


@dataclass(frozen=True, slots=True)
class CleanedText:
    """What is left of a text, and how many words went."""

    text: str
    words: int


def clean_text(text: str, known: Sequence[Identifier] | IdentifierMatcher, mode: Mode) -> CleanedText:
    """Take out what identifies: known values, what has the form of a date, id, address or name, other scripts' words.

    A number stays where it has a technical reading, a word that people are called as well only in its phrase. With
    ``"allow-list"`` a word that the vocabulary does not hold goes too. Values joined by a backslash are cleaned one
    by one. Nothing else changes: a text from which no word goes comes back as it was, and a cleaned text cleaned
    again is the same.
    """
    finder = known if isinstance(known, IdentifierMatcher) else IdentifierMatcher(known)
    removed = 0
    while True:
        left, count = _cleaned_once(text, finder, mode)
        if not count:
            return CleanedText(text, removed)
        text, removed = left, removed + count


def identifying_words(text: str, known: IdentifierMatcher) -> frozenset[int]:
    """The numbers of the words of a page that go: those that `clean_text` takes out with an allow-list, less the
    words of letters, and what may be known.
    """
    left, places = text, list(range(len(words(text))))
    while gone := {*_gone_by_form(left, "page"), *known.hits(left)}:
        gone = with_what_led_to_them(left, gone)
        left, places = without(left, gone)[0], [place for number, place in enumerate(places) if number not in gone]
    return frozenset(range(len(words(text)))) - frozenset(places)


def _cleaned_once(text: str, known: IdentifierMatcher, mode: Mode) -> tuple[str, int]:
    """The text less what was seen in it, and how many words went; what is left may show more.

    A text that says something else when it is decoded stays only if that does.
    """
    decoded = resolved(text)
    if decoded is not None and (
        known.is_doubtful(text) or hides(text, decoded) or _cleaned_once(decoded, known, mode)[1]
    ):
        return "", len(words(text)) or 1
    if "\\" in text and known.is_encoded(text) and not known.sure_hits(text):
        return "", len(words(text)) or 1
    if "\\" in text:
        without_path, paths = _PATH.subn("", text)
        if paths:
            return without_path.rstrip(), paths
        parts = [_cleaned_once(part, known, mode) for part in text.split("\\")]
        return "\\".join(part for part, _ in parts), sum(count for _, count in parts)
    if known.is_doubtful(text):
        return "", len(words(text)) or 1
    gone = _gone_by_form(text, mode)
    hits = known.sure_hits(text) if known else frozenset()
    return without(text, {*gone, *hits}) if gone or hits else (text, 0)


@remembered
def _gone_by_form(text: str, mode: _Mode) -> frozenset[int]:
    """The numbers of the words that go whoever the patient is."""
    found = words(text)
    covered = bytearray(len(text))
    for start, end in spans(text):
        covered[start:end] = b"\1" * (end - start)
    ranks = [_rank(text, found, place, mode) for place in range(len(found))]
    told = {place for place, word in enumerate(found) if any(covered[word.start : word.end])}
    gone = set(told)
    gone.update(untechnical(text, found, counts_are_short=mode != "block-list"), spelled_out(text, found))
    if mode != "block-list":
        gone.update(_codes(text, found, gone), _times(text, found))
    names = set(after_cues(text, found, ranks))
    names.update(by_form(text, found, ranks))
    names.update(street_names(text, found, ranks))
    names.update(last_initials(text, found), joined_like_a_name(text, found, ranks))
    names.update(place for place, rank in enumerate(ranks) if _goes(text, found, place, rank, mode))
    telling = [place not in names and _tells(word, ranks[place], mode) for place, word in enumerate(found)]
    names.update(beside_names(text, found, names, telling))
    names.update(beside_by_form(text, found, ranks, names, told))
    names.update(initials_of(text, found, names))
    gone |= names
    if gone:
        gone.update(pointless(text, found, gone, telling))
    return frozenset(gone)


def _codes(text: str, found: Sequence[Word], gone: set[int]) -> Iterator[int]:
    """The words of short letters and numbers joined by hyphens that measure nothing; not beside a day that goes."""
    for chain in _CHAIN.finditer(text):
        if not is_measured_chain(chain[0].lower()):
            places = [place for place, word in enumerate(found) if chain.start() <= word.start < chain.end()]
            if all(len(found[place].folded) < _DIGITS_OF_A_DAY for place in gone.intersection(places)):
                yield from places


def _times(text: str, found: Sequence[Word]) -> Iterator[int]:
    """The words of times of day."""
    for time in _CLOCK.finditer(text):
        yield from (place for place, word in enumerate(found) if time.start() <= word.start < time.end())


def _rank(text: str, found: Sequence[Word], place: int, mode: _Mode) -> Standing:
    """The standing of a word where it stands."""
    word = found[place]
    written = text[word.start : word.end]
    if _POSITION.match(text, max(word.start - 1, 0)) or (mode == "page" and is_of_letters(written)):
        return Standing.PLAIN
    if _DECIMALS.match(text, max(word.start - 2, 0)) or (written.isdecimal() and written.isascii()):
        return Standing.PLAIN  # or not: ``untechnical`` decides about numbers
    if is_foreign(written):
        return Standing.PLAIN if is_medical(written) else Standing.UNKNOWN
    if is_in_phrase(found, place):
        return Standing.PLAIN
    if (
        is_marked_abbreviation(written)
        or is_name_with_digits(written)
        or is_name_with_numbers(written)
        or (is_name(written) and not is_processed(written))
    ):
        return Standing.UNKNOWN
    return Standing.EPONYM if needs_phrase(written) else _alone(written, is_last=place == len(found) - 1)


def _alone(written: str, *, is_last: bool) -> Standing:
    """The standing of a word that is no name, or of what it is made of."""
    listed = standing(written)
    if listed is Standing.PLAIN or is_processed(written) or is_derived(written) or (is_last and is_cut_off(written)):
        return Standing.PLAIN
    return listed


def _goes(text: str, found: Sequence[Word], place: int, rank: Standing, mode: _Mode) -> bool:
    """Whether a word is no vocabulary; where unknown words may stay, whether it is a name or of another script."""
    word = text[found[place].start : found[place].end]
    if rank is Standing.PLAIN:
        return False
    if rank is Standing.EPONYM:
        return needs_phrase(word) and (mode != "block-list" or is_eponym(word))
    return (
        mode != "block-list"
        or is_foreign(word)
        or (_is_long_enough(word) and is_name(word))
        or is_name_with_digits(word)
        or is_name_with_numbers(word, _SHORTEST_WITH_NUMBERS)
        or is_login(word)
        or looks_like_an_id(word)
        or holds_encoded_name(word)
    )


def _is_long_enough(word: str) -> bool:
    """Whether a name is no abbreviation: two letters are."""
    return not word.isascii() or len(word) >= _SHORTEST_NAME


def _tells(word: Word, rank: Standing, mode: _Mode) -> bool:
    """Whether a word that stays says something by itself."""
    return (rank is Standing.PLAIN or mode == "block-list") and len(word.folded) > 1 and not word.folded.isdecimal()
