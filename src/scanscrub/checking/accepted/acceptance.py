"""Whether a repository's owner has accepted a finding: by the baseline, or by a pattern of the configuration."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

from scanscrub.checking.accepted.allow import Allow, parse_allows
from scanscrub.checking.accepted.baseline import UNACCEPTABLE, Accepted, read_baseline
from scanscrub.checking.accepted.places import same_place
from scanscrub.domain.check import BaselineState, CheckFinding, CheckRecord, JudgedFile, JudgedFinding
from scanscrub.domain.rules import WRITING, Rule, Severity
from scanscrub.inputs.project import paths_begin

ALL_RULES: Final = frozenset(Rule)

AllowTables: TypeAlias = Iterable[tuple[str | PathLike[str], Sequence[Mapping[str, Any]]]]
"""The ``[[tool.scanscrub.allow]]`` tables of configuration files, each file's with the folder that it lies in."""

_Line: TypeAlias = tuple[str, Rule, str]
"""A rule in a file of certain bytes. Another runtime outlines other places: while one is found, all are of use."""


def _line(entry: Accepted) -> _Line:
    return entry.path, entry.rule, entry.digest


def _same_rule(accepted: Rule, found: Rule) -> bool:
    """Writing that somebody looked at is accepted whatever it is read as: another runtime may read it otherwise."""
    if found in UNACCEPTABLE:
        return False
    return accepted is found or (accepted in WRITING and found in WRITING)


class Acceptance:
    """Judges records by a baseline and patterns on the day `today`, and knows which of them were of no use.

    `folder` is the baseline's; its entries and the patterns name files from the folders that they lie in.
    """

    def __init__(
        self, baseline: Sequence[Accepted], allows: Sequence[Allow], today: date, folder: Path | None = None
    ) -> None:
        patterns = (allow.folder for allow in allows)
        self.folders = tuple(dict.fromkeys(place for place in (folder, *patterns) if place is not None))
        """Where names begin, the baseline's folder first."""
        named = chain((entry.path for entry in baseline), *(allow.paths for allow in allows))
        self.outward = any(name.startswith("../") for name in named)
        """Whether one of the names leads out of its folder."""
        self._today = today
        self._by_path: dict[str, list[Accepted]] = {}
        for entry in baseline:
            self._by_path.setdefault(entry.path, []).append(entry)
        self._allows = allows
        self._used: set[_Line] = set()
        self._used_allows: set[Allow] = set()
        self._examined: set[str] = set()

    def judge(self, record: CheckRecord, minimum: Severity) -> JudgedFile:
        """The record with what is at least `minimum`, each finding compared with what was accepted."""
        self._examined.add(record.name_from(0))
        # What is accepted is of use, also where this run leaves it out.
        judged = [self._judged(record, finding) for finding in record.findings]
        return JudgedFile(record, tuple(one for one in judged if one.finding.severity.reaches(minimum)))

    def holding(self, rules: AbstractSet[Rule] = ALL_RULES, *, everything: bool) -> list[Accepted]:
        """The entries that accepted something; those for other rules than were looked for; and those of images not
        examined, unless that was `everything`.
        """
        return [
            entry
            for path, entries in self._by_path.items()
            for entry in entries
            if _line(entry) in self._used
            or entry.rule not in rules
            or (path not in self._examined and not everything)
        ]

    def unused(self, rules: AbstractSet[Rule] = ALL_RULES, *, everything: bool) -> tuple[str, ...]:
        """A sentence for each entry that accepted nothing, though its rule is one of `rules`, which were looked for.

        Where only a part was examined (not `everything`), an entry can be called unused only if its image was, and a
        pattern not at all: it may be there for other images.
        """
        lines = []
        for path, entries in sorted(self._by_path.items()):
            idle = [entry for entry in entries if _line(entry) not in self._used and entry.rule in rules]
            if idle and (everything or path in self._examined):
                codes = ", ".join(sorted({entry.rule for entry in idle}))
                count = len(set(map(_line, idle)))
                lines.append(
                    f"Baseline: {count} unused for {path} ({codes}); `scanscrub baseline update` drops them."
                )
        if everything:
            lines += [
                f"Configuration: the allow pattern for {', '.join(allow.paths)} accepts nothing."
                for allow in self._allows
                if allow not in self._used_allows and (not allow.rules or allow.rules & rules)
            ]
        return tuple(lines)

    def _judged(self, record: CheckRecord, finding: CheckFinding) -> JudgedFinding:
        if not self._by_path and not self._allows:
            return JudgedFinding(finding)
        entries = [
            entry
            for entry in self._by_path.get(record.name_from(0), ())
            if _same_rule(entry.rule, finding.rule) and same_place(entry.place, finding.place)
        ]
        holding = [entry for entry in entries if entry.digest == record.digest != "" and self._in_time(entry.until)]
        if holding:
            self._used.add(_line(holding[0]))
            return JudgedFinding(finding, BaselineState.UNCHANGED, holding[0].reason)
        state = BaselineState.UPDATED if entries else BaselineState.NEW
        for allow in self._allows:
            name = record.name_from(self.folders.index(allow.folder)) if allow.folder else record.name
            if allow.covers(name, finding) and self._in_time(allow.until):
                self._used_allows.add(allow)
                return JudgedFinding(finding, state, allow.reason)
        return JudgedFinding(finding, state)

    def _in_time(self, until: date | None) -> bool:
        return until is None or self._today <= until


def read_acceptance(
    baseline: str | PathLike[str] | None, allow: AllowTables = (), *, required: bool = True
) -> Acceptance:
    """What is accepted today by a baseline and by the patterns of each folder.

    Raises `UsageError` where the baseline cannot be read or is not there, unless it is not `required`, and where a
    pattern says nonsense.
    """
    file = None if baseline is None else Path(baseline)
    is_read = file is not None and (required or file.exists())
    entries = read_baseline(file) if file is not None and is_read else ()
    patterns = [each for folder, tables in allow for each in parse_allows(tables, paths_begin(Path(folder)))]
    today = date.today()  # noqa: DTZ011 - the day where the user is
    return Acceptance(entries, patterns, today, None if file is None else paths_begin(file.parent))
