"""Bounds that keep a small hostile file from becoming a large picture, and the sentences that say so."""

import zlib
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile

MAX_FILE_BYTES = 2 << 30
MAX_PIXELS = 178_000_000
"""Of one frame: 10,000 x 10,000 fit, and what Pillow itself calls a bomb does not."""
MAX_FRAMES = 10_000
MAX_TEXT_BYTES = 1 << 20
"""Of one inflated metadata segment; what lies behind is not looked at (the segment goes anyway)."""
MAX_INFLATED = 16 << 20
"""No color profile is larger."""


def read_whole(stream: BinaryIO) -> bytes:
    """All bytes of a seekable stream. Raises `RefusedFile` where there are too many to hold."""
    stream.seek(0)
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise RefusedFile("The picture file is too large.", "Split it or save it compressed.")
    return data


def demand_size(columns: int, rows: int) -> None:
    """Raises `RefusedFile` for a frame without pixels or with too many."""
    if columns < 1 or rows < 1:
        raise RefusedFile("The picture has no pixels.", "Nothing can be cleaned in it.")
    if columns * rows > MAX_PIXELS:
        raise RefusedFile("The picture has too many pixels to be examined.", "Crop or scale it down first.")


def inflated_text(data: bytes) -> tuple[bytes, bytes]:
    """The start of a zlib stream's content, `MAX_TEXT_BYTES` at most, and the bytes behind the stream's end.

    Where it is no zlib stream, or a longer one than any profile, what was not inflated lies behind it.
    """
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, MAX_INFLATED)
    except zlib.error:
        return b"", data
    return content[:MAX_TEXT_BYTES], stream.unused_data or stream.unconsumed_tail


def damaged(kind: str) -> RefusedFile:
    """The refusal of a file that cannot be decoded. `kind` is a word of ours: ``"PNG"``."""
    return RefusedFile(f"The {kind} file is damaged or incomplete.", "Export the picture again and try that file.")


def unsupported(kind: str) -> RefusedFile:
    """The refusal of a variant that this program does not decode."""
    return RefusedFile(
        f"The {kind} file is of a variant that cannot be cleaned here.", "Export the picture as an ordinary PNG."
    )
