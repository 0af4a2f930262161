"""DICOM as a format: recognized by content, opened as what it holds, pixels or the pages of a document."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO

from scanscrub.domain import tags
from scanscrub.domain.plan import Source
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.container import looks_like_dicom, read_container
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA
from scanscrub.formats.dicom.refused_objects import check_object


class DicomFormat:
    name = "DICOM"
    media_types = ("application/dicom",)

    def sniff(self, head: bytes) -> bool:
        return looks_like_dicom(head)

    @contextmanager
    def open(self, stream: BinaryIO, source: Source) -> Iterator[Document]:
        container = read_container(stream)
        document = DicomDocument(container, source)
        own = {element.tag for element in container.data_set.elements}
        has_document = tags.EncapsulatedDocument in own
        check_object(
            document.sop_class,
            document.value_at(tags.ImageType),
            has_document=has_document,
            has_pixels=not own.isdisjoint(PIXEL_DATA),
        )
        document.demand_own_image()
        if not has_document:
            yield document
            return
        from scanscrub.formats.dicom.encapsulated import EncapsulatedPdf  # noqa: PLC0415 - few files are one

        with closing(EncapsulatedPdf(container, source)) as pages:
            yield pages


FORMAT = DicomFormat()
