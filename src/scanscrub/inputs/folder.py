"""The files below a path, in order, without following a link or opening what is no file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from scanscrub.inputs.git import unignored


def files_below(start: Path, *, respect_ignore: bool) -> Iterator[Path]:
    """Regular files below `start` (or `start` itself, where it is one), sorted by name within each folder.

    Inside a git work tree only what git tracks or would take, if `respect_ignore`. Symbolic links are not
    followed below `start`: their targets are either there under their own name, or not below `start`. Pipes,
    sockets and devices are left out, since reading them would wait for ever. ``.git`` folders are left out.
    A folder that cannot be listed is yielded itself, and so is what git tracks in a folder that may not be
    entered: what cannot be seen must not count as clean.
    """
    if not start.is_dir():
        if _is_regular(start):
            yield start
        return
    listed = unignored(start) if respect_ignore else None
    if listed is None:
        yield from _walked(start)
        return
    for name in listed:
        path = start / name
        mode = _mode(path)
        if mode is None:
            yield path
        elif path == start:
            # The place of a submodule that is not checked out: what lies there is nobody's to ignore.
            yield from _walked(start)
        elif stat.S_ISDIR(mode):
            # A repository inside this one, a submodule for example: it has rules of its own.
            yield from files_below(path, respect_ignore=True)
        elif stat.S_ISREG(mode):
            yield path


def _walked(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".git":
                yield from _walked(folder / entry.name)
        elif entry.is_file(follow_symlinks=False):
            yield folder / entry.name


def _mode(path: Path) -> int | None:
    """What `path` is, links not followed: 0 where nothing is there, None where that may not be known."""
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        return None


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
