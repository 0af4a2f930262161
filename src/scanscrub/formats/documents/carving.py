"""Images inside other bytes, found by their signatures and cut where they end."""

import re
import struct
from collections.abc import Iterator
from typing import Final

from scanscrub.domain.errors import NotLookedInto

_SIGNATURES: Final = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xc0-\xfe]|GIF8[79]a|DICM\x02\x00|PK\x03\x04|%PDF-1|RIFF.{4}WEBP|II\*\x00|MM\x00\*",
    re.DOTALL,
)
_PREAMBLE: Final = 128
_MOST: Final = 4096


def carved(data: bytes) -> Iterator[bytes]:
    """Each image, archive or document that begins in the bytes; what is in one is not looked for again.

    Raises `NotLookedInto` where there are too many.
    """
    at = tried = 0
    while found := _SIGNATURES.search(data, at):
        tried += 1
        if tried > _MOST:
            raise NotLookedInto("It holds more pictures than can be looked at.", "Look at it, or take it out.")
        start = found.start()
        if found[0].startswith(b"DICM"):
            start = max(at, start - _PREAMBLE)
        end = _end_of(data, start, found[0])
        at = max(end, found.end())
        if end > start:
            yield data[start:end]


def _end_of(data: bytes, start: int, signature: bytes) -> int:
    """Where a file ends; where it cannot tell, with the bytes. 0 for what is none."""
    if signature.startswith(b"\x89PNG"):
        return _end_of_png(data, start + 8)
    if signature.startswith(b"\xff\xd8"):
        return _end_of_jpeg(data, start + 2)
    if signature.startswith((b"II", b"MM")):
        return len(data) if start == 0 else 0
    if signature.startswith(b"RIFF"):
        return min(len(data), start + 8 + int.from_bytes(data[start + 4 : start + 8], "little"))
    return len(data)


def _end_of_png(data: bytes, at: int) -> int:
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, at)
        last = data[at + 4 : at + 8] == b"IEND"
        at += 12 + length
        if last:
            return min(at, len(data))
    return len(data)


def _end_of_jpeg(data: bytes, at: int) -> int:
    """By its segments; entropy-coded bytes go on up to a marker that is none of theirs. 0 where no frame begins."""
    has_frame = False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return len(data) if has_frame else 0
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return at + 2
        has_frame = has_frame or (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _behind_scan(data, at)
    if data[at : at + 2] == b"\xff\xd9":
        return at + 2
    return len(data) if has_frame else 0


_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _behind_scan(data: bytes, at: int) -> int:
    found = _MARKER.search(data, at)
    return found.start() if found else len(data)
