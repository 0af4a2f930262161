"""Look at a masked picture as if the masks were not there.

A black mask on gray anatomy has sharp, straight edges, and every detector takes some of them for writing. Masked
in turn they make new edges, so a masked picture would never come to rest, and a clean copy would be accused when
it is looked at again. So masks are filled with what surrounds them before a detector looks. A mask holds no
writing: that it is flat is proved elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.base import Reading, TextBox, TextDetector, TextReader
from scanscrub.detect.frames.colors import strongest
from scanscrub.detect.lines.combine import without_repeats
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture

BLACK = 8
"""Gray levels up to this one are a mask's; decoders of lossy pictures round."""
LEAST_SIDE = 9
"""Pixels: no mask is narrower, and strokes of black letters are."""
MOST_CORNERS = 60
"""A black area with more corners than this is the picture's own background, not a few overlapping boxes."""
SQUARENESS = 0.7
"""Of an outline made of boxes, see `_made_of_boxes`; a black ventricle has 0.1 to 0.5."""
MOST_MASKED = 0.9
"""Of a frame: where more of it is black there is nothing around it to fill it with."""
THIN, LARGER = 5, 3
"""Pixels that a curve or a tick is narrower than, and how many times as large the background is at least that it cuts
a piece off from.
"""
MOST_SHAPES = 200
"""Black shapes of one picture that are compared with each other."""
READS = 0.8
"""The score from which on a reading of black shapes is a word."""
FLAT = 12
"""Gray levels: the most that neighboring pixels of a mask differ by in any view; a lossy codec leaves a few."""
NEAR = 24
"""Pixels around a planned mask in which its black is looked for: a codec may round a mask up to its blocks."""

LARGE, AROUND = 1_000_000, 64
"""Pixels of a picture that is filled in parts, and how far beyond a mask such a part reaches."""

LEAST_CONTRAST = 12
"""Gray levels: what is fainter beside a mask is not told from the picture's own grain."""
NOISE_FACTOR = 7.0
"""A stroke stands out from the grain (the median difference from a 5x5 median) by this factor."""
LEAST_STROKE = 6
"""Fewer pixels than this make no letter."""


class MasksInpainted:
    """A detector that does not see the edges of black boxes.

    Block letters in black are boxes as well. So where boxes stand in a row the picture is looked at as it is, too,
    and what a reader can read there counts.
    """

    def __init__(self, detector: TextDetector, reader: TextReader) -> None:
        self._detector = detector
        self._reader = reader

    @property
    def identity(self) -> str:
        return self._detector.identity

    def find(self, picture: Picture) -> Sequence[TextBox]:
        area = like_masks(picture)
        found = find_around(self._detector, picture, area)
        return without_repeats([*found, *self._block_letters(picture, area)]) if in_a_row(area) else found

    def _block_letters(self, picture: Picture, area: NDArray[np.bool_]) -> Sequence[TextBox]:
        boxes = [box for box in self._detector.find(picture) if _covers_some(box.box, area)]
        readings = self._reader.read(picture, boxes)
        return [box for box, reading in zip(boxes, readings, strict=True) if _reads_as_a_word(reading)]


