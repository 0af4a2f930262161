"""What lies in a ZIP archive beside the files that its directory lists: files left out of it, bytes around them.

The structures: PKWARE's APPNOTE 6.3.10, 4.3.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.leftovers.stray_bytes import is_padding, unneeded_bytes

_END: Final = b"PK\5\6"
_ENTRY: Final = b"PK\1\2"
_LOCATOR, _DESCRIPTOR = b"PK\6\7", b"PK\7\x08"
_SPLIT_MARKS: Final = (b"PK00", b"PK\7\x08")
_END_BYTES, _LONGEST_REMARK = 22, (1 << 16) - 1
_HAS_DESCRIPTOR: Final = 0x0008
_LOOKED_AT: Final = 1 << 24
"""Bytes of one stretch that are looked at."""
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_DICOM: Final = b"DICM\x02\x00"

_FAULTS: Final = (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error)


def ends_as_archive(stream: BinaryIO) -> bool:
    """Whether a file ends with an archive's directory, whatever it begins with: a self-extracting program, say."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - _END_BYTES - _LONGEST_REMARK)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        return False
    count, length = struct.unpack_from("<HL", tail, at + 10)
    if 0xFFFF in (count, length & 0xFFFF) and tail[max(0, at - 20) : at].startswith(_LOCATOR):
        return True
    stream.seek(max(0, start + at - length))
    is_directory = stream.read(4) == _ENTRY
    stream.seek(0)
    return count > 0 and is_directory


def strays(stream: BinaryIO) -> Iterator[SegmentSeen]:
    """The bytes that belong to no listed file and are no padding; nothing where the archive cannot be read."""
    try:
        with zipfile.ZipFile(stream) as archive:
            gaps = tuple(_gaps(stream, archive))
    except _FAULTS:
        return
    index = 0
    for gap in gaps:
        stream.seek(gap.start)
        data = stream.read(min(gap.end - gap.start, _LOOKED_AT))
        if not is_padding(data) and not (gap.start == 0 and _is_harmless_prefix(data)):
            yield unneeded_bytes(Segment("ZIP bytes that belong to no listed file", index), data)
            index += 1


@dataclass(frozen=True, slots=True)
class _Gap:
    start: int
    end: int


def _is_harmless_prefix(data: bytes) -> bool:
    """Whether it is the program that unpacks the archive: it holds icons by right, but no image of a patient."""
    return data in _SPLIT_MARKS or (data.startswith(_PROGRAMS) and _DICOM not in data)


def _gaps(stream: BinaryIO, archive: zipfile.ZipFile) -> Iterator[_Gap]:
    last = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset > last:
            yield _Gap(last, info.header_offset)
        stream.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", stream.read(4))
        start = info.header_offset + 30 + name + extra
        end = start + info.compress_size
        if info.is_dir() and not info.file_size and info.compress_size:
            yield _Gap(start, end)
        last = max(last, end + (_descriptor(stream, end, info) if info.flag_bits & _HAS_DESCRIPTOR else 0))
    directory = archive.start_dir
    if directory > last:
        yield _Gap(last, directory)
    end = _end_of_directory(stream, directory)
    size = stream.seek(0, io.SEEK_END)
    if size > end:
        yield _Gap(end, size)


def _descriptor(stream: BinaryIO, at: int, info: zipfile.ZipInfo) -> int:
    """How long the data descriptor is that follows a file (4.3.9); 0 where there is none."""
    stream.seek(at)
    data = stream.read(24)
    for mark in (_DESCRIPTOR, b""):
        for form in ("<LLL", "<LQQ"):
            values = struct.pack(form, info.CRC, info.compress_size & _most(form), info.file_size & _most(form))
            if data.startswith(mark + values):
                return len(mark + values)
    return 0


def _most(form: str) -> int:
    return (1 << 64) - 1 if "Q" in form else (1 << 32) - 1


def _end_of_directory(stream: BinaryIO, at: int) -> int:
    """Where the directory ends with its records: entries, the 64-bit records, the end with its remark."""
    while True:
        stream.seek(at)
        head = stream.read(46)
        match head[:4]:
            case b"PK\1\2":
                at += 46 + sum(struct.unpack_from("<HHH", head, 28))
            case b"PK\5\5":
                at += 6 + int.from_bytes(head[4:6], "little")
            case b"PK\6\6":
                at += 12 + int.from_bytes(head[4:12], "little")
            case b"PK\6\7":
                at += 20
            case b"PK\5\6":
                return at + _END_BYTES + int.from_bytes(head[20:22], "little")
            case _:
                return at
