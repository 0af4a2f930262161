"""Proves a masked JPEG against the one it was made from, coefficient by coefficient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpegbits import Blocks, read_blocks
from scanscrub.formats.jpegdct import black_coefficient, dc_coefficients
from scanscrub.formats.jpegscan import Scan, SequentialJpeg, read_sequential
from scanscrub.formats.masking import Area, touched_blocks

_DQT = 0xDB


def same_outside(before: bytes, after: bytes, area: Area) -> bool:
    """Whether every block that `area` does not touch has the coefficients and quantizers it had."""
    old, new = read_sequential(before), read_sequential(after)
    if old is None or new is None or _frame(old) != _frame(new) or len(old.scans) != len(new.scans):
        return False
    touched = touched_blocks(area, old.unit).reshape(-1)
    return all(_same_scan(old, new, *scans, touched) for scans in zip(old.scans, new.scans, strict=True))


def is_black_inside(data: bytes, area: Area, levels: Sequence[int]) -> bool:
    """Whether every block that `area` touches is of the given level in each component and nothing else."""
    jpeg = read_sequential(data)
    if jpeg is None:
        return False
    touched = touched_blocks(area, jpeg.unit).reshape(-1)
    for scan in jpeg.scans:
        blocks = read_blocks(jpeg, scan)
        if blocks is None:
            return False
        inside = touched[blocks.unit]
        for number, part in enumerate(scan.components):
            own = inside & (blocks.part == number)
            black = black_coefficient(levels[part.index], jpeg.precision, part.dc_step)
            empty = part.ac.ac_run_at[blocks.next16[blocks.dc_ends[own]]] == 64
            if not empty.all() or np.any(dc_coefficients(blocks, scan.components)[own] != black):
                return False
    return True


def _frame(jpeg: SequentialJpeg) -> tuple[object, ...]:
    quantizers = tuple(body for marker, body in jpeg.segments if marker == _DQT)
    return jpeg.precision, jpeg.rows, jpeg.columns, jpeg.components, quantizers


def _same_scan(
    old: SequentialJpeg, new: SequentialJpeg, old_scan: Scan, new_scan: Scan, touched: NDArray[np.bool_]
) -> bool:
    parts = list(zip(old_scan.components, new_scan.components, strict=False))
    same_parts = len(old_scan.components) == len(new_scan.components) and all(
        (one.index, one.ac.sizes, one.ac.symbols) == (two.index, two.ac.sizes, two.ac.symbols) for one, two in parts
    )
    one, two = read_blocks(old, old_scan), read_blocks(new, new_scan)
    if not same_parts or one is None or two is None or len(one.starts) != len(two.starts):
        return False
    outside = ~touched[one.unit]
    old_dc = dc_coefficients(one, old_scan.components)[outside]
    new_dc = dc_coefficients(two, new_scan.components)[outside]
    return np.array_equal(old_dc, new_dc) and np.array_equal(_ac_bits(one, outside), _ac_bits(two, outside))


def _ac_bits(blocks: Blocks, chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The coded AC coefficients of some blocks, bit by bit; blocks end themselves, so equal bits are equal blocks."""
    starts, lengths = blocks.dc_ends[chosen], (blocks.ends - blocks.dc_ends)[chosen]
    places = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths) + np.arange(int(lengths.sum()))
    bits: NDArray[np.uint8] = np.unpackbits(np.frombuffer(blocks.data, np.uint8))[places]
    return bits
