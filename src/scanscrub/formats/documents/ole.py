"""OLE compound files ([MS-CFB]): Thumbs.db, the documents of older office programs, messages of Outlook."""

import struct
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from scanscrub.domain.errors import NotLookedInto
from scanscrub.formats.documents.carving import carved

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR: Final = 0xFFFFFFFA
_ENTRY: Final = 128
_STREAM, _ROOT = 2, 5
_MINI, _MINI_CUTOFF = 64, 4096
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def pictures(data: bytes) -> Iterator[bytes]:
    """The images in all streams, those in none of them as well. Raises `NotLookedInto` where it cannot be read."""
    if _ENCRYPTED in data:
        raise NotLookedInto("The document is protected by a password.", "Open it, and look at its pictures.")
    seen: set[bytes] = set()
    try:
        streams = list(_streams(data))
    except (struct.error, IndexError, OverflowError):
        raise not_examined() from None
    for stream in streams:
        for image in carved(stream):
            if image not in seen:
                seen.add(image)
                yield image


def not_examined() -> NotLookedInto:
    return NotLookedInto(
        "The document is damaged; its pictures could not be looked at.", "Look at it, or take it out."
    )


def _streams(data: bytes) -> Iterator[bytes]:
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        raise IndexError
    size = 1 << shift
    table = _allocation(data, size)
    (first,) = struct.unpack_from("<L", data, 48)
    directory = _chain(data, size, table, first)
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    if not entries or entries[0][66] != _ROOT:
        raise IndexError
    (small_first,) = struct.unpack_from("<L", data, 60)
    packed = _chain(data, size, table, small_first)
    small_table = struct.unpack(f"<{len(packed) // 4}L", packed[: len(packed) // 4 * 4])
    small = _chain(data, size, table, struct.unpack_from("<L", entries[0], 116)[0])
    for entry in entries[1:]:
        if entry[66] == _STREAM:
            start, length = struct.unpack_from("<LL", entry, 116)
            if length < _MINI_CUTOFF:
                yield _chain_in(small, _MINI, small_table, start)[:length]
            else:
                yield _chain(data, size, table, start)[:length]
    yield _slack(data, size, table)


def _allocation(data: bytes, size: int) -> Sequence[int]:
    """The table that says which sector follows which; its own sectors are listed in the header and behind it."""
    places = [place for place in struct.unpack_from("<109L", data, 76) if place < _LAST_SECTOR]
    (more,) = struct.unpack_from("<L", data, 68)
    for _ in range(len(data) // size):
        if more >= _LAST_SECTOR:
            break
        *listed, more = struct.unpack_from(f"<{size // 4}L", data, (more + 1) * size)
        places += [place for place in listed if place < _LAST_SECTOR]
    sectors = (data[(place + 1) * size : (place + 2) * size].ljust(size, b"\xff") for place in places)
    packed = b"".join(sectors) if len(places) * size <= len(data) else b""
    return struct.unpack(f"<{len(packed) // 4}L", packed)


def _chain(data: bytes, size: int, table: Sequence[int], first: int) -> bytes:
    return _chain_in(data, size, table, first, offset=1)


def _chain_in(data: bytes, size: int, table: Sequence[int], first: int, offset: int = 0) -> bytes:
    """The sectors from the first one on. Raises `IndexError` where they lead nowhere, or round and round."""
    pieces: list[bytes] = []
    sector = first
    for steps in count():
        if sector >= _LAST_SECTOR:
            return b"".join(pieces)
        if steps > len(table):
            raise IndexError
        pieces.append(data[(sector + offset) * size : (sector + offset + 1) * size])
        sector = table[sector]
    return b""


def _slack(data: bytes, size: int, table: Sequence[int]) -> bytes:
    """The sectors that no stream has, of which a document that was shortened still holds the pictures."""
    free = (place for place, following in enumerate(table) if following == 0xFFFFFFFF)
    return b"".join(data[(place + 1) * size : (place + 2) * size] for place in free)
