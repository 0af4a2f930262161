"""Text in a ZIP archive outside its files: comments, and directory fields that unpacking ignores."""

import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from scanscrub.archives.member import is_commit

_UNICODE_PATH: Final = 0x7075
_HARMLESS: Final = frozenset(
    {
        0x0001,  # sizes above 4 GB
        0x000A,  # NTFS: times
        0x000D,  # Unix: times and numbers of the owner
        0x5455,  # times
        0x5855,  # Info-ZIP, Unix, old: times and numbers of the owner
        0x7855,  # Info-ZIP, Unix: numbers of the owner
        0x7875,  # the same, new
        0x756E,  # ASi Unix: mode
        0xA220,  # Office: room to grow
        0x9901,  # AES encryption
        0xCAFE,  # a Java archive
        0xD935,  # Android: alignment
    }
)
"""Kinds of extra fields that hold nothing but times, modes and sizes (APPNOTE 4.5, 4.6)."""


def remarks(stream: BinaryIO) -> Iterator[str]:
    """The kinds of remarks in the archive, in this program's words; none if the archive cannot be read."""
    try:
        with zipfile.ZipFile(stream) as archive:
            comment, infos = archive.comment, archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return
    if comment.strip(b"\0 \r\n\t") and not is_commit(comment):
        yield "ZIP comment"
    if any(info.comment.strip(b"\0 \r\n\t") for info in infos):
        yield "ZIP file comment"
    if any(_says_more(info) for info in infos):
        yield "ZIP extra field"


def _says_more(info: zipfile.ZipInfo) -> bool:
    """Whether an extra field may hold text, another name than the file's, or bytes that make no field."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        value = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH:
            if value[5:].decode("utf-8", "replace") != info.orig_filename:
                return True
        elif kind not in _HARMLESS and value.strip(b"\0"):
            return True
        at += 4 + length
    return bool(extra[at:].strip(b"\0"))
