"""Where a view of a frame shows what no earlier one shows, so that nothing is looked at twice.

Views of one frame are mostly the same values in other windows: what is an edge in one is an edge in the others, until
a window clips it. A view is looked at where it has edges that the views before it have not, or hardly.
"""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.frames.colors import strongest

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGE = 8
"""Gray levels within a stroke's width that make an edge: writing of fewer is not visible to anybody."""
STRONGER = 2
"""How many times stronger than in the views before an edge must be to show something new."""
STROKE = 5
"""Side in pixels of the square in which levels are compared: a stroke and what is beside it."""


class Novelty:
    """The edges of the views seen so far."""

    def __init__(self) -> None:
        self._edges: NDArray[np.uint8] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no view was seen yet."""
        return self._edges is None

    def of(self, pixels: "NDArray[np.uint8]") -> "NDArray[np.bool_]":
        """Which of ``(rows, columns[, 3])`` uint8 pixels show something new; from now on they are known."""
        edges = _edges(pixels)
        new = edges >= EDGE
        if self._edges is not None:
            new &= edges > STRONGER * self._edges.astype(np.uint16)
            opened = cv2.morphologyEx(new.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
            new = np.asarray(opened, np.bool_)
            edges = np.maximum(edges, self._edges)
        self._edges = edges
        return new


def _edges(pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """How far the levels around each pixel lie apart, in the color in which they do most."""
    square = np.ones((STROKE, STROKE), np.uint8)
    return strongest(np.asarray(cv2.subtract(cv2.dilate(pixels, square), cv2.erode(pixels, square)), np.uint8))
