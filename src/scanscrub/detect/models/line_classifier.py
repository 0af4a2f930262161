"""The line classifier: every line that a model took for writing, brought to one height, and judged by itself.

The small text model looks at whole images, where a letter may have any size, and takes two strokes that meet for an L
or a 7. This one is shown a line as large as any other line, with what surrounds it: half a million weights, taught by
`tests/bench/train_line_classifier.py` with what the other one took for writing on public and synthetic images.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.runtime import Session
from scanscrub.detect.models.weights import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINE_CLASSIFIER = Model(
    "scanscrub",
    "detect/models/line_classifier.onnx",
    "sha256",
    "9e2bf205f81ae38db39257efc41730b9fb211b0c163e1202e42a6f1f50ca6c89",
)
HEIGHT, WIDTH = 48, 96
"""Rows and columns that the model is shown."""
ACROSS, LONGEST = 24.0, 80.0
"""Pixels that a line is brought to: so high, and at most so long; a longer one is pressed together."""
USUAL = 12.0
"""Pixels: a usual height, from which others are counted."""
SUREST = 8.0
"""The logarithm of the odds beyond which it makes no difference."""
BATCH = 4
"""Lines shown at once: one shape is all that a runtime has to keep memory for."""


class LineClassifier:
    """Judges lines of one gray or RGB image."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self, pixels: "NDArray[np.uint8]", lines: Sequence[Line]) -> Iterator[float]:
        """How sure it is that each line is writing: the logarithm of the odds, up to `SUREST` for and against."""
        sizes = Sizes(pixels)
        return self.judge([(sizes.near(line), line) for line in lines])

    def judge(self, lines: "Sequence[tuple[NDArray[np.uint8], Line]]") -> Iterator[float]:
        """The same of lines that `Sizes.near` gave the pixels of."""
        for start in range(0, len(lines), BATCH):
            some = lines[start : start + BATCH]
            batch = np.zeros((BATCH, 5, HEIGHT, WIDTH), np.float32)
            for place, (near, line) in enumerate(some):
                batch[place] = shown(near, proportions(line))
            answer = self._session.run(batch)
            if answer.shape != (BATCH, 1) or not np.isfinite(answer).all():
                raise RuntimeError("the line classifier gave no usable answer")
            yield from np.clip(answer[: len(some), 0], -SUREST, SUREST).tolist()


class Sizes:
    """An image, and the same made smaller by two again and again, as large lines are to be shown in."""

    def __init__(self, pixels: "NDArray[np.uint8]") -> None:
        self._sizes = [pixels]

    def near(self, line: Line, margin: int = 0) -> "NDArray[np.uint8]":
        """The line, turned level, and what surrounds it: ``(HEIGHT, WIDTH[, 3])``, and `margin` more at each side."""
        upright, across = ACROSS / line.across, line.across
        level = 0
        while across > 2 * ACROSS and min(self._sizes[level].shape[:2]) >= 2:
            across, level = across / 2, level + 1
            if level == len(self._sizes):
                rows, columns = (side // 2 for side in self._sizes[-1].shape[:2])
                smaller = cv2.resize(self._sizes[-1], (columns, rows), interpolation=cv2.INTER_AREA)
                self._sizes.append(np.asarray(smaller, np.uint8))
        level_scale = 0.5**level
        sideways = min(upright, LONGEST / line.along)
        cosine, sine = np.cos(line.angle), np.sin(line.angle)
        turn = np.array([[cosine, sine], [-sine, cosine]]) * np.array([[sideways], [upright]])
        middle = np.array([WIDTH / 2 + margin, HEIGHT / 2 + margin]) - 0.5
        shift = middle - turn @ (np.array([line.x, line.y]) - 0.5 / level_scale)
        matrix = np.column_stack([turn / level_scale, shift])
        size = (WIDTH + 2 * margin, HEIGHT + 2 * margin)
        near = cv2.warpAffine(
            self._sizes[level], matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return _within(np.asarray(near, np.uint8), matrix, self._sizes[level].shape[:2])


def _within(near: "NDArray[np.uint8]", matrix: "NDArray[np.float64]", shape: tuple[int, ...]) -> "NDArray[np.uint8]":
    """Plain where it lies beyond the image of that shape: a repeated edge would draw the strokes of a letter on."""
    rows, columns = np.indices(near.shape[:2])
    x, y = (a * columns + b * rows + c for a, b, c in cv2.invertAffineTransform(matrix))
    inside = (x > -1) & (x < shape[1]) & (y > -1) & (y < shape[0])
    if inside.any() and not inside.all():
        near[~inside] = np.median(near[inside], axis=0).astype(np.uint8)
    return near


def shown(near: "NDArray[np.uint8] | NDArray[np.float32]", said: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """What the model is shown of ``(HEIGHT, WIDTH[, 3])`` pixels: ``(5, HEIGHT, WIDTH)``, RGB and the proportions."""
    planes = np.empty((5, *near.shape[:2]), np.float32)
    planes[:3] = near.transpose(2, 0, 1) if near.ndim == 3 else near
    planes[:3] -= planes[:3].mean()
    planes[:3] /= planes[:3].std() + 4.0
    planes[3:] = said[:, np.newaxis, np.newaxis]
    return planes


def proportions(line: Line) -> "NDArray[np.float32]":
    """How high the line was, and how long for its height: logarithms."""
    return np.array([np.log(max(line.across, 1.0) / USUAL), np.log(max(line.along / line.across, 1.0))], np.float32)
