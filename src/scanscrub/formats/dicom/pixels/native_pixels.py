"""Uncompressed frames: the containers of the stored values, and the bits around them (PS3.5 8.1.1, 8.2)."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.raster.masking import Area

Samples: TypeAlias = NDArray[Any]
"""Stored values of one frame: ``(rows, columns)`` or ``(rows, columns, 3)``, integer or float."""
Fill: TypeAlias = tuple[float, ...]
"""The stored value of each sample that is shown black."""


class NativeCodec:
    """Frames whose bytes are the containers themselves. Frames of single bits start at a byte here."""

    def __init__(self, layout: Layout, *, big_endian: bool = False) -> None:
        kind = "f" if layout.floating else "u"
        self._layout = layout
        self._dtype = np.dtype(f"{'>' if big_endian else '<'}{kind}{max(layout.allocated // 8, 1)}")

    @property
    def size(self) -> int:
        """Bytes of one frame."""
        return -(-self._layout.frame_bits // 8)

    def decode(self, data: bytes) -> Samples:
        layout = self._layout
        values = self._values(self._pixel_cells(data))
        if layout.subsampled:
            chroma = np.repeat(values[:, :, 2:], 2, axis=1)
            luma = values[:, :, :2].reshape(layout.rows, layout.columns, 1)
            return np.concatenate([luma, chroma], axis=2)
        return np.moveaxis(values, 0, -1) if layout.planar else values

    def block(self, _data: bytes) -> tuple[int, int]:
        return (1, 2) if self._layout.subsampled else (1, 1)

    def can_mask(self, _data: bytes) -> bool:
        return True

    def clean(self, data: bytes) -> bytes:
        """The same values with nothing in the unused bits."""
        return self._pack(self._cleaned(self._pixel_cells(data)))

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        original = self._pixel_cells(data)
        pixel_cells = self._cleaned(original).copy()
        extended = self._repeats_sign(original)
        black = [self._container(value, extended=extended) for value in fill]
        if self._layout.subsampled:
            pixel_cells[area[:, ::2] | area[:, 1::2]] = (black[0], black[0], black[1], black[2])
        elif self._layout.planar:
            for plane, value in zip(pixel_cells, black, strict=True):
                plane[area] = value
        else:
            pixel_cells[area] = black if len(black) > 1 else black[0]
        return self._pack(pixel_cells)

    def _pixel_cells(self, data: bytes) -> Samples:
        layout = self._layout
        if len(data) < self.size:
            raise RefusedFile(
                "The image data ends before the image is complete.", "Export the file again from its source."
            )
        if layout.allocated == 1:
            bits = np.unpackbits(np.frombuffer(data, np.uint8), count=layout.frame_bits, bitorder="little")
            return bits.reshape(layout.shape)
        pixel_cells = np.frombuffer(data, self._dtype, layout.frame_bits // layout.allocated)
        if layout.subsampled:
            return pixel_cells.reshape(layout.rows, layout.columns // 2, 4)
        if layout.planar:
            return pixel_cells.reshape(layout.samples, layout.rows, layout.columns)
        return pixel_cells.reshape(layout.shape)

    def _pack(self, pixel_cells: Samples) -> bytes:
        if self._layout.allocated == 1:
            return np.packbits(pixel_cells.reshape(-1), bitorder="little").tobytes()
        return pixel_cells.astype(self._dtype, copy=False).tobytes()

    def _values(self, pixel_cells: Samples) -> Samples:
        layout = self._layout
        native: Samples = pixel_cells.astype(pixel_cells.dtype.newbyteorder("="), copy=False)
        if layout.floating or layout.allocated == 1:
            return native
        width = layout.allocated
        if layout.stored == width:
            return native.view(f"i{width // 8}") if layout.signed else native
        raised: Samples = native << native.dtype.type(width - 1 - layout.high)
        if layout.signed:
            raised = raised.view(f"i{width // 8}")
        values: Samples = raised >> raised.dtype.type(width - layout.stored)
        return values

    def _cleaned(self, pixel_cells: Samples) -> Samples:
        """Zero every bit that holds no stored value; a frame whose high bits all repeat the sign keeps them. Of
        what is no number, most bits say nothing.
        """
        layout = self._layout
        if layout.floating:
            return self._plain_nans(pixel_cells)
        if layout.stored == layout.allocated or self._repeats_sign(pixel_cells):
            return pixel_cells
        cleaned: Samples = pixel_cells & pixel_cells.dtype.type(_low_bits(layout.stored) << layout.shift)
        return cleaned

    def _plain_nans(self, pixel_cells: Samples) -> Samples:
        """Of what is no number, the patterns that processors and writers make stay, of either sign."""
        is_none = np.isnan(pixel_cells)
        if not is_none.any():
            return pixel_cells
        unsigned_bits = np.dtype(f"u{pixel_cells.itemsize}")
        magnitudes = np.abs(pixel_cells.astype(pixel_cells.dtype.newbyteorder("="))).view(unsigned_bits)
        usual = np.abs(np.array([np.nan], magnitudes.dtype.str.replace("u", "f"))).view(unsigned_bits)
        odd = is_none & (magnitudes != usual) & (magnitudes != np.iinfo(unsigned_bits).max >> 1)
        if not odd.any():
            return pixel_cells
        cleaned = pixel_cells.copy()
        cleaned[odd] = np.nan
        return cleaned

    def _repeats_sign(self, pixel_cells: Samples) -> bool:
        layout = self._layout
        if not layout.signed:
            return False
        extended = (self._values(pixel_cells) << layout.shift).view(f"u{layout.allocated // 8}")
        return np.array_equal(extended, pixel_cells)

    def _container(self, value: float, *, extended: bool) -> float:
        layout = self._layout
        if layout.floating:
            return value
        if extended:
            return int(value) << layout.shift & _low_bits(layout.allocated)
        return (int(value) & _low_bits(layout.stored)) << layout.shift


def _low_bits(count: int) -> int:
    return (1 << count) - 1


def precise(samples: Samples, precision: int, layout: Layout) -> Samples:
    """Decoded samples of `precision` bits as the stored values that the header speaks of (PS3.5 8.2)."""
    width = samples.dtype.itemsize
    values = samples
    if layout.signed and samples.dtype.kind == "u":
        spare = samples.dtype.type(width * 8 - precision)
        values = (samples << spare).view(f"i{width}") >> spare.astype(f"i{width}")
    elif not layout.signed and samples.dtype.kind == "i":
        bits = samples.view(f"u{width}")
        values = bits & bits.dtype.type(_low_bits(precision))
    return values


def unsigned(fill: Fill, precision: int) -> tuple[int, ...]:
    """Stored values as the bits a codestream of unsigned samples holds."""
    return tuple(int(value) & _low_bits(precision) for value in fill)
