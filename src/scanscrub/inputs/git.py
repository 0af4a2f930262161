"""What git knows: which files it would take, what is staged, and every blob of a history."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanscrub.domain.errors import UsageError

_REGULAR_FILES = frozenset({"100644", "100755", "100664"})
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "log.diffMerges=separate", "-c", "log.showSignature=false")
"""No program of the repository's or the user's own is started: a check of signatures may fetch their keys."""
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content as git stores it. `path` is relative to the top of the work tree."""

    oid: str
    path: str
    commit: str = ""
    """The first commit that has it, for a blob of a history."""


def work_tree(folder: Path) -> Path | None:
    """The top of the work tree that `folder` lies in; None where there is none, or no git."""
    answer = _found(folder, "rev-parse", "--show-toplevel")
    if not answer:
        return None
    return Path(os.fsdecode(answer.removesuffix(b"\n")))


def top_of(folder: Path) -> Path:
    """The same, without asking git: the nearest folder that holds ``.git``; `folder` itself where there is none."""
    holders = (above for above in (folder, *folder.parents) if os.path.lexists(above / ".git"))
    return next(holders, folder)


def unignored(folder: Path) -> tuple[str, ...] | None:
    """The paths below `folder`, relative to it, that git tracks or would take; None outside a work tree.

    A path that ends in a slash is a repository inside the repository. A folder that may not be listed is there
    itself, unless it is ignored.
    """
    listed = ("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ".")
    done = _run(folder, *listed, surroundings=_elsewhere())
    if done is None:
        return None
    names = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    # What git could not open, it only warns of.
    return tuple(sorted(names | _closed(folder) if done.stderr else names))


def _closed(folder: Path) -> set[str]:
    """The folders below `folder`, relative to it, that may not be listed and are not ignored."""
    closed: set[str] = set()
    walk = os.walk(folder, onerror=lambda error: closed.add(os.path.relpath(error.filename, folder)))
    for place, folders, _ in walk:
        # A repository inside this one has rules of its own.
        folders[:] = [name for name in folders if name != ".git" and not os.path.lexists(f"{place}/{name}/.git")]
    return {name for name in closed if not _found(folder, "check-ignore", "--", name)}


def is_ignored(folder: Path) -> bool:
    """Whether git ignores the folder as a whole; what is tracked in it all the same is listed by `unignored`."""
    return _found(folder, "check-ignore", "-q", "--", ".") is not None


def staged(folder: Path, paths: Sequence[Path] = ()) -> tuple[Blob, ...]:
    """What the next commit would change or add, from the index and not from the disk."""
    tree = _required_tree(folder)
    only = [os.fspath(path.absolute()) for path in paths]
    shape = ("--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=d")
    return tuple(_raw_blobs(_tell(tree, "diff", "--cached", *shape, "--", *only)))


def history(folder: Path, again: Callable[[str], bool] = lambda _: False) -> Iterator[Blob]:
    """Every blob that a ref reaches, once, under the first path and commit that had it.

    Once more under each later path of which `again` says so, with the first commit that had it there.
    Raises `UsageError` where the clone is shallow: what is not here must not count as clean.
    """
    tree = _required_tree(folder)
    if _tell(tree, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise UsageError(
            "This clone is shallow: most of the history is not here.",
            "Run `git fetch --unshallow`; in CI, check out with fetch-depth: 0.",
        )
    seen = set()
    renamed = set()
    for blob in _logged(tree):
        if blob.oid not in seen:
            seen.add(blob.oid)
        elif (blob.oid, blob.path) in renamed or not again(blob.path):
            continue
        renamed.add((blob.oid, blob.path))
        yield blob
    blobs_only = (
        "--objects",
        "--all",
        "--missing=allow-any",
        "--filter=object:type=blob",
        "--filter-provided-objects",
    )
    for line in _tell(tree, "rev-list", *blobs_only).split(b"\n"):
        oid, _, name = line.partition(b" ")
        if oid and oid.decode() not in seen:
            seen.add(oid.decode())
            yield Blob(oid.decode(), os.fsdecode(name))


def _logged(tree: Path) -> Iterator[Blob]:
    # Against every parent (-m), so that what only a merge brought in is there too.
    shape = ("--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=d", "-m", "--root", "--format=%x01%H")
    yield from _raw_blobs(_tell(tree, "log", "--all", "--reverse", *shape))


def _raw_blobs(listing: bytes) -> Iterator[Blob]:
    """Read git's raw diff format: ``:old-mode new-mode old-oid new-oid status``, then the path.

    A field that starts with a 1 byte names the commit of those that follow.
    """
    commit = ""
    fields = iter(listing.split(b"\0"))
    for field in fields:
        entry = field.lstrip(b"\n").decode("ascii")
        if entry.startswith("\x01"):
            commit = entry[1:]
        elif entry.startswith(":"):
            path = next(fields)
            _, mode, _, oid, _ = entry.split(" ")
            if mode in _REGULAR_FILES and oid.strip("0"):
                yield Blob(oid, os.fsdecode(path), commit)


def _required_tree(folder: Path) -> Path:
    if shutil.which("git") is None:
        raise UsageError("--staged and --history need git, and it is not installed.", "Install git.")
    tree = work_tree(folder)
    if tree is None:
        raise UsageError("--staged and --history need a git work tree.", "Run the command inside one.")
    return tree


def _tell(folder: Path, *arguments: str) -> bytes:
    answer = _ask(folder, *arguments)
    if answer is None:
        raise UsageError("git could not read this repository.", "Run `git fsck` to see why.")
    return answer


def _ask(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None where it fails."""
    done = _run(folder, *arguments)
    return None if done is None else done.stdout


def _found(folder: Path, *arguments: str) -> bytes | None:
    """The same of the repository that the folder lies in."""
    done = _run(folder, *arguments, surroundings=_elsewhere())
    return None if done is None else done.stdout


def _run(
    folder: Path, *arguments: str, surroundings: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes] | None":
    """The answer of git; None where it fails. It takes no lock and starts no monitor of the repository's own."""
    try:
        return subprocess.run(  # noqa: S603 - fixed subcommands; paths stand behind "--"
            command(folder, *arguments), capture_output=True, check=True, env=surroundings or environment()
        )
    except (OSError, subprocess.CalledProcessError):
        return None


def command(folder: Path, *arguments: str) -> list[str]:
    return ["git", *_SETTINGS, "-C", os.fspath(folder), *arguments]


def environment() -> dict[str, str]:
    """What git gets: it may not fetch what is not here, and no replacement hides what a commit really holds."""
    asked = {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C",
    }
    return {**os.environ, **asked}


def _elsewhere() -> dict[str, str]:
    """The same without what git tells its hooks, where it would take any folder for the top of the work tree."""
    return {name: value for name, value in environment().items() if name not in _OF_A_HOOK}
