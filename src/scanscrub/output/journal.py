"""``audit.jsonl``: a line per file, appended as files finish; what `--resume` reads."""

import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.plan import Check, Refusal
from scanscrub.output.audit_shorthand import Reader, Writer, brief

NAME = "audit.jsonl"

RecordedOutcome: TypeAlias = tuple[str, Status, str, Refusal | None, tuple[Check, ...]]
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


def latest(records: Iterable[AuditRecord]) -> list[AuditRecord]:
    """The records without those of inputs that a resumed run tried again, and recorded anew.

    These have the same number and digest; or the same copy, or now one; or there was no digest, as the file could not
    be read then. The digest alone is not enough: two files of one run may have the same bytes, and each its copy.
    """
    known = list(records)
    return [record for record, is_old in zip(known, _old(known), strict=True) if not is_old]


def latest_records(path: Path) -> Iterator[AuditRecord]:
    """The same of an audit, one after the other: for more records than there is memory for.

    Raises `UsageError`.
    """
    for record, is_old in zip(records(path), _old(brief_records(path)), strict=False):
        if not is_old:
            yield record


def _old(records: Iterable[AuditRecord]) -> bytearray:
    """Of each record whether a later one stands in its stead; of a million, in memory for 200 bytes each."""
    numbers, digests, names = array("Q"), array("Q"), array("Q")
    for record in records:
        numbers.append(record.input_ref.number)
        digests.append(_short(record.input_ref.digest))
        names.append(_short(record.output_name))
    old = bytearray(len(numbers))
    all_read, all_copied = all(digests), all(names)  # as a rule: what is not asked for is not remembered
    inputs: set[int] = set()
    seen: set[int] = set()
    copied: set[int] = set()
    named: set[int] = set()
    for place in range(len(numbers) - 1, -1, -1):
        number, digest, name = numbers[place], digests[place], names[place]
        this = digest ^ number << 64
        is_made_since = name in named if name else digest in copied
        old[place] = this in inputs or is_made_since or (not digest and number in seen)
        inputs.add(this)
        if not all_read:
            seen.add(number)
        if name:
            named.add(name)
            if not all_copied:
                copied.add(digest)
    return old


def _short(text: str | None) -> int:
    """A number for a text, 0 for none; two texts have the same one never, as far as chance goes."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") | 1 if text else 0


def outcome_of(record: AuditRecord) -> RecordedOutcome:
    return record.input_ref.digest, record.status, record.profile, record.refusal, record.checks


def drop_torn_line(path: Path) -> None:
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
