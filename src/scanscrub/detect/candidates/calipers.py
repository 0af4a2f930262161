"""Calipers: crosses at the ends of what was measured. A line that holds such a cross and nothing else is none.

Models take them for letters, and their masks cover what was measured. Their line goes only where no other line and no
other cross is near, and where nothing is seen once the cross is filled with what surrounds it: fainter writing beside
it is writing.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.candidates.crosses import LONGEST, Cross, crosses
from scanscrub.detect.frames.colors import strongest, weakest
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import LineClassifier
from scanscrub.detect.models.small_text import SmallTextDetector
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGER, LONG, NEXT, BESIDE_IT = 8, 4, 2, 32
"""How many times as long as its cross the line of a caliper is at most, and as long as thick, within how many sides
of the cross there is no other one, and the pixels around the line that are looked at with it.
"""
DOT_SIDE, LARGEST_HINT_OF_A_DOT = 4, 12
"""Pixels of a dot's side, and of what the small text model sees of one."""
OUTLINE, AROUND, EVEN = 2, 8, 24
"""Pixels of an outline that goes with a cross, those around it that it is filled from, and the gray levels by which
an outline differs at most.
"""
MOSTLY = 0.85
"""The share of what is next to a cross that is of one level where it is an outline; beyond it so much is not."""


def crosses_of(views: Sequence[View]) -> list[tuple[tuple[Cross, ...], ...]]:
    """For each view, and each of its pictures, the crosses in it. Those of one frame are in all views of it."""
    seen = [tuple(_crosses(pixels) for pixels in view.pictures) for view in views]
    shared = tuple(
        cross for view, (first, *_) in zip(views, seen, strict=True) if not view.at_once for cross in first
    )
    return [each if view.at_once else (shared,) for view, each in zip(views, seen, strict=True)]


def _crosses(pixels: "NDArray[np.uint8]") -> tuple[Cross, ...]:
    found = crosses(strongest(pixels))
    if pixels.ndim == 3:
        found += crosses(weakest(pixels))  # white ones on flow in colors
    return tuple(found)


def without_calipers(
    lines: Sequence[Line],
    pictures: Sequence["NDArray[np.uint8]"],
    crosses_in: Callable[[], Sequence[Sequence[Cross]]],
    fine: SmallTextDetector,
    close: LineClassifier,
) -> list[Line]:
    """The lines less those of calipers; `crosses_in` tells those in each of the pictures, where there is need."""
    short = [line for line in lines if line.along <= LONG * line.across and line.along <= LARGER * 2 * LONGEST]
    crosses = crosses_in() if short else ()
    apart = _apart(cross.box for each in crosses for cross in each)
    suspects = [line for line in short if _is_around_one(line, apart)]
    others = [Box.around(line.quad) for line in lines if line not in suspects]
    alone = (line for line in suspects if not any(_reaches(line, box) for box in others))
    calipers = [line for line in alone if _is_nothing_else(line, pictures, crosses, fine, close)]
    return [line for line in lines if line not in calipers]


def _apart(boxes: Iterable[Box]) -> list[Box]:
    """One for each place."""
    found: list[Box] = []
    for box in boxes:
        if not any(box.meets(other) for other in found):
            found.append(box)
    return found


def _is_around_one(line: Line, crosses: Sequence[Box]) -> bool:
    """Whether a cross in the middle of a line, not much smaller than it, is the only one near."""
    for box in crosses:
        side = max(box.width, box.height)
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        is_its = math.dist((x, y), (line.x, line.y)) <= side and max(line.along, line.across) <= LARGER * side
        if is_its and not any(other is not box and box.grown(NEXT * side).meets(other) for other in crosses):
            return True
    return False


def _reaches(line: Line, box: Box) -> bool:
    return Box.around(line.quad).grown(round(line.across / 2)).meets(box)


def _is_nothing_else(
    line: Line,
    pictures: Sequence["NDArray[np.uint8]"],
    crosses: Sequence[Sequence[Cross]],
    fine: SmallTextDetector,
    close: LineClassifier,
) -> bool:
    """Whether neither model sees anything in a line where its crosses are filled."""
    rows, columns = pictures[0].shape[:2]
    frame = Box.around(line.quad)
    around = frame.grown(BESIDE_IT).clipped(columns, rows)
    there = replace(line, x=line.x - around.left, y=line.y - around.top)
    for pixels, own in zip(pictures, crosses, strict=True):
        part = pixels[around.top : around.bottom, around.left : around.right].copy()
        for cross in own:
            if cross.box.meets(frame):
                _fill(part, replace(cross, left=cross.left - around.left, top=cross.top - around.top))
        hints = (hint for hint in fine.look(part).hints if Box.around(hint.quad).meets(Box.around(there.quad)))
        if not all(_is_dot(strongest(part), hint) for hint in hints):
            return False
        if max(close.look(part, [there])) > 0:
            return False
    return True


def _is_dot(shown: "NDArray[np.uint8]", hint: Line) -> bool:
    """Whether the brightest of what was seen is no larger than a dot of a dotted line, less than any letter."""
    rows, columns = shown.shape
    box = Box.around(hint.quad).clipped(columns, rows)
    wide = box.grown(OUTLINE).clipped(columns, rows)
    near = shown[box.top : box.bottom, box.left : box.right].astype(np.float32)
    if not near.size or max(box.width, box.height) > LARGEST_HINT_OF_A_DOT:
        return False
    ground = float(np.median(shown[wide.top : wide.bottom, wide.left : wide.right]))
    ys, xs = np.nonzero(near > (ground + float(near.max())) / 2)
    return bool(ys.size and max(np.ptp(ys), np.ptp(xs)) < DOT_SIDE)


def _fill(pixels: "NDArray[np.uint8]", cross: Cross) -> None:
    """Fill a cross, and its outline, if it has one, with what surrounds it."""
    rows, columns = pixels.shape[:2]
    wide = cross.box.grown(OUTLINE + AROUND)
    here = wide.clipped(columns, rows)
    part = pixels[here.top : here.bottom, here.left : here.right]
    ink = np.pad(cross.ink.astype(np.uint8), OUTLINE + AROUND)
    ink = ink[here.top - wide.top : here.bottom - wide.top, here.left - wide.left : here.right - wide.left]
    mask = _wider(ink, OUTLINE if _is_outlined(strongest(part), ink) else 1)
    part[:] = cv2.inpaint(np.ascontiguousarray(part), mask, OUTLINE, cv2.INPAINT_TELEA)


def _wider(ink: "NDArray[np.uint8]", by: int) -> "NDArray[np.uint8]":
    return np.asarray(cv2.dilate(ink, np.ones((2 * by + 1, 2 * by + 1), np.uint8)), np.uint8)


def _is_outlined(shown: "NDArray[np.uint8]", ink: "NDArray[np.uint8]") -> bool:
    """Whether what is next to a cross is of one level, and what follows is another one."""
    beside = shown[(_wider(ink, 1) > 0) & (ink == 0)].astype(np.int16)
    beyond = shown[(_wider(ink, OUTLINE + 1) > 0) & (_wider(ink, OUTLINE) == 0)].astype(np.int16)
    if not (beside.size and beyond.size):
        return False
    level = np.median(beside)
    is_level = np.mean(np.abs(beside - level) <= EVEN) >= MOSTLY
    return bool(is_level and np.mean(np.abs(beyond - level) > EVEN) > 1 - MOSTLY)
