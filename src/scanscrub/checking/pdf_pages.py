"""What `check` finds in a PDF: in the text beneath its pages, and by a look at those that show pictures.

Papers and manuals are full of names that are nobody's. So a page of text is somebody's where it is a form or a
letter: where several labels stand before values.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from scanscrub.checking.selective_reader import SelectiveReader
from scanscrub.checking.told_apart import told_apart
from scanscrub.domain.errors import NotLookedInto
from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.rules import Rule, Severity
from scanscrub.formats.base import Document
from scanscrub.formats.dicom.encapsulated import EncapsulatedPdf
from scanscrub.formats.pdf.document import PdfDocument
from scanscrub.pipeline.inspect import read_findings
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.segments import severity_of
from scanscrub.policy.text.about_somebody import labels, lines_about_somebody

_MOST_LOOKED_AT: Final = 20
"""Pages with pictures."""
_FEWEST_LABELS: Final = 2
_TEXT: Final = Origin(OriginKind.HEADER, "text of a page")


def found_in(document: Document, context: WorkerContext) -> Sequence[Finding] | None:
    """What identifies someone in a PDF that we did not write; None if what `clean` would change answers that.

    Raises `RefusedFile` if it cannot be examined, `NotLookedInto` if too many pages show pictures.
    """
    if isinstance(document, PdfDocument) and not document.is_ours:
        return found_on_pages(document, context)
    if isinstance(document, EncapsulatedPdf) and not (context.looks or document.is_ours):
        raise document.unread()
    return None


def found_on_pages(document: PdfDocument, context: WorkerContext) -> Sequence[Finding]:
    """Where its pages identify someone, and text in its pictures.

    Raises `RefusedFile` if it cannot be examined, `NotLookedInto` if too many of its pages show pictures.
    """
    if not context.looks:
        raise document.unread()
    looked_at = [page for page in range(document.frames) if document.shows_pictures(page)]
    if len(looked_at) > _MOST_LOOKED_AT:
        raise NotLookedInto(
            f"More than {_MOST_LOOKED_AT} pages of the PDF show pictures.",  # noqa: EM102 - a number of ours
            "Look at it, or check the pictures by themselves.",
        )
    found = [each for page in range(document.frames) for each in _in_text(document, page)]
    for page in looked_at:
        found += _in_pictures(document, page, context)
    return (*_beside(document, is_somebodys=any(each.severity is not Severity.HYGIENE for each in found)), *found)


def _beside(document: PdfDocument, *, is_somebodys: bool) -> Iterator[Finding]:
    """What no page shows. Title and author are hygiene if the pages identify nobody."""
    for seen in document.inspect():
        if not seen.needed and seen.length != 0:
            severity = severity_of(seen) if is_somebodys else Severity.HYGIENE
            yield Finding(Rule.SEGMENT, seen.where, Severity.QUASI if seen.is_file else severity, evidence=seen.text)


def _in_pictures(document: PdfDocument, page: int, context: WorkerContext) -> Sequence[Finding]:
    picture = Picture(tuple(document.views(page)))
    reader = SelectiveReader(lambda: context.reader, context.settings.text)
    boxes = context.detector.find(picture)
    found = tuple(read_findings(picture, (page,), boxes, (), context, spelled=False, reader=reader))
    return told_apart(found, shows_scan=reader.shows_scan)


def _in_text(document: PdfDocument, page: int) -> Iterator[Finding]:
    lines = document.lines(page)
    texts = [line.text for line in lines]
    if len(labels("\n".join(texts))) < _FEWEST_LABELS:
        return
    for number in sorted(lines_about_somebody(texts)):
        where = PixelRegion(lines[number].box, page)
        yield Finding(Rule.WRITING_OF_SOMEBODY, where, Severity.QUASI, origin=_TEXT, evidence=Phi(texts[number]))