def in_a_row(area: NDArray[np.bool_]) -> bool:
    """Whether two shapes of `area` stand beside each other as letters do: as high, or as wide, and close."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=8)
    boxes = [Box(left, top, left + width, top + height) for left, top, width, height, _ in stats[1:].tolist()]
    return count > 2 and any(_are_neighbors(one, other) for one, other in combinations(boxes[:MOST_SHAPES], 2))


def _are_neighbors(one: Box, other: Box) -> bool:
    for turned in (False, True):
        first, second = (one, other) if not turned else (_transposed(one), _transposed(other))
        common = min(first.bottom, second.bottom) - max(first.top, second.top)
        low, high = sorted((first.height, second.height))
        gap = max(first.left, second.left) - min(first.right, second.right)
        if common >= 0.6 * low and high <= 1.6 * low and gap <= 1.5 * high:
            return True
    return False


def _transposed(box: Box) -> Box:
    return Box(box.top, box.left, box.bottom, box.right)


def _covers_some(box: Box, area: NDArray[np.bool_]) -> bool:
    inside = box.clipped(area.shape[1], area.shape[0])
    return bool(area[inside.top : inside.bottom, inside.left : inside.right].any())


def _reads_as_a_word(reading: Reading) -> bool:
    return reading.score >= READS and sum(letter.isalnum() for letter in reading.text.reveal()) >= 2


def find_around(detector: TextDetector, picture: Picture, area: NDArray[np.bool_]) -> Sequence[TextBox]:
    """What the detector finds when `area` is filled. A box beside the area counts only if it shows strokes:
    bright or dark lines narrower than writing is high. The filling has none, but its smoothness stands out.
    """
    smooth = fill(picture, area)
    boxes = detector.find(smooth)
    return boxes if smooth is picture else with_strokes(boxes, smooth, area)


def with_strokes(boxes: Sequence[TextBox], smooth: Picture, area: NDArray[np.bool_]) -> Sequence[TextBox]:
    """The boxes, less those beside a filled area that show no strokes in any plane of the filled picture."""
    planes = [plane for view in smooth.views for plane in _planes(view.pixels)]
    return [
        box for box in boxes if not _beside(box.box, area) or any(_has_strokes(box.box, plane) for plane in planes)
    ]


def like_masks(picture: Picture) -> NDArray[np.bool_]:
    """Black areas that a few overlapping boxes could make: bool ``(rows, columns)``.

    The background that writing stands on is none: every letter makes a hole in it. Nor is a black frame, nor a piece
    of the background that curves and ticks cut off.
    """
    wide = _wide_black(picture)
    area = _boxes_in(wide)
    if area.any():
        area &= ~_cut_off(wide, strongest(picture.views[0].pixels))
    return area if area.mean() <= MOST_MASKED else np.zeros_like(area)


def _boxes_in(black: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The connected parts of 0 or 1 that a few overlapping boxes could make."""
    found = np.zeros(black.shape, np.uint8)
    outlines, tree = cv2.findContours(black, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for number, outline in enumerate(outlines):
        _, _, first_hole, outside = tree[0][number]
        if outside == -1 and first_hole == -1 and _made_of_boxes(cv2.approxPolyDP(outline, 2, closed=True)):
            cv2.drawContours(found, outlines, number, 1, cv2.FILLED)
    return (found & black).astype(np.bool_)


def _cut_off(wide: NDArray[np.uint8], shown: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The parts of `wide` that lie in a much larger black area, made of no boxes, where thin lines are taken away.

    Of a large picture one pixel in so many is looked at, to save memory.
    """
    step = max(1, round((shown.size / LARGE) ** 0.5))
    lineless = cv2.morphologyEx(shown, cv2.MORPH_OPEN, np.ones((THIN, THIN), np.uint8))
    black = (lineless[::step, ::step] <= BLACK).astype(np.uint8)
    thinned = np.ascontiguousarray(wide[::step, ::step])
    found = _in_larger(thinned, black).repeat(step, axis=0).repeat(step, axis=1)
    return np.asarray(found[: wide.shape[0], : wide.shape[1]])


def _in_larger(wide: NDArray[np.uint8], black: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The connected parts of `wide` that lie in much larger ones of `black` that are made of no boxes."""
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(wide, connectivity=8)
    _, wholes, whole_sizes, _ = cv2.connectedComponentsWithStats(black & ~_boxes_in(black), connectivity=8)
    larger = whole_sizes[:, cv2.CC_STAT_AREA][wholes] >= LARGER * sizes[:, cv2.CC_STAT_AREA][parts]
    inside = (wide > 0) & (wholes > 0) & larger
    shares = np.bincount(parts[inside], minlength=len(sizes)) / np.maximum(sizes[:, cv2.CC_STAT_AREA], 1)
    return np.asarray((shares > MOST_MASKED)[parts] & (wide > 0))


def _made_of_boxes(corners: NDArray[np.int32]) -> bool:
    """Whether a polygon, ``(corners, 1, 2)``, has few corners, and its edges lie along one direction or across it.

    The length of the mean of unit vectors at four times the edges' angles is 1 where all do, near 0 for a circle.
    """
    if len(corners) > MOST_CORNERS:
        return False
    edges = np.diff(corners[:, 0], axis=0, append=corners[:1, 0]) @ np.array([1, 1j])
    lengths = np.abs(edges)
    turned = (edges / np.maximum(lengths, 1e-9)) ** 4
    return bool(np.abs((turned * lengths).sum()) >= SQUARENESS * lengths.sum())


def black_near(picture: Picture, masks: Iterable[Box]) -> NDArray[np.bool_]:
    """The black areas in and around planned masks: bool ``(rows, columns)``."""
    near = np.zeros((picture.rows, picture.columns), np.bool_)
    for box in masks:
        there = box.grown(NEAR).clipped(picture.columns, picture.rows)
        near[there.top : there.bottom, there.left : there.right] = True
    return near & _wide_black(picture).astype(np.bool_)


def fill(picture: Picture, area: NDArray[np.bool_]) -> Picture:
    """The picture with `area` made of what surrounds it, smoothly, in every view."""
    if not area.any() or area.all():
        return picture
    # A ring of pixels is filled as well: a lossy codec leaves a mask's shadow there.
    wider = cv2.dilate(area.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    return Picture(
        tuple(
            replace(
                view,
                pixels=_filled(view.pixels, wider),
                at_once=tuple(_filled(pixels, wider) for pixels in view.at_once),
            )
            for view in picture.views
        )
    )


def _beside(box: Box, area: NDArray[np.bool_]) -> bool:
    near = box.grown(NEAR).clipped(area.shape[1], area.shape[0])
    return bool(area[near.top : near.bottom, near.left : near.right].any())


def _has_strokes(box: Box, plane: NDArray[np.uint8]) -> bool:
    height = min(box.width, box.height)
    around = box.grown(max(16, height)).clipped(plane.shape[1], plane.shape[0])
    piece = plane[around.top : around.bottom, around.left : around.right]
    width = min(31, max(5, int(0.6 * height) | 1))
    square = np.ones((width, width), np.uint8)
    strokes = np.maximum(
        cv2.morphologyEx(piece, cv2.MORPH_TOPHAT, square), cv2.morphologyEx(piece, cv2.MORPH_BLACKHAT, square)
    )
    grain = np.abs(piece.astype(np.int16) - cv2.medianBlur(piece, 5))
    contrast = max(LEAST_CONTRAST, NOISE_FACTOR * float(np.median(grain)))
    inner = box.clipped(plane.shape[1], plane.shape[0])
    inside = strokes[
        inner.top - around.top : inner.bottom - around.top, inner.left - around.left : inner.right - around.left
    ]
    return int((inside >= contrast).sum()) >= LEAST_STROKE


def _planes(pixels: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    if pixels.ndim == 2:
        yield pixels
    else:
        yield from (np.ascontiguousarray(pixels[..., channel]) for channel in range(pixels.shape[2]))


def _wide_black(picture: Picture) -> NDArray[np.uint8]:
    """Where a black square of `LEAST_SIDE` covers the pixel in the natural view and no view shows more: 0 or 1."""
    black = (strongest(picture.views[0].pixels) <= BLACK).astype(np.uint8)
    near = np.ones((3, 3), np.uint8)
    for view in picture.views[1:]:
        for plane in _planes(view.pixels):
            flat = (cv2.morphologyEx(plane, cv2.MORPH_GRADIENT, near) <= FLAT).astype(np.uint8)
            black &= cv2.dilate(flat, near)
    square = np.ones((LEAST_SIDE, LEAST_SIDE), np.uint8)
    centers = cv2.erode(black, square, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    return np.asarray(cv2.dilate(centers, square) & black, dtype=np.uint8)


def _filled(pixels: NDArray[np.uint8], area: NDArray[np.bool_]) -> NDArray[np.uint8]:
    filled = pixels.copy()
    for part in _parts(area):
        inside = area[part]
        smooth = _from_around(pixels[part].astype(np.float32), (~inside).astype(np.float32))
        filled[part][inside] = np.clip(np.rint(smooth[inside]), 0, 255).astype(np.uint8)
    return filled


def _parts(area: NDArray[np.bool_]) -> Iterator[tuple[slice, slice]]:
    """The whole of a small picture; of a large one what lies around each connected area, to save memory."""
    if area.size <= LARGE:
        yield slice(None), slice(None)
        return
    outlines, _ = cv2.findContours(area.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for left, top, width, height in map(cv2.boundingRect, outlines):
        around = Box(left, top, left + width, top + height).grown(AROUND).clipped(area.shape[1], area.shape[0])
        yield slice(around.top, around.bottom), slice(around.left, around.right)


def _from_around(values: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill the unknown from ever coarser averages of the known (a pull-push pyramid)."""
    rows, columns = known.shape
    half = (max(1, (columns + 1) // 2), max(1, (rows + 1) // 2))
    weights = known if values.ndim == 2 else known[..., np.newaxis]
    small_known = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(values * weights, half, interpolation=cv2.INTER_AREA)
    small_weights = small_known if values.ndim == 2 else small_known[..., np.newaxis]
    small = np.divide(sums, small_weights, out=np.zeros_like(sums), where=small_weights > 0)
    if small_known.min() == 0 and max(half) > 1:
        small = _from_around(small, (small_known > 0).astype(np.float32))
    coarse = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.where(weights > 0, values, coarse)
