"""What a picture file shows and holds, whatever its format: what a copy is compared by."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from scanscrub.domain.finding import SegmentSeen
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.palette import black_index
from scanscrub.formats.raster.samples import Loss

Masks: TypeAlias = Mapping[int, Area]
"""By frame: the pixels of the upright frame that are blackened."""


class PictureFile(ABC):
    """A picture file to be read. Every array that leaves it is upright (the orientation is applied)."""

    @property
    def frames(self) -> int:
        return 1

    @property
    def orientation(self) -> int:
        """How the stored samples are turned to be seen, 1 to 8 as in EXIF."""
        return 1

    @property
    @abstractmethod
    def kind(self) -> str:
        """The colors and the depth in a few words: ``"RGB 8 bits"``. A copy has the same."""

    @abstractmethod
    def size(self, frame: int) -> tuple[int, int]:
        """Rows and columns of the upright frame."""

    @abstractmethod
    def inspect(self) -> Iterator[SegmentSeen]:
        """Every segment, and everything in the image data that is not shown. Raises `RefusedFile`."""

    @abstractmethod
    def shown(self, frame: int) -> Samples:
        """The exact samples that are shown: colors by their palette, 0 under full transparency."""

    @abstractmethod
    def plain(self, frame: int) -> Samples:
        """What is shown as unsigned gray ``(rows, columns)`` of 8 or 16 bits or RGB ``(rows, columns, 3)`` of 8,
        black 0; of an animation, what a viewer shows at that time. Raises `RefusedFile` where that is something else.
        """

    @property
    def loss(self) -> Loss | None:
        """The lossy compression of the file; None where it is in none."""
        return None

    @property
    def profile(self) -> bytes | None:
        """The embedded color profile as it is in the file; None where there is none."""
        return None

    @property
    def animated(self) -> bool:
        """Whether its frames follow each other in time."""
        return False

    @property
    def aspect(self) -> Fraction:
        """How many times as high as wide an upright pixel is; 1 where the file does not say."""
        return Fraction(1)

    @abstractmethod
    def encoded(self, frame: int) -> bytes:
        """The frame's encoded image data, or a digest of it."""

    @abstractmethod
    def hides(self, frame: int) -> bool:
        """Whether the frame's image data holds what is not shown, so that it is encoded anew in any case."""

    def rewrites(self, frame: int, masks: Masks) -> bool:
        """Whether `write` encodes the frame anew."""
        return frame in masks or self.hides(frame)

    def same_outside(self, frame: int, mask: Area | None, copy: "PictureFile") -> bool:
        """Whether the copy shows exactly this frame's samples outside the mask; everywhere without one."""
        before, after = self.shown(frame), copy.shown(frame)
        if before.shape != after.shape or before.dtype != after.dtype:
            return False
        outside = ... if mask is None else ~mask
        return bool(np.array_equal(before[outside], after[outside], equal_nan=before.dtype.kind == "f"))

    def palette_colors(self, frame: int) -> Samples | None:
        """The colors ``(entries, channels)`` that alone can be shown; None where any can."""
        del frame
        return None

    def is_black(self, frame: int, mask: Area) -> bool:
        """Whether the masked area is one color without light, or the darkest one of the palette."""
        inside = self.shown(frame)[mask]
        if (colors := self.palette_colors(frame)) is not None:
            return bool((inside == colors[black_index(colors)]).all())
        light = inside[:, :3] if inside.ndim == 2 and inside.shape[1] >= 3 else inside.reshape(len(inside), -1)[:, :1]
        return bool((inside == inside[:1]).all()) and not light.any()
