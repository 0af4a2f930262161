"""Uncompressed pixels, seen without numpy, codecs or pydicom: what a check of headers has to know of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.attributes import readable
from scanscrub.formats.dicom.encoding.charsets import character_set
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, DataSet, Element, is_of_palette
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_BIG
from scanscrub.formats.dicom.pixels.layout import UNENCAPSULATED, Layout, read_layout

_TAGS: Final[Mapping[str, int]] = {
    "SamplesPerPixel": tags.SamplesPerPixel,
    "PhotometricInterpretation": tags.PhotometricInterpretation,
    "PlanarConfiguration": tags.PlanarConfiguration,
    "NumberOfFrames": tags.NumberOfFrames,
    "Rows": tags.Rows,
    "Columns": tags.Columns,
    "BitsAllocated": tags.BitsAllocated,
    "BitsStored": tags.BitsStored,
    "HighBit": tags.HighBit,
    "PixelRepresentation": tags.PixelRepresentation,
    "PresentationLUTShape": tags.PresentationLUTShape,
}
_BLOCK: Final = 1 << 20
"""A whole number of cells of every size."""


def holds_only_pixels(container: Container) -> bool:
    """Whether the pixel data is certainly nothing but the pixels that the header describes, or is not there.

    False where a codec or the stricter look of `FrameStore.residues` has to tell, and where the header is refused.
    """
    pixels = [element for element in container.data_set.elements if element.tag in PIXEL_DATA]
    if not pixels:
        return True
    if any(is_of_palette(element.tag) for element in container.data_set.elements):
        return False
    if len(pixels) > 1 or container.syntax not in UNENCAPSULATED or container.syntax == EXPLICIT_BIG:
        return False
    try:
        layout = read_layout(_Header(container.data_set), container.syntax)
    except RefusedFile:
        return False
    if (
        layout.allocated == 1
        or layout.floating
        or layout.subsampled
        or pixels[0].fragmented
        or pixels[0].value is not None
    ):
        return False
    size = layout.frame_bits // 8 * layout.frames
    return _ends_with(pixels[0], size, container) and _unused_bits_are_empty(pixels[0], size, layout, container)


class _Header:
    """The elements of a data set as `read_layout` asks for them; of several with one tag, the last counts."""

    def __init__(self, data_set: DataSet) -> None:
        self._little = data_set.encoding.little
        self._elements = {element.tag: element for element in data_set.elements}

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

    def get(self, keyword: str) -> str | None:
        element = self._elements.get(_TAGS[keyword])
        if element is None or element.value is None:
            return None
        return readable(element.vr, element.value, character_set(""), little=self._little)


def _ends_with(pixels: Element, size: int, container: Container) -> bool:
    """Whether nothing follows the last frame but a zero that makes the length even."""
    if pixels.length != size + size % 2:
        return False
    container.stream.seek(pixels.offset + size)
    return not container.stream.read(size % 2).strip(b"\0")


def _unused_bits_are_empty(pixels: Element, size: int, layout: Layout, container: Container) -> bool:
    """Whether the bits around each stored value are zero, or in all cells repeat its sign (PS3.5 8.1.1)."""
    if layout.stored == layout.allocated:
        return True
    ways = [_zero(layout), _sign(layout)] if layout.signed else [_zero(layout)]
    container.stream.seek(pixels.offset)
    cell = layout.allocated // 8
    for block in _blocks(container, size):
        places = [block[place::cell] if any(len(way[place]) < 256 for way in ways) else b"" for place in range(cell)]
        ways = [way for way in ways if _fits(places, way)]
        if not ways:
            return False
    return True


def _blocks(container: Container, size: int) -> Iterator[bytes]:
    for start in range(0, size, _BLOCK):
        yield container.stream.read(min(_BLOCK, size - start))


def _fits(places: Sequence[bytes], way: tuple[bytes, ...]) -> bool:
    """Whether every byte, by its place in a cell, is one of those that may stand there."""
    return not any(here.translate(None, possible) for here, possible in zip(places, way, strict=True))


def _zero(layout: Layout) -> tuple[bytes, ...]:
    """By place in a little-endian cell: the bytes that have nothing in its unused bits."""
    used = ((1 << layout.stored) - 1) << layout.shift
    return tuple(
        bytes(byte for byte in range(256) if not byte & ~(used >> 8 * place))
        for place in range(layout.allocated // 8)
    )


def _sign(layout: Layout) -> tuple[bytes, ...]:
    """The same where the bits above the value repeat its sign; no byte where that takes two bytes to see."""
    *lower, _ = _zero(layout)
    sign = layout.high % 8
    above = 0xFF << sign & 0xFF
    if layout.high // 8 < len(lower):
        return (b"",) * (len(lower) + 1)
    low = 0xFF >> 8 - max(layout.shift - 8 * len(lower), 0)
    return (*lower, bytes(byte for byte in range(256) if byte & above in (0, above) and not byte & low))
