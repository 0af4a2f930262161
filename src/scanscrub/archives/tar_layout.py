"""What lies in a tape archive, and in what gzip packed, beside the files: bytes that no file uses, remarks.

The structures: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; RFC 1952, 2.3.
"""

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from scanscrub.archives.compressed import faults, gzip_header_text, is_tar, open_tar, start_of, unpacked
from scanscrub.archives.member import is_commit
from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.leftovers.stray_bytes import is_padding, unneeded_bytes

_HARMLESS: Final = frozenset(
    {"path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "hdrcharset", "charset"}
)
_OF_PROGRAMS: Final = ("GNU.", "SCHILY.", "LIBARCHIVE.", "RHT.")
_LOOKED_AT: Final = 1 << 24
"""Bytes of one stretch that are looked at."""


def remarks(stream: BinaryIO) -> Iterator[str]:
    """What kinds of remarks there are, in words of this program; none where it cannot be read.

    A file's owner and group are not among them: they name an account of the machine on which it was packed, as every
    archive does, and no patient.
    """
    if gzip_header_text(start_of(stream))[1].strip():
        yield "gzip comment"
    try:
        tape = unpacked(stream)
        if is_tar(start_of(tape)) and any(map(_says_more, _pax_headers(tape))):
            yield "tar comment"
    except faults():
        return


def _pax_headers(tape: BinaryIO) -> Iterator[Mapping[str, str]]:
    with open_tar(tape) as archive:
        for info in archive:
            yield info.pax_headers
        yield archive.pax_headers


def _says_more(headers: Mapping[str, str]) -> bool:
    """Whether one of them is no name, size, time or number, nor of those that tar programs add."""
    return any(
        text.strip()
        and not (key in _HARMLESS or key.startswith(_OF_PROGRAMS) or is_commit(text.encode("utf-8", "replace")))
        for key, text in headers.items()
    )


def strays(stream: BinaryIO) -> Iterator[SegmentSeen]:
    """The bytes of a tape archive that belong to no file and are no padding: a file whose header is damaged, what a
    folder or a link should not have, what lies behind the end. Nothing where it cannot be read.
    """
    try:
        gaps = tuple(_gaps(unpacked(stream)))
        tape, index = unpacked(stream), 0
        for start, end in gaps:
            tape.seek(start)
            data = _behind_global_headers(tape.read(min(end - start, _LOOKED_AT)))
            if not is_padding(data):
                yield unneeded_bytes(Segment("tar bytes that belong to no file", index), data)
                index += 1
    except faults():
        return


def _gaps(tape: BinaryIO) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch, in order."""
    if not is_tar(start_of(tape)):
        return
    last = 0
    with open_tar(tape) as archive:
        for info in archive:
            if info.offset > last:
                yield last, info.offset
            # The next header is looked for behind a file's padding, and at once behind what should have no bytes.
            last = archive.offset
            if info.offset_data + info.size < last:
                yield info.offset_data + info.size, last
    size = tape.seek(0, io.SEEK_END)
    if size > last:
        yield last, size


def _behind_global_headers(data: bytes) -> bytes:
    """What follows the end of an archive and the headers that count for all files: those of git begin with one."""
    import tarfile  # noqa: PLC0415 - only for what is packed

    at = 0
    while True:
        header = data[at : at + tarfile.BLOCKSIZE]
        if header == bytes(tarfile.BLOCKSIZE):
            at += tarfile.BLOCKSIZE
            continue
        try:
            info = tarfile.TarInfo.frombuf(header, "latin-1", "strict")
        except tarfile.TarError:
            return data[at:]
        if info.type != tarfile.XGLTYPE:
            return data[at:]
        at += tarfile.BLOCKSIZE * (1 + max(0, -(-info.size // tarfile.BLOCKSIZE)))
