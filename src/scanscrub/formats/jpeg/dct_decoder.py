"""Decodes gray sequential JPEG of up to 12 bits (ISO 10918-1 A.3.3, A.3.4), which the libraries at hand do not."""

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import signed_values
from scanscrub.formats.jpeg.block_positions import Blocks, read_blocks
from scanscrub.formats.jpeg.huffman import HuffmanTable
from scanscrub.formats.jpeg.quantizers import DQT, read_quantizers
from scanscrub.formats.jpeg.scan import read_sequential

_BLOCKS = 1 << 14
"""Blocks transformed at a time."""


def decode_gray(data: bytes) -> NDArray[np.uint16] | None:
    """The samples, ``(rows, columns)``; None where the data is damaged, colored or of another process."""
    jpeg = read_sequential(data)
    if jpeg is None or len(jpeg.components) != 1:
        return None
    steps: dict[int, NDArray[np.int64]] = {}
    for body in (body for marker, body in jpeg.segments if marker == DQT):
        steps |= read_quantizers(body)
    own = steps.get(jpeg.components[0].quantizer)
    blocks = read_blocks(jpeg, jpeg.scans[0])
    if blocks is None or own is None:
        return None
    across, down = -(-jpeg.columns // 8), -(-jpeg.rows // 8)
    dc = blocks.coefficients(jpeg.scans[0].components)
    tiles = np.empty((len(dc), 8, 8), np.uint16)
    for start in range(0, len(dc), _BLOCKS):
        part = slice(start, start + _BLOCKS)
        coefficients = _alternating(blocks, part, jpeg.scans[0].components[0].ac)
        coefficients[:, 0] = dc[part]
        tiles[part] = _samples(coefficients * own, jpeg.precision)
    image = tiles.reshape(down, across, 8, 8).swapaxes(1, 2).reshape(down * 8, across * 8)
    return image[: jpeg.rows, : jpeg.columns]


def _alternating(blocks: Blocks, part: slice, table: HuffmanTable) -> NDArray[np.int64]:
    """``(blocks, 64)``: quantized coefficients in zigzag order, the first one zero; all blocks in step (F.2.2.2)."""
    position = blocks.dc_ends[part].copy()
    coefficients = np.zeros((len(position), 64), np.int64)
    active = np.arange(len(position))
    place = np.zeros(len(position), np.int64)
    while active.size:
        ahead = blocks.next16(position[active])
        symbol = table.symbol_at[ahead].astype(np.int64)
        size = symbol & 15
        after = position[active] + table.length_at[ahead]
        value = signed_values(blocks.next16(after) >> (16 - size), size)
        place[active] += (symbol >> 4) + 1
        position[active] = after + size
        coded = (size > 0) & (place[active] < 64)
        coefficients[active[coded], place[active[coded]]] = value[coded]
        active = active[(symbol != 0) & (place[active] < 63)]
    return coefficients


def _samples(coefficients: NDArray[np.int64], precision: int) -> NDArray[np.uint16]:
    """``(blocks, 8, 8)`` from dequantized coefficients in zigzag order."""
    squares = np.empty((len(coefficients), 64))
    squares[:, _zigzag()] = coefficients
    frequency, place = np.mgrid[0:8, 0:8]
    basis = np.cos((2 * place + 1) * frequency * np.pi / 16) / 2
    basis[0] /= np.sqrt(2)
    shifted = basis.T @ squares.reshape(-1, 8, 8) @ basis + (1 << (precision - 1))
    samples: NDArray[np.uint16] = np.clip(np.rint(shifted), 0, (1 << precision) - 1).astype(np.uint16)
    return samples


def _zigzag() -> list[int]:
    """Where each coefficient of the zigzag order stands in its block (Figure A.6)."""
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda at: (sum(at), at[0] if sum(at) % 2 else at[1]))
    return [8 * row + column for row, column in places]
