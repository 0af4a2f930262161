"""Lines of ``audit.jsonl`` that say what they have in common with earlier ones by number, not again.

The files of an archive are alike: the same steps at the same elements, the same checks. A line spells out each step
and check when its writer first comes to it, and so gives it the next number of the writer's `table`; from then on a
range of numbers stands for it. Masks are spelled out always, as no picture has another one's.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, Generic, TypeVar

from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.audit_json import (
    check_from_json,
    check_to_json,
    record_from_json,
    record_to_json,
    step_from_json,
    step_to_json,
)
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check

ItemT = TypeVar("ItemT", AuditStep, Check)
Json = dict[str, Any]
Mixed = list[Json | str]

MOST: Final = 50_000
"""The most numbers of a table. Then its writer starts a new one, so that no archive fills its memory."""


class Writer:
    """Knows what was spelled out on the lines that were written."""

    def __init__(self) -> None:
        self.table = secrets.token_hex(4)
        self._steps: _Spelled[AuditStep] = _Spelled()
        self._checks: _Spelled[Check] = _Spelled()

    def line(self, record: AuditRecord) -> Json:
        """The record as an object of JSON types. `wrote` has to be called before the next one, if it was written."""
        steps = self._steps.written(record.steps, step_to_json)
        checks = self._checks.written(record.checks, check_to_json)
        return {**record_to_json(record, steps, checks), "table": self.table}

    def wrote(self) -> None:
        """What the last line spelled out is known to whoever reads on."""
        self._steps.keep()
        self._checks.keep()

    @property
    def is_full(self) -> bool:
        return self._steps.count + self._checks.count > MOST


class _Spelled(Generic[ItemT]):
    """What was spelled out by now, by number: each object has the next one, even one that was there before."""

    def __init__(self) -> None:
        self._numbers: dict[ItemT, int] = {}
        self._new: list[ItemT] = []
        self.count = 0

    def written(self, items: Sequence[ItemT], to_json: Callable[[ItemT], Json]) -> Mixed:
        self._new = []
        found: Mixed = []
        for is_known, group in groupby(items, self._numbers.__contains__):
            if is_known:
                found.append(_ranges([self._numbers[item] for item in group]))
                continue
            for item in group:
                found.append(to_json(item))
                if _has_number(item):
                    self._new.append(item)
        return found

    def keep(self) -> None:
        for each in self._new:
            self._numbers[each] = self.count
            self.count += 1
        self._new = []


def _has_number(item: AuditStep | Check) -> bool:
    return not (isinstance(item, AuditStep) and isinstance(item.where, PixelRegion))


def _ranges(numbers: Sequence[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


class _Table(Generic[ItemT]):
    """What one writer spelled out by now; equal lists are one, so that an archive's records share them."""

    def __init__(self, from_json: Callable[[Mapping[str, Any]], ItemT]) -> None:
        self._from_json: Callable[[Mapping[str, Any]], ItemT] = from_json
        self._items: list[ItemT] = []
        self._meant: dict[str, tuple[ItemT, ...]] = {}

    def items(self, written: Sequence[Mapping[str, Any] | str], *, numbered: bool) -> tuple[ItemT, ...]:
        if len(written) == 1 and isinstance(written[0], str):
            return self._of(written[0])
        found: list[ItemT] = []
        for each in written:
            if isinstance(each, str):
                found.extend(self._of(each))
                continue
            item = self._from_json(each)
            found.append(item)
            if numbered and _has_number(item):
                self._items.append(item)
        return tuple(found)

    def _of(self, ranges: str) -> tuple[ItemT, ...]:
        meant = self._meant.get(ranges)
        if meant is None:
            meant = self._meant[ranges] = tuple(self._items[number] for number in _numbers(ranges))
        return meant


def _numbers(ranges: str) -> Iterator[int]:
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Reader:
    """Reads the lines of an audit from its beginning on."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[_Table[AuditStep], _Table[Check]]] = {}

    def record(self, line: Mapping[str, Any]) -> AuditRecord:
        """The record of a line. Raises `KeyError`, `TypeError`, `ValueError` or `IndexError` where it is none."""
        name = str(line.get("table", ""))
        if name not in self._tables:
            self._tables[name] = (_Table(step_from_json), _Table(check_from_json))
        steps, checks = self._tables[name]
        return record_from_json(
            line,
            steps.items(line["steps"], numbered=bool(name)),
            checks.items(line["checks"], numbered=bool(name)),
        )


def brief(line: Mapping[str, Any]) -> AuditRecord:
    """The record of a line without its steps and checks, for whoever does not read from the beginning.

    Raises as `Reader.record`.
    """
    return record_from_json(line, (), ())
