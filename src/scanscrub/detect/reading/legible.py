"""A detector that reports only what a reader makes letters or numbers of.

It is for doubting a cleaned copy, never for masking: a color bar looks like a line of writing to any detector, and
no reader finds a letter in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
        looks = iter((picture, *_frames(picture)))
        legible: set[TextBox] = set()
        while (left := [box for box in boxes if box not in legible]) and (shown := next(looks, None)) is not None:
            readings = zip(left, self._reader.read(shown, left), strict=True)
            legible.update(box for box, reading in readings if any(map(str.isalnum, reading.text.reveal())))
        return tuple(box for box in boxes if box in legible)


def _frames(picture: Picture) -> Iterator[Picture]:
    """Each frame that is shown as a color as a picture of its own."""
    return (Picture((replace(view, pixels=pixels, at_once=()),)) for view in picture.views for pixels in view.at_once)
