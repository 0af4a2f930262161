"""Moves dates by a patient's own number of days (PS3.15 E.3.6.2); times of day stay.

Understands DA, DT and TM values (PS3.5 6.2): partial dates, fractions, zones, ranges as in queries, and the
``1999.01.31`` of ACR-NEMA, which loses its dots. A partial date moves as its middle would, and keeps its precision.
"""

import re
from datetime import date, timedelta
from typing import Final

from scanscrub.policy.pseudonyms.pseudonyms import keyed_digest

LEAST_DAYS: Final = 365
MOST_DAYS: Final = 3650

DUMMY_DATE: Final = "19000101"
DUMMY_TIME: Final = "000000"
_TELLTALE: Final = frozenset({"19000101", "00010101"})
"""Dummies of this and other programs: everybody knows them, so moving one would give the offset away."""

_DATE: Final = re.compile(r"(\d{4})(?:(\.?)(\d{2})(?:\2(\d{2}))?)?")
_TIME: Final = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
_TM: Final = re.compile(rf"{_TIME}|(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{{1,6}})?)?")
_DT_TAIL: Final = re.compile(rf"(?:{_TIME})?(?:[+-](?:0\d|1[0-4])[0-5]\d)?")


def offset_days(key: bytes, patient: str) -> int:
    """The days by which all dates of a patient move: -3650 to -365, never zero, always into the past."""
    number = int.from_bytes(keyed_digest(key, "date offset", patient)[:8])
    return -(LEAST_DAYS + number % (MOST_DAYS - LEAST_DAYS + 1))


def shifted(vr: str, value: str, days: int) -> str | None:
    """The DA, DT or TM value (several joined by backslashes) moved by `days`; None where it is no such value."""
    moved = [_shifted_one(vr, part.strip(" \0"), days) for part in value.split("\\")]
    return None if None in moved else "\\".join(part for part in moved if part is not None)


def is_date(vr: str, value: str) -> bool:
    """Whether the value is what its VR (DA, DT, TM) claims."""
    return shifted(vr, value, 0) is not None


def is_dummy(value: str) -> bool:
    """Whether the date says nothing: empty, zeros, or a dummy that programs like this one write."""
    digits = value.replace(".", "").strip(" \0")
    return digits[:8] in _TELLTALE or not digits.strip("0")


def _shifted_one(vr: str, value: str, days: int) -> str | None:
    if not value:
        return value
    if vr == "TM":
        return value if all(not part or _TM.fullmatch(part) for part in value.split("-", 1)) else None
    if vr == "DT":
        return _shifted_date_time(value, days)
    if "-" in value:
        first, last = value.split("-", 1)
        moved = [_shifted_date(part, days) if part else "" for part in (first, last)]
        return None if None in moved or value == "-" else f"{moved[0]}-{moved[1]}"
    return _shifted_date(value, days)


def _shifted_date_time(value: str, days: int) -> str | None:
    match = re.match(r"\d{8}|\d{6}(?!\d)|\d{4}(?!\d)", value)
    if match is None:
        return None
    day, tail = match[0], value[match.end() :]
    moved = _shifted_date(day, days)
    complete = len(day) == 8
    if moved is None or _DT_TAIL.fullmatch(tail) is None or (tail and not complete and tail[0] not in "+-"):
        return None
    return moved + tail


def _shifted_date(value: str, days: int) -> str | None:
    """`value` is YYYY, YYYYMM, YYYYMMDD or the same with dots."""
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    if value.replace(".", "") in _TELLTALE:
        return value
    year, _dot, month, day = match.groups()
    try:
        there = date(int(year), int(month or 7), int(day or (15 if month else 1))) + timedelta(days)
    except (ValueError, OverflowError):
        return None
    parts = [f"{there.year:04}", f"{there.month:02}", f"{there.day:02}"]
    return "".join(parts[: 1 + (month is not None) + (day is not None)])
