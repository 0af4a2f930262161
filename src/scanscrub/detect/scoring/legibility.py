"""What the reader makes of doubted lines, beside the models."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanscrub.detect.lines.db import Line
from scanscrub.detect.reading.reader import PpocrReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARGINS = (4.0, 8.0)
"""Pixels added to a line's sides; it is read with either, as chance reads differently the second time."""
STROKES = frozenset("1Il|iJj!-一二丨")
"""What the edge of anything reads as."""


@dataclass(frozen=True, slots=True)
class Legibility:
    """How many letters and digits were read at least, and how sure the reader was at least, with either margin."""

    letters: int
    score: float

    def reaches(self, other: "Legibility") -> bool:
        return self.letters >= other.letters and self.score >= other.score


def legibility(pixels: "NDArray[np.uint8]", line: Line, reader: PpocrReader) -> Legibility:
    """How well a line of a gray or RGB image reads. Mere strokes are no letters."""
    readings = [reader.read_area(pixels, line.grown(margin, margin).quad) for margin in MARGINS]
    letters = [[letter for letter in text if letter.isalnum()] for text, _ in readings]
    fewest = min(map(len, letters))
    if fewest == 0 or STROKES.issuperset(letters[0]):
        return Legibility(0, 0.0)
    return Legibility(fewest, min(score for _, score in readings))
