"""What bytes that no picture needs could show: a file of their own, text, a drawing; or nothing."""

import re
from collections.abc import Iterator
from typing import Final

from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.domain.phi import Phi
from scanscrub.leftovers.file_signatures import is_part_10
from scanscrub.leftovers.segment_text import beside_text, readable

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
_SMALLEST_DRAWING: Final = 16
"""Bytes. Three small letters of single bits have as many."""
_SHORT_NAME: Final = 6
"""Bytes of three letters in the codes of East Asia."""
_THINNED: Final = 4096
_WORD: Final = re.compile(rb"[A-Z]?[a-z]{5,}|[A-Z]{6,}|[A-Z]{3,}[\^, ]{1,2}[A-Z]{3,}")
_WIDE: Final = re.compile(rb"(?:[A-Za-z]\0){4,}|(?:\0[A-Za-z]){4,}")
"""Letters that numbers do not come to by chance."""
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
    """Whether the bytes are one value over and over, of up to three bytes, or blanks. Letters repeated are a word."""
    if not data.strip():
        return True
    units = (data[:size] for size in (1, 2, 3))
    return any(data == (unit * (len(data) // len(unit) + 1))[: len(data)] and not _spells(unit) for unit in units)


def _spells(unit: bytes) -> bool:
    return len(unit) > 1 and unit.strip(b" \0^").isalpha()


def can_draw(data: bytes) -> bool:
    """Whether so many bytes differ from the most frequent one that they could be the pixels of a word."""
    thinned = data[:: max(1, len(data) // _THINNED)]
    usual = max(set(thinned), key=thinned.count, default=0)
    return len(data.translate(None, bytes((usual,)))) >= _SMALLEST_DRAWING


def after_the_end(name: str) -> Segment:
    """The place behind the last segment of a file of that format."""
    return Segment(f"{name} bytes after the end", role=SegmentRole.AFTER_THE_END)


def unneeded_bytes(where: Segment, data: bytes) -> SegmentSeen:
    """Bytes that nothing needs, as an observation: what they say, whether they are a file, or could be pixels."""
    if is_padding(data):
        return SegmentSeen(where, needed=False, length=len(data))
    return unneeded_segment(where, data, readable(data), is_file=holds_a_file(data))


def unneeded_segment(where: Segment, data: bytes, text: Phi | None, *, is_file: bool = False) -> SegmentSeen:
    """A segment that is not needed and says `text`: what of it is no text could be pixels."""
    is_open = can_draw(beside_text(data)) or (text is None and _may_be_writing(data))
    length = None if is_open else len(data)
    return SegmentSeen(where, needed=False, length=length, text=text, is_file=is_file)


def _may_be_writing(data: bytes) -> bool:
    """Whether so few bytes that they are no text of ASCII or Unicode are a short name, or one in another code."""
    bare = data.strip(_PADDING)
    if bare.isalpha():
        return len(bare) > 1
    high = sum(byte > 0x7F for byte in bare)
    return len(bare) >= _SHORT_NAME and 2 * high >= len(bare) and min(bare) >= ord(" ")


def unused_colors(where: Segment, data: bytes) -> SegmentSeen:
    """Entries of a palette that no pixel uses: numbers by chance, unless they spell words."""
    words = [word for word in spelled(data) if not is_in_order(word)]
    return SegmentSeen(
        where, needed=False, length=len(data) - data.count(0), text=Phi("\n".join(words)) if words else None
    )


def is_in_order(word: str) -> bool:
    """Whether the letters only rise or only fall, as the numbers of tables do."""
    letters = [letter for letter in word if letter.isalpha()]
    ordered = sorted(letters)
    return letters in (ordered, ordered[::-1])


def spelled(data: bytes) -> list[str]:
    """The runs of letters in numbers, of one or two bytes each, that do not come about by chance."""
    return [data[start:end].replace(b"\0", b"").decode("ascii") for start, end in runs_of_letters(data)]


def runs_of_letters(data: bytes) -> Iterator[tuple[int, int]]:
    """Where those runs begin and end."""
    for pattern in (_WORD, _WIDE):
        yield from (run.span() for run in pattern.finditer(data))
