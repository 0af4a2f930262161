"""A PDF in DICOM (PS3.3 A.45.1): its header is cleaned as any, and its document is a PDF of pictures of the pages."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute, Observation, PixelRegion
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.plan import Check, Plan, Source
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import Element
from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement
from scanscrub.formats.dicom.proof.checks import prove_header
from scanscrub.formats.dicom.write.file_writer import write_copy
from scanscrub.formats.pdf.document import FORMAT as PDF
from scanscrub.formats.pdf.document import PdfDocument
from scanscrub.formats.pdf.pdfium import MOST_BYTES

_OF_THE_DOCUMENT: Final = frozenset({tags.EncapsulatedDocument, tags.EncapsulatedDocumentLength})
"""What is written anew, whatever it was."""


@dataclass(frozen=True, slots=True)
class _NewDocument:
    """The elements that hold the copy's document; there are no pixels."""

    transfer_syntax: str
    header: Mapping[int, DataElement | None]

    def write(self, fp: BinaryIO) -> None:
        """Nothing."""


class EncapsulatedPdf(DicomDocument):
    """One DICOM file that holds a PDF. A frame is a page. To be closed. Raises `RefusedFile`."""

    def __init__(self, container: Container, source: Source) -> None:
        super().__init__(container, source)
        data = self._document_bytes()
        if not PDF.sniff(data[:4096]):
            raise RefusedFile(
                "It says that it holds a PDF, and holds something else.", "Take the document out and look at it."
            )
        self.pdf = PdfDocument(io.BytesIO(data), source)

    def close(self) -> None:
        self.pdf.close()

    @property
    def frames(self) -> int:
        return self.pdf.frames

    @property
    def shows_pages(self) -> bool:
        return True

    @property
    def is_ours(self) -> bool:
        """Whether its document is one that this program wrote."""
        return self.pdf.is_ours

    def unread(self) -> RefusedFile:
        """What is said where nobody looks at the pages."""
        return RefusedFile("The pages of the document in it were not looked at.", "Check it without --text none.")

    @property
    def notes(self) -> tuple[str, ...]:
        return self.pdf.notes

    def inspect(self) -> Iterator[Observation]:
        """The header without the document, and what the document shows beside its pages."""
        for seen in super().inspect():
            if not (isinstance(seen, Attribute) and seen.where.path[0] in _OF_THE_DOCUMENT):
                yield seen
        yield from self.pdf.inspect()

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        yield from self.pdf.pictures()

    def size(self, frame: int) -> tuple[int, int]:
        return self.pdf.size(frame)

    def view(self, frame: int) -> View:
        return self.pdf.view(frame)

    def covered(self, region: PixelRegion, padding: int) -> PixelRegion:
        return self.pdf.covered(region, padding)

    def apply(self, plan: Plan, target: BinaryIO) -> None:
        """Write the planned copy."""
        write_copy(self.container, plan, self._new_document(plan), target)

    def prove(self, plan: Plan, staged: Document) -> Iterator[Check]:
        """The checks of the header, and those of the document."""
        if not isinstance(staged, EncapsulatedPdf):
            yield Check("the copy is DICOM with a PDF", passed=False)
            return
        forced = self._new_document(plan).header
        yield from prove_header(self.container, self.sop_class, plan, forced, staged.container)
        yield from self.pdf.prove(plan, staged.pdf)

    def _new_document(self, plan: Plan) -> _NewDocument:
        written = io.BytesIO()
        self.pdf.apply(plan, written)
        data = written.getvalue()
        length = len(data) if self._element(tags.EncapsulatedDocumentLength) else None
        return _NewDocument(
            self.container.syntax,
            {
                tags.EncapsulatedDocument: DataElement(tags.EncapsulatedDocument, "OB", data + bytes(len(data) % 2)),
                tags.EncapsulatedDocumentLength: None
                if length is None
                else DataElement(tags.EncapsulatedDocumentLength, "UL", length),
            },
        )

    def _document_bytes(self) -> bytes:
        """The document without its padding: as long as the header says, or as its own last line does."""
        element = self._element(tags.EncapsulatedDocument)
        if element is None or element.items is not None or not 0 < element.length <= MOST_BYTES:
            raise RefusedFile(
                "The document in it is missing or too large.", "Export it again, or take the document out."
            )
        data = element.value
        if data is None:
            self.container.stream.seek(element.offset)
            data = self.container.stream.read(element.length)
        length = self._element(tags.EncapsulatedDocumentLength)
        if length is not None and length.value:
            order = "little" if self.container.data_set.encoding.little else "big"
            if int.from_bytes(length.value, order) == len(data) - 1:  # type: ignore[arg-type]
                return data[:-1]
        return data[:-1] if data.endswith(b"%%EOF\n\0") else data

    def _element(self, tag: int) -> Element | None:
        return next((one for one in self.container.data_set.elements if one.tag == tag), None)
