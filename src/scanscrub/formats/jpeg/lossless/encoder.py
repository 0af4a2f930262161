"""Writes lossless JPEG: ISO 10918-1 annex H, Huffman-coded, first-order prediction (DICOM's process 14, SV1)."""

import heapq
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import EntropyBytes, code_bits, magnitudes
from scanscrub.formats.jpeg.huffman import HuffmanTable

_LONGEST_CODE = 16
_STRIP = 1 << 18
"""Samples written at a time."""


def encode_lossless(samples: NDArray[np.unsignedinteger], precision: int) -> bytes:
    """A codestream of unsigned samples, ``(rows, columns)`` or ``(rows, columns, 3)``, `precision` bits each."""
    rows, columns = samples.shape[:2]
    count = samples.shape[2] if samples.ndim == 3 else 1
    strips = [slice(start, start + max(1, _STRIP // columns)) for start in range(0, rows, max(1, _STRIP // columns))]
    frequencies = np.zeros(_LONGEST_CODE + 1, np.int64)
    for strip in strips:
        frequencies += np.bincount(magnitudes(_differences(samples, strip, precision))[0], minlength=17)
    table = _table({size: int(number) for size, number in enumerate(frequencies) if number})
    entropy = EntropyBytes()
    for strip in strips:
        sizes, low = magnitudes(_differences(samples, strip, precision))
        extra = np.where(sizes == _LONGEST_CODE, 0, sizes)
        codes = table.codes[sizes] << extra | np.where(sizes == _LONGEST_CODE, 0, low)
        entropy.add(code_bits(codes, table.lengths[sizes] + extra))
    frame = struct.pack(">BHHB", precision, rows, columns, count)
    frame += b"".join(bytes([number, 0x11, 0]) for number in range(1, count + 1))
    scan = bytes([count]) + b"".join(bytes([number, 0]) for number in range(1, count + 1)) + b"\x01\0\0"
    segments = ((0xC4, table.segment(0)), (0xC3, frame), (0xDA, scan))
    head = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return b"\xff\xd8" + head + entropy.finish() + b"\xff\xd9"


def _differences(samples: NDArray[np.unsignedinteger], strip: slice, precision: int) -> NDArray[np.int64]:
    """What is left of some rows' samples after prediction, modulo 65,536, in coded order (H.1.2.1).

    The prediction is the sample to the left; in the first column the one above, and of the first sample of all
    the middle of the range.
    """
    values = samples[strip].astype(np.int64)
    predicted = np.empty_like(values)
    predicted[:, 1:] = values[:, :-1]
    predicted[1:, 0] = values[:-1, 0]
    predicted[0, 0] = samples[strip.start - 1, 0] if strip.start else 1 << (precision - 1)
    left = (values - predicted).reshape(-1)
    wrapped: NDArray[np.int64] = (left + 0x7FFF & 0xFFFF) - 0x7FFF
    return wrapped


def _table(frequencies: Mapping[int, int]) -> HuffmanTable:
    """The shortest code for these symbols that leaves the code of all ones free (K.2)."""
    while True:
        lengths = _code_lengths(frequencies)
        if max(lengths.values()) <= _LONGEST_CODE:
            break
        frequencies = {symbol: number // 2 + 1 for symbol, number in frequencies.items()}
    symbols = sorted(lengths, key=lambda symbol: (lengths[symbol], symbol))
    sizes = bytes(list(lengths.values()).count(length) for length in range(1, _LONGEST_CODE + 1))
    return HuffmanTable(sizes, bytes(symbols))


def _code_lengths(frequencies: Mapping[int, int]) -> dict[int, int]:
    """Huffman's code lengths, with one more symbol, rarer than all, whose code stays unused."""
    reserved = -1
    heap: list[tuple[int, int, tuple[int, ...]]] = [(0, reserved, (reserved,))]
    heap.extend((number, symbol, (symbol,)) for symbol, number in frequencies.items())
    heapq.heapify(heap)
    lengths = dict.fromkeys([*frequencies, reserved], 0)
    while len(heap) > 1:
        one, two = heapq.heappop(heap), heapq.heappop(heap)
        members = one[2] + two[2]
        for symbol in members:
            lengths[symbol] += 1
        heapq.heappush(heap, (one[0] + two[0], min(members), members))
    del lengths[reserved]
    return lengths
