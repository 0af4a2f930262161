"""Slices of one series are one card: told as if they were the pictures of one file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check
from scanscrub.domain.rules import Rule

_SERIES: Final = re.compile(r"(.*[/_]SE-[A-Z2-7]+)[/_]")

Change = tuple[Rule | None, str]


@dataclass(frozen=True)
class Group:
    """Copies that a card is about: one, or those of a series that have one picture each and ended alike."""

    records: tuple[AuditRecord, ...]

    @property
    def first(self) -> AuditRecord:
        return self.records[0]

    @property
    def is_series(self) -> bool:
        return len(self.records) > 1

    @cached_property
    def whole(self) -> AuditRecord:
        """A record that has the pictures of all, one after the other, with all that was done to them but headers."""
        if not self.is_series:
            return self.first
        return replace(
            self.first,
            frames=len(self.records),
            masked_share=sum(record.masked_share for record in self.records) / len(self.records),
            steps=tuple(self._masks()),
            kept=tuple(replace(each, frame=at) for at, one in enumerate(self.records) for each in one.kept),
            notes=tuple(dict.fromkeys(note for record in self.records for note in record.notes)),
            checks=tuple(self._checks()),
        )

    def _masks(self) -> Iterator[AuditStep]:
        for at, record in enumerate(self.records):
            for step in masks(record):
                yield replace(step, where=replace(step.where, frame=at), masked=None)  # type: ignore[arg-type]

    def _checks(self) -> Iterator[Check]:
        """Each check once: passed where all did, with its detail where all say the same."""
        found: dict[str, Check] = {}
        for checks in {id(record.checks): record.checks for record in self.records}.values():
            for check in checks:
                known = found.get(check.name, check)
                detail = check.detail if check.detail == known.detail else ""
                found[check.name] = Check(check.name, known.passed and check.passed, detail)
        return iter(found.values())

    def changes(self) -> tuple[Counter[Change], int]:
        """How often each rule did what beside the pixels, and how many words kept texts lost. Files that are alike
        share their steps, which are counted once for all of them.
        """
        alike = Counter(id(record.steps) for record in self.records)
        counts: Counter[Change] = Counter()
        lost = 0
        for steps in {id(record.steps): record.steps for record in self.records}.values():
            times = alike[id(steps)]
            for step in steps:
                if not isinstance(step.where, PixelRegion):
                    counts[step.rule, step.action] += times
                    lost += times * step.words
        return counts, lost

    def shown(self, most: int, spread: int) -> list[int]:
        """Which pictures are worth to be seen, by their place: at most so many, those with masks first; without any,
        or beside them, some from all over the series.
        """
        masked = [at for at, record in enumerate(self.records) if masks(record)]
        others = [at for at in range(len(self.records)) if at not in set(masked)]
        room = max(0, min(spread - len(masked), len(others)))
        evenly = [others[(2 * part + 1) * len(others) // (2 * room)] for part in range(room)]
        return sorted([*masked, *evenly][: max(most, 1)])


def masks(record: AuditRecord) -> tuple[AuditStep, ...]:
    """The steps that covered a region of a picture."""
    return tuple(step for step in record.steps if isinstance(step.where, PixelRegion))


def grouped(records: Iterable[AuditRecord]) -> list[Group]:
    """The records by series, in the order in which the series come."""
    groups: dict[object, list[AuditRecord]] = {}
    for number, record in enumerate(records):
        series = _SERIES.match(record.output_name or "") if record.frames == 1 else None
        groups.setdefault((series[1], record.status) if series else number, []).append(record)
    return [Group(tuple(sorted(group, key=_number))) for group in groups.values()]


def _number(record: AuditRecord) -> int:
    return record.input_ref.number


def numbers_of(records: Sequence[AuditRecord]) -> str:
    """``"1-40, 42"``."""
    runs: list[list[int]] = []
    for number in sorted(map(_number, records)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
