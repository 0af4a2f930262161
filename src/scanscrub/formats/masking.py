"""Which pixels lie under masks."""

from collections.abc import Iterable
from math import ceil, floor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Quad

Area: TypeAlias = NDArray[np.bool_]
"""``(rows, columns)``, True where a pixel is to be blackened."""

_MITRE = 4.0
"""How far a padded corner may run ahead of its padding, in paddings: slivers do not become spikes."""


def rasterize(
    regions: Iterable[tuple[PixelRegion, int]], rows: int, columns: int, aligned_to: tuple[int, int] = (1, 1)
) -> Area:
    """Every pixel that a region, grown by its padding in pixels, touches even in part.

    `aligned_to` is the height and width of the blocks that can only be blackened whole: a block that is touched
    is covered.
    """
    area = np.zeros((rows, columns), np.bool_)
    for region, padding in regions:
        if region.quad is None:
            box = region.box.grown(padding).clipped(columns, rows)
            area[box.top : box.bottom, box.left : box.right] = True
        else:
            _fill(area, _grown(region.quad, padding))
    return whole_blocks(area, aligned_to)


def whole_blocks(area: Area, block: tuple[int, int]) -> Area:
    """Grow an area to blocks of that height and width, counted from the top left corner."""
    if block == (1, 1):
        return area
    touched = touched_blocks(area, block)
    grown = np.repeat(np.repeat(touched, block[0], axis=0), block[1], axis=1)
    return np.ascontiguousarray(grown[: area.shape[0], : area.shape[1]])


def touched_blocks(area: Area, block: tuple[int, int]) -> Area:
    """Which blocks an area touches, ``(block rows, block columns)``; the last ones may be cut by the edge."""
    height, width = block
    rows, columns = -(-area.shape[0] // height), -(-area.shape[1] // width)
    padded = np.zeros((rows * height, columns * width), np.bool_)
    padded[: area.shape[0], : area.shape[1]] = area
    return np.asarray(padded.reshape(rows, height, columns, width).any(axis=(1, 3)))


def _grown(quad: Quad, padding: float) -> NDArray[np.float64]:
    """Move each side of a convex outline outwards by `padding`; a degenerate one becomes its upright box."""
    corners = np.asarray(quad, np.float64)
    ahead = np.roll(corners, -1, axis=0) - corners
    length = np.hypot(ahead[:, 0], ahead[:, 1])
    turns = ahead[:, 0] * np.roll(ahead[:, 1], -1) - ahead[:, 1] * np.roll(ahead[:, 0], -1)
    if length.min() < 1e-6 or not (np.all(turns > 0) or np.all(turns < 0)):
        low, high = corners.min(axis=0) - padding, corners.max(axis=0) + padding
        return np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / length[:, None] * np.sign(turns[0])
    before = np.roll(outward, 1, axis=0)
    shift = (before + outward) / np.maximum(1 + (before * outward).sum(axis=1), 1 / _MITRE)[:, None]
    grown: NDArray[np.float64] = corners + shift * padding
    return grown


def _fill(area: Area, corners: NDArray[np.float64]) -> None:
    """Set every pixel whose unit square meets the convex polygon: each pixel row takes the polygon's whole
    extent between the row's upper and lower edge.
    """
    rows, columns = area.shape
    first = max(floor(corners[:, 1].min()), 0)
    last = min(ceil(corners[:, 1].max()), rows)
    ends = np.roll(corners, -1, axis=0)
    for row in range(first, last):
        crossings: list[float] = []
        for (x0, y0), (x1, y1) in zip(corners.tolist(), ends.tolist(), strict=True):
            crossings.extend(_extent(x0, y0, x1, y1, row))
        if crossings:
            left, right = max(floor(min(crossings)), 0), min(ceil(max(crossings)), columns)
            area[row, left : max(left, right)] = True


def _extent(x0: float, y0: float, x1: float, y1: float, row: int) -> tuple[float, ...]:
    """The x of the ends of the part of a side that lies between ``y = row`` and ``y = row + 1``."""
    if y0 > y1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    low, high = max(y0, row), min(y1, row + 1)
    if low > high:
        return ()
    if y1 == y0:
        return (x0, x1)
    slope = (x1 - x0) / (y1 - y0)
    return (x0 + (low - y0) * slope, x0 + (high - y0) * slope)
