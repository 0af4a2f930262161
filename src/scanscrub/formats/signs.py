"""Signs that bytes which belong to nothing are a file of their own: a picture, DICOM, an archive, a document."""

import re
from typing import Final

from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.heads import is_part_10
from scanscrub.formats.segment_text import readable

_ANYWHERE: Final = re.compile(
    rb"\x89PNG\r\n\x1a\n|GIF8[79]a|DICM\x02\x00|PK\x03\x04[\x00-\x3f]\x00|PK\x05\x06|%PDF-1|%PDF-2|8BPS\x00\x01"
    rb"|RIFF.{4}(?:WEBP|AVI )|ftyp(?:hei[cfmsx]|mif1|avif|isom|iso[2-6]|mp4[12]|qt  )|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c"
    rb"|\xfd7zXZ\x00\x00|ustar(?:\x00|  \x00)"
    rb"|\xff\xd8\xff(?:\xe0\x00\x10JFIF|\xe1..Exif|\xdb\x00[\x43\x84\xc5])",
    re.DOTALL,
)
"""Long enough not to come about by chance."""
_AT_THE_START: Final = (
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xff\x4f\xff\x51",
    b"\0\0\0\x0cjP",
    b"\x0cjP  \r\n",
    b"\x5c\x01\0\0",
    b"\0\0\x01\x5c",
)
_PADDING: Final = b"\0 \r\n\t"
_NO_MORE_THAN_A_HEADER: Final = 8
"""Bytes. Pillow begins each further page of a TIFF as if it were a file: with a header, which leads nowhere."""


def holds_a_file(data: bytes) -> bool:
    """Whether a picture, DICOM, an archive or a document begins in the bytes, by its signature."""
    if len(data.strip(_PADDING)) <= _NO_MORE_THAN_A_HEADER:
        return False
    if is_part_10(data) or _ANYWHERE.search(data) is not None:
        return True
    return data.startswith(_AT_THE_START) or data.lstrip(_PADDING).startswith(_AT_THE_START)


def is_padding(data: bytes) -> bool:
    """Whether the bytes are one value over and over, or blanks."""
    return not data.strip(data[:1]) or not data.strip()


def stray(where: Segment, data: bytes) -> SegmentSeen:
    """Bytes that the picture does not need, as an observation: what they say, and whether they are a file."""
    if is_padding(data):
        return SegmentSeen(where, needed=False, length=len(data))
    return SegmentSeen(where, needed=False, length=len(data), text=readable(data), is_file=holds_a_file(data))
