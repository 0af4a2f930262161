"""One input: a file, a member of an archive, or a blob of a repository, all opened the same way."""

import io
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanscrub.archives.zip_members import MEMBER_LIMIT
from scanscrub.domain.errors import RefusedFile
from scanscrub.inputs.git import Blob
from scanscrub.inputs.git_blobs import BlobStores


@dataclass(frozen=True, slots=True)
class Address:
    """What an input is called. `parts` are the folder names and the file name that belong to it and are judged;
    `anchor` is what stands before them as it may be shown: the user chose it, and it is no finding. The first
    `unshown` of them lead to the working folder, which no report names. For `ways` see `CheckRecord`.
    """

    parts: tuple[str, ...] = ()
    anchor: str = ""
    unshown: int = 0
    ways: tuple[tuple[int, int], ...] = ()

    def path(self, shown: Sequence[str]) -> str:
        """The path as reports show it, where its `parts` are `shown` so."""
        return self.anchor + "/".join(shown[self.unshown :])


@dataclass(frozen=True, slots=True)
class Input:
    """One input by its place, which stays between the caller and the worker; records know the number.

    `path` is the file's, the archive's of a `member`, and of a `blob` that of its work tree.
    """

    number: int
    path: str
    member: str | None = None
    position: int = 0
    """Of the member in its archive: two may have one name."""
    blob: Blob | None = None
    address: Address = Address()

    @property
    def place(self) -> str:
        """The path, with the archive member behind a ``!``. For the crosswalk only."""
        return self.path if self.member is None else f"{self.path}!{self.member}"

    @property
    def folder(self) -> Path:
        """In which work tree it lies."""
        return Path(self.path) if self.blob else Path(self.path).parent

    def open(self, blobs: BlobStores | None = None) -> BinaryIO:
        """Open it for reading; a pipe or a device is not waited for, and a member or blob comes into memory.

        Raises `RefusedFile`; `NotAnImage` for a blob that is none.
        """
        if self.blob is not None:
            assert blobs is not None
            return blobs.open(Path(self.path), self.blob.oid)
        try:
            if self.member is None:
                return _open_file(Path(self.path))
            return io.BytesIO(_member_bytes(self.path, self.position))
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
            raise RefusedFile(
                "The file cannot be read.",
                "Check its permissions, and that it is complete and not protected by a password.",
            ) from None


def _open_file(file: Path) -> BinaryIO:
    """Raises `RefusedFile` where it is none: reading a pipe would wait for ever."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise RefusedFile(
            "There is no file: a link leads nowhere, or it is gone.", "Repair the link, or remove it."
        ) from None
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise RefusedFile("It is a pipe, a socket or a device, and was not read.", "Name a file or a folder.")
    return file.open("rb")


def _member_bytes(path: str, position: int) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[position]) as stream:
        data = stream.read(MEMBER_LIMIT + 1)
    if len(data) > MEMBER_LIMIT:
        raise RefusedFile("A file in the archive is too large to be opened there.", "Unpack the archive first.")
    return data
