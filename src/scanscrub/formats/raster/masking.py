"""Which pixels lie under masks."""

from collections.abc import Iterable
from functools import lru_cache
from math import ceil, floor
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box, Quad

Area: TypeAlias = NDArray[np.bool_]
"""``(rows, columns)``, True where a pixel is to be blackened."""

_Outlines: TypeAlias = tuple[tuple[Box | Quad, int], ...]
"""A box or a convex outline each, with its padding in pixels."""

_LARGEST_KEPT = 4_000_000
"""Pixels of a frame whose masks are remembered for the next one."""
_MITRE = 4.0
"""How far a padded corner may run ahead of its padding, in paddings: slivers do not become spikes."""


def rasterize(
    regions: Iterable[tuple[PixelRegion, int]], rows: int, columns: int, aligned_to: tuple[int, int] = (1, 1)
) -> Area:
    """Every pixel that a region, grown by its padding in pixels, touches even in part.

    `aligned_to` is the height and width of the blocks that can only be blackened whole: a block that is touched
    is covered.
    """
    outlines = tuple((region.box if region.quad is None else region.quad, padding) for region, padding in regions)
    keep = rows * columns <= _LARGEST_KEPT
    drawn = (_drawn_before if keep else _drawn)(outlines, rows, columns)
    return whole_blocks(drawn.copy() if keep else drawn, aligned_to)


def _drawn(outlines: _Outlines, rows: int, columns: int) -> Area:
    area = np.zeros((rows, columns), np.bool_)
    for outline, padding in outlines:
        if isinstance(outline, Box):
            box = outline.grown(padding).clipped(columns, rows)
            area[box.top : box.bottom, box.left : box.right] = True
        else:
            _fill(area, _grown(outline, padding))
    return area


_drawn_before = lru_cache(maxsize=2)(_drawn)
"""The frames of a cine have the same masks, one after the other."""


def whole_blocks(area: Area, block: tuple[int, int]) -> Area:
    """Grow an area to blocks of that height and width, counted from the top left corner."""
    if block == (1, 1):
        return area
    touched = touched_blocks(area, block)
    grown = np.repeat(np.repeat(touched, block[0], axis=0), block[1], axis=1)
    return np.ascontiguousarray(grown[: area.shape[0], : area.shape[1]])


def covered(
    region: PixelRegion,
    padding: int,
    size: tuple[int, int],
    aligned_to: tuple[int, int] = (1, 1),
    first: tuple[int, int] = (0, 0),
) -> PixelRegion:
    """What `rasterize` gives for one region in a picture of that many rows and columns, as a region.

    `first` is where the first whole block begins. A turned outline in blocks becomes the upright box around them.
    """
    rows, columns = size
    quad, box = None, region.box.grown(padding)
    if region.quad is not None:
        corners = _grown(region.quad, padding)
        # A pixel that the outline touches with its edge alone is drawn as well.
        quad, box = _as_quad(corners.round(1)), Box.around(_as_quad(corners)).grown(1)
    box = box.clipped(columns, rows)
    if aligned_to == (1, 1) or not box.area:
        return PixelRegion(box, region.frame, quad)
    return PixelRegion(_in_blocks(box, aligned_to, first).clipped(columns, rows), region.frame)


def _as_quad(corners: NDArray[np.float64]) -> Quad:
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    return first, second, third, fourth


def _in_blocks(box: Box, block: tuple[int, int], first: tuple[int, int]) -> Box:
    (height, width), (down, right) = block, first
    return Box(
        (box.left - right) // width * width + right,
        (box.top - down) // height * height + down,
        -(-(box.right - right) // width) * width + right,
        -(-(box.bottom - down) // height) * height + down,
    )


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
    height, width = area.shape
    first = max(floor(corners[:, 1].min()), 0)
    last = min(ceil(corners[:, 1].max()), height)
    if first >= last:
        return
    left, right = _extents(corners, np.arange(first, last, dtype=np.float64)[:, np.newaxis])
    start, end = np.clip(np.floor(left), 0, width), np.clip(np.ceil(right), 0, width)
    if start.min() >= end.max():
        return
    outer = slice(int(start.min()), int(end.max()))
    across = np.arange(outer.start, outer.stop)
    area[first:last, outer] |= (across >= start[:, np.newaxis]) & (across < end[:, np.newaxis])


def _extents(
    corners: NDArray[np.float64], rows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each row, ``(rows, 1)``, the least and the greatest x of the sides' parts from ``y = row`` to ``row + 1``.

    No part of the polygon: infinity, and minus infinity.
    """
    ends = np.roll(corners, -1, axis=0)
    down = corners[:, 1] <= ends[:, 1]
    x0, y0 = np.where(down, corners[:, 0], ends[:, 0]), np.where(down, corners[:, 1], ends[:, 1])
    x1, y1 = np.where(down, ends[:, 0], corners[:, 0]), np.where(down, ends[:, 1], corners[:, 1])
    low, high = np.maximum(y0, rows), np.minimum(y1, rows + 1)
    flat = y1 == y0
    slope = np.divide(x1 - x0, y1 - y0, out=np.zeros_like(x0), where=~flat)
    upper, lower = x0 + (low - y0) * slope, np.where(flat, x1, x0 + (high - y0) * slope)
    meets = low <= high
    left = np.where(meets, np.minimum(upper, lower), np.inf).min(axis=1)
    right = np.where(meets, np.maximum(upper, lower), -np.inf).max(axis=1)
    return left, right
