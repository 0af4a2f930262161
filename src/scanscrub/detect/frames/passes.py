"""The ways one image is looked at: what is shown to the model, and which of its answers count."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.frames.colors import gray
from scanscrub.detect.frames.tiles import SHORT_SIDE
from scanscrub.detect.lines.db import Line, Thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBORHOOD = 31
"""Side in pixels of the square over which the local mean and deviation are taken."""

MOST_OF_A_SMALL_ONE = 0.2
"""Of the short side of a small image: thicker is no line there."""
THICKEST = 150.0
"""Pixels: however much it looks like a line, nothing beyond the limits is writing when it is thicker."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How thick a line may be, in pixels, so that the scan itself is not taken for writing.

    Up to `thick` a line counts, and up to `thickest` one the model is sure of. Thicker still, it must look like a
    line: the model sure, the region a clean rectangle, and long, or else hardly thicker; where `strict`, never.
    """

    thick: float
    thickest: float
    strict: bool

    def allows(self, line: Line) -> bool:
        across, score, fill = line.across, line.score, line.fill
        if across <= self.thick or (across <= self.thickest and score >= 0.85):
            return True
        is_long = (
            across <= min(2 * self.thickest, THICKEST) and score >= 0.7 and fill >= 0.7 and line.along >= 2.2 * across
        )
        is_clear = across <= min(1.5 * self.thickest, THICKEST) and score >= 0.9 and fill >= 0.85
        return not self.strict and (is_long or is_clear)


@dataclass(frozen=True, slots=True)
class Pass:
    """One way to look. `prepare` takes a gray or RGB area and gives BGR of the same size.

    `limits` are shares of the image's short side, for an image looked at whole and for tiles of a large one.
    `least` is the thickness in pixels that is always allowed. One thinner than `thinnest` pixels
    does not count, nor where `strict` one thicker than the limits. A line is lengthened by `lengthen` of its height.
    An image whose short side is less than `short_side` is enlarged to it. One that looks `at_traces` looks only where
    the small text model sees anything at all.
    """

    name: str
    prepare: "Callable[[NDArray[np.uint8]], NDArray[np.uint8]]"
    margin: int
    thresholds: Thresholds
    limits: tuple[float, float]
    tile_limits: tuple[float, float]
    least: float = 40.0
    lengthen: float = 1.0
    thinnest: float = 0.0
    strict: bool = False
    short_side: int = SHORT_SIDE
    at_traces: bool = False

    def limit(self, short_side: int, *, whole: bool) -> Limit:
        thick, thickest = self.limits if whole else self.tile_limits
        least = min(self.least, MOST_OF_A_SMALL_ONE * short_side)
        return Limit(max(thick * short_side, least), max(thickest * short_side, least), self.strict)


def as_shown(area: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    code = cv2.COLOR_GRAY2BGR if area.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(area, code), np.uint8)


def local_contrast(area: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Gray, each pixel's distance from the mean around it in deviations: faint writing as strong as bright."""
    bright = gray(area).astype(np.float32)
    window = (NEIGHBORHOOD, NEIGHBORHOOD)
    mean = cv2.blur(bright, window, borderType=cv2.BORDER_REPLICATE)
    square = cv2.blur(bright * bright, window, borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    level = (bright - mean) / (deviation + 4.0)
    shown = np.clip(128.0 + 50.0 * level, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8)


def local_contrasts(area: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The local contrast of each of three gray pictures that are shown as colors."""
    return np.dstack([local_contrast(np.ascontiguousarray(area[..., plane]))[..., 0] for plane in (2, 1, 0)])


def separately(each: Pass) -> Pass:
    """The pass for three gray pictures that are shown as colors."""
    if each.prepare is not local_contrast:
        return each
    return replace(each, name=f"{each.name}, separate", prepare=local_contrasts)


def inverted(area: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    return 255 - as_shown(area)


DETECTION_THRESHOLDS = Thresholds(bitmap=0.12, box=0.12, unclip=2.4, evidence=0.1)
"""Low: what has little evidence needs another model (`line_scoring.py`)."""
AS_SHOWN = Pass("shown", as_shown, 0, DETECTION_THRESHOLDS, (0.10, 0.15), (0.05, 0.08))
LOCAL_CONTRAST = Pass(
    "contrast", local_contrast, 24, DETECTION_THRESHOLDS, (0.08, 0.12), (0.05, 0.08), at_traces=True
)
"""Where the small text model sees nothing at all, this one saw nothing that counts: measured on the tuning half."""
NATIVE_CONTRAST = replace(LOCAL_CONTRAST, name="native contrast", short_side=1)
"""A small image at its own size as well: what the model overlooks at one size it often sees at another."""
PASSES = (AS_SHOWN, LOCAL_CONTRAST, NATIVE_CONTRAST)
SECOND_LOOK = (
    Pass(
        "inverted",
        inverted,
        8,
        Thresholds(bitmap=0.3, box=0.6, unclip=1.6),
        (0.08, 0.08),
        (0.05, 0.05),
        thinnest=6.0,
        strict=True,
        short_side=640,
    ),
)
"""What a cleaned copy is doubted by: another polarity, scale and cut, and answers the model is sure of."""
