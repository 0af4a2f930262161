"""What the reader makes of doubted lines: the third witness."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanscrub.detect.db import Line
from scanscrub.detect.reader import PpocrReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 24
"""Large lines of one image that are read, the strongest first."""
MARGINS = (4.0, 8.0)
"""Pixels added to a line's sides; it is read with either, as chance reads differently the second time."""
LEAST = {2: 0.85, 3: 0.75}
"""The score, with either margin, by the number of letters and digits; 3 stands for more as well."""
STROKES = frozenset("1Il|iJj!-一二丨")
"""What the edge of anything reads as."""


@dataclass(frozen=True, slots=True)
class Legibility:
    """How many letters and digits were read at least, and how sure the reader was at least, with either margin."""

    letters: int
    score: float


def legibility(pixels: "NDArray[np.uint8]", line: Line, reader: PpocrReader) -> Legibility:
    """How well a line of a grey or RGB image reads. Mere strokes are no letters."""
    readings = [reader.read_area(pixels, line.grown(margin, margin).quad) for margin in MARGINS]
    letters = [[letter for letter in text if letter.isalnum()] for text, _ in readings]
    fewest = min(map(len, letters))
    if fewest == 0 or STROKES.issuperset(letters[0]):
        return Legibility(0, 0.0)
    return Legibility(fewest, min(score for _, score in readings))


def readable(pixels: "NDArray[np.uint8]", seen: Sequence[Line], reader: PpocrReader) -> Iterator[Line]:
    """The lines that the reader is sure to be two letters or more."""
    for line in sorted(seen, key=lambda line: -line.score)[:MOST]:
        reading = legibility(pixels, line, reader)
        if reading.letters >= 2 and reading.score >= LEAST[min(reading.letters, 3)]:
            yield line
