"""PDF: letters and reports. Each page is drawn and becomes a picture; of the file itself nothing gets into the copy.

A frame is a page. A copy of ours is told by its bytes: its pages are decoded, not drawn, so that they are exact.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Check, Plan, Source
from scanscrub.formats.base import Document
from scanscrub.formats.pdf import pictures
from scanscrub.formats.pdf.pdfium import MOST_BYTES, PageLine, PageSize, Pdf
from scanscrub.formats.pdf.pictures import PagePicture
from scanscrub.formats.pdf.pictures_inside import seen_in
from scanscrub.formats.raster.document import PictureDocument
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.views import color_views

NAME: Final = "PDF"
_NOTE: Final = "The pages were stored as pictures: no text can be selected in them."


class PdfDocument(PictureDocument):
    """One PDF. To be closed."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".pdf")
        if len(self._data) > MOST_BYTES:
            raise RefusedFile("The PDF is too large to be examined.", "Print the pages that you need to a new PDF.")
        self._pages: Sequence[PagePicture] = pictures.pages_of(self._data)
        self._pdf = None if self._pages else Pdf(self._data)
        self.sizes: Sequence[PageSize] = (
            self._pdf.sizes if self._pdf else [PageSize(page.rows, page.columns, page.dpi) for page in self._pages]
        )
        self._drawn = lru_cache(maxsize=1)(self._draw)

    def close(self) -> None:
        if self._pdf:
            self._pdf.close()

    @property
    def frames(self) -> int:
        return len(self.sizes)

    @property
    def kind(self) -> str:
        return "RGB 8 bits"

    @property
    def shows_pages(self) -> bool:
        return True

    def size(self, frame: int) -> tuple[int, int]:
        return self.sizes[frame].rows, self.sizes[frame].columns

    def inspect(self) -> Iterator[SegmentSeen]:
        yield SegmentSeen(Segment("PDF pages"), needed=True, length=len(self._data))
        if self._pdf is None:
            return
        yield SegmentSeen(Segment("PDF coding"), needed=False, length=0)
        if said := self._pdf.description:
            yield SegmentSeen(Segment("PDF description"), needed=False, length=len(said), text=Phi(said))
        for number in range(self._pdf.attachments):
            yield SegmentSeen(Segment("PDF attachment", number), needed=False, length=None, is_file=True)

    def views(self, frame: int) -> Iterator[View]:
        yield from color_views(self.shown(frame))

    def shown(self, frame: int) -> Samples:
        return self._drawn(frame)

    def plain(self, frame: int) -> Samples:
        return self.shown(frame)

    def encoded(self, frame: int) -> bytes:
        return hashlib.sha256(self.shown(frame).tobytes()).digest()

    def hides(self, frame: int) -> bool:
        """Always, but in a copy of ours: what a page hides, nobody can tell."""
        del frame
        return self._pdf is not None

    def lines(self, page: int) -> Sequence[PageLine]:
        """The text beneath a page; none in a copy of ours, which has no text."""
        return tuple(self._pdf.lines(page)) if self._pdf else ()

    def shows_pictures(self, page: int) -> bool:
        """Whether a page has more than text and lines."""
        return self._pdf is None or self._pdf.shows_pictures(page)

    def write(self, masks: Masks, target: BinaryIO) -> None:
        pictures.write([self._page(frame, masks) for frame in range(self.frames)], target)
        self._notes = (_NOTE,) if self._pdf else ()

    def prove(self, plan: Plan, staged: Document) -> Iterator[Check]:
        yield from super().prove(plan, staged)
        yield Check("the pages are pictures and nothing else", isinstance(staged, PdfDocument) and staged.is_ours)
        if isinstance(staged, PdfDocument):
            yield Check("other programs show the same pages", staged.is_shown_by_others())

    def unread(self) -> RefusedFile:
        """What is said of pages that nobody looks at: as grave as what is in them."""
        return seen_in(self._data)("The pages of a PDF were not looked at.", "Check it without --text none.")

    @property
    def is_ours(self) -> bool:
        """Whether it is a PDF of pictures alone, as `write` makes it."""
        return self._pdf is None

    def is_shown_by_others(self) -> bool:
        """Whether each page, drawn, is its picture."""
        pdf = Pdf(self._data)
        try:
            return len(pdf.sizes) == self.frames and all(
                self._is_drawn_alike(pdf, page) for page in range(self.frames)
            )
        finally:
            pdf.close()

    def _is_drawn_alike(self, pdf: Pdf, page: int) -> bool:
        return np.array_equal(pdf.draw(page, self.sizes[page]), self.shown(page))

    def _page(self, frame: int, masks: Masks) -> PagePicture:
        if self._pages and frame not in masks:
            return self._pages[frame]
        samples = self.shown(frame)
        if frame in masks:
            samples = samples.copy()
            samples[masks[frame]] = 0
        return PagePicture.of(samples, self.sizes[frame].dpi)

    def _draw(self, frame: int) -> NDArray[np.uint8]:
        return self._pages[frame].samples() if self._pdf is None else self._pdf.draw(frame)


class PdfFormat:
    name = NAME
    media_types = ("application/pdf",)

    def sniff(self, head: bytes) -> bool:
        return b"%PDF-" in head[:1024]

    @contextmanager
    def open(self, stream: BinaryIO, source: Source) -> Iterator[PdfDocument]:
        try:
            document = PdfDocument(stream, source)
        except RefusedFile as error:
            stream.seek(0)
            raise seen_in(stream.read(MOST_BYTES))(error.reason, error.hint) from None
        try:
            yield document
        finally:
            document.close()


FORMAT = PdfFormat()
