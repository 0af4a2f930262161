"""BMP: header, color table and rows written anew; gaps, row padding, profiles and trailing bytes stay behind."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.picture import View
from scanscrub.domain.plan import Source
from scanscrub.formats.other.bmp_header import FILE_HEADER, INFO_HEADER, BmpHeader, run_length_end
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.document import PictureDocument, PictureFormat
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.palette import NormalPalette, normal_palette
from scanscrub.formats.raster.palette import masked as palette_masked
from scanscrub.formats.raster.picture_file import Masks
from scanscrub.formats.raster.sample_bits import pack_bits, unpack_bits
from scanscrub.formats.raster.samples import deep_colors, opaque
from scanscrub.formats.raster.views import color_views, plane_view
from scanscrub.leftovers.removed_bytes import left_out
from scanscrub.leftovers.stray_bytes import after_the_end, unneeded_bytes, unused_colors

_RLE_NOTE = "The run-length encoded bitmap was written without compression."


class BmpDocument(PictureDocument):
    """One BMP file. Rows are top down in every array."""

    def __init__(self, stream: BinaryIO, source: Source) -> None:
        super().__init__(stream, source, ".bmp")
        self._header = BmpHeader.parse(self._data)
        header = self._header
        table_end = header.table_at + header.entries * header.entry_bytes
        if not table_end <= header.pixels_at <= len(self._data):
            raise damaged("BMP")
        self._end = header.pixels_at + header.stride * header.rows
        if header.is_run_length:
            self._end = run_length_end(self._data, header.pixels_at, halves=header.depth == 4)
        if self._end > len(self._data):
            raise damaged("BMP")
        self._gap = self._data[table_end : header.pixels_at]

    @property
    def kind(self) -> str:
        return f"{self._header.depth} bits"

    def size(self, frame: int) -> tuple[int, int]:
        del frame
        return self._header.rows, self._header.columns

    def inspect(self) -> Iterator[SegmentSeen]:
        header = self._header
        yield SegmentSeen(Segment("BMP header"), needed=True, length=header.table_at)
        yield SegmentSeen(Segment("BMP rows"), needed=True, length=self._end - header.pixels_at)
        copy = self._file(None)
        if copy == self._data:
            return
        behind = self._data[self._end :]
        yield unneeded_bytes(Segment("BMP details"), self._gap)
        spare = {"BMP numbers that are not used": self._numbers(copy), "BMP row padding": self._padding}
        yield from (unneeded_bytes(Segment(name), data) for name, data in spare.items() if any(data))
        head = self._data[FILE_HEADER : header.pixels_at - len(self._gap)]
        kept = copy[FILE_HEADER : BmpHeader.parse(copy).pixels_at]
        yield unused_colors(Segment("BMP header and colors"), left_out(head, kept))
        if self.hides(0) and not header.is_run_length:
            length = 0 if self._spare_bits and np.ptp(self._samples & ~np.uint32(self._meaning)) == 0 else None
            yield SegmentSeen(Segment("BMP pixels that are not shown"), needed=False, length=length)
        if behind:
            yield unneeded_bytes(after_the_end("BMP"), behind)

    def _numbers(self, copy: bytes) -> bytes:
        """What the copy lacks of reserved words, untrue sizes, densities and counts: four letters are a word."""
        data, header = self._data, self._header
        numbers = b"" if int.from_bytes(data[2:6], "little") == len(data) else data[2:6]
        numbers += data[6:10]
        if header.length >= INFO_HEADER:
            is_true = int.from_bytes(data[34:38], "little") in {0, self._end - header.pixels_at}
            numbers += (b"" if is_true else data[34:38]) + left_out(data[38:54], copy[38:54])
        return numbers

    @property
    def _padding(self) -> bytes:
        """The bits between the last pixel of each row and the end of the row, as they are stored."""
        header = self._header
        if header.is_run_length:
            return b""
        stored = np.frombuffer(self._data[header.pixels_at : self._end], np.uint8)
        beside = stored ^ np.frombuffer(self._rows_of(self._samples), np.uint8)
        return beside.reshape(header.rows, -1)[:, header.columns * header.depth // 8 :].tobytes()

    def views(self, frame: int) -> Iterator[View]:
        shown = self._in_eight_bits(self.shown(frame))
        yield from color_views(shown[..., :3])
        if self._palette is not None:
            yield from plane_view("index plane", self._samples)
        if shown.shape[2] == 4 and self._palette is None:
            yield from plane_view("alpha", shown[..., 3])

    def shown(self, frame: int) -> Samples:
        """RGB or RGBA: uint8, or the fields of 16 and 32 bits as they are, uint32."""
        del frame
        samples = self._samples
        if self._palette is not None:
            return self._palette.colors[self._palette.lookup[samples]]
        if self._header.depth == 24:
            return samples[..., ::-1]
        fields = [field for field in self._header.fields if field]
        return np.stack([(samples & field) >> _shift(field) for field in fields], axis=-1).astype(np.uint32)

    def plain(self, frame: int) -> Samples:
        """Fields of fewer than 8 bits are spread over 8. Raises `RefusedFile` for those of more."""
        if any(field and _top(field) > 255 for field in self._header.fields):
            raise deep_colors()
        shown = self._in_eight_bits(self.shown(frame))
        return opaque(shown, 255) if shown.shape[2] == 4 else shown

    @property
    def aspect(self) -> Fraction:
        across, down = self._header.density
        return Fraction(across, down) if across and down else Fraction(1)

    def _in_eight_bits(self, shown: Samples) -> Samples:
        """What is shown as uint8: fields of 16 and 32 bits over their full scale."""
        if shown.dtype == np.uint8:
            return shown
        scale = np.array([255.0 / max(1, _top(field)) for field in self._header.fields[: shown.shape[2]]])
        shades: NDArray[np.uint8] = (shown * scale).round().astype(np.uint8)
        return shades

    def encoded(self, frame: int) -> bytes:
        del frame
        return self._rows_of(self._samples)

    def hides(self, frame: int) -> bool:
        del frame
        return self._header.is_run_length or (self._palette is not None and self._palette.merges) or self._spare_bits

    def palette_colors(self, frame: int) -> Samples | None:
        del frame
        return None if self._palette is None else self._palette.colors

    def write(self, masks: Masks, target: BinaryIO) -> None:
        target.write(self._file(masks.get(0)))
        self._notes = (_RLE_NOTE,) if self._header.is_run_length else ()

    def _file(self, mask: Area | None) -> bytes:
        """The copy: nothing but header, used colors and rows."""
        samples, palette = self._masked(np.zeros(self.size(0), np.bool_) if mask is None else mask)
        table = b"" if palette is None else _table(palette)
        rows = self._rows_of(samples)
        return self._header.packed(len(table) // 4, len(rows)) + table + rows

    def _masked(self, mask: Area) -> tuple[Samples, NormalPalette | None]:
        """The samples of the copy, less bits without meaning, and its palette."""
        palette = self._palette
        if palette is not None:
            return palette_masked(palette.lookup[self._samples], mask, palette.colors)
        samples = self._samples & self._meaning if self._header.fields[0] else self._samples.copy()
        samples[mask] = self._header.fields[3]
        return samples, None

    def _rows_of(self, samples: Samples) -> bytes:
        """Rows as they are stored, their padding zero."""
        header = self._header
        stored = (
            pack_bits(samples, header.depth)
            if header.depth <= 8
            else np.ascontiguousarray(samples).reshape(header.rows, -1).view(np.uint8)
        )
        padded = np.zeros((header.rows, header.stride), np.uint8)
        padded[:, : stored.shape[1]] = stored
        return (padded if header.top_down else padded[::-1]).tobytes()

    @cached_property
    def _samples(self) -> Samples:
        """Stored samples: indices, BGR, or whole pixels of 16 or 32 bits."""
        header = self._header
        if header.is_run_length:
            return self._run_length()
        stored = np.frombuffer(self._data[header.pixels_at : self._end], np.uint8).reshape(header.rows, -1)
        stored = np.ascontiguousarray(stored if header.top_down else stored[::-1])
        if header.depth <= 8:
            return unpack_bits(stored, header.depth, header.columns)
        if header.depth == 24:
            return stored[:, : 3 * header.columns].reshape(header.rows, header.columns, 3)
        return stored.view("<u2" if header.depth == 16 else "<u4")[:, : header.columns]

    def _run_length(self) -> NDArray[np.uint8]:
        header = self._header
        table = b"".join(bytes((index, 0, 255 - index, 0)) for index in range(1 << header.depth))
        start = FILE_HEADER + 40 + len(table)
        head = bytearray(self._data[: FILE_HEADER + 40])
        head[10:18] = start.to_bytes(4, "little") + (40).to_bytes(4, "little")
        head[46:54] = bytes(8)
        bare = BytesIO(bytes(head) + table + self._data[header.pixels_at :])
        with decoding("BMP"), Image.open(bare, formats=("BMP",)) as image:
            indices = np.array(image)
        if indices.shape != (header.rows, header.columns):
            raise damaged("BMP")
        return indices.astype(np.uint8)

    @property
    def _meaning(self) -> int:
        """The bits of a pixel that mean something."""
        red, green, blue, alpha = self._header.fields
        return red | green | blue | alpha

    @property
    def _spare_bits(self) -> bool:
        return bool(self._header.fields[0]) and bool((self._samples & ~np.uint32(self._meaning)).any())

    @cached_property
    def _palette(self) -> NormalPalette | None:
        header = self._header
        if header.depth > 8:
            return None
        size = header.entries * header.entry_bytes
        stored = np.frombuffer(self._data[header.table_at : header.table_at + size], np.uint8)
        colors = np.zeros((1 << header.depth, 4), np.uint8)
        colors[: header.entries, :3] = stored.reshape(header.entries, -1)[:, 2::-1]
        colors[:, 3] = 255
        if int(self._samples.max()) >= header.entries:
            raise damaged("BMP")
        return normal_palette(self._samples, colors)


def _table(palette: NormalPalette) -> bytes:
    colors = palette.colors[: palette.length, [2, 1, 0, 3]].copy()
    colors[:, 3] = 0
    return colors.tobytes()


def _shift(field: int) -> int:
    return (field & -field).bit_length() - 1


def _top(field: int) -> int:
    return field >> _shift(field)


def _is_bmp(head: bytes) -> bool:
    return head.startswith(b"BM") and head[14:18] in {
        length.to_bytes(4, "little") for length in (12, 40, 52, 56, 108, 124)
    }


FORMAT = PictureFormat("BMP", ("image/bmp",), _is_bmp, BmpDocument)
