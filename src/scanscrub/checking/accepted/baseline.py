"""The baseline file: findings that its owner has looked at and accepted, each with a reason."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Final

from scanscrub.domain.check import JudgedFile
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.rules import Rule, Severity
from scanscrub.inputs.project import found_above

BASELINE_NAME = "scanscrub-baseline.json"
_VERSION = 2
_FIRST_VERSION = 1
"""The first one had an entry for each place."""
_EMPTY: Final = f'{{"version": {_VERSION}, "accepted": []}}\n'
_ORDER: Final = ("path", "rule", "severity", "reason", "until", "digest")
UNACCEPTABLE: Final = frozenset({Rule.NAME})
"""Rules that no entry accepts. An entry may hold neither an identifying name nor a hash of it, so it could not tell
the name that was looked at from the next one that somebody gives to the same bytes.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted finding; those of one rule in the same bytes share a line of the file.

    `digest` is the SHA-256 of the image: other bytes, and it holds no longer. `path` is the name as it may be shown,
    so that no value gets in here, seen from the baseline's folder. `until` is the last day it holds, or None.
    `keyword` and `severity` are there for who reads it; a file of before has none.
    """

    rule: Rule
    path: str
    place: str
    digest: str
    reason: str
    until: date | None = None
    keyword: str | None = None
    severity: Severity | None = None


def find_baseline() -> Path:
    """The project's baseline: in the working folder or the nearest one above it; its place where there is none."""
    return found_above(BASELINE_NAME)


def read_baseline(path: str | PathLike[str]) -> tuple[Accepted, ...]:
    """The entries of a baseline file. Raises `UsageError` where it cannot be understood."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        if document["version"] not in {_FIRST_VERSION, _VERSION}:
            raise UsageError("The baseline was written by a newer scanscrub.", "Update scanscrub.")
        return tuple(entry for row in document["accepted"] for entry in _entries(row))
    except FileNotFoundError:
        raise UsageError(
            "There is no such baseline.", "Check its name, or make one: scanscrub baseline update --reason ..."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(
            "The baseline cannot be read.", "Make it anew: scanscrub baseline update --reason ..."
        ) from None


def write_baseline(path: str | PathLike[str], entries: Iterable[Accepted]) -> None:
    """Write the entries over the file at `path`. Raises `OutputUnusableError`."""
    try:
        Path(path).write_text(baseline_text(entries), encoding="utf-8")
    except OSError:
        raise OutputUnusableError("The baseline cannot be written.", "Check its folder and your rights.") from None


def baseline_text(entries: Iterable[Accepted]) -> str:
    """The text of a baseline file: a line for each rule of each file, with all its places; one order for the same."""
    rows: dict[str, set[tuple[str, str]]] = {}
    for entry in entries:
        rows.setdefault(json.dumps(_row(entry)), set()).add((entry.place, entry.keyword or ""))
    lines = (json.dumps({**json.loads(row), "places": _places(rows[row])}) for row in sorted(rows))
    listed = ",\n".join(f"  {line}" for line in lines)
    return f'{{"version": {_VERSION}, "accepted": [\n{listed}\n]}}\n' if rows else _EMPTY


def _places(places: Iterable[tuple[str, str]]) -> list[Any]:
    """Each place, with its keyword where it has one."""
    return [[place, keyword] if keyword else place for place, keyword in sorted(places)]


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
    """What all places of a rule in a file share."""
    row = {
        key: value for key, value in asdict(entry).items() if key not in {"place", "keyword"} and value is not None
    }
    if entry.until:
        row["until"] = entry.until.isoformat()
    return {key: row[key] for key in sorted(row, key=_ORDER.index)}


def _entries(row: Mapping[str, Any]) -> Iterator[Accepted]:
    places = row["places"] if "places" in row else [[row["place"], row.get("keyword", "")]]
    for written in places:
        place, keyword = (written, "") if isinstance(written, str) else written
        yield Accepted(
            Rule(row["rule"]),
            str(row["path"]),
            str(place),
            str(row["digest"]),
            str(row["reason"]),
            date.fromisoformat(row["until"]) if "until" in row else None,
            str(keyword) or None,
            Severity(row["severity"]) if "severity" in row else None,
        )
