"""The patterns of ``[[tool.scanscrub.allow]]``: kinds of findings in kinds of files that are accepted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

from scanscrub.domain.check import CheckFinding
from scanscrub.domain.errors import UsageError
from scanscrub.domain.rules import Rule

_KEYS: Final = ("paths", "rules", "places", "until", "reason")
_HINT: Final = 'Write paths = ["tests/*.dcm"], rules = ["H2"] and reason = "why"; places and until may follow.'


_SPLIT: Final = dict.fromkeys((Rule.WRITING_OF_SOMEBODY, Rule.WRITING_OF_NOBODY), Rule.WRITING)
"""What `check` once reported as one rule: a pattern for that one covers both."""


class _Mistake(Exception):  # noqa: N818 - of the one who wrote the table
    """What is wrong with a table, in words that follow its number."""


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
            (not self.rules or finding.rule in self.rules or _SPLIT.get(finding.rule) in self.rules)
            and any(_glob(pattern).fullmatch(name) for pattern in self.paths)
            and any(fnmatchcase(finding.label, pattern) for pattern in self.places)
        )


def parse_allows(tables: Sequence[Mapping[str, Any]], folder: Path | None = None) -> tuple[Allow, ...]:
    """The patterns of a configuration file that lies in `folder`.

    Raises `UsageError` for an unknown key, a bad value, a missing reason.
    """
    return tuple(_allow(table, number, folder) for number, table in enumerate(tables, 1))


def _allow(table: Mapping[str, Any], number: int, folder: Path | None) -> Allow:
    try:
        return _understood(table, folder)
    except _Mistake as mistake:
        sentence = f"[[tool.scanscrub.allow]] number {number} {mistake}."
        raise UsageError(sentence, _HINT) from None


def _understood(table: Mapping[str, Any], folder: Path | None) -> Allow:
    for key in table:
        if key not in _KEYS:
            mistake = f"has an unknown key: {key!a}"
            raise _Mistake(mistake)
    allow = Allow(
        _texts(table, "paths"),
        str(table.get("reason", "")).strip(),
        frozenset(map(_rule, _texts(table, "rules"))),
        _texts(table, "places", ["*"]),
        _day(table.get("until")),
        folder,
    )
    for key, value in (("paths", allow.paths), ("reason", allow.reason)):
        if not value:
            mistake = f"lacks its {key}"
            raise _Mistake(mistake)
    return allow


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` match neither ``/`` nor the ``!`` behind an archive's name, ``**`` everything."""
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/!]*", "?": "[^/!]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts), re.DOTALL)


def _texts(table: Mapping[str, Any], key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
    value = table.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        mistake = f'needs a list of texts as {key}: ["..."]'
        raise _Mistake(mistake)
    return tuple(value)


def _rule(code: str) -> Rule:
    if code not in set(Rule):
        mistake = f"names a rule that there is not (there are {', '.join(Rule)})"
        raise _Mistake(mistake)
    return Rule(code)


def _day(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _Mistake("needs a day as until: YYYY-MM-DD") from None
