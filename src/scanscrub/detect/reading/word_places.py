"""Where the words of a line stand that was read: by the gaps between its letters."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from scanscrub.detect.frames.colors import gray
from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INK: Final = 0.3
"""Of the contrast of a line, by which ink differs from the paper."""
_LEAST_CONTRAST: Final = 32
_WIDER: Final = 1.3
"""How many times as wide as any gap between letters the gaps between words are at least."""
_NARROWEST, _WIDEST = 0.45, 2.2
"""Of the mean width of a letter, what those of one word are on the average."""


def word_places(pixels: "NDArray[np.uint8]", box: Box, words: Sequence[str]) -> Sequence[int] | None:
    """The columns between which each word stands, one more than words; None where the gaps do not tell.

    `pixels` are ``(rows, columns[, 3])``; `box` is upright, and holds one line.
    """
    runs = _runs_of_ink(gray(pixels)[box.top : box.bottom, box.left : box.right])
    if len(runs) < len(words) or len(words) < 2:
        return None
    gaps = [after[0] - before[1] for before, after in pairwise(runs)]
    widest = sorted(range(len(gaps)), key=lambda place: -gaps[place])
    between, others = widest[: len(words) - 1], widest[len(words) - 1 :]
    if others and gaps[between[-1]] < _WIDER * gaps[others[0]]:
        return None
    ends = [*sorted(between), len(runs) - 1]
    starts = [0, *(end + 1 for end in ends[:-1])]
    spans = [(runs[start][0], runs[end][1]) for start, end in zip(starts, ends, strict=True)]
    mean = sum(last - first for first, last in spans) / sum(map(len, words))
    widths = [(last - first) / len(word) / mean for (first, last), word in zip(spans, words, strict=True)]
    if not all(_NARROWEST <= width <= _WIDEST for width in widths):
        return None
    middles = [box.left + (before[1] + after[0]) // 2 for before, after in pairwise(spans)]
    return (box.left, *middles, box.right)


def _runs_of_ink(shades: "NDArray[np.uint8]") -> list[tuple[int, int]]:
    """The columns, half open, in which there is ink."""
    if not shades.size:
        return []
    paper = int(np.median(shades))
    apart = np.abs(shades.astype(np.int16) - paper)
    contrast = int(apart.max())
    if contrast < _LEAST_CONTRAST:
        return []
    inked = (apart >= _INK * contrast).any(axis=0)
    steps = np.flatnonzero(np.diff(np.concatenate(([False], inked, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in steps.reshape(-1, 2)]
