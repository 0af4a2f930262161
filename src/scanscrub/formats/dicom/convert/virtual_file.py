"""A file that is not there: its head is in memory, and each of its frames is drawn when it is read."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class VirtualFile(io.RawIOBase):
    """`head`, then `frames` times the `frame_bytes` that `draw` gives for a frame, then a NUL where they are odd.

    Read-only and seekable. One frame is in memory, so that no picture before its masks lies in a file.
    """

    def __init__(self, head: bytes, frame_bytes: int, frames: int, draw: Callable[[int], bytes]) -> None:
        super().__init__()
        self._head = head
        self._frame_bytes = frame_bytes
        self._draw = lru_cache(maxsize=1)(draw)
        self._drawn_to = len(head) + frame_bytes * frames
        self._end = self._drawn_to + frame_bytes * frames % 2
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill the buffer, unless the file ends before."""
        target = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(target) and (piece := self._piece(len(target) - filled)):
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._at += len(piece)
        return filled

    def _piece(self, most: int) -> bytes:
        """What comes next of the head, of one frame, or of the padding; empty at the end."""
        if self._at < len(self._head):
            return self._head[self._at : self._at + most]
        if self._at >= self._drawn_to:
            return bytes(min(most, max(0, self._end - self._at)))
        frame, start = divmod(self._at - len(self._head), self._frame_bytes)
        return self._draw(frame)[start : start + most]
