"""Quantization tables of a JPEG (ISO 10918-1 B.2.4.1)."""

import numpy as np
from numpy.typing import NDArray

DQT = 0xDB


def read_quantizers(body: bytes) -> dict[int, NDArray[np.int64]]:
    """The steps ``(64,)`` of each table of a DQT segment in zigzag order, by its number. Raises `ValueError`."""
    found = {}
    at = 0
    while at < len(body):
        kind = np.dtype(">u2" if body[at] >> 4 else "u1")
        found[body[at] & 15] = np.frombuffer(body, kind, 64, at + 1).astype(np.int64)
        at += 1 + 64 * kind.itemsize
    return found
