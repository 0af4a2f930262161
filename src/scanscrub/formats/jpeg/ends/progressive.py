"""Follows the scans of a progressive JPEG to their last bit (ISO 10918-1 annex G, Huffman coding)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from scanscrub.formats.jpeg.codestream import FRAMES, restart_intervals
from scanscrub.formats.jpeg.ends.progressive_blocks import AcFirst, AcRefinement, AcWalk, DcFirst
from scanscrub.formats.jpeg.huffman import HuffmanTable, read_tables

_DHT, _DRI, _SOS = 0xC4, 0xDD, 0xDA
_NOT_SENT = -1
_Walk: TypeAlias = Callable[[int, range], int]


@dataclass(frozen=True, slots=True)
class _Band:
    """What one scan codes: components by their place in the frame, coefficients, bit positions (B.2.3)."""

    components: tuple[int, ...]
    tables: tuple[HuffmanTable | None, ...]
    table: int
    first: int
    last: int
    high: int
    low: int
    restart: int


@dataclass(frozen=True, slots=True)
class Overrun:
    """A run of empty blocks that goes on behind the last block (G.1.2.2): where its code lies in its interval and
    how many bits that takes, how many blocks there are, and the table by its name in a DHT.
    """

    position: int
    bits: int
    blocks: int
    table: int


@dataclass(frozen=True, slots=True)
class ScanEnd:
    """The bits that each restart interval of a scan holds, and by interval the runs that go too far."""

    bits: tuple[int, ...]
    overruns: dict[int, Overrun]


class _Frame:
    """The components with, of each, the coefficients that are not zero so far and how far they are sent."""

    def __init__(self, body: bytes) -> None:
        rows, columns = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
        starts = range(6, 6 + 3 * body[5], 3)
        self.places = {body[at]: place for place, at in enumerate(starts)}
        self.sampling = [(body[at + 1] >> 4, body[at + 1] & 15) for at in starts]
        if body[0] != 8 or not rows * columns or len(self.places) != body[5]:
            raise ValueError
        if any(not 1 <= factor <= 4 for pair in self.sampling for factor in pair):
            raise ValueError
        across, down = (max(pair[axis] for pair in self.sampling) for axis in (0, 1))
        self.mcus = -(-columns // (8 * across)) * -(-rows // (8 * down))
        self.blocks = [-(-columns * h // (8 * across)) * -(-rows * v // (8 * down)) for h, v in self.sampling]
        self.nonzero = [[0] * count for count in self.blocks]
        self.sent = [[_NOT_SENT] * 64 for _ in self.sampling]

    def take(self, band: _Band) -> None:
        """Note what a scan sends. Raises `ValueError` for what was sent before, or refines what was not."""
        if not 0 <= band.first <= band.last <= 63 or (band.first == 0) != (band.last == 0):
            raise ValueError
        if (band.first and len(band.components) != 1) or (band.high and band.high != band.low + 1):
            raise ValueError
        for place in band.components:
            for coefficient in range(band.first, band.last + 1):
                if self.sent[place][coefficient] != (band.high or _NOT_SENT):
                    raise ValueError
                self.sent[place][coefficient] = band.low
            if band.first and self.sent[place][0] == _NOT_SENT:
                raise ValueError


def progressive_ends(segments: Sequence[tuple[int, bytes, bytes]]) -> list[ScanEnd] | None:
    """Where each scan ends; None where data is missing or damaged.

    Raises `ValueError`, `KeyError` or `IndexError` for what is no such JPEG.
    """
    frame: _Frame | None = None
    tables: dict[int, HuffmanTable] = {}
    restart = 0
    found: list[ScanEnd] = []
    for marker, body, entropy in segments:
        if marker in FRAMES:
            frame = _Frame(body)
        elif marker == _DHT:
            tables |= read_tables(body)
        elif marker == _DRI:
            restart = int.from_bytes(body[:2], "big")
        elif marker == _SOS and frame is not None:
            band = _band(frame, body, tables, restart)
            frame.take(band)
            ends = _scan(frame, band, entropy)
            if ends is None:
                return None
            found.append(ends)
    complete = frame is not None and all(sent[0] != _NOT_SENT for sent in frame.sent)
    return found if complete else None


def _band(frame: _Frame, body: bytes, tables: dict[int, HuffmanTable], restart: int) -> _Band:
    count = body[0]
    first, last, high, low = body[-3], body[-2], body[-1] >> 4, body[-1] & 15
    names = [(body[at], body[at + 1]) for at in range(1, 1 + 2 * count, 2)]
    components = tuple(frame.places[identifier] for identifier, _ in names)
    if not components or len(set(components)) != count:
        raise ValueError
    if first:
        used: tuple[HuffmanTable | None, ...] = tuple(tables[0x10 | code & 15] for _, code in names)
    else:
        used = tuple(None if high else tables[code >> 4] for _, code in names)
    return _Band(components, used, 0x10 | names[0][1] & 15, first, last, high, low, restart)


def _scan(frame: _Frame, band: _Band, entropy: bytes) -> ScanEnd | None:
    alone = len(band.components) == 1
    units = frame.blocks[band.components[0]] if alone else frame.mcus
    per_interval = band.restart or units
    needed = -(-units // per_interval)
    intervals = restart_intervals(entropy)[:needed]
    if len(intervals) < needed:
        return None
    walk = _walk(frame, band, b"".join(intervals))
    ends: list[int] = []
    overruns: dict[int, Overrun] = {}
    start = 0
    for number, interval in enumerate(intervals):
        first = number * per_interval
        try:
            end = walk(start, range(first, min(units, first + per_interval))) - start
        except IndexError:
            return None
        if not 0 <= end <= 8 * len(interval):
            return None
        ends.append(end)
        if isinstance(walk, AcWalk) and walk.too_far:
            position, bits, blocks = walk.last_run
            overruns[number] = Overrun(position - start, bits, blocks - walk.too_far, band.table)
        start += 8 * len(interval)
    return ScanEnd(tuple(ends), overruns)


def _walk(frame: _Frame, band: _Band, data: bytes) -> _Walk:
    """How to pass some MCUs of a scan."""
    if band.first:
        walk = AcRefinement if band.high else AcFirst
        return walk(data, _known(band.tables[0]), frame.nonzero[band.components[0]], (band.first, band.last))
    template = [
        place
        for place, component in enumerate(band.components)
        for _ in range(1 if len(band.components) == 1 else _product(frame.sampling[component]))
    ]
    if band.high:
        return lambda at, blocks: at + len(blocks) * len(template)
    return DcFirst(data, [_known(band.tables[place]) for place in template])


def _product(factors: tuple[int, int]) -> int:
    return factors[0] * factors[1]


def _known(table: HuffmanTable | None) -> HuffmanTable:
    if table is None:
        raise ValueError
    return table
