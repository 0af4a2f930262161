"""How a text box is read in several views of one picture: the surest reading counts, and no other is passed over."""

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from scanscrub.detect.base import Reading
from scanscrub.detect.crops import narrowed, upright
from scanscrub.domain.geometry import Quad
from scanscrub.domain.picture import Picture
from scanscrub.domain.secret import Phi
from scanscrub.domain.text import ocr_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

ReadArea: TypeAlias = "Callable[[NDArray[np.uint8], Quad], tuple[str, float]]"

SURE = 0.93
"""A mean probability at which no other side of a box is read, and no other view of it that shows the same."""
OTHER = 0.8
"""The same from which what a view shows instead is told as well."""
ALIKE, PLAIN = 0.8, 6.0
"""The correlation, of either sign, from which two views show the same in a box, and the deviation in grey levels up
to which one shows nothing.
"""
NARROWED = 0.15
"""Of its height, what a box that reads unsurely is read without, above and below: less than a line of several."""
SAME = 0.5
"""How alike two readings of the same writing are at least, as OCR misreads it."""
ROWS = 32


def read_views(picture: Picture, quad: Quad, read_area: ReadArea) -> Reading:
    """The surest reading of a box in any view.

    Where another view shows something else there that can be read, as writing which the first one's window makes
    black, the text holds that too.
    """
    readings: list[tuple[str, float, NDArray[np.uint8]]] = []
    text, score, pixels = "", 0.0, picture.views[0].pixels
    for view in picture.views:
        if score >= SURE and _shows_the_same(view.pixels, pixels, quad):
            continue
        candidate, sureness = read_area(view.pixels, quad)
        readings.append((candidate, sureness, view.pixels))
        if sureness > score:
            text, score, pixels = readings[-1]
    if score < SURE:  # parts of the lines above and below may be in the way
        candidate, sureness = read_area(pixels, narrowed(quad, NARROWED))
        if sureness > score:
            text, score = candidate, sureness
    others = (
        other
        for other, sureness, shown in readings
        if sureness >= OTHER and not _is_same(other, text) and not _shows_the_same(shown, pixels, quad)
    )
    return Reading(Phi(" ".join((text, *others))), score)


def _is_same(one: str, other: str) -> bool:
    return SequenceMatcher(None, ocr_shape(one), ocr_shape(other), autojunk=False).ratio() >= SAME


def _shows_the_same(pixels: "NDArray[np.uint8]", other: "NDArray[np.uint8]", quad: Quad) -> bool:
    """Whether an image shows in a box what another one does, or nothing at all."""
    if pixels is other:
        return True
    one, two = (_level(upright(each, quad, ROWS)) for each in (pixels, other))
    if one.std() <= PLAIN:
        return True
    return bool(abs((one * two).mean()) >= ALIKE * one.std() * two.std())


def _level(crop: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    grey = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    level = grey.astype(np.float32)
    return np.asarray(level - level.mean(), np.float32)
