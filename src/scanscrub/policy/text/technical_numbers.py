"""Which numbers of a description have a technical reading; telephones, dates, ids and postcodes have none."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from scanscrub.domain.text import Word
from scanscrub.policy.tables.vocabulary import listed

_GAP = re.compile(r"[\s\-./_()+:'\u2019\u00b7\u2010-\u2015]{1,4}")
"""What stands between the groups of a telephone number, a date, an id."""
_NEAR = re.compile(r"[\s\-:=#.(_^]{0,3}")
_UNITS = listed("technical_numbers.txt", "units")
_ELEMENTS = listed("technical_numbers.txt", "elements")
_ISOTOPES = listed("technical_numbers.txt", "isotopes")
_STUDIES = listed("vocabulary.txt", "groups that number their trials")
_NUMBERED = listed("technical_numbers.txt", "numbered") | _STUDIES
_DIFFUSION = listed("technical_numbers.txt", "diffusion")
_MATRICES = frozenset({"1000", "1024", "1536", "2000", "2048", "3072", "4096"})
_SIZES = frozenset({"128", "160", "192", "224", "256", "288", "320", "352", "384", "448", "512", "640", "768"})
_CONCENTRATIONS = frozenset({"120", "240", "270", "320", "370"})
"""Milligrams of iodine in a milliliter, kilovolts; others are round."""
_DAY_OR_MONTH = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])[/.](?:0[1-9]|1[0-2])\.?|(?:0[1-9]|1[0-2])[/.\-](?:[3-9]\d|2[3-9]|0\d)"
    r"|(?:0[1-9]|[12]\d|3[01])-0[1-9]|0[1-9][/\-](?:0[1-9]|[12]\d|3[01])|(?:1[3-9]|2\d|3[01])[/\-](?:[1-9]|1[0-2])"
)
"""A day of a month, a month of a year: 24/03, 22-06, 06/22, 01/62."""
_RECORD = re.compile(r"(?<!\S)(?=\S*[A-Za-z]{2})(?:[^\W_][\w.+\-]{0,15},){7,24}[\w.+\-]{1,16}(?!\S)")
"""What an acquisition was made with, in eight fields and more with commas: 1,OPA,GE,LSPLUS,STANDARD,360,2.5,120."""
_REFERENCE = re.compile(r"\((?:[1-9]\d{0,3}/[1-9]\d{0,3}/[1-9]\d{0,3}(?:\.\.[1-9]\d{0,3})?(?:, ?)?)+\)")
"""Examination, series and images that something was computed of: (783/4/113..226)."""
_BY = frozenset({"/", "//", "_", "x", "*"})
"""What stands between the sides of a matrix."""
_RATIO = re.compile(r"\s?:\s?1(?![\d.:])")
_COMPRESSION = frozenset(
    {"lossy", "compression", "compressed", "ratio", "jpeg", "verlustbehaftet", "komprimiert", "kompression"}
)
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


def untechnical(text: str, found: Sequence[Word], *, counts_are_short: bool) -> Iterator[int]:
    """The places of the numbers that nothing technical explains.

    A number is explained by a unit behind it ("30 ms"), by what it numbers ("series 5"), as a b value among others,
    as a decimal ("1.25") or as a count that stands alone: of up to three digits; where counts are short, of two, or a
    round one or a concentration of an agent (350). Groups of digits side by side are one
    number, and are explained one by one or not at all.
    """
    numbers = {place for place, word in enumerate(found) if word.folded.isdecimal()}
    if not numbers:
        return
    yield from (place for place in numbers if not text[found[place].start : found[place].end].isascii())
    numbers -= {*_of_studies(text, found, numbers), *_within(_RECORD, text, found, numbers, _MOST_DIGITS_OF_A_COUNT)}
    if not counts_are_short:
        numbers -= set(_within(_REFERENCE, text, found, numbers, _MOST_DIGITS))
    shows_diffusion = any(_shows_diffusion(word.folded) for word in found)
    place = 0
    while place < len(found):
        if place not in numbers:
            place += 1
            continue
        end = place + 1
        while end in numbers and _GAP.fullmatch(text, found[end - 1].end, found[end].start):
            end += 1
        seen = tuple(_numbers(text, found, place, end))
        bare = _bare(text, found, seen, shows_diffusion=shows_diffusion)
        if not _is_count(text, found, seen, bare, counts_are_short=counts_are_short):
            for number in bare:
                yield from range(number.first, number.last + 1)
        place = end


def _of_studies(text: str, found: Sequence[Word], numbers: set[int]) -> Iterator[int]:
    """The numbers of trials: ACRIN 6698, and that number wherever else it stands in the text."""
    told = {
        found[place].folded
        for place in numbers
        if place > 0
        and len(found[place].folded) <= _MOST_DIGITS
        and found[place - 1].folded in _STUDIES
        and _NEAR.fullmatch(text, found[place - 1].end, found[place].start)
    }
    yield from (place for place in numbers if found[place].folded in told)


def _within(
    form: re.Pattern[str], text: str, found: Sequence[Word], numbers: set[int], longest: int
) -> Iterator[int]:
    """The short numbers within what has a form that no telephone number and no id is written in."""
    covered = bytearray(len(text))
    for start, end in (span.span() for span in form.finditer(text)):
        covered[start:end] = b"\1" * (end - start)
    yield from (place for place in numbers if covered[found[place].start] and len(found[place].folded) <= longest)


def _shows_diffusion(word: str) -> bool:
    return word.lstrip("0123456789") in _DIFFUSION or (word[:1] == "b" and word[1:].isdecimal())


def _bare(
    text: str, found: Sequence[Word], numbers: Sequence[_Number], *, shows_diffusion: bool
) -> Sequence[_Number]:
    """The numbers of a run that nothing explains by itself."""
    longest = max(len(number.digits) for number in numbers)
    by_neighbors = len(numbers) < _FEWEST_OF_A_TELEPHONE
    return [
        number
        for number in numbers
        if (
            longest > _MOST_DIGITS
            or not _is_round(number, by_neighbors=by_neighbors, shows_diffusion=shows_diffusion)
        )
        and not _is_side_of_matrix(text, found, number, is_alone=by_neighbors)
        and not (by_neighbors and _is_explained(text, found, number))
        and not (number.is_decimal and len(numbers) < _FEWEST_OF_A_TELEPHONE)
    ]


def _is_count(
    text: str, found: Sequence[Word], numbers: Sequence[_Number], bare: Sequence[_Number], *, counts_are_short: bool
) -> bool:
    """Whether what is left of a run may be a count: too little for an id, a date, a telephone number."""
    if all(number.is_decimal for number in numbers) or _has_underscore_for_point(text, found, numbers):
        return True
    if _are_parameters(text, found, numbers):
        return True
    if len(bare) == len(numbers) == 2 and _DAY_OR_MONTH.fullmatch(
        text, found[bare[0].first].start, found[bare[1].last].end
    ):
        return False
    digits = sum(len(number.digits) for number in bare)
    if len(bare) == 1:
        is_short = digits < _MOST_DIGITS_OF_A_COUNT or not counts_are_short or _is_usual(bare[0].digits)
        return digits <= _MOST_DIGITS_OF_A_COUNT and is_short
    return digits <= _MOST_DIGITS + any(number.is_decimal for number in numbers)


def _are_parameters(text: str, found: Sequence[Word], numbers: Sequence[_Number]) -> bool:
    """Whether they are parameters of an acquisition: joined by underscores, a decimal among them (120_65_1.25)."""
    gaps = {text[found[left.last].end : found[right.first].start] for left, right in pairwise(numbers)}
    return (
        gaps == {"_"}
        and any(number.is_decimal for number in numbers)
        and all(number.is_decimal or len(number.digits) <= _MOST_DIGITS_OF_A_COUNT for number in numbers)
    )


def _is_usual(digits: str) -> bool:
    return digits in _SIZES or digits in _CONCENTRATIONS or digits.endswith(("00", "50"))


def _is_side_of_matrix(text: str, found: Sequence[Word], number: _Number, *, is_alone: bool) -> bool:
    """Whether it is a size of a matrix beside another number; among more numbers, beside another size: 384/256."""
    if number.digits not in _SIZES:
        return False
    beside = ((number.first - 1, number.first), (number.last, number.last + 1))
    return any(
        left >= 0
        and right < len(found)
        and text[found[left].end : found[right].start] in _BY
        and (is_alone or {found[left].folded, found[right].folded} <= _SIZES)
        for left, right in beside
    )


def _has_underscore_for_point(text: str, found: Sequence[Word], numbers: Sequence[_Number]) -> bool:
    """Whether it is one decimal whose point was written as an underscore: 20_000 for 20.000."""
    if (
        len(numbers) == 3
        and numbers[2].digits in {"0", "00", "000"}
        and len(numbers[0].digits) <= _MOST_DIGITS_OF_A_COUNT
    ):
        return _has_underscore_for_point(text, found, numbers[1:])
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


def _is_round(number: _Number, *, by_neighbors: bool, shows_diffusion: bool) -> bool:
    """Whether it is the size of a matrix, no group of an id, or a b value."""
    digits = number.digits
    if number.is_decimal or not digits.isascii():
        return False
    return (by_neighbors and digits in _MATRICES) or (
        shows_diffusion and len(digits) <= _MOST_DIGITS and int(digits) % 50 == 0 and int(digits) <= _LARGEST_B_VALUE
    )


def _is_explained(text: str, found: Sequence[Word], number: _Number) -> bool:
    digits = number.digits
    has_zeros = digits.startswith("0") and len(digits) > 2
    if number.is_decimal or len(digits) > _MOST_DIGITS or not digits.isascii() or has_zeros:
        return False
    if _RATIO.match(text, found[number.last].end):
        return any(word.folded in _COMPRESSION for word in found[: number.first])
    before, after = number.first - 1, number.last + 1
    if after < len(found) and found[after].folded in _UNITS:
        return text[found[number.last].end : found[after].start] in {"", " ", "_", "-"}
    if text[found[number.last].end : found[number.last].end + 1] in {"%", "\u00b0"}:
        return True
    if before >= 0 and digits in _ISOTOPES and found[before].folded in _ELEMENTS:
        return text[found[before].end : found[number.first].start] in {"-", " "}
    return (
        before >= 0
        and not _NUMBERED.isdisjoint({found[before].folded, found[before].folded.rstrip("0123456789pn")})
        and _NEAR.fullmatch(text, found[before].end, found[number.first].start) is not None
    )
