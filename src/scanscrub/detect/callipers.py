"""Callipers: crosses at the ends of what was measured. A line that holds such a cross and nothing else is none.

Models take them for letters, and their masks cover what was measured. A calliper is a cross to the pixel that stands
by itself: four arms of one length, upright or aslant, open in the middle or not, brighter or darker than all between
them. Its line goes only where no other line and no other cross is near, and where nothing is seen once it is filled
with what surrounds it: fainter writing beside it is writing.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from scanscrub.detect.closelook import CloseLook
from scanscrub.detect.colours import strongest, weakest
from scanscrub.detect.db import Line
from scanscrub.detect.fineprint import FinePrint
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

UPRIGHT, ASLANT = ((1, 0), (0, 1), (-1, 0), (0, -1)), ((1, 1), (-1, 1), (-1, -1), (1, -1))
"""Where the arms of a cross go: columns and rows."""
DISTANCES = (2, 3, 5)
"""Pixels from the middle, one of which is on every arm, however short, thick or open the cross is."""
CONTRAST, NEARER = 40, 0.67
"""Grey levels by which every arm is brighter or darker than all between them, and the share of that from which on a
pixel is ink.
"""
SHORTEST, LONGEST = 3, 20
"""Pixels of an arm, less the middle: a shorter cross may be a small letter or a dot."""
UNEVEN = 0.15
"""The share of a cross that may differ when it is turned by a right angle or seen in a mirror: a codec's noise."""
THICKEST = 0.4
"""Of a cross's side, the thickest arm."""
DOT = 9
"""The most pixels of what stands beside a cross: a dot of a dotted line, and no letter."""
DOT_SIDE, LARGEST_HINT_OF_A_DOT = 4, 12
"""Pixels of a dot's side, and of what the fine print model sees of one."""
BESIDE = 6
"""Pixels around a cross in which nothing else stands, and at least as many as an arm has."""
MOST_CROSSES = 64
"""With more of them a picture has a grid, and no callipers."""
LARGER, LONG, NEXT, BESIDE_IT = 8, 4, 2, 32
"""How many times as long as its cross the line of a calliper is at most, and as long as thick, within how many sides
of the cross there is no other one, and the pixels around the line that are looked at with it.
"""
FARTHEST = 2 * (LONGEST + 1)
"""Pixels from the middle of the largest cross to the end of what is around it."""
OUTLINE, AROUND, EVEN = 2, 8, 24
"""Pixels of an outline that goes with a cross, those around it that it is filled from, and the grey levels by which
an outline differs at most.
"""
BAND, MOST = 256, 512
"""Rows that are looked at together, to save memory, and the places in them that are looked at closely, the clearest
first.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Cross:
    """Where its ink is: bool ``(rows, columns)`` at a place of the picture."""

    left: int
    top: int
    ink: "NDArray[np.bool_]"

    @property
    def box(self) -> Box:
        rows, columns = self.ink.shape
        return Box(self.left, self.top, self.left + columns, self.top + rows)


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
        found += crosses(weakest(pixels))  # white ones on flow in colours
    return tuple(found)


def without_callipers(
    lines: Sequence[Line],
    pictures: Sequence["NDArray[np.uint8]"],
    crosses_in: Callable[[], Sequence[Sequence[Cross]]],
    fine: FinePrint,
    close: CloseLook,
) -> list[Line]:
    """The lines less those of callipers; `crosses_in` tells those in each of the pictures, where there is need."""
    short = [line for line in lines if line.along <= LONG * line.across and line.along <= LARGER * 2 * LONGEST]
    crosses = crosses_in() if short else ()
    apart = _apart(cross.box for each in crosses for cross in each)
    suspects = [line for line in short if _is_around_one(line, apart)]
    others = [Box.around(line.quad) for line in lines if line not in suspects]
    alone = (line for line in suspects if not any(_reaches(line, box) for box in others))
    callipers = [line for line in alone if _is_nothing_else(line, pictures, crosses, fine, close)]
    return [line for line in lines if line not in callipers]


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
    fine: FinePrint,
    close: CloseLook,
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
    is_level = np.mean(np.abs(beside - level) <= EVEN) >= 1 - UNEVEN
    return bool(is_level and np.mean(np.abs(beyond - level) > EVEN) > UNEVEN)


def crosses(shown: "NDArray[np.uint8]") -> list[Cross]:
    """The crosses of ``(rows, columns)`` grey pixels that stand by themselves."""
    found: list[Cross] = []
    for place in _places(shown):
        if any(cross.box.meets(Box(place.x, place.y, place.x + 1, place.y + 1)) for cross in found):
            continue
        if len(found) > MOST_CROSSES:
            return []
        for is_dark in (False, True):
            arms = ASLANT if place.is_aslant != is_dark else UPRIGHT
            cross = _cross_at(_ink_around(shown, place, is_dark=is_dark), arms, place.distance)
            if cross is not None:
                found.append(replace(cross, left=place.x + cross.left, top=place.y + cross.top))
    return found


class _Place(NamedTuple):
    """Where there may be the middle of a cross: at a distance from it four pixels, aslant or upright, are as bright
    as `bright`, and the four between them as dark as `dark`. Either lie on its arms.
    """

    x: int
    y: int
    distance: int
    is_aslant: bool
    bright: int
    dark: int


def _places(shown: "NDArray[np.uint8]") -> Iterator[_Place]:
    rows, columns = shown.shape
    for distance in DISTANCES:
        for top in range(distance, rows - distance, BAND) if columns > 2 * distance else ():
            band = shown[top - distance : top + BAND + distance]
            upright, least_upright = _seen(band, UPRIGHT, distance)
            aslant, least_aslant = _seen(band, ASLANT, distance)
            for is_aslant, bright, dark in ((False, least_upright, aslant), (True, least_aslant, upright)):
                clear = cv2.subtract(bright, dark)
                ys, xs = np.nonzero(clear >= CONTRAST)
                clearest = np.argsort(-clear[ys, xs].astype(np.int16), kind="stable")[:MOST]
                for y, x in zip(ys[clearest].tolist(), xs[clearest].tolist(), strict=True):
                    yield _Place(x + distance, y + top, distance, is_aslant, int(bright[y, x]), int(dark[y, x]))


def _seen(
    shown: "NDArray[np.uint8]", arms: Sequence[tuple[int, int]], distance: int
) -> "tuple[NDArray[np.uint8], NDArray[np.uint8]]":
    """The brightest and the darkest pixel at a distance from each one along the arms, that far from the border."""
    rows, columns = (side - 2 * distance for side in shown.shape)
    starts = [(distance * (1 + x), distance * (1 + y)) for x, y in arms]
    brightest = darkest = shown[starts[0][1] :, starts[0][0] :][:rows, :columns]
    for x, y in starts[1:]:
        pixels = shown[y : y + rows, x : x + columns]
        brightest, darkest = cv2.max(brightest, pixels), cv2.min(darkest, pixels)
    return np.asarray(brightest, np.uint8), np.asarray(darkest, np.uint8)


def _ink_around(shown: "NDArray[np.uint8]", place: _Place, *, is_dark: bool) -> "NDArray[np.bool_]":
    """What is nearer to the arms than to what is between them, in a square around; nothing beyond the picture."""
    side = 2 * FARTHEST + 1
    ink = np.zeros((side, side), np.bool_)
    above, before = max(0, FARTHEST - place.y), max(0, FARTHEST - place.x)
    near = shown[
        max(0, place.y - FARTHEST) : place.y + FARTHEST + 1, max(0, place.x - FARTHEST) : place.x + FARTHEST + 1
    ]
    arm, rest = (place.dark, place.bright) if is_dark else (place.bright, place.dark)
    level = NEARER * arm + (1 - NEARER) * rest
    ink[above : above + near.shape[0], before : before + near.shape[1]] = near < level if is_dark else near > level
    return ink


def _cross_at(ink: "NDArray[np.bool_]", arms: Sequence[tuple[int, int]], distance: int) -> Cross | None:
    """The cross in the middle of a square, if there is one; its place is told from the middle."""
    lengths = [_length(ink, direction, distance) for direction in arms]
    if not SHORTEST <= max(lengths) <= LONGEST or max(lengths) - min(lengths) > 1:
        return None
    reach = max(lengths) + 1
    inner = _middle(ink, reach)
    ys, xs = np.nonzero(inner)
    top, left = int(ys.min()), int(xs.min())
    rows, columns = int(ys.max()) + 1 - top, int(xs.max()) + 1 - left
    square = inner[top : top + max(rows, columns), left : left + max(rows, columns)]
    if square.shape[0] != square.shape[1] or not (_is_even(square) and _has_thin_arms(square, arms)):
        return None
    return Cross(left - reach, top - reach, square) if _stands_alone(ink, reach) else None


def _length(ink: "NDArray[np.bool_]", direction: tuple[int, int], distance: int) -> int:
    """How far from the middle an arm goes on beyond a distance."""
    x, y = direction
    length = distance
    while length <= LONGEST and ink[FARTHEST + (length + 1) * y, FARTHEST + (length + 1) * x]:
        length += 1
    return length


def _middle(ink: "NDArray[np.bool_]", reach: int) -> "NDArray[np.bool_]":
    return ink[FARTHEST - reach : FARTHEST + reach + 1, FARTHEST - reach : FARTHEST + reach + 1]


def _is_even(square: "NDArray[np.bool_]") -> bool:
    """Whether it is the same turned by a right angle and in a mirror."""
    uneven = max(int(np.count_nonzero(square ^ other)) for other in (square.T, square[::-1], square[:, ::-1]))
    return bool(uneven <= UNEVEN * np.count_nonzero(square))


def _has_thin_arms(square: "NDArray[np.bool_]", arms: Sequence[tuple[int, int]]) -> bool:
    """Whether nearly all ink lies along the lines through the middle."""
    away = np.arange(len(square)) - (len(square) - 1) / 2
    if arms is UPRIGHT:
        beside = np.minimum(np.abs(away)[:, np.newaxis], np.abs(away))
    else:
        beside = np.abs(np.abs(away)[:, np.newaxis] - np.abs(away)) / 2**0.5
    along = np.count_nonzero(2 * beside[square] <= THICKEST * len(square))
    return bool(along >= (1 - UNEVEN / 2) * np.count_nonzero(square))


def _stands_alone(ink: "NDArray[np.bool_]", reach: int) -> bool:
    """Whether there are at most dots around."""
    beside = max(BESIDE, reach)
    around = _middle(ink, reach + beside).astype(np.uint8)
    around[beside:-beside, beside:-beside] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=8)
    return bool((stats[1:, cv2.CC_STAT_AREA] <= DOT).all())
