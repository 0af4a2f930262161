"""A PDF of one picture a page and nothing else (ISO 32000-2): written, and told from any other.

No information, no text, no date and no identifier are in it, so that the same pictures give the same bytes.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.pdf.pdfium import MOST_PAGES
from scanscrub.formats.png import codec
from scanscrub.formats.png.codec import RGB, PngHeader
from scanscrub.formats.raster.limits import MAX_PIXELS

_HEAD: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_FIRST: Final = 3
"""The number of the first page's object; each page has two more, its drawing and its picture."""
_PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %(width)b %(height)b] "
    b"/Resources << /XObject << /P %(picture)d 0 R >> >> /Contents %(drawing)d 0 R >>"
)
_DRAWING: Final = b"q %(width)b 0 0 %(height)b 0 0 cm /P Do Q"
_PICTURE: Final = (
    b"<< /Type /XObject /Subtype /Image /Width %(columns)d /Height %(rows)d /ColorSpace /DeviceRGB "
    b"/BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 "
    b"/Columns %(columns)d >> /Length %(length)d >>\nstream\n"
)
_OF_A_PAGE: Final = re.compile(
    rb"\d+ 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox \[0 0 (\d{1,6}\.\d\d) \d{1,6}\.\d\d\] [ -~]{1,200}\nendobj\n"
    rb"\d+ 0 obj\n<< /Length \d{1,3} >>\nstream\n[ -~]{1,100}\nendstream\nendobj\n"
    rb"\d+ 0 obj\n<< /Type /XObject /Subtype /Image /Width (\d{1,6}) /Height (\d{1,6}) [ -~]{1,200} "
    rb"/Length (\d{1,10}) >>\nstream\n"
)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page: dots to an inch, and its RGB picture as a zlib stream of PNG's filtered rows."""

    rows: int
    columns: int
    dpi: int
    stream: bytes

    @classmethod
    def of(cls, samples: NDArray[np.uint8], dpi: int) -> "PagePicture":
        """Of ``(rows, columns, 3)`` samples."""
        rows, columns = samples.shape[:2]
        return cls(rows, columns, dpi, codec.encode(PngHeader(columns, rows, 8, RGB), samples))

    def samples(self) -> NDArray[np.uint8]:
        """``(rows, columns, 3)``. Raises `RefusedFile`."""
        return np.asarray(codec.decode(self._header, self.stream), np.uint8)

    @property
    def is_whole(self) -> bool:
        """Whether the stream holds all rows, and nothing more."""
        if self.rows * self.columns > MAX_PIXELS:
            return False
        inflater, total, piece = zlib.decompressobj(), 0, self.stream
        try:
            while not inflater.eof and piece and total <= self._header.raw_length:
                total += len(inflater.decompress(piece, 1 << 20))
                piece = inflater.unconsumed_tail
        except zlib.error:
            return False
        return inflater.eof and not inflater.unused_data and total == self._header.raw_length

    @property
    def side(self) -> tuple[bytes, bytes]:
        """Width and height in points."""
        return _points(self.columns, self.dpi), _points(self.rows, self.dpi)

    @property
    def _header(self) -> PngHeader:
        return PngHeader(self.columns, self.rows, 8, RGB)


def write(pages: Sequence[PagePicture], target: BinaryIO) -> None:
    """Write the PDF of these pages."""
    places: list[int] = []
    at = target.write(_HEAD)
    for number, content in enumerate(_objects(pages), 1):
        places.append(at)
        at += target.write(b"%d 0 obj\n" % number) + target.write(content) + target.write(b"\nendobj\n")
    target.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    target.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    target.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, at))


def pages_of(data: bytes) -> tuple[PagePicture, ...]:
    """The pages of a PDF that `write` made; none where any byte of it is another one."""
    if not data.startswith(_HEAD):
        return ()
    pages: list[PagePicture] = []
    at = data.find(b"3 0 obj\n", 0, 1 << 14)
    while at >= 0 and (found := _OF_A_PAGE.match(data, at)) and len(pages) < MOST_PAGES:
        columns, rows, length = (int(found[group]) for group in (2, 3, 4))
        stream = data[found.end() : found.end() + length]
        dpi = round(columns * 72 / max(float(found[1]), 0.01))
        if not columns or not rows or not dpi:
            return ()
        pages.append(PagePicture(rows, columns, dpi, stream))
        at = found.end() + length + len(b"\nendstream\nendobj\n")
    again = _Compared(data)
    write(pages, again)  # type: ignore[arg-type]
    return tuple(pages) if again.is_same and all(page.is_whole for page in pages) else ()


class _Compared:
    """A target that compares what is written with what is there, instead of holding it twice."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._same = memoryview(data), 0, True

    def write(self, part: bytes) -> int:
        self._same = self._same and self._data[self._at : self._at + len(part)] == part
        self._at += len(part)
        return len(part)

    @property
    def is_same(self) -> bool:
        return self._same and self._at == len(self._data)


def _objects(pages: Sequence[PagePicture]) -> Iterator[bytes]:
    yield b"<< /Type /Catalog /Pages 2 0 R >>"
    kids = b" ".join(b"%d 0 R" % (_FIRST + 3 * place) for place in range(len(pages)))
    yield b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages))
    for place, page in enumerate(pages):
        number = _FIRST + 3 * place
        width, height = page.side
        sides = {b"width": width, b"height": height}
        yield _PAGE % {**sides, b"drawing": number + 1, b"picture": number + 2}
        drawing = _DRAWING % sides
        yield b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing)
        size = {b"columns": page.columns, b"rows": page.rows, b"length": len(page.stream)}
        yield b"".join((_PICTURE % size, page.stream, b"\nendstream"))


def _points(dots: int, dpi: int) -> bytes:
    return b"%.2f" % (dots * 72 / dpi)
