"""The files in a ZIP archive, read one at a time, however much it claims to hold."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.heads import is_part_10
from scanscrub.domain.held import Held

HEAD_BYTES = 4096
MAGIC = (b"PK\x03\x04", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")
"""How an archive begins, also one that was made to be split (APPNOTE 8.5.3 and 8.5.4)."""
MEMBER_LIMIT = 1 << 30
"""Bytes of one image in an archive: it is read into memory."""
ALWAYS_READ = 256 << 20
GREATEST_RATIO = 100
"""An archive whose images inflate to more than so many times its own size, and to more than `ALWAYS_READ` bytes,
is not read to its end. Images shrink to a third or so; what shrinks to less than a hundredth was made to burst.
"""

_FAULTS = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is opened as an archive. DICOM that has one behind it is not."""
    return head.startswith(MAGIC) and not is_part_10(head)


def members(stream: BinaryIO, wanted: Callable[[bytes], bool]) -> Iterator[Held]:
    """The files whose first bytes (4,096 at most) are `wanted`, in memory, sorted by name.

    Raises:
        RefusedFile: the archive is damaged, or was made to inflate without end.
    """
    budget = max(ALWAYS_READ, GREATEST_RATIO * stream.seek(0, io.SEEK_END))
    try:
        with zipfile.ZipFile(stream) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if info.is_dir() and not info.file_size:
                    continue
                content = _content(archive, info, wanted, min(budget, MEMBER_LIMIT))
                if content is None:
                    continue
                if isinstance(content, bytes):
                    budget -= len(content)
                    yield Held(info.filename, io.BytesIO(content))
                else:
                    yield Held(info.filename, content)
    except _FAULTS:
        raise RefusedFile("The archive is damaged.", "Unpack it and check the files.") from None


def _content(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, wanted: Callable[[bytes], bool], budget: int
) -> bytes | RefusedFile | None:
    try:
        with archive.open(info) as member:
            head = member.read(HEAD_BYTES)
            if not wanted(head):
                return None
            rest = member.read(max(budget - len(head), 0) + 1)
    except _FAULTS:
        return RefusedFile(
            "A file in the archive cannot be read.",
            "Unpack the archive, with its password if it has one, and check that.",
        )
    if len(head) + len(rest) > budget:
        raise RefusedFile("The archive inflates to more than can be read safely.", "Unpack it and check the files.")
    return head + rest
