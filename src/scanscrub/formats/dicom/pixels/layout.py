"""How a file says its pixels are stored: the Image Pixel Module as plain numbers (PS3.3 C.7.6.3)."""

from dataclasses import dataclass
from typing import Any, Protocol

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.transfer_syntaxes import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
)

_GRAY = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
_COLOR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})
_SHAPES = frozenset({"IDENTITY", "INVERSE"})
_MOST_PIXELS = 1 << 31
MANY_FRAMES, SMALLEST_OF_MANY = 4096, 64
"""A file of more frames than that, each of fewer pixels, holds no pictures; each takes its time all the same."""
LOSSY_JPEG = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
LOSSY_SYNTAXES = (*LOSSY_JPEG, "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203")
"""Of which two decoders may come to samples that differ by one."""
UNENCAPSULATED = (IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG)
"""Every other transfer syntax, known or not, puts its frames into fragments (PS3.5 A.4)."""


class PixelHeader(Protocol):
    """What is asked of a header: pydicom's `Dataset`, or our own elements."""

    def __contains__(self, tag: int, /) -> bool: ...

    def get(self, keyword: str, /) -> Any:  # noqa: ANN401 - a number, a text, or pydicom's list of them
        """The value; None where the element is not there."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The stored form of the pixels. `allocated`, `stored` and `high` (the highest stored bit) are in bits;
    `planar` is True for color by plane.
    """

    syntax: str
    rows: int
    columns: int
    frames: int
    samples: int
    allocated: int
    stored: int
    high: int
    signed: bool
    floating: bool
    photometric: str
    planar: bool
    lut_shape: str = ""
    """Presentation LUT Shape (PS3.3 C.11.6.1): IDENTITY, INVERSE, or empty where the file has none."""

    @property
    def shift(self) -> int:
        """The lowest stored bit's position in its container."""
        return self.high + 1 - self.stored

    @property
    def inverted(self) -> bool:
        """Whether the largest value is shown black: the Presentation LUT Shape says it, and where there is none, the
        Photometric Interpretation; as both mean the same inversion, they never add up.
        """
        if self.samples == 1 and self.lut_shape in _SHAPES:
            return self.lut_shape == "INVERSE"
        return self.photometric == "MONOCHROME1"

    @property
    def decoded(self) -> str:
        """The color model of a decoded frame: JPEG and JPEG 2000 undo their own transforms."""
        if self.samples == 3 and (self.syntax in LOSSY_JPEG or self.photometric in ("YBR_RCT", "YBR_ICT")):
            return "RGB"
        return "YBR_FULL" if self.subsampled else self.photometric

    @property
    def subsampled(self) -> bool:
        """Whether uncompressed pixels share their chroma in pairs."""
        return self.photometric == "YBR_FULL_422"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one frame: ``(rows, columns)`` or ``(rows, columns, 3)``."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def lowest(self) -> int:
        """The smallest value that can be stored."""
        return -(1 << (self.stored - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        """The largest value that can be stored."""
        return (1 << (self.stored - 1 if self.signed else self.stored)) - 1

    @property
    def frame_bits(self) -> int:
        """The size of one uncompressed frame; frames of single bits follow each other without a gap (PS3.5 8.1.1)."""
        samples = 2 if self.subsampled else self.samples
        return self.rows * self.columns * samples * self.allocated


def read_layout(header: PixelHeader, syntax: str) -> Layout:
    """Read and check the module. Raises `RefusedFile` where it contradicts itself or is not supported."""
    floating = tags.PixelData not in header
    samples = _number(header, "SamplesPerPixel", 1)
    photometric = str(header.get("PhotometricInterpretation") or ("MONOCHROME2" if samples == 1 else "RGB")).strip()
    allocated = (64 if tags.DoubleFloatPixelData in header else 32) if floating else _number(header, "BitsAllocated")
    stored = allocated if floating else _number(header, "BitsStored", allocated)
    layout = Layout(
        syntax=syntax,
        rows=_number(header, "Rows"),
        columns=_number(header, "Columns"),
        frames=_number(header, "NumberOfFrames", 1) or 1,
        samples=samples,
        allocated=allocated,
        stored=stored,
        high=stored - 1 if floating else _number(header, "HighBit", stored - 1),
        signed=not floating and _number(header, "PixelRepresentation", 0) == 1,
        floating=floating,
        photometric=photometric,
        planar=samples > 1 and _number(header, "PlanarConfiguration", 0) == 1,
        lut_shape=str(header.get("PresentationLUTShape") or "").strip(" \0"),
    )
    _check(layout)
    return layout


def _check(layout: Layout) -> None:
    possible = (
        layout.allocated in (1, 8, 16, 32, 64)
        and 1 <= layout.stored <= layout.high + 1 <= layout.allocated
        and 0 < layout.rows * layout.columns * layout.samples < _MOST_PIXELS
    )
    if not possible:
        raise _unreadable()
    if layout.frames > MANY_FRAMES and layout.rows * layout.columns < SMALLEST_OF_MANY:
        raise RefusedFile(
            "It has thousands of frames of a few pixels each, which are no pictures.",
            "If they are measured values, they cannot be examined; leave the file out.",
        )
    if layout.photometric not in (_GRAY if layout.samples == 1 else _COLOR) or layout.samples not in (1, 3):
        raise RefusedFile(
            "The image uses a color model that this program does not know.",
            "Convert it to RGB or grayscale with a DICOM viewer and try again.",
        )
    if layout.subsampled and layout.columns % 2 and layout.syntax in UNENCAPSULATED:
        raise _unreadable()


def _number(header: PixelHeader, keyword: str, otherwise: int | None = None) -> int:
    value = header.get(keyword)
    if value is None or value == "":
        if otherwise is None:
            raise _unreadable()
        return otherwise
    try:
        return int(value)
    except (TypeError, ValueError):
        raise _unreadable() from None


def _unreadable() -> RefusedFile:
    return RefusedFile(
        "The file's description of its own image cannot be understood.",
        "The file may be damaged; export it again from its source.",
    )
