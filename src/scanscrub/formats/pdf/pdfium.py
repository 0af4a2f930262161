"""Pages drawn by pdfium, through the plain bindings of pypdfium2.

It is native code that is fed what strangers made. So it gets no fonts of the machine, whose letters would differ from
one to the next, no scripts (the build has none), and sizes are bounded before anything is drawn.
"""

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.geometry import Box
from scanscrub.formats.raster.limits import MAX_PIXELS, damaged

_Handle: TypeAlias = object
"""What the library gives out, and takes back."""
DPI: Final = 200
"""Dots per inch at which letters of a footnote are read."""
_LEAST_DPI: Final = 72
_MOST_PIXELS: Final = 16_000_000
"""Of a page that is drawn: 2.6 times DIN A3. A larger one is drawn with fewer dots."""
MOST_PAGES: Final = 100
MOST_BYTES: Final = 256 << 20
_MOST_OBJECTS: Final = 200_000
"""Of a page."""
_DEEPEST: Final = 8
"""Forms within forms."""
_MOST_LETTERS: Final = 1_000_000
_SMALL: Final = 64
"""Dots: a picture that is smaller on either side is a logo."""
_INFO: Final = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer")
_LOCKED: Final = (4, 5)
"""The library's numbers of errors: a password is wanted; a scheme of encryption that it does not know."""
_WHITE: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class PageSize:
    """Of a page as it is drawn: dots, and how many to an inch."""

    rows: int
    columns: int
    dpi: int


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of the text beneath a page, and where on the drawn page it stands."""

    text: str
    box: Box


class Pdf:
    """A PDF that is open. Raises `RefusedFile` where it cannot be; to be closed."""

    def __init__(self, data: bytes) -> None:
        self._library = _library()
        self._data = data
        self._document = self._library.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            raise _locked() if self._library.FPDF_GetLastError() in _LOCKED else damaged("PDF")
        try:
            self.sizes = tuple(self._sizes())
            self._form = self._opened_form()
        except RefusedFile:
            self._library.FPDF_CloseDocument(self._document)
            raise

    def close(self) -> None:
        if self._form:
            self._library.FPDFDOC_ExitFormFillEnvironment(self._form)
        self._library.FPDF_CloseDocument(self._document)

    @property
    def description(self) -> str:
        """What its information says: title, author and so on, a line each with the name of the entry."""
        found = ((name, self._info(name)) for name in _INFO)
        return "\n".join(f"{name}\n{text}" for name, text in found if text)

    @property
    def attachments(self) -> int:
        return max(0, int(self._library.FPDFDoc_GetAttachmentCount(self._document)))

    def draw(self, page: int, size: PageSize | None = None) -> NDArray[np.uint8]:
        """The page as viewers show it, notes and filled fields too, on white: ``(rows, columns, 3)`` RGB.

        Raises `RefusedFile`.
        """
        size, library = size or self.sizes[page], self._library
        samples = np.full((size.rows, size.columns, 4), 255, np.uint8)
        whole = (0, 0, size.columns, size.rows, 0, library.FPDF_ANNOT)
        with self._page(page) as opened:
            self._demand_drawable(opened)
            bitmap = library.FPDFBitmap_CreateEx(
                size.columns, size.rows, library.FPDFBitmap_BGRx, samples.ctypes.data, size.columns * 4
            )
            if not bitmap:
                raise damaged("PDF")
            try:
                library.FPDF_RenderPageBitmap(bitmap, opened, *whole)
                if self._form:
                    library.FPDF_FFLDraw(self._form, bitmap, opened, *whole)
            finally:
                library.FPDFBitmap_Destroy(bitmap)
        return np.ascontiguousarray(samples[..., 2::-1])

    def lines(self, page: int) -> Iterator[PageLine]:
        """The text that lies beneath a page, hidden or not."""
        library = self._library
        with self._page(page) as opened:
            text = library.FPDFText_LoadPage(opened)
            if not text:
                return
            try:
                yield from self._lines(page, opened, text)
            finally:
                library.FPDFText_ClosePage(text)

    def shows_pictures(self, page: int) -> bool:
        """Whether the page has a picture that is larger than a logo, a field or a note, which is no text of it,
        or so much in it that nobody can tell.
        """
        with self._page(page) as opened:
            if self._has_notes(opened):
                return True
            try:
                return any(min(size) >= _SMALL for size in self._images(opened, _Budget(_MOST_OBJECTS)))
            except RefusedFile:
                return True

    def _has_notes(self, opened: _Handle) -> bool:
        library = self._library
        plain = {library.FPDF_ANNOT_LINK, library.FPDF_ANNOT_POPUP}
        for number in range(min(int(library.FPDFPage_GetAnnotCount(opened)), _MOST_OBJECTS)):
            note = library.FPDFPage_GetAnnot(opened, number)
            kind = library.FPDFAnnot_GetSubtype(note)
            library.FPDFPage_CloseAnnot(note)
            if kind not in plain:
                return True
        return False

    def _lines(self, page: int, opened: _Handle, text: _Handle) -> Iterator[PageLine]:
        library, size = self._library, self.sizes[page]
        count = min(int(library.FPDFText_CountChars(text)), _MOST_LETTERS)
        if count < 1:
            return
        for number in range(min(int(library.FPDFText_CountRects(text, 0, count)), _MOST_LETTERS)):
            edges = [ctypes.c_double() for _ in range(4)]
            if not library.FPDFText_GetRect(text, number, *edges):
                continue
            left, top, right, bottom = (edge.value for edge in edges)
            length = int(library.FPDFText_GetBoundedText(text, left, top, right, bottom, None, 0))
            letters = (ctypes.c_ushort * (length + 1))()
            library.FPDFText_GetBoundedText(text, left, top, right, bottom, letters, length)
            read = bytes(letters)[: 2 * length].decode("utf-16-le", "replace").strip("\0\r\n ")
            if read:
                corners = [self._on_page(opened, size, *corner) for corner in ((left, top), (right, bottom))]
                yield PageLine(read, Box.around(corners).clipped(size.columns, size.rows))

    def _on_page(self, opened: _Handle, size: PageSize, x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        self._library.FPDF_PageToDevice(opened, 0, 0, size.columns, size.rows, 0, x, y, across, down)
        return float(across.value), float(down.value)

    def _sizes(self) -> Iterator[PageSize]:
        count = int(self._library.FPDF_GetPageCount(self._document))
        if count < 1:
            raise damaged("PDF")
        if count > MOST_PAGES:
            raise RefusedFile(
                f"The PDF has more than {MOST_PAGES} pages.",  # noqa: EM102 - a number of ours
                "Print the pages that you need to a new PDF, and clean that.",
            )
        for page in range(count):
            size = self._library.FS_SIZEF()
            if not self._library.FPDF_GetPageSizeByIndexF(self._document, page, size):
                raise damaged("PDF")
            yield _drawn_size(float(size.width), float(size.height))

    def _info(self, name: str) -> str:
        read = self._library.FPDF_GetMetaText
        length = min(int(read(self._document, name.encode(), None, 0)), 1 << 16)
        buffer = ctypes.create_string_buffer(max(length, 2))
        read(self._document, name.encode(), buffer, length)
        return buffer.raw[:length].decode("utf-16-le", "replace").strip("\0 ")

    @contextmanager
    def _page(self, page: int) -> Iterator[_Handle]:
        opened = self._library.FPDF_LoadPage(self._document, page)
        if not opened:
            raise damaged("PDF")
        try:
            yield opened
        finally:
            self._library.FPDF_ClosePage(opened)

    def _opened_form(self) -> _Handle | None:
        """What draws the fields of a form; None where there are none."""
        library = self._library
        if library.FPDF_GetFormType(self._document) == library.FORMTYPE_NONE:
            return None
        self._callbacks = library.FPDF_FORMFILLINFO(version=2)  # has to live as long as the form
        form: _Handle | None = library.FPDFDOC_InitFormFillEnvironment(self._document, self._callbacks)
        if form:
            library.FPDF_SetFormFieldHighlightAlpha(form, 0)
        return form

    def _demand_drawable(self, opened: _Handle) -> None:
        """Raise `RefusedFile` where a picture in the page is so large that decoding it would take all memory."""
        for columns, rows in self._images(opened, _Budget(_MOST_OBJECTS)):
            if columns * rows > MAX_PIXELS:
                raise RefusedFile(
                    "A picture in the PDF has too many pixels to be examined.", "Export the page as a picture."
                )

    def _images(self, opened: _Handle, budget: "_Budget") -> Iterator[tuple[int, int]]:
        """Columns and rows of each picture in a page, and in its forms."""
        library = self._library
        places = [
            (library.FPDFPage_GetObject, opened, number, 0) for number in range(library.FPDFPage_CountObjects(opened))
        ]
        while places:
            find, parent, number, depth = places.pop()
            budget.take()
            found = find(parent, number)
            kind = library.FPDFPageObj_GetType(found)
            if kind == library.FPDF_PAGEOBJ_IMAGE:
                columns, rows = ctypes.c_uint(), ctypes.c_uint()
                library.FPDFImageObj_GetImagePixelSize(found, columns, rows)
                yield int(columns.value), int(rows.value)
            elif kind == library.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                count = min(int(library.FPDFFormObj_CountObjects(found)), _MOST_OBJECTS)
                places += [(library.FPDFFormObj_GetObject, found, place, depth + 1) for place in range(count)]


@dataclass(slots=True)
class _Budget:
    left: int

    def take(self) -> None:
        """Raises `RefusedFile` where nothing is left."""
        self.left -= 1
        if self.left < 0:
            raise RefusedFile("A page of the PDF holds too much to be examined.", "Export the page as a picture.")


def opened(data: bytes) -> "closing[Pdf]":
    return closing(Pdf(data))


def _drawn_size(width: float, height: float) -> PageSize:
    """The size in dots of a page whose sides are given in points, 72 to an inch. Raises `RefusedFile`."""
    if not (math.isfinite(width * height) and width >= 1 and height >= 1):
        raise damaged("PDF")
    dpi = min(DPI, int(72 * math.sqrt(_MOST_PIXELS / (width * height))))
    if dpi < _LEAST_DPI:
        raise RefusedFile("A page of the PDF is too large to be examined.", "Print it to a smaller size first.")
    return PageSize(max(1, round(height * dpi / 72)), max(1, round(width * dpi / 72)), dpi)


def _locked() -> RefusedFile:
    return RefusedFile(
        "The PDF is protected by a password.",
        "Open it with the password, print it to a new PDF, and clean that.",
    )


@cache
def _library() -> ModuleType:
    try:
        import pypdfium2_raw as library  # noqa: PLC0415 - few runs meet a PDF
    except ImportError:
        raise RefusedFile(
            "PDFs cannot be read by what is installed here.",
            "Install scanscrub again: 'scanscrub doctor' says what is missing.",
        ) from None
    no_folders = (ctypes.POINTER(ctypes.c_char) * 1)()
    library.FPDF_InitLibraryWithConfig(library.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=no_folders))
    found: ModuleType = library
    return found
