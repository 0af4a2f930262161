"""Which lines of a picture that is no scan read as if they were about somebody.

Names, days and numbers stand in plots, maps and screenshots as well. So a line tells alone where it is written as
people are registered: a label with its value, a family name with a given one. Others tell together, where the
picture says little else.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import chain
from typing import Final

from scanscrub.domain.text import MONTHS, Word, words
from scanscrub.policy.tables.vocabulary import Standing, listed, standing
from scanscrub.policy.text.person_names import is_called, is_name

FEW: Final = 8
"""Lines up to which those that tell little alone are taken together: a plot or a table has more."""
_LONGEST: Final = 6
"""Words of a line that can be a name or a hospital's: a sentence has more."""
_MONTHS: Final = frozenset(chain.from_iterable(MONTHS))
_CARET: Final = re.compile(r"[^\W\d_]{2,}\^[^\W\d_]")
_LABELLED: Final = re.compile(
    r"(?<![^\W_])(?:"
    r"(?:d\.?\s?o\.?\s?b|birth\s?date|date of birth|born|geb(?:oren)?|geburtsdatum|n[ée]e? le|nascimento|nacimiento|"
    r"fecha de nac\w*|data di nascita|ur\.)\W{0,4}\d"
    r"|(?:mrn|pid|pat(?:ient)?[\s._-]?(?:id|no|nr)|acc(?:ession)?(?:[\s._-]?(?:no|nr))?|ssn|nhs|nip|hn|fall[\s._-]?nr|"
    r"case[\s._-]?(?:id|no|nr)|id)\W{0,4}[a-z]{0,3}[\d-]{5,}"
    r"|(?-i:P(?:at(?:ient(?:in)?|iente)?|aziente|AT(?:IENT)?)|N(?:ame|AME|om|OM|ombre|ome|achname)|Vorname|Surname)\s?:"
    r"\s?(?-i:[^\W\d_a-z])[^\W\d_]+"
    r"|(?-i:Dr|DR|Prof|PROF)(?:\. ?|[ ])(?:med\. ?)?(?-i:[^\W\d_a-z])[^\W\d_]+"
    r")"
    r"|患者|姓名|氏名|生年月日|出生日期|환자|пациент|(?<!\w)\u0444\.?\u0438\.?\u043e(?!\w)|\u0434\.?\u0440\.?\s?\d",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\w]|\d")
