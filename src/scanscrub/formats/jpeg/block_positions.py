"""Where each block of a JPEG scan lies in its bits (ISO 10918-1 F.2)."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import signed_values
from scanscrub.formats.jpeg.codestream import restart_intervals
from scanscrub.formats.jpeg.scan import Scan, ScanComponent, SequentialJpeg

Steps: TypeAlias = tuple[bytes, bytes, bytes]
"""For each bit position: bits of a DC difference, bits of an AC coefficient, coefficients that one passes."""

_WINDOW = 1 << 18
"""Bytes whose bit positions are looked up at a time."""
_SPARE = 1 << 13
"""Bytes of ones behind the data, more than the longest MCU."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The blocks of a scan in coded order. Positions count bits in `data`, the scan without stuffing and restarts.

    A block's DC difference lies from `starts` to `dc_ends`, its AC coefficients from there to `ends`. `part` is
    its component's place in the scan, `unit` the MCU or masking unit it belongs to; `intervals` are the first
    blocks of the restart intervals, and at last the number of blocks.
    """

    data: bytes
    starts: NDArray[np.int64]
    dc_ends: NDArray[np.int64]
    ends: NDArray[np.int64]
    part: NDArray[np.intp]
    unit: NDArray[np.intp]
    intervals: tuple[int, ...]

    def next16(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The 16 bits from each position ``(n,)`` on, ``(n,)``; ones behind the end."""
        return bits_ahead(self.data, positions)

    def coefficients(self, components: Sequence[ScanComponent]) -> NDArray[np.int64]:
        """The quantized DC coefficient ``(blocks,)``: the sum of the component's differences since the restart."""
        values = self._differences(components)
        for chain in self.chains():
            values[chain] = np.cumsum(values[chain])
        return values

    def chains(self) -> Iterator[NDArray[np.intp]]:
        """The blocks ``(some,)`` whose DC coefficients are coded one from the other, by component and interval."""
        for first, last in pairwise(self.intervals):
            part = self.part[first:last]
            for number in range(int(self.part.max()) + 1):
                yield np.flatnonzero(part == number) + first

    def _differences(self, components: Sequence[ScanComponent]) -> NDArray[np.int64]:
        """The DC difference of every block (F.2.2.1)."""
        ahead = self.next16(self.starts)
        size = np.zeros(len(ahead), np.int64)
        for number, part in enumerate(components):
            own = self.part == number
            size[own] = part.dc.symbol_at[ahead[own]]
        return signed_values(self.next16(self.dc_ends - size) >> (16 - size), size)


