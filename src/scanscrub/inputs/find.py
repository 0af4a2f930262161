"""The inputs of a run: files of the disk, members of archives, blobs of a repository, by one function."""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from scanscrub.archives.allowance import Allowance
from scanscrub.archives.zip_members import is_archive
from scanscrub.domain.errors import NotLookedInto, UsageError
from scanscrub.inputs.file_names import points_at_a_person
from scanscrub.inputs.folder import files_below
from scanscrub.inputs.git import Blob, history, is_ignored, staged, work_tree
from scanscrub.inputs.input import Address, Input
from scanscrub.inputs.naming import BlobNaming, Naming
from scanscrub.system.streams import HEAD_BYTES, size_of


class Origin(Enum):
    """Where the bytes of inputs come from."""

    FILES = "files"
    STAGED = "staged"
    """What the next commit would add, as the index has it."""
    HISTORY = "history"
    """Every blob of the repository's history, once, and under later names that point at a person."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What counts as an input. `outside` (the output folder) is left out.

    `archives`: members of a ZIP archive are inputs of their own. `respect_ignore`: what git ignores is none.
    `named`: each has an address, `folders` being those from which a baseline and patterns name files.
    `once`: a file that two paths lead to is one input. `wanted` is asked of every file's path.
    """

    origin: Origin = Origin.FILES
    outside: Path | None = None
    archives: bool = True
    respect_ignore: bool = False
    named: bool = False
    once: bool = False
    folders: tuple[Path, ...] = ()
    wanted: Callable[[Path], bool] = lambda _: True


def find_inputs(paths: Sequence[Path], scope: Scope) -> Iterator[Input]:
    """Every regular file below `paths`, what was named and is no file, or the blobs there, numbered from 1.

    Links inside folders are not followed. Raises `UsageError`, also where a path is not there.
    """
    match scope.origin:
        case Origin.FILES:
            found = _files(paths, scope)
        case Origin.STAGED:
            found = _blobs(_staged(paths), scope)
        case Origin.HISTORY:
            again = history(Path.cwd(), lambda path: any(map(points_at_a_person, path.split("/"))))
            found = _blobs(again, scope)
    return (replace(each, number=number) for number, each in enumerate(found, 1))


def ignored_folders(paths: Sequence[Path], found: Sequence[Input]) -> int:
    """Of how many folders that were named git ignores all but what it tracks."""
    return sum(_is_ignored(path, found) for path in paths if path.is_dir())


def _is_ignored(folder: Path, found: Sequence[Input]) -> bool:
    if is_ignored(folder):
        return True
    top = f"{_absolute(folder)}{os.sep}"
    if any(each.path.startswith(top) for each in found) or any(files_below(folder, respect_ignore=True)):
        return False
    return any(files_below(folder, respect_ignore=False))


def require_there(paths: Sequence[Path]) -> None:
    """Raises `UsageError` where a path is not there."""
    for number, path in enumerate(paths, 1):
        if not os.path.lexists(path):
            sentence = f"{_called(number, len(paths))} does not exist."
            raise UsageError(sentence, "Check the spelling; put quotes around spaces.")


def _files(paths: Sequence[Path], scope: Scope) -> Iterator[Input]:
    require_there(paths)
    seen: set[Path] = set()
    for path in paths:
        argument = _absolute(path)
        naming = _naming(argument, scope.folders) if scope.named else None
        for file in _below(path, scope):
            absolute = _absolute(file)
            if (scope.once and absolute in seen) or not scope.wanted(file):
                continue
            if scope.once:
                seen.add(absolute)
            each = Input(0, str(absolute), address=naming(absolute)) if naming else Input(0, str(file))
            yield from _members(each) if scope.archives else (each,)


def _naming(argument: Path, folders: Sequence[Path]) -> Callable[[Path], Address]:
    cwd = Path.cwd()
    here = Naming(cwd, folders)
    there = here if argument.is_relative_to(cwd) else Naming(argument.parent, folders)
    return lambda file: (here if file.is_relative_to(cwd) else there).address(file)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _below(path: Path, scope: Scope) -> Iterable[Path]:
    """The files below a path that was named; itself, where it is a pipe or a link that leads nowhere."""
    if not path.is_dir():
        return (path,)
    outside = scope.outside.resolve() if scope.outside else None
    return files_below(path, respect_ignore=scope.respect_ignore, outside=outside)


def _called(number: int, count: int) -> str:
    """A path by its place in the command: its name may be somebody's."""
    return "The path" if count == 1 else f"Path {number} of {count}"


def _members(file: Input) -> Iterator[Input]:
    """The members of an archive, by name; the file itself where it is none, or says to hold more than may be read."""
    try:
        members = _listed(file.path)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, NotLookedInto):
        members = None
    if members is None:
        yield file
    else:
        yield from (replace(file, member=name, position=position) for name, position in members)


def _listed(path: str) -> list[tuple[str, int]] | None:
    """The names of an archive's files in order, with their positions; None of what is no archive."""
    if not Path(path).is_file():
        return None
    with open(path, "rb") as stream:  # noqa: PTH123 - a str already
        if not is_archive(stream.read(HEAD_BYTES)):
            return None
        with zipfile.ZipFile(stream) as archive:
            infos = [(info, position) for position, info in enumerate(archive.infolist()) if not info.is_dir()]
        Allowance(size_of(stream)).spend(sum(info.file_size for info, _ in infos))
        return sorted((info.filename, position) for info, position in infos)


def _staged(paths: Sequence[Path]) -> tuple[Blob, ...]:
    for number, path in enumerate(paths, 1):
        if not os.path.lexists(path) and not staged(Path.cwd(), [path]):
            sentence = f"{_called(number, len(paths))} does not exist, and is not staged."
            raise UsageError(sentence, "Check the spelling.")
    return staged(Path.cwd(), paths)


def _blobs(blobs: Iterable[Blob], scope: Scope) -> Iterator[Input]:
    tree = work_tree(Path.cwd()) or Path.cwd()
    naming = BlobNaming(tree, scope.folders)
    yield from (Input(0, str(tree), blob=blob, address=naming.address(blob.path)) for blob in blobs)
