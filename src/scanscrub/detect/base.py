"""What a text detector and a text reader are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where writing was seen: the corners clockwise from the reading's top left, and a score from 0 to 1.

    `says` is what a bar code or QR code stands for, which no reader has to read; None for writing.
    """

    quad: Quad
    score: float
    says: Phi | None = None

    @property
    def box(self) -> Box:
        return Box.around(self.quad)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text box seems to say; `text` is empty where nobody could read it."""

    text: Phi
    score: float


class TextDetector(Protocol):
    """Finds writing; never reads it. Not thread-safe; one per process."""

    @property
    def identity(self) -> str:
        """``"engine version model-digest"``, plus the setting where there is more than one."""
        ...

    def find(self, picture: Picture) -> Sequence[TextBox]:
        """All writing in any view of the picture, in its pixel coordinates."""
        ...


class TextReader(Protocol):
    """Reads text boxes. A reading never un-finds a box."""

    @property
    def identity(self) -> str: ...

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        """One reading for each box, in order."""
        ...
