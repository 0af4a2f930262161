"""Elements of ICC profiles (ICC.1:2022 clause 10) read to their last byte, and written again without slack."""

import struct
from collections.abc import Callable, Sequence
from math import prod
from typing import Final

_LARGEST, _STEEPEST = 32 << 16, 1024 << 16
"""Of a number in 1/65536: a color or a matrix, and a parameter of a curve. Letters read as one are far larger."""
_PARAMETERS: Final = (1, 3, 4, 5, 7)
"""Of a parametric curve, by its function type (Table 68)."""
_MOST_CHANNELS: Final = 4
_MOST_CLUT_VALUES: Final = 1 << 22


def plain_element(name: bytes, data: bytes) -> bytes | None:
    """The element without reserved bytes and without what lies behind it; None where it is none that a tag of that
    name may have.
    """
    read = _TYPES.get(data[:4])
    if read is None or data[:4] not in _ALLOWED[_kind(name)]:
        return None
    try:
        plain, _ = read(data)
    except (struct.error, IndexError, ValueError):
        return None
    return plain


def _kind(name: bytes) -> bytes:
    if name.endswith(b"TRC"):
        return b"TRC"
    return b"table" if name[:3] in (b"A2B", b"B2A") or name == b"gamt" else name if name in _ALLOWED else b"XYZ"


_Read = tuple[bytes, int]
"""What was read, as it is written again, and how many bytes of the element it took."""


def _xyz(data: bytes) -> _Read:
    return b"XYZ " + bytes(4) + _numbers(data, 8, 3), 20


def _adaptation(data: bytes) -> _Read:
    return b"sf32" + bytes(4) + _numbers(data, 8, 9), 44


def _video(data: bytes) -> _Read:
    if len(data) < 12 or max(data[8:12]) > 31:
        raise ValueError
    return b"cicp" + bytes(4) + data[8:12], 12


def _curve(data: bytes) -> _Read:
    """A curve by its values, which go one way, or by an exponent."""
    (count,) = struct.unpack_from(">I", data, 8)
    values = struct.unpack_from(f">{count}H", data, 12)
    if count > 1 and list(values) not in (sorted(values), sorted(values, reverse=True)):
        raise ValueError
    return struct.pack(f">4s4xI{count}H", b"curv", count, *values), 12 + 2 * count


def _parametric(data: bytes) -> _Read:
    (function,) = struct.unpack_from(">H", data, 8)
    count = _PARAMETERS[function]
    return struct.pack(">4s4xHxx", b"para", function) + _numbers(data, 12, count, _STEEPEST), 12 + 4 * count


def _table_of_bytes(data: bytes) -> _Read:
    """lut8Type: input tables, grid, output tables (10.10)."""
    inputs, outputs, grid = _channels(data)
    length = 256 * inputs + _clut_values([grid] * inputs, outputs) + 256 * outputs
    head = b"mft1" + bytes(4) + bytes((inputs, outputs, grid, 0)) + _numbers(data, 12, 9)
    return head + _slice(data, 48, length), 48 + length


def _table_of_words(data: bytes) -> _Read:
    """lut16Type (10.9)."""
    inputs, outputs, grid = _channels(data)
    before, after = struct.unpack_from(">HH", data, 48)
    length = 2 * (before * inputs + _clut_values([grid] * inputs, outputs) + after * outputs)
    head = b"mft2" + bytes(4) + bytes((inputs, outputs, grid, 0)) + _numbers(data, 12, 9)
    return head + struct.pack(">HH", before, after) + _slice(data, 52, length), 52 + length


def _curves_and_grid(data: bytes) -> _Read:
    """LutAToBType and lutBToAType (10.11, 10.12): the parts that are there, one behind the other."""
    inputs, outputs = data[8], data[9]
    places = struct.unpack_from(">5I", data, 12)
    sides = (outputs, inputs) if data[:4] == b"mAB " else (inputs, outputs)
    if not (0 < inputs <= _MOST_CHANNELS and 0 < outputs <= _MOST_CHANNELS) or not places[0]:
        raise ValueError
    readers: tuple[Callable[[int], _Read], ...] = (
        lambda at: _curve_set(data, at, sides[0]),
        lambda at: (_numbers(data, at, 12), 48),
        lambda at: _curve_set(data, at, sides[0]),
        lambda at: _grid(data, at, inputs, outputs),
        lambda at: _curve_set(data, at, sides[1]),
    )
    body, offsets, end = b"", [], 32
    for place, read in zip(places, readers, strict=True):
        offsets.append(32 + len(body) if place else 0)
        if place:
            part, used = read(place)
            body += part
            end = max(end, place + used)
    return data[:4] + bytes(4) + bytes((inputs, outputs, 0, 0)) + struct.pack(">5I", *offsets) + body, end


def _curve_set(data: bytes, at: int, count: int) -> _Read:
    start, written = at, b""
    for _ in range(count):
        read = {b"curv": _curve, b"para": _parametric}.get(data[at : at + 4])
        if read is None:
            raise ValueError
        curve, used = read(data[at:])
        written += curve + bytes(-len(curve) % 4)
        at += used + -used % 4
    return written, min(at, len(data)) - start


def _grid(data: bytes, at: int, inputs: int, outputs: int) -> _Read:
    """The color lookup table of the two (10.11.5)."""
    points, precision = data[at : at + inputs], data[at + 16]
    if precision not in (1, 2):
        raise ValueError
    length = _clut_values(points, outputs) * precision
    written = points + bytes(16 - inputs) + bytes((precision, 0, 0, 0)) + _slice(data, at + 20, length)
    return written + bytes(-len(written) % 4), 20 + length


def _channels(data: bytes) -> tuple[int, int, int]:
    inputs, outputs, grid = data[8], data[9], data[10]
    if not (0 < inputs <= _MOST_CHANNELS and 0 < outputs <= _MOST_CHANNELS and grid > 1):
        raise ValueError
    return inputs, outputs, grid


def _clut_values(points: Sequence[int], outputs: int) -> int:
    values = prod(points) * outputs
    if not 0 < values <= _MOST_CLUT_VALUES:
        raise ValueError
    return values


def _slice(data: bytes, at: int, length: int) -> bytes:
    part = data[at : at + length]
    if len(part) != length:
        raise ValueError
    return part


def _numbers(data: bytes, at: int, count: int, largest: int = _LARGEST) -> bytes:
    """Signed numbers in 1/65536."""
    numbers = struct.unpack_from(f">{count}i", data, at)
    if any(abs(number) > largest for number in numbers) or all(0x20 <= number < 0x7F for number in numbers):
        raise ValueError  # the second: letters of four bytes each
    return struct.pack(f">{count}i", *numbers)


_TYPES: Final[dict[bytes, Callable[[bytes], _Read]]] = {
    b"XYZ ": _xyz,
    b"sf32": _adaptation,
    b"cicp": _video,
    b"curv": _curve,
    b"para": _parametric,
    b"mft1": _table_of_bytes,
    b"mft2": _table_of_words,
    b"mAB ": _curves_and_grid,
    b"mBA ": _curves_and_grid,
}
_ALLOWED: Final = {
    b"TRC": frozenset({b"curv", b"para"}),
    b"table": frozenset({b"mft1", b"mft2", b"mAB ", b"mBA "}),
    b"XYZ": frozenset({b"XYZ "}),
    b"chad": frozenset({b"sf32"}),
    b"cicp": frozenset({b"cicp"}),
}
"""Which types a tag may have, by the kind of the tag."""
