"""Writing in the frames of a cine: looked for in groups of frames at once, and found for every frame of a group.

Writing lies still or jumps, and stands out as brighter or darker than what moves behind it. So a group is looked at
through the brightest and the darkest value that each pixel takes in it: writing that is in one frame alone is in one
of the two, unless what moves is as bright. Where much moves a group therefore ends at three frames, which are looked
at as they are. The large model is shown a group as the colors of one picture, at a third of the cost. What is found
counts for every frame of the group, which covers more of a frame than its own writing and never less.

The second look is at every frame as it is, three of them as the colors of one picture.

What was found is read once where all frames of the group show the same there, and else in each of them: a harmless
mark in one may lie where another one has a name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.base import TextBox, TextDetector
from scanscrub.detect.frames.colors import gray, strongest
from scanscrub.detect.lines.combine import different
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View, ViewKind

GROUP = 16
"""The most frames that are looked at together."""
CELL = 8
"""Side in pixels of the cells whose means tell how much moves."""
LIFT, MOVING = 12.0, 0.17
"""A group ends where, for any of its frames, this share of the cells would be brighter in the brightest or darker in
the darkest by more than this many gray levels: as much is taken from the contrast of writing. With 0.15 and 0.20 the
same strings of the bench's cines are found; longer groups cover more of frames that show other writing.
"""
COLORS = 3
"""Frames that are shown as the colors of one picture."""
SAME, AROUND = 8, 4
"""Gray levels by which frames differ at most where they show the same, half as much as is seen, and the pixels around
a box that are compared with it.
"""

STRONGER, LETTER = 48, 24
"""Gray levels by which a color is stronger than it is bright, and the pixels of a small letter."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameGroup:
    """Frames that were looked at together: their numbers, what shows their writing best to a reader, and what was
    found, for all of them: where they show the same (`still`), and where not (`changing`).
    """

    frames: tuple[int, ...]
    picture: Picture
    still: tuple[TextBox, ...]
    changing: tuple[TextBox, ...] = ()


def in_threes(pictures: Iterable[tuple[int, Picture]]) -> Iterator[list[tuple[int, Picture]]]:
    """The frames, three neighbors of equal size and views at a time."""
    few: list[tuple[int, Picture]] = []
    for number, picture in pictures:
        if few and (len(few) == COLORS or not _alike(few[0][1], picture)):
            yield few
            few = []
        few.append((number, picture))
    if few:
        yield few


def as_colors(pictures: Sequence[Picture]) -> Picture:
    """Up to three alike frames as one picture, each as one color of its views: writing in one of them is colored.

    Every frame is seen by the large model as it is, at a third of the cost; frames in color by their brightness, and
    by their strongest color where it is much stronger. Equal ones are left as they are.
    """
    frames = [*pictures, *[pictures[-1]] * (COLORS - len(pictures))]
    views: list[View] = []
    for each in zip(*(picture.views for picture in frames), strict=True):
        if all(np.array_equal(each[0].pixels, view.pixels) for view in each[1:]):
            views.append(each[0])
            continue
        views.append(_at_once(each[0].name, each[0].kind, [view.pixels for view in each]))
        if any(_has_strong_colors(view.pixels) for view in each):
            views.append(
                _at_once(f"{each[0].name}, strongest", each[0].kind, [strongest(view.pixels) for view in each])
            )
    return Picture(different(views))


def _has_strong_colors(pixels: NDArray[np.uint8]) -> bool:
    """Whether there is enough for a letter of what is less bright than its color is strong: blue writing, say."""
    if pixels.ndim == 2:
        return False
    return int(np.count_nonzero(cv2.subtract(strongest(pixels), gray(pixels)) >= STRONGER)) >= LETTER


def _at_once(name: str, kind: ViewKind, pictures: Sequence[NDArray[np.uint8]]) -> View:
    shown: list[NDArray[np.uint8]] = []
    for pixels in pictures:
        if not any(np.array_equal(pixels, other) for other in shown):
            shown.append(pixels)
    return View(name, np.dstack([gray(pixels) for pixels in pictures]), tuple(shown), kind)


def find_in_groups(
    detector: TextDetector,
    pictures: Iterable[tuple[int, Picture]],
    group: int | None = None,
    wanted: Callable[[Sequence[int]], bool] = lambda _: True,
) -> Iterator[FrameGroup]:
    """The writing of all frames, in order; every frame is in one group. A single frame is looked at as it is.

    Holds no more than six pictures at a time. Frames of another size or with other views begin a new group. Groups
    that are not `wanted` are left out.
    """
    group = group or GROUP
    together: _Group | None = None
    for number, picture in pictures:
        if together is not None and not (len(together.numbers) < group and together.takes(picture)):
            if wanted(together.numbers):
                yield together.looked_at(detector)
            together = None
        together = together or _Group()
        together.add(number, picture)
    if together is not None and wanted(together.numbers):
        yield together.looked_at(detector)


