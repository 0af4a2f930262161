"""``--log-file``: what happened when, a JSON object a line, without a value and without the name of an input."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import scanscrub
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.reasons import reason

_MINE: Final = b'{"time":'
_HINT: Final = "Give another file after --log-file."


class RunLog:
    """Appends events to a file, each with one write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._counts: Counter[str] = Counter()

    def recorded(self, record: AuditRecord) -> None:
        """One input is finished."""
        self._counts[record.status.value] += 1
        self.write(
            "file",
            number=record.input_ref.number,
            status=record.status.value,
            output=record.output_name,
            reason=reason(record),
            seconds=record.seconds,
        )

    def done_before(self, number: int) -> None:
        self._counts["DONE_BEFORE"] += 1
        self.write("file", number=number, status="DONE_BEFORE", output=None, reason="", seconds=0.0)

    def ended(self, how: str) -> None:
        self.write("end", how=how, counts=dict(self._counts))

    def write(self, event: str, **said: object) -> None:
        """Raises `OutputUnusableError`."""
        time = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "event": event, **said}, separators=(",", ":")).encode() + b"\n"
        try:
            written = os.write(self._descriptor, line)
        except OSError:
            written = 0
        if written != len(line):
            raise OutputUnusableError("The log file cannot be written.", "Check its disk's free space.")


@contextmanager
def run_log(path: Path, profile: str) -> Iterator[RunLog]:
    """Append a run by that profile to the log at `path`; what is there already has to be one, so that no input is
    written to.

    Raises `UsageError` and `OutputUnusableError`.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    except OSError:
        raise OutputUnusableError("The log file cannot be opened.", _HINT) from None
    try:
        if os.fstat(descriptor).st_size and os.read(descriptor, len(_MINE)) != _MINE:
            raise UsageError("What --log-file names is there already, and is no log of scanscrub.", _HINT)
        log, how = RunLog(descriptor), "stopped"
        log.write("start", tool=f"scanscrub {scanscrub.__version__}", profile=profile)
        try:
            yield log
            how = "complete"
        finally:
            with suppress(OutputUnusableError):
                log.ended(how)
    finally:
        os.close(descriptor)
