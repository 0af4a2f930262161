"""What the reader makes of doubted lines: the third witness."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scanscrub.detect.db import Line
from scanscrub.detect.reader import PpocrReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 24
"""Doubted lines of one image that are read, the strongest first."""
MARGINS = (4.0, 8.0)
"""Pixels added to a line's sides; it is read with either, as chance reads differently the second time."""
LEAST = {1: 0.94, 2: 0.85, 3: 0.75}
"""The score, with either margin, by the number of letters and digits; 3 stands for more as well."""
STROKES = frozenset("1Il|iJj!-一二丨")
"""What the edge of anything reads as."""


def readable(
    pixels: "NDArray[np.uint8]", doubted: Sequence[Line], reader: PpocrReader, fewest: int = 1
) -> Iterator[Line]:
    """The lines that the reader is sure about, with so many letters or digits at least."""
    for line in doubted[:MOST]:
        readings = [reader.read_area(pixels, line.grown(margin, margin).quad) for margin in MARGINS]
        if _is_writing(readings, fewest):
            yield line


def _is_writing(readings: Sequence[tuple[str, float]], least: int) -> bool:
    letters = [[letter for letter in text if letter.isalnum()] for text, _ in readings]
    fewest = min(map(len, letters))
    if fewest < least or STROKES.issuperset(letters[0]):
        return False
    if fewest == 1 and letters.count(letters[0]) < len(letters):
        return False
    return min(score for _, score in readings) >= LEAST[min(fewest, 3)]
