"""The parts of a sequential JPEG: its components, its scans, and the tables each scan uses (ISO 10918-1 B.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanscrub.formats.jpeg.codestream import FRAMES, jpeg_segments
from scanscrub.formats.jpeg.huffman import HuffmanTable, read_tables
from scanscrub.formats.jpeg.quantizers import DQT, read_quantizers

_SEQUENTIAL = (0xC0, 0xC1)
_DHT, _DRI, _SOS = 0xC4, 0xDD, 0xDA


@dataclass(frozen=True, slots=True)
class Component:
    """A component of the frame: identifier, sampling factors, quantizer table."""

    identifier: int
    across: int
    down: int
    quantizer: int


@dataclass(frozen=True, slots=True)
class ScanComponent:
    """A component as a scan codes it. `index` is its place in the frame; `dc_step` its DC quantizer step."""

    index: int
    component: Component
    dc_table: int
    dc: HuffmanTable
    ac: HuffmanTable
    dc_step: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan: its components, its restart interval in MCUs (0: none) and its entropy-coded bytes."""

    components: tuple[ScanComponent, ...]
    restart: int
    entropy: bytes


@dataclass(frozen=True, slots=True)
class SequentialJpeg:
    """A JPEG of baseline or extended sequential DCT with Huffman coding.

    `segments` are all of its segments as (marker, body); a scan's place among them is its SOS.
    """

    precision: int
    rows: int
    columns: int
    components: tuple[Component, ...]
    scans: tuple[Scan, ...]
    segments: tuple[tuple[int, bytes], ...]

    @property
    def unit(self) -> tuple[int, int]:
        """Height and width in pixels of the smallest part that can be coded anew by itself."""
        if len(self.components) == 1:
            return 8, 8
        return 8 * max(part.down for part in self.components), 8 * max(part.across for part in self.components)


def read_sequential(data: bytes) -> SequentialJpeg | None:
    """Parse a JPEG; None where it is of another process, or where a component is coded other than once.

    Raises `RefusedFile` where it cannot be followed at all.
    """
    reader = _Reader()
    try:
        for marker, body, entropy in jpeg_segments(data):
            reader.take(marker, body, entropy)
    except (IndexError, KeyError, ValueError):
        return None
    coded = sorted(part.index for scan in reader.scans for part in scan.components)
    if reader.frame is None or 0 in reader.frame[1:3] or coded != list(range(len(reader.frame[3]))):
        return None
    return SequentialJpeg(*reader.frame, tuple(reader.scans), tuple(reader.segments))


class _Reader:
    """Gathers what the segments say. Raises `ValueError` for what is not sequential Huffman coding."""

    def __init__(self) -> None:
        self.frame: tuple[int, int, int, tuple[Component, ...]] | None = None
        self.scans: list[Scan] = []
        self.segments: list[tuple[int, bytes]] = []
        self._quantizers: dict[int, int] = {}
        self._tables: dict[int, HuffmanTable] = {}
        self._restart = 0

    def take(self, marker: int, body: bytes, entropy: bytes) -> None:
        self.segments.append((marker, body))
        if marker == DQT:
            self._quantizers |= {number: int(steps[0]) or 1 for number, steps in read_quantizers(body).items()}
        elif marker == _DHT:
            self._tables |= read_tables(body)
        elif marker == _DRI:
            self._restart = int.from_bytes(body[:2], "big")
        elif marker == _SOS:
            self._take_scan(body, entropy)
        elif marker in FRAMES:
            if marker not in _SEQUENTIAL or self.frame is not None:
                raise ValueError
            self.frame = _frame(body)

    def _take_scan(self, body: bytes, entropy: bytes) -> None:
        if self.frame is None:
            raise ValueError
        parts = _scan_components(body, self.frame[3], self._tables, self._quantizers)
        self.scans.append(Scan(parts, self._restart, entropy))


def _frame(body: bytes) -> tuple[int, int, int, tuple[Component, ...]]:
    parts = tuple(
        Component(body[at], body[at + 1] >> 4, body[at + 1] & 15, body[at + 2]) for at in range(6, 6 + 3 * body[5], 3)
    )
    if not parts or any(not 1 <= part.across <= 4 or not 1 <= part.down <= 4 for part in parts):
        raise ValueError
    return body[0], int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), parts


def _scan_components(
    body: bytes,
    components: Sequence[Component],
    tables: dict[int, HuffmanTable],
    quantizers: dict[int, int],
) -> tuple[ScanComponent, ...]:
    places = {component.identifier: place for place, component in enumerate(components)}
    found = []
    for at in range(1, 1 + 2 * body[0], 2):
        component = components[places[body[at]]]
        dc, ac = body[at + 1] >> 4, 0x10 | (body[at + 1] & 15)
        step = quantizers[component.quantizer]
        found.append(ScanComponent(places[body[at]], component, dc, tables[dc], tables[ac], step))
    return tuple(found)
