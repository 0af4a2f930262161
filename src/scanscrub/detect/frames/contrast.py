"""Local contrast: faint writing as strong as bright."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.frames.colors import gray

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBORHOOD = 31
"""Side in pixels of the square over which the local mean and deviation are taken."""
EVEN = 4.0
"""Gray levels of deviation that are nothing: what is even stays even."""


def local_contrast(pixels: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """How many deviations each of ``(rows, columns[, 3])`` pixels lies from the mean around it: float32, gray."""
    bright = gray(pixels).astype(np.float32)
    window = (NEIGHBORHOOD, NEIGHBORHOOD)
    mean = cv2.blur(bright, window, borderType=cv2.BORDER_REPLICATE)
    square = cv2.blur(bright * bright, window, borderType=cv2.BORDER_REPLICATE)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0.0))
    return np.asarray((bright - mean) / (deviation + EVEN), np.float32)