def read_blocks(jpeg: SequentialJpeg, scan: Scan) -> Blocks | None:
    """Find every block of a scan; None where the entropy-coded data is damaged."""
    template, unit = _order(jpeg, scan)
    per_interval = scan.restart or len(unit)
    intervals = restart_intervals(scan.entropy)
    if len(intervals) != -(-len(unit) // per_interval):
        return None
    data = b"".join(intervals)
    walk = _Walk(data + b"\xff" * _SPARE, scan.components, template)
    end = 0
    for number, interval in enumerate(intervals):
        start, end = end, end + 8 * len(interval)
        if not walk.interval(start, end, min(per_interval, len(unit) - number * per_interval)):
            return None
    places = np.frombuffer(walk.marks, np.int64).reshape(-1, 2)
    firsts = [first * len(template) for first in (*range(0, len(unit), per_interval), len(unit))]
    starts = np.concatenate([[0], places[:-1, 1]])
    starts[firsts[:-1]] = [0, *np.cumsum([8 * len(interval) for interval in intervals])][:-1]
    return Blocks(
        data=data,
        starts=starts,
        dc_ends=places[:, 0],
        ends=places[:, 1],
        part=np.tile(template, len(unit)),
        unit=np.repeat(unit, len(template)),
        intervals=tuple(firsts),
    )


def scan_ends(jpeg: SequentialJpeg, scan: Scan) -> list[int] | None:
    """How many bits of each restart interval of a scan its MCUs take; None where the data is damaged or ends early.

    Intervals behind the last MCU are not counted.
    """
    template, unit = _order(jpeg, scan)
    per_interval = scan.restart or len(unit)
    intervals = restart_intervals(scan.entropy)[: -(-len(unit) // per_interval)]
    if len(intervals) != -(-len(unit) // per_interval):
        return None
    walk = _Walk(b"".join(intervals) + b"\xff" * _SPARE, scan.components, template)
    ends, end = [], 0
    for number, interval in enumerate(intervals):
        start, end = end, end + 8 * len(interval)
        if not walk.interval(start, end, min(per_interval, len(unit) - number * per_interval)):
            return None
        ends.append(walk.marks[-1] - start)
    return ends


class _Walk:
    """Steps from symbol to symbol. `marks` gathers where each block's DC difference and AC coefficients end."""

    def __init__(self, data: bytes, components: Sequence[ScanComponent], template: Sequence[int]) -> None:
        self.marks = array("q")
        self._data = data
        self._components = components
        self._template = template
        self._base = 0
        self._steps: list[Steps] = []
        self._look(0)

    def interval(self, start: int, end: int, units: int) -> bool:
        """Pass `units` MCUs between two positions; False where they do not fit or a code is not in its table."""
        position = start
        while units:
            if position >= self._base + 8 * _WINDOW or position < self._base:
                self._look(position // 8)
            limit = self._base + 8 * _WINDOW
            position, units = self._pass(position, limit, units)
            if position < 0:
                return False
        return position <= end

    def _look(self, first: int) -> None:
        """Look up every bit position of the window that begins at a byte."""
        self._base = 8 * first
        ahead = look_ahead(self._data[first : first + _WINDOW + _SPARE])
        found: dict[tuple[int, int], Steps] = {}
        for part in self._components:
            pair = (id(part.dc), id(part.ac))
            if pair not in found:
                tables = (part.dc.dc_step_at, part.ac.ac_step_at, part.ac.ac_run_at)
                dc, ac, run = (table.take(ahead).tobytes() for table in tables)
                found[pair] = dc, ac, run
        self._steps = [
            found[id(self._components[number].dc), id(self._components[number].ac)] for number in self._template
        ]

    def _pass(self, position: int, limit: int, units: int) -> tuple[int, int]:
        """The position after as many MCUs as begin before `limit`, and how many are left; -1 for damage."""
        append, base, steps = self.marks.append, self._base, self._steps
        at, limit = position - base, limit - base
        try:
            while units and at < limit:
                units -= 1
                for dc_step, ac_step, ac_run in steps:
                    at += dc_step[at]
                    append(base + at)
                    passed = 1
                    while passed < 64:
                        passed += ac_run[at]
                        at += ac_step[at]
                    if passed > 127:
                        return -1, 0
                    append(base + at)
        except IndexError:
            return -1, 0
        return base + at, units


def _order(jpeg: SequentialJpeg, scan: Scan) -> tuple[list[int], NDArray[np.intp]]:
    """The components of one MCU's blocks, and the masking unit of each MCU (A.2)."""
    height, width = jpeg.unit
    across, down = -(-jpeg.columns // width), -(-jpeg.rows // height)
    if len(scan.components) > 1:
        template = [
            number
            for number, part in enumerate(scan.components)
            for _ in range(part.component.across * part.component.down)
        ]
        return template, np.arange(across * down)
    if len(jpeg.components) == 1:
        return [0], np.arange(across * down)
    part = scan.components[0].component
    block_height, block_width = height // part.down, width // part.across
    columns = np.arange(-(-jpeg.columns // block_width)) * block_width // width
    rows = np.arange(-(-jpeg.rows // block_height)) * block_height // height
    return [0], (rows[:, None] * across + columns).reshape(-1)


def bits_ahead(data: bytes, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The 16 bits from each bit position ``(n,)`` on, ``(n,)``; ones behind the end."""
    octets = np.frombuffer(data + b"\xff" * 8, np.uint8)
    first = positions >> 3
    high, middle, low = (octets[first + place].astype(np.int64) for place in range(3))
    found: NDArray[np.int64] = (high << 16 | middle << 8 | low) >> (8 - (positions & 7)) & 0xFFFF
    return found


def look_ahead(data: bytes) -> NDArray[Any]:
    """The 16 bits from each bit position on, as an index: intp ``(bits,)``, up to the last two bytes."""
    octets = np.frombuffer(data, np.uint8).astype(np.uint32)
    wide = octets[:-2] << 16 | octets[1:-1] << 8 | octets[2:]
    ahead = np.empty((len(wide), 8), np.intp)
    for shift in range(8):
        ahead[:, shift] = wide >> (8 - shift) & 0xFFFF
    return ahead.reshape(-1)
