"""Samples of 1, 2, 4 or 8 bits in bytes, the first sample in the high bits."""

import numpy as np
from numpy.typing import NDArray


def pack_bits(samples: NDArray[np.uint8], depth: int) -> NDArray[np.uint8]:
    """Samples ``(rows, columns)`` below ``2**depth`` as bytes ``(rows, bytes)``, the last filled with zero bits."""
    if depth == 8:
        return samples
    per_byte = 8 // depth
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % per_byte)))
    shifted = padded.reshape(samples.shape[0], -1, per_byte) << _shifts(depth)
    packed: NDArray[np.uint8] = np.bitwise_or.reduce(shifted, axis=2)
    return packed


def unpack_bits(packed: NDArray[np.uint8], depth: int, columns: int) -> NDArray[np.uint8]:
    """The inverse of `pack_bits`: bytes ``(rows, bytes)`` as samples ``(rows, columns)``, without what fills up."""
    if depth == 8:
        return packed[:, :columns]
    samples = (packed[..., None] >> _shifts(depth)) & np.uint8((1 << depth) - 1)
    return samples.reshape(packed.shape[0], -1)[:, :columns]


def _shifts(depth: int) -> NDArray[np.uint8]:
    return np.arange(8 - depth, -1, -depth, dtype=np.uint8)


def hides_in_padding(rows: NDArray[np.uint8], used: int, depth: int) -> bool:
    """Whether the bits behind the last sample of packed rows ``(rows, bytes)`` say something: they are neither all 0
    nor all 1, nor does each row repeat its last sample there. `used` are the bits of a row that samples have.
    """
    spare = -used % 8
    if not spare or not rows.size:
        return False
    last = rows[:, used // 8]
    padding = last & np.uint8((1 << spare) - 1)
    if not padding.any() or (padding == (1 << spare) - 1).all():
        return False
    sample = last >> np.uint8(spare) & np.uint8((1 << depth) - 1)
    repeated = np.zeros_like(sample)
    for shift in range(0, spare, depth):
        repeated |= sample << np.uint8(shift)
    return not np.array_equal(padding, repeated)
