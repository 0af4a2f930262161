"""Where each block of a JPEG scan lies in its bits, and a scan put together again from pieces of bits."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpegscan import Scan, ScanComponent, SequentialJpeg

_RESTART = re.compile(rb"\xff+[\xd0-\xd7]")
_SPARE = 64
"""Bytes of ones behind the last interval, more than a symbol can ask for."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The blocks of a scan in coded order. Positions count bits in `data`, the scan without stuffing and restarts.

    A block's DC difference lies from `starts` to `dc_ends`, its AC coefficients from there to `ends`. `part` is
    its component's place in the scan, `unit` the MCU or masking unit it belongs to, `interval` its restart
    interval; `next16` the 16 bits from each position on.
    """

    data: bytes
    next16: NDArray[np.uint16]
    starts: NDArray[np.int64]
    dc_ends: NDArray[np.int64]
    ends: NDArray[np.int64]
    part: NDArray[np.intp]
    unit: NDArray[np.intp]
    interval: NDArray[np.intp]

    def differences(self, components: Sequence[ScanComponent]) -> NDArray[np.int64]:
        """The DC difference of every block (F.2.2.1)."""
        ahead = self.next16[self.starts]
        size = np.zeros(len(ahead), np.int64)
        for number, part in enumerate(components):
            own = self.part == number
            size[own] = part.dc.symbol_at[ahead[own]]
        value = self.next16[self.dc_ends - size].astype(np.int64) >> (16 - size)
        return np.where((size > 0) & (value >> np.maximum(size - 1, 0) == 0), value - (1 << size) + 1, value)


def read_blocks(jpeg: SequentialJpeg, scan: Scan) -> Blocks | None:
    """Find every block of a scan; None where the entropy-coded data is damaged."""
    template, unit = _order(jpeg, scan)
    per_interval = scan.restart or len(unit)
    intervals = [part.replace(b"\xff\x00", b"\xff") for part in _RESTART.split(scan.entropy)]
    if len(intervals) != -(-len(unit) // per_interval):
        return None
    data = b"".join(intervals)
    next16 = _windows(data + b"\xff" * _SPARE)
    steps = [
        (
            part.dc.dc_step_at[next16].tobytes(),
            part.ac.ac_step_at[next16].tobytes(),
            part.ac.ac_run_at[next16].tobytes(),
        )
        for part in scan.components
    ]
    marks = array("q")
    position = 0
    for number, interval in enumerate(intervals):
        units = min(per_interval, len(unit) - number * per_interval)
        if not _walk(marks, position, units, [steps[part] for part in template]):
            return None
        position += 8 * len(interval)
        if marks[-1] > position:
            return None
    places = np.frombuffer(marks, np.int64).reshape(-1, 3)
    count = len(unit)
    return Blocks(
        data=data,
        next16=next16,
        starts=places[:, 0],
        dc_ends=places[:, 1],
        ends=places[:, 2],
        part=np.tile(template, count),
        unit=np.repeat(unit, len(template)),
        interval=np.repeat(np.arange(count) // per_interval, len(template)),
    )


def joined(blocks: Blocks, lengths: NDArray[np.int64], sources: NDArray[np.int64], pool: NDArray[np.uint8]) -> bytes:
    """The entropy-coded bytes of a scan whose blocks are two pieces of bits each, stuffed and with restarts.

    `lengths` and `sources` are ``(blocks, 2)``; a source counts bits in `blocks.data` followed by `pool`, whose
    values are single bits and whose last seven are ones.
    """
    bits = np.concatenate([np.unpackbits(np.frombuffer(blocks.data, np.uint8)), pool])
    changes = np.flatnonzero(np.diff(blocks.interval)) + 1
    out = []
    for number, (first, last) in enumerate(zip([0, *changes], [*changes, len(lengths)], strict=True)):
        size, source = lengths[first:last].reshape(-1), sources[first:last].reshape(-1)
        ends = np.cumsum(size)
        spare = -int(ends[-1]) % 8
        places = np.repeat(source - (ends - size), size) + np.arange(ends[-1])
        packed = np.packbits(np.concatenate([bits[places], np.ones(spare, np.uint8)])).tobytes()
        if number:
            out.append(bytes([0xFF, 0xD0 + (number - 1) % 8]))
        out.append(packed.replace(b"\xff", b"\xff\x00"))
    return b"".join(out)


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
    block_width = width // part.across
    block_height = height // part.down
    columns = np.arange(-(-jpeg.columns // block_width)) * block_width // width
    rows = np.arange(-(-jpeg.rows // block_height)) * block_height // height
    return [0], (rows[:, None] * across + columns).reshape(-1)


def _walk(marks: "array[int]", position: int, units: int, steps: Sequence[tuple[bytes, bytes, bytes]]) -> bool:
    """Append start, end of DC and end of each block of an interval; False where a code is not in its table."""
    append = marks.append
    try:
        for _ in range(units):
            for dc_step, ac_step, ac_run in steps:
                append(position)
                position += dc_step[position]
                append(position)
                passed = 1
                while passed < 64:
                    passed += ac_run[position]
                    position += ac_step[position]
                if passed > 127:
                    return False
                append(position)
    except IndexError:
        return False
    return True


def _windows(data: bytes) -> NDArray[np.uint16]:
    """The 16 bits from each bit position on, up to the last two bytes."""
    octets = np.frombuffer(data, np.uint8).astype(np.uint32)
    wide = octets[:-2] << 16 | octets[1:-1] << 8 | octets[2:]
    windows = np.empty((len(wide), 8), np.uint16)
    for shift in range(8):
        windows[:, shift] = wide >> (8 - shift)
    return windows.reshape(-1)
