"""Remarks about how or where somebody lives: half of such a story is told by what is left of it."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from scanscrub.domain.text import Word, words
from scanscrub.policy.tables.vocabulary import Standing, listed, plain_words, standing
from scanscrub.policy.text.derived_words import is_derived

_FILE: Final = "vocabulary_life.txt"
_FEWEST: Final = 2
"""Everyday words that make a story: one may be there by chance ("known", "school")."""
_SHORTEST_WORD: Final = 4
_SHORTEST_END: Final = 6
_OF: Final = frozenset({"of"})
_NEAR: Final = 4
"""Words between a verb and its place."""


def tells_of_life(text: str, left: str) -> bool:
    """Whether a text that the vocabulary cleans to `left` tells how somebody lives: then nothing of it may stay.

    It does with two words of everyday life, and with one of them where other words go, where a word for a person
    stands, and before a preposition ("employee of").
    """
    found = [word.folded for word in words(text)]
    life = [place for place, word in enumerate(found) if word in _listed("life")]
    if len(life) >= _FEWEST or not life:
        return bool(life)
    after = found[life[0] + 1 : life[0] + 2]
    return left != text or not _listed("people").isdisjoint(found) or not _listed("of whom").isdisjoint(after)


def is_cut_prose(text: str) -> bool:
    """Whether two ordinary words of a sentence go: small letters make no name, so what is left is half a sentence."""
    found = (text[word.start : word.end] for word in words(text))
    ordinary = (word for word in found if word.islower() and word.isalpha() and len(word) >= _SHORTEST_WORD)
    return sum(not _is_known(word) for word in ordinary) >= _FEWEST


def names_a_whereabouts(text: str) -> bool:
    """Whether somebody lives or something happened in a place: a word of no vocabulary in capitals behind its
    preposition ("lives in Potsdam", "Unfall bei Zwickau").
    """
    found = words(text)
    return any(_is_place(text, found, place) for place in range(2, len(found)))


def _is_place(text: str, found: Sequence[Word], place: int) -> bool:
    written = text[found[place].start : found[place].end]
    if len(written) < _SHORTEST_WORD or not written.istitle():
        return False
    if found[place - 1].folded not in _listed("before a place") | _OF:
        return False
    is_of = found[place - 1].folded in _OF
    cues = _listed("people of a place") if is_of else _listed("life") | _listed("whereabouts")
    before = found[max(0, place - 1 - _NEAR) : place - 1]
    return any(word.folded in cues for word in before) and not _is_known(written) and not _is_compound(written)


def _is_compound(written: str) -> bool:
    """Whether a word ends as one of the vocabulary: German writes "Vollnarkose" in capitals as it does "Bautzen"."""
    return any(written[start:] in plain_words() for start in range(2, len(written) - _SHORTEST_END + 1))


def _is_known(written: str) -> bool:
    return standing(written) is not Standing.UNKNOWN or is_derived(written)


@cache
def _listed(section: str) -> frozenset[str]:
    return listed(_FILE, section)
