"""What the documents of all picture formats share: look, write the planned copy, prove it."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Check, Plan, Source
from scanscrub.formats.base import Document
from scanscrub.formats.raster.limits import read_whole
from scanscrub.formats.raster.masking import covered, rasterize
from scanscrub.formats.raster.picture_file import Masks, PictureFile
from scanscrub.formats.raster.proof import prove


class PictureDocument(PictureFile):
    """A picture file held in memory, and its copy."""

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
    def shows_pages(self) -> bool:
        return False

    @abstractmethod
    def views(self, frame: int) -> Iterator[View]:
        """The ways to look at a frame, the natural one first. Raises `RefusedFile`."""

    @abstractmethod
    def write(self, masks: Masks, target: BinaryIO) -> None:
        """Write the copy: allowed segments only, the frames masked. Sets extension and notes."""

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        for frame in range(self.frames):
            yield frame, Picture(tuple(self.views(frame)))

    def view(self, frame: int) -> View:
        return next(self.views(frame))

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
            yield from prove(self, self.masks(plan), staged)
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
