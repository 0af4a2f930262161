"""``audit.jsonl``: a line per file, appended as files finish; what `--resume` reads."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.audit_json import record_from_json, record_to_json
from scanscrub.domain.errors import OutputUnusableError, UsageError

NAME = "audit.jsonl"


def append(path: Path, record: AuditRecord) -> None:
    """Add one line with a single write. Raises `OutputUnusableError`."""
    line = json.dumps(record_to_json(record), separators=(",", ":")).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            written = os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except OSError:
        written = 0
    if written != len(line):
        raise OutputUnusableError("The audit cannot be written.", "Check the output folder's free space.")


def records(path: Path) -> Iterator[AuditRecord]:
    """The records of an audit; a last line that a power cut tore is passed over. Raises `UsageError`."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        raise UsageError("The audit cannot be read.", "Give the audit.jsonl of an output folder.") from None
    for line in lines[:-1]:
        try:
            yield record_from_json(json.loads(line))
        except (KeyError, TypeError, ValueError):
            raise UsageError(
                "This is not an audit of scanscrub.", "Give the audit.jsonl of an output folder."
            ) from None


def mend(path: Path) -> None:
    """Cut a torn last line off before more is appended."""
    if path.exists():
        whole = path.read_bytes()
        end = whole.rfind(b"\n") + 1
        if end != len(whole):
            os.truncate(path, end)
