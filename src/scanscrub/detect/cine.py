"""Writing in the frames of a cine: looked for in groups of frames at once, and found for every frame of a group.

Writing lies still or jumps, and stands out as brighter or darker than what moves behind it. So a group is looked at
through its first frame and through the brightest and the darkest value that each pixel takes in it: writing that
is in one frame alone is in one of the two. What is found counts for every frame of the group, which covers more of
a frame than its own writing and never less.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.detect.combine import different
from scanscrub.domain.picture import Picture, View

GROUP = 16
"""Frames looked at together. More hide writing behind what moves; fewer cost more."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameGroup:
    """Frames that were looked at together: their numbers, what was looked at, and what was found in all of them."""

    frames: tuple[int, ...]
    picture: Picture
    boxes: tuple[TextBox, ...]


def find_in_groups(
    detector: TextDetector, pictures: Iterable[tuple[int, Picture]], group: int = GROUP
) -> Iterator[FrameGroup]:
    """The writing of all frames, in order; every frame is in one group. A single frame is looked at as it is.

    Holds no more than four pictures at a time. Frames of another size or with other views begin a new group.
    """
    numbers: list[int] = []
    first: Picture | None = None
    extremes: _Extremes | None = None
    for number, picture in pictures:
        if first is not None and (len(numbers) == group or not _alike(first, picture)):
            yield _group(detector, numbers, first, extremes)
            numbers, first, extremes = [], None, None
        if first is None:
            first = picture
        else:
            extremes = extremes or _Extremes(first)
            extremes.add(picture)
        numbers.append(number)
    if first is not None:
        yield _group(detector, numbers, first, extremes)


class _Extremes:
    """The brightest and the darkest value of each pixel of each view so far."""

    def __init__(self, picture: Picture) -> None:
        self._names = [view.name for view in picture.views]
        self._brightest = [view.pixels.copy() for view in picture.views]
        self._darkest = [view.pixels.copy() for view in picture.views]

    def add(self, picture: Picture) -> None:
        for view, brightest, darkest in zip(picture.views, self._brightest, self._darkest, strict=True):
            np.maximum(brightest, view.pixels, out=brightest)
            np.minimum(darkest, view.pixels, out=darkest)

    @property
    def views(self) -> tuple[View, ...]:
        bright = (View(f"{name}, brightest", each) for name, each in zip(self._names, self._brightest, strict=True))
        dark = (View(f"{name}, darkest", each) for name, each in zip(self._names, self._darkest, strict=True))
        return (*bright, *dark)


def _alike(one: Picture, other: Picture) -> bool:
    return [(view.name, view.pixels.shape) for view in one.views] == [
        (view.name, view.pixels.shape) for view in other.views
    ]


def _group(
    detector: TextDetector, numbers: Sequence[int], first: Picture, extremes: "_Extremes | None"
) -> FrameGroup:
    picture = first if extremes is None else Picture(different(first.views + extremes.views))
    return FrameGroup(tuple(numbers), picture, tuple(detector.find(picture)))
