"""A new DICOMDIR over clean copies (PS3.3 F, PS3.10 8). An input's own DICOMDIR is never copied.

The file IDs are the copies' own names below the folder. They are longer than the 8 characters that PS3.10 8.2 allows
on interchange media, because a copy has one name, which its audit gives; readers that follow a DICOMDIR on a disk
take them. A key that cleaning emptied (Study Date, say) stays empty: an index invents nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.plan import Keep, Plan, Source, Step
from scanscrub.formats.dicom.encoding.attributes import attributes, charset_of
from scanscrub.formats.dicom.encoding.container import Container, read_container
from scanscrub.formats.dicom.encoding.elements import PIXEL_GROUP, Encoding
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_LITTLE
from scanscrub.formats.dicom.encoding.values import element_bytes, element_head, item_bytes
from scanscrub.formats.dicom.refused_objects import MEDIA_STORAGE_DIRECTORY
from scanscrub.formats.dicom.write.element_writer import ElementWriter
from scanscrub.formats.dicom.write.file_writer import part_10_head

_NAME: Final = "DICOMDIR"
_ENCODING: Final = Encoding(implicit=False, little=True)

_KEYS: Final = {
    "PATIENT": (tags.SpecificCharacterSet, tags.PatientName, tags.PatientID),
    "STUDY": (
        tags.SpecificCharacterSet,
        tags.StudyDate,
        tags.StudyTime,
        tags.AccessionNumber,
        tags.StudyDescription,
        tags.StudyInstanceUID,
        tags.StudyID,
    ),
    "SERIES": (tags.SpecificCharacterSet, tags.Modality, tags.SeriesInstanceUID, tags.SeriesNumber),
}
_LEAF_KEYS: Final = (
    tags.SpecificCharacterSet,
    tags.ContentDate,
    tags.ContentTime,
    tags.InstanceNumber,
    tags.ConceptNameCodeSequence,
    tags.CompletionFlag,
    tags.VerificationFlag,
    tags.ContentLabel,
    tags.ContentDescription,
    tags.PresentationCreationDate,
    tags.PresentationCreationTime,
    tags.ContentCreatorName,
    tags.StructureSetLabel,
    tags.StructureSetDate,
    tags.StructureSetTime,
    tags.RTPlanLabel,
    tags.RTPlanDate,
    tags.RTPlanTime,
)
_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_LEAF_TYPES: Final = {
    "2.1.1.1": "SPECTROSCOPY",
    "4.2": "SPECTROSCOPY",
    "66": "RAW DATA",
    "66.1": "REGISTRATION",
    "66.2": "FIDUCIAL",
    "66.3": "REGISTRATION",
    "66.5": "SURFACE",
    "67": "VALUE MAP",
    "77.1.5.3": "STEREOMETRIC",
    "88.59": "KEY OBJECT DOC",
    "481.2": "RT DOSE",
    "481.3": "RT STRUCTURE SET",
    "481.4": "RT TREAT RECORD",
    "481.5": "RT PLAN",
    "481.6": "RT TREAT RECORD",
    "481.7": "RT TREAT RECORD",
    "481.8": "RT PLAN",
    "481.9": "RT TREAT RECORD",
}
_LEAF_FAMILIES: Final = {"9.": "WAVEFORM", "11.": "PRESENTATION", "78.": "MEASUREMENT", "88.": "SR DOCUMENT"}


@dataclass(slots=True)
class _Record:
    """A directory record. `content` is all but its offsets, `below` the records one level down by their key."""

    kind: str
    content: bytes
    below: "dict[str, _Record]" = field(default_factory=dict)
    offset: int = 0

    @property
    def length(self) -> int:
        """Of the whole item."""
        return len(self.item(0, 0))

    def item(self, following: int, first_below: int) -> bytes:
        offsets = (
            (tags.OffsetOfTheNextDirectoryRecord, "UL", following.to_bytes(4, "little")),
            (tags.RecordInUseFlag, "US", b"\xff\xff"),
            (tags.OffsetOfReferencedLowerLevelDirectoryEntity, "UL", first_below.to_bytes(4, "little")),
            (tags.DirectoryRecordType, "CS", self.kind.encode()),
        )
        head = b"".join(element_bytes(*row, _ENCODING) for row in offsets)
        return item_bytes(head + self.content, _ENCODING)


def write_dicomdir(folder: Path, clean_files: Iterable[Path]) -> None:
    """Write ``DICOMDIR`` into `folder` over its clean DICOM files, in the order of their names.

    Files that no kind of directory record is for are left out. The same files give the same bytes. Raises
    `RefusedFile` for a file that is no DICOM file.
    """
    root = _Record("ROOT", b"")
    for path in sorted(clean_files):
        with path.open("rb") as stream:
            _add(root, read_container(stream), path.relative_to(folder).parts)
    data = _directory(root)
    part = folder / f".{_NAME}.part"
    part.write_bytes(data)
    part.replace(folder / _NAME)


def _add(root: _Record, file: Container, name: tuple[str, ...]) -> None:
    chunks = _chunks(file)
    kind = _leaf_type(file, _text(chunks, tags.SOPClassUID))
    if kind is None:
        return
    record = root
    for level, key in (
        ("PATIENT", tags.PatientID),
        ("STUDY", tags.StudyInstanceUID),
        ("SERIES", tags.SeriesInstanceUID),
    ):
        content = b"".join(chunks[tag] for tag in _KEYS[level] if tag in chunks)
        record = record.below.setdefault(_text(chunks, key), _Record(level, content))
    reference = (
        (tags.ReferencedFileID, "CS", "\\".join(name).encode()),
        (tags.ReferencedSOPClassUIDInFile, "UI", _text(chunks, tags.SOPClassUID).encode()),
        (tags.ReferencedSOPInstanceUIDInFile, "UI", _text(chunks, tags.SOPInstanceUID).encode()),
        (tags.ReferencedTransferSyntaxUIDInFile, "UI", file.syntax.encode()),
    )
    content = b"".join(element_bytes(*row, _ENCODING) for row in reference)
    content += b"".join(chunks[tag] for tag in _LEAF_KEYS if tag in chunks)
    record.below["\\".join(name)] = _Record(kind, content)


def _chunks(file: Container) -> Mapping[int, bytes]:
    """The keys' elements in explicit little endian; those that are missing are there without a value."""
    wanted = {tags.SOPClassUID, tags.SOPInstanceUID, *_LEAF_KEYS, *(tag for keys in _KEYS.values() for tag in keys)}
    steps = tuple(
        Step(one.where, Keep("a key of the directory"), None, "PS3.3 F.5")
        for one in attributes(file.data_set)
        if one.where.path[0] in wanted
    )
    planned = ElementWriter(Plan(Source(0, ""), "", steps), _ENCODING)
    chunks = planned.chunks(file.data_set, (), charset_of(file.data_set, None))
    return {tag: chunk for tag, chunk in sorted(chunks.items()) if isinstance(chunk, bytes)}


