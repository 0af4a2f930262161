"""What is around a data set: preamble, file meta group, deflation, bytes behind the end (PS3.10 7, PS3.5 A.5)."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from scanscrub.archives.allowance import Allowance
from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.dictionary import STANDARD, VR_FORMS
from scanscrub.formats.dicom.encoding.elements import DataSet, Element, Encoding
from scanscrub.formats.dicom.encoding.reader import read_body, truncated
from scanscrub.formats.dicom.encoding.transfer_syntaxes import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    encoding_of,
)
from scanscrub.leftovers.file_signatures import is_part_10

PREAMBLE_LENGTH: Final = 128
_META_GROUP: Final = b"\x02\0"
_MOST_INFLATED = 1 << 30
_BLOCK = 1 << 20
_FIRST_ELEMENTS: Final = frozenset({0x0000, 0x0001, 0x0005, 0x0006, 0x0008, 0x0012, 0x0013, 0x0014, 0x0016, 0x0018})
"""Numbers in group 0008 with which a data set without a file meta group begins."""
_LONGEST_FIRST = 256
_GROUP_LENGTH_BYTES = 4

_PLAIN: Final = {
    IMPLICIT_LITTLE: Encoding(implicit=True, little=True),
    EXPLICIT_LITTLE: Encoding(implicit=False, little=True),
    EXPLICIT_BIG: Encoding(implicit=False, little=False),
}


@dataclass(frozen=True, slots=True)
class Container:
    """A parsed file. `stream` is where the data set's large values are: the `file`, or what it inflated to.

    `trailing` counts the bytes behind the data set that belong to no element, `surplus` those of them that lie behind
    what inflates; a NUL that makes a deflated stream even is none of them.
    """

    preamble: bytes
    meta: DataSet
    syntax: str
    file: BinaryIO
    stream: BinaryIO
    data_set: DataSet
    trailing: int
    surplus: int = 0


def looks_like_dicom(head: bytes) -> bool:
    """Whether a file begins as Part 10 says, or is a bare data set that begins with group 0002 or 0008."""
    if is_part_10(head):
        return True
    return len(head) >= 16 and any(_begins_data_set(head, order) for order in "<>")


def _begins_data_set(head: bytes, order: str) -> bool:
    group, number, code, short = struct.unpack_from(f"{order}HH2sH", head)
    if (group << 16 | number) not in STANDARD and number:
        return False
    if group not in (0x0002, 0x0008) or (group == 0x0008 and number not in _FIRST_ELEMENTS):
        return False
    if code in VR_FORMS:
        return VR_FORMS[code][1] or short <= _LONGEST_FIRST
    (length,) = struct.unpack_from("<L", head, 4)
    # A group length has four bytes (PS3.5 7.2); Fortran's records of eight bytes begin alike.
    fits = length <= _LONGEST_FIRST if number else length == _GROUP_LENGTH_BYTES
    return group == 0x0008 and order == "<" and fits


def read_container(stream: BinaryIO) -> Container:
    """Parse a whole file but its large values. Raises `RefusedFile`."""
    stream.seek(0)
    head = stream.read(PREAMBLE_LENGTH + 4)
    has_preamble = is_part_10(head)
    start = len(head) if has_preamble else 0
    meta, start = _read_meta(stream, start)
    syntax = _uid(meta, tags.TransferSyntaxUID)
    preamble = head[:PREAMBLE_LENGTH] if has_preamble else b""
    if syntax == DEFLATED:
        inflated, surplus = _inflated(stream, start)
        body = read_body(inflated, 0, encoding_of(syntax))
        return Container(preamble, meta, syntax, stream, inflated, body.data_set, body.trailing + surplus, surplus)
    syntax, encoding = _as_it_is(stream, start, syntax)
    body = read_body(stream, start, encoding)
    return Container(preamble, meta, syntax, stream, stream, body.data_set, body.trailing)


def _read_meta(stream: BinaryIO, start: int) -> tuple[DataSet, int]:
    """The elements of group 0002, always explicit and little endian, and where they end.

    Their stated group length is not trusted.
    """
    elements: list[Element] = []
    at = start
    while True:
        stream.seek(at)
        head = stream.read(12)
        if head[:2] != _META_GROUP or len(head) < 8:
            return DataSet(tuple(elements), _PLAIN[EXPLICIT_LITTLE]), at
        group, number, code, length = struct.unpack_from("<HH2sH", head)
        vr, is_long = VR_FORMS.get(code, ("", False))
        offset = at + 8
        if is_long and len(head) == 12:
            (length,) = struct.unpack_from("<L", head, 8)
            offset = at + 12
        elif not vr:
            (length,) = struct.unpack_from("<L", head, 4)
        stream.seek(offset)
        value = stream.read(min(length, _BLOCK))
        if len(value) != length:
            raise truncated()
        tag = group << 16 | number
        elements.append(Element(tag, vr, vr or STANDARD.get(tag, "UN"), value, offset, length))
        at = offset + length


def _uid(data_set: DataSet, tag: int) -> str:
    for element in data_set.elements:
        if element.tag == tag and element.value is not None:
            return element.value.decode("latin-1").strip(" \0")
    return ""


def _as_it_is(stream: BinaryIO, start: int, syntax: str) -> tuple[str, Encoding]:
    """The transfer syntax that the data set is in: its first element tells where the stated one cannot be."""
    stream.seek(start)
    head = stream.read(6)
    encoding = encoding_of(syntax) if syntax else None
    if encoding and encoding not in (_PLAIN[syntax] for syntax in _PLAIN):
        return syntax, encoding
    is_big = head[:1] == b"\0" and head[1:2] != b"\0"
    explicit = EXPLICIT_BIG if is_big else EXPLICIT_LITTLE
    seen = explicit if head[4:6] in VR_FORMS else IMPLICIT_LITTLE
    if encoding == _PLAIN[seen] or len(head) < 6:
        return syntax or IMPLICIT_LITTLE, encoding or _PLAIN[IMPLICIT_LITTLE]
    if syntax and syntax not in _PLAIN:
        return syntax, _PLAIN[seen]
    return seen, _PLAIN[seen]


def _inflated(stream: BinaryIO, start: int) -> tuple[BinaryIO, int]:
    """The inflated data set, and how many bytes come behind the end of the deflated one."""
    most = min(_MOST_INFLATED, Allowance(stream.seek(0, io.SEEK_END)).left)
    stream.seek(start)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    plain = io.BytesIO()
    try:
        while not inflater.eof:
            block = inflater.unconsumed_tail or stream.read(_BLOCK)
            if not block:
                raise truncated()
            plain.write(inflater.decompress(block, _BLOCK))
            if plain.tell() > most:
                raise RefusedFile(
                    "It inflates to more than can be read safely.",
                    "Export it without compression of the header, or leave it out.",
                )
    except zlib.error:
        raise RefusedFile(
            "Its deflated data set is damaged.", "Export or copy the file again; part of it may be missing."
        ) from None
    behind = inflater.unused_data + stream.read(1 << 10)
    return plain, 0 if behind in (b"", b"\0") else len(behind)
