"""The small text detector: where writing is, in one image at one size.

PP-OCR was taught photographs of signs and pages. What scanners burn in is often six pixels high, or a few gray levels
above the anatomy, and is overlooked. This is a small network of our own for just that: 300,000 weights, taught by
`tests/bench/train_small_text.py` with lettering on public and synthetic images, and made to reckon in 8 bits by
`tests/bench/quantize_small_text.py`. It answers at half size where writing is: the rectangle of each word's ink. It
knows letters of 5 to 32 pixels; larger ones are seen where the image is made smaller (`proposals.py`).
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.frames.contrast import local_contrast
from scanscrub.detect.frames.tiles import spans
from scanscrub.detect.models.runtime import Session
from scanscrub.detect.models.tile_cache import TileMemory
from scanscrub.detect.models.weights import Model
from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL_TEXT = Model(
    "scanscrub",
    "detect/models/small_text.onnx",
    "sha256",
    "a83fdf084104c46cb971555b766aa6c7c2bce308d7468f0a7807740f23ecdb7d",
)
TILE, OVERLAP, STEP, STRIDE = 512, 96, 32, 8
"""Pixels: the largest side of a tile, how far tiles overlap, what a tile's side is a multiple of, and what every side
is that the model is shown. A smaller image is shown as it is: far beyond its edges the model would see things.
"""
AROUND, CELL = 32, 64
"""Pixels around a place that are shown with it, and the sides of the cells that places are cut out by."""


class SmallTextDetector:
    """Looks for small writing in one gray or RGB image."""

    def __init__(self, session: Session, memory: int) -> None:
        self._session = session
        self._memory = TileMemory["NDArray[np.uint8]"](memory)

    def probability(self, pixels: "NDArray[np.uint8]", where: "NDArray[np.bool_]") -> "NDArray[np.float32]":
        """Where writing is: ``(rows, columns)`` from 0 to 1, for ``(rows, columns[, 3])`` uint8 pixels.

        It looks at the pixels that `where` marks and at what is around them; elsewhere the answer is 0. Raises
        `RuntimeError` where the model gives no usable map.
        """
        seen = np.zeros(pixels.shape[:2], np.uint8)
        for box in _tiles(where):
            place = np.s_[box.top : box.bottom, box.left : box.right]
            area = pixels[place]
            if area.min() != area.max():
                found = self._memory.recall(area, "", partial(self._seen, area))
                seen[place] = np.maximum(seen[place], found)
        return seen.astype(np.float32) / np.float32(255)

    def _seen(self, area: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        """In steps of 1/255: what differs less between two runtimes is mostly the same."""
        rows, columns = area.shape[:2]
        whole = cv2.copyMakeBorder(area, 0, -rows % STRIDE, 0, -columns % STRIDE, cv2.BORDER_REPLICATE)
        below, beside = whole.shape[:2]
        answer = self._session.run(shown(np.asarray(whole, np.uint8))[np.newaxis])
        if answer.shape != (1, 1, below // 2, beside // 2) or not np.isfinite(answer).all():
            raise RuntimeError("the small text model gave no usable map")
        steps = np.round(255 * np.clip(answer[0, 0], 0, 1)).astype(np.uint8)
        return np.asarray(cv2.resize(steps, (beside, below)), np.uint8)[:rows, :columns]


def _tiles(where: "NDArray[np.bool_]") -> Iterator[Box]:
    for box in places(where):
        for top, bottom in spans(box.height, TILE, OVERLAP, STEP):
            for left, right in spans(box.width, TILE, OVERLAP, STEP):
                yield Box(box.left + left, box.top + top, box.left + right, box.top + bottom)


def places(where: "NDArray[np.bool_]") -> Sequence[Box]:
    """The boxes of cells, none meeting another, that hold all that is marked and what is around it."""
    rows, columns = where.shape
    near = cv2.dilate(where.view(np.uint8), np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8))
    whole = np.pad(near, ((0, -rows % CELL), (0, -columns % CELL)))
    cells = whole.reshape(whole.shape[0] // CELL, CELL, -1, CELL).max((1, 3))
    while True:
        boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in _components(cells)]
        before = cells.copy()
        for box in boxes:
            cells[box.top : box.bottom, box.left : box.right] = 1
        if np.array_equal(cells, before):
            return [
                Box(box.left * CELL, box.top * CELL, box.right * CELL, box.bottom * CELL).clipped(columns, rows)
                for box in boxes
            ]


def _components(cells: "NDArray[np.uint8]") -> "list[list[int]]":
    """Left, top, width, height and area of each connected part."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    return [list(map(int, each)) for each in stats[1:]]


def shown(area: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """What the model is shown of a gray or RGB area: ``(4, rows, columns)``, RGB and the local contrast of gray."""
    color = area if area.ndim == 3 else cv2.cvtColor(area, cv2.COLOR_GRAY2RGB)
    planes = np.empty((4, *area.shape[:2]), np.float32)
    planes[:3] = color.transpose(2, 0, 1)
    planes[:3] /= 127.5
    planes[:3] -= 1.0
    planes[3] = np.clip(local_contrast(area), -3, 3)
    return planes
