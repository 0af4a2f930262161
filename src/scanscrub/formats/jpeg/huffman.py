"""Huffman tables of JPEG, as lookups by the next 16 bits (ISO 10918-1 annexes C and F)."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_BROKEN = 200
"""A run that no block can hold: what follows is no code of the table."""


class HuffmanTable:
    """Codes of a DHT: `sizes` counts the codes of 1 to 16 bits, `symbols` are theirs, shortest code first.

    `codes` and `lengths` give a symbol's code and its length in bits, 0 where it has none.
    """

    def __init__(self, sizes: bytes, symbols: bytes) -> None:
        self.sizes = sizes
        self.symbols = symbols
        self.codes = np.zeros(256, np.int64)
        self.lengths = np.zeros(256, np.int64)
        self._order: list[tuple[int, int]] = []
        code = place = 0
        for bits in range(1, 17):
            for symbol in symbols[place : place + sizes[bits - 1]]:
                self.codes[symbol], self.lengths[symbol] = code, bits
                self._order.append((symbol, bits))
                code += 1
            place += sizes[bits - 1]
            if code > 1 << bits:
                raise ValueError
            code <<= 1

    @cached_property
    def symbol_at(self) -> NDArray[np.uint8]:
        """Symbol by the next 16 bits ``(65536,)``."""
        return self._spread([symbol for symbol, _ in self._order])

    @cached_property
    def length_at(self) -> NDArray[np.uint8]:
        """Length of the code by the next 16 bits ``(65536,)``; 0 where there is no code."""
        return self._spread([bits for _, bits in self._order])

    @cached_property
    def dc_step_at(self) -> NDArray[np.uint8]:
        """Bits of a DC difference, code and value, by the next 16 bits ``(65536,)``."""
        return self.length_at + self.symbol_at

    @cached_property
    def ac_step_at(self) -> NDArray[np.uint8]:
        """Bits of an AC coefficient, code and value, by the next 16 bits ``(65536,)``."""
        return self.length_at + (self.symbol_at & np.uint8(15))

    @cached_property
    def ac_run_at(self) -> NDArray[np.uint8]:
        """Coefficients that an AC code passes, by the next 16 bits ``(65536,)``; 64 at the end of a block."""
        runs: NDArray[np.uint8] = (self.symbol_at >> np.uint8(4)) + np.uint8(1)
        runs[self.symbol_at == 0] = 64
        runs[self.length_at == 0] = _BROKEN
        return runs

    def segment(self, identifier: int) -> bytes:
        """The body of a DHT that defines this table."""
        return bytes([identifier]) + self.sizes + self.symbols

    def _spread(self, values: list[int]) -> NDArray[np.uint8]:
        counts = [1 << (16 - bits) for _, bits in self._order]
        table = np.zeros(1 << 16, np.uint8)
        filled = np.repeat(np.array(values, np.uint8), counts)
        table[: len(filled)] = filled
        return table


def flat_table(symbols: int) -> HuffmanTable:
    """Symbols from 0 on, all with codes of the same length; no code is all ones."""
    bits = symbols.bit_length()
    return HuffmanTable(bytes(symbols if size == bits else 0 for size in range(1, 17)), bytes(range(symbols)))


def read_tables(body: bytes) -> dict[int, HuffmanTable]:
    """The tables of a DHT segment by class (high four bits) and identifier. Raises `ValueError` for a broken one."""
    tables = {}
    at = 0
    while at < len(body):
        sizes = body[at + 1 : at + 17]
        end = at + 17 + sum(sizes)
        if len(sizes) < 16 or end > len(body):
            raise ValueError
        tables[body[at]] = HuffmanTable(sizes, body[at + 17 : end])
        at = end
    return tables
