"""The forms of one known value: orders of a name, dates as people write them, ids without punctuation."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanscrub.domain.text import MONTHS, compact, digraphs, folded, words
from scanscrub.policy.tables.vocabulary import Standing, standing

_SEPARATORS = ("^", " ", ", ", ",", "_", "-", ".", "")
_DATE = re.compile(r"(\d{4})([.\-/]?)(\d\d)\2(\d\d)")
_SHORTEST_ID = 6
_FIRST_IDEOGRAPH = 0x2E80
_DIGITS_OF_A_DAY = 8
_BUDDHIST = 543
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
_TOGETHER = re.compile(r"(?<!\d)(?:\d{8}|\d{6})(?!\d)")
_SPREAD = re.compile(r"\d(?:[\W_]?\d){7,23}")
_NO_DIGITS = re.compile(r"\D")
_THREE_GROUPS = re.compile(
    r"(?<!\d)(?=(\d{1,4})[^\d:]{1,4}?(\d{1,2}(?!\d)|(?:I{1,3}|IV|VI{0,3}|IX|XI{0,2})(?![IVX]))"
    r"[^\d:]{1,4}(\d{1,4})(?!\d))",
    re.IGNORECASE,
)


class Form(NamedTuple):
    """A form, and a part of it that all forms of the same words have."""

    text: str
    core: str


def whole_form(value: str) -> Form:
    return Form(value.strip(), value.strip())


def name_forms(value: str) -> Iterator[Form]:
    """The words of a name that say enough alone, and the whole name.

    That is the family name with each of the next two words in both orders, and all words as they stand; as they are
    written, without diacritics, and with umlauts as digraphs. A word of the vocabulary ("Long", "Head") says nothing
    alone, and two of them not without the rest of the name: "long head" is a muscle's.
    """
    for group in value.split("="):
        written = [group[word.start : word.end] for word in words(group)]
        if not written or (len(written) == 1 and _is_plain(*written)):
            continue
        for spelled in dict.fromkeys((tuple(written), tuple(map(folded, written)), tuple(map(digraphs, written)))):
            yield from (Form(part, part) for part in spelled if standing(part) is not Standing.PLAIN)
            pairs = [
                (spelled[0], other) for other in spelled[1:3] if len(spelled) == 2 or not _is_plain(spelled[0], other)
            ]
            for pair in dict.fromkeys((*pairs, *(pair[::-1] for pair in pairs), spelled)):
                core = max(pair, key=len)
                yield from (Form(separator.join(pair), core) for separator in _SEPARATORS)


def _is_plain(*parts: str) -> bool:
    return all(standing(part) is Standing.PLAIN for part in parts)


def id_forms(value: str) -> Iterator[Form]:
    """An id as written, without its punctuation, and without its leading zeros; not short, and no plain words.

    An id such as "CT PHANTOM" tells of nobody, and texts about the same phantom stay.
    """
    plain, found = compact(value), [word.key for word in words(value)]
    if len(found) > 1 and all(standing(each) is Standing.PLAIN for each in found):
        return
    for form in dict.fromkeys((value.strip().lower(), plain, plain.lstrip("0"))):
        if len(form) >= _SHORTEST_ID and (any(map(str.isdecimal, form)) or standing(form) is Standing.UNKNOWN):
            yield Form(form, form)


def date_forms(value: str) -> Iterator[Form]:
    """A DA, DT or ACR-NEMA date in the orders and with the separators people use; nothing for other values."""
    found = _DATE.match(value.strip())
    if found is None or not 1 <= int(found[3]) <= len(MONTHS):
        return
    year, month, day = found[1], found[3], found[4]
    spelled = [year + month + day]
    for mark in "-./_ ":
        spelled.append(mark.join((year, month, day)))
        for first, second in ((day, month), (month, day)):
            spelled += [mark.join((first, second, year)), mark.join((first.lstrip("0"), second.lstrip("0"), year))]
    for name in MONTHS[int(month) - 1]:
        for mark in (" ", "-", ""):
            for number in (day, day.lstrip("0")):
                spelled += [mark.join((number, name, year)), mark.join((year, name, number))]
                spelled.append(mark.join((number, name, year[2:])))
        spelled += [f"{name} {number}, {year}" for number in (day, day.lstrip("0"))]
        spelled += [f"{name} {day} {year}", f"{name} {day.lstrip('0')} {year}"]
    yield from (Form(form, form) for form in dict.fromkeys(spelled))


def day_digits(value: str) -> frozenset[str]:
    """A DA or ACR-NEMA date in six and in eight digits: the year (of the Buddha, too), the day, the month first."""
    day = value.strip().replace(".", "")
    if len(day) != _DIGITS_OF_A_DAY or not (day.isascii() and day.isdecimal()):
        return frozenset()
    long, short = day[:4], day[2:4]
    month, number = day[4:6], day[6:]
    buddhist = str(int(long) + _BUDDHIST)
    orders = ((year, month, number) for year in (long, short, buddhist))
    return frozenset(
        "".join(parts)
        for year, first, second in orders
        for parts in ((year, first, second), (second, first, year), (first, second, year))
    )


def days_in(text: str) -> Iterator[str]:
    """The digits of what may be a day in a text: six or eight together, or three groups, whatever stands between them
    ("3/IV/61", "3x4x61" and "3 mm 4 mm 61 mm" are "030461"), but for the colons of a time.
    """
    for found in _THREE_GROUPS.finditer(text):
        first, second, third = found.groups()
        month = str(_ROMAN.index(second.upper()) + 1) if second.isalpha() else second
        yield first.zfill(2) + month.zfill(2) + third.zfill(2)
    yield from _TOGETHER.findall(text)
    for found in _SPREAD.findall(text):
        digits = _NO_DIGITS.sub("", found)
        yield from (digits[start : start + _DIGITS_OF_A_DAY] for start in range(len(digits) - _DIGITS_OF_A_DAY + 1))


_FOREIGN = re.compile(r"[^\W\d_a-z]+")
_SHORTEST_TELLING = 4
_DIGITS_THAT_TELL = 5


def is_whole_name(key: str) -> bool:
    """Whether one character can be a whole family name: an ideograph or a syllable, no letter of an alphabet."""
    return len(key) == 1 and ord(key) >= _FIRST_IDEOGRAPH


def foreign_runs(key: str) -> list[str]:
    """The runs of letters of a word that are not Latin: a family name of one character may stand beside "CT".

    Inside a run one character says nothing: it is a part of many words (高 is "high" as well).
    """
    return _FOREIGN.findall(key)


def tells(keys: Sequence[str]) -> bool:
    """Whether the words of a place or another text are enough to know it by; "1,0" and bed 52 are not."""
    joined = "".join(keys)
    if joined.isdecimal():
        return len(joined) >= _DIGITS_THAT_TELL
    return len(joined) >= _SHORTEST_TELLING or not joined.isascii()
