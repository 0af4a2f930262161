"""Whether a file or folder name points at a person."""

import re
from collections.abc import Callable
from typing import TypeAlias

from scanscrub.domain.rules import Severity

Searched: TypeAlias = Callable[[str], bool]

_PERSON_NAME = re.compile(r"[^\W\d_]{2,}\^[^\W\d_]+")
_TITLED = re.compile(r"(?<![^\W_])(?:Mrs|Mr\.|Dr\.|Herr|Frau|Monsieur|Madame)[ ._-]+[^\W\d_a-z][^\W\d_]{2,}")
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<![^\W_])(?:{_YEAR}{_MONTH}{_DAY}|{_YEAR}([-._ ]){_MONTH}\1{_DAY}|{_DAY}([-._ ]){_MONTH}\2{_YEAR})(?![^\W_])"
)
_UID = re.compile(r"(?<!\d)\d+(?:\.\d+){5,}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![^\W_])(?<![^\W_]-)\d{7,}(?![^\W_])")
_COUNTING = "checkpoint|ckpt|epoch|frame|iter|iteration|patch|slice|step|test|tile|train|val"
_COUNTER = re.compile(rf"(?<![^\W_])(?:(?:{_COUNTING})s?[-_. ]+\d+|0{{4,}}\d+)(?![^\W_])", re.IGNORECASE)
"""A running number: behind a word of counting, or filled up with zeros."""
_VERSION = re.compile(r"(?<![^\W_])v\d{1,4}(?:\.\d{1,4})+(?![\d.]*\d)", re.IGNORECASE)
_RECORD_NUMBER = re.compile(r"(?<![^\W_])MRN[-_ .]?\d{4,}", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+")
_EXTENSIONS = frozenset(
    {"dcm", "dicom", "png", "jpg", "jpeg", "tif", "tiff", "gif", "bmp", "webp", "heic", "avif", "zip"}
)
_OURS = re.compile(
    r"(?:ANON|ST|SE|IM)-[A-Z2-7]{8,}(?:-[0-9a-f]{8})?(?:\.[a-z0-9]{2,4})?|picture-[0-9a-f]{16}\.[a-z0-9]{2,4}"
)


def points_at_a_person(part: str) -> bool:
    """Whether one part of a path does so by its form alone."""
    return judge_name(part, lambda _: False) is not None


def is_numbered(part: str) -> bool:
    """Whether it is made of numbers and at most a usual extension: ``IM0001.dcm``. No vocabulary has to be read for
    that, which takes longer than a header.
    """
    tokens = (token for token in _TOKEN.findall(part.lower()) if token not in _EXTENSIONS)
    return all(token.isascii() and any(map(str.isdigit, token)) for token in tokens)


def judge_name(part: str, is_known: Searched) -> Severity | None:
    """How much one part of a path says about a person; None where it says nothing.

    `is_known` tells whether a text holds a value that the file's own header knows. Without that only the form is
    left to judge by: a person name as DICOM writes it, a title with a name, a date, a UID, a number as long as
    a patient's or called a medical record number. Where such a number only counts, that is hygiene. The names that
    `clean` gives are none of these.
    """
    if _OURS.fullmatch(part):
        return None
    if is_known(part) or _PERSON_NAME.search(part) or _TITLED.search(part):
        return Severity.IDENTITY
    if _DATE.search(part) or _UID.search(_VERSION.sub("", part)) or _RECORD_NUMBER.search(part):
        return Severity.QUASI
    if _LONG_NUMBER.search(_COUNTER.sub("0", part)):
        return Severity.QUASI
    return Severity.HYGIENE if _LONG_NUMBER.search(part) else None
