"""Which packets a JPEG 2000 tile has, and in which order (ISO 15444-1, B.5 to B.7 and B.12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanscrub.formats.jpeg2000.headers import CodingStyle, Image, Progression
from scanscrub.formats.jpeg2000.packet_bits import TagTree

_LRCP, _RLCP, _RPCL, _PCRL, _CPRL = range(5)
_MOST_BLOCKS = 1 << 19
"""Code-blocks and precincts of a tile, more than any image has; a header can claim as many as it likes."""


@dataclass(slots=True)
class CodeBlock:
    """What earlier packets said of a code-block: bits of its lengths (0: not included yet), passes by segment."""

    length_bits: int = 0
    segments: list[list[int]] = field(default_factory=list)
    """Passes that a codeword segment has, and the most it may have."""


class PrecinctBand:
    """The code-blocks of one sub-band in one precinct."""

    def __init__(self, columns: int, rows: int, style: int) -> None:
        self.columns, self.style = columns, style
        self.blocks = [CodeBlock() for _ in range(columns * rows)]
        self.inclusion, self.zero_planes = TagTree(columns, rows), TagTree(columns, rows)


@dataclass(frozen=True, slots=True)
class Precinct:
    component: int
    resolution: int
    number: int
    place: tuple[int, int]
    """Row and column of its first sample on the reference grid (B.12.1.3)."""
    parts: tuple[PrecinctBand, ...]


def precincts(image: Image, tile: int, styles: Sequence[CodingStyle]) -> list[Precinct]:
    """All precincts of a tile, component by component. Raises `ValueError` for what no tile can be."""
    claimed = sum(_claimed(image.area(tile, number), style) for number, style in enumerate(styles))
    if claimed > _MOST_BLOCKS:
        raise ValueError
    return [
        precinct
        for component, style in enumerate(styles)
        for precinct in _precincts(image.area(tile, component), image, tile, component, style)
    ]


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
) -> Iterator[Precinct]:
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
            yield Precinct(component, resolution, number, place, parts)


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
) -> Iterator[PrecinctBand]:
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
            yield PrecinctBand(columns, rows, style.block_style)


def ordered(precincts: Sequence[Precinct], progressions: Sequence[Progression]) -> Iterator[tuple[Precinct, int]]:
    """Precincts and layers in the order of their packets (B.12); none comes twice. Raises `ValueError`."""
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
    progression: Progression, inside: Sequence[tuple[int, Precinct]]
) -> Iterator[tuple[int, Precinct, int]]:
    order, layers = progression.order, range(progression.layers)

    def key(item: tuple[int, Precinct]) -> tuple[object, ...]:
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
