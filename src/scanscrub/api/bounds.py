"""The bounds that a user sets for a run: seconds for one file, and how many files may go wrong."""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing

from scanscrub.domain.audit import WITHOUT_COPY, AuditRecord, InputRef, Status
from scanscrub.domain.errors import TooManyFailuresError, UsageError
from scanscrub.domain.plan import Refusal
from scanscrub.formats.dicom.document import FORMAT as DICOM


def check_bounds(seconds: float | None, failures: int | None, *, is_cluster: bool) -> None:
    """Raises `UsageError` for a bound that cannot be kept."""
    if seconds is not None and not (seconds > 0 and math.isfinite(seconds)):
        raise UsageError("--timeout-per-file is a number of seconds, more than 0.", "Example: --timeout-per-file 600")
    if failures is not None and failures < 1:
        raise UsageError("--max-failures is a number of files, 1 or more.", "Example: --max-failures 100")
    if seconds is not None and is_cluster:
        raise UsageError(
            "--timeout-per-file ends worker processes of this machine, and not those of a Dask cluster.",
            "Leave out --timeout-per-file or --executor dask.",
        )


def took_too_long(number: int, profile: str) -> AuditRecord:
    """The record of an input whose time was over."""
    return AuditRecord(
        InputRef(number, ""),
        Status.REFUSED,
        profile,
        refusal=Refusal(
            "It took longer than one file may take (--timeout-per-file).",
            "Allow more seconds, or leave the file out.",
        ),
    )


def naming_idle_rules(
    records: Generator[AuditRecord, None, None], rules: Iterable[str], remark: Callable[[str], None]
) -> Generator[AuditRecord, None, None]:
    """The records; at their end a remark on device rules that were met by none, as one with a mistake never is."""
    idle, pictures = dict.fromkeys(rules), 0
    are_there = bool(idle)
    with closing(records):
        for record in records:
            for name in record.device_rules:
                idle.pop(name, None)
            pictures += bool(record.frames) and record.media_type != DICOM.name
            yield record
    if idle:
        remark(f"warning: no file that was cleaned met these rules of --device-rules: {', '.join(idle)}.")
    if are_there and pictures:
        remark(
            "warning: device rules ask for values of a DICOM header, so they mask nothing in pictures that have none."
        )


def until_too_many(records: Generator[AuditRecord, None, None], most: int | None) -> Iterator[AuditRecord]:
    """The records, until `most` of them are of files that could not be cleaned: then nothing more is begun.

    Raises `TooManyFailuresError`.
    """
    failures = 0
    with closing(records):
        for record in records:
            yield record
            failures += record.status in WITHOUT_COPY
            if most is not None and failures >= most:
                reason = f"The run stopped: {failures} files could not be cleaned (--max-failures); the others stay."
                raise TooManyFailuresError(reason, "See what is wrong with them; --resume goes on from there.")
