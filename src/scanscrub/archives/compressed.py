"""The files in what is compressed (gzip, bzip2, xz) or collected (tar), however much it claims to hold."""

import io
import re
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from scanscrub.archives.allowance import ALWAYS_READ, GREATEST_RATIO, MOST_READ, Allowance
from scanscrub.archives.member import ArchiveMember
from scanscrub.domain.errors import NotLookedInto
from scanscrub.leftovers.file_signatures import is_part_10
from scanscrub.leftovers.stray_bytes import holds_a_file
from scanscrub.system.streams import HEAD_BYTES

if TYPE_CHECKING:
    import tarfile

LARGEST_PART: Final = 1 << 30
"""Bytes of one image: it is read into memory."""
_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"1AY&SY", b"\xfd7zXZ\0"
_OCTAL: Final = re.compile(rb"[0-7]{1,8}")
_BEGINNING: Final = re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0")
_HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 4, 8, 16

Wanted = Callable[[BinaryIO], bool]


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is looked into here. DICOM never is."""
    return not is_part_10(head) and (_is_compressed(head) or is_tar(head))


def is_tar(head: bytes) -> bool:
    """Whether it begins as a tape archive: with a header that has the magic, or, older than that, its checksum."""
    return head[257:262] == b"ustar" or _has_checksum(head)


def _has_checksum(header: bytes) -> bool:
    """Whether the sum over the 512 bytes of a tape archive's header, its own place as blanks, stands in it."""
    said = header[148:156].strip(b" \0")
    if len(header) < 512 or _OCTAL.fullmatch(said) is None:
        return False
    return int(said, 8) == sum(header[:148]) + 8 * ord(" ") + sum(header[156:512])


def _is_compressed(head: bytes) -> bool:
    return head.startswith((_GZIP, _XZ)) or (head[:3] == b"BZh" and head[4:10] == _BZIP2)


def parts(stream: BinaryIO, wanted: Wanted, allowance: Allowance) -> Iterator[ArchiveMember]:
    """The files that are `wanted`, in memory; of one that is too large its first gigabyte is asked about.

    Raises `NotLookedInto` where it is damaged or was made to inflate without end.
    """
    try:
        name = _name_inside(start_of(stream))
        inner = unpacked(stream, allowance=allowance)
        if is_tar(start_of(inner)):
            with open_tar(inner) as archive:
                for info in archive:
                    allowance.open()
                    # What is of no known type is unpacked as a file; what a link has, `tar_layout` finds.
                    content = None if info.islnk() or info.issym() else archive.extractfile(info)
                    if content is not None:
                        yield from _members(info.name, content, wanted)
            return
        found = False
        for member in _members(name, inner, wanted):
            found = True
            yield member
        while inner.read(1 << 20):
            pass
        if not found:
            yield from _compressed_behind(stream, wanted, allowance)
    except faults():
        raise NotLookedInto("The compressed file is damaged.", "Unpack it and check the files.") from None


def faults() -> tuple[type[Exception], ...]:
    """What is raised where a file is damaged."""
    from lzma import LZMAError  # noqa: PLC0415 - only for what is packed
    from tarfile import TarError  # noqa: PLC0415 - the same
    from zlib import error as ZlibError  # noqa: N812, PLC0415 - the same; a class that has a small name

    return LZMAError, TarError, ZlibError, OSError, EOFError, ValueError


def unpacked(stream: BinaryIO, at: int = 0, allowance: Allowance | None = None) -> BinaryIO:
    """What a compressed file, or the rest of it, inflates to, within bounds; any other file as it is."""
    limit = max(ALWAYS_READ, min(GREATEST_RATIO * stream.seek(0, io.SEEK_END), MOST_READ))
    head = start_of(stream, at)
    return cast("BinaryIO", _Bounded(_inflated(head, stream), limit, allowance)) if _is_compressed(head) else stream


def start_of(stream: BinaryIO, at: int = 0) -> bytes:
    """The first bytes from some place, at which the stream is left."""
    stream.seek(at)
    start = stream.read(HEAD_BYTES)
    stream.seek(at)
    return start


def _compressed_behind(stream: BinaryIO, wanted: Wanted, allowance: Allowance) -> Iterator[ArchiveMember]:
    """The first image that was compressed behind something else: such files one after the other inflate to one."""
    stream.seek(0)
    for again in _BEGINNING.finditer(stream.read(LARGEST_PART), 1):
        allowance.open()
        try:
            start = unpacked(stream, again.start(), allowance).read(HEAD_BYTES)
        except faults():
            continue
        if holds_a_file(start) and wanted(io.BytesIO(start)):
            yield from _members("", unpacked(stream, again.start(), allowance), wanted)
            return


def _inflated(head: bytes, stream: BinaryIO) -> BinaryIO:
    import bz2  # noqa: PLC0415 - only for what is packed
    import gzip  # noqa: PLC0415 - the same
    import lzma  # noqa: PLC0415 - the same

    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value] # reads like one
    return bz2.BZ2File(stream) if head.startswith(b"BZh") else lzma.LZMAFile(stream)  # type: ignore[return-value] # so do these


def open_tar(stream: BinaryIO) -> "tarfile.TarFile":
    """A tape archive to its last byte: what follows its end may be another one."""
    import tarfile  # noqa: PLC0415 - only for what is packed

    return tarfile.open(fileobj=stream, mode="r:", ignore_zeros=True)


def _members(name: str, content: IO[bytes], wanted: Wanted) -> Iterator[ArchiveMember]:
    data = content.read(LARGEST_PART + 1)
    file = io.BytesIO(data)
    if wanted(file):
        yield ArchiveMember(name, file if len(data) <= LARGEST_PART else _too_much())


def _name_inside(head: bytes) -> str:
    return gzip_header_text(head)[0].decode("latin-1").rpartition("/")[2]


def gzip_header_text(head: bytes) -> tuple[bytes, bytes]:
    """The name of the file and the comment that gzip keeps (RFC 1952, 2.3); empty where it keeps none."""
    if not head.startswith(_GZIP):
        return b"", b""
    rest = head[10:]
    if head[3] & _HAS_EXTRA:
        rest = rest[2 + int.from_bytes(rest[:2], "little") :]
    name, comment = b"", b""
    if head[3] & _HAS_NAME:
        name, _, rest = rest.partition(b"\0")
    if head[3] & _HAS_COMMENT:
        comment, _, rest = rest.partition(b"\0")
    return name, comment


def _too_much() -> NotLookedInto:
    return NotLookedInto(
        "The compressed file inflates to more than can be read safely.", "Unpack it and check the files."
    )


class _Bounded(io.RawIOBase):
    """Inflated bytes, until they are more than somebody can have meant. Going back inflates anew, and counts."""

    def __init__(self, inner: BinaryIO, limit: int, allowance: Allowance | None) -> None:
        self._inner, self._left, self._allowance = inner, limit, allowance

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        most = self._left if self._allowance is None else min(self._left, self._allowance.left)
        data = self._inner.read(size if 0 <= size <= most else most + 1)
        self._spend(len(data))
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        here = self._inner.tell()
        there = self._inner.seek(offset, whence)
        self._spend(max(0, there - here))
        return there

    def tell(self) -> int:
        return self._inner.tell()

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _too_much()
        if self._allowance is not None:
            self._allowance.spend(size)
