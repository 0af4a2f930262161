"""The bytes of one image -> findings without values. Loaded only for an input that is not remembered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from scanscrub.checking.cache import Remembered
from scanscrub.checking.dicomdir import is_clean_index
from scanscrub.checking.record import with_name
from scanscrub.checking.selective_reader import SelectiveReader
from scanscrub.checking.severity import HeaderSeverity
from scanscrub.checking.told_apart import told_apart
from scanscrub.domain.check import CheckFinding, Remedy, refused
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Finding, HeaderElement, Identifier, IdentifierKind, Locator, Segment, SegmentSeen
from scanscrub.domain.plan import Add, Clean, Empty, Mask, RemapUid, Remove, Replace, ShiftDate, Source, Step
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.attributes import attributes
from scanscrub.formats.dicom.encoding.container import read_container
from scanscrub.formats.dicom.encoding.dictionary import keyword_of
from scanscrub.formats.dicom.encoding.hidden_bytes import bytes_of
from scanscrub.formats.dicom.file_format import FORMAT as DICOM
from scanscrub.formats.registry import adapters
from scanscrub.formats.unsupported.text_pictures import head_of
from scanscrub.pipeline.decide import judge
from scanscrub.pipeline.inspect import examine
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.segments import tells_place

_REMEDIES: Mapping[type, Remedy] = {
    Remove: Remedy.REMOVE,
    Empty: Remedy.EMPTY,
    Replace: Remedy.REPLACE,
    Add: Remedy.REPLACE,
    ShiftDate: Remedy.SHIFT,
    RemapUid: Remedy.REMAP,
    Clean: Remedy.CLEAN,
    Mask: Remedy.MASK,
}
"""By the type of the action; `Keep` is no finding."""
_NAMING = frozenset({IdentifierKind.NAME, IdentifierKind.ID})


def examined(
    stream: BinaryIO, head: bytes, parts: Sequence[str], context: WorkerContext
) -> tuple[Remembered, tuple[Identifier, ...]]:
    """What `clean` would change in the image, and what its name says; no findings where it is no image.

    And the names that its header knows, which may not leave this process.
    """
    image_format = format_of(head)
    if image_format is None:
        return Remembered(None), ()
    try:
        findings, known = _found(image_format, stream, context)
    except RefusedFile as error:
        if image_format.name == DICOM.name and _is_clean_index(stream, context):
            return with_name((), parts, lambda _: False), ()
        known = known_in(stream, context)
        findings = (refused(error.reason, error.hint, error.severity),)
    return judged_name(findings, parts, known)


def judged_name(
    findings: tuple[CheckFinding, ...], parts: Sequence[str], known: Sequence[Identifier]
) -> tuple[Remembered, tuple[Identifier, ...]]:
    """The findings with what the parts of the image's name say, of which the header knows so much; and the names
    that the header knows.
    """
    forms = ByteSearch(tuple(entry for entry in known if entry.kind in _NAMING))
    names = _names(known)
    return replace(with_name(findings, parts, forms.in_text), names=bool(names)), names


def names_in(stream: BinaryIO, context: WorkerContext) -> tuple[Identifier, ...]:
    """The names that the image's header knows; none where it has no header or cannot be read."""
    return _names(known_in(stream, context))


def _names(known: Sequence[Identifier]) -> tuple[Identifier, ...]:
    return tuple(entry for entry in known if entry.kind is IdentifierKind.NAME)


def known_in(stream: BinaryIO, context: WorkerContext) -> Sequence[Identifier]:
    """What a DICOM header knows, also of an object that is refused; nothing of any other file."""
    if not DICOM.sniff(head_of(stream)):
        return ()
    try:
        return context.policy.about(attributes(read_container(stream).data_set)).known
    except RefusedFile:
        return ()


def _is_clean_index(stream: BinaryIO, context: WorkerContext) -> bool:
    stream.seek(0)
    try:
        return is_clean_index(stream, context)
    except RefusedFile:
        return False


def format_of(head: bytes) -> ImageFormat | None:
    """The format of a file that begins so (`head_of`); None where it is no image."""
    return next((candidate for candidate in adapters() if candidate.sniff(head)), None)


def _found(
    image_format: ImageFormat, stream: BinaryIO, context: WorkerContext
) -> tuple[tuple[CheckFinding, ...], Sequence[Identifier]]:
    source = Source(0, "")
    with image_format.open(stream, source) as document:
        if document.shows_pages:
            from scanscrub.checking.pdf_pages import found_in  # noqa: PLC0415 - not loaded for headers alone

            found_there = found_in(document, context)
            if found_there is not None:
                return tuple(map(_found_in_pdf, found_there)), ()
        reader = (
            None
            if isinstance(document, DicomDocument)
            else SelectiveReader(lambda: context.reader, context.settings.text)
        )
        examination = examine(document, context, reader)
        bytes_in = partial(bytes_of, document.container) if isinstance(document, DicomDocument) else _nothing
        severities = HeaderSeverity(examination.seen, bytes_in)
        # What clean only adds to a clean file accuses nobody.
        steps = [step for step in judge(source, examination, context).changes if step.because is not None]
        found = [step.because for step in steps if step.because is not None]
        told = told_apart(found, shows_scan=None if reader is None else reader.shows_scan)
        return tuple(map(partial(_found_by, severities), steps, told)), examination.known


def _found_in_pdf(found: Finding) -> CheckFinding:
    remedy = Remedy.REMOVE if isinstance(found.where, Segment) else Remedy.MASK
    return CheckFinding(found.rule, found.severity, found.where, remedy)


def _nothing(_: HeaderElement) -> Iterator[SegmentSeen]:
    return iter(())


def _found_by(severities: HeaderSeverity, step: Step, because: Finding) -> CheckFinding:
    remedy = _REMEDIES[type(step.action)]
    return CheckFinding(because.rule, severities.of(because), step.where, remedy, _keyword(step.where, because))


def _keyword(where: Locator, because: Finding) -> str:
    text = because.evidence.reveal() if because.evidence is not None else ""
    match where:
        case HeaderElement():
            return keyword_of(where.tag)
        case Segment() if tells_place(where.role, text):
            return "GPS position"
        case _:
            return ""
