"""The container of HEIC and AVIF (ISO 14496-12, 23008-12): which items a file holds, and what each is for."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from scanscrub.formats.raster.limits import damaged

_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"mif2", b"msf1", b"avif", b"avis"})
PICTURES: Final = frozenset(
    {b"hvc1", b"av01", b"grid", b"iden", b"iovl", b"jpeg", b"unci", b"j2k1", b"vvc1", b"avc1"}
)
"""The types of items that are pictures, coded or put together."""
_FULL: Final = 4
"""Bytes of version and flags, with which the content of a full box begins."""
_OF_LIBRARIES: Final = frozenset({b"", b"libavif", b"Color", b"Alpha", b"Exif", b"XMP"})
"""Names that libavif gives."""
_MOST_ITEMS: Final = 10_000
_MOST_EXTENTS: Final = 100_000


def is_heif(head: bytes) -> bool:
    """Whether a file with this head has the brand of still pictures or sequences (ISO 23008-12, 10)."""
    if head[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(head[:4], "big"), 256)
    return head[8:12] in _BRANDS or any(head[at : at + 4] in _BRANDS for at in range(16, end, 4))


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    content: bytes
    start: int
    """Where the box begins, in what was parsed."""
    at: int
    """Where its content does."""


@dataclass(slots=True)
class Item:
    """A picture, a tile of one, or what is said of one. `data` are its bytes, as far as they can be found."""

    number: int
    kind: bytes = b""
    content_type: bytes = b""
    is_hidden: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class HeifFile:
    """`items` by number; `references` are (kind, from, to): from a thumbnail to its picture, from that to its tiles.

    `names` are texts that nothing shows; `sizes` are columns and rows of pictures and `depth` the most bits of a
    color, as the file declares them; `behind` are bytes behind the last box.
    """

    boxes: tuple[Box, ...]
    items: dict[int, Item]
    primary: int
    references: tuple[tuple[bytes, int, int], ...]
    names: bytes
    sizes: tuple[tuple[int, int], ...]
    depth: int
    behind: bytes

    @classmethod
    def parse(cls, data: bytes) -> "HeifFile":
        """Raises `RefusedFile`."""
        try:
            return _parsed(data)
        except (struct.error, IndexError):
            raise damaged("HEIC or AVIF") from None

    @property
    def is_av1(self) -> bool:
        """Whether its pictures are AVIF's; a sequence says so by its brand alone."""
        kinds = {item.kind for item in self.items.values()}
        return b"av01" in kinds or (b"hvc1" not in kinds and self.boxes[0].content[:4] in (b"avif", b"avis"))

    @property
    def exif(self) -> bytes:
        """The first EXIF block, which begins behind the bytes that its item counts; empty where there is none."""
        data = next((item.data for item in self.items.values() if item.kind == b"Exif"), b"")
        return data[4 + int.from_bytes(data[:4], "big") :]

    def roles(self, frames: int) -> dict[int, str]:
        """What each item is for, in words of ours; empty for the pictures that are shown, and their parts."""
        leads = {kind: {start for each, start, _ in self.references if each == kind} for kind in (b"thmb", b"auxl")}
        tops = {each.number for each in self.items.values() if each.kind in PICTURES and not each.is_hidden}
        shown = self._with_parts(tops - leads[b"thmb"] - leads[b"auxl"] if frames > 1 else {self.primary})
        return {number: _role(item, shown, leads) for number, item in self.items.items()}

    def _with_parts(self, pictures: set[int]) -> set[int]:
        """The pictures, and the items that they are put together of."""
        parts: dict[int, list[int]] = {}
        for kind, start, end in self.references:
            if kind == b"dimg":
                parts.setdefault(start, []).append(end)
        found, new = set(pictures), list(pictures)
        while new:
            further = [end for end in parts.get(new.pop(), ()) if end not in found]
            found.update(further)
            new += further
        return found


def _role(item: Item, shown: set[int], leads: dict[bytes, set[int]]) -> str:
    if item.kind == b"Exif":
        return "EXIF"
    if item.kind == b"mime":
        return "XMP" if b"rdf+xml" in item.content_type else "attachment"
    if item.number in leads[b"thmb"]:
        return "thumbnail"
    if item.number in leads[b"auxl"]:
        return "auxiliary picture"
    if item.number in shown:
        return ""
    return "second picture" if item.kind in PICTURES else "other item"


def boxes_in(data: bytes, at: int = 0) -> Iterator[Box]:
    """The boxes from there on, as far as they are whole."""
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        end = len(data) if length == 0 else at + length
        if end < at + head or end > len(data):
            return
        yield Box(kind, data[at + head : end], at, at + head)
        at = end


