"""Reads lossless JPEG: ISO 10918-1 annex H, Huffman-coded, any predictor."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.jpeg.bitstrings import signed_values
from scanscrub.formats.jpeg.block_positions import bits_ahead, look_ahead
from scanscrub.formats.jpeg.codestream import jpeg_segments, restart_intervals
from scanscrub.formats.jpeg.huffman import HuffmanTable, read_tables

_SOF3, _DHT, _DRI, _SOS = 0xC3, 0xC4, 0xDD, 0xDA
_WINDOW = 1 << 18
"""Bytes whose bit positions are looked up at a time."""
_SPARE = 64
"""Bytes of ones behind the data, more than the longest sample of all components."""
_NO_EXTRA_BITS = 16
"""The size whose difference, 32,768, needs no more bits (H.1.2.2)."""


@dataclass(frozen=True, slots=True)
class _Scan:
    rows: int
    columns: int
    precision: int
    tables: tuple[HuffmanTable, ...]
    predictor: int
    shift: int
    restart: int
    entropy: bytes


def decode_lossless(data: bytes) -> NDArray[np.uint16] | None:
    """The samples, ``(rows, columns, components)``; None where the data is damaged or of another process.

    Raises `RefusedFile` where the segments cannot be followed.
    """
    try:
        scan = _read(data)
    except (IndexError, KeyError, ValueError):
        return None
    if scan is None or not 1 <= scan.predictor <= 7 or (scan.restart or scan.columns) % scan.columns:
        return None
    rows = scan.restart // scan.columns or scan.rows
    intervals = restart_intervals(scan.entropy)[: -(-scan.rows // rows)]
    if len(intervals) != -(-scan.rows // rows):
        return None
    samples = np.empty((scan.rows, scan.columns, len(scan.tables)), np.uint16)
    for number, interval in enumerate(intervals):
        strip = samples[number * rows : (number + 1) * rows]
        differences = _differences(interval, scan.tables, strip.shape[0] * strip.shape[1])
        if differences is None:
            return None
        for component in range(len(scan.tables)):
            left = differences[:, component].reshape(strip.shape[:2])
            strip[:, :, component] = _predicted(left, scan) << scan.shift
    return samples


def lossless_ends(data: bytes) -> list[int] | None:
    """How many bits of each restart interval the samples take; None where the data is damaged or ends early."""
    scan = _read(data)
    if scan is None or (scan.restart or scan.columns) % scan.columns:
        return None
    rows = scan.restart // scan.columns or scan.rows
    needed = -(-scan.rows // rows)
    intervals = restart_intervals(scan.entropy)[:needed]
    if len(intervals) != needed:
        return None
    ends = []
    for number, interval in enumerate(intervals):
        pixels = min(rows, scan.rows - number * rows) * scan.columns
        found = _places(interval + b"\xff" * _SPARE, scan.tables, pixels)
        if found is None:
            return None
        ends.append(found[1])
    return ends


def _read(data: bytes) -> _Scan | None:
    """The only scan of the codestream; None where there is another number of them, or components of unequal size."""
    tables: dict[int, HuffmanTable] = {}
    scans: list[_Scan] = []
    restart = 0
    frame = b""
    for marker, body, entropy in jpeg_segments(data):
        if marker == _DHT:
            tables |= read_tables(body)
        elif marker == _DRI:
            restart = int.from_bytes(body[:2], "big")
        elif marker == _SOF3:
            frame = body
        elif marker == _SOS:
            used = tuple(tables[body[at + 1] >> 4] for at in range(1, 1 + 2 * body[0], 2))
            rows, columns = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
            scans.append(_Scan(rows, columns, frame[0], used, body[-3], body[-1] & 15, restart, entropy))
    equal = len(set(frame[7::3])) == 1
    complete = len(scans) == 1 and len(scans[0].tables) == frame[5] and scans[0].rows * scans[0].columns > 0
    return scans[0] if complete and equal else None


def _differences(data: bytes, tables: Sequence[HuffmanTable], pixels: int) -> NDArray[np.int64] | None:
    """``(pixels, components)``: what is added to each prediction (F.2.2.1, H.1.2.2); None where data is damaged."""
    places = _places(data + b"\xff" * _SPARE, tables, pixels)
    if places is None:
        return None
    starts_of_all, _ = places
    differences = np.empty((pixels, len(tables)), np.int64)
    for component, table in enumerate(tables):
        starts = starts_of_all[component :: len(tables)]
        ahead = bits_ahead(data, starts)
        size = table.symbol_at[ahead].astype(np.int64)
        extra = np.where(size == _NO_EXTRA_BITS, 0, size)
        values = signed_values(bits_ahead(data, starts + table.length_at[ahead]) >> (16 - extra), extra)
        differences[:, component] = np.where(size == _NO_EXTRA_BITS, 1 << 15, values)
    return differences


def _places(data: bytes, tables: Sequence[HuffmanTable], pixels: int) -> tuple[NDArray[np.int64], int] | None:
    """The bit position of each sample's code, and the one behind the last."""
    places = array("q")
    append = places.append
    base, position, left = 0, 0, pixels
    while left:
        ahead = look_ahead(data[base // 8 : base // 8 + _WINDOW + _SPARE])
        steps = [_step_at(table).take(ahead).tobytes() for table in tables]
        at = position - base
        try:
            while left and at < 8 * _WINDOW:
                left -= 1
                for step in steps:
                    append(base + at)
                    at += step[at]
        except IndexError:
            return None
        if base + at == position:
            return None
        position = base + at
        base = position // 8 * 8
    found = np.frombuffer(places, np.int64)
    return (found, position) if position <= 8 * (len(data) - _SPARE) else None


def _step_at(table: HuffmanTable) -> NDArray[np.uint8]:
    """Bits of a difference, code and value, by the next 16 bits."""
    size = np.where(table.symbol_at == _NO_EXTRA_BITS, 0, table.symbol_at).astype(np.uint8)
    return table.length_at + size


def _predicted(left: NDArray[np.int64], scan: _Scan) -> NDArray[np.int64]:
    """Samples from differences, modulo 65,536 (H.1.2.1, Table H.1). The first row is predicted from the left."""
    samples = np.empty_like(left)
    samples[0] = np.cumsum(left[0]) + (1 << (scan.precision - scan.shift - 1))
    samples[0] &= 0xFFFF
    if scan.predictor == 1:
        first = np.cumsum(left[:, 0]) + (samples[0, 0] - left[0, 0])
        samples[1:] = np.cumsum(np.concatenate([first[1:, None], left[1:, 1:]], axis=1), axis=1)
        return samples & 0xFFFF
    for row in range(1, len(left)):
        samples[row] = _next_row(left[row], samples[row - 1], scan.predictor)
    return samples


def _next_row(left: NDArray[np.int64], above: NDArray[np.int64], predictor: int) -> NDArray[np.int64]:
    """A row from its differences and the row above; its first sample is predicted from above."""
    row = np.empty_like(left)
    row[0] = left[0] + above[0] & 0xFFFF
    if predictor in (2, 3):
        row[1:] = left[1:] + (above[1:] if predictor == 2 else above[:-1])
    elif predictor in (4, 5):
        slope = np.diff(above) if predictor == 4 else np.diff(above) >> 1
        row[1:] = row[0] + np.cumsum(left[1:] + slope)
    else:
        before = int(row[0])
        for column, (difference, up, corner) in enumerate(
            zip(left[1:].tolist(), above[1:].tolist(), above[:-1].tolist(), strict=True), start=1
        ):
            guess = up + ((before - corner) >> 1) if predictor == 6 else (before + up) >> 1
            before = guess + difference & 0xFFFF
            row[column] = before
    return row & 0xFFFF
