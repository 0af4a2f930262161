"""A bounded look into files and icons that are refused: whether there is a picture in them."""

import re
import struct
from typing import BinaryIO, Final

from scanscrub.domain.errors import NoImageSeen, NotLookedInto, RefusedFile

Found = type[RefusedFile]
"""What a look says: `RefusedFile` for a picture in it, `NoImageSeen`, or `NotLookedInto` where nobody can tell."""

_MOST: Final = 64 << 20
_ICON: Final = 256
"""Rows or columns of the largest icon that Windows shows."""
_ICNS_KINDS: Final = re.compile(rb"[A-Za-z0-9#+ ]{3,4}|\xfd\xd9\x2f\xa8")
_SCANS: Final = (b"minc", b"MINC", b"DICOM", b"dicom", b"PatientName", b"patient_name", b"PatientID", b"patient_id")


def always(_: BinaryIO) -> Found:
    """It is a picture itself."""
    return RefusedFile


def never(_: BinaryIO) -> Found:
    """Nothing here can look into it."""
    return NotLookedInto


def scientific(stream: BinaryIO) -> Found:
    """Arrays that may be anything, unless a name says that they are a scan's."""
    data = _data(stream)
    return RefusedFile if any(word in data for word in _SCANS) else NotLookedInto


def windows_icon(stream: BinaryIO) -> Found:
    """An icon of Windows is small; what is not all there, larger, or followed by something is no icon."""
    data = _data(stream)
    (count,) = struct.unpack_from("<H", data, 4)
    end = 6 + 16 * count
    for place in range(6, end, 16):
        length, offset = struct.unpack_from("<LL", data, place + 8)
        if offset + length > len(data) or max(_icon_size(data[offset : offset + length])) > _ICON:
            return RefusedFile
        end = max(end, offset + length)
    return NoImageSeen if not data[end:].strip(b"\0") else RefusedFile


def _icon_size(data: bytes) -> tuple[int, int]:
    """Columns and rows of one picture of an icon: a PNG file, or a bitmap with its mask below it."""
    if data.startswith(b"\x89PNG"):
        return struct.unpack_from(">LL", data, 16) if len(data) >= 24 else (_ICON + 1, 0)
    if len(data) < 12:
        return _ICON + 1, 0
    columns, rows = struct.unpack_from("<ll", data, 4)
    return abs(columns), abs(rows) // 2


def apple_icon(stream: BinaryIO) -> Found:
    """An icon of macOS is a row of pictures of fixed sizes; what does not add up is something else."""
    data = _data(stream)
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">L", data, at + 4)
        if length < 8 or _ICNS_KINDS.fullmatch(data[at : at + 4]) is None:
            return RefusedFile
        at += length
    return NoImageSeen if at == len(data) else RefusedFile


def _data(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(_MOST)


def is_windows_icon(head: bytes) -> bool:
    """An icon or a cursor: a directory whose first picture lies behind it."""
    if len(head) < 22 or head[:4] not in (b"\0\0\1\0", b"\0\0\2\0"):
        return False
    (count,) = struct.unpack_from("<H", head, 4)
    length, offset = struct.unpack_from("<LL", head, 14)
    return 0 < count <= 256 and not head[9] and length > 0 and offset >= 6 + 16 * count
