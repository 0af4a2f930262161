"""Proves a masked JPEG against the one it was made from, coefficient by coefficient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import bit_ranges
from scanscrub.formats.jpeg.block_positions import Blocks, read_blocks
from scanscrub.formats.jpeg.dct_masking import black_coefficient
from scanscrub.formats.jpeg.quantizers import DQT
from scanscrub.formats.jpeg.scan import Scan, ScanComponent, SequentialJpeg, read_sequential
from scanscrub.formats.raster.masking import Area, touched_blocks


def compare_jpegs(before: bytes, after: bytes, area: Area, levels: Sequence[int]) -> tuple[bool, bool]:
    """Whether every block of `after` that `area` touches is of the given level in each component and nothing else,
    and whether every other block has the coefficients and quantizers that it has in `before`.
    """
    old, new = read_sequential(before), read_sequential(after)
    if old is None or new is None or _frame(old) != _frame(new) or len(old.scans) != len(new.scans):
        return False, False
    touched = touched_blocks(area, old.unit).reshape(-1)
    black = same = True
    for old_scan, new_scan in zip(old.scans, new.scans, strict=True):
        one, two = read_blocks(old, old_scan), read_blocks(new, new_scan)
        if one is None or two is None or not _same_coding(old_scan, new_scan):
            return False, False
        inside = touched[one.unit]
        old_dc, new_dc = one.coefficients(old_scan.components), two.coefficients(new_scan.components)
        black = black and _is_black(two, new_dc, inside, _levels(new, new_scan, levels), new_scan.components)
        same = same and np.array_equal(old_dc[~inside], new_dc[~inside])
        same = same and np.array_equal(_ac_bits(one, ~inside), _ac_bits(two, ~inside))
    return black, same


def _frame(jpeg: SequentialJpeg) -> tuple[object, ...]:
    quantizers = tuple(body for marker, body in jpeg.segments if marker == DQT)
    return jpeg.precision, jpeg.rows, jpeg.columns, jpeg.components, quantizers


def _same_coding(old: Scan, new: Scan) -> bool:
    """Whether two scans have the same components and code their AC coefficients alike."""
    coding = [[(part.index, part.ac.sizes, part.ac.symbols) for part in scan.components] for scan in (old, new)]
    return coding[0] == coding[1]


def _levels(jpeg: SequentialJpeg, scan: Scan, levels: Sequence[int]) -> NDArray[np.int64]:
    """The DC coefficient of black for each component of a scan."""
    return np.array([black_coefficient(levels[part.index], jpeg.precision, part.dc_step) for part in scan.components])


def _is_black(
    blocks: Blocks,
    coefficients: NDArray[np.int64],
    inside: NDArray[np.bool_],
    black: NDArray[np.int64],
    components: Sequence[ScanComponent],
) -> bool:
    ends_at_once = np.stack([part.ac.ac_run_at == 64 for part in components])
    empty = ends_at_once[blocks.part[inside], blocks.next16(blocks.dc_ends[inside])]
    return bool(empty.all()) and np.array_equal(coefficients[inside], black[blocks.part[inside]])


def _ac_bits(blocks: Blocks, chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The coded AC coefficients of some blocks, bit by bit; blocks end themselves, so equal bits are equal blocks."""
    starts, lengths = blocks.dc_ends[chosen], (blocks.ends - blocks.dc_ends)[chosen]
    bits: NDArray[np.uint8] = np.unpackbits(np.frombuffer(blocks.data, np.uint8))[bit_ranges(starts, lengths)]
    return bits
