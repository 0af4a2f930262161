"""What `check` examines: a file on the disk or a blob of a repository, by the names it goes by."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanscrub.archives.zip_layout import ends_as_archive
from scanscrub.checking.names.file_names import points_at_a_person
from scanscrub.checking.pointers import is_pointer
from scanscrub.domain.errors import RefusedFile, UsageError
from scanscrub.formats.documents.registry import is_document
from scanscrub.formats.registry import not_an_image
from scanscrub.formats.unsupported.text_pictures import head_of, holds_pixels, is_text_picture
from scanscrub.inputs.folder import files_below
from scanscrub.inputs.git import Blob, history, is_ignored, staged, top_of, work_tree


@dataclass(frozen=True, slots=True)
class Subject:
    """One input. `parts` are the folder names and the file name that belong to it and are judged; `anchor` is
    what stands before them as it may be shown: the user chose it, and it is no finding. The first `unshown` of them
    lead to the working folder, which no report names. For `ways` see `CheckRecord`.

    `file` is where a file is opened; a blob has the `tree` of its repository and its object id instead.
    """

    parts: tuple[str, ...]
    anchor: str = ""
    file: str = ""
    tree: str = ""
    oid: str = ""
    commit: str = ""
    unshown: int = 0
    ways: tuple[tuple[int, int], ...] = ()

    def path(self, shown: Sequence[str]) -> str:
        """The path as reports show it, where its `parts` are `shown` so."""
        return self.anchor + "/".join(shown[self.unshown :])


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be examined; and how many folders were named of which git ignores all."""

    subjects: tuple[Subject, ...]
    ignored: int = 0


def files(paths: Sequence[Path], folders: Sequence[Path] = (), *, respect_ignore: bool) -> Listing:
    """Every regular file below `paths` that may be an image, once; and what was named and is no file.

    `folders` are those from which a baseline and patterns name files. Raises `UsageError` where a path is not there.
    """
    cwd = Path.cwd()
    here = _Naming(cwd, folders)
    found: dict[str, Subject] = {}
    ignored = 0
    for number, path in enumerate(paths, 1):
        if not os.path.lexists(path):
            sentence = f"{_called(number, len(paths))} does not exist."
            raise UsageError(sentence, "Check the spelling; put quotes around spaces.")
    for path in paths:
        argument = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
        naming = here if argument.is_relative_to(cwd) else _Naming(argument.parent, folders)
        listed = 0
        for listed, file in enumerate(_named(path, respect_ignore=respect_ignore), 1):  # noqa: B007 - counted
            absolute = os.path.abspath(file)  # noqa: PTH100 - the same
            if absolute not in found and may_hold_an_image(file):
                named = here if Path(absolute).is_relative_to(cwd) else naming
                found[absolute] = named.subject(Path(absolute))
        if respect_ignore and path.is_dir():
            ignored += is_ignored(path) or (not listed and any(files_below(path, respect_ignore=False)))
    return Listing(tuple(found.values()), ignored)


def _called(number: int, count: int) -> str:
    """A path by its place in the command: its name may be somebody's."""
    return "The path" if count == 1 else f"Path {number} of {count}"


def _named(path: Path, *, respect_ignore: bool) -> Iterator[Path]:
    """The files below a path that was named; itself, where it is a pipe or a link that leads nowhere."""
    if path.is_dir():
        return files_below(path, respect_ignore=respect_ignore)
    return iter((path,))


def may_be_an_image(head: bytes) -> bool:
    """Whether a file that begins so is not certainly something else.

    A pointer of Git LFS or git-annex is text, and stands for anything.
    """
    return is_pointer(head) or (bool(head) and (not not_an_image(head) or is_text_picture(head)))


def may_hold_an_image(file: Path) -> bool:
    """False for what is certainly none; a file that cannot be read may be one."""
    try:
        with opened(file) as stream:
            head = head_of(stream)
            if may_be_an_image(head) and holds_pixels(head, stream):
                return True
            return ends_as_archive(stream) or is_document(head, stream)
    except (OSError, RefusedFile):
        return True


def opened(file: Path) -> BinaryIO:
    """The file, open for reading. Raises `RefusedFile` where it is none: reading a pipe would wait for ever."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise RefusedFile("There is no file: a link leads nowhere.", "Mend the link, or take it out.") from None
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise RefusedFile("It is a pipe, a socket or a device, and was not read.", "Name a file or a folder.")
    return file.open("rb")


class _Naming:
    """Names files from a folder `start`: the working folder, or, of a path elsewhere, the one that the argument lies
    in, so that the argument's own name and what is below it are judged.
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

    def subject(self, file: Path) -> Subject:
        if file.parent not in self._ways:
            self._ways[file.parent] = _ways(file, self._top, self._folders)
        parts = file.relative_to(self._top).parts
        return Subject(parts, self._anchor, str(file), unshown=self._unshown, ways=self._ways[file.parent])


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


def staged_blobs(paths: Sequence[Path], folders: Sequence[Path] = ()) -> Iterator[Subject]:
    """The blobs that the next commit would add, as the index has them.

    Raises `UsageError`, also where a path is neither on the disk nor among them.
    """
    for number, path in enumerate(paths, 1):
        if not os.path.lexists(path) and not staged(Path.cwd(), [path]):
            sentence = f"{_called(number, len(paths))} does not exist, and is not staged."
            raise UsageError(sentence, "Check the spelling.")
    return _blob_subjects(staged(Path.cwd(), paths), folders)


def history_blobs(folders: Sequence[Path] = ()) -> Iterator[Subject]:
    """Every blob of the repository's history, once, and under later names that point at a person.

    Raises `UsageError`.
    """
    again = history(Path.cwd(), lambda path: any(map(points_at_a_person, path.split("/"))))
    return _blob_subjects(again, folders)


def _blob_subjects(blobs: Iterable[Blob], folders: Sequence[Path]) -> Iterator[Subject]:
    tree = work_tree(Path.cwd()) or Path.cwd()
    top = _topmost(tree, folders)
    above = tree.relative_to(top).parts
    for blob in blobs:
        parts = (*above, *blob.path.split("/"))
        ways = _ways(top.joinpath(*parts), top, folders)
        yield Subject(parts, tree=str(tree), oid=blob.oid, commit=blob.commit, unshown=len(above), ways=ways)
