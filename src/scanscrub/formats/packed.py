"""The files in what is compressed (gzip, bzip2, xz) or strung together (tar), however much it claims to hold."""

import io
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, Final, cast

from scanscrub.domain.errors import NotLookedInto, RefusedFile
from scanscrub.domain.heads import is_part_10
from scanscrub.domain.held import Held

HEAD_BYTES: Final = 4096
LARGEST_PART: Final = 1 << 30
"""Bytes of one image: it is read into memory."""
ALWAYS_READ, MOST_READ, GREATEST_RATIO = 256 << 20, 4 << 30, 100
"""What inflates to more bytes than the first, and to so many times its size or to the second, is not read on."""
_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"1AY&SY", b"\xfd7zXZ\0"
_HAS_EXTRA, _HAS_NAME = 4, 8
_DAMAGED: Final = NotLookedInto("The compressed file is damaged.", "Unpack it and check the files.")
_TOO_MUCH: Final = NotLookedInto(
    "The compressed file inflates to more than can be read safely.", "Unpack it and check the files."
)

Wanted = Callable[[bytes], bool]


def is_packed(head: bytes) -> bool:
    """Whether a file that begins so is looked into here. DICOM never is."""
    return not is_part_10(head) and (_is_compressed(head) or is_tar(head))


def is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _is_compressed(head: bytes) -> bool:
    return head.startswith((_GZIP, _XZ)) or (head[:3] == b"BZh" and head[4:10] == _BZIP2)


def parts(stream: BinaryIO, wanted: Wanted) -> Iterator[Held]:
    """The files whose first bytes (4,096 at most) are `wanted`, in memory.

    Raises `NotLookedInto` where it is damaged or was made to inflate without end.
    """
    from lzma import LZMAError  # noqa: PLC0415 - only for what is packed
    from tarfile import TarError  # noqa: PLC0415 - the same
    from zlib import error as ZlibError  # noqa: N812, PLC0415 - the same; a class that has a small name

    limit = max(ALWAYS_READ, min(GREATEST_RATIO * stream.seek(0, io.SEEK_END), MOST_READ))
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    try:
        inner = cast("BinaryIO", _Bounded(_inflated(head, stream), limit)) if _is_compressed(head) else stream
        start = inner.read(HEAD_BYTES)
        inner.seek(0)
        if is_tar(start):
            yield from _strung(inner, wanted)
        elif wanted(start):
            yield Held(_name_inside(head), _read(inner))
        else:
            while inner.read(1 << 20):
                pass
    except (LZMAError, TarError, ZlibError, OSError, EOFError, ValueError):
        raise _DAMAGED from None


def _inflated(head: bytes, stream: BinaryIO) -> BinaryIO:
    import bz2  # noqa: PLC0415 - only for what is packed
    import gzip  # noqa: PLC0415 - the same
    import lzma  # noqa: PLC0415 - the same

    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value] # reads like one
    return bz2.BZ2File(stream) if head.startswith(b"BZh") else lzma.LZMAFile(stream)  # type: ignore[return-value] # so do these


def _strung(stream: BinaryIO, wanted: Wanted) -> Iterator[Held]:
    import tarfile  # noqa: PLC0415 - only for what is packed

    # What follows the end of an archive may be another one.
    with tarfile.open(fileobj=stream, mode="r:", ignore_zeros=True) as archive:
        for info in archive:
            content = archive.extractfile(info) if info.isfile() else None
            if content is not None and wanted(content.read(HEAD_BYTES)):
                content.seek(0)
                yield Held(info.name, _read(content))


def _read(content: IO[bytes]) -> BinaryIO | RefusedFile:
    data = content.read(LARGEST_PART + 1)
    return io.BytesIO(data) if len(data) <= LARGEST_PART else _TOO_MUCH


def _name_inside(head: bytes) -> str:
    """The name that gzip keeps of the file (RFC 1952, 2.3); empty where it keeps none."""
    if not head.startswith(_GZIP) or not head[3] & _HAS_NAME:
        return ""
    at = 10
    if head[3] & _HAS_EXTRA:
        at += 2 + int.from_bytes(head[10:12], "little")
    return head[at:].partition(b"\0")[0].decode("latin-1").rpartition("/")[2]


class _Bounded(io.RawIOBase):
    """Inflated bytes, until they are more than somebody can have meant. Going back inflates anew, and counts."""

    def __init__(self, inner: BinaryIO, limit: int) -> None:
        self._inner, self._left = inner, limit

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._inner.read(size if 0 <= size <= self._left else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _TOO_MUCH
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        here = self._inner.tell()
        there = self._inner.seek(offset, whence)
        self._left -= max(0, there - here)
        if self._left < 0:
            raise _TOO_MUCH
        return there

    def tell(self) -> int:
        return self._inner.tell()
