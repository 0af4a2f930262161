"""The baseline file: findings that its owner has looked at and accepted, each with a reason."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from scanscrub.domain.check import JudgedFile
from scanscrub.domain.errors import UsageError
from scanscrub.domain.rules import Rule, Severity

BASELINE_NAME = "scanscrub-baseline.json"
_VERSION = 1
UNACCEPTABLE: Final = frozenset({Rule.NAME})
"""Rules that no entry accepts. An entry may hold neither an identifying name nor a hash of it, so it could not tell
the name that was looked at from the next one that somebody gives to the same bytes.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted finding. `digest` is the SHA-256 of the file: other bytes, and it holds no longer. `path` is
    the name as it may be shown, so that no value gets in here, seen from the baseline's folder. `until` is the last
    day it holds, or None. `keyword` and `severity` are there for who reads it; a file of before has none.
    """

    rule: Rule
    path: str
    place: str
    digest: str
    reason: str
    until: date | None = None
    keyword: str | None = None
    severity: Severity | None = None


def read_baseline(path: Path) -> tuple[Accepted, ...]:
    """The entries of a baseline file. Raises `UsageError` where it cannot be understood."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != _VERSION:
            raise UsageError("The baseline was written by a newer scanscrub.", "Update scanscrub.")
        return tuple(_entry(row) for row in document["accepted"])
    except FileNotFoundError:
        raise UsageError(
            "There is no such baseline.", "Check its name, or make one: scanscrub baseline update --reason ..."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(
            "The baseline cannot be read.", "Make it anew: scanscrub baseline update --reason ..."
        ) from None


def baseline_text(entries: Iterable[Accepted]) -> str:
    """The text of a baseline file: sorted, one order for the same entries."""
    rows = sorted((_row(entry) for entry in entries), key=lambda row: (row["path"], row["rule"], row["place"]))
    return json.dumps({"version": _VERSION, "accepted": rows}, indent=1) + "\n"


def accept_all(files: Iterable[JudgedFile], reason: str, until: date | None) -> list[Accepted]:
    """An entry for each finding that nobody has accepted. A file that could not be read cannot be accepted
    before its bytes are known, so it gets none; nor does a name (see `UNACCEPTABLE`).
    """
    return [
        Accepted(
            finding.rule,
            file.record.name_from(0),
            finding.place,
            file.record.digest,
            reason,
            until,
            finding.keyword or None,
            finding.severity,
        )
        for file in files
        for finding in file.open
        if file.record.digest and finding.rule not in UNACCEPTABLE
    ]


def _row(entry: Accepted) -> dict[str, Any]:
    row = asdict(entry)
    row["until"] = entry.until.isoformat() if entry.until else None
    return {key: value for key, value in row.items() if value is not None}


def _entry(row: Mapping[str, Any]) -> Accepted:
    return Accepted(
        Rule(row["rule"]),
        str(row["path"]),
        str(row["place"]),
        str(row["digest"]),
        str(row["reason"]),
        date.fromisoformat(row["until"]) if "until" in row else None,
        str(row["keyword"]) if "keyword" in row else None,
        Severity(row["severity"]) if "severity" in row else None,
    )
