"""The patterns of ``[[tool.scanscrub.allow]]``: kinds of findings in kinds of files that are accepted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from scanscrub.domain.check import CheckFinding
from scanscrub.domain.errors import UsageError
from scanscrub.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Allow:
    """A pattern of ``[[tool.scanscrub.allow]]``: these rules (all, if none is named) in these paths.

    In a path ``*`` stays within one folder or archive, as in ``.gitignore``; ``**`` means whatever lies below.
    """

    paths: tuple[str, ...]
    reason: str
    rules: frozenset[Rule] = frozenset()
    places: tuple[str, ...] = ("*",)
    until: date | None = None
    folder: Path | None = None
    """Where the paths begin: the folder of its file."""

    def covers(self, name: str, finding: CheckFinding) -> bool:
        return (
            (not self.rules or finding.rule in self.rules)
            and any(_glob(pattern).fullmatch(name) for pattern in self.paths)
            and any(fnmatchcase(finding.label, pattern) for pattern in self.places)
        )


def parse_allows(tables: Sequence[Mapping[str, Any]], folder: Path | None = None) -> tuple[Allow, ...]:
    """The patterns of a configuration file that lies in `folder`.

    Raises `UsageError` for an unknown key, a bad value, a missing reason.
    """
    return tuple(_allow(table, folder) for table in tables)


def _allow(table: Mapping[str, Any], folder: Path | None) -> Allow:
    hint = 'Write paths = ["tests/*.dcm"], rules = ["H2"] and reason = "why"; places and until may follow.'
    if set(table) - {"paths", "rules", "places", "until", "reason"}:
        raise UsageError("A [[tool.scanscrub.allow]] table has an unknown key.", hint)
    try:
        allow = Allow(
            _texts(table["paths"]),
            str(table["reason"]).strip(),
            frozenset(Rule(code) for code in _texts(table.get("rules", []))),
            _texts(table.get("places", ["*"])),
            _day(table.get("until")),
            folder,
        )
    except (KeyError, ValueError, TypeError):
        raise UsageError("A [[tool.scanscrub.allow]] table is not understood.", hint) from None
    if not allow.reason or not allow.paths:
        raise UsageError("A [[tool.scanscrub.allow]] table lacks its paths or its reason.", hint)
    return allow


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` match neither ``/`` nor the ``!`` behind an archive's name, ``**`` everything."""
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/!]*", "?": "[^/!]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError
    return tuple(value)


def _day(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return date.fromisoformat(str(value))
