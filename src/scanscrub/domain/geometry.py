"""Boxes and quadrilaterals in pixel coordinates: x to the right, y down, origin at the top left corner."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeAlias

Point: TypeAlias = tuple[float, float]
Quad: TypeAlias = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """An upright box of whole pixels, half open: ``left <= x < right`` and ``top <= y < bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right < self.left or self.bottom < self.top:
            raise ValueError("a box's right and bottom lie before its left and top")

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return self.width * self.height

    def grown(self, pixels: int) -> Self:
        return type(self)(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def clipped(self, columns: int, rows: int) -> Self:
        """The part of the box inside an image of that size; empty where there is none."""
        left, top = min(max(self.left, 0), columns), min(max(self.top, 0), rows)
        return type(self)(left, top, max(left, min(self.right, columns)), max(top, min(self.bottom, rows)))

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def joined(self, other: "Box") -> Self:
        return type(self)(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    @property
    def corners(self) -> Quad:
        """The corners, clockwise from the top left, on the outer edges of the box."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    @classmethod
    def around(cls, points: Iterable[Point]) -> Self:
        """The smallest box of whole pixels that holds every point."""
        xs, ys = zip(*points, strict=True)
        return cls(_floor(min(xs)), _floor(min(ys)), -_floor(-max(xs)), -_floor(-max(ys)))


def shared_area(box: Box, others: Iterable[Box]) -> int:
    """How many pixels of `box` lie in any of the others."""
    parts = [
        Box(
            max(box.left, other.left),
            max(box.top, other.top),
            min(box.right, other.right),
            min(box.bottom, other.bottom),
        )
        for other in others
        if box.meets(other)
    ]
    edges = sorted({edge for part in parts for edge in (part.top, part.bottom)})
    return sum(
        (bottom - top) * _length([part for part in parts if part.top <= top and bottom <= part.bottom])
        for top, bottom in pairwise(edges)
    )


def _length(parts: Iterable[Box]) -> int:
    """How many columns any of the parts takes."""
    total, end = 0, None
    for part in sorted(parts):
        total += max(0, part.right - (part.left if end is None else max(part.left, end)))
        end = part.right if end is None else max(end, part.right)
    return total


def _floor(number: float) -> int:
    whole = int(number)
    return whole - 1 if number < whole else whole
