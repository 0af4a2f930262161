"""The union of what several looks found."""

from collections.abc import Sequence
from math import dist

import numpy as np

from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.domain.geometry import Point, Quad
from scanscrub.domain.picture import Picture, View

TOLERANCE = 1.0
"""Pixels a box may stand out of another and still count as inside it; masks are padded by more."""

SEVERAL = 1.6
"""How many times thicker than a line a box is that holds more than one."""


class Union:
    """Several detectors as one: all that any of them finds."""

    def __init__(self, detectors: Sequence[TextDetector]) -> None:
        self._detectors = tuple(detectors)

    @property
    def identity(self) -> str:
        return " | ".join(detector.identity for detector in self._detectors)

    def find(self, picture: Picture) -> Sequence[TextBox]:
        return without_repeats([box for detector in self._detectors for box in detector.find(picture)])


def without_repeats(boxes: Sequence[TextBox]) -> tuple[TextBox, ...]:
    """Leave out a box that lies inside another one, which takes the higher score. Nothing is uncovered by it.

    A line inside a box that holds several stays: a reader reads lines. The order is from the top of the picture down,
    then from left to right.
    """
    kept: list[TextBox] = []
    for candidate in sorted(boxes, key=lambda box: (-_area(box.quad), box.quad)):
        for place, other in enumerate(kept):
            several = _thickness(other.quad) > SEVERAL * _thickness(candidate.quad)
            if not several and all(_inside(point, other.quad) for point in candidate.quad):
                kept[place] = TextBox(other.quad, max(other.score, candidate.score))
                break
        else:
            kept.append(candidate)
    return tuple(sorted(kept, key=lambda box: (box.box.top, box.box.left, box.quad)))


def different(views: Sequence[View]) -> tuple[View, ...]:
    """The views without repeats: a window can show what another one shows already."""
    kept: list[View] = []
    for view in views:
        if not any(np.array_equal(view.pixels, other.pixels) for other in kept):
            kept.append(view)
    return tuple(kept)


def _area(quad: Quad) -> float:
    total = 0.0
    for (x1, y1), (x2, y2) in zip(quad, (*quad[1:], quad[0]), strict=True):
        total += x1 * y2 - x2 * y1
    return total / 2


def _thickness(quad: Quad) -> float:
    return min(dist(quad[0], quad[1]), dist(quad[1], quad[2]))


def _inside(point: Point, quad: Quad) -> bool:
    """Whether a point lies inside a clockwise convex quadrilateral, or less than `TOLERANCE` outside."""
    x, y = point
    for (x1, y1), (x2, y2) in zip(quad, (*quad[1:], quad[0]), strict=True):
        across = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        if across < -TOLERANCE * max(length, 1e-9):
            return False
    return True
