"""Blackens blocks of a sequential Huffman-coded JPEG in the DCT domain (ISO 10918-1 annex F).

The coefficients of every block outside the masks keep their values, so it decodes to the same samples as before.
Masked blocks keep a DC coefficient alone. Bits are copied where nothing changes; a DC difference is written anew
where the block before it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import EntropyBytes, bit_ranges, code_bits, magnitudes
from scanscrub.formats.jpeg.block_positions import Blocks, read_blocks
from scanscrub.formats.jpeg.codestream import is_ycc, segment
from scanscrub.formats.jpeg.ends.trim import with_used_tables
from scanscrub.formats.jpeg.huffman import HuffmanTable, flat_table
from scanscrub.formats.jpeg.scan import Scan, SequentialJpeg, read_sequential
from scanscrub.formats.raster.masking import Area, touched_blocks

_DHT, _SOS = 0xC4, 0xDA
_CHUNK = 1 << 14
"""Blocks written at a time."""


def block_size(data: bytes) -> tuple[int, int]:
    """Height and width in pixels of the blocks that `mask` blackens whole; (1, 1) where it cannot mask at all."""
    jpeg = read_sequential(data)
    return (1, 1) if jpeg is None else jpeg.unit


def can_mask(data: bytes) -> bool:
    """Whether `mask` can work on this JPEG: sequential, Huffman-coded, each component coded once."""
    jpeg = read_sequential(data)
    return jpeg is not None and _is_maskable(jpeg)


def black_levels(data: bytes) -> tuple[int, ...] | None:
    """The sample values of black, by component, of a gray, YCbCr or RGB JPEG; None for other colors."""
    jpeg = read_sequential(data)
    if jpeg is None or len(jpeg.components) not in (1, 3):
        return None
    middle = 1 << (jpeg.precision - 1)
    return (0, middle, middle) if is_ycc(data) else (0,) * len(jpeg.components)


def mask(data: bytes, area: Area, levels: Sequence[int]) -> bytes | None:
    """The JPEG with every block that `area` touches made of one color; None where `can_mask` is False.

    `area` is ``(rows, columns)``; `levels` the sample value of each component. Also None where the entropy-coded
    data is damaged.
    """
    jpeg = read_sequential(data)
    if jpeg is None or not _is_maskable(jpeg) or area.shape != (jpeg.rows, jpeg.columns):
        return None
    touched = touched_blocks(area, jpeg.unit)
    scans = iter(jpeg.scans)
    out = [b"\xff\xd8"]
    for marker, body in jpeg.segments:
        if marker != _SOS:
            out.append(segment(marker, body))
            continue
        scan = next(scans)
        coded = _masked_scan(jpeg, scan, touched, levels)
        if coded is None:
            return None
        tables, entropy = coded
        out.extend(segment(_DHT, table) for table in tables)
        out += [segment(_SOS, body), entropy]
    return with_used_tables(b"".join([*out, b"\xff\xd9"]))


def _is_maskable(jpeg: SequentialJpeg) -> bool:
    parts = [part for scan in jpeg.scans for part in scan.components]
    ends = all(part.ac.lengths[0] for part in parts)
    complete = all(part.dc.lengths[: _categories(jpeg)].all() for part in parts)
    return jpeg.precision in (8, 12) and ends and (complete or len(jpeg.scans) == 1)


def _categories(jpeg: SequentialJpeg) -> int:
    """How many sizes a DC difference can have (F.1.2.1, F.1.2.1.3)."""
    return 12 if jpeg.precision == 8 else 16


def _masked_scan(
    jpeg: SequentialJpeg, scan: Scan, touched: Area, levels: Sequence[int]
) -> tuple[list[bytes], bytes] | None:
    """Bodies of the DHT segments the scan needs anew, and its entropy-coded bytes."""
    blocks = read_blocks(jpeg, scan)
    if blocks is None:
        return None
    masked = touched.reshape(-1)[blocks.unit]
    black = np.array(
        [black_coefficient(levels[part.index], jpeg.precision, part.dc_step) for part in scan.components]
    )
    values = np.where(masked, black[blocks.part], blocks.coefficients(scan.components))
    for chain in blocks.chains():
        values[chain] = np.diff(values[chain], prepend=0)
    tables = _tables(jpeg, scan, blocks, values)
    new = {part.dc_table: table for part, table in zip(scan.components, tables, strict=True) if table is not part.dc}
    segments = [table.segment(name) for name, table in sorted(new.items())]
    return segments, _Recoding(blocks, values, masked, tables, [part.ac for part in scan.components]).entropy()


def black_coefficient(level: int, precision: int, step: int) -> int:
    """The quantized DC coefficient of a block of one level, rounded away from the middle (A.3.3, A.3.4)."""
    exact = 8 * (level - (1 << (precision - 1))) / step
    return floor(exact) if exact < 0 else ceil(exact)


def _tables(jpeg: SequentialJpeg, scan: Scan, blocks: Blocks, differences: NDArray[np.int64]) -> list[HuffmanTable]:
    """A DC table for each component: its own, or a flat one where that has no code for a difference's size."""
    lacking = set()
    for number, part in enumerate(scan.components):
        if not part.dc.lengths[magnitudes(differences[blocks.part == number])[0]].all():
            lacking.add(part.dc_table)
    flat = flat_table(_categories(jpeg))
    return [flat if part.dc_table in lacking else part.dc for part in scan.components]