class _Group:
    """Frames that are looked at together: the first ones, and the extremes of every pixel of each view so far."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._few: list[Picture] = []
        self._extremes: list[_Extremes] = []
        self._cells: list[NDArray[np.float32]] = []

    def add(self, number: int, picture: Picture) -> None:
        self.numbers.append(number)
        self._cells.append(_cells(picture.views[0].pixels))
        if len(self._few) < COLORS:
            self._few.append(picture)
        if len(self.numbers) == 1:
            return
        self._extremes = self._extremes or [_Extremes(view) for view in self._few[0].views]
        for extremes, view in zip(self._extremes, picture.views, strict=True):
            extremes.add(view)

    def takes(self, picture: Picture) -> bool:
        """Whether another frame hides little of what writing the others have, and they little of its own."""
        if not _alike(self._few[0], picture):
            return False
        if len(self.numbers) < COLORS:
            return True
        natural, pixels = self._extremes[0], picture.views[0].pixels
        brightest = _cells(np.maximum(natural.brightest, pixels))
        darkest = _cells(np.minimum(natural.darkest, pixels))
        cells = (*self._cells, _cells(pixels))
        return all(float((np.maximum(brightest - each, each - darkest) > LIFT).mean()) <= MOVING for each in cells)

    def looked_at(self, detector: TextDetector) -> FrameGroup:
        if len(self.numbers) == 1:
            return FrameGroup(tuple(self.numbers), self._few[0], tuple(detector.find(self._few[0])))
        if len(self.numbers) <= COLORS:
            read = different([view for each in self._few for view in each.views])
            shown = as_colors(self._few)
        else:
            natural = self._few[0].views
            views = list(zip(natural, self._extremes, strict=True))
            read = different([view for first, each in views for view in (first, *each.views)])
            shown = Picture(tuple(view for first, each in views for view in each.at_once(first)))
        still: list[TextBox] = []
        changing: list[TextBox] = []
        for box in detector.find(shown):
            (still if self._shows_the_same(box) else changing).append(box)
        return FrameGroup(tuple(self.numbers), Picture(read), tuple(still), tuple(changing))

    def _shows_the_same(self, box: TextBox) -> bool:
        rows, columns = self._extremes[0].brightest.shape[:2]
        area = box.box.grown(AROUND).clipped(columns, rows)
        return all(extremes.range(area) <= SAME for extremes in self._extremes)


class _Extremes:
    """The brightest and the darkest value of each pixel of one view so far."""

    def __init__(self, view: View) -> None:
        self.name, self.kind = view.name, view.kind
        self.brightest = view.pixels.copy()
        self.darkest = view.pixels.copy()

    def add(self, view: View) -> None:
        np.maximum(self.brightest, view.pixels, out=self.brightest)
        np.minimum(self.darkest, view.pixels, out=self.darkest)

    def range(self, area: Box) -> int:
        """The most that any pixel there changes."""
        part = np.s_[area.top : area.bottom, area.left : area.right]
        return int(cv2.subtract(self.brightest[part], self.darkest[part]).max(initial=0))

    @property
    def views(self) -> tuple[View, View]:
        return (
            View(f"{self.name}, brightest", self.brightest, kind=self.kind),
            View(f"{self.name}, darkest", self.darkest, kind=self.kind),
        )

    def at_once(self, first: View) -> tuple[View, ...]:
        """Both as colors of one picture, between them the strongest color where it is much stronger than bright."""
        if np.array_equal(self.brightest, self.darkest):
            return (first,)
        between = strongest(self.brightest) if _has_strong_colors(self.brightest) else self.brightest
        colors = np.dstack([gray(each) for each in (self.brightest, between, self.darkest)])
        return (View(self.name, colors, (self.brightest, self.darkest), self.kind),)


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The means of cells of `CELL` by `CELL` pixels."""
    size = max(1, pixels.shape[1] // CELL), max(1, pixels.shape[0] // CELL)
    return np.asarray(cv2.resize(gray(pixels), size, interpolation=cv2.INTER_AREA), np.float32)


def _alike(one: Picture, other: Picture) -> bool:
    return [(view.name, view.pixels.shape) for view in one.views] == [
        (view.name, view.pixels.shape) for view in other.views
    ]
