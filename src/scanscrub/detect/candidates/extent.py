"""How far a line's ink goes: a mask ends where the writing does, and not where a model stopped seeing it."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.lines.db import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEIGHT = 32.0
"""Pixels to which a higher line is brought before it is looked at."""
FARTHEST, ASIDE = 1.0, 0.1
"""Of its height, how far beyond a line's ends and its sides ink still belongs to it."""
GAP = 0.45
"""Of its height, the widest gap between two letters."""
INK, LEAST_INK = 0.45, 8.0
"""How far ink lies from the background, as a share of how far the line's strongest tenth does, and in gray levels."""
LETTER, STROKE, FRAME = 0.08, 0.3, 0.7
"""The share of a column's pixels from which it holds a letter; the ink in a row, in heights of the line, from which
it holds a stroke; and the share of a row from which it is the edge of a frame.
"""


def to_its_ink(line: Line, pixels: "NDArray[np.uint8]") -> Line:
    """The line, longer and higher by the ink that goes on beyond it in ``(rows, columns[, 3])`` pixels.

    It never becomes smaller: what a model took for a letter is covered, however faint.
    """
    scale = min(1.0, HEIGHT / line.across)
    high, long = max(1, round(line.across * scale)), max(1, round(line.along * scale))
    beyond, aside = max(1, round(FARTHEST * high)), max(1, round(ASIDE * high))
    apart = _from_background(_level(line, pixels, scale, (long + 2 * beyond, high + 2 * aside)), aside)
    inside = apart[aside : aside + high, beyond : beyond + long]
    ink = apart > max(LEAST_INK, INK * float(np.percentile(inside, 90)))
    columns = ink[aside : aside + high].mean(0) >= LETTER
    strokes = ink[:, beyond : beyond + long]
    rows = (strokes.sum(1) >= max(1, STROKE * high)) & (strokes.mean(1) <= FRAME)
    gap = round(GAP * high) + 1
    left, right = _goes_on(columns[:beyond][::-1], gap), _goes_on(columns[beyond + long :], gap)
    above, below = _goes_on(rows[:aside][::-1], 1), _goes_on(rows[aside + high :], 1)
    return _longer(line, (left / scale, right / scale), (above / scale, below / scale))


def _level(line: Line, pixels: "NDArray[np.uint8]", scale: float, size: tuple[int, int]) -> "NDArray[np.float32]":
    """What lies around a line's middle, turned level: ``(rows, columns, channels)``."""
    cosine, sine = math.cos(line.angle) / scale, math.sin(line.angle) / scale
    across, down = (size[0] - 1) / 2, (size[1] - 1) / 2
    x, y = line.x - 0.5, line.y - 0.5
    turn = np.array(
        [
            [cosine, -sine, x - cosine * across + sine * down],
            [sine, cosine, y - sine * across - cosine * down],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(pixels, turn, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level.reshape(size[1], size[0], -1), np.float32)


def _from_background(level: "NDArray[np.float32]", aside: int) -> "NDArray[np.float32]":
    """How far each pixel lies from the commonest level along the line, in the color in which it does most."""
    usual = np.median(level[aside:-aside], axis=(0, 1))
    return np.asarray(np.abs(level - usual).max(axis=2), np.float32)


def _goes_on(inked: "Iterable[np.bool_]", gap: int) -> int:
    """How many places it goes on until a gap that is too wide."""
    last, missed = 0, 0
    for number, each in enumerate(inked, 1):
        last, missed = (number, 0) if each else (last, missed + 1)
        if missed > gap:
            break
    return last


def _longer(line: Line, ends: tuple[float, float], sides: tuple[float, float]) -> Line:
    (left, right), (above, below) = ends, sides
    along, across = (right - left) / 2, (below - above) / 2
    cosine, sine = math.cos(line.angle), math.sin(line.angle)
    return replace(
        line.grown(left + right, above + below),
        x=line.x + cosine * along - sine * across,
        y=line.y + sine * along + cosine * across,
    )
