"""Picture files, made byte by byte where no library writes what a test needs, and their way through a format."""

import io
import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from conftest import CANARY
from scanscrub.domain.finding import PixelRegion, SegmentSeen
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Check, Keep, Mask, Plan, Remove, Source, Step
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.registry import recognize

SOURCE = Source(1, "ab" * 32)
NAME = CANARY.encode()
ROWS, COLUMNS = 48, 64
BOX = Box(8, 8, 24, 16)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def gray() -> NDArray[np.uint8]:
    """A smooth picture with every sort of neighbor, brighter than black everywhere."""
    down, across = np.mgrid[0:ROWS, 0:COLUMNS]
    samples: NDArray[np.uint8] = (40 + 2 * across + (down * across) % 61).clip(1, 255).astype(np.uint8)
    return samples


def color() -> NDArray[np.uint8]:
    return np.stack([gray(), gray()[::-1], np.roll(gray(), 7, axis=1)], axis=-1)


def saved(picture: NDArray[Any] | Image.Image, kind: str, **options: object) -> bytes:
    """A file as Pillow writes it."""
    stream = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(stream, format=kind, **options)
    return stream.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    raw: bytes,
    depth: int = 8,
    colors: int = 0,
    *,
    size: tuple[int, int] = (COLUMNS, ROWS),
    before: bytes = b"",
    after: bytes = b"",
    interlaced: int = 0,
) -> bytes:
    """A PNG of an inflated or, if it is a zlib stream, deflated image; `before` and `after` the image data."""
    header = struct.pack(">IIBBBBB", *size, depth, colors, 0, 0, interlaced)
    stream = raw if raw[:1] == b"\x78" else zlib.compress(raw)
    chunks = png_chunk(b"IHDR", header) + before + png_chunk(b"IDAT", stream)
    return SIGNATURE + chunks + after + png_chunk(b"IEND", b"")


def rows_of(samples: NDArray[Any]) -> bytes:
    """Unfiltered rows of whole bytes, big-endian."""
    big = samples.astype(samples.dtype.newbyteorder(">"))
    return b"".join(b"\0" + row.tobytes() for row in big)


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes, behind: bytes = b"", picture: NDArray[np.uint8] | None = None, **options: object) -> bytes:
    """A JPEG with more segments behind its first one."""
    data = saved(color() if picture is None else picture, "JPEG", **options)
    start = 4 + int.from_bytes(data[4:6], "big")
    return data[:start] + b"".join(segments) + data[start:] + behind


def exif(orientation: int = 1, text: bytes = NAME) -> bytes:
    """An EXIF block with a description and an orientation."""
    text = text.ljust(5, b" ")
    entries = struct.pack("<HHII", 0x010E, 2, len(text), 38) + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return struct.pack("<2sHIH", b"II", 42, 8, 2) + entries + bytes(4) + text


@dataclass
class Cleaned:
    """What came of one file."""

    copy: bytes
    extension: str
    notes: tuple[str, ...]
    seen: list[SegmentSeen]
    pictures: list[Picture]
    checks: list[Check]
    strays: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """The segments that were to go."""
        return [seen.where.kind for seen in self.seen if not seen.needed]

    @property
    def text(self) -> str:
        return "\n".join(seen.text.reveal() for seen in self.seen if seen.text)

    @property
    def failed(self) -> list[str]:
        return [check.name for check in self.checks if not check.passed]


def plan_for(seen: list[SegmentSeen], *regions: PixelRegion, padding: int = 0) -> Plan:
    steps = [Step(one.where, Keep("needed") if one.needed else Remove(), None, "segments") for one in seen]
    steps += [Step(region, Mask(padding), None, "pixels") for region in regions]
    return Plan(SOURCE, "test", tuple(steps))


def clean(data: bytes, adapter: ImageFormat, *regions: PixelRegion | Box, padding: int = 0) -> Cleaned:
    """Inspect, look, apply and prove, as the pipeline does."""
    assert adapter.sniff(data[:4096])
    wanted = [PixelRegion(region) if isinstance(region, Box) else region for region in regions]
    with adapter.open(io.BytesIO(data), SOURCE) as document:
        seen = [one for one in document.inspect() if isinstance(one, SegmentSeen)]
        pictures = [picture for _, picture in document.pictures()]
        plan = plan_for(seen, *wanted, padding=padding)
        target = io.BytesIO()
        document.apply(plan, target)
        copy = target.getvalue()
        reader = recognize(copy[:4096])
        with reader.open(io.BytesIO(copy), SOURCE) as staged:
            checks = list(document.prove(plan, staged))
            left = [one for one in staged.inspect() if isinstance(one, SegmentSeen)]
        strays = [one.where.kind for one in left if not one.needed]
        return Cleaned(copy, document.extension, document.notes, seen, pictures, checks, strays)


def proof_of(data: bytes, adapter: ImageFormat, sabotaged: bytes, *boxes: Box) -> list[str]:
    """The names of the checks that a sabotaged copy fails."""
    with adapter.open(io.BytesIO(data), SOURCE) as document:
        seen = [one for one in document.inspect() if isinstance(one, SegmentSeen)]
        plan = plan_for(seen, *(PixelRegion(box) for box in boxes))
        with adapter.open(io.BytesIO(sabotaged), SOURCE) as staged:
            return [check.name for check in document.prove(plan, staged) if not check.passed]


def demand_clean_twice(data: bytes, adapter: ImageFormat, *boxes: Box) -> Cleaned:
    """The copy is proved, hides nothing more, and is what it becomes when it is cleaned again."""
    once = clean(data, adapter, *boxes)
    assert not once.failed
    assert not once.strays
    again = clean(once.copy, recognize(once.copy[:4096]))
    assert again.copy == once.copy
    assert clean(data, adapter, *boxes).copy == once.copy
    assert CANARY.lower().encode() not in plain(once.copy).lower()
    return once


def plain(data: bytes) -> bytes:
    """The bytes and everything in them that a zlib stream holds."""
    pieces = [data]
    for start in (match.start() for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data)):
        try:
            pieces.append(zlib.decompressobj().decompress(data[start:], 1 << 20))
        except zlib.error:
            continue
    return b"".join(pieces)


def pixels(data: bytes, mode: str | None = None) -> NDArray[Any]:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert(mode) if mode else image)
