"""What the documents of all picture formats share: look, write the planned copy, prove it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, TypeAlias

import numpy as np

from scanscrub.domain.finding import PixelRegion, SegmentSeen
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Check, Plan, Source
from scanscrub.formats.base import Document
from scanscrub.formats.raster import proof as picture_proof
from scanscrub.formats.raster.limits import read_whole
from scanscrub.formats.raster.masking import Area, covered, rasterize
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.samples import Loss

Masks: TypeAlias = Mapping[int, Area]
"""By frame: the pixels of the upright frame that are blackened."""


class PictureDocument(ABC):
    """A picture file held in memory. Every array that leaves it is upright (the orientation is applied)."""

    def __init__(self, stream: BinaryIO, source: Source, extension: str) -> None:
        self._source = source
        self._data = read_whole(stream)
        self._extension = extension
        self._notes: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        return self._source

    @property
    def extension(self) -> str:
        """Of the copy that `apply` wrote last; the input's own before."""
        return self._extension

    @property
    def notes(self) -> tuple[str, ...]:
        return self._notes

    @property
    def shows_labels(self) -> bool:
        return False

    @property
    @abstractmethod
    def frames(self) -> int: ...

    @property
    @abstractmethod
    def orientation(self) -> int:
        """How the stored samples are turned to be seen, 1 to 8 as in EXIF."""

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
    def views(self, frame: int) -> Iterator[View]:
        """The ways to look at a frame, the natural one first. Raises `RefusedFile`."""

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

    @abstractmethod
    def write(self, masks: Masks, target: BinaryIO) -> None:
        """Write the copy: allowed segments only, the frames masked. Sets extension and notes."""

    def same_outside(self, frame: int, mask: Area | None, copy: "PictureDocument") -> bool:
        """Whether the copy shows exactly this frame's samples outside the mask; everywhere without one."""
        before, after = self.shown(frame), copy.shown(frame)
        if before.shape != after.shape or before.dtype != after.dtype:
            return False
        outside = ... if mask is None else ~mask
        return bool(np.array_equal(before[outside], after[outside], equal_nan=before.dtype.kind == "f"))

    def is_black(self, frame: int, mask: Area) -> bool:
        """Whether the masked area is one color without light."""
        inside = self.shown(frame)[mask]
        light = inside[:, :3] if inside.ndim == 2 and inside.shape[1] >= 3 else inside.reshape(len(inside), -1)[:, :1]
        return bool((inside == inside[:1]).all()) and not light.any()

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        for frame in range(self.frames):
            yield frame, Picture(tuple(self.views(frame)))

    def masks(self, plan: Plan) -> Masks:
        """The plan's masks, those that cover at least one pixel."""
        areas = {frame: rasterize(regions, *self.size(frame)) for frame, regions in sorted(plan.masks().items())}
        return {frame: area for frame, area in areas.items() if area.any()}

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        return covered(region, padding, self.size(region.frame))

    def apply(self, plan: Plan, target: BinaryIO) -> None:
        if plan.changes:
            self.write(self.masks(plan), target)
        else:
            target.write(self._data)

    def prove(self, plan: Plan, staged: Document) -> Iterator[Check]:
        if isinstance(staged, PictureDocument):
            yield from picture_proof.prove(self, self.masks(plan), staged)
        else:
            yield Check("the copy is a picture file", passed=False)


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A picture format: whether a file's head is of it, and its document. Raises `RefusedFile` when it opens."""

    name: str
    media_types: tuple[str, ...]
    recognizes: Callable[[bytes], bool]
    document: Callable[[BinaryIO, Source], PictureDocument]

    def sniff(self, head: bytes) -> bool:
        return self.recognizes(head)

    @contextmanager
    def open(self, stream: BinaryIO, source: Source) -> Iterator[PictureDocument]:
        yield self.document(stream, source)
