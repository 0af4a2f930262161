"""What was found in bytes that were examined before: in the user's cache folder, without values."""

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scanscrub.domain.audit_json import locator_from_json, locator_to_json
from scanscrub.domain.check import CheckFinding, Remedy
from scanscrub.domain.rules import Rule, Severity
from scanscrub.system.user_folders import UserFolder


def cache_folder() -> Path | None:
    """The folder of findings in the user's cache; None where nobody knows the user's home."""
    cache = UserFolder.CACHE.path
    return None if cache is None else cache / "check"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was found in some bytes. `withheld` are the places of the name's parts that identify somebody.

    `findings` is None for bytes that are no image. `names` says that there is a header that names somebody.
    """

    findings: tuple[CheckFinding, ...] | None
    withheld: tuple[int, ...] = ()
    names: bool = False


class FindingCache:
    """Findings by the digest of a file's bytes and everything else that they depend on.

    `examiner` identifies the tool's release, the profile with its options, the text mode and the models: with
    another one nothing of before is found. Every failure to read or write is the same as having nothing.
    """

    def __init__(self, folder: Path | None, examiner: str) -> None:
        self._folder = folder
        self._examiner = examiner

    def get(self, digest: str, name: str) -> Remembered | None:
        """What was found in these bytes under this name; None where they were not examined."""
        if self._folder is None:
            return None
        try:
            return _remembered(self._entry(self._folder, digest, name).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, digest: str, name: str, remembered: Remembered) -> None:
        if self._folder is None:
            return
        entry = self._entry(self._folder, digest, name)
        rows = None if remembered.findings is None else [_row(finding) for finding in remembered.findings]
        entry_of = {"findings": rows, "withheld": remembered.withheld, "names": remembered.names}
        content = json.dumps(entry_of, separators=(",", ":"))
        with contextlib.suppress(OSError):
            entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, staged = tempfile.mkstemp(dir=entry.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(content)
            os.replace(staged, entry)  # noqa: PTH105 - the temporary name is a str already

    def _entry(self, folder: Path, digest: str, name: str) -> Path:
        # The name takes part because it can be a finding. Mixed with the digest of the file it says nothing to
        # anybody who does not have the file itself.
        parts = f"{digest}\0{self._examiner}\0{name}"
        key = hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()
        return folder / key[:2] / f"{key[2:]}.json"


@lru_cache(maxsize=64)
def _remembered(content: bytes) -> Remembered:
    """An entry read; the slices of a series have equal ones."""
    entry = json.loads(content)
    rows = entry["findings"]
    findings = None if rows is None else tuple(_finding(row) for row in rows)
    return Remembered(findings, tuple(int(part) for part in entry["withheld"]), bool(entry["names"]))


def _row(finding: CheckFinding) -> list[Any]:
    where = locator_to_json(finding.where)
    return [finding.rule, finding.severity, where, finding.remedy, finding.keyword, finding.message]


def _finding(row: list[Any]) -> CheckFinding:
    rule, severity, where, remedy, keyword, message = row
    return CheckFinding(
        Rule(rule), Severity(severity), locator_from_json(where), Remedy(remedy), str(keyword), str(message)
    )
