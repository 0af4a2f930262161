"""Where a frame shows more than background and lines: for saying how much of the anatomy masks cover."""

import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.frames.colors import strongest
from scanscrub.domain.picture import Picture

CELL = 8
"""Side of a cell in the pixels that are looked at: all of a small frame, one in so many of a large one."""
LARGEST = 512
"""The most pixels that are looked at along a side."""
STANDS_OUT = 12
"""Gray levels from the commonest one at which a pixel is not background."""
GRAIN = 2.0
"""The least deviation in gray levels of what stands out: a bar of one color is no anatomy."""
MOST = 0.6
"""Share of a cell's pixels that stand out where there is anatomy; letters fill less."""


def cell_side(rows: int, columns: int) -> int:
    """The side in pixels of the square cells of a frame of that size."""
    return CELL * max(1, -(-max(rows, columns) // LARGEST))


def anatomy(picture: Picture) -> NDArray[np.bool_]:
    """Which cells of the natural view show anatomy: bool ``(cell rows, cell columns)``, the last ones cut off.

    A flat background is none, and neither is writing on it.
    """
    shown = picture.views[0].pixels
    step = cell_side(*shown.shape[:2]) // CELL
    gray = strongest(shown[::step, ::step])
    common = int(np.bincount(gray.reshape(-1), minlength=256).argmax())
    out = (gray < max(common - STANDS_OUT, 0)) | (gray > min(common + STANDS_OUT, 255))
    shown_out = np.where(out, gray, 0).astype(np.float32)
    count, first, second = (_sums(each) for each in (out.astype(np.float32), shown_out, shown_out**2))
    deviation = np.sqrt(np.maximum(second * count - first * first, 0)) / np.maximum(count, 1)
    return np.asarray((count >= MOST * CELL * CELL) & (deviation >= GRAIN))


def _sums(values: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = -(-values.shape[0] // CELL), -(-values.shape[1] // CELL)
    padded = np.zeros((rows * CELL, columns * CELL), np.float32)
    padded[: values.shape[0], : values.shape[1]] = values
    return np.asarray(padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3)))
