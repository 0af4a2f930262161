"""What is watched over while records come: how many files went wrong, and which device rules were met."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Final

from scanscrub.domain.audit import WITHOUT_COPY, AuditRecord
from scanscrub.domain.errors import TooManyFailuresError
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.formats.dicom.file_format import FORMAT as DICOM
from scanscrub.pipeline.worker_context import Settings
from scanscrub.policy.pixels.review_marks import entry_mark

_NAMED: Final = 10
"""Entries of a review that a sentence names."""


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


def remark_idle_entries(
    settings: Settings, outcomes: Iterable[ReviewOutcome | None], remark: Callable[[str], None]
) -> None:
    """Name the entries of the review that match no input, by the beginning of their digests."""
    if settings.review is None:
        return
    met = {outcome.mark for outcome in outcomes if outcome is not None}
    idle = [file.sha256[:8] for file in settings.review.files if entry_mark(file.sha256, settings.key) not in met]
    if idle:
        named = ", ".join(idle[:_NAMED]) + (" ..." if len(idle) > _NAMED else "")
        remark(
            f"warning: no input has the bytes that the review names by SHA-256 {named}: what was decided there was "
            "not done."
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
