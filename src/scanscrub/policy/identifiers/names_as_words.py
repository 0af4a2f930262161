"""Parts of a person's name that are words of the vocabulary as well: Mr Long, Mrs Hand, Dr Li."""

from collections.abc import Iterator
from typing import Final

from scanscrub.domain.text import key, words
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.tables.vocabulary import Standing, listed, person_names, standing

_CUES: Final = "vocabulary_cues.txt"
_TITLES: Final = frozenset().union(*(listed(_CUES, section) for section in ("titles", "short titles", "degrees")))
_IN_LONGER_NAMES: Final = ("connectors", "particles", "second particles", "joined particles", "of", "generic places")
_PARTICLES: Final = frozenset().union(*(listed(_CUES, section) for section in _IN_LONGER_NAMES))
_NAMED: Final = 3
"""Components of a person name before its prefix and suffix."""
_VOWELS: Final = frozenset("aeiouy")


def names_as_words(value: str) -> Iterator[str]:
    """The keys of those words of a PN value that the vocabulary holds and that are somebody's name all the same.

    None of a value that no word says to be a person's ("Chest^Phantom"); no title, no particle of a longer
    name, no initials.
    """
    for group in value.split("="):
        components = [[word.folded for word in words(part)] for part in group.split("^")[:_NAMED]]
        if any(map(_is_somebodys, (word for component in components for word in component))):
            for component in components:
                yield from (key(word) for word in component if _is_ambiguous(word, alone=len(component) == 1))


def _is_somebodys(word: str) -> bool:
    return word in person_names() or (len(word) > 1 and word.isalpha() and standing(word) is not Standing.PLAIN)


def _is_ambiguous(word: str, *, alone: bool) -> bool:
    if len(word) == 1 or not (word.isascii() and word.isalpha()) or standing(word) is not Standing.PLAIN:
        return False
    if word in _TITLES or is_placeholder(word) or (word in _PARTICLES and not alone):
        return False
    return word in person_names() or (len(word) > 2 and not _VOWELS.isdisjoint(word))
