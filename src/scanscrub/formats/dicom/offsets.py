"""Where each frame's bytes lie: native slices, or fragments behind item tags (PS3.5 A.4)."""

import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import BinaryIO, TypeAlias

from scanscrub.domain.errors import RefusedFile

Span: TypeAlias = tuple[int, int]
"""Offset in the stream and length, in bytes."""

_ITEM = 0xE000FFFE
_END = 0xE0DDFFFE
_ENDS_OF_IMAGE = (b"\xff\xd9",)
"""EOI of JPEG and JPEG-LS, EOC of JPEG 2000."""
_TAIL = 10
_MOST_ITEMS = 1 << 24


class Encapsulated:
    """The frames of an encapsulated element, each of one or more fragments.

    `had_offsets` says whether the file had a basic offset table, `surplus` how many bytes lie in the element
    that belong to no frame: fragments after the last frame, tables that are not tables.
    """

    def __init__(self, stream: BinaryIO, start: int, frames: int, extended: Sequence[int], *, one_each: bool) -> None:
        self._stream = stream
        table, fragments = _items(stream, start)
        basic = struct.unpack(f"<{table[1] // 4}I", _read(stream, table)[: table[1] // 4 * 4])
        self.had_offsets = bool(basic)
        self.had_extended = bool(extended)
        self._frames = self._group(fragments, frames, extended or basic, one_each=one_each)
        used = sum(length for frame in self._frames for _, length in frame)
        expected = 4 * frames if basic else 0
        self.surplus = sum(length for _, length in fragments) - used + max(table[1] - expected, 0)

    def frame(self, number: int) -> bytes:
        """The encoded bytes of a frame, its fragments joined."""
        return b"".join(_read(self._stream, span) for span in self._frames[number])

    def _group(
        self, fragments: Sequence[Span], frames: int, offsets: Sequence[int], *, one_each: bool
    ) -> list[Sequence[Span]]:
        if len(fragments) < frames:
            raise _damaged()
        if one_each or len(fragments) == frames:
            return [[fragment] for fragment in fragments[:frames]]
        if len(offsets) >= frames and (grouped := _by_offsets(fragments, frames, offsets)):
            return grouped
        if frames == 1:
            return [fragments]
        return self._by_ends(fragments, frames)

    def _by_ends(self, fragments: Sequence[Span], frames: int) -> list[Sequence[Span]]:
        """A fragment whose last bytes hold an end-of-image marker ends a frame."""
        grouped: list[Sequence[Span]] = []
        current: list[Span] = []
        for offset, length in fragments:
            current.append((offset, length))
            tail = _read(self._stream, (offset + max(length - _TAIL, 0), min(length, _TAIL)))
            if any(end in tail for end in _ENDS_OF_IMAGE):
                grouped.append(current)
                current = []
        if len(grouped) < frames:
            raise _damaged()
        return grouped[:frames]


def _by_offsets(fragments: Sequence[Span], frames: int, offsets: Sequence[int]) -> list[Sequence[Span]] | None:
    """Group by a table of offsets from the first fragment's item tag; None where the table is untrue."""
    first = fragments[0][0]
    starts = {offset - first: number for number, (offset, _) in enumerate(fragments)}
    numbers = [starts.get(offset, -1) for offset in offsets]
    bounds = [*numbers, len(fragments)][: frames + 1]
    if bounds[0] != 0 or any(start < 0 or start >= end for start, end in pairwise(bounds)):
        return None
    return [fragments[start:end] for start, end in pairwise(bounds)]


def _items(stream: BinaryIO, start: int) -> tuple[Span, list[Span]]:
    """The spans of the offset table and of each fragment."""
    spans: list[Span] = []
    position = start
    while len(spans) < _MOST_ITEMS:
        tag, length = struct.unpack("<II", _read(stream, (position, 8)))
        position += 8
        if tag == _END:
            break
        if tag != _ITEM or length == 0xFFFFFFFF:
            raise _damaged()
        spans.append((position, length))
        position += length
    if len(spans) < 2:
        raise _damaged()
    _read(stream, (spans[-1][0] + spans[-1][1], 8))
    return spans[0], spans[1:]


def _read(stream: BinaryIO, span: Span) -> bytes:
    stream.seek(span[0])
    data = stream.read(span[1])
    if len(data) != span[1]:
        raise _damaged()
    return data


def _damaged() -> RefusedFile:
    return RefusedFile(
        "The compressed image data is damaged or incomplete.",
        "Export the file again from its source.",
    )
