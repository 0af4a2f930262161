"""``audit.jsonl``: a line per file, appended as files finish; what `--resume` reads."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.audit_shorthand import Reader, Writer, brief
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.plan import Check, Refusal

NAME = "audit.jsonl"

Gist: TypeAlias = tuple[str, Status, str, Refusal | None, tuple[Check, ...]]
"""What a record says of an input without a copy, whose number and time are those of one run."""


@dataclass(slots=True)
class _Writing:
    """What this process wrote to one audit, and how far; another file at its place has to begin anew."""

    writer: Writer
    file: tuple[int, int]
    size: int


_writing: dict[Path, _Writing] = {}


def append(path: Path, record: AuditRecord) -> None:
    """Add one line with a single write. Raises `OutputUnusableError`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            state = os.fstat(descriptor)
            file = (state.st_dev, state.st_ino)
            known = _writing.get(path)
            if known is None or known.file != file or state.st_size < known.size or known.writer.is_full:
                known = _writing[path] = _Writing(Writer(), file, 0)
            line = json.dumps(known.writer.line(record), separators=(",", ":")).encode() + b"\n"
            is_whole = os.write(descriptor, line) == len(line)
            known.size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
    except OSError:
        known = None
    if known is None or not is_whole:
        _writing.pop(path, None)
        raise OutputUnusableError("The audit cannot be written.", "Check the output folder's free space.")
    known.writer.wrote()


def records(path: Path, size: int | None = None) -> Iterator[AuditRecord]:
    """The records of an audit, or of its first `size` bytes; a last line that a power cut tore is passed over.

    Raises `UsageError`.
    """
    return _parsed(_lines(path, 0, size), Reader().record)


def brief_records(path: Path, size: int | None = None, *, since: int = 0) -> Iterator[AuditRecord]:
    """The records of `size` bytes of an audit behind the first `since`, without steps and checks.

    Raises `UsageError`.
    """
    return _parsed(_lines(path, since, size), brief)


def _parsed(lines: Iterable[bytes], parse: Callable[[Mapping[str, Any]], AuditRecord]) -> Iterator[AuditRecord]:
    for line in lines:
        try:
            yield parse(json.loads(line))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise UsageError(
                "This is not an audit of scanscrub.", "Give the audit.jsonl of an output folder."
            ) from None


def _lines(path: Path, since: int, size: int | None) -> Iterator[bytes]:
    """The whole lines of that part of a file, as it is now."""
    try:
        with path.open("rb") as stream:
            left = os.fstat(stream.fileno()).st_size - since if size is None else size
            stream.seek(since)
            for line in stream:
                left -= len(line)
                if left < 0 or not line.endswith(b"\n"):
                    return
                yield line
    except FileNotFoundError:
        raise UsageError("There is no audit there.", "Give what an earlier 'clean' wrote.") from None
    except OSError:
        raise UsageError("The audit cannot be read.", "Give the audit.jsonl of an output folder.") from None


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
    return {one.output_name: one for one in brief_records(path, size) if one.output_name is not None}
