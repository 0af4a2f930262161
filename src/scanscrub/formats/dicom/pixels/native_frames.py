"""Uncompressed pixel data in the file: frames read by slices, written back as one element (PS3.5 8.1.1, 8.2)."""

from typing import BinaryIO

import numpy as np

from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.refusals import gaps, incomplete

_LEAST_SIDE = 5
"""Rows and columns of the smallest picture that can show a letter: what lies behind a smaller one are bytes."""


def frames_within(length: int, layout: Layout) -> int:
    """How many frames a value of that length holds: those that are declared, and every whole one behind them.

    Raises `RefusedFile` where frames of single bits each fill up their last byte, which shifts all but the first.
    """
    filled = -(-layout.frame_bits // 8) * layout.frames
    if layout.frames > 1 and layout.frame_bits % 8 and length in (filled, filled + filled % 2):
        packed = -(-layout.frame_bits * layout.frames // 8)
        if length > packed + packed % 2:
            raise gaps()
    if min(layout.rows, layout.columns) < _LEAST_SIDE:
        return layout.frames
    return max(layout.frames, length * 8 // layout.frame_bits)


class Native:
    """The frames of an element of defined length, each starting at a byte of its own.

    `swapped` is True for 8-bit samples in the 16-bit words of a big-endian file (PS3.5 8.2 note 2). `surplus` is
    how many bytes follow the last frame, less the one that makes the length even.
    """

    def __init__(self, stream: BinaryIO, start: int, length: int, layout: Layout, *, swapped: bool) -> None:
        self._stream = stream
        self._start = start
        self._bits = layout.frame_bits
        self._swapped = swapped
        size = -(-self._bits * layout.frames // 8)
        if length < size:
            raise incomplete()
        self._padding = length - size
        self._size = size
        self.surplus = self._padding if self._padding > 1 or self._last_byte() else 0

    def frame(self, number: int) -> bytes:
        """The containers of a frame."""
        first, last = self._bits * number, self._bits * (number + 1)
        data = self._slice(first // 8, -(-last // 8))
        if self._bits % 8 == 0:
            return data
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return np.packbits(bits[first % 8 : first % 8 + self._bits], bitorder="little").tobytes()

    def left_over(self, most: int) -> bytes:
        """The bytes that follow the last frame, `most` of them."""
        return self._slice(self._size, min(self._size + self._padding, self._size + most))

    def _slice(self, start: int, end: int) -> bytes:
        if not self._swapped:
            return self._read(start, end)
        low, high = start // 2 * 2, end + end % 2
        return swap_pairs(self._read(low, high))[start - low : end - low]

    def _read(self, start: int, end: int) -> bytes:
        self._stream.seek(self._start + start)
        data = self._stream.read(end - start)
        if len(data) != end - start:
            raise incomplete()
        return data

    def _last_byte(self) -> bool:
        """Whether the padding byte, where there is one, holds something."""
        end = self._size + self._padding
        return bool(self._padding) and self._slice(end - 1, end) != b"\0"


class FrameJoiner:
    """Joins frames into one value: single bits without a gap, swapped in pairs where the file has it so."""

    def __init__(self, target: BinaryIO, frame_bits: int, *, swapped: bool) -> None:
        self._target = target
        self._bits = frame_bits
        self._swapped = swapped
        self._over = np.zeros(0, np.uint8)
        self._odd = b""

    def add(self, containers: bytes) -> None:
        if self._bits % 8:
            bits = np.unpackbits(np.frombuffer(containers, np.uint8), count=self._bits, bitorder="little")
            bits = np.concatenate([self._over, bits])
            whole = len(bits) // 8 * 8
            self._over = bits[whole:]
            containers = np.packbits(bits[:whole], bitorder="little").tobytes()
        self._write(containers)

    def finish(self) -> None:
        """Write what is left, padded with zeros to an even length."""
        self._write(np.packbits(self._over, bitorder="little").tobytes())
        if self._odd:
            self._target.write(swap_pairs(self._odd + b"\0") if self._swapped else self._odd + b"\0")

    def _write(self, data: bytes) -> None:
        data = self._odd + data
        self._odd = data[len(data) // 2 * 2 :]
        whole = data[: len(data) // 2 * 2]
        self._target.write(swap_pairs(whole) if self._swapped else whole)


def swap_pairs(data: bytes) -> bytes:
    """Exchange the two bytes of each 16-bit word."""
    return np.frombuffer(data, np.uint16).byteswap().tobytes()
