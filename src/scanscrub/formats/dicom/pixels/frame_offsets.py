"""Where each frame's bytes lie: native slices, or fragments behind item tags (PS3.5 A.4)."""

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO, TypeAlias

from scanscrub.domain.errors import RefusedFile

Span: TypeAlias = tuple[int, int]
"""Offset in the stream and length, in bytes."""

_ITEM = 0xE000FFFE
_END = 0xE0DDFFFE
_ENDS_OF_IMAGE = (b"\xff\xd9",)
"""EOI of JPEG and JPEG-LS, EOC of JPEG 2000."""
_BEGINNINGS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")
"""SOI of JPEG and JPEG-LS with the next marker, SOC of JPEG 2000 with SIZ, and the box that JP2 files begin with."""
_LONGEST_BEGINNING = 8
_TAIL = 10
_MOST_ITEMS = 1 << 24


class Encapsulated:
    """The frames of an encapsulated element, each of one or more fragments.

    There are as many as the element holds, and at least those that are `declared`. `had_offsets` says whether the
    file had a basic offset table, `surplus` how many bytes lie in the element that belong to no frame (tables
    that are not tables). Empty fragments are nothing, wherever they lie.
    """

    def __init__(
        self, stream: BinaryIO, start: int, declared: int, extended: Sequence[int], *, one_each: bool
    ) -> None:
        self._stream = stream
        table, fragments = _items(stream, start)
        basic = struct.unpack(f"<{table[1] // 4}I", _read(stream, table)[: table[1] // 4 * 4])
        self.had_offsets = bool(basic)
        self.had_extended = bool(extended)
        self._frames = self._group(fragments, declared, extended or basic, one_each=one_each)
        used = sum(length for frame in self._frames for _, length in frame)
        expected = 4 * self.frames if basic else 0
        self.surplus = sum(length for _, length in fragments) - used + max(table[1] - expected, 0)
        framed = {span for frame in self._frames for span in frame}
        self._beside = [
            (table[0] + expected, max(table[1] - expected, 0)),
            *(one for one in fragments if one not in framed),
        ]

    @property
    def frames(self) -> int:
        return len(self._frames)

    def frame(self, number: int) -> bytes:
        """The encoded bytes of a frame, its fragments joined."""
        return b"".join(_read(self._stream, span) for span in self._frames[number])

    def left_over(self, most: int) -> bytes:
        """The bytes of the element that belong to no frame, `most` of them."""
        found = b""
        for offset, length in self._beside:
            found += _read(self._stream, (offset, min(length, most - len(found))))
        return found

    def _group(
        self, fragments: Sequence[Span], declared: int, offsets: Sequence[int], *, one_each: bool
    ) -> list[Sequence[Span]]:
        filled = [fragment for fragment in fragments if fragment[1]]
        if len(filled) < declared:
            raise _damaged()
        if one_each or len(filled) == declared:
            return [[fragment] for fragment in filled]
        listed = _by_offsets(fragments, declared, offsets) if len(offsets) >= declared else None
        frames = [[fragment for fragment in frame if fragment[1]] for frame in listed or [fragments]]
        grouped = [begun for frame in frames if frame for begun in self._by_beginnings(frame)]
        return grouped if len(grouped) >= declared else self._by_ends(filled, declared)

    def _by_beginnings(self, fragments: Sequence[Span]) -> Iterator[Sequence[Span]]:
        """A fragment that begins as an image does begins a frame: within one, no fragment does."""
        current: list[Span] = []
        for place, (offset, length) in enumerate(fragments):
            if current and self._beginning(fragments[place : place + _LONGEST_BEGINNING]).startswith(_BEGINNINGS):
                yield current
                current = []
            current.append((offset, length))
        yield current

    def _beginning(self, fragments: Sequence[Span]) -> bytes:
        """The first bytes of fragments that are joined, even where they have one byte each."""
        found = b""
        for at, length in fragments:
            found += _read(self._stream, (at, min(length, _LONGEST_BEGINNING)))
            if len(found) >= _LONGEST_BEGINNING or (
                found and not any(each.startswith(found) for each in _BEGINNINGS)
            ):
                break
        return found

    def _by_ends(self, fragments: Sequence[Span], declared: int) -> list[Sequence[Span]]:
        """A fragment whose last bytes hold an end-of-image marker ends a frame."""
        grouped: list[Sequence[Span]] = []
        current: list[Span] = []
        for offset, length in fragments:
            current.append((offset, length))
            tail = _read(self._stream, (offset + max(length - _TAIL, 0), min(length, _TAIL)))
            if any(end in tail for end in _ENDS_OF_IMAGE):
                grouped.append(current)
                current = []
        if len(grouped) < declared or current:
            raise _damaged()
        return grouped


def _by_offsets(fragments: Sequence[Span], declared: int, offsets: Sequence[int]) -> list[Sequence[Span]] | None:
    """Group by a table of offsets from the first fragment's item tag; None where the table is untrue.

    What the table has beyond the declared frames counts where it is true as well.
    """
    first = fragments[0][0]
    starts = {offset - first: number for number, (offset, _) in enumerate(fragments)}
    numbers = [starts.get(offset, -1) for offset in offsets]
    for listed in (numbers, numbers[:declared]):
        bounds = [*listed, len(fragments)]
        if bounds[0] == 0 and all(0 <= start < end for start, end in pairwise(bounds)):
            return [fragments[start:end] for start, end in pairwise(bounds)]
    return None


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
