"""A copy that has no name yet: written, proved, and only then linked to its final name, never over another file.

On Linux the staged file is anonymous (O_TMPFILE): if this process dies, nothing is left of it. Elsewhere it lies
in a private folder beside the output folder, on the same file system.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from scanscrub.domain.errors import OutputUnusableError

FILE_MODE = 0o644
RACES = 100
"""How often in a row other workers may take the staging folder away."""


class StagedFile:
    """A private, nameless file in `root`'s file system. `stream` writes; `reopened` reads from the start."""

    def __init__(self, stream: BinaryIO, path: Path, *, anonymous: bool) -> None:
        self.stream = stream
        self._path = path
        self._anonymous = anonymous

    def reopened(self) -> BufferedReader:
        """Open the staged bytes anew, read-only, as a stranger would."""
        self.stream.flush()
        return self._path.open("rb")

    def publish(self, root: Path, name: str) -> str:
        """Give the bytes their name below `root`; the name in use, with ``-2``, ``-3`` ... where one was taken."""
        return next(each for each in names_like(name) if self.publish_as(root, each))

    def publish_as(self, root: Path, name: str) -> bool:
        """Give the bytes that very name below `root`; False where it is taken. Raises `OutputUnusableError`."""
        self.stream.flush()
        final = root / name
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            self._path.chmod(FILE_MODE)
            self._link(final)
        except FileExistsError:
            return False
        except OSError:
            raise OutputUnusableError(
                "The output folder cannot be written to.",
                "Check its free space and permissions, or give another one.",
            ) from None
        return True

    def _link(self, final: Path) -> None:
        if self._anonymous:
            # The path is a link that must be followed, which os.link does only when it is given a folder's
            # descriptor as well; with an absolute path the kernel takes no notice of which.
            os.link(self._path, final, src_dir_fd=self.stream.fileno(), follow_symlinks=True)
        else:
            os.link(self._path, final)


def names_like(name: str) -> Iterator[str]:
    """The name itself, then with ``-2``, ``-3`` ... before its extension."""
    yield name
    wanted = PurePosixPath(name)
    for number in count(2):
        yield wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}").as_posix()


@contextmanager
def staged_file(root: Path) -> Iterator[StagedFile]:
    """Stage one file for the output folder `root`. Whatever was not published is gone at the end.

    Raises `OutputUnusableError` where the folder's file system takes no file.
    """
    anonymous = _anonymous(root)
    if anonymous is not None:
        with anonymous:
            yield StagedFile(anonymous, Path(f"/proc/self/fd/{anonymous.fileno()}"), anonymous=True)
        return
    folder = staging_folder(root)
    path = folder / secrets.token_hex(16)
    try:
        stream = _opened(path)
    except OSError:
        raise OutputUnusableError(
            "There is no place beside the output folder to prepare the copies in.",
            "Give an output folder whose parent folder can be written to.",
        ) from None
    try:
        with stream:
            yield StagedFile(stream, path, anonymous=False)
    finally:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            folder.rmdir()


def _opened(path: Path) -> BinaryIO:
    """A new file in its folder, which another worker may take away as empty before the file is there."""
    for _ in range(RACES):
        with suppress(FileExistsError):
            path.parent.mkdir(mode=0o700)  # with exist_ok it fails where the folder goes in between
        with suppress(FileNotFoundError):
            return path.open("xb")
    raise FileNotFoundError


def staging_folder(root: Path) -> Path:
    """Where copies for `root` are staged when the system has no anonymous files."""
    return root.parent / f".{root.name}.scanscrub-staging"


def _anonymous(root: Path) -> BinaryIO | None:
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not Path("/proc/self/fd").exists():
        return None
    try:
        return os.fdopen(os.open(root, flag | os.O_RDWR, 0o600), "w+b")
    except OSError:
        return None


def clear_staging(root: Path) -> None:
    """Take away what a killed run had staged for `root`, where the system has no anonymous files."""
    shutil.rmtree(staging_folder(root), ignore_errors=True)


def make_output(root: Path) -> None:
    """Make the output folder, if there is none. Raises `OutputUnusableError`."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise OutputUnusableError(
            "The output folder cannot be made or written to.", "Give a folder that you may write to."
        ) from None


def prepare_output(root: Path, *, resume: bool, passed_over: Container[str] = ()) -> None:
    """Make the output folder; it must be new or empty, unless an earlier run is resumed.

    Raises `OutputUnusableError`.
    """
    make_output(root)
    try:
        if not resume and any(path.name not in passed_over for path in root.iterdir()):
            raise OutputUnusableError(
                "The output folder is not empty.",
                "Give a new folder after -o, or add --resume to go on with an earlier run.",
            )
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError:
        raise OutputUnusableError(
            "The output folder cannot be made or written to.", "Give a folder that you may write to."
        ) from None
