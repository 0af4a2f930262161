"""The words that identify nobody: what an allow-list leaves of a description."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from scanscrub.domain.text import digraphs, folded, remembered
from scanscrub.policy.tables.measured import is_measured

_RUN = re.compile(r"\d+|[^\W\d_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STRUCTURED = (
    re.compile(r"[A-Z][a-z]{0,2}\d{2}(?:[a-z]\d?)?"),  # reconstruction kernels: B30f, Br40d, Hr68h
    re.compile(r"(?:[PSIALRFHT]\d{1,4}){2,5}"),  # table and couch positions: P101S108I0
    re.compile(r"(?:[WCL]{1,2}\d{1,4}){2}"),  # windows: C98W185, WW400WL40
    re.compile(r"\d{1,4}(?:[xX]\d{1,4}){1,3}"),  # matrices: 512x512x60
)
_LONGEST_NUMBER = 4
_LONGEST_SEGMENT = 16
_LONGEST_COMPOUND = 40
_MOST_DIGITS = 8
_TOO_DEAR = 9
_PRICE_OF_A_LETTER = 5
_SHORTEST_CUT_OFF = 6
_SHORTEST_PART = 4


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
    for line in files("scanscrub.policy.tables").joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.isascii() and not line.startswith("#"):
            sections[section].update(line.lower().split())
        elif not line.startswith("#"):
            sections[section].update(form(word) for word in line.split() for form in (folded, digraphs))
    return {section: frozenset(listed) for section, listed in sections.items()}


@cache
def listed(name: str, section: str | None = None) -> frozenset[str]:
    """The folded words of a data file of this package; of one section of it where that is given."""
    sections = _sections(name)
    return sections[section] if section is not None else frozenset().union(*sections.values())


@cache
def listed_as_written(name: str, section: str | None = None) -> frozenset[str]:
    """The words of a file or of a section of it in their own script, in small letters, not transliterated."""
    found: set[str] = set()
    inside = section is None
    for line in files("scanscrub.policy.tables").joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            inside = section is None or line.strip("[]") == section
        elif inside and not line.startswith("#"):
            found.update(normalize("NFKC", line).casefold().split())
    return frozenset(found)


@cache
def plain_words() -> frozenset[str]:
    """Words of radiology, of everyday description and of its equipment."""
    files_of_words = (
        "vocabulary.txt",
        "vocabulary_concepts.txt",
        "vocabulary_diagnoses.txt",
        "vocabulary_english.txt",
        "cs_terms.txt",
        "placeholders.txt",
    )
    equipment = listed("equipment_words.txt") - person_names()
    return equipment.union(*(listed(name) for name in files_of_words)) - eponyms()


@cache
def person_names() -> frozenset[str]:
    """The words of names of persons in the lists that we know, folded."""
    return listed("person_names.txt") | listed("common_names.txt")


@cache
def eponyms() -> frozenset[str]:
    """Words that radiology uses and that are somebody's name."""
    return listed("vocabulary_eponyms.txt")


@remembered
def standing(word: str) -> Standing:
    """Whether the vocabulary holds this run of letters and digits, or what it is composed of.

    A number of up to three digits, a single letter, one beside a number, a kernel (``B30f``), a matrix (``512x512``),
    a table position (``P101S108I0``), a word with numbers (``T2w``, ``b1000``) and joined words in camel case
    (``HeadRoutine``) are composed of what is listed.
    """
    lowered = folded(word)
    if lowered in plain_words():
        return Standing.PLAIN
    if lowered in eponyms():
        return Standing.EPONYM
    if any(shape.fullmatch(word) for shape in _STRUCTURED):
        return Standing.PLAIN
    if not lowered.isalpha():
        is_joined = _is_segmented(lowered) and is_measured(lowered) and _is_of_radiology(lowered)
        return Standing.PLAIN if is_joined or _is_numbered_study(lowered) else Standing.UNKNOWN
    if len(word) == 1 and word.isascii():
        return Standing.PLAIN
    return Standing.PLAIN if _is_camel_case(word) or _is_compound(lowered) else Standing.UNKNOWN


def _is_of_radiology(word: str) -> bool:
    """Whether short words that two digits and more are joined to are radiology's, and no others of the vocabulary."""
    runs = [run for run in _RUN.findall(word) if run.isalpha()]
    if sum(map(str.isdecimal, word)) < 2 or not 2 < max(map(len, runs), default=0) <= _SHORTEST_PART:
        return True
    known = listed("vocabulary.txt") | listed("technical_numbers.txt")
    return all(len(run) <= 2 or run in known for run in runs)


