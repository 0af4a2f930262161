"""How a text box is read in several views of one picture: the surest reading counts, and no other is passed over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from scanscrub.detect.base import Reading
from scanscrub.detect.frames.contrast import NEIGHBORHOOD, local_contrast
from scanscrub.detect.reading.crops import narrowed, sides
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import View
from scanscrub.domain.text import adds, ocr_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

ReadLine: TypeAlias = "Callable[[NDArray[np.uint8], Quad], tuple[str, float]]"
"""The text of a line that lies in the quad, its reading from left to right, and how sure that is."""

SURE = 0.93
"""A mean probability at which no other side of a box is read."""
UPRIGHT = 0.5
"""The same from which the side that reads best is the one that was written from, and no other is read once more."""
OTHER = 0.8
"""The same from which a word that another view shows is told as well."""
MORE, SAME = 2, 0.5
"""How many letters longer a reading is that has a word more, and how alike two readings of the same writing are."""
NARROWED = 0.15
"""Of its height, what a box that reads unsurely is read without, above and below: less than a line of several."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What the writing in a quad of an image reads as."""

    pixels: "NDArray[np.uint8]"
    quad: Quad
    text: str
    score: float


def best_side(pixels: "NDArray[np.uint8]", quad: Quad, read_line: ReadLine, sure: float = SURE) -> Attempt:
    """The surest reading of a quad of one gray or RGB image from any side; no other is read once it is sure."""
    return _best(pixels, sides(quad), read_line, sure)


def _best(pixels: "NDArray[np.uint8]", quads: Iterable[Quad], read_line: ReadLine, sure: float = SURE) -> Attempt:
    attempts: list[Attempt] = []
    for quad in quads:
        attempts.append(Attempt(pixels, quad, *read_line(pixels, quad)))
        if attempts[-1].score >= sure:
            break
    return _surest(attempts)


def _surest(attempts: Iterable[Attempt]) -> Attempt:
    return max(attempts, key=lambda attempt: attempt.score)


def read_views(views: Sequence[View], quad: Quad, read_line: ReadLine) -> Reading:
    """The surest reading of a box in any view of a picture, and in one whose local contrast is brought to one level:
    beside bright letters a reader passes over faint ones.

    Where another view shows more words there, as those that the first one's window makes black, the text holds what
    it reads as, too.
    """
    attempts = [best_side(view.pixels, quad, read_line) for view in views]
    best = _surest(attempts)
    attempts.append(_best(*_levelled(views[0].pixels, _likely_sides(best)), read_line))
    best = _surest(attempts)
    text, score = best.text, best.score
    if score < SURE:  # parts of the lines above and below may be in the way
        less = _best(best.pixels, [narrowed(side, NARROWED) for side in _likely_sides(best)], read_line)
        text, score = max((text, score), (less.text, less.score), key=lambda said: said[1])
    others = (other.text for other in attempts if _tells_more(other.text, other.score, text))
    return Reading(Phi(" ".join((text, *others))), score)


def _likely_sides(attempt: Attempt) -> list[Quad]:
    """The sides that a box is read from once more: the one that it was written from, if that can be told."""
    return [attempt.quad] if attempt.score >= UPRIGHT else list(sides(attempt.quad))


def _levelled(pixels: "NDArray[np.uint8]", quads: Sequence[Quad]) -> "tuple[NDArray[np.uint8], list[Quad]]":
    """What is around a box, its local contrast at one level, and where the box, from each side, lies in it."""
    rows, columns = pixels.shape[:2]
    near = Box.around(quads[0]).grown(NEIGHBORHOOD).clipped(columns, rows)
    if not near.area:
        return pixels, list(quads)
    contrast = local_contrast(pixels[near.top : near.bottom, near.left : near.right])
    return np.clip(128.0 + 50.0 * contrast, 0, 255).astype(np.uint8), [
        _shifted(quad, -near.left, -near.top) for quad in quads
    ]


def _shifted(quad: Quad, right: float, down: float) -> Quad:
    first, second, third, fourth = ((x + right, y + down) for x, y in quad)
    return first, second, third, fourth


def _tells_more(other: str, sureness: float, text: str) -> bool:
    """Whether another view shows more words, or surely others: what is about as long is mostly a misreading."""
    one, two = ocr_shape(text), ocr_shape(other)
    if not adds(other, text):
        return False
    if len(two) >= len(one) + MORE:
        return sureness >= OTHER
    return sureness >= SURE and SequenceMatcher(None, one, two, autojunk=False).ratio() < SAME
