"""``audit.jsonl``: a line per file, appended as files finish; what `--resume` reads."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.audit_json import record_from_json, record_to_json
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.plan import Check, Refusal

NAME = "audit.jsonl"

Gist: TypeAlias = tuple[str, Status, str, Refusal | None, tuple[Check, ...]]
"""What a record says of an input without a copy, whose number and time are those of one run."""


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


def records(path: Path, size: int | None = None, *, since: int = 0) -> Iterator[AuditRecord]:
    """The records of an audit, or of `size` bytes of it, behind the first `since`; a last line that a power cut tore
    is passed over.

    Raises `UsageError`.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(since)
            lines = stream.read(-1 if size is None else size).split(b"\n")
    except FileNotFoundError:
        raise UsageError("There is no audit there.", "Give what an earlier 'clean' wrote.") from None
    except OSError:
        raise UsageError("The audit cannot be read.", "Give the audit.jsonl of an output folder.") from None
    for line in lines[:-1]:
        try:
            yield record_from_json(json.loads(line))
        except (KeyError, TypeError, ValueError):
            raise UsageError(
                "This is not an audit of scanscrub.", "Give the audit.jsonl of an output folder."
            ) from None


def standing(records: Iterable[AuditRecord]) -> list[AuditRecord]:
    """The records without those of inputs that a resumed run tried again, and recorded anew.

    These have the same number and digest; or the same copy, or now one; or there was no digest, as the file could not
    be read then. The digest alone is not enough: two files of one run may have the same bytes, and each its copy.
    """
    found: list[AuditRecord] = []
    inputs: set[tuple[int, str]] = set()
    numbers: set[int] = set()
    copied: set[str] = set()
    names: set[str] = set()
    for record in reversed(list(records)):
        number, digest, name = record.input_ref.number, record.input_ref.digest, record.output_name
        is_old = (
            (number, digest) in inputs
            or (not digest and number in numbers)
            or (digest in copied if name is None else name in names)
        )
        if not is_old:
            found.append(record)
        inputs.add((number, digest))
        numbers.add(number)
        if name is not None:
            copied.add(digest)
            names.add(name)
    return found[::-1]


def gist(record: AuditRecord) -> Gist:
    return record.input_ref.digest, record.status, record.profile, record.refusal, record.checks


def mend(path: Path) -> None:
    """Cut a torn last line off before more is appended."""
    try:
        with path.open("rb+") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 1))
            if stream.read() not in {b"", b"\n"}:
                stream.seek(0)
                stream.truncate(stream.read().rfind(b"\n") + 1)
    except OSError:
        return


def owners(path: Path, size: int | None = None) -> dict[str, AuditRecord]:
    """By the name of a copy, the last record that lists it; of all records, or those in the first `size` bytes."""
    return {one.output_name: one for one in records(path, size) if one.output_name is not None}