def _is_numbered_study(word: str) -> bool:
    """Whether it is a trial and its number: ACRIN6667."""
    name = word.rstrip("0123456789")
    return len(word) - len(name) <= _LONGEST_NUMBER and name in listed(
        "vocabulary.txt", "groups that number their trials"
    )


def _is_compound(word: str) -> bool:
    """Whether it is the plural of a word of radiology, or two parts of the body in one: HELICALS, CHESTABDOMEN."""
    if len(word) > _LONGEST_COMPOUND:
        return False
    known = listed("vocabulary.txt")
    if word.endswith("s") and len(word) > _SHORTEST_PART and word[:-1] in known:
        return True
    bodies = listed("vocabulary.txt", "anatomy, English")
    return any(
        word[:end] in bodies and word[end:] in bodies for end in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    )


@remembered
def is_of_letters(word: str) -> bool:
    """Whether letters to patients and doctors are made of such words; one that is a name as well in small letters."""
    lowered = folded(word)
    return lowered in listed("vocabulary_letters.txt") and (word.islower() or lowered not in person_names())


def names_body_parts(word: str) -> bool:
    """Whether a word is made of words of the body alone: AORTICARCH, PULMONARYV (a vein), ENDOVESICAL.

    Terms of PS3.16 Annex L are joined like that. One part has four letters at least, so that few surnames are.
    """
    return len(word) <= _LONGEST_SEGMENT and _is_joined(folded(word), _SHORTEST_PART)


@cache
def _words_of_the_body() -> frozenset[str]:
    anatomy = (listed("vocabulary.txt", f"anatomy, {language}") for language in ("English", "Latin"))
    return listed("body_parts.txt").union(*anatomy)


def _is_joined(word: str, longest_missing: int) -> bool:
    if not word or (word in {"a", "v", "s"} and not longest_missing):
        return not longest_missing
    return any(
        word[:end] in _words_of_the_body() and _is_joined(word[end:], 0 if end >= _SHORTEST_PART else longest_missing)
        for end in range(_SHORTEST_PART - 1, len(word) + 1)
    )


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(
        word[:length]
        for word in listed("vocabulary.txt") | listed("vocabulary_concepts.txt")
        for length in range(_SHORTEST_CUT_OFF, len(word))
    )


def is_cut_off(word: str) -> bool:
    """Whether a word may be the beginning of a longer one of the vocabulary: values end where their VR does.

    One name of eight that have four letters is such a beginning, and one of two hundred that have six.
    """
    return folded(word) in _beginnings()


def _is_segmented(word: str) -> bool:
    """Whether a word with digits is made of listed words, short numbers and lone letters: T1wMPRAGE3D, b1000."""
    if sum(map(str.isdecimal, word)) > _MOST_DIGITS:
        return False
    lowest = {0: 0}
    for start in range(len(word)):
        if start in lowest:
            for end, price in _segment_ends(word, start):
                lowest[end] = min(lowest.get(end, _TOO_DEAR), lowest[start] + price)
    return lowest.get(len(word), _TOO_DEAR) < _TOO_DEAR


def _segment_ends(word: str, start: int) -> Iterator[tuple[int, int]]:
    """The ends of what the word may go on with here, and what that costs: a lone letter may stand once."""
    run = _RUN.match(word, start)
    if run is not None and _is_short_number_or_word(run[0]):
        yield run.end(), _PRICE_OF_A_LETTER if len(run[0]) == 1 and run[0].isalpha() else 1
    for end in range(start + 2, min(len(word), start + _LONGEST_SEGMENT) + 1):
        piece = word[start:end]
        if piece[-1].isdecimal() and word[end : end + 1].isdecimal():
            continue
        is_cut = word[start - 1 : start].isalpha() or word[end : end + 1].isalpha()
        if piece in (_segments() if is_cut else plain_words()) and (len(piece) > 2 or not piece.isalpha()):
            yield end, 1


@cache
def _segments() -> frozenset[str]:
    """What a run of letters may be cut into: words of radiology, of which no name is made as easily."""
    return (listed("vocabulary.txt") | listed("cs_terms.txt")) - person_names() - eponyms()


def _is_short_number_or_word(run: str) -> bool:
    if run.isdecimal():
        return run.isascii() and (len(run) < _LONGEST_NUMBER or (len(run) == _LONGEST_NUMBER and run.endswith("00")))
    return len(run) == 1 or run in plain_words()


def _is_camel_case(word: str) -> bool:
    humps = _CAMEL.findall(word)
    joined = len(humps) > 1 and "".join(humps) == word
    return joined and all(len(hump) == 1 or hump.lower() in plain_words() for hump in humps)
