"""How an image is cut so that the model sees writing at a size it knows, at a cost linear in the pixels.

A small image is enlarged until its short side is `SHORT_SIDE`; the model was trained on such images and sees
6-pixel fonts only when they are enlarged. The enlargement is capped, as an image of extreme aspect ratio would
otherwise grow without bound (2000x8 pixels took 402 s). What is then longer than `WHOLE` is cut into overlapping
tiles: on larger images the model takes the scan itself for one blob of writing.

The model is shown few shapes only (`PADDED` by `PADDED`), as a runtime compiles its kernels anew, and keeps
memory, for every shape it meets.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanscrub.domain.geometry import Box

SHORT_SIDE = 736
LARGEST_SCALE = 4.0
TILE = 736
WHOLE = 992
OVERLAP = 160
PADDED = (544, 640, TILE, WHOLE)


@dataclass(frozen=True, slots=True)
class Grid:
    """A scale and the boxes, in the image's own pixels, that cover it."""

    scale: float
    boxes: tuple[Box, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.boxes) == 1


def grid(rows: int, columns: int, *, margin: int = 0, short_side: int = SHORT_SIDE) -> Grid:
    """Cut an image of that size. `margin` is what a pass adds around each box; tiles leave room for it.

    An image whose short side, margin and all, is less than `short_side` is enlarged.
    """
    scale = max(1.0, min(short_side / (min(rows, columns) + 2 * margin), LARGEST_SCALE))
    if (max(rows, columns) + 2 * margin) * scale <= WHOLE:
        return Grid(scale, (Box(0, 0, columns, rows),))
    side = int(TILE / scale) - 2 * margin
    overlap = min(int(OVERLAP / scale), side - 1)
    boxes = tuple(
        Box(left, top, right, bottom)
        for top, bottom in spans(rows, side, overlap)
        for left, right in spans(columns, side, overlap)
    )
    return Grid(scale, boxes)


def spans(length: int, largest: int, overlap: int, multiple: int = 1) -> Iterator[tuple[int, int]]:
    """Spans of equal length that cover `length`, each overlapping the next by `overlap` or more.

    They are as few as `largest` allows, and no longer than that takes, up to the next `multiple`.
    """
    if length <= largest:
        yield 0, length
        return
    count = -(-(length - overlap) // (largest - overlap))
    needed = -(-(length - overlap) // count) + overlap
    side = min(-(-needed // multiple) * multiple, largest)
    for number in range(count):
        start = number * (length - side) // (count - 1)
        yield start, start + side


def padded(length: int) -> int:
    """The side the model is shown for a side of `length` pixels."""
    return next(side for side in PADDED if length <= side)
