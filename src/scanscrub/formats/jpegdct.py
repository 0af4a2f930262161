"""Blackens blocks of a sequential Huffman-coded JPEG in the DCT domain (ISO 10918-1 annex F).

The coefficients of every block outside the masks keep their values, so it decodes to the same samples as before.
Masked blocks keep a DC coefficient alone. Bits are copied where nothing changes; a DC difference is written anew
where the block before it changed.
"""

import struct
from collections.abc import Iterator, Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.codestream import is_ycc
from scanscrub.formats.huffman import HuffmanTable, flat_table
from scanscrub.formats.jpegbits import Blocks, joined, read_blocks
from scanscrub.formats.jpegscan import Scan, ScanComponent, SequentialJpeg, read_sequential
from scanscrub.formats.masking import Area, touched_blocks

_DHT, _SOS = 0xC4, 0xDA


def block_size(data: bytes) -> tuple[int, int]:
    """Height and width in pixels of the blocks that `mask` blackens whole; (1, 1) where it cannot mask at all."""
    jpeg = read_sequential(data)
    return (1, 1) if jpeg is None else jpeg.unit


def can_mask(data: bytes) -> bool:
    """Whether `mask` can work on this JPEG: sequential, Huffman-coded, each component coded once."""
    jpeg = read_sequential(data)
    return jpeg is not None and _is_maskable(jpeg)


def black_levels(data: bytes) -> tuple[int, ...] | None:
    """The sample values of black, by component, of a grey, YCbCr or RGB JPEG; None for other colours."""
    jpeg = read_sequential(data)
    if jpeg is None or len(jpeg.components) not in (1, 3):
        return None
    middle = 1 << (jpeg.precision - 1)
    return (0, middle, middle) if is_ycc(data) else (0,) * len(jpeg.components)


def mask(data: bytes, area: Area, levels: Sequence[int]) -> bytes | None:
    """The JPEG with every block that `area` touches made of one colour; None where `can_mask` is False.

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
            out.append(_segment(marker, body))
            continue
        scan = next(scans)
        coded = _masked_scan(jpeg, scan, touched, levels)
        if coded is None:
            return None
        tables, entropy = coded
        out.extend(_segment(_DHT, table) for table in tables)
        out += [_segment(_SOS, body), entropy]
    return b"".join([*out, b"\xff\xd9"])


def _is_maskable(jpeg: SequentialJpeg) -> bool:
    parts = [part for scan in jpeg.scans for part in scan.components]
    ends = all(part.ac.lengths[0] for part in parts)
    complete = all(part.dc.lengths[: _categories(jpeg)].all() for part in parts)
    return jpeg.precision in (8, 12) and ends and (complete or len(jpeg.scans) == 1)


def _categories(jpeg: SequentialJpeg) -> int:
    """How many sizes a DC difference can have (F.1.2.1, F.1.2.1.3)."""
    return 12 if jpeg.precision == 8 else 16


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


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
    before = blocks.differences(scan.components)
    after = _differences(blocks, np.where(masked, black[blocks.part], _summed(blocks, before)))
    tables = _tables(jpeg, scan, blocks, after)
    moved = np.array([tables[part.dc_table] is not part.dc for part in scan.components])
    rewritten = masked | (before != after) | moved[blocks.part]
    lengths = np.stack([blocks.dc_ends - blocks.starts, blocks.ends - blocks.dc_ends], axis=1)
    sources = np.stack([blocks.starts, blocks.dc_ends], axis=1)
    pool = [np.zeros(0, np.uint8)]
    at = 8 * len(blocks.data)
    for number, part in enumerate(scan.components):
        own = np.flatnonzero(rewritten & (blocks.part == number))
        bits, sizes = _coded(after[own], tables[part.dc_table])
        lengths[own, 0] = sizes
        sources[own, 0] = at + np.cumsum(sizes) - sizes
        at += len(bits)
        pool.append(bits)
        own = np.flatnonzero(masked & (blocks.part == number))
        lengths[own, 1] = part.ac.lengths[0]
        sources[own, 1] = at
        end = _bits(part.ac.codes[:1], part.ac.lengths[:1])
        at += len(end)
        pool.append(end)
    new = {
        name: table
        for name, table in tables.items()
        if any(part.dc_table == name and part.dc is not table for part in scan.components)
    }
    return [table.segment(name) for name, table in sorted(new.items())], joined(
        blocks, lengths, sources, np.concatenate(pool)
    )


def black_coefficient(level: int, precision: int, step: int) -> int:
    """The quantized DC coefficient of a block of one level, rounded away from the middle (A.3.3, A.3.4)."""
    exact = 8 * (level - (1 << (precision - 1))) / step
    return floor(exact) if exact < 0 else ceil(exact)


def _tables(
    jpeg: SequentialJpeg, scan: Scan, blocks: Blocks, differences: NDArray[np.int64]
) -> dict[int, HuffmanTable]:
    """The DC table by identifier: the scan's own, or a flat one where it has no code for a difference's size."""
    tables: dict[int, HuffmanTable] = {}
    for number, part in enumerate(scan.components):
        sizes = np.unique(_sizes(differences[blocks.part == number]))
        known = part.dc.lengths[sizes].all() and tables.get(part.dc_table, part.dc) is part.dc
        tables[part.dc_table] = part.dc if known else flat_table(_categories(jpeg))
    return tables


def dc_coefficients(blocks: Blocks, components: Sequence[ScanComponent]) -> NDArray[np.int64]:
    """The quantized DC coefficient of every block."""
    return _summed(blocks, blocks.differences(components))


def _summed(blocks: Blocks, differences: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each component's sum of differences since the last restart."""
    values = np.empty_like(differences)
    for own, restarts in _chains(blocks):
        sums = np.cumsum(differences[own])
        base = sums[restarts] - differences[own][restarts]
        values[own] = sums - np.repeat(base, np.diff([*restarts, len(own)]))
    return values


def _differences(blocks: Blocks, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The inverse of `_summed`."""
    differences = np.empty_like(values)
    for own, restarts in _chains(blocks):
        chain = values[own]
        before = np.concatenate([[0], chain[:-1]])
        before[restarts] = 0
        differences[own] = chain - before
    return differences


def _chains(blocks: Blocks) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """For each component its blocks in order, and where among them an interval begins."""
    for number in range(int(blocks.part.max()) + 1):
        own = np.flatnonzero(blocks.part == number)
        yield own, np.concatenate([[0], np.flatnonzero(np.diff(blocks.interval[own])) + 1])


def _sizes(differences: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bits of each difference's magnitude."""
    return np.frexp(np.abs(differences).astype(np.float64))[1].astype(np.int64)


def _coded(differences: NDArray[np.int64], table: HuffmanTable) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bits of DC differences one after the other, and how many each takes (F.1.2.1)."""
    sizes = _sizes(differences)
    value = np.where(differences < 0, differences + (1 << sizes) - 1, differences)
    lengths = table.lengths[sizes] + sizes
    return _bits(table.codes[sizes] << sizes | value, lengths), lengths


def _bits(codes: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Codes as single bits, the highest first."""
    place = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    shift = np.repeat(lengths, lengths) - 1 - place
    return (np.repeat(codes, lengths) >> shift & 1).astype(np.uint8)
