"""Writes TIFF pages one after another: header, blocks and one directory each, of numbers that a layout knows."""

import struct
from collections.abc import Iterable
from typing import BinaryIO

from scanscrub.formats.tiff import tags
from scanscrub.formats.tiff.directories import HEADER_BYTES
from scanscrub.formats.tiff.layout import PALETTE, TiffLayout

_SHORT, _LONG, _RATIONAL, _BYTES = 3, 4, 5, 7
_CODES = {_SHORT: "H", _LONG: "I", _BYTES: "B"}


class TiffWriter:
    """A TIFF under construction; memory holds one page's block table at most."""

    def __init__(self, target: BinaryIO, order: str) -> None:
        self._target = target
        self._order = order
        self._link = 4
        magic = b"II*\0" if order == "<" else b"MM\0*"
        target.write(magic + bytes(HEADER_BYTES - len(magic)))

    def add(
        self,
        layout: TiffLayout,
        blocks: Iterable[bytes],
        colors: tuple[int, ...] = (),
        profile: bytes | None = None,
    ) -> None:
        """Append a page with its encoded blocks, for a palette the values of its ColorMap, and a color profile."""
        places, lengths = [], []
        for block in blocks:
            places.append(self._append(block))
            lengths.append(len(block))
        fields = _fields(layout, places, lengths, colors)
        if profile:
            fields[tags.ICCProfile] = (_BYTES, tuple(profile))
        values = {tag: self._value(kind, numbers) for tag, (kind, numbers) in fields.items()}
        outside = {tag: self._append(value) for tag, value in values.items() if len(value) > 4}
        directory = struct.pack(self._order + "H", len(fields))
        for tag, (kind, numbers) in sorted(fields.items()):
            count = len(numbers) // 2 if kind == _RATIONAL else len(numbers)
            where = values[tag].ljust(4, b"\0")
            if tag in outside:
                where = struct.pack(self._order + "I", outside[tag])
            directory += struct.pack(self._order + "HHI", tag, kind, count) + where
        place = self._append(directory + bytes(4))
        self._target.seek(self._link)
        self._target.write(struct.pack(self._order + "I", place))
        self._target.seek(0, 2)
        self._link = place + len(directory)

    def _append(self, data: bytes) -> int:
        """Write at the next even place, as TIFF 6.0 asks for, and return the place."""
        place = self._target.tell()
        if place % 2:
            self._target.write(b"\0")
            place += 1
        self._target.write(data)
        return place

    def _value(self, kind: int, numbers: tuple[int, ...]) -> bytes:
        return struct.pack(f"{self._order}{len(numbers)}{_CODES.get(kind, 'I')}", *numbers)


def _fields(
    layout: TiffLayout, places: list[int], lengths: list[int], colors: tuple[int, ...]
) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Every field of the directory: its type and numbers."""
    fields: dict[int, tuple[int, tuple[int, ...]]] = {
        tags.ImageWidth: (_LONG, (layout.columns,)),
        tags.ImageLength: (_LONG, (layout.rows,)),
        tags.BitsPerSample: (_SHORT, (layout.bits,) * layout.per_pixel),
        tags.Compression: (_SHORT, (layout.compression,)),
        tags.PhotometricInterpretation: (_SHORT, (layout.photometric,)),
        tags.SamplesPerPixel: (_SHORT, (layout.per_pixel,)),
        tags.PlanarConfiguration: (_SHORT, (2 if layout.planar else 1,)),
        tags.SampleFormat: (_SHORT, (layout.sample_format,) * layout.per_pixel),
    }
    if layout.tiled:
        fields |= {tags.TileWidth: (_LONG, (layout.block_columns,)), tags.TileLength: (_LONG, (layout.block_rows,))}
        fields |= {tags.TileOffsets: (_LONG, tuple(places)), tags.TileByteCounts: (_LONG, tuple(lengths))}
    else:
        fields |= {tags.RowsPerStrip: (_LONG, (layout.block_rows,))}
        fields |= {tags.StripOffsets: (_LONG, tuple(places)), tags.StripByteCounts: (_LONG, tuple(lengths))}
    if layout.orientation != 1:
        fields[tags.Orientation] = (_SHORT, (layout.orientation,))
    if layout.resolution:
        across, down, unit = layout.resolution
        fields |= {
            tags.XResolution: (_RATIONAL, across),
            tags.YResolution: (_RATIONAL, down),
            tags.ResolutionUnit: (_SHORT, (unit,)),
        }
    if layout.predictor != 1:
        fields[tags.Predictor] = (_SHORT, (layout.predictor,))
    if layout.photometric == PALETTE:
        fields[tags.ColorMap] = (_SHORT, colors)
    if layout.extra:
        fields[tags.ExtraSamples] = (_SHORT, layout.extra)
    return fields
