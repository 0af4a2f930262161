"""Words that are names of persons, and when one that radiology uses as well is none."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from scanscrub.domain.text import Word, digraphs, folded, remembered
from scanscrub.policy.tables.vocabulary import eponyms, listed, listed_as_written, plain_words

_FILE = "vocabulary_names.txt"


@cache
def _names() -> frozenset[str]:
    lines = files("scanscrub.policy.tables").joinpath("person_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@remembered
def is_name(word: str) -> bool:
    """Whether people are called so, in one of the lists that we know, and radiology has no such word."""
    lowered = folded(word)
    if not _is_listed(word):
        return False
    if not word.isascii() and normalize("NFC", word).lower() not in _written():
        return lowered not in eponyms()
    return lowered not in plain_words() and lowered not in eponyms()


@cache
def _written() -> frozenset[str]:
    """The words of the vocabulary that have letters with marks, as they are written."""
    return frozenset().union(*(listed_as_written(name) for name in ("vocabulary.txt", "vocabulary_concepts.txt")))


@remembered
def needs_phrase(word: str) -> bool:
    """Whether radiology uses a word that people are called, so that its neighbors have to tell which is meant."""
    lowered = folded(word)
    if lowered in listed(_FILE, "stay") or not (lowered in plain_words() or lowered in eponyms()):
        return False
    return _is_listed(word) or lowered in listed(_FILE, "names as well")


def is_eponym(word: str) -> bool:
    """Whether radiology calls a view, a score or a sign after somebody of that name."""
    return folded(word) in eponyms()


@remembered
def is_called(word: str) -> bool:
    """Whether people are called so, whatever radiology calls so as well."""
    return _is_listed(word)


def _is_listed(word: str) -> bool:
    return folded(word) in _names() or (not word.isascii() and digraphs(word) in _names())


def is_in_phrase(found: Sequence[Word], place: int) -> bool:
    """Whether a neighbor of the word says that it is no name: "long axis", "Miller view"."""
    word = found[place].folded
    following = found[place + 1].folded if place + 1 < len(found) else ""
    before = found[place - 1].folded if place else ""
    if word in eponyms() and following in listed(_FILE, "after an eponym"):
        return True
    return f"{word}-{following}" in listed(_FILE, "phrases") or f"{before}-{word}" in listed(_FILE, "phrases")
