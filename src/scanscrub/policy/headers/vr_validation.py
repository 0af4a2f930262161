"""Is a value what its VR claims? Names stand in CS, birth dates in IS, and both come through a table of tags."""

import re
from collections.abc import Set as AbstractSet
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from functools import cache
from typing import Final

from scanscrub.policy.tables.data_files import lines_of
from scanscrub.policy.tables.vocabulary import Standing, standing

_CS: Final = re.compile(r"[A-Z0-9_ ]{0,16}")
_WORD: Final = re.compile(r"[^ _]+")
_LETTERS: Final = re.compile(r"[A-Z]+")
_IS: Final = re.compile(r"[+-]?[0-9]{1,12}(?:\.0*)?")
_LARGEST_IS: Final = 2**31
_DS: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?")
_YEAR, _MONTH, _DAY = "(?:18[5-9]|19[0-9]|20[0-4])[0-9]", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
_DATE_LIKE: Final = re.compile(
    f"{_YEAR}{_MONTH}{_DAY}(?:{_TIME})?|(?:{_DAY}{_MONTH}|{_MONTH}{_DAY}){_YEAR}(?:{_TIME})?"
)
_SHORT_DAY: Final = re.compile(f"{_DAY}{_MONTH}[0-9]{{2}}|{_MONTH}{_DAY}[0-9]{{2}}|[0-9]{{2}}{_MONTH}{_DAY}")
_MANY_DIGITS: Final = re.compile(r"(?<![.0-9])[0-9]{6}|[Ee]")
_FEWEST: Final = 6
_ROUND: Final = 3
_HELD: Final = 7
"""Digits from which on a known number is looked for inside a longer one."""
_LONGEST_WHOLE: Final = 24
_LONGEST_DS: Final = 16
_SHORT: Final = 3
_DECIMAL: Final = re.compile(r"[.Ee]")
_EXPONENT: Final = re.compile(r"[Ee].*")
_ANY_DIGITS: Final = re.compile(r"[0-9]+")
_AGE: Final = re.compile(r"([0-9]{1,3})([DWMY])")
_DIGITS: Final = re.compile(r"[0-9]{5,}")

TOP_AGE: Final = "090Y"
_OVER_89_YEARS: Final = {"D": 90 * 365, "W": 90 * 52, "M": 90 * 12, "Y": 90}


@cache
def defined_words() -> frozenset[str]:
    """The words of Defined Terms and Enumerated Values, upper case; of the short ones only some."""
    lines = (*lines_of("cs_terms.txt"), *lines_of("cs_short_terms.txt"))
    return frozenset(word for line in lines for word in line.split())


def is_defined(value: str) -> bool:
    """Whether one CS value is made of defined terms alone: ``AXIAL``, ``MONOCHROME2``, ``HFS``."""
    return all(
        word in defined_words()
        or (_DIGITS.search(word) is None and all(part in defined_words() for part in _LETTERS.findall(word)))
        for word in _WORD.findall(value)
    )


def _is_token(token: str) -> bool:
    if token in defined_words():
        return True
    if token.isalpha():
        return len(token) <= 3
    return _DIGITS.search(token) is None and all(
        len(letters) <= 3 or letters in defined_words() for letters in _LETTERS.findall(token)
    )


def is_code_string(value: str, known_words: AbstractSet[str]) -> bool:
    """Whether one CS value looks like a defined term.

    A word of four letters and more has to be one of `defined_words`. The shorter ones are too many to list: one
    passes unless it is a known word (given in lower case) or a common name, or stands among nothing but short words.
    """
    if _CS.fullmatch(value) is None:
        return False
    words = _WORD.findall(value)
    if not all(_is_token(word) and not _is_known(word, known_words) for word in words):
        return False
    unlisted = [word for word in words if _is_short_and_unlisted(word)]
    letters = [word for word in words if word.isalpha()]
    in_doubt = letters if len(letters) == 1 < len(words) else unlisted  # ANN is a modality, ANN_01 is somebody
    if any(word in short_names() for word in in_doubt):
        return False
    return len(words) < 2 or not unlisted or any(len(word) > _SHORT for word in words)


def _is_known(word: str, known_words: AbstractSet[str]) -> bool:
    """A known word that is no word of the vocabulary either: ``HEAD`` says nothing about Mrs Head."""
    return word.lower() in known_words and standing(word) is not Standing.PLAIN


