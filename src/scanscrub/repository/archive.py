"""The files in a ZIP archive, read one at a time, however much it claims to hold."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile

HEAD_BYTES = 4096
MAGIC = b"PK\x03\x04"
INFLATED_LIMIT = 2 << 30
"""Bytes. An archive whose images inflate to more than this together is not read to its end."""

_FAULTS = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name there, and its bytes, where they could be read."""

    name: str
    content: BinaryIO | RefusedFile


def members(stream: BinaryIO, wanted: Callable[[bytes], bool]) -> Iterator[Member]:
    """The files whose first bytes (4,096 at most) are `wanted`, in memory, sorted by name.

    Raises:
        RefusedFile: the archive is damaged, or what it holds inflates to more than `INFLATED_LIMIT`.
    """
    budget = INFLATED_LIMIT
    try:
        with zipfile.ZipFile(stream) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if info.is_dir():
                    continue
                content = _content(archive, info, wanted, budget)
                if content is None:
                    continue
                if isinstance(content, bytes):
                    budget -= len(content)
                    yield Member(info.filename, io.BytesIO(content))
                else:
                    yield Member(info.filename, content)
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
