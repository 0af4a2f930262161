"""The files in a ZIP archive, read one at a time, however much it claims to hold."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from scanscrub.archives.allowance import ALWAYS_READ, GREATEST_RATIO, Allowance
from scanscrub.archives.member import ArchiveMember
from scanscrub.domain.errors import NotLookedInto, RefusedFile
from scanscrub.leftovers.file_signatures import is_part_10

MAGIC = (b"PK\x03\x04", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")
"""How an archive begins, also one that was made to be split (APPNOTE 8.5.3 and 8.5.4)."""
MEMBER_LIMIT = 2 << 30
"""Bytes of one image in an archive: it is read into memory."""
_TOO_MUCH = ("The archive inflates to more than can be read safely.", "Unpack it and check the files.")

_FAULTS = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is opened as an archive. DICOM that has one behind it is not."""
    return head.startswith(MAGIC) and not is_part_10(head)


def members(stream: BinaryIO, wanted: Callable[[BinaryIO], bool], allowance: Allowance) -> Iterator[ArchiveMember]:
    """The files that are `wanted`, in memory, sorted by name; of one that is too large the beginning is asked about.

    Raises:
        RefusedFile: the archive is damaged, or was made to inflate without end, alone or with all around it.
    """
    budget = max(ALWAYS_READ, GREATEST_RATIO * stream.seek(0, io.SEEK_END))
    try:
        with zipfile.ZipFile(stream) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if info.is_dir() and not info.file_size:
                    continue
                allowance.open()
                content = _content(archive, info, min(budget, MEMBER_LIMIT, allowance.left) + 1)
                if isinstance(content, RefusedFile):
                    yield ArchiveMember(info.filename, content)
                    continue
                budget -= len(content)
                is_within = allowance.take(len(content))
                file = io.BytesIO(content)
                is_wanted = wanted(file)
                if budget < 0 or not is_within or (is_wanted and len(content) > MEMBER_LIMIT):
                    raise (RefusedFile if is_wanted else NotLookedInto)(*_TOO_MUCH)
                if is_wanted:
                    yield ArchiveMember(info.filename, file)
    except _FAULTS:
        raise RefusedFile("The archive is damaged.", "Unpack it and check the files.") from None


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | RefusedFile:
    try:
        with archive.open(info) as member:
            return member.read(most)
    except _FAULTS:
        return RefusedFile(
            "A file in the archive cannot be read.",
            "Unpack the archive, with its password if it has one, and check that.",
        )