def _text(chunks: Mapping[int, bytes], tag: int) -> str:
    return chunks.get(tag, b"")[8:].decode("latin-1").strip(" \0")


def _leaf_type(file: Container, sop_class: str) -> str | None:
    """The type of an instance's record (PS3.3 Table F.4-1); None where there is none for it."""
    known = sop_class.removeprefix(_STORAGE)
    if known in _LEAF_TYPES:
        return _LEAF_TYPES[known]
    for family, kind in _LEAF_FAMILIES.items():
        if known.startswith(family):
            return kind
    return "IMAGE" if any(element.tag >> 16 == PIXEL_GROUP for element in file.data_set.elements) else None


def _directory(root: _Record) -> bytes:
    """The whole file: records lie in the order of their tree, and point at each other by their place in the file."""
    records = list(_below(root))
    identity = hashlib.sha256(b"".join(record.content for record in records)).digest()
    instance = f"2.25.{int.from_bytes(identity[:16], 'big')}"
    head = part_10_head(MEDIA_STORAGE_DIRECTORY.encode(), instance.encode(), EXPLICIT_LITTLE)
    at = len(head) + len(_group(0, 0)) + len(element_head(tags.DirectoryRecordSequence, "SQ", 0, _ENCODING))
    for record in records:
        record.offset = at
        at += record.length
    items = b"".join(_linked(root))
    top = list(root.below.values())
    group = _group(top[0].offset, top[-1].offset) if top else _group(0, 0)
    return head + group + element_bytes(tags.DirectoryRecordSequence, "SQ", items, _ENCODING)


def _group(first: int, last: int) -> bytes:
    rows = (
        (tags.FileSetID, "CS", b""),
        (tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, "UL", first.to_bytes(4, "little")),
        (tags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, "UL", last.to_bytes(4, "little")),
        (tags.FileSetConsistencyFlag, "US", b"\0\0"),
    )
    return b"".join(element_bytes(*row, _ENCODING) for row in rows)


def _below(record: _Record) -> Iterator[_Record]:
    for one in record.below.values():
        yield one
        yield from _below(one)


def _linked(record: _Record) -> Iterator[bytes]:
    """The items of all records below, with their offsets."""
    siblings = list(record.below.values())
    for number, one in enumerate(siblings):
        following = siblings[number + 1].offset if number + 1 < len(siblings) else 0
        first = next(iter(one.below.values())).offset if one.below else 0
        yield one.item(following, first)
        yield from _linked(one)
