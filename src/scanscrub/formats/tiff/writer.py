"""Writes TIFF pages one after another: header, blocks and one directory each, of numbers that a layout knows."""

import struct
from collections.abc import Iterable
from typing import BinaryIO

from scanscrub.formats.tiff.directories import HEADER_BYTES
from scanscrub.formats.tiff.layout import PALETTE, TiffLayout

ICC_PROFILE = 34675
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
            fields[ICC_PROFILE] = (_BYTES, tuple(profile))
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
        256: (_LONG, (layout.columns,)),
        257: (_LONG, (layout.rows,)),
        258: (_SHORT, (layout.bits,) * layout.per_pixel),
        259: (_SHORT, (layout.compression,)),
        262: (_SHORT, (layout.photometric,)),
        277: (_SHORT, (layout.per_pixel,)),
        284: (_SHORT, (2 if layout.planar else 1,)),
        339: (_SHORT, (layout.sample_format,) * layout.per_pixel),
    }
    if layout.tiled:
        fields |= {322: (_LONG, (layout.block_columns,)), 323: (_LONG, (layout.block_rows,))}
        fields |= {324: (_LONG, tuple(places)), 325: (_LONG, tuple(lengths))}
    else:
        fields |= {278: (_LONG, (layout.block_rows,))}
        fields |= {273: (_LONG, tuple(places)), 279: (_LONG, tuple(lengths))}
    if layout.orientation != 1:
        fields[274] = (_SHORT, (layout.orientation,))
    if layout.resolution:
        across, down, unit = layout.resolution
        fields |= {282: (_RATIONAL, across), 283: (_RATIONAL, down), 296: (_SHORT, (unit,))}
    if layout.predictor != 1:
        fields[317] = (_SHORT, (layout.predictor,))
    if layout.photometric == PALETTE:
        fields[320] = (_SHORT, colors)
    if layout.extra:
        fields[338] = (_SHORT, layout.extra)
    return fields
