"""DICOM files made byte by byte, so that a test can write what no library would."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from conftest import CANARY

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"

CT = "1.2.840.10008.5.1.4.1.1.2"
_NUMBERS = {"FD": "d", "SL": "l", "UL": "L"}
LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}

Value: TypeAlias = str | bytes | int | Sequence["Item"]
Row: TypeAlias = tuple[int, str, Value]
Item: TypeAlias = Sequence[Row]


def element(tag: int, vr: str, value: Value, syntax: str = EXPLICIT) -> bytes:
    """One element. Numbers are US, or UL or SL by their VR; a sequence is a list of items of rows."""
    order = ">" if syntax == BIG else "<"
    content = _content(vr, value, syntax, order)
    if len(content) % 2:
        content += b"\0" if vr in {"UI", "OB", "UN"} else b" "
    return head(tag, vr, len(content), syntax) + content


def head(tag: int, vr: str, length: int, syntax: str = EXPLICIT) -> bytes:
    order = ">" if syntax == BIG else "<"
    group, number = tag >> 16, tag & 0xFFFF
    if syntax == IMPLICIT:
        return struct.pack(f"{order}HHL", group, number, length)
    if vr in LONG_VRS:
        return struct.pack(f"{order}HH2sHL", group, number, vr.encode(), 0, length)
    return struct.pack(f"{order}HH2sH", group, number, vr.encode(), length)


def item(rows: Item, syntax: str = EXPLICIT) -> bytes:
    content = b"".join(element(*row, syntax) for row in rows)
    return raw_item(content, syntax)


def raw_item(content: bytes, syntax: str = EXPLICIT) -> bytes:
    return struct.pack(f"{'>' if syntax == BIG else '<'}HHL", 0xFFFE, 0xE000, len(content)) + content


def _content(vr: str, value: Value, syntax: str, order: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, int):
        return struct.pack(order + _NUMBERS.get(vr, "H"), value)
    return b"".join(item(rows, syntax) for rows in value)


PIXELS = bytes(part for number in range(64) for part in (number, number % 16))
"""8 by 8 pixels of 12 bits."""


def ct_rows(**changes: Value) -> list[Row]:
    """A CT slice of 8 by 8 pixels, whose patient is a canary. `changes` by keyword, below."""
    rows: list[Row] = [
        (0x00080005, "CS", "ISO_IR 100"),
        (0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        (0x00080016, "UI", CT),
        (0x00080018, "UI", "1.2.826.0.1.999.1"),
        (0x00080020, "DA", "20140321"),
        (0x00080030, "TM", "101112"),
        (0x00080050, "SH", f"A{CANARY}"),
        (0x00080060, "CS", "CT"),
        (0x00080070, "LO", "ACME"),
        (0x00080090, "PN", f"Doctor^{CANARY}"),
        (0x00081030, "LO", "CT HEAD"),
        (0x00100010, "PN", f"{CANARY}^Jane"),
        (0x00100020, "LO", f"MRN{CANARY}"),
        (0x00100030, "DA", "19561130"),
        (0x00100040, "CS", "F"),
        (0x00180050, "DS", "2.5"),
        (0x0020000D, "UI", "1.2.826.0.1.999.2"),
        (0x0020000E, "UI", "1.2.826.0.1.999.3"),
        (0x00200010, "SH", f"S{CANARY}"),
        (0x00200011, "IS", "4"),
        (0x00200013, "IS", "7"),
        (0x00200032, "DS", "0\\0\\0"),
        (0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
        (0x00280002, "US", 1),
        (0x00280004, "CS", "MONOCHROME2"),
        (0x00280010, "US", 8),
        (0x00280011, "US", 8),
        (0x00280030, "DS", "0.5\\0.5"),
        (0x00280100, "US", 16),
        (0x00280101, "US", 12),
        (0x00280102, "US", 11),
        (0x00280103, "US", 0),
        (0x7FE00010, "OW", PIXELS),
    ]
    tags = {TAGS[keyword]: value for keyword, value in changes.items()}
    return [(tag, vr, tags.get(tag, value)) for tag, vr, value in rows]


TAGS = {
    "character_set": 0x00080005,
    "image_type": 0x00080008,
    "sop_class": 0x00080016,
    "sop_instance": 0x00080018,
    "study_date": 0x00080020,
    "accession": 0x00080050,
    "study_description": 0x00081030,
    "patient_name": 0x00100010,
    "patient_id": 0x00100020,
    "study_id": 0x00200010,
    "series_number": 0x00200011,
    "pixels": 0x7FE00010,
}


def with_rows(rows: Iterable[Row], *more: Row) -> list[Row]:
    """The rows in tag order, those of `more` in place of rows with the same tag."""
    by_tag = {row[0]: row for row in rows} | {row[0]: row for row in more}
    return [by_tag[tag] for tag in sorted(by_tag)]


def data_set(rows: Iterable[Row], syntax: str = EXPLICIT) -> bytes:
    return b"".join(element(*row, syntax) for row in rows)


def part10(
    body: bytes,
    syntax: str = EXPLICIT,
    *,
    preamble: bytes = bytes(128),
    meta: Iterable[Row] = (),
    sop_class: str = CT,
    sop_instance: str = "1.2.826.0.1.999.1",
) -> bytes:
    """A file around a data set. `meta` are rows of group 0002 that are added or replaced."""
    group = data_set(
        with_rows(
            [
                (0x00020001, "OB", b"\0\1"),
                (0x00020002, "UI", sop_class),
                (0x00020003, "UI", sop_instance),
                (0x00020010, "UI", syntax),
                (0x00020012, "UI", "1.2.826.0.1.999.99"),
            ],
            *meta,
        )
    )
    if syntax == DEFLATED:
        body = deflated(body)
    return preamble.ljust(128, b"\0") + b"DICM" + element(0x00020000, "UL", len(group)) + group + body


def deflated(body: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    stream = compressor.compress(body) + compressor.flush()
    return stream + bytes(len(stream) % 2)


def ct_file(*more: Row, syntax: str = EXPLICIT, **changes: Value) -> bytes:
    """The CT slice with more elements."""
    return part10(data_set(with_rows(ct_rows(**changes), *more), syntax), syntax)


def plain_bytes(file: bytes) -> bytes:
    """A Part 10 file's bytes, with what it inflates to behind them where it is deflated."""
    (length,) = struct.unpack_from("<L", file, 140)
    meta, body = file[144 : 144 + length], file[144 + length :]
    if f"{DEFLATED}".encode() in meta:
        return file + zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)
    return file
