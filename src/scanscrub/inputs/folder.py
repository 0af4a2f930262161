"""The files below a path, in order, without following a link or opening what is no file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from scanscrub.inputs.git import unignored


def files_below(start: Path, *, respect_ignore: bool, outside: Path | None = None) -> Iterator[Path]:
    """Regular files below `start` (or `start` itself, where it is one), those of a folder sorted by name, and behind
    them those of its folders. The folder `outside` is left out.

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
        yield from _walked(start, outside)
        return
    for name in listed:
        path = start / name
        mode = _mode(path)
        if mode is None:
            yield path
        elif path == start:
            # The place of a submodule that is not checked out: what lies there is nobody's to ignore.
            yield from _walked(start, outside)
        elif stat.S_ISDIR(mode):
            # A repository inside this one, a submodule for example: it has rules of its own.
            yield from files_below(path, respect_ignore=True)
        elif stat.S_ISREG(mode):
            yield path


def _walked(folder: Path, outside: Path | None) -> Iterator[Path]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    yield from (folder / entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    for entry in entries:
        below = folder / entry.name
        is_searched = entry.is_dir(follow_symlinks=False) and entry.name != ".git"
        if is_searched and (outside is None or below.resolve() != outside):
            yield from _walked(below, outside)


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
