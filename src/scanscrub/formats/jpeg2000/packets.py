"""How many bytes the packets of a JPEG 2000 tile take (ISO 15444-1 annex B, 15444-15 for high throughput)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanscrub.formats.jpeg2000.headers import CodingStyle, Image, Progression

_HIGH_THROUGHPUT, _TERMINATES_EACH, _BYPASS = 0x40, 0x04, 0x01
_SOP, _EPH = b"\xff\x91\x00\x04", b"\xff\x92"
_LRCP, _RLCP, _RPCL, _PCRL, _CPRL = range(5)
_MOST_BLOCKS = 1 << 19
"""Code-blocks and precincts of a tile, more than any image has; a header can claim as many as it likes."""


class OutOfBytesError(Exception):
    """The tile ends within a packet: what there is belongs to it."""


class _TagTree:
    """A tag tree (B.10.2): what is known of the least values, level by level."""

    def __init__(self, columns: int, rows: int) -> None:
        self._levels: list[tuple[int, list[int], list[bool]]] = []
        while True:
            self._levels.append((columns, [0] * (columns * rows), [False] * (columns * rows)))
            if columns * rows <= 1:
                break
            columns, rows = -(-columns // 2), -(-rows // 2)

    def value(self, bits: "_Bits", column: int, row: int, limit: int) -> int:
        """The value of a leaf where it is below `limit`, else `limit`."""
        low = 0
        for level in range(len(self._levels) - 1, -1, -1):
            width, values, known = self._levels[level]
            at = (row >> level) * width + (column >> level)
            values[at] = max(values[at], low)
            while values[at] < limit and not known[at]:
                if bits.one():
                    known[at] = True
                else:
                    values[at] += 1
            low = values[at]
        return low


class _Bits:
    """The bits of packet headers; the highest bit of a byte after FF is stuffing (B.10.1)."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data, self.position = data, position
        self._byte = self._left = 0

    def one(self) -> int:
        if not self._left:
            if self.position >= len(self._data):
                raise OutOfBytesError
            self._left = 7 if self._byte == 0xFF else 8
            self._byte = self._data[self.position]
            self.position += 1
        self._left -= 1
        return self._byte >> self._left & 1

    def number(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self.one()
        return value

    def finish(self) -> int:
        """The position of the next whole byte."""
        return self.position + (self._byte == 0xFF)


@dataclass(slots=True)
class _CodeBlock:
    """What earlier packets said of a code-block: bits of its lengths (0: not included yet), passes by segment."""

    length_bits: int = 0
    segments: list[list[int]] = field(default_factory=list)
    """Passes that a codeword segment has, and the most it may have."""


class _BandPart:
    """The code-blocks of one sub-band in one precinct."""

    def __init__(self, columns: int, rows: int, style: int) -> None:
        self.columns, self.style = columns, style
        self.blocks = [_CodeBlock() for _ in range(columns * rows)]
        self.inclusion, self.zero_planes = _TagTree(columns, rows), _TagTree(columns, rows)


@dataclass(frozen=True, slots=True)
class _Precinct:
    component: int
    resolution: int
    number: int
    place: tuple[int, int]
    """Row and column of its first sample on the reference grid (B.12.1.3)."""
    parts: tuple[_BandPart, ...]


def packet_lengths(
    image: Image, tile: int, styles: Sequence[CodingStyle], progressions: Sequence[Progression], data: bytes
) -> list[int]:
    """The bytes of each packet of a tile, in the order of `progressions`; `data` are its tile-parts joined.

    The last packet may be cut short. Raises `ValueError` for what no tile can be.
    """
    claimed = sum(_claimed(image.area(tile, number), style) for number, style in enumerate(styles))
    if claimed > _MOST_BLOCKS:
        raise ValueError
    precincts = [
        precinct
        for component, style in enumerate(styles)
        for precinct in _precincts(image.area(tile, component), image, tile, component, style)
    ]
    lengths: list[int] = []
    position = 0
    for precinct, layer in _ordered(precincts, progressions):
        if position >= len(data):
            break
        try:
            end = _packet(data, position, precinct, layer)
        except OutOfBytesError:
            end = len(data)
        lengths.append(min(end, len(data)) - position)
        position += lengths[-1]
    return lengths


def _claimed(area: tuple[int, int, int, int], style: CodingStyle) -> int:
    """About how many code-blocks and precincts a tile's component has, and not fewer."""
    width, height = area[2] - area[0], area[3] - area[1]
    total = 0
    for resolution, (wide, high) in enumerate(style.precincts):
        scale = style.levels - resolution
        across, down = (max(0, _up(size, scale)) + 1 for size in (width, height))
        precincts = ((across >> wide) + 2) * ((down >> high) + 2)
        block_wide, block_high = min(style.block[0], max(wide - 1, 0)), min(style.block[1], max(high - 1, 0))
        total += precincts + ((across >> block_wide) + 2) * ((down >> block_high) + 2)
    return total


def _precincts(
    area: tuple[int, int, int, int], image: Image, tile: int, component: int, style: CodingStyle
) -> Iterator[_Precinct]:
    left, top, right, bottom = area
    tile_left, tile_top, _, _ = image.tile_area(tile)
    step_x, step_y = image.steps[component]
    for resolution in range(style.levels + 1):
        scale = style.levels - resolution
        x0, y0, x1, y1 = (_up(edge, scale) for edge in (left, top, right, bottom))
        if x1 <= x0 or y1 <= y0:
            continue
        wide, high = style.precincts[resolution]
        first_x, first_y = x0 >> wide, y0 >> high
        across, down = _up(x1, wide) - first_x, _up(y1, high) - first_y
        bands = _bands(area, style, resolution)
        for number in range(across * down):
            row, column = divmod(number, across)
            start_x, start_y = (first_x + column) << wide, (first_y + row) << high
            place = (
                tile_top if start_y < y0 else (start_y << scale) * step_y,
                tile_left if start_x < x0 else (start_x << scale) * step_x,
            )
            parts = tuple(_parts(bands, style, resolution, (first_x + column, first_y + row)))
            yield _Precinct(component, resolution, number, place, parts)


def _up(value: int, shift: int) -> int:
    """Divided by a power of two, rounded up."""
    return -(-value >> shift)


def _bands(area: tuple[int, int, int, int], style: CodingStyle, resolution: int) -> list[tuple[int, int, int, int]]:
    """The areas of a resolution's sub-bands (B.5)."""
    if resolution == 0:
        return [tuple(_up(edge, style.levels) for edge in area)]  # type: ignore[list-item] # four edges
    shift = style.levels - resolution + 1
    half = 1 << (shift - 1)
    return [
        tuple(_up(edge - half * (x if axis % 2 == 0 else y), shift) for axis, edge in enumerate(area))  # type: ignore[misc] # four edges
        for x, y in ((1, 0), (0, 1), (1, 1))
    ]


def _parts(
    bands: Sequence[tuple[int, int, int, int]], style: CodingStyle, resolution: int, precinct: tuple[int, int]
) -> Iterator[_BandPart]:
    """The code-blocks of each sub-band in a precinct (B.7); sub-bands without any are left out."""
    wide, high = (size - (resolution > 0) for size in style.precincts[resolution])
    if wide < 0 or high < 0:
        raise ValueError
    block_wide, block_high = min(style.block[0], wide), min(style.block[1], high)
    for left, top, right, bottom in bands:
        x0, x1 = max(left, precinct[0] << wide), min(right, (precinct[0] + 1) << wide)
        y0, y1 = max(top, precinct[1] << high), min(bottom, (precinct[1] + 1) << high)
        if x1 > x0 and y1 > y0:
            columns = _up(x1, block_wide) - (x0 >> block_wide)
            rows = _up(y1, block_high) - (y0 >> block_high)
            yield _BandPart(columns, rows, style.block_style)


def _ordered(precincts: Sequence[_Precinct], progressions: Sequence[Progression]) -> Iterator[tuple[_Precinct, int]]:
    """Precincts and layers in the order of their packets (B.12); none comes twice."""
    done: set[tuple[int, int]] = set()
    for progression in progressions:
        inside = [
            (number, part)
            for number, part in enumerate(precincts)
            if progression.resolutions[0] <= part.resolution < progression.resolutions[1]
            and progression.components[0] <= part.component < progression.components[1]
        ]
        for number, part, layer in _by_order(progression, inside):
            if (number, layer) not in done:
                done.add((number, layer))
                yield part, layer


def _by_order(
    progression: Progression, inside: Sequence[tuple[int, _Precinct]]
) -> Iterator[tuple[int, _Precinct, int]]:
    order, layers = progression.order, range(progression.layers)

    def key(item: tuple[int, _Precinct]) -> tuple[object, ...]:
        part = item[1]
        if order in (_LRCP, _RLCP):
            return part.resolution, part.component, part.number
        if order == _RPCL:
            return part.resolution, part.place, part.component, part.number
        if order == _PCRL:
            return part.place, part.component, part.resolution, part.number
        if order == _CPRL:
            return part.component, part.place, part.resolution, part.number
        raise ValueError

    arranged = sorted(inside, key=key)
    if order == _LRCP:
        yield from ((number, part, layer) for layer in layers for number, part in arranged)
    elif order == _RLCP:
        for resolution in sorted({part.resolution for _, part in arranged}):
            own = [item for item in arranged if item[1].resolution == resolution]
            yield from ((number, part, layer) for layer in layers for number, part in own)
    else:
        yield from ((number, part, layer) for number, part in arranged for layer in layers)


def _packet(data: bytes, position: int, precinct: _Precinct, layer: int) -> int:
    """Where a packet ends (B.10). Raises `OutOfBytesError` where its header does not."""
    if data[position : position + 4] == _SOP:
        position += 6
    bits = _Bits(data, position)
    body = 0
    if bits.one():
        for part in precinct.parts:
            for number, block in enumerate(part.blocks):
                row, column = divmod(number, part.columns)
                body += _contribution(bits, part, block, (column, row), layer)
    position = bits.finish()
    if data[position : position + 2] == _EPH:
        position += 2
    return position + body


def _contribution(bits: _Bits, part: _BandPart, block: _CodeBlock, place: tuple[int, int], layer: int) -> int:
    """The bytes of a code-block in this packet (B.10.4 to B.10.7)."""
    if not block.length_bits:
        if part.inclusion.value(bits, *place, layer + 1) > layer:
            return 0
        limit = 1
        while part.zero_planes.value(bits, *place, limit) >= limit:
            limit += 1
            if limit > 80:
                raise ValueError
        block.length_bits = 3
    elif not bits.one():
        return 0
    passes = _passes(bits)
    while bits.one():
        block.length_bits += 1
    return _lengths(bits, block, passes, part.style)


def _passes(bits: _Bits) -> int:
    """The number of coding passes (Table B.4)."""
    if not bits.one():
        return 1
    if not bits.one():
        return 2
    few = bits.number(2)
    if few < 3:
        return 3 + few
    more = bits.number(5)
    return 6 + more if more < 31 else 37 + bits.number(7)


def _lengths(bits: _Bits, block: _CodeBlock, passes: int, style: int) -> int:
    """The lengths of the codeword segments that these passes lie in (B.10.7)."""
    total = 0
    segments = block.segments
    if not segments or segments[-1][0] == segments[-1][1]:
        segments.append([0, _most_passes(segments, style)])
    while passes:
        segment = segments[-1]
        if style & _HIGH_THROUGHPUT:
            now = 1 if len(segments) == 1 else passes
        else:
            now = min(segment[1] - segment[0], passes)
        if now < 1:
            raise ValueError
        count = block.length_bits + now.bit_length() - 1
        if count > 32:
            raise ValueError
        total += bits.number(count)
        segment[0] += now
        passes -= now
        if passes:
            segments.append([0, _most_passes(segments, style)])
    return total


def _most_passes(segments: Sequence[Sequence[int]], style: int) -> int:
    if style & _TERMINATES_EACH:
        return 1
    if style & _BYPASS:
        if not segments:
            return 10
        return 2 if segments[-1][1] in (1, 10) else 1
    return 109
