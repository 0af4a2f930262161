"""Words that no list holds and that are made of listed ones: joined, shortened, misspelled, processed."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from scanscrub.domain.text import folded, remembered
from scanscrub.policy.tables.vocabulary import Standing, listed, person_names, plain_words, standing

_RUN = re.compile(r"\d+|[^\W\d_]+")
_MOST_DIGITS = 4
_SHORTEST_PART = 4
_MOST_PARTS = 4
_LONGEST_PART = 20
_SHORT_PARTS = frozenset(
    (
        "abd",
        "adc",
        "cor",
        "cta",
        "ctp",
        "dwi",
        "fse",
        "gre",
        "mip",
        "mpr",
        "mra",
        "mri",
        "pel",
        "pet",
        "pre",
        "psf",
        "sag",
        "sub",
        "tfe",
        "tra",
        "tse",
        "tof",
        "vol",
    )
)
"""Abbreviations that are written before or behind one whole word: CORPOST, PETDIAG."""
_SHORTEST_BEGINNING = 7
_SHORTEST_MISSPELLED = 8
_SHORTEST_SKELETON, _LONGEST_SKELETON = 4, 7
_SHORTEST_PROCESSED = 4
_EDGE = 4
_VOWELS = frozenset("aeiouy")


@remembered
def is_derived(word: str) -> bool:
    """Whether a word says a listed one in another way, with numbers or without; a name of a list never does.

    Of 45,000 names in lists, less than one in 1,000 would be one if they were not looked up first.
    """
    lowered = folded(word)
    if lowered.isascii() and not lowered.isalpha():
        return _is_numbered(word)
    if not lowered.isascii() or lowered in person_names():
        return False
    return (
        _is_joined(lowered)
        or _is_beginning(lowered)
        or _is_without_vowels(lowered)
        or _is_processed(word)
        or _is_misspelled(lowered)
    )


def _is_numbered(word: str) -> bool:
    """Whether it is short numbers and words, one of them long: BHeadSeq6MM, 01APRoutine."""
    runs = _RUN.findall(word)
    letters = [run for run in runs if run.isalpha()]
    digits = sum(len(run) for run in runs if run.isdecimal())
    if digits > _MOST_DIGITS or max(map(len, letters), default=0) < _SHORTEST_PART:
        return False
    return sum(len(run) == 1 for run in letters) < 2 and all(map(_says_something, letters))


def _says_something(run: str) -> bool:
    if _is_only_a_name(folded(run)):
        return False
    return len(run) == 1 or standing(run) is Standing.PLAIN or is_derived(run)


def _is_only_a_name(word: str) -> bool:
    return word in person_names() and word not in plain_words()


def _is_only_radiology(word: str) -> bool:
    return word in _radiology() and word not in person_names()


def _radiology() -> frozenset[str]:
    return listed("vocabulary.txt")


@cache
def _parts() -> frozenset[str]:
    parts = (_radiology() - person_names()) | listed("vocabulary.txt", "anatomy, English")
    return frozenset(part for part in parts if len(part) >= _SHORTEST_PART and part.isalpha() and part.isascii())


def _is_joined(word: str) -> bool:
    """Whether it is two to four words of radiology in one: CHESTABDOMENPELVIS; or one and a short one: SAGBRAIN."""
    if (word[:3] in _SHORT_PARTS and word[3:] in _parts()) or (word[-3:] in _SHORT_PARTS and word[:-3] in _parts()):
        return True
    fewest = {0: 0}
    for start in range(len(word)):
        if fewest.get(start, _MOST_PARTS) >= _MOST_PARTS:
            continue
        for end in range(start + _SHORTEST_PART, min(len(word), start + _LONGEST_PART) + 1):
            if word[start:end] in _parts():
                fewest[end] = min(fewest.get(end, _MOST_PARTS), fewest[start] + 1)
    return len(word) in fewest


@cache
def _beginnings() -> frozenset[str]:
    words = _radiology() | listed("vocabulary_concepts.txt")
    return frozenset(word[:length] for word in words for length in range(_SHORTEST_BEGINNING, len(word)))


def _is_beginning(word: str) -> bool:
    """Whether a long word was cut: COLONOGRAP."""
    return len(word) >= _SHORTEST_BEGINNING and word in _beginnings()


@cache
def _by_first_letter() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(_radiology()):
        found[word[0]].append(word)
    return {letter: tuple(words) for letter, words in found.items()}


def _is_without_vowels(word: str) -> bool:
    """Whether it is the consonants of a word of radiology: CNTRST, PLVS. Initials are shorter."""
    if not _SHORTEST_SKELETON <= len(word) <= _LONGEST_SKELETON or not _VOWELS.isdisjoint(word):
        return False
    if word in _consonants_of_names():
        return False  # SMTH, MLLR
    return any(_is_skeleton(word, whole) for whole in _by_first_letter().get(word[0], ()))


@cache
def _consonants_of_names() -> frozenset[str]:
    without_vowels = str.maketrans("", "", "".join(_VOWELS))
    return frozenset(name.translate(without_vowels) for name in person_names())


def _is_skeleton(word: str, whole: str) -> bool:
    if len(whole) <= len(word) or word[-1] not in whole[-3:]:
        return False
    letters = iter(whole)
    return all(letter in letters for letter in word)


_PROCESSED = re.compile(r"s{1,2}(?=[A-Z])([A-Z]+\d*)")


def is_processed(word: str) -> bool:
    """Whether a capital word of radiology stands behind a small s, as nobody writes a name: sVEN, sIP, sB800."""
    found = _PROCESSED.fullmatch(word)
    return found is not None and not _is_only_a_name(found[1].lower()) and standing(found[1]) > 0


def _is_processed(word: str) -> bool:
    """Whether it is a word behind the s or ss with which scanners begin what they subtracted or summed: sWATER."""
    rest = word.removeprefix("s")
    for part in (rest, rest.removeprefix("s")):
        if part != word and len(part) >= _SHORTEST_PROCESSED and _is_only_radiology(folded(part)):
            return word[0] == "s"
    return False


@cache
def _long_words() -> Mapping[str, tuple[str, ...]]:
    """Long words by their first letters, and by their last ones behind a hyphen: one wrong letter leaves either."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(_radiology() - person_names()):
        if len(word) >= _SHORTEST_MISSPELLED - 1 and word.isalpha():
            found[word[:_EDGE]].append(word)
            found["-" + word[-_EDGE:]].append(word)
    return {edge: tuple(words) for edge, words in found.items()}


def _is_misspelled(word: str) -> bool:
    """Whether it is a long word with one letter too many, too few, wrong, or two changed about: COLONGRAPHY."""
    if len(word) < _SHORTEST_MISSPELLED or word in plain_words():
        return False
    return any(_differs_once(word, right) for right in _alike(word))


def _alike(word: str) -> Iterator[str]:
    yield from _long_words().get(word[:_EDGE], ())
    yield from _long_words().get("-" + word[-_EDGE:], ())


def _differs_once(word: str, right: str) -> bool:
    if abs(len(word) - len(right)) > 1:
        return False
    same = next((place for place, pair in enumerate(zip(word, right, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return True
    left, other = word[same:], right[same:]
    return (
        left[1:] == other[1:]
        or left == other[1:]
        or left[1:] == other
        or (left[2:] == other[2:] and left[:2] == other[1::-1])
    )
