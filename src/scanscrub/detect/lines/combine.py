"""The union of what several looks found."""

from collections.abc import Sequence
from math import atan2, cos, dist, sin

import numpy as np

from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.domain.geometry import Point, Quad
from scanscrub.domain.picture import Picture, View

TOLERANCE = 1.0
"""Pixels a box may stand out of another and still count as inside it; masks are padded by more."""

WIDER = 1.2
"""How many times as large as the larger of two boxes the one around both is at most where they saw the same: on 60
images of the tuning half one box in four is spared, and masks grow by one hundredth.
"""
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
    """One box for those that saw the same: the larger one where the other lies inside it, else the one around both,
    with the higher score. Nothing is uncovered by it.

    A line inside a box that holds several stays: a reader reads lines. The order is from the top of the picture down,
    then from left to right.
    """
    kept: list[TextBox] = []
    for candidate in sorted(boxes, key=lambda box: (-_area(box.quad), box.quad)):
        for place, other in enumerate(kept):
            both = _same(other.quad, candidate.quad)
            if both is not None:
                kept[place] = TextBox(both, max(other.score, candidate.score))
                break
        else:
            kept.append(candidate)
    return tuple(sorted(kept, key=lambda box: (box.box.top, box.box.left, box.quad)))


def _same(larger: Quad, other: Quad) -> Quad | None:
    """What holds both where they saw the same."""
    if _thickness(larger) > SEVERAL * _thickness(other):
        return None
    if all(_inside(point, larger) for point in other):
        return larger
    both = _around(larger, other)
    return both if _area(both) <= WIDER * _area(larger) else None


def different(views: Sequence[View]) -> tuple[View, ...]:
    """The views without repeats: a window can show what another one shows already."""
    kept: list[View] = []
    for view in views:
        if not any(np.array_equal(view.pixels, other.pixels) for other in kept):
            kept.append(view)
    return tuple(kept)


def _around(quad: Quad, other: Quad) -> Quad:
    """The rectangle around both that lies as the first one does."""
    (x0, y0), (x1, y1), *_ = quad
    angle = atan2(y1 - y0, x1 - x0)
    turn = np.array(((cos(angle), sin(angle)), (-sin(angle), cos(angle))))
    level = np.array((*quad, *other)) @ turn.T
    (left, top), (right, bottom) = level.min(axis=0), level.max(axis=0)
    (a, b), (c, d), (e, f), (g, h) = (((left, top), (right, top), (right, bottom), (left, bottom)) @ turn).tolist()
    return (a, b), (c, d), (e, f), (g, h)


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