def _is_short_and_unlisted(word: str) -> bool:
    return word.isalpha() and 2 <= len(word) <= _SHORT and word not in defined_words()


@cache
def short_names() -> frozenset[str]:
    """Common names of two and three letters, in capitals."""
    return frozenset(word for line in lines_of("short_names.txt") for word in line.split())


def looks_like_date(number: str) -> bool:
    """Whether a run of digits reads as a day, the year first or last, or as a day and a time."""
    return _DATE_LIKE.fullmatch(number) is not None


def is_number(vr: str, value: str) -> bool:
    """Whether a text is a number as its VR writes it; "2.0" in an IS harms nobody."""
    if vr == "IS":
        return _IS.fullmatch(value) is not None and abs(int(value.partition(".")[0])) <= _LARGEST_IS
    return len(value) <= 24 and _DS.fullmatch(value) is not None


@cache
def _large_numbers() -> frozenset[int]:
    """Attributes whose measures have six digits and more."""
    return frozenset(int(line.split()[0], 16) for line in lines_of("large_numbers.txt"))


def tells(tag: int, value: str, known_numbers: AbstractSet[str]) -> bool:
    """Whether a number, in any writing (``19610324.0``, ``1.9610324E7``), is a date or a known number.

    Where an attribute measures in hundreds of thousands, the form of a date says nothing.
    """
    if _MANY_DIGITS.search(value) and tag not in _large_numbers() and looks_like_date(_whole_part(value)):
        return True
    return is_known_number(tag, value, known_numbers)


def is_known_number(tag: int, value: str, known_numbers: AbstractSet[str]) -> bool:
    """Whether a number is a known one, or holds one of seven digits.

    Few digits are everybody's: a known number of less than six, or one that is round (100000), says nothing in a
    number, nor do six that are no day in an attribute that measures in hundreds of thousands. What stands behind the
    decimal point is measured; identities are whole numbers. Only a known number of seven digits and more is known
    wherever the point stands (``4711.083``): no measure has just its digits.
    """
    if len(value) > _HELD and _DECIMAL.search(value) and _has_digits_of(value, known_numbers):
        return True
    bare = _whole_part(value).lstrip("0") if _MANY_DIGITS.search(value) else ""
    is_measure = tag in _large_numbers() and _SHORT_DAY.fullmatch(bare) is None
    if len(bare) < (_HELD if is_measure else _FEWEST):
        return False
    return (bare in known_numbers and _is_evidence(bare)) or (
        len(bare) > _HELD
        and any(len(known) >= _HELD and known in bare and _is_evidence(known) for known in known_numbers)
    )


def _is_evidence(known: str) -> bool:
    return len(known) >= _FEWEST and len(known.rstrip("0")) > _ROUND


def rounded(vr: str, number: str) -> str:
    """The number with two digits that count: a measure stays near, an id is gone. It fits where the number did."""
    value = Decimal(number).normalize(Context(prec=2, rounding=ROUND_DOWN))
    while vr == "IS" and abs(value) > _LARGEST_IS:
        value /= 10
    return f"{value:f}" if abs(value.adjusted()) < _LONGEST_DS - 4 else str(value)


def _has_digits_of(value: str, known_numbers: AbstractSet[str]) -> bool:
    """Whether the significant digits of a number are those of a known one."""
    digits = "".join(_ANY_DIGITS.findall(_EXPONENT.sub("", value))).lstrip("0")
    return any(len(one) >= _HELD and one in known_numbers for one in (digits, digits.rstrip("0")))


def _whole_part(number: str) -> str:
    """The digits before the decimal point."""
    if "e" in number.lower():
        try:
            number = f"{Decimal(number):f}" if abs(Decimal(number).adjusted()) < _LONGEST_WHOLE else ""
        except InvalidOperation:
            return ""
    return number.lstrip("+-").partition(".")[0]


def top_coded_age(value: str) -> str | None:
    """An AS value in its three digits, every age over 89 years as ``090Y`` (HIPAA 164.514(b)(2)(i)(C)).

    None where it is no age.
    """
    match = _AGE.fullmatch(value)
    if match is None:
        return None
    number = int(match[1])
    return TOP_AGE if number >= _OVER_89_YEARS[match[2]] else f"{number:03}{match[2]}"


def values_of(text: str) -> list[str]:
    """The single values of a multi-valued string, without padding."""
    return [value.strip(" \0") for value in text.split("\\")]
