"""``report.html``: written beside the audit, its pictures made anew from the clean copies."""

import io
from pathlib import Path

from scanscrub import api
from scanscrub.domain.audit import AuditRecord
from scanscrub.formats.staging import staged_file
from scanscrub.pipeline import journal
from scanscrub.report.html import write_html
from scanscrub.report.preview import outline

NAME = "report.html"


def preview(folder: Path, record: AuditRecord) -> bytes | None:
    """A picture of the clean copy with its masks outlined; None where it has none that can be drawn."""
    try:
        shown = api.shown(folder, record)
        return outline(shown.pixels, shown.regions) if shown else None
    except Exception:  # noqa: BLE001 - one picture that cannot be drawn must not cost the whole report
        return None


def write_report(folder: Path) -> None:
    """Write the report of a cleaned folder over an older one."""
    records = list(journal.records(folder / journal.NAME))
    with staged_file(folder) as staged:
        text = io.TextIOWrapper(staged.stream, encoding="utf-8", write_through=True)
        write_html(records, lambda record: preview(folder, record), text)
        text.flush()
        text.detach()
        (folder / NAME).unlink(missing_ok=True)
        staged.publish(folder, NAME)
