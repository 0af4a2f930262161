"""How a text box is read in several views of one picture: the surest reading counts, and no other is passed over."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from scanscrub.detect.base import Reading
from scanscrub.detect.crops import narrowed
from scanscrub.detect.passes import NEIGHBOURHOOD, local_contrast
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.picture import View
from scanscrub.domain.secret import Phi
from scanscrub.domain.text import adds, ocr_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

ReadArea: TypeAlias = "Callable[[NDArray[np.uint8], Quad], tuple[str, float]]"

SURE = 0.93
"""A mean probability at which no other side of a box is read."""
OTHER = 0.8
"""The same from which a word that another view shows is told as well."""
MORE, SAME = 2, 0.5
"""How many letters longer a reading is that has a word more, and how alike two readings of the same writing are."""
NARROWED = 0.15
"""Of its height, what a box that reads unsurely is read without, above and below: less than a line of several."""


def read_views(views: Sequence[View], quad: Quad, read_area: ReadArea) -> Reading:
    """The surest reading of a box in any view of a picture, and in one whose local contrast is brought to one level:
    beside bright letters a reader passes over faint ones.

    Where another view shows more words there, as those that the first one's window makes black, the text holds what
    it reads as, too.
    """
    readings: list[tuple[str, float]] = []
    text, score = "", 0.0
    shown = [*((view.pixels, quad) for view in views), _levelled(views[0].pixels, quad)]
    best = shown[0]
    for each in shown:
        candidate, sureness = read_area(*each)
        readings.append((candidate, sureness))
        if sureness > score:
            text, score, best = candidate, sureness, each
    if score < SURE:  # parts of the lines above and below may be in the way
        pixels, place = best
        candidate, sureness = read_area(pixels, narrowed(place, NARROWED))
        if sureness > score:
            text, score = candidate, sureness
    others = (other for other, sureness in readings if _tells_more(other, sureness, text))
    return Reading(Phi(" ".join((text, *others))), score)


def _levelled(pixels: "NDArray[np.uint8]", quad: Quad) -> "tuple[NDArray[np.uint8], Quad]":
    """What is around a box, its local contrast at one level, and where the box lies in it."""
    rows, columns = pixels.shape[:2]
    near = Box.around(quad).grown(NEIGHBOURHOOD).clipped(columns, rows)
    if not near.area:
        return pixels, quad
    level = local_contrast(pixels[near.top : near.bottom, near.left : near.right])[..., 0]
    first, second, third, fourth = ((x - near.left, y - near.top) for x, y in quad)
    return np.ascontiguousarray(level), (first, second, third, fourth)


def _tells_more(other: str, sureness: float, text: str) -> bool:
    """Whether another view shows more words, or surely others: what is about as long is mostly a misreading."""
    one, two = ocr_shape(text), ocr_shape(other)
    if not adds(other, text):
        return False
    if len(two) >= len(one) + MORE:
        return sureness >= OTHER
    return sureness >= SURE and SequenceMatcher(None, one, two, autojunk=False).ratio() < SAME
