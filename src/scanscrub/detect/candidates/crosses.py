"""Crosses: four arms of one length, upright or aslant, open in the middle or not, brighter or darker than all between
them. Only what is one to the pixel and stands by itself is found: calipers are, letters are not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

UPRIGHT, ASLANT = ((1, 0), (0, 1), (-1, 0), (0, -1)), ((1, 1), (-1, 1), (-1, -1), (1, -1))
"""Where the arms of a cross go: columns and rows."""
DISTANCES = (2, 3, 5)
"""Pixels from the middle, one of which is on every arm, however short, thick or open the cross is."""
CONTRAST, NEARER = 40, 0.67
"""Gray levels by which every arm is brighter or darker than all between them, and the share of that from which on a
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
BESIDE = 6
"""Pixels around a cross in which nothing else stands, and at least as many as an arm has."""
MOST_CROSSES = 64
"""With more of them a picture has a grid, and no calipers."""
FARTHEST = 2 * (LONGEST + 1)
"""Pixels from the middle of the largest cross to the end of what is around it."""
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


def crosses(shown: "NDArray[np.uint8]") -> list[Cross]:
    """The crosses of ``(rows, columns)`` gray pixels that stand by themselves."""
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
