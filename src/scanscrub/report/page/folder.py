"""``report.html`` in its folder: written beside the audit, its pictures made anew from the clean copies."""

import io
from collections.abc import Mapping
from functools import partial
from os import PathLike
from pathlib import Path

from scanscrub.api.cleaned_folder import masked_pictures
from scanscrub.domain.audit import AuditRecord
from scanscrub.output.journal import NAME as AUDIT
from scanscrub.output.journal import standing_records
from scanscrub.output.staging import staged_file
from scanscrub.report.page.html import write_html
from scanscrub.report.page.preview import outline

NAME = "report.html"


def preview(folder: Path, record: AuditRecord, most: int) -> Mapping[int, bytes]:
    """By frame, at most so many pictures of the copy with their masks outlined; none that cannot be drawn."""
    drawn: dict[int, bytes] = {}
    try:
        for shown in masked_pictures(folder, record, most):
            drawn[shown.frame] = outline(shown.pixels, shown.regions, shown.kept)
    except Exception:  # noqa: BLE001, S110 - one picture that cannot be drawn must not cost the whole report
        pass
    return drawn


def write_report(folder: str | PathLike[str]) -> None:
    """Write the report of a cleaned folder over an older one. Raises `UsageError` where it has no audit."""
    folder = Path(folder)
    records = standing_records(folder / AUDIT)
    with staged_file(folder) as staged:
        text = io.TextIOWrapper(staged.stream, encoding="utf-8", write_through=True)
        write_html(records, partial(preview, folder), text)
        text.flush()
        text.detach()
        (folder / NAME).unlink(missing_ok=True)
        staged.publish(folder, NAME)
