"""Names of persons, and when a word that is also a term of radiology is not a name."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from scanscrub.domain.text import Word, digraphs, folded, remembered
from scanscrub.policy.tables.measured import bare_words
from scanscrub.policy.tables.vocabulary import eponyms, listed, listed_as_written, person_names, plain_words

_FILE = "vocabulary_names.txt"
_OF = frozenset({"of", "de", "di", "von", "van", "d"})


@remembered
def is_name(word: str) -> bool:
    """Whether people are called so, in one of the lists that we know, and radiology has no such word."""
    lowered = folded(word)
    if not _is_listed(word):
        return False
    if not word.isascii() and normalize("NFC", word).lower() not in _written():
        return lowered not in eponyms()
    return lowered not in plain_words() and lowered not in eponyms()


_MARKED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff]")
_VIETNAMESE = re.compile(r"[\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_LETTERS_OF_AN_ABBREVIATION = 3


@remembered
def is_marked_abbreviation(word: str) -> bool:
    """Whether a short word has marks that no word of the vocabulary has there: an abbreviation (LAO) has none."""
    composed = normalize("NFC", word)
    if word.isascii() or _MARKED.search(composed) is None or composed.lower() in _written():
        return False
    return len(composed) <= _LETTERS_OF_AN_ABBREVIATION or _VIETNAMESE.search(composed) is not None


_DIGIT_FOR_LETTER = re.compile(r"[A-Za-z]*[A-Za-z0][013457][A-Za-z]+|0[A-Za-z]{4,}")
_LETTERS_OF_DIGITS = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))
_SHORTEST_WITH_DIGITS = 5


@remembered
def is_name_with_digits(word: str) -> bool:
    """Whether a digit stands in a name for the letter that it looks like: M1LLER, H0ffmann."""
    if len(word) < _SHORTEST_WITH_DIGITS or _DIGIT_FOR_LETTER.fullmatch(word) is None:
        return False
    return any(_is_listed(word.lower().translate(letters)) for letters in _LETTERS_OF_DIGITS)


@remembered
def is_name_with_numbers(word: str, shortest: int = 0) -> bool:
    """Whether a name is joined to numbers and to what is technical: Castro61, T2AlainFS, 3DBERG."""
    lowered = folded(word)
    return lowered not in plain_words() and any(_holds_a_name(forms, shortest) for forms in bare_words(lowered))


def _holds_a_name(forms: frozenset[str], shortest: int) -> bool:
    """Whether the longest of what a run of letters may be that anything is called is a name, and no word."""
    words = max((len(form) for form in forms if form in plain_words() or form in eponyms()), default=0)
    return any(len(form) >= max(shortest, words + 1) and is_name(form) for form in forms)


_SHORTEST_IN_A_LOGIN, _SHORTEST_HUMP = 5, 4
"""Letters of a name in a word: where nothing tells its ends, and where a capital does."""


@remembered
def is_login(word: str) -> bool:
    """Whether a name is joined to an initial or to other words, as in the name of an account: jcarson, NguyenPC."""
    letters = word.strip("0123456789")
    if not letters.isalpha():
        return False
    inner = (
        part
        for part in (letters[1:], letters[:-1], *_beside_a_computer(letters))
        if len(part) >= _SHORTEST_IN_A_LOGIN
    )
    humps = _humps(letters)
    named = (part for part in humps if len(part) >= _SHORTEST_HUMP) if len(humps) > 1 else ()
    return any(is_name(part) or (is_called(part) and is_eponym(part)) for part in (*inner, *named))


def _beside_a_computer(word: str) -> Iterator[str]:
    """What is left of a word without what computers are called at its beginning or end: WSNGUYEN, MEYERPC."""
    lowered = word.lower()
    for mark in listed(_FILE, "in names of computers"):
        if lowered.startswith(mark):
            yield word[len(mark) :]
        if lowered.endswith(mark):
            yield word[: -len(mark)]


def _humps(word: str) -> list[str]:
    """The parts that begin with a capital: J and Carson, Nguyen and PC."""
    starts = (
        place
        for place in range(1, len(word))
        if word[place].isupper() and (word[place - 1].islower() or word[place + 1 : place + 2].islower())
    )
    return [word[start:end] for start, end in pairwise((0, *starts, len(word)))]


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
    return folded(word) in person_names() or (not word.isascii() and digraphs(word) in person_names())


def is_in_phrase(found: Sequence[Word], place: int) -> bool:
    """Whether the words beside it say that it is no name: "long axis", "Graves disease", "circle of Willis"."""
    word = found[place].folded
    if word not in _words_of_phrases():
        return False
    near = [side.folded for side in found[max(place - 2, 0) : place + 3]]
    at = min(place, 2)
    if _names_what_is_beside(word, near[:at], near[at + 1 :]):
        return True
    windows = (
        (start, end) for start in range(at + 1) for end in range(at + 1, len(near) + 1) if end - start in {2, 3}
    )
    return any("-".join(near[start:end]) in listed(_FILE, "phrases") for start, end in windows)


def _names_what_is_beside(word: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a view, a disease, a structure beside the word is called after somebody of that name."""
    following = (*after, "", "")
    if word in eponyms() and following[0] in listed(_FILE, "after an eponym"):
        return True
    if word not in eponyms() and word not in listed(_FILE, "eponyms"):
        return False
    if following[following[0] == "s"] in listed(_FILE, "after a name"):
        return True
    return before[-1:] == ["morbus"] or (
        len(before) > 1 and before[-1] in _OF and before[-2] in listed(_FILE, "before an eponym")
    )


@cache
def _words_of_phrases() -> frozenset[str]:
    parts = (part for phrase in listed(_FILE, "phrases") for part in phrase.split("-"))
    return eponyms() | listed(_FILE, "eponyms") | frozenset(parts)
