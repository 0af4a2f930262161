"""Reading blobs out of a git object store, one ``git cat-file --batch`` for all of them."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, Self, TypeAlias

from scanscrub.domain.errors import NotAnImage, RefusedFile
from scanscrub.inputs.git import command, environment
from scanscrub.system.streams import HEAD_BYTES

LARGEST_BLOB = 1 << 30
"""Bytes. A blob is read into memory, because a temporary file would hold a patient's image."""

_CHUNK = 1 << 20

Wanted: TypeAlias = Callable[[bytes], bool]


class BlobStore:
    """The blobs of one repository; a context manager that ends git when it is left."""

    def __init__(self, tree: Path) -> None:
        self._git = subprocess.Popen(  # noqa: S603 - a fixed command
            command(tree, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for pipe in (self._git.stdin, self._git.stdout):
            if pipe is not None:
                pipe.close()
        self._git.wait()

    def open(self, oid: str, wanted: Wanted) -> BinaryIO | None:
        """The blob's bytes in memory; None where `wanted` says no to its first bytes (4,096 at most).

        Raises:
            RefusedFile: the blob is missing, or larger than `LARGEST_BLOB`.
        """
        asked, answers = self._git.stdin, self._git.stdout
        assert asked is not None
        assert answers is not None
        asked.write(oid.encode("ascii") + b"\n")
        asked.flush()
        answer = answers.readline().split()
        if len(answer) != 3 or answer[1] != b"blob":
            raise RefusedFile("The repository does not have this blob.", "Fetch it, or run `git fsck`.")
        size = int(answer[2])
        head = answers.read(min(size, HEAD_BYTES))
        if not wanted(head) or size > LARGEST_BLOB:
            _skip(answers, size - len(head) + 1)
            if not wanted(head):
                return None
            raise RefusedFile("The blob is too large to be read into memory.", "Check the file out and check that.")
        content = head + answers.read(size - len(head))
        answers.read(1)
        return io.BytesIO(content)


class BlobStores:
    """The stores of all repositories that blobs are asked of, open until `close`."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._stores: dict[Path, BlobStore] = {}

    def open(self, tree: Path, oid: str) -> BinaryIO:
        """The blob's bytes. Raises `RefusedFile`; `NotAnImage` where it is not wanted."""
        if tree not in self._stores:
            self._stores[tree] = BlobStore(tree)
        content = self._stores[tree].open(oid, self._wanted)
        if content is None:
            raise NotAnImage("The blob is no image.")
        return content

    def close(self) -> None:
        for store in self._stores.values():
            store.close()
        self._stores.clear()


def _skip(stream: IO[bytes], count: int) -> None:
    while count > 0:
        count -= len(stream.read(min(count, _CHUNK))) or count
