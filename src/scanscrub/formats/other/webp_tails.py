"""Bytes of WebP image data that no pixel comes from (RFC 6386, RFC 9649): behind a stream, behind a partition."""

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.other.webp_chunks import WebpChunk, WebpFrame, packed_file
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import damaged

_SPARE = 4
"""Bytes that an encoder may leave at the end of a stream: seen were 3 of VP8, 1 of VP8L, none of ALPH."""
_FRAME_HEADER = 10
_EVEN = 128
_PARTITION_SIZE = 3


def without_tails(frame: WebpFrame) -> WebpFrame:
    """The same pixels without such bytes; the frame itself where it has none. Raises `RefusedFile`."""
    pixels = decoded(frame)
    if pixels is None:
        raise damaged("WebP")

    def same(place: int, data: bytes) -> bool:
        chunk = WebpChunk(frame.chunks[place].kind, data)
        chunks = (*frame.chunks[:place], chunk, *frame.chunks[place + 1 :])
        other = decoded(WebpFrame(chunks))
        return other is not None and np.array_equal(other, pixels)

    for place, chunk in enumerate(frame.chunks):
        kept = _without_tail(chunk, partial(same, place))
        if kept != chunk.data:
            chunks = (*frame.chunks[:place], WebpChunk(chunk.kind, kept), *frame.chunks[place + 1 :])
            frame = WebpFrame(chunks, frame.place)
    return frame


def _without_tail(chunk: WebpChunk, same: Callable[[bytes], bool]) -> bytes:
    data = chunk.data
    if len(data) > _SPARE and same(data[:-_SPARE]):
        whole = data
        data = data[: _least(0, len(data) - _SPARE, lambda end: same(whole[:end]))]
    for start, end in _inner_partitions(data) if chunk.kind == b"VP8 " else ():
        data = _without_inner_tail(data, start, end, same)
    return data


def _without_inner_tail(data: bytes, start: int, end: int, same: Callable[[bytes], bool]) -> bytes:
    """The bytes with zeros at the end of a partition, as far as no pixel comes from there."""
    first = max(start, end - _SPARE - 1)
    if not same(_blotted(data, first, end)):
        return data
    first = _least(start - 1, first, lambda at: same(_blotted(data, at, end)))
    # The bits of its last byte or two may still tell, though not by themselves.
    zeroed = (data[:place] + bytes(end - place) + data[end:] for place in range(first, min(first + _SPARE, end)))
    return next((shorter for shorter in zeroed if same(shorter)), data)


def _least(no: int, yes: int, holds: Callable[[int], bool]) -> int:
    """The least number for which something holds that holds for all above it."""
    while no + 1 < yes:
        middle = (no + yes) // 2
        no, yes = (no, middle) if holds(middle) else (middle, yes)
    return yes


def _blotted(data: bytes, start: int, end: int) -> bytes:
    return data[:start] + bytes(byte ^ 0xFF for byte in data[start:end]) + data[end:]


def _inner_partitions(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the partitions of a VP8 frame lie, but for the last one (RFC 6386, 9.1 to 9.5). Raises `RefusedFile`."""
    size = int.from_bytes(data[:3], "little") >> 5
    start, end = _FRAME_HEADER, _FRAME_HEADER + size
    if end > len(data):
        raise damaged("WebP")
    yield start, end
    count = _token_partitions(data[start:end])
    at = end + _PARTITION_SIZE * (count - 1)
    for number in range(count - 1):
        place = end + _PARTITION_SIZE * number
        length = int.from_bytes(data[place : place + _PARTITION_SIZE], "little")
        if at + length > len(data):
            raise damaged("WebP")
        yield at, at + length
        at += length


def _token_partitions(header: bytes) -> int:
    """How many partitions the coefficients take (9.2 to 9.5)."""
    flags = _Flags(header)
    flags.number(2)
    if flags.number(1):
        new_map, new_data = flags.number(1), flags.number(1)
        if new_data:
            flags.number(1)
            flags.optional(4, 8)
            flags.optional(4, 7)
        if new_map:
            flags.optional(3, 8)
    flags.number(10)
    if flags.number(1) and flags.number(1):
        flags.optional(8, 7)
    return 1 << flags.number(2)


class _Flags:
    """The decoder of the first partition for bits that are as often 0 as 1 (7.3)."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 2
        self._value = int.from_bytes(data[:2].ljust(2, b"\0"), "big")
        self._range, self._shifted = 255, 0

    def number(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._bit()
        return value

    def optional(self, times: int, count: int) -> None:
        for _ in range(times):
            if self.number(1):
                self.number(count)

    def _bit(self) -> int:
        split = 1 + ((self._range - 1) * _EVEN >> 8)
        bit = self._value >= split << 8
        if bit:
            self._range -= split
            self._value -= split << 8
        else:
            self._range = split
        while self._range < _EVEN:
            self._value, self._range, self._shifted = self._value << 1, self._range << 1, self._shifted + 1
            if self._shifted == 8:
                self._shifted = 0
                self._value |= self._data[self._at] if self._at < len(self._data) else 0
                self._at += 1
        return int(bit)


def decoded(frame: WebpFrame) -> NDArray[np.uint8] | None:
    """The frame's own pixels ``(rows, columns, channels)``; None where they cannot be decoded."""
    last = frame.chunks[-1]
    if len(last.data) < _FRAME_HEADER:
        return None
    columns, rows = _size(last)
    data = packed_file([WebpFrame(frame.chunks)], columns, rows)
    try:
        with decoding("WebP"), Image.open(BytesIO(data), formats=("WEBP",)) as image:
            return np.array(image)
    except RefusedFile:
        return None


def _size(chunk: WebpChunk) -> tuple[int, int]:
    """Columns and rows of image data (RFC 6386, 9.1; RFC 9649, 3.4)."""
    if chunk.kind == b"VP8L":
        bits = int.from_bytes(chunk.data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(chunk.data[6:8], "little") & 0x3FFF, int.from_bytes(chunk.data[8:10], "little") & 0x3FFF
