"""``report.html`` in its folder: written beside the audit, its pictures made anew from the clean copies."""

import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Final

from scanscrub.api.cleaned_folder import MaskedPicture, masked_pictures
from scanscrub.domain.audit import AuditRecord
from scanscrub.output.journal import NAME as AUDIT
from scanscrub.output.journal import latest_records
from scanscrub.output.staging import staged_file
from scanscrub.report.page.card import is_opened_by_browsers
from scanscrub.report.page.html import write_html
from scanscrub.report.page.preview import SMALL, outline

NAME = "report.html"


LONGEST: Final = (4096, 2048, SMALL)
"""Pixels of the longer side: so large is a picture at most, and so large where its file is larger than `LARGE`."""
LARGE: Final = 2 << 20
"""Bytes of one picture."""
ALL_LARGE: Final = 12 << 20
"""Bytes of all pictures together, after which they are small. A slice of 512 x 512 is as large as a small one."""


class Previews:
    """The pictures of a page: as large as the copy where no browser opens that, as long as there is room."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left = ALL_LARGE

    def __call__(self, record: AuditRecord, most: int) -> Mapping[int, bytes]:
        """By frame, at most so many pictures of the copy with their masks outlined; none that cannot be drawn."""
        drawn: dict[int, bytes] = {}
        try:
            for shown in masked_pictures(self._folder, record, most):
                drawn[shown.frame] = self._drawn(record, shown)
        except Exception:  # noqa: BLE001, S110 - one picture that cannot be drawn must not cost the whole report
            pass
        return drawn

    def _drawn(self, record: AuditRecord, shown: MaskedPicture) -> bytes:
        sizes = LONGEST if self._left > 0 and not is_opened_by_browsers(record.output_name or "") else (SMALL,)
        pictures = (outline(shown.pixels, shown.regions, shown.kept, longest) for longest in sizes)
        picture = next(
            one for longest, one in zip(sizes, pictures, strict=False) if longest == SMALL or len(one) <= LARGE
        )
        self._left -= len(picture)
        return picture


def write_report(folder: str | PathLike[str]) -> None:
    """Write the report of a cleaned folder over an older one. Raises `UsageError` where it has no audit."""
    folder = Path(folder)
    records = latest_records(folder / AUDIT)
    with staged_file(folder) as staged:
        text = io.TextIOWrapper(staged.stream, encoding="utf-8", write_through=True)
        write_html(records, Previews(folder), text)
        text.flush()
        text.detach()
        (folder / NAME).unlink(missing_ok=True)
        staged.publish(folder, NAME)
