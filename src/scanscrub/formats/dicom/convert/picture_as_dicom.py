"""A picture file as the DICOM object that its copy will be: the samples that it shows, under a header of our own."""

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Observation, SegmentRole, SegmentSeen
from scanscrub.domain.plan import Check, Plan
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.convert.secondary_capture import Identity, Shape, head_of
from scanscrub.formats.dicom.convert.virtual_file import VirtualFile
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.container import read_container
from scanscrub.formats.raster.document import PictureDocument
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.samples import deep_colors, other_numbers

if TYPE_CHECKING:
    from scanscrub.formats.dicom.pixels.pixel_data import Masks

_LONGEST: Final = 0xFFFFFFFE
"""Bytes of one element (PS3.5 7.1.1)."""
_WIDEST: Final = 0xFFFF
"""Rows or columns (PS3.3 C.7.6.3)."""
_NOTE: Final = "The picture was written as a DICOM image (Secondary Capture), uncompressed."
_TIMES_NOTE: Final = "How long each picture of the animation is shown was left out."
_PROFILE_NOTE: Final = "The embedded color profile was removed."
_NOTES_OF_KINDS: Final = (
    ("PNG acTL", "Only the still picture of an animated PNG was kept."),
    ("JPEG MPF", "Only the first picture of a JPEG file of several was kept."),
    ("TIFF reduced page", "Pages that repeat another one in small were left out."),
)


def _is_profile(seen: SegmentSeen) -> bool:
    return seen.where.role is SegmentRole.COLOR_PROFILE


class PictureAsDicom(DicomDocument):
    """One picture file, looked at, masked and proved as DICOM. Nothing of it but samples reaches the copy.

    Raises `RefusedFile` where a Secondary Capture object cannot hold exactly what it shows.
    """

    def __init__(self, picture: PictureDocument, identity: Identity) -> None:
        self._picture = picture
        shape = _shape_of(picture)
        head = head_of(shape, identity, loss=picture.loss, aspect=picture.aspect)
        drawn = io.BufferedReader(VirtualFile(head, shape.frame_bytes, shape.frames, self._drawn))
        super().__init__(read_container(drawn), picture.source)

    def inspect(self) -> Iterator[Observation]:
        """The picture file's segments, then the elements of the header that the copy begins with."""
        yield from self._segments
        yield from super().inspect()

    def apply(self, plan: Plan, target: BinaryIO) -> None:
        super().apply(plan, target)
        kinds = {seen.where.kind for seen in self._segments}
        has_profile = any(_is_profile(seen) for seen in self._segments)
        of_segments = (
            *((_PROFILE_NOTE,) if has_profile else ()),
            *(note for kind, note in _NOTES_OF_KINDS if kind in kinds),
        )
        self._notes = (_NOTE, *((_TIMES_NOTE,) if self._picture.animated else ()), *of_segments, *self._notes)

    def prove(self, plan: Plan, staged: Document) -> Iterator[Check]:
        """Every check of a DICOM copy, and that its frames are the picture's samples outside the masks."""
        yield from super().prove(plan, staged)
        if isinstance(staged, DicomDocument):
            masks = plan.masks()
            alike = [self._same_outside(masks, frame, staged) for frame in range(self._picture.frames)]
            yield Check("the DICOM image shows the picture", all(alike), f"{sum(alike)} of {len(alike)} frames")

    def _same_outside(self, masks: "Masks", frame: int, staged: DicomDocument) -> bool:
        before, store = self._picture.plain(frame), staged.frame_store
        if store is None or self.frame_store is None or frame >= store.frames:
            return False
        after = store.stored(frame)
        outside = ~self.frame_store.area(frame, masks.get(frame, ()))
        return before.shape == after.shape and np.array_equal(before[outside], after[outside])

    @cached_property
    def _segments(self) -> tuple[SegmentSeen, ...]:
        """None stays, as the copy is another file: a color profile goes, too."""
        return tuple(
            replace(seen, stays=False, needed=seen.needed and not _is_profile(seen))
            for seen in self._picture.inspect()
        )

    def _drawn(self, frame: int) -> bytes:
        samples = self._picture.plain(frame)
        return np.ascontiguousarray(samples, samples.dtype.newbyteorder("<")).tobytes()


def _shape_of(picture: PictureDocument) -> Shape:
    """The shape that all frames have. Raises `RefusedFile` where there is none that an object can have."""
    shapes = {_shape(picture.plain(frame), picture.frames) for frame in range(picture.frames)}
    if len(shapes) > 1:
        raise RefusedFile(
            "Its pages differ in size or colors, which the frames of one DICOM image cannot.",
            "Clean it without --as dicom, or save each page as a file of its own first.",
        )
    (shape,) = shapes
    if shape.frames * shape.frame_bytes > _LONGEST or max(shape.rows, shape.columns) > _WIDEST:
        raise RefusedFile(
            "It is too large for one DICOM image.", "Clean it without --as dicom, or cut or scale it down first."
        )
    return shape


def _shape(samples: Samples, frames: int) -> Shape:
    colors = samples.shape[2] if samples.ndim == 3 else 1
    if samples.dtype not in (np.uint8, np.uint16):
        raise other_numbers()
    if colors == 3 and samples.dtype != np.uint8:
        raise deep_colors()
    return Shape(frames, samples.shape[0], samples.shape[1], colors, 8 * samples.dtype.itemsize)
