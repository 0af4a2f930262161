"""What one view of a picture shows and others hide: steps between neighbors."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

VISIBLE: Final = 16
"""A step of this many shades can be seen ..."""
_HIDDEN: Final = 8
"""... and one below this can be missed."""
MUCH: Final = 16
"""Where this part of a picture has steps that its other views hide, it is looked at by rank: the grain outside of a
body is as much, and writing on it is legible to whoever opens a window there.
"""
_STRIP = 1 << 20
"""Pixels handled at a time."""


def shows_more(candidate: NDArray[np.uint8], views: Sequence[NDArray[np.uint8]], visible: int, enough: int) -> bool:
    """Whether a view ``(rows, columns[, 3])`` has, at so many pixels, steps between neighbors that can be seen there
    and in no other view.
    """
    found = 0
    rows, columns = candidate.shape[:2]
    strip = max(2, _STRIP // columns)
    for start in range(0, rows, strip - 1):
        part = slice(start, start + strip)
        others = [_gray(view[part]) for view in views]
        for axis in (0, 1):
            shown = _steps(_gray(candidate[part]), axis) >= visible
            for other in others:
                shown &= _steps(other, axis) < _HIDDEN
            found += int(np.count_nonzero(shown))
        if found >= enough:
            return True
    return False


def _gray(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Brightness as a detector that looks at one plane sees it."""
    if view.ndim == 2:
        return view
    red, green, blue = (view[:, :, channel].astype(np.uint16) for channel in range(3))
    return ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)


def _steps(plane: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """Absolute difference of each pixel from the next one along an axis."""
    after, before = (plane[1:], plane[:-1]) if axis == 0 else (plane[:, 1:], plane[:, :-1])
    return np.maximum(after, before) - np.minimum(after, before)
