"""Small marks: what a line detector misses most are single letters and tiny words, at borders above all.

A mark is a group of strokes, brighter or darker than what lies behind it. Most are no writing; what they are is for
a recogniser to say. A mark adds a mask where it reads as a word, or stands alone and reads as a letter or a number.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

STROKE = 9
"""What is thinner than this many pixels can be a stroke."""
LEAST_CONTRAST = 12.0
LARGEST_AREA = 4_000_000
"""Pixels of an image up to which it is searched; in larger ones letters are larger, too, and the passes see them."""
MOST = 8
"""Marks of one image that are read, the strongest first."""
BORDER = 12


@dataclass(frozen=True, slots=True)
class _Strokes:
    """How far each pixel stands out as part of a stroke, in multiples of the texture around it, and where that is
    enough for writing.
    """

    height: "NDArray[np.float32]"
    strong: "NDArray[np.bool_]"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a mark is, and whether there are hardly other strokes around."""

    box: Box
    alone: bool


def marks(pixels: "NDArray[np.uint8]", covered: "NDArray[np.bool_]") -> list[Mark]:
    """The marks outside of `covered`, ``(rows, columns)``, that stand out most from the texture around them."""
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if grey.size > LARGEST_AREA:
        return []
    bright, dark = _strokes(grey)
    groups = [group for each in (bright, dark) for group in _groups(each, covered)]
    strongest = sorted(groups, key=lambda group: (-group[0], group[1]))[:MOST]
    crowd = cv2.integral(((bright.strong | dark.strong) & ~covered).astype(np.uint8))
    return [Mark(box, _stands_alone(box, crowd)) for _, box in strongest]


def _strokes(grey: "NDArray[np.uint8]") -> tuple[_Strokes, _Strokes]:
    """The bright and the dark strokes: the top hat and the black hat, above the texture around them."""
    wide = cv2.copyMakeBorder(grey, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
    kernel = np.ones((STROKE, STROKE), np.uint8)
    hats = [cv2.morphologyEx(wide, operation, kernel) for operation in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)]
    texture = cv2.blur(np.maximum(*hats).astype(np.float32), (61, 61))
    inner = np.s_[BORDER:-BORDER, BORDER:-BORDER]
    bright, dark = (
        _Strokes((hat / (texture + 4.0))[inner], (hat > LEAST_CONTRAST + 2.5 * texture)[inner]) for hat in hats
    )
    return bright, dark


def _groups(strokes: _Strokes, covered: "NDArray[np.bool_]") -> list[tuple[float, Box]]:
    """Strokes that lie close together, of the size of letters and words: mean height and box."""
    strong = (strokes.strong & ~covered).astype(np.uint8)
    wide = cv2.copyMakeBorder(strong, 6, 6, 6, 6, cv2.BORDER_CONSTANT)
    joined = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))[6:-6, 6:-6]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(joined), connectivity=8)
    groups: list[tuple[float, Box]] = []
    for number in range(1, count):
        left, top, width, height, area = (int(each) for each in stats[number])
        if min(width, height) < 3 or max(width, height) < 6 or min(width, height) > 60 or area < 8:
            continue
        inside = np.s_[top : top + height, left : left + width]
        mean = float(strokes.height[inside][(labels[inside] == number) & (strong[inside] > 0)].mean())
        groups.append((mean, Box(left, top, left + width, top + height)))
    return groups


def _stands_alone(box: Box, total: "NDArray[np.int32]") -> bool:
    """Whether there are hardly other strokes around; `total` is the integral image of all strokes."""
    rows, columns = total.shape[0] - 1, total.shape[1] - 1
    around = box.grown(max(8, min(box.width, box.height))).clipped(columns, rows)

    def strokes(area: Box) -> int:
        return int(
            total[area.bottom, area.right]
            - total[area.top, area.right]
            - total[area.bottom, area.left]
            + total[area.top, area.left]
        )

    close = box.grown(2).clipped(columns, rows)
    return strokes(around) - strokes(close) <= 0.02 * (around.area - close.area)
