"""Whether a file's or folder's name has a given name beside a family name, though no header knows them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from scanscrub.domain.text import digraphs, folded
from scanscrub.policy.tables.vocabulary import Standing, listed, standing

_WORD: Final = re.compile(r"[^\W\d_a-z]?[^\W\d_A-Z]+|[^\W\d_a-z]+(?![a-z])")
"""A run of letters, camel case apart."""
_BESIDE: Final = re.compile(r"[ _\-,.+]{0,2}")
_SHORTEST: Final = 3
_NAMES: Final = "person_names.txt"
_FILE: Final = "vocabulary_file_names.txt"


def names_somebody(part: str) -> bool:
    """Whether two words beside each other are a given and a family name of our list, and no vocabulary has either.

    Methods and places that are called like two people ("Monte Carlo", "Nelson-Siegel") are nobody. Small letters are
    how everything is written: then nothing else may stand there but numbers and a word for a picture of somebody.
    """
    return any(_are_a_name(*pair) for pair in _pairs(part))


def _pairs(part: str) -> Iterator[tuple[str, str]]:
    found = list(_WORD.finditer(part.rpartition(".")[0] or part))
    for one, other in pairwise(found):
        if not _BESIDE.fullmatch(part, one.end(), other.start()) or min(len(one[0]), len(other[0])) < _SHORTEST:
            continue
        beside = (word[0] for word in found if word not in {one, other})
        if not (one[0].islower() or other[0].islower()) or listed(_FILE, "pictures").issuperset(map(folded, beside)):
            yield one[0], other[0]


def _are_a_name(one: str, other: str) -> bool:
    if not ((_is(one, "given") and _is(other, "family")) or (_is(other, "given") and _is(one, "family"))):
        return False
    pair = {folded(one), folded(other)}
    if pair <= listed(_FILE, "things") or not pair.isdisjoint(listed(_FILE, "places begin")):
        return False
    standings = {standing(one), standing(other)}
    return Standing.PLAIN not in standings and standings != {Standing.EPONYM} and not _is_method(pair)


def _is(word: str, kind: str) -> bool:
    spelled = {folded(word), digraphs(word)}
    return any(not spelled.isdisjoint(listed(_NAMES, section)) for section in (kind, "given and family"))


def _is_method(pair: set[str]) -> bool:
    return any(set(phrase.split("-")) == pair for phrase in listed(_FILE, "methods"))
