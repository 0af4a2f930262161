"""The BMP header in its versions (core, info, V2 to V5): what of it decides how the pixels look."""

import struct
from dataclasses import dataclass
from typing import Self

from scanscrub.formats.raster.limits import damaged, demand_size, unsupported

FILE_HEADER = 14
INFO_HEADER = 40
V3_HEADER, V4_HEADER = 56, 108
_SRGB = b"BGRs"
CORE_HEADER = 12
RGB, RLE8, RLE4, BITFIELDS = 0, 1, 2, 3
_DEPTHS = {RGB: (1, 4, 8, 16, 24, 32), RLE8: (8,), RLE4: (4,), BITFIELDS: (16, 32)}
_DEFAULT_FIELDS = {16: (0x7C00, 0x03E0, 0x001F), 32: (0xFF0000, 0xFF00, 0xFF)}


@dataclass(frozen=True, slots=True)
class BmpHeader:
    """The header's meaning. `rows` is positive; `top_down` tells in which order they are stored. `fields` are the
    bit masks of red, green, blue and alpha for 16 and 32 bits; `pixels_at` is where the rows begin.
    """

    columns: int
    rows: int
    top_down: bool
    depth: int
    compression: int
    fields: tuple[int, int, int, int]
    length: int
    entries: int
    pixels_at: int
    density: tuple[int, int]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises `RefusedFile`."""
        if len(data) < FILE_HEADER + CORE_HEADER:
            raise damaged("BMP")
        pixels_at, length = struct.unpack_from("<II", data, 10)
        if length == CORE_HEADER:
            columns, rows, planes, depth = struct.unpack_from("<HHHH", data, 18)
            compression, across, down, used = RGB, 0, 0, 0
        elif length in (INFO_HEADER, 52, 56, 108, 124) and len(data) >= FILE_HEADER + length:
            columns, rows, planes, depth, compression, _, across, down, used = struct.unpack_from(
                "<iiHHIIiiI", data, 18
            )
        else:
            raise unsupported("BMP")
        if planes != 1 or depth not in _DEPTHS.get(compression, ()):
            raise unsupported("BMP")
        demand_size(columns, abs(rows))
        entries = 0 if depth > 8 else min(used or 1 << depth, 1 << depth)
        density = (across, down) if 0 < across < 1 << 24 and 0 < down < 1 << 24 else (0, 0)
        fields = _fields(data, depth, compression, length)
        return cls(columns, abs(rows), rows < 0, depth, compression, fields, length, entries, pixels_at, density)

    @property
    def stride(self) -> int:
        return (self.columns * self.depth + 31) // 32 * 4

    @property
    def is_run_length(self) -> bool:
        return self.compression in (RLE8, RLE4)

    @property
    def table_at(self) -> int:
        return FILE_HEADER + self.length + (12 if self.compression == BITFIELDS and self.length == 40 else 0)

    @property
    def entry_bytes(self) -> int:
        return 3 if self.length == CORE_HEADER else 4

    def packed(self, entries: int, pixel_bytes: int) -> bytes:
        """File header and info header of a copy that is not compressed and has a table of `entries` colors."""
        with_fields = self.compression == BITFIELDS
        length, fields = self._fields_of_copy() if with_fields else (INFO_HEADER, b"")
        pixels_at = FILE_HEADER + INFO_HEADER + len(fields) + 4 * entries
        rows = -self.rows if self.top_down else self.rows
        packed = struct.pack("<2sIII", b"BM", pixels_at + pixel_bytes, 0, pixels_at)
        packed += struct.pack("<IiiHH", length, self.columns, rows, 1, self.depth)
        packed += struct.pack("<IIiiII", BITFIELDS if with_fields else RGB, pixel_bytes, *self.density, entries, 0)
        return packed + fields

    def _fields_of_copy(self) -> tuple[int, bytes]:
        """The length of the copy's header, and the bit masks behind the first 40 bytes.

        They stand where the input has them, or behind a short header, where all programs read them. Alpha needs a
        longer one.
        """
        colors = struct.pack("<3I", *self.fields[:3])
        alpha = struct.pack("<I", self.fields[3])
        if self.length == V3_HEADER:
            return V3_HEADER, colors + alpha
        if not self.fields[3]:
            return INFO_HEADER, colors
        return V4_HEADER, (colors + alpha + _SRGB).ljust(V4_HEADER - INFO_HEADER, b"\0")


def run_length_end(data: bytes, at: int, *, halves: bool) -> int:
    """Where the codes that begin at a place end: behind the code that says so, or with the data.

    `halves`: a byte has two pixels (RLE4).
    """
    while at + 2 <= len(data):
        count, value = data[at : at + 2]
        at += 2
        if count or not value:
            continue
        if value == 1:
            return at
        stored = 2 if value == 2 else (value + 1) // 2 if halves else value
        at += stored + stored % 2
    return len(data)


def _fields(data: bytes, depth: int, compression: int, length: int) -> tuple[int, int, int, int]:
    if compression == BITFIELDS:
        if len(data) < FILE_HEADER + 56:
            raise damaged("BMP")
        red, green, blue, alpha = struct.unpack_from("<IIII", data, FILE_HEADER + INFO_HEADER)
        alpha = alpha if length >= 56 else 0
        fields = (red, green, blue, alpha)
        if not all(fields[:3]) or any(_is_broken(field, depth) for field in fields):
            raise damaged("BMP")
        return fields
    return (*_DEFAULT_FIELDS.get(depth, (0, 0, 0)), 0)


def _is_broken(field: int, depth: int) -> bool:
    """Whether a bit mask is not one run of bits within the pixel."""
    return field >= 1 << depth or "01" in f"{field:b}".rstrip("0")
