"""The small text detector: small and faint writing, at the image's own size.

PP-OCR was taught photographs of signs and pages. What scanners burn in is often six pixels high, or a few gray levels
above the anatomy, and is overlooked. This is a small network of our own for just that: 300,000 weights, taught by
`tests/bench/train_fineprint.py` with lettering on public and synthetic images. It answers at half size where writing
is: the rectangle of each word's ink.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from scanscrub.detect.frames.colors import gray
from scanscrub.detect.frames.tiles import spans
from scanscrub.detect.lines import db
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
    "4e69dcac95c98b501532a7085a18bf8f6dfe16137328a4d0a85b4cd69c99e55a",
)
TILE, OVERLAP, STEP, STRIDE = 512, 96, 32, 8
"""The largest side of a tile in pixels, how far tiles overlap, what a tile's side is a multiple of, and what every
side is that the model is shown. A smaller image is shown as it is: far beyond its edges the model would see things.
"""
NEIGHBORHOOD = 31
"""Side in pixels of the square over which the local mean and deviation are taken, as in training."""
ENLARGED, WORTH = 1.5, 0.05
"""How much larger is shown a second time what the model saw something likelier than that in. What it takes for
writing in vain it seldom does at both sizes: on 150 clean images of the tuning half 15 % are hit for 17 %, while a
third of the strings that it overlooked are found.
"""
AROUND, CELL = 32, 64
"""Pixels around such a place that are shown with it, and the sides of the cells that it is cut out by. Of 806 strings
no other is found where whole tiles are shown again, at two to four times the cost.
"""
LINES = db.Thresholds(bitmap=0.4, box=0.4, unclip=0.6, evidence=0.3)
HINTS = db.Thresholds(bitmap=0.2, box=0.2, unclip=0.0, evidence=0.0)
LEAST_EVIDENCE = 0.1
"""The product of score and fill from which a hint may be a faint line."""
THICKEST = 64.0
"""Pixels: what is thicker was not taught, and is for the passes of the large model."""
LENGTHEN = 0.9
"""Of its height, what a line is lengthened by: its first and last letters are seen least surely."""
TALL = 20.0
"""Pixels: what is thicker is mostly several lines seen as one, and is lengthened as a line of this height. That loses
no string of the tuning half.
"""
CALMER = 0.75
"""How much smaller an image is that is a little smaller: the grain that drowns thin strokes is less there, and they
are still seen. Of 13 strings of up to 17 pixels that were overlooked in 200 images six are seen.
"""
SMALLEST = 32
"""Rows and columns below which an image is not made smaller still."""
LARGEST_WRITING = 64
"""How often smaller the smallest size is that is looked at: the model knows letters of up to 32 pixels."""


@dataclass(frozen=True, slots=True)
class SmallTextFound:
    """What the model saw: `lines`, wherever it saw anything at all (`hints`), and what lines those hints
    would be where it saw none (`faint`).
    """

    lines: tuple[db.Line, ...]
    faint: tuple[db.Line, ...]
    hints: tuple[db.Line, ...]

    @classmethod
    def all_of(cls, looks: Sequence["SmallTextFound"]) -> "SmallTextFound":
        """What was seen in any of several looks."""
        return cls(
            tuple(line for look in looks for line in look.lines),
            tuple(line for look in looks for line in look.faint),
            tuple(line for look in looks for line in look.hints),
        )

    def mapped(self, scale: float, left: float, top: float) -> "SmallTextFound":
        """In the coordinates of an image of which this one is a part, `scale` times as large, at (left, top)."""
        seen = (self.lines, self.faint, self.hints)
        return SmallTextFound(*(tuple(line.mapped(scale, left, top) for line in each) for each in seen))


NOTHING: Final = SmallTextFound((), (), ())


class SmallTextDetector:
    """Looks for small writing in one gray or RGB image."""

    def __init__(self, session: Session, memory: int) -> None:
        self._session = session
        self._memory = TileMemory[SmallTextFound](memory)

    def look(self, pixels: "NDArray[np.uint8]") -> SmallTextFound:
        """What is seen in ``(rows, columns[, 3])`` uint8 pixels, in their coordinates."""
        rows, columns = pixels.shape[:2]
        looks: list[SmallTextFound] = []
        for top, bottom in spans(rows, TILE, OVERLAP, STEP):
            for left, right in spans(columns, TILE, OVERLAP, STEP):
                area = pixels[top:bottom, left:right]
                if area.min() == area.max():
                    continue
                seen = self._memory.recall(area, "", partial(self._look, area))
                looks.append(seen.mapped(1.0, left, top))
        return SmallTextFound.all_of(looks)

    def calmer(self, pixels: "NDArray[np.uint8]") -> SmallTextFound:
        """What is seen where the image is made a little smaller, so that its grain is less."""
        if min(pixels.shape[:2]) * CALMER < SMALLEST:
            return NOTHING
        calm = cv2.resize(pixels, None, fx=CALMER, fy=CALMER, interpolation=cv2.INTER_AREA)
        return self.look(np.asarray(calm, np.uint8)).mapped(CALMER, 0.0, 0.0)

    def smaller(self, pixels: "NDArray[np.uint8]") -> Iterator[SmallTextFound]:
        """What is seen where the image is made smaller by two again and again: large letters are small there."""
        scale = 1.0
        while min(pixels.shape[:2]) >= 2 * SMALLEST and scale * LARGEST_WRITING > 1:
            scale /= 2
            rows, columns = (side // 2 for side in pixels.shape[:2])
            even = pixels[: 2 * rows, : 2 * columns]
            pixels = np.asarray(cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
            yield self.look(pixels).mapped(scale, 0.0, 0.0)

    def _look(self, area: "NDArray[np.uint8]") -> SmallTextFound:
        probability = self.probability(area)
        lines = tuple(map(_lengthened, db.lines(probability, LINES, lambda line: line.across <= THICKEST)))
        hints = tuple(db.lines(probability, HINTS, lambda _: True))
        boxes = [Box.around(line.quad) for line in lines]
        alone = (hint for hint in hints if not any(map(Box.around(hint.quad).meets, boxes)))
        faint = (db.unclipped(hint, LINES.unclip) for hint in alone if hint.score * hint.fill >= LEAST_EVIDENCE)
        return SmallTextFound(lines, tuple(_lengthened(line) for line in faint if line.across <= THICKEST), hints)

    def probability(self, area: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """Where writing is, from 0 to 1, for an area of at most `TILE` rows and columns: the mean of two sizes."""
        seen = self._seen(area)
        both = seen.copy()
        for box in _places(seen >= WORTH):
            place = np.s_[box.top : box.bottom, box.left : box.right]
            larger = cv2.resize(area[place], None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
            again = cv2.resize(self._seen(np.asarray(larger, np.uint8)), (box.width, box.height))
            both[place] = (seen[place] + again) / 2
        return both

    def _seen(self, area: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        rows, columns = area.shape[:2]
        whole = cv2.copyMakeBorder(area, 0, -rows % STRIDE, 0, -columns % STRIDE, cv2.BORDER_REPLICATE)
        below, beside = whole.shape[:2]
        answer = self._session.run(shown(np.asarray(whole, np.uint8))[np.newaxis])
        if answer.shape != (1, 1, below // 2, beside // 2) or not np.isfinite(answer).all():
            raise RuntimeError("the small text model gave no usable map")
        return np.asarray(cv2.resize(answer[0, 0], (beside, below)), np.float32)[:rows, :columns]


def _places(seen: "NDArray[np.bool_]") -> list[Box]:
    """The boxes of cells, none meeting another, that hold all that was seen and what is around it."""
    rows, columns = seen.shape
    near = cv2.dilate(seen.view(np.uint8), np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8))
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


def _lengthened(line: db.Line) -> db.Line:
    return line.grown(LENGTHEN * min(line.across, TALL), 0.0)


def shown(area: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """What the model is shown of a gray or RGB area: ``(4, rows, columns)``, RGB and the local contrast of gray."""
    color = area if area.ndim == 3 else cv2.cvtColor(area, cv2.COLOR_GRAY2RGB)
    bright = gray(area).astype(np.float32)
    window = (NEIGHBORHOOD, NEIGHBORHOOD)
    mean = cv2.blur(bright, window, borderType=cv2.BORDER_REPLICATE)
    square = cv2.blur(bright * bright, window, borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    planes = np.empty((4, *bright.shape), np.float32)
    planes[:3] = color.transpose(2, 0, 1)
    planes[:3] /= 127.5
    planes[:3] -= 1.0
    planes[3] = np.clip((bright - mean) / (deviation + 4.0), -3, 3)
    return planes
