"""Candidates: what may be a line of writing, at any size. Many are none; the line classifier judges them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.lines import db
from scanscrub.detect.models.small_text import SmallTextDetector
from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLER = (0.5, 0.25, 0.125, 0.0625)
"""How much smaller an image is shown as well: the model meets letters of every size as letters that it knows."""
LESS_GRAIN, LARGER = 0.75, 1.5
"""At three quarters the grain is less that drowns thin strokes; at one and a half the smallest letters are plain."""
WORTH = 0.05
"""The probability at one size from which a place is looked at in the next one as well: of 380 strings of the tuning
half all that are seen at three quarters are so at the image's own size, and of 17 in a later view the other way.
"""
SMALLEST = 32
"""Rows and columns below which an image is not made smaller."""
LINES = db.Thresholds(bitmap=0.4, box=0.4, unclip=0.0, evidence=0.3)
FAINT = db.Thresholds(bitmap=0.2, box=0.2, unclip=0.0, evidence=0.1)
"""From which probability on a pixel is part of a line, and of a faint one where no other is."""
HIGHEST, THICKEST = 40.0, 0.5
"""The highest ink in pixels of the size that is shown, and as a share of the short side: beyond it is the scan."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The rectangle of what may be ink, in the image's own pixels, and the size at which it was seen."""

    line: db.Line
    size: float
    is_faint: bool


def propose(
    fine: SmallTextDetector, pixels: "NDArray[np.uint8]", where: "NDArray[np.bool_]", *, is_first: bool
) -> Iterator[Candidate]:
    """The candidates of ``(rows, columns[, 3])`` uint8 pixels in and around the places that `where` marks.

    What the first view of a frame shows is looked at in its own size, and smaller where it may be writing. Another
    view mostly shows more grain, and is looked at the other way round.
    """
    short = min(pixels.shape[:2])
    maps: dict[float, NDArray[np.float32]] = {}

    def look(size: float, there: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
        """Where it is worth looking in the next size."""
        if size < 1 and short * size < SMALLEST:
            return there
        shown, marked = _resized(pixels, there, size)
        maps[size] = fine.probability(shown, marked)
        return _enlarged(maps[size] >= WORTH, there.shape)

    likely = [look(size, where) for size in SMALLER]
    if is_first:
        seen = look(1.0, where)
        look(LESS_GRAIN, seen)
    else:
        seen = look(1.0, where & (look(LESS_GRAIN, where) | likely[0]))
    look(LARGER, seen)
    for size in sorted(maps, reverse=True):
        yield from _candidates(maps[size], size, THICKEST * short)


def _enlarged(marked: "NDArray[np.bool_]", shape: tuple[int, ...]) -> "NDArray[np.bool_]":
    """The same places, and what touches them, in an image of that shape."""
    return np.asarray(cv2.resize(marked.astype(np.float32), shape[::-1]) > 0, np.bool_)


def _candidates(probability: "NDArray[np.float32]", size: float, thickest: float) -> Iterator[Candidate]:
    for line, is_faint in _lines(probability):
        own = line.mapped(size, 0.0, 0.0)
        if own.across <= thickest:
            yield Candidate(own, size, is_faint)


def _resized(
    pixels: "NDArray[np.uint8]", where: "NDArray[np.bool_]", size: float
) -> "tuple[NDArray[np.uint8], NDArray[np.bool_]]":
    how = cv2.INTER_AREA if size < 1 else cv2.INTER_CUBIC
    shown = np.asarray(cv2.resize(pixels, None, fx=size, fy=size, interpolation=how), np.uint8)
    sides = (shown.shape[1], shown.shape[0])
    marked = cv2.resize(where.astype(np.float32), sides, interpolation=cv2.INTER_AREA) > 0
    return shown, np.asarray(marked, np.bool_)


def _lines(probability: "NDArray[np.float32]") -> Iterator[tuple[db.Line, bool]]:
    """The lines of a map, and whether they are faint."""
    lines = db.lines(probability, LINES, _is_known)
    boxes = [Box.around(line.quad) for line in lines]
    yield from ((line, False) for line in lines)
    for line in db.lines(probability, FAINT, lambda _: True):
        if _is_known(line) and not any(map(Box.around(line.quad).meets, boxes)):
            yield line, True


def _is_known(line: db.Line) -> bool:
    return line.across <= HIGHEST
