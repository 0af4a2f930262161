"""What `check` reads of a picture that has no header: as little as the verdict needs."""

from collections.abc import Callable, Sequence
from math import dist
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from scanscrub.detect.base import Reading, TextBox, TextReader
from scanscrub.domain.geometry import Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.text.about_somebody import FEW

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST, SHORTEST_OF_MANY = 2.6, 3.6
"""How many times as long as high a box is at least that is read: a shorter one has room for four letters at most; or
for six, where so many stand in the picture that each has to tell alone.
"""


@runtime_checkable
class _ReadsAreas(Protocol):
    """A reader that can read one view of a box alone."""

    def read_area(self, pixels: "NDArray[np.uint8]", quad: Quad, sure: float) -> tuple[str, float]: ...


class SelectiveReader:
    """A `TextReader`. Writing in what looks like a scan need not be read; other writing is, once and not twice over.

    Where `mode` asks what each piece says, all is read as ever.
    """

    def __init__(self, reader: Callable[[], TextReader], mode: TextMode) -> None:
        self._reader = reader
        self._is_whole = mode is not TextMode.ALL
        self.shows_scan = False
        """Whether any frame with writing looks like a scan."""

    @property
    def identity(self) -> str:
        return self._reader().identity

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        from scanscrub.policy.pixels.scan_likeness import looks_like_scan  # noqa: PLC0415 - loads numpy

        self.shows_scan = self.shows_scan or looks_like_scan(picture.views[0].pixels)
        if self._is_whole:
            return self._reader().read(picture, boxes)
        if self.shows_scan:
            return [_unread() for _ in boxes]
        least = SHORTEST if len(boxes) <= FEW else SHORTEST_OF_MANY
        return [self._read(picture, box, least) for box in boxes]

    def _read(self, picture: Picture, box: TextBox, least: float) -> Reading:
        first, second, third, _ = box.quad
        short, long = sorted((dist(first, second), dist(second, third)))
        if long < least * short:
            return _unread()
        reader = self._reader()
        if not isinstance(reader, _ReadsAreas):
            return reader.read(picture, [box])[0]
        from scanscrub.detect.reading.views import UPRIGHT  # noqa: PLC0415 - loads numpy

        text, score = reader.read_area(picture.views[0].pixels, box.quad, UPRIGHT)
        return Reading(Phi(text), score)


def _unread() -> Reading:
    return Reading(Phi(""), 0.0)
