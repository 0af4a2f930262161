"""Strings of bits as arrays of zeros and ones, and the entropy-coded bytes they become in a JPEG."""

import numpy as np
from numpy.typing import NDArray


def bit_ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of each range, one range after the other: ``(ranges,)`` twice to ``(sum of lengths,)``."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def code_bits(codes: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Codes ``(codes,)`` one after the other as single bits ``(bits,)``, the highest first."""
    place = bit_ranges(np.zeros_like(lengths), lengths)
    return (np.repeat(codes, lengths) >> (np.repeat(lengths, lengths) - 1 - place) & 1).astype(np.uint8)


def magnitudes(differences: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The size of each difference in bits and the bits that tell it from others of its size (ISO 10918-1 F.1.2.1).

    Each of the shape ``(differences,)``.
    """
    sizes = np.frexp(np.abs(differences).astype(np.float64))[1].astype(np.int64)
    return sizes, np.where(differences < 0, (1 << sizes) - 1, 0) + differences


def signed_values(bits: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The inverse: differences ``(n,)`` from their bits and sizes ``(n,)`` (EXTEND of F.2.2.1)."""
    negative = (sizes > 0) & (bits >> np.maximum(sizes - 1, 0) == 0)
    return np.where(negative, bits - (1 << sizes) + 1, bits)


class EntropyBytes:
    """Gathers bits and gives them out as bytes, a zero after each ``FF`` (ISO 10918-1 F.1.2.3)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._over = np.zeros(0, np.uint8)

    def add(self, bits: NDArray[np.uint8]) -> None:
        """Take bits ``(n,)``, each 0 or 1."""
        bits = np.concatenate([self._over, bits])
        whole = len(bits) // 8 * 8
        self._append(bits[:whole])
        self._over = bits[whole:]

    def finish(self) -> bytes:
        """All bytes, the last one filled with ones."""
        if len(self._over):
            self._append(np.concatenate([self._over, np.ones(8 - len(self._over), np.uint8)]))
        return b"".join(self._parts)

    def _append(self, bits: NDArray[np.uint8]) -> None:
        self._parts.append(np.packbits(bits).tobytes().replace(b"\xff", b"\xff\x00"))
