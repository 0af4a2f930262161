"""The markers of a JPEG 2000 codestream that say how its packets lie (ISO 15444-1 annex A)."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COD, COC, QCD, QCC, POC = 0xFF52, 0xFF53, 0xFF5C, 0xFF5D, 0xFF5F
_MOST_TILES = 65535


@dataclass(frozen=True, slots=True)
class Image:
    """SIZ (A.5.1) in units of the reference grid: left, top, right and bottom edge of the image, size of the tiles
    and where the first begins; sub-sampling of each component.
    """

    edges: tuple[int, int, int, int]
    tile: tuple[int, int]
    origin: tuple[int, int]
    steps: tuple[tuple[int, int], ...]

    @property
    def across(self) -> int:
        return -(-(self.edges[2] - self.origin[0]) // self.tile[0])

    @property
    def tiles(self) -> int:
        return self.across * -(-(self.edges[3] - self.origin[1]) // self.tile[1])

    def tile_area(self, tile: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom edge of a tile (B.3)."""
        row, column = divmod(tile, self.across)
        left, top = self.origin[0] + column * self.tile[0], self.origin[1] + row * self.tile[1]
        return (
            max(left, self.edges[0]),
            max(top, self.edges[1]),
            min(left + self.tile[0], self.edges[2]),
            min(top + self.tile[1], self.edges[3]),
        )

    def area(self, tile: int, component: int) -> tuple[int, int, int, int]:
        """The same in samples of a component."""
        left, top, right, bottom = self.tile_area(tile)
        across, down = self.steps[component]
        return -(-left // across), -(-top // down), -(-right // across), -(-bottom // down)


@dataclass(frozen=True, slots=True)
class CodingStyle:
    """COD or COC for one component (A.6.1, A.6.2). Sizes are exponents of two, width and height."""

    levels: int
    block: tuple[int, int]
    block_style: int
    precincts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Progression:
    """A part of the packets in one order (A.6.6); ranges are from and up to."""

    order: int
    layers: int
    resolutions: tuple[int, int]
    components: tuple[int, int]


def image_of(body: bytes) -> Image:
    """From the body of SIZ. Raises `ValueError`."""
    x1, y1, x0, y0, width, height, tile_x, tile_y, count = struct.unpack_from(">8IH", body, 2)
    steps = tuple((body[at + 1], body[at + 2]) for at in range(36, 36 + 3 * count, 3))
    if len(body) != 36 + 3 * count or not count or not width or not height or any(0 in step for step in steps):
        raise ValueError
    if not (tile_x <= x0 < x1 and tile_y <= y0 < y1 and tile_x + width > x0 and tile_y + height > y0):
        raise ValueError
    image = Image((x0, y0, x1, y1), (width, height), (tile_x, tile_y), steps)
    if image.tiles > _MOST_TILES:
        raise ValueError
    return image


def styles_of(segments: Sequence[tuple[int, bytes]], before: Mapping[int, CodingStyle]) -> dict[int, CodingStyle]:
    """By component, -1 for all others: what the COD and COC of a header say over what was said `before`.

    A COC of the main header stands over a COD of the main header, not of a tile's (A.6.1). Raises `ValueError`.
    """
    styles = dict(before)
    for marker, body in segments:
        if marker == COD:
            styles = {-1: _style(body[0], body[5:])}
    for marker, body in segments:
        if marker == COC:
            styles[body[0]] = _style(body[1], body[2:])
    return styles


def _style(flags: int, body: bytes) -> CodingStyle:
    levels, wide, high, block_style = body[0], body[1] & 15, body[2] & 15, body[3]
    if levels > 32 or wide + high > 8 or len(body) != 5 + (levels + 1) * (flags & 1):
        raise ValueError
    sizes = body[5:] if flags & 1 else b"\xff" * (levels + 1)
    precincts = tuple((size & 15, size >> 4) for size in sizes)
    return CodingStyle(levels, (wide + 2, high + 2), block_style, precincts)


def progressions_of(segments: Sequence[tuple[int, bytes]], components: int) -> list[Progression]:
    """What the POC of a header say. Raises `ValueError`."""
    found = []
    for marker, body in segments:
        if marker == POC:
            if not body or len(body) % 7:
                raise ValueError
            for at in range(0, len(body), 7):
                first, start, layers, last, end, order = struct.unpack_from(">BBHBBB", body, at)
                found.append(Progression(order, layers, (first, last), (start, min(end or 256, components))))
    return found


def whole_progression(cod: bytes, components: int) -> Progression:
    """The order that COD gives to all packets."""
    order, layers = struct.unpack_from(">BH", cod, 1)
    return Progression(order, layers, (0, 33), (0, components))
