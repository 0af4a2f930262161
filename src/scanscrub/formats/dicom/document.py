"""DICOM files: recognized by content, read without changing anything, written as planned (PS3.10)."""

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import HeaderElement, Observation, PixelRegion, Segment, SegmentRole, SegmentSeen
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Check, Keep, Plan, Source
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.encoding.attributes import attributes
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA
from scanscrub.formats.dicom.pixels.header_check import holds_only_pixels
from scanscrub.formats.dicom.pixels.measured_values import holds_no_picture
from scanscrub.formats.dicom.private_images import in_private_elements, pixel_bytes, private_image
from scanscrub.formats.dicom.write.file_writer import write_copy
from scanscrub.leftovers.segment_text import readable
from scanscrub.leftovers.stray_bytes import unneeded_bytes

if TYPE_CHECKING:
    from scanscrub.formats.dicom.pixels.pixel_data import FrameStore
    from scanscrub.formats.dicom.pixels.rewrite import Rewrite

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_LOOKED_AT = 1 << 24
"""Bytes behind the data set that are searched for a file of its own."""


class DicomDocument:
    """One DICOM file. `container` is what was parsed of it when it was opened."""

    extension = ".dcm"

    def __init__(self, container: Container, source: Source) -> None:
        self.container = container
        self.source = source
        self._notes: tuple[str, ...] = ()
        self._last_rewrite: tuple[Plan, Rewrite | None] | None = None

    @property
    def frames(self) -> int:
        return self.frame_store.frames if self.frame_store is not None else 0

    @property
    def notes(self) -> tuple[str, ...]:
        return self._notes

    @property
    def shows_labels(self) -> bool:
        return holds_no_picture(self.sop_class, self.value_at(tags.SegmentationType))

    @property
    def shows_pages(self) -> bool:
        return False

    def inspect(self) -> Iterator[Observation]:
        """A preamble that says something, every element at every depth, and bytes that no element or frame needs."""
        yield from self._seen

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        if self.frame_store is not None:
            yield from self.frame_store.pictures()

    def size(self, frame: int) -> tuple[int, int]:
        del frame  # all are of one size (PS3.3 C.7.6.6)
        return self._frame_store.rows, self._frame_store.columns

    def view(self, frame: int) -> View:
        return self._frame_store.view(frame)

    def apply(self, plan: Plan, target: BinaryIO) -> None:
        """Write the planned copy. Raises `RefusedFile` where its pixels cannot be written."""
        rewrite = self.rewrite(plan)
        self._notes = rewrite.notes if rewrite is not None else ()
        write_copy(self.container, plan, rewrite, target)

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        return self.frame_store.covered(region, padding) if self.frame_store is not None else region

    def prove(self, plan: Plan, staged: Document) -> Iterator[Check]:
        """Every check about the copy, from the outside of the file to its pixels; see `proof`."""
        from scanscrub.formats.dicom.proof.checks import prove_header, prove_pixels  # noqa: PLC0415 - a second reader: pydicom

        if not isinstance(staged, DicomDocument):
            yield Check("the copy is DICOM", passed=False)
            return
        rewrite = self.rewrite(plan)
        forced = rewrite.header if rewrite is not None else {}
        yield from prove_header(self.container, self.sop_class, plan, forced, staged.container)
        yield from prove_pixels(self.frame_store if rewrite is not None else None, plan, staged.frame_store)

    @cached_property
    def frame_store(self) -> "FrameStore | None":
        """The frames; None where the object has no pixel data. Raises `RefusedFile`."""
        from scanscrub.formats.dicom.encoding.pydicom_view import pixel_header  # noqa: PLC0415 - the same
        from scanscrub.formats.dicom.pixels.pixel_data import open_frames  # noqa: PLC0415 - codecs load when pixels are wanted

        container = self.container
        if not any(element.tag in PIXEL_DATA for element in reversed(container.data_set.elements)):
            return None
        header = pixel_header(container.data_set, container.syntax, container.stream)
        try:
            return open_frames(container.stream, header)
        except RefusedFile:
            raise
        except Exception:  # noqa: BLE001 - a library's words about a value that it cannot read; they may quote it
            raise RefusedFile(
                "The file's description of its own image cannot be understood.",
                "The file may be damaged; export it again from its source.",
            ) from None

    @property
    def _frame_store(self) -> "FrameStore":
        """The frames of an object that has some."""
        assert self.frame_store is not None
        return self.frame_store

    def rewrite(self, plan: Plan) -> "Rewrite | None":
        """How the pixels are written under the plan; None where there are none, or none may stay."""
        if self._last_rewrite is None or self._last_rewrite[0] is not plan:
            self._last_rewrite = (plan, self._rewrite(plan))
        return self._last_rewrite[1]

    def _rewrite(self, plan: Plan) -> "Rewrite | None":
        kept = any(
            isinstance(step.where, HeaderElement)
            and step.where.path[0] in PIXEL_DATA
            and isinstance(step.action, Keep)
            for step in reversed(plan.steps)
        )
        if not kept or self.frame_store is None:
            return None
        from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite  # noqa: PLC0415 - codecs load when pixels are wanted

        return plan_rewrite(self.frame_store, plan.masks())

    def demand_own_image(self) -> None:
        """Raise `RefusedFile` where the image lies in private elements, and the object's own is missing or blank."""
        private = private_image(self.container, self.sop_class)
        if not private:
            return
        own = pixel_bytes(self.container.data_set)
        if not own or (private >= own and self.frame_store is not None and self.frame_store.is_blank()):
            raise in_private_elements()

    @cached_property
    def _seen(self) -> tuple[Observation, ...]:
        container = self.container
        found: list[Observation] = []
        if container.preamble.strip(b"\0"):
            found.append(_preamble(container.preamble))
        found.extend(attributes(container.meta))
        found.extend(attributes(container.data_set))
        if not holds_only_pixels(container) and self.frame_store is not None:
            found.extend(self.frame_store.residues())
        if container.trailing:
            found.append(unneeded_bytes(Segment("bytes after the end", role=SegmentRole.AFTER_THE_END), self._behind))
        return tuple(found)

    @property
    def _behind(self) -> bytes:
        """The bytes that belong to no element, as far as a look at them is worth it."""
        container = self.container
        inside = _end_of(container.stream, container.trailing - container.surplus)
        return inside + _end_of(container.file, container.surplus)

    @property
    def sop_class(self) -> str:
        """What kind of object it is; the file meta group answers where the data set does not."""
        return self.value_at(tags.SOPClassUID) or self.value_at(tags.MediaStorageSOPClassUID)

    def value_at(self, tag: int) -> str:
        """The text of an element of the top level or the file meta group, empty where it is not there."""
        data_set = self.container.meta if tag >> 16 == 0x0002 else self.container.data_set
        for element in data_set.elements:
            if element.tag == tag and element.value is not None:
                return element.value.decode("latin-1").strip(" \0")
        return ""


def _end_of(stream: BinaryIO, length: int) -> bytes:
    stream.seek(max(0, stream.seek(0, io.SEEK_END) - length))
    return stream.read(min(length, _LOOKED_AT))


def _preamble(preamble: bytes) -> SegmentSeen:
    """A preamble that says something. The header of a TIFF in it only leads to the pixels (PS3.10 7.1 note 2)."""
    where = Segment("DICOM preamble")
    if not preamble.startswith(_TIFF):
        return unneeded_bytes(where, preamble)
    return SegmentSeen(where, needed=False, length=len(preamble), text=readable(preamble))
