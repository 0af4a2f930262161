"""From a probability map to lines of writing: the post-processing of Differentiable Binarization.

Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", AAAI 2020, section 3.5, with two
changes. A shrunken kernel is a rotated rectangle here, so growing it back is arithmetic and needs no polygon
clipper. And a region too thick for a line is not dropped: it is looked into at higher and higher thresholds,
because the model marks a scan without writing as one large blob, and that blob may hold real lines.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.domain.geometry import Quad

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Line:
    """A rotated rectangle: center, extent along and across the writing, direction in radians.

    `score` is the mean probability over the region it was made of, `fill` the share of the region's own rectangle
    that the region fills: near 1 for a line of writing, less for the shapes of a scan.
    """

    x: float
    y: float
    along: float
    across: float
    angle: float
    score: float
    fill: float = 1.0

    def grown(self, along: float, across: float) -> "Line":
        """Larger by that much in all (half of it at each end)."""
        return replace(self, along=self.along + along, across=self.across + across)

    def mapped(self, scale: float, left: float, top: float) -> "Line":
        """In the coordinates of an image of which this one is a part, `scale` times as large, at (left, top)."""
        return replace(
            self,
            x=(self.x + left) / scale,
            y=(self.y + top) / scale,
            along=self.along / scale,
            across=self.across / scale,
        )

    @property
    def quad(self) -> Quad:
        """The corners, clockwise from the top left of the reading."""
        ax, ay = math.cos(self.angle) * self.along / 2, math.sin(self.angle) * self.along / 2
        cx, cy = -math.sin(self.angle) * self.across / 2, math.cos(self.angle) * self.across / 2
        return (
            (self.x - ax - cx, self.y - ay - cy),
            (self.x + ax - cx, self.y + ay - cy),
            (self.x + ax + cx, self.y + ay + cy),
            (self.x - ax + cx, self.y - ay + cy),
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`bitmap`: a pixel is writing; `box`: the mean over a line; `unclip`: how far a kernel is grown back.

    `evidence` is the least product of a line's score and fill. Ragged faint regions are the grain of a scan: with
    0.25 a quarter as many clean images are hit, for one string in 170.
    """

    bitmap: float
    box: float
    unclip: float
    evidence: float = 0.25


SURE = 0.9
"""The least score of a line inside a region too thick for one."""
SMALLEST = 4.0
"""The least thickness of a kernel in pixels of the map; what is thinner is the map's own grain."""
STEPS = (0.3, 0.5, 0.7, 0.85)
"""The higher thresholds at which a region too thick for a line is looked into."""


def lines(
    probability: "NDArray[np.float32]", thresholds: Thresholds, plausible: Callable[[Line], bool]
) -> list[Line]:
    """All lines in a map of ``(rows, columns)`` floats from 0 to 1, in its pixel coordinates.

    `plausible` says whether a line can be writing (not too thick); what is not is split at higher thresholds.
    """
    return list(_lines(probability, thresholds, plausible, (thresholds.bitmap, *STEPS)))


def _lines(
    probability: "NDArray[np.float32]",
    thresholds: Thresholds,
    plausible: Callable[[Line], bool],
    levels: tuple[float, ...],
) -> Iterator[Line]:
    bitmap = (probability > levels[0]).astype(np.uint8)
    # CCOMP: islands inside the hole of another region count as regions of their own.
    contours, hierarchy = cv2.findContours(bitmap, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for number, contour in enumerate(contours):
        if hierarchy[0][number][3] >= 0:
            continue
        kernel = rectangle(contour)
        if kernel.across < SMALLEST:
            continue
        score = _mean_inside(probability, contour)
        if score < thresholds.box:
            continue
        fill = float(cv2.contourArea(contour)) / (kernel.along * kernel.across)
        line = replace(unclipped(kernel, thresholds.unclip), score=score, fill=fill)
        if plausible(line):
            if score * fill >= thresholds.evidence:
                yield line
        elif len(levels) > 1:
            left, top, width, height = cv2.boundingRect(contour)
            inside = _only(contour, probability[top : top + height, left : left + width], left, top)
            stricter = replace(thresholds, box=max(thresholds.box, SURE))
            for part in _lines(inside, stricter, plausible, levels[1:]):
                yield part.mapped(1.0, left, top)


def rectangle(contour: "NDArray[np.int32]") -> Line:
    """The smallest rotated rectangle around a contour of pixel centers, as wide as the pixels themselves."""
    (x, y), (width, height), degrees = cv2.minAreaRect(contour)
    width, height = width + 1, height + 1
    angle = math.radians(degrees)
    line = Line(x + 0.5, y + 0.5, width, height, angle, 0.0)
    return turned(line) if width < height else _readable(line)


def turned(line: Line) -> Line:
    """The same rectangle with its sides exchanged."""
    return _readable(replace(line, along=line.across, across=line.along, angle=line.angle - math.pi / 2))


def _readable(line: Line) -> Line:
    """The same rectangle from left to right, or from top to bottom."""
    return replace(line, angle=line.angle - math.pi * math.ceil(line.angle / math.pi - 0.5))


def _mean_inside(probability: "NDArray[np.float32]", contour: "NDArray[np.int32]") -> float:
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    return float(cv2.mean(probability[top : top + height, left : left + width], mask)[0])


def _only(
    contour: "NDArray[np.int32]", probability: "NDArray[np.float32]", left: int, top: int
) -> "NDArray[np.float32]":
    mask = np.zeros(probability.shape, np.float32)
    cv2.drawContours(mask, [contour], -1, 1.0, cv2.FILLED, offset=(-left, -top))
    return probability * mask


def unclipped(kernel: Line, ratio: float) -> Line:
    """Grow a kernel by area x ratio / perimeter on every side (equation 10 of the paper)."""
    distance = kernel.along * kernel.across * ratio / (2 * (kernel.along + kernel.across))
    return kernel.grown(2 * distance, 2 * distance)
