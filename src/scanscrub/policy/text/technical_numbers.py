"""Which numbers of a description have a technical reading; telephones, dates, ids and postcodes have none."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import listed

_GAP = re.compile(r"[\s\-./_()+:'\u2019\u00b7\u2010-\u2015]{1,4}")
"""What stands between the groups of a telephone number, a date, an id."""
_NEAR = re.compile(r"[\s\-:=#.(_^]{0,3}")
_UNITS = listed("technical_numbers.txt", "units")
_NUMBERED = listed("technical_numbers.txt", "numbered")
_DIFFUSION = listed("technical_numbers.txt", "diffusion")
_MATRICES = frozenset({"1024", "1536", "2000", "2048", "3072", "4096"})
_FRACTIONS = frozenset({"", "5", "25", "75", "125", "375", "625"})
_MOST_DIGITS_OF_A_COUNT = 3
_MOST_DIGITS = 4
_MOST_DIGITS_OF_A_DECIMAL = 7
_LARGEST_B_VALUE = 5000
_FEWEST_OF_A_TELEPHONE = 3


class _Number(NamedTuple):
    """A number of a run: the words it is made of, and its digits without the point."""

    first: int
    last: int
    digits: str
    is_decimal: bool


def untechnical(text: str, found: Sequence[Word]) -> Iterator[int]:
    """The places of the numbers that nothing technical explains.

    A number is explained by a unit behind it ("30 ms"), by what it numbers ("series 5"), as a b value among others,
    as a decimal ("1.25") or as a count of up to three digits that stands alone. Groups of digits side by side are one
    number, and are explained one by one or not at all.
    """
    numbers = {place for place, word in enumerate(found) if word.folded.isdecimal()}
    if not numbers:
        return
    yield from (place for place in numbers if not text[found[place].start : found[place].end].isascii())
    shows_diffusion = any(_shows_diffusion(word.folded) for word in found)
    place = 0
    while place < len(found):
        if place not in numbers:
            place += 1
            continue
        end = place + 1
        while end in numbers and _GAP.fullmatch(text, found[end - 1].end, found[end].start):
            end += 1
        yield from _unexplained(text, found, place, end, shows_diffusion=shows_diffusion)
        place = end


def _shows_diffusion(word: str) -> bool:
    return word in _DIFFUSION or (word[:1] == "b" and word[1:].isdecimal())


def _unexplained(text: str, found: Sequence[Word], first: int, end: int, *, shows_diffusion: bool) -> Iterator[int]:
    numbers = tuple(_numbers(text, found, first, end))
    by_neighbors = len(numbers) < _FEWEST_OF_A_TELEPHONE
    bare = [
        number
        for number in numbers
        if not _is_round(number, shows_diffusion=shows_diffusion)
        and not (by_neighbors and _is_explained(text, found, number))
        and not (number.is_decimal and len(numbers) < 3)
    ]
    digits = sum(len(number.digits) for number in bare)
    if all(number.is_decimal for number in numbers) or _has_underscore_for_point(text, found, numbers):
        return
    is_count = len(bare) == 1 and digits <= _MOST_DIGITS_OF_A_COUNT
    if not is_count and digits >= (_MOST_DIGITS if len(bare) == 1 else _MOST_DIGITS + 1):
        for number in bare:
            yield from range(number.first, number.last + 1)


def _has_underscore_for_point(text: str, found: Sequence[Word], numbers: Sequence[_Number]) -> bool:
    """Whether it is one decimal whose point was written as an underscore: 20_000 for 20.000."""
    if len(numbers) != 2 or text[found[numbers[0].last].end : found[numbers[1].first].start] != "_":
        return False
    whole, fraction = (number.digits for number in numbers)
    return len(whole) < _MOST_DIGITS and not whole.startswith("00") and fraction.rstrip("0") in _FRACTIONS


def _numbers(text: str, found: Sequence[Word], first: int, end: int) -> Iterator[_Number]:
    """The run's words; two with a point between them are a decimal, unless more points follow."""
    place = first
    while place < end:
        whole = _digits(text, found[place])
        if place + 1 < end and _joins_one(text, found, place, first, end):
            fraction = _digits(text, found[place + 1])
            digits = whole + fraction
            if (whole == "0" or not whole.startswith("0")) and (
                len(digits) <= _MOST_DIGITS_OF_A_DECIMAL or len(whole) == 1
            ):
                yield _Number(place, place + 1, digits, is_decimal=True)
                place += 2
                continue
        yield _Number(place, place, whole, is_decimal=False)
        place += 1


def _joins_one(text: str, found: Sequence[Word], place: int, first: int, end: int) -> bool:
    """Whether a point stands behind the word, and none before it or behind the next."""
    beside = (side for side in (place - 1, place + 1) if first <= side < end - 1)
    return _joins(text, found, place) and not any(_joins(text, found, side) for side in beside)


def _joins(text: str, found: Sequence[Word], place: int) -> bool:
    return text[found[place].end : found[place + 1].start] == "."


def _digits(text: str, word: Word) -> str:
    return text[word.start : word.end]


def _is_round(number: _Number, *, shows_diffusion: bool) -> bool:
    """Whether it is the size of a matrix, or a b value."""
    digits = number.digits
    if number.is_decimal or not digits.isascii():
        return False
    return digits in _MATRICES or (
        shows_diffusion and len(digits) <= _MOST_DIGITS and int(digits) % 50 == 0 and int(digits) <= _LARGEST_B_VALUE
    )


def _is_explained(text: str, found: Sequence[Word], number: _Number) -> bool:
    digits = number.digits
    if number.is_decimal:
        return False
    if len(digits) > _MOST_DIGITS or not digits.isascii():
        return False
    if digits.startswith("0") and len(digits) > 2:
        return False
    before, after = number.first - 1, number.last + 1
    if after < len(found) and found[after].folded in _UNITS:
        return text[found[number.last].end : found[after].start] in {"", " ", "_", "-"}
    if text[found[number.last].end : found[number.last].end + 1] in {"%", "\u00b0"}:
        return True
    return (
        before >= 0
        and found[before].folded.rstrip("0123456789pn") in _NUMBERED
        and _NEAR.fullmatch(text, found[before].end, found[number.first].start) is not None
    )
