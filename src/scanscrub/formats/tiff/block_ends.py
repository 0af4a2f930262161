"""How many bytes of a compressed TIFF block its samples need (TIFF 6.0, sections 9 and 13)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CLEAR, _END = 256, 257
_FIRST: Final = 258
_MOST_CODES: Final = 4096 - _FIRST
"""Codes between two clear codes; a table is full after these."""


def packbits_end(data: bytes, size: int) -> int | None:
    """None where the data ends before `size` bytes are unpacked."""
    position = unpacked = 0
    while unpacked < size:
        if position >= len(data):
            return None
        code = data[position]
        if code < 128:
            unpacked, position = unpacked + code + 1, position + code + 2
        elif code > 128:
            unpacked, position = unpacked + 257 - code, position + 2
        else:
            position += 1
    return position


def lzw_end(data: bytes, size: int) -> int | None:
    """The same of LZW, the end code not counted; None also for codes that are not in the table."""
    position = unpacked = 0
    while unpacked < size:
        codes, ends = _codes(data, position)
        if not len(codes):
            return None
        lengths: list[int] = []
        for number, code in enumerate(codes.tolist()):
            if code in (_CLEAR, _END):
                if code == _END or not (number or code == _CLEAR):
                    return None
                position = int(ends[number])
                break
            if code < _CLEAR:
                length = 1
            elif code - _FIRST < number:
                length = lengths[code - _FIRST] + 1
            else:
                return None
            lengths.append(length)
            unpacked += length
            if unpacked >= size:
                return -(-int(ends[number]) // 8)
        else:
            return None
    return 0


def _codes(data: bytes, position: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes from a bit position on until the table is full, and where each ends: its bits depend on its place."""
    widths = _WIDTHS[: 8 * len(data) - position]
    ends = position + np.cumsum(widths)
    inside = ends <= 8 * len(data)
    ends, widths = ends[inside], widths[inside]
    first = position // 8
    octets = np.frombuffer(data[first : first + 2 * _MOST_CODES] + bytes(4), np.uint8).astype(np.int64)
    starts = ends - widths - 8 * first
    at = starts >> 3
    window = octets[at] << 16 | octets[at + 1] << 8 | octets[at + 2]
    return window >> (24 - (starts & 7) - widths) & ((1 << widths) - 1), ends


def _widths() -> NDArray[np.int64]:
    """Bits of each code after a clear code: one more as soon as the entry before a power of two is made."""
    free = _FIRST + np.arange(_MOST_CODES + 2)
    widths: NDArray[np.int64] = 9 + (free > 511).astype(np.int64) + (free > 1023) + (free > 2047)
    return widths


_WIDTHS: Final = _widths()
