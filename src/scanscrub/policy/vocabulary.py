"""The words that identify nobody: what an allow-list leaves of a description."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache
from importlib.resources import files

from scanscrub.domain.text import digraphs, folded, remembered

_RUN = re.compile(r"\d+|[^\W\d_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STRUCTURED = (
    re.compile(r"[A-Z][a-z]{0,2}\d{2}[a-z]{0,2}\d?"),  # reconstruction kernels: B30f, Br40d, Hr68h
    re.compile(r"(?:[PSIALRFHT]\d{1,4}){2,5}"),  # table and couch positions: P101S108I0
    re.compile(r"\d{1,4}(?:[xX]\d{1,4}){1,3}"),  # matrices: 512x512x60
)
_LONGEST_NUMBER = 4
_LONGEST_SEGMENT = 16


class Standing(IntEnum):
    """How well a word is known to identify nobody."""

    UNKNOWN = 0
    EPONYM = 1
    PLAIN = 2


@cache
def _sections(name: str) -> Mapping[str, frozenset[str]]:
    """The words of a data file by section, folded, and umlauts also as digraphs."""
    sections: defaultdict[str, set[str]] = defaultdict(set)
    section = ""
    for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.isascii() and not line.startswith("#"):
            sections[section].update(line.lower().split())
        elif not line.startswith("#"):
            sections[section].update(form(word) for word in line.split() for form in (folded, digraphs))
    return {section: frozenset(listed) for section, listed in sections.items()}


def listed(name: str, section: str | None = None) -> frozenset[str]:
    """The folded words of a data file of this package; of one section of it where that is given."""
    sections = _sections(name)
    return sections[section] if section is not None else frozenset().union(*sections.values())


@cache
def plain_words() -> frozenset[str]:
    """Words of radiology and of everyday description."""
    files_of_words = (
        "vocabulary.txt",
        "vocabulary_concepts.txt",
        "vocabulary_english.txt",
        "cs_terms.txt",
        "placeholders.txt",
    )
    return frozenset().union(*(listed(name) for name in files_of_words)) - eponyms()


@cache
def eponyms() -> frozenset[str]:
    """Words that radiology uses and that are somebody's name."""
    return listed("vocabulary_eponyms.txt")


@remembered
def standing(word: str) -> Standing:
    """Whether the vocabulary holds this run of letters and digits, or what it is composed of.

    A number of up to four digits, a single letter, a kernel (``B30f``), a matrix (``512x512``), a table position
    (``P101S108I0``), a word with numbers (``T2w``, ``b1000``) and joined words in camel case (``HeadRoutine``)
    are composed of what is listed.
    """
    lowered = folded(word)
    if lowered in plain_words():
        return Standing.PLAIN
    if lowered in eponyms():
        return Standing.EPONYM
    if any(shape.fullmatch(word) for shape in _STRUCTURED):
        return Standing.PLAIN
    if not lowered.isalpha():
        return Standing.PLAIN if _is_segmented(lowered) else Standing.UNKNOWN
    if len(word) == 1 and word.isascii():
        return Standing.PLAIN
    return Standing.PLAIN if _is_camel_case(word) else Standing.UNKNOWN


def _is_segmented(word: str) -> bool:
    """Whether a word with digits is made of listed words, short numbers and lone letters: T1wMPRAGE3D, b1000."""
    reached = {0}
    for start in range(len(word)):
        if start in reached:
            reached.update(_segment_ends(word, start))
    return len(word) in reached


def _segment_ends(word: str, start: int) -> Iterator[int]:
    run = _RUN.match(word, start)
    if run is not None and _is_short_number_or_word(run[0]):
        yield run.end()
    for end in range(start + 2, min(len(word), start + _LONGEST_SEGMENT) + 1):
        piece = word[start:end]
        if piece in plain_words() and (len(piece) > 2 or not piece.isalpha()):
            yield end


def _is_short_number_or_word(run: str) -> bool:
    if run.isdecimal():
        return run.isascii() and len(run) <= _LONGEST_NUMBER
    return len(run) == 1 or run in plain_words()


def _is_camel_case(word: str) -> bool:
    humps = _CAMEL.findall(word)
    joined = len(humps) > 1 and "".join(humps) == word
    return joined and all(len(hump) == 1 or hump.lower() in plain_words() for hump in humps)