def without_descriptions(data: bytes) -> bytes:
    """The file, of which no item says that it describes a picture. For a decoder that trips over such items."""
    bare = bytearray(data)
    for meta in (box for box in boxes_in(data) if box.kind == b"meta"):
        for references in (box for box in boxes_in(meta.content, _FULL) if box.kind == b"iref"):
            for box in boxes_in(references.content, _FULL):
                if box.kind == b"cdsc":
                    at = meta.at + references.at + box.start + 4
                    bare[at : at + 4] = b"skip"
    return bytes(bare)


def _parsed(data: bytes) -> HeifFile:
    boxes = tuple(boxes_in(data))
    end = 0
    if boxes:
        last = boxes[-1]
        length = int.from_bytes(data[last.start : last.start + 4], "big")
        end = last.start + len(last.content) + (16 if length == 1 else 8)
    if not boxes or boxes[0].kind != b"ftyp":
        raise damaged("HEIC or AVIF")
    meta = {box.kind: box.content for one in boxes if one.kind == b"meta" for box in boxes_in(one.content, _FULL)}
    items = {item.number: item for item in _items(meta.get(b"iinf", b""))}
    _place(items, meta, data)
    primary = meta.get(b"pitm", b"")
    return HeifFile(
        boxes,
        items,
        int.from_bytes(primary[_FULL : _FULL + (2 if primary[:1] == b"\0" else 4)], "big"),
        tuple(_references(meta.get(b"iref", b""))),
        b"\0".join(_names(meta)),
        tuple(struct.unpack_from(">II", one, _FULL) for one in _properties(meta, b"ispe")),
        max((max(one[_FULL + 1 :], default=8) for one in _properties(meta, b"pixi")), default=8),
        data[end:],
    )


def _entries(info: bytes) -> Iterator[tuple[Item, bytes]]:
    """The items that an item information box lists, each with its name."""
    if not info:
        return
    start = _FULL + (2 if info[0] == 0 else 4)
    for count, box in enumerate(boxes_in(info, start)):
        if count >= _MOST_ITEMS or not box.content or box.content[0] < 2:
            raise damaged("HEIC or AVIF")
        wide = 2 if box.content[0] == 2 else 4
        at = _FULL + wide
        texts = [*box.content[at + 6 :].split(b"\0"), b"", b""]
        number = int.from_bytes(box.content[_FULL:at], "big")
        yield Item(number, box.content[at + 2 : at + 6], texts[1], bool(box.content[3] & 1)), texts[0]


def _items(info: bytes) -> Iterator[Item]:
    return (item for item, _ in _entries(info))


def _names(meta: dict[bytes, bytes]) -> Iterator[bytes]:
    handler = meta.get(b"hdlr", b"")[_FULL + 16 :].strip(b"\0")
    names = (handler, *(name for _, name in _entries(meta.get(b"iinf", b""))))
    yield from (name for name in names if name not in _OF_LIBRARIES)


def _references(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    width = "H" if content[:1] == b"\0" else "I"
    for box in boxes_in(content, _FULL):
        start, count = struct.unpack_from(f">{width}H", box.content)
        ends = struct.unpack_from(f">{count}{width}", box.content, struct.calcsize(f">{width}H"))
        yield from ((box.kind, start, end) for end in ends)


def _properties(meta: dict[bytes, bytes], kind: bytes) -> Iterator[bytes]:
    """What the properties of a kind say, of whichever item."""
    for box in boxes_in(meta.get(b"iprp", b"")):
        if box.kind == b"ipco":
            yield from (one.content for one in boxes_in(box.content) if one.kind == kind)


def _place(items: dict[int, Item], meta: dict[bytes, bytes], data: bytes) -> None:
    """Find the bytes of each item (ISO 14496-12, 8.11.3)."""
    location = meta.get(b"iloc", b"")
    if not location:
        return
    version = location[0]
    sizes = (location[4] >> 4, location[4] & 15, location[5] >> 4, location[5] & 15 if version else 0)
    reader = _Numbers(location, 6)
    spare, extents = 2 * len(data), 0
    for _ in range(reader.take(2 if version < 2 else 4)):
        number = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(sizes[2])
        for _ in range(reader.take(2)):
            reader.take(sizes[3])
            start = base + reader.take(sizes[0])
            length = reader.take(sizes[1])
            source = meta.get(b"idat", b"") if method == 1 else data
            item = items.get(number)
            extents += 1
            if extents > _MOST_EXTENTS:
                raise damaged("HEIC or AVIF")
            if item is not None and method < 2:
                part = source[start : start + length if length else len(source)]
                spare -= len(part)
                if spare < 0:  # the same bytes over and over
                    raise damaged("HEIC or AVIF")
                item.data += part
                if method == 0:
                    item.spans.append((start, start + len(part)))


class _Numbers:
    """Numbers one after another, of so many bytes each."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, size: int) -> int:
        end = self._at + size
        if end > len(self._data):
            raise damaged("HEIC or AVIF")
        value = int.from_bytes(self._data[self._at : end], "big")
        self._at = end
        return value
