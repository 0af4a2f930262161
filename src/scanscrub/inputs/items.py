"""Where inputs come from: files, folders and ZIP archives, in one order, without following links out of them."""

import io
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanscrub.archives.zip_members import MEMBER_LIMIT, is_archive
from scanscrub.domain.allowance import Allowance
from scanscrub.domain.errors import NotLookedInto, RefusedFile, UsageError
from scanscrub.domain.streams import HEAD_BYTES


@dataclass(frozen=True, slots=True)
class Item:
    """One input by its place. The path stays between the caller and the worker; records know the number."""

    number: int
    path: str
    member: str | None = None
    position: int = 0
    """Of the member in its archive: two may have one name."""
    named: bool = True
    """Whether the user named this very file (a file found in a folder may turn out to be no image)."""

    @property
    def place(self) -> str:
        """The path, with the archive member behind a ``!``. For the crosswalk only."""
        return self.path if self.member is None else f"{self.path}!{self.member}"

    def open(self) -> BinaryIO:
        """Open it for reading; a pipe or a device is not waited for. Raises `RefusedFile`."""
        try:
            if self.member is None:
                return _open_file(Path(self.path))
            return io.BytesIO(_member_bytes(self.path, self.position))
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
            raise RefusedFile(
                "The file cannot be read.", "Check that it is there, complete and not protected by a password."
            ) from None


def find_items(paths: Iterable[Path], *, outside: Path | None = None) -> Iterator[Item]:
    """Every regular file below `paths`, numbered from 1, folders in name order; archives are looked into.

    Links inside folders are not followed; `outside` (the output folder) is left out. Raises `UsageError` where
    a path does not exist.
    """
    number = 0
    for place, path in enumerate(paths, 1):
        if not path.exists():
            missing = f"Input path {place} does not exist."  # which may be a patient's name
            raise UsageError(missing, "Check the spelling; put quotes around spaces.")
        for file, named in _files(path, outside.resolve() if outside else None):
            for member, position in _members(file):
                number += 1
                yield Item(number, str(file), member, position, named=named and member is None)


def _files(path: Path, outside: Path | None) -> Iterator[tuple[Path, bool]]:
    if not path.is_dir():
        yield path, True
        return
    for folder, folders, files in os.walk(path):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if outside is None or (here / name).resolve() != outside)
        for name in sorted(files):
            file = here / name
            if stat.S_ISREG(file.lstat().st_mode):
                yield file, False


def _members(file: Path) -> Iterator[tuple[str | None, int]]:
    """The members of an archive, by name, with their positions; a single None for every other file, and for an
    archive that says to hold more than may be read.
    """
    try:
        with file.open("rb") if file.is_file() else io.BytesIO() as stream:
            archive = is_archive(stream.read(HEAD_BYTES))
        if archive:
            with zipfile.ZipFile(file) as opened:
                infos = [(info, position) for position, info in enumerate(opened.infolist()) if not info.is_dir()]
                Allowance(file.stat().st_size).spend(sum(info.file_size for info, _ in infos))
                yield from sorted((info.filename, position) for info, position in infos)
            return
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, NotLookedInto):
        pass
    yield None, 0


def _open_file(path: Path) -> BinaryIO:
    if not path.is_file():
        raise FileNotFoundError
    return path.open("rb")


def _member_bytes(path: str, position: int) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[position]) as stream:
        data = stream.read(MEMBER_LIMIT + 1)
    if len(data) > MEMBER_LIMIT:
        raise RefusedFile("A file in the archive is too large to be opened there.", "Unpack the archive first.")
    return data
