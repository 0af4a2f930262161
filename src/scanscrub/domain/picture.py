"""One frame as a person would see it: what formats hand to detectors."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ViewKind(Enum):
    """What a detector has to know of how a view was made."""

    SHADES = "shades"
    """Brightness or colors, however they are stretched."""
    CHROMA = "chroma"
    """Colors without their brightness: what is colored has sharp edges there."""
    FAINT = "faint"
    """The smallest steps from the background are large: noise is, too."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One way to look at a frame.

    `pixels` is uint8, ``(rows, columns)`` gray or ``(rows, columns, 3)`` RGB, black is 0. `name` says how it was
    made: ``"window"``, ``"full"``, ``"robust"``, ``"index plane"`` ...
    """

    name: str
    pixels: "NDArray[np.uint8]"
    at_once: "tuple[NDArray[np.uint8], ...]" = ()
    """The pictures, of several frames, whose brightness the three colors are, to be looked at at once; none where
    the pixels are one picture.
    """
    kind: ViewKind = ViewKind.SHADES

    @property
    def pictures(self) -> "tuple[NDArray[np.uint8], ...]":
        """Those that it shows at once, or the one picture that it is, ``(rows, columns[, 3])`` uint8 each."""
        return self.at_once or (self.pixels,)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All views of one frame, equal in rows and columns, the most natural one first.

    More than one because a window can hide text: a detector looks at every view and takes the union.
    """

    views: tuple[View, ...]

    @property
    def rows(self) -> int:
        return int(self.views[0].pixels.shape[0])

    @property
    def columns(self) -> int:
        return int(self.views[0].pixels.shape[1])
