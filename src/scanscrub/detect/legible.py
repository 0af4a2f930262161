"""A detector that reports only what a reader makes letters or numbers of.

It is for doubting a cleaned copy, never for masking: a colour bar looks like a line of writing to any detector, and
no reader finds a letter in it.
"""

from collections.abc import Sequence

from scanscrub.detect.base import TextBox, TextDetector, TextReader
from scanscrub.domain.picture import Picture


class Legible:
    """What `detector` finds, less what `reader` finds no letter and no digit in, however unsure it is of them."""

    def __init__(self, detector: TextDetector, reader: TextReader) -> None:
        self._detector = detector
        self._reader = reader

    @property
    def identity(self) -> str:
        return f"{self._detector.identity}, legible"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        boxes = self._detector.find(picture)
        readings = self._reader.read(picture, boxes)
        return tuple(
            box
            for box, reading in zip(boxes, readings, strict=True)
            if any(character.isalnum() for character in reading.text.reveal())
        )
