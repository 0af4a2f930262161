"""Walks over the blocks of a progressive JPEG's scan, to the bit behind them (ISO 10918-1, G.1.2)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.block_positions import look_ahead
from scanscrub.formats.jpeg.huffman import HuffmanTable

_PIECE = 1 << 18
_SPARE = 1 << 9
"""Bytes of ones behind the data, more than a block can take: where they are reached, data is missing."""


class DcFirst:
    """DC coefficients, first bits (G.1.2.1)."""

    def __init__(self, data: bytes, tables: Sequence[HuffmanTable]) -> None:
        steps = {id(table): _lookup(data, table.dc_step_at) for table in tables}
        self._order = [steps[id(table)] for table in tables]

    def __call__(self, at: int, blocks: range) -> int:
        for _ in blocks:
            for step in self._order:
                if not step[at]:
                    return -1
                at += step[at]
        return at


class AcWalk(ABC):
    """What walks over AC coefficients have in common. A call passes some blocks from a bit position on: the
    position behind them, -1 where a code is not in the table.
    """

    def __init__(self, data: bytes, table: HuffmanTable, nonzero: list[int], band: tuple[int, int]) -> None:
        self._lengths, self._symbols = _lookup(data, table.length_at), _lookup(data, table.symbol_at)
        self._data = data + b"\xff" * _SPARE
        self._nonzero = nonzero
        self._band = band
        self.last_run = (0, 0, 0)
        """Position and bits of the last code for a run of empty blocks, and how many blocks it passes."""
        self.too_far = 0
        """How many of them are behind the last block of the call."""

    @abstractmethod
    def __call__(self, at: int, blocks: range) -> int: ...

    def _run(self, at: int, length: int, size: int) -> int:
        """How many blocks a run passes whose code lies before `at`."""
        self.last_run = at - length, length + size, (1 << size) + self._bits(at, size)
        return self.last_run[2]

    def _bits(self, at: int, count: int) -> int:
        bits = int.from_bytes(self._data[at >> 3 : (at >> 3) + 4], "big")
        return bits >> 32 - (at & 7) - count & (1 << count) - 1


class AcFirst(AcWalk):
    """AC coefficients, first bits (G.1.2.2)."""

    def __call__(self, at: int, blocks: range) -> int:
        lengths, symbols, nonzero = self._lengths, self._symbols, self._nonzero
        first, last = self._band
        run = 0
        for block in blocks:
            if run:
                run -= 1
                continue
            coefficient, mask = first, 0
            while coefficient <= last:
                length, symbol = lengths[at], symbols[at]
                if not length:
                    return -1
                at += length
                zeros, size = symbol >> 4, symbol & 15
                if size:
                    coefficient += zeros
                    mask |= 1 << coefficient
                    coefficient += 1
                    at += size
                elif zeros == 15:
                    coefficient += 16
                else:
                    run = self._run(at, length, zeros) - 1
                    at += zeros
                    break
            if coefficient > last + 1:
                return -1
            nonzero[block] |= mask
        self.too_far = run
        return at


class AcRefinement(AcWalk):
    """AC coefficients, one more bit (G.1.2.3): each that is not zero so far has a bit of its own."""

    def __call__(self, at: int, blocks: range) -> int:  # noqa: C901 - a call for each coefficient takes too long
        lengths, symbols, nonzero = self._lengths, self._symbols, self._nonzero
        first, last = self._band
        whole = (1 << last + 1) - (1 << first)
        run = 0
        for block in blocks:
            known = nonzero[block]
            if run:
                run -= 1
                at += (known & whole).bit_count()
                continue
            coefficient, new = first, 0
            while coefficient <= last:
                length, symbol = lengths[at], symbols[at]
                zeros, size = symbol >> 4, symbol & 15
                if not length or size > 1:
                    return -1
                at += length
                if not size and zeros < 15:
                    run = self._run(at, length, zeros) - 1
                    at += zeros + ((known & whole) >> coefficient).bit_count()
                    break
                at += size
                while coefficient <= last:
                    if known >> coefficient & 1:
                        at += 1
                    elif zeros:
                        zeros -= 1
                    else:
                        break
                    coefficient += 1
                if size:
                    if coefficient > last:
                        return -1
                    new |= 1 << coefficient
                coefficient += 1
            nonzero[block] |= new
        self.too_far = run
        return at


def _lookup(data: bytes, table: NDArray[np.uint8]) -> bytes:
    """What a table says of the 16 bits from each bit position on."""
    padded = data + b"\xff" * _SPARE
    pieces = range(0, len(padded) - 2, _PIECE)
    return b"".join(table.take(look_ahead(padded[start : start + _PIECE + 2])).tobytes() for start in pieces)
