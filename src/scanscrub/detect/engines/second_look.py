"""What a cleaned copy is doubted by: PP-OCRv6-small detection, which was taught by others and on other pictures.

It is shown the copy with its shades inverted, at its own size or enlarged, and only what it is sure of counts. Up to
three gray views of a frame are the colors of one picture: writing in one of them is colored.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.base import TextBox
from scanscrub.detect.frames.tiles import grid, padded
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import different, without_repeats
from scanscrub.detect.models.runtime import Session
from scanscrub.detect.models.tile_cache import TileMemory
from scanscrub.detect.models.weights import Model
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETECTION = Model(
    "scanscrub",
    "detect/models/PP-OCRv6_det_small.onnx",
    "sha256",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    elsewhere=("rapidocr", "models/PP-OCRv6_det_small.onnx"),
)
SHORT_SIDE = 480
"""Pixels: an image whose short side is less is enlarged to it."""
MARGIN = 8
"""Pixels of a repeated edge around what is shown."""
THRESHOLDS = db.Thresholds(bitmap=0.3, box=0.6, unclip=1.6)
THINNEST, THICK, THICKEST, OF_A_TILE = 6.0, 40.0, 0.08, 0.05
"""Pixels of the thinnest line that counts, and of one that is never too thick; beyond, the share of an image's short
side up to which a line counts, looked at whole and in tiles: what is thicker is the scan itself.
"""
OF_A_SMALL_ONE = 0.2
"""Of the short side of a small image: thicker is no line there."""
COLORS = 3


class SecondLook:
    """Looks at every view. Remembers the tiles it saw last; a memory never changes a result."""

    def __init__(self, session: Session, memory: int) -> None:
        self._session = session
        self._memory = TileMemory[tuple[db.Line, ...]](memory)

    @property
    def identity(self) -> str:
        return f"ppocr {self._session.name} {DETECTION.digest[:12]} inverted"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        lines = (line for pixels in _shown(picture) for line in self._look(pixels))
        return without_repeats([TextBox(line.quad, line.score) for line in lines])

    def _look(self, pixels: "NDArray[np.uint8]") -> Iterator[db.Line]:
        rows, columns = pixels.shape[:2]
        cut = grid(rows, columns, margin=MARGIN, short_side=SHORT_SIDE)
        share = THICKEST if cut.is_whole else OF_A_TILE
        thickest = max(share * min(rows, columns), min(THICK, OF_A_SMALL_ONE * min(rows, columns)))
        for box in cut.boxes:
            area = _with_margin(pixels, box)
            if area.min() != area.max():
                look = partial(self._lines_of, area, cut.scale, thickest)
                lines = self._memory.recall(area, f"{cut.scale} {thickest}", look)
                yield from (line.mapped(1.0, box.left - MARGIN, box.top - MARGIN) for line in lines)

    def _lines_of(self, area: "NDArray[np.uint8]", scale: float, thickest: float) -> tuple[db.Line, ...]:
        """The lines in one area of an image, in the area's own pixels."""
        probability = self._probability(cv2.resize(255 - area, None, fx=scale, fy=scale))
        lines = db.lines(probability, THRESHOLDS, lambda line: line.across <= thickest * scale)
        return tuple(
            line.grown(line.across, 0.0).mapped(scale, 0.0, 0.0) for line in lines if line.across >= THINNEST * scale
        )

    def _probability(self, image: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """The model's map for one ``(rows, columns, 3)`` image no larger than the largest shape."""
        rows, columns = image.shape[:2]
        below, beside = padded(rows) - rows, padded(columns) - columns
        whole = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        batch = (whole.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis]
        probability = self._session.run(np.ascontiguousarray(batch))
        if probability.shape != (1, 1, *whole.shape[:2]) or not np.isfinite(probability).all():
            raise RuntimeError("the detection model gave no usable map")
        return probability[0, 0, :rows, :columns]


def _shown(picture: Picture) -> Iterator["NDArray[np.uint8]"]:
    """Pictures of three colors, in the order that the model was taught, that show all views."""
    views = [view.pixels for view in different(picture.views)]
    for pixels in views:
        if pixels.dtype != np.uint8 or pixels.shape[2:] not in {(), (3,)} or pixels.size == 0:
            raise TypeError("a detector looks at gray or RGB pictures of uint8")
        if pixels.ndim == 3:
            yield np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
    gray = [pixels for pixels in views if pixels.ndim == 2]
    for start in range(0, len(gray), COLORS):
        few = gray[start : start + COLORS]
        yield np.dstack([*few, *[few[-1]] * (COLORS - len(few))])


def _with_margin(pixels: "NDArray[np.uint8]", box: Box) -> "NDArray[np.uint8]":
    """The box with a margin around it, the image's edge repeated outside of it."""
    rows, columns = pixels.shape[:2]
    wide = box.grown(MARGIN)
    inside = wide.clipped(columns, rows)
    area = pixels[inside.top : inside.bottom, inside.left : inside.right]
    bordered = cv2.copyMakeBorder(
        area,
        inside.top - wide.top,
        wide.bottom - inside.bottom,
        inside.left - wide.left,
        wide.right - inside.right,
        cv2.BORDER_REPLICATE,
    )
    return np.asarray(bordered, np.uint8)
