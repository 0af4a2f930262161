"""What a file is called: from which folder, by which parts of its path, and what may be shown before them."""

import os
from collections.abc import Sequence
from pathlib import Path

from scanscrub.inputs.file_names import points_at_a_person
from scanscrub.inputs.git import top_of
from scanscrub.inputs.input import Address


class Naming:
    """Names files from a folder `start`: the working folder, or, of a path elsewhere, the one that the argument lies
    in, so that the argument's own name and what is below it are judged.

    `folders` are those from which a baseline and patterns name files.
    """

    def __init__(self, start: Path, folders: Sequence[Path]) -> None:
        self._top = _topmost(start, folders)
        self._folders = folders
        self._ways: dict[Path, tuple[tuple[int, int], ...]] = {}
        self._unshown, self._anchor = len(start.relative_to(self._top).parts), ""
        if start != Path.cwd():
            parts = self._top.as_posix().rstrip("/").split("/")
            shown = ("<withheld>" if points_at_a_person(part) else part for part in parts)
            self._unshown, self._anchor = 0, "/".join((*shown, ""))

    def address(self, file: Path) -> Address:
        """Of a file below the folder, whose path is absolute."""
        if file.parent not in self._ways:
            self._ways[file.parent] = _ways(file, self._top, self._folders)
        return Address(file.relative_to(self._top).parts, self._anchor, self._unshown, self._ways[file.parent])


class BlobNaming:
    """Names blobs from the top of their work tree."""

    def __init__(self, tree: Path, folders: Sequence[Path]) -> None:
        self._top = _topmost(tree, folders)
        self._above = tree.relative_to(self._top).parts
        self._folders = folders

    def address(self, path: str) -> Address:
        parts = (*self._above, *path.split("/"))
        ways = _ways(self._top.joinpath(*parts), self._top, self._folders)
        return Address(parts, unshown=len(self._above), ways=ways)


def _topmost(start: Path, folders: Sequence[Path]) -> Path:
    """The folder from which names are judged: what a baseline or a pattern would name has to be."""
    work = top_of(start)
    shared = [
        Path(os.path.commonpath((start, folder)))
        for folder in folders
        if start.is_relative_to(folder) or folder.is_relative_to(work)
    ]
    return min((start, *shared), key=lambda one: len(one.parts))


def _ways(file: Path, top: Path, folders: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    return tuple(
        _way(folder.relative_to(top), file.relative_to(top)) if folder.is_relative_to(top) else (0, -1)
        for folder in folders
    )


def _way(folder: Path, file: Path) -> tuple[int, int]:
    shared = len(Path(os.path.commonpath((folder, file.parent))).parts)
    return len(folder.parts) - shared, shared
