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

from scanscrub.domain.plan import Keep, Plan, Source, Step
from scanscrub.formats.dicom.encoding.attributes import attributes, charset_of
from scanscrub.formats.dicom.encoding.container import Container, read_container
from scanscrub.formats.dicom.encoding.elements import PIXEL_GROUP, SOP_CLASS_UID, SOP_INSTANCE_UID, Encoding
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_LITTLE
from scanscrub.formats.dicom.encoding.values import element_bytes, element_head, item_bytes
from scanscrub.formats.dicom.refused_objects import MEDIA_STORAGE_DIRECTORY
from scanscrub.formats.dicom.write.element_writer import ElementWriter
from scanscrub.formats.dicom.write.file_writer import part_10_head

_NAME: Final = "DICOMDIR"
_ENCODING: Final = Encoding(implicit=False, little=True)
_RECORDS: Final = 0x00041220
_PATIENT_ID: Final = 0x00100020
_STUDY: Final = 0x0020000D
_SERIES: Final = 0x0020000E
_CHARACTER_SET: Final = 0x00080005

_KEYS: Final = {
    "PATIENT": (_CHARACTER_SET, 0x00100010, _PATIENT_ID),
    "STUDY": (_CHARACTER_SET, 0x00080020, 0x00080030, 0x00080050, 0x00081030, _STUDY, 0x00200010),
    "SERIES": (_CHARACTER_SET, 0x00080060, _SERIES, 0x00200011),
}
_LEAF_KEYS: Final = (
    _CHARACTER_SET,
    0x00080023,  # Content Date
    0x00080033,  # Content Time
    0x00200013,  # Instance Number
    0x0040A043,  # Concept Name Code Sequence
    0x0040A491,  # Completion Flag
    0x0040A493,  # Verification Flag
    0x00700080,  # Content Label
    0x00700081,  # Content Description
    0x00700082,  # Presentation Creation Date
    0x00700083,  # Presentation Creation Time
    0x00700084,  # Content Creator's Name
    0x30060002,  # Structure Set Label
    0x30060008,  # Structure Set Date
    0x30060009,  # Structure Set Time
    0x300A0002,  # RT Plan Label
    0x300A0006,  # RT Plan Date
    0x300A0007,  # RT Plan Time
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
            (0x00041400, "UL", following.to_bytes(4, "little")),
            (0x00041410, "US", b"\xff\xff"),
            (0x00041420, "UL", first_below.to_bytes(4, "little")),
            (0x00041430, "CS", self.kind.encode()),
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
    kind = _leaf_type(file, _text(chunks, SOP_CLASS_UID))
    if kind is None:
        return
    record = root
    for level, key in (("PATIENT", _PATIENT_ID), ("STUDY", _STUDY), ("SERIES", _SERIES)):
        content = b"".join(chunks[tag] for tag in _KEYS[level] if tag in chunks)
        record = record.below.setdefault(_text(chunks, key), _Record(level, content))
    reference = (
        (0x00041500, "CS", "\\".join(name).encode()),
        (0x00041510, "UI", _text(chunks, SOP_CLASS_UID).encode()),
        (0x00041511, "UI", _text(chunks, SOP_INSTANCE_UID).encode()),
        (0x00041512, "UI", file.syntax.encode()),
    )
    content = b"".join(element_bytes(*row, _ENCODING) for row in reference)
    content += b"".join(chunks[tag] for tag in _LEAF_KEYS if tag in chunks)
    record.below["\\".join(name)] = _Record(kind, content)


def _chunks(file: Container) -> Mapping[int, bytes]:
    """The keys' elements in explicit little endian; those that are missing are there without a value."""
    wanted = {SOP_CLASS_UID, SOP_INSTANCE_UID, *_LEAF_KEYS, *(tag for keys in _KEYS.values() for tag in keys)}
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
    at = len(head) + len(_group(0, 0)) + len(element_head(_RECORDS, "SQ", 0, _ENCODING))
    for record in records:
        record.offset = at
        at += record.length
    items = b"".join(_linked(root))
    top = list(root.below.values())
    group = _group(top[0].offset, top[-1].offset) if top else _group(0, 0)
    return head + group + element_bytes(_RECORDS, "SQ", items, _ENCODING)


def _group(first: int, last: int) -> bytes:
    rows = (
        (0x00041130, "CS", b""),
        (0x00041200, "UL", first.to_bytes(4, "little")),
        (0x00041202, "UL", last.to_bytes(4, "little")),
        (0x00041212, "US", b"\0\0"),
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