@dataclass(frozen=True, slots=True, eq=False)
class _Recoding:
    """A scan's blocks with their new DC differences; `masked` blocks lose their AC coefficients.

    The tables are by component.
    """

    blocks: Blocks
    differences: NDArray[np.int64]
    masked: NDArray[np.bool_]
    dc_tables: Sequence[HuffmanTable]
    ac_tables: Sequence[HuffmanTable]

    def entropy(self) -> bytes:
        """The entropy-coded bytes with restart markers (B.1.1.5)."""
        out = []
        for number, (first, last) in enumerate(pairwise(self.blocks.intervals)):
            if number:
                out.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
            interval = EntropyBytes()
            for start in range(first, last, _CHUNK):
                interval.add(self._bits(slice(start, min(start + _CHUNK, last))))
            out.append(interval.finish())
        return b"".join(out)

    def _bits(self, chunk: slice) -> NDArray[np.uint8]:
        """The bits of some blocks: each its DC difference, then its AC coefficients or, where masked, their end.

        They are taken from a pool: the bits as they were, the new DC codes, the ends of masked blocks.
        """
        part, masked = self.blocks.part[chunk], self.masked[chunk]
        starts, ends = self.blocks.dc_ends[chunk], self.blocks.ends[chunk]
        sizes, low = magnitudes(self.differences[chunk])
        codes, lengths = _by_part(self.dc_tables, part, sizes)
        dc_lengths = lengths + sizes
        end_codes, end_lengths = _by_part(self.ac_tables, part, np.zeros_like(sizes))
        first = int(starts[0]) // 8
        before = np.unpackbits(np.frombuffer(self.blocks.data[first : -(-int(ends[-1]) // 8)], np.uint8))
        dc_bits = code_bits(codes << sizes | low, dc_lengths)
        pool = np.concatenate([before, dc_bits, code_bits(end_codes, end_lengths)])
        dc_places = len(before) + np.cumsum(dc_lengths) - dc_lengths
        end_places = len(before) + len(dc_bits) + np.cumsum(end_lengths) - end_lengths
        ac_places = np.where(masked, end_places, starts - 8 * first)
        ac_lengths = np.where(masked, end_lengths, ends - starts)
        places = np.stack([dc_places, ac_places], axis=1).reshape(-1)
        bits: NDArray[np.uint8] = pool[bit_ranges(places, np.stack([dc_lengths, ac_lengths], axis=1).reshape(-1))]
        return bits


def _by_part(
    tables: Sequence[HuffmanTable], part: NDArray[np.intp], symbols: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Code and length of each block's symbol in its component's table."""
    codes = np.stack([table.codes for table in tables])[part, symbols]
    lengths = np.stack([table.lengths for table in tables])[part, symbols]
    return codes, lengths
