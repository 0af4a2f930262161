"""TIFF image file directories (TIFF 6.0, section 2): parsed with the bytes that each of them uses."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.raster.limits import MAX_FRAMES, damaged

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_MAX_ENTRIES = 4096
HEADER_BYTES = 8


@dataclass(frozen=True, slots=True)
class TiffEntry:
    """One field: its tag, type, count and value bytes; `place` is where the value lies outside the directory."""

    tag: int
    kind: int
    count: int
    data: bytes
    place: int | None


@dataclass(frozen=True, slots=True)
class TiffDirectory:
    """One directory. `order` is ``"<"`` or ``">"``."""

    order: str
    place: int
    entries: tuple[TiffEntry, ...]

    @property
    def length(self) -> int:
        return 6 + 12 * len(self.entries)

    def numbers(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The whole numbers of a field. Raises `RefusedFile` where it holds something else."""
        entry = next((entry for entry in self.entries if entry.tag == tag), None)
        if entry is None:
            return default
        code = _CODES.get(entry.kind, "d")
        if code in "fd":
            raise damaged("TIFF")
        return struct.unpack(f"{self.order}{entry.count}{code}", entry.data)

    def number(self, tag: int, default: int | None = None) -> int:
        """The first whole number of a field. Raises `RefusedFile` where there is none."""
        values = self.numbers(tag)
        if values:
            return values[0]
        if default is None:
            raise damaged("TIFF")
        return default

    def used(self) -> Iterator[tuple[int, int]]:
        """Start and end of the bytes that the directory and its values take."""
        yield self.place, self.place + self.length
        for entry in self.entries:
            if entry.place is not None:
                yield entry.place, entry.place + len(entry.data)


@dataclass(frozen=True, slots=True)
class TiffFile:
    order: str
    directories: tuple[TiffDirectory, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The chain of directories. Raises `RefusedFile`."""
        if data[2:4] in (b"+\0", b"\0+"):
            raise RefusedFile("BigTIFF files cannot be cleaned.", "Save the picture as an ordinary TIFF or as PNG.")
        order = "<" if data[:2] == b"II" else ">"
        directories: list[TiffDirectory] = []
        try:
            (place,) = struct.unpack_from(order + "I", data, 4)
            seen: set[int] = set()
            while place:
                if place in seen or len(directories) >= MAX_FRAMES:
                    raise damaged("TIFF")
                seen.add(place)
                directory = _directory(data, order, place)
                directories.append(directory)
                (place,) = struct.unpack_from(order + "I", data, place + directory.length - 4)
        except struct.error:
            raise damaged("TIFF") from None
        if not directories:
            raise damaged("TIFF")
        return cls(order, tuple(directories))


def _directory(data: bytes, order: str, place: int) -> TiffDirectory:
    (count,) = struct.unpack_from(order + "H", data, place)
    if not 0 < count <= _MAX_ENTRIES:
        raise damaged("TIFF")
    entries = tuple(_entry(data, order, place + 2 + 12 * index) for index in range(count))
    if len({entry.tag for entry in entries}) != count:
        raise damaged("TIFF")
    return TiffDirectory(order, place, entries)


def _entry(data: bytes, order: str, place: int) -> TiffEntry:
    tag, kind, count = struct.unpack_from(order + "HHI", data, place)
    size = _SIZES.get(kind, 1) * count
    if size <= 4:
        return TiffEntry(tag, kind, count, data[place + 8 : place + 8 + size], None)
    (start,) = struct.unpack_from(order + "I", data, place + 8)
    if start + size > len(data):
        raise damaged("TIFF")
    return TiffEntry(tag, kind, count, data[start : start + size], start)
