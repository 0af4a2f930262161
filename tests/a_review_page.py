"""A program that shows a review of invented pictures on the loopback, guarded as the command is: for tests.

python a_review_page.py COUNT APPLIED     prints the address; what is applied goes to the file APPLIED as JSON
"""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from scanscrub import (
    AuditRecord,
    Box,
    FileReview,
    InputRef,
    MaskKind,
    MaskPlace,
    PixelRegion,
    Place,
    Removal,
    Review,
    ReviewItem,
    RunCallbacks,
    Status,
)
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed
from scanscrub.web.listening import LoopbackServer
from scanscrub.web.serving import serve_review

ROWS, COLUMNS = 120, 160
HEADER, OTHER, TEETH = Box(10, 8, 70, 20), Box(10, 90, 60, 100), Box(90, 40, 130, 70)
MISSED = Box(100, 8, 150, 20)
"""Where three masks lie in each picture, and where detection was told to miss a word."""
_KINDS = ((HEADER, MaskKind.HEADER, Removal.REFUSED), (OTHER, MaskKind.WRITING, Removal.ASKS),
          (TEETH, MaskKind.UNREAD, Removal.FREE))  # fmt: skip


class InventedReview:
    """The first item wants a look, and so do two slices of the series that the others are. Writing that was to be
    seen again stays masked.
    """

    makes_all_anew = False

    def __init__(self, count: int, applied: Path) -> None:
        self.review = Review()
        self._applied = applied
        self.items = tuple(
            ReviewItem(
                number + 1, f"{number:064x}", f"P1/{number}.dcm", Status.REVIEW if number < 3 else Status.CLEAN,
                "A box that was blackened may be anatomy." if number < 3 else "", 1, ROWS, COLUMNS,
                series=min(number, 1) + 1, position=max(number, 1) - 1,
            )
            for number in range(count)
        )  # fmt: skip

    def picture(self, item: ReviewItem, frame: int, side: Literal["before", "after"]) -> bytes:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - after the guard

        shown = Image.new("L", (COLUMNS, ROWS), 60 + (item.number + frame) % 60)
        draw = ImageDraw.Draw(shown)
        draw.ellipse((50, 30, 140, 110), fill=140)
        draw.text((102, 8), "MISSED", fill=230)
        for box, kind, _ in _KINDS:
            if side == "before":
                draw.text((box.left, box.top), kind.name, fill=230)
            else:
                draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=0)
        written = io.BytesIO()
        shown.save(written, "PNG")
        return written.getvalue()

    def places(self, _item: ReviewItem, frame: int) -> tuple[MaskPlace, ...]:
        return tuple(
            MaskPlace(PixelRegion(box, frame), Place(box, frame), kind, removal) for box, kind, removal in _KINDS
        )

    def apply(self, review: Review, *, callbacks: RunCallbacks | None = None) -> Iterator[AuditRecord]:
        del callbacks
        self.review = review
        told = {file.sha256: [[str(place) for place in file.added], [str(place) for place in file.removed]]
                for file in review.files}  # fmt: skip
        self._applied.write_text(json.dumps(told), encoding="utf-8")
        self.items = tuple(replace(item, refused=_over_writing(review.of(item.sha256))) for item in self.items)
        for file in review.files:
            yield AuditRecord(InputRef(1, file.sha256), Status.CLEAN, "share", output_name="P1/new.dcm")


def _over_writing(decided: FileReview | None) -> tuple[Place, ...]:
    return tuple(place for place in (decided.removed if decided else ()) if place.box == OTHER)


def main() -> None:
    """Serve until Done."""
    server = LoopbackServer()
    guard.enforce(Allowed.OWN_PAGE)
    session = InventedReview(int(sys.argv[1]), Path(sys.argv[2]))
    serve_review(server, session, "en", changed=lambda: None, show=lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
