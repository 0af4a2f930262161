"""What lies in a text box, turned upright and brought to the height a recognizer wants."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.domain.geometry import Point, Quad

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_WIDTH = 2400
SQUARE = 1.6
"""Up to this ratio of its sides a box is read from all four."""


def upright(pixels: "NDArray[np.uint8]", quad: Quad, height: int) -> "NDArray[np.uint8]":
    """The area of the quad (clockwise from the reading's top left), `height` rows high, its aspect kept.

    Outside of the picture its edge is repeated.
    """
    (x0, y0), (x1, y1), _, (x3, y3) = quad
    along = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1.0)
    across = max(((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5, 1.0)
    width = min(max(round(height * along / across), 8), LARGEST_WIDTH)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    turn = cv2.getPerspectiveTransform(np.array(quad, np.float32) - 0.5, target)
    crop = cv2.warpPerspective(pixels, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def turned(quad: Quad, quarters: int) -> Quad:
    """The same quad read from another side: by quarter turns, counted counter-clockwise."""
    return (quad[quarters % 4], quad[(quarters + 1) % 4], quad[(quarters + 2) % 4], quad[(quarters + 3) % 4])


def narrowed(quad: Quad, share: float) -> Quad:
    """The quad, clockwise from the reading's top left, without that share of its height above and below."""
    first, second, third, fourth = quad
    return (
        _between(first, fourth, share),
        _between(second, third, share),
        _between(third, second, share),
        _between(fourth, first, share),
    )


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def sides(quad: Quad) -> Iterator[Quad]:
    """The sides a box may be read from, the likeliest first."""
    (x0, y0), (x1, y1), _, (x3, y3) = quad
    along = (x1 - x0) ** 2 + (y1 - y0) ** 2
    across = (x3 - x0) ** 2 + (y3 - y0) ** 2
    if along < across:
        quad = turned(quad, 1)
        along, across = across, along
    yield quad
    yield turned(quad, 2)
    if along < SQUARE * SQUARE * across:
        yield turned(quad, 1)
        yield turned(quad, 3)