_DAY: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-./ ]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])\s?([-./])\s?(?:0?[1-9]|[12]\d|3[01])\s?\2\s?(?:(?:19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[\s.-]{1,2}[^\W\d_]{3,9}[\s.,-]{1,2}(?:19|20)\d\d)(?!\d)"
)
_NUMBER: Final = re.compile(r"(?<![\d.,])[A-Z]{0,4}#?\d[\d-]{4,}\d(?![\d.,]*\d)")
_AGE: Final = re.compile(
    r"(?<![^\W_])(?:[mfw][\s/,:-]{0,2}0?\d\d\s?[yja]\w{0,4}|0?\d\d\s?[yja](?:rs?|ears?)?[\s/,-]{0,2}[mfw])(?![^\W_])",
    re.IGNORECASE,
)
_HOSPITAL: Final = re.compile(
    r"hospital(?!s|i)|h[oô]pital|ospedale|[kc]lini[ck]|spital|krankenhaus|sjukhus|ziekenhuis|szpital|nemocnice|infirmary|"
    r"medical cent|radiolog|healthcare|\bCHU\b|больница|医院|病院|병원",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(r"[^\w\s.'\u2019-]|[\d_]")
_PARTICLES: Final = listed("vocabulary_cues.txt", "particles") | listed("vocabulary_cues.txt", "second particles")
_PARTS_OF_PLACES, _PLACES = listed("places.txt", "parts"), listed("places.txt", "places")
_INITIAL: Final = re.compile(r"\s*(?:[^\W\d_]{3,}[\s,]+[A-Z]\.|[A-Z]\.\s?[^\W\d_]{3,})\s*")


def labels(text: str) -> frozenset[str]:
    """The different labels in a text that stand before a value of somebody: ``"mrn"``, ``"dob"``, ``"patient"``."""
    return frozenset(_LETTERS.sub("", found[0].lower())[:3] for found in _LABELLED.finditer(text))


class _Kind(Enum):
    """What a line says that tells little alone."""

    NAME = "name"
    DAY = "day"
    NUMBER = "number"
    AGE = "age"
    HOSPITAL = "hospital"


def lines_about_somebody(lines: Sequence[str]) -> frozenset[int]:
    """The places of the lines that read as if they were about somebody; a line that was not read is empty."""
    said = [unicodedata.normalize("NFKC", line).strip() for line in lines]
    telling = {place for place, line in enumerate(said) if tells_alone(line)}
    if len(said) <= FEW or telling:
        kinds = {place: set(_kinds(line)) for place, line in enumerate(said)}
        together = set().union(*kinds.values())
        if telling or len(together) > 1:
            telling |= {place for place, found in kinds.items() if found}
    return frozenset(telling)


def tells_alone(line: str) -> bool:
    """Whether one line is enough."""
    if _CARET.search(line) or _LABELLED.search(line):
        return True
    found = list(words(line))
    if len(found) > _LONGEST:
        return False
    return bool(found) and (_is_registered(line) or _is_full_name(line, found))


def _kinds(line: str) -> Iterator[_Kind]:
    if _DAY.search(line):
        yield _Kind.DAY
    elif _NUMBER.search(line):
        yield _Kind.NUMBER
    if _AGE.search(line):
        yield _Kind.AGE
    found = list(words(line))
    if len(found) > _LONGEST:
        return
    if _HOSPITAL.search(line) and sum(line[word.start].isupper() for word in found) > 1:
        yield _Kind.HOSPITAL
    elif _INITIAL.fullmatch(line) or _is_name_alone(line, found):
        yield _Kind.NAME


def _is_name_alone(line: str, found: Sequence[Word]) -> bool:
    written = [_written(line, word) for word in found if len(word.folded) > 1]
    return (
        all(_is_written_as_name(line, word) for word in found if len(word.folded) > 1)
        and any(is_name(word) and word.lower() not in _MONTHS for word in written)
        and all(map(_may_be_called, written))
    )


def _is_registered(line: str) -> bool:
    """A family name, a comma, and given names or a first letter."""
    family, comma, given = line.partition(",")
    if not comma or _NO_NAME.search(family + given):
        return False
    last, first = (_called(part) for part in (family, given))
    if not last or not first:
        return False
    return all(len(word) == 1 for word in first) or any(map(is_name, (*last, *first)))


def _is_full_name(line: str, found: Sequence[Word]) -> bool:
    """Two names and more, and nothing else; the last one is no way: Church Lane, Park Street."""
    if _NO_NAME.search(line) or found[-1].folded in listed("vocabulary_cues.txt", "streets"):
        return False
    called = [word for word in _called(line) if len(word) > 2]
    return len(called) > 1 and all(map(is_called, called)) and any(map(is_name, called))


def _called(text: str) -> Sequence[str]:
    """The words that may be names, each written as one, without particles; none where another word or a place is."""
    written = [_written(text, word) for word in words(text) if word.folded not in _PARTICLES]
    places = {word.lower() for word in written}
    if not _PARTS_OF_PLACES.isdisjoint(places) or _PLACES.issuperset(places):
        return []
    capitals = all(word[0].isupper() and (word.isupper() or word[1:].islower()) for word in written)
    return written if capitals and all(len(word) == 1 or _may_be_called(word) for word in written) else []


def _may_be_called(text: str) -> bool:
    return all(
        is_called(word) or standing(word) is not Standing.PLAIN for word in re.split(r"[ '\u2019-]", text) if word
    )


def _written(line: str, word: Word) -> str:
    return line[word.start : word.end]


def _is_written_as_name(line: str, word: Word) -> bool:
    written = _written(line, word)
    return len(written) > 2 and written[0].isupper() and (written.isupper() or written[1:].islower())
