"""Documents and texts with pictures in them: each is opened in memory, or named as not examined."""

import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from scanscrub.archives.member import ArchiveMember
from scanscrub.domain.errors import NotLookedInto, RefusedFile
from scanscrub.domain.sealed_page import is_sealed
from scanscrub.formats.documents import dicom_models, mail, ole, text_contents
from scanscrub.formats.registry import not_an_image
from scanscrub.formats.unsupported.text_pictures import as_utf_8, is_text_picture
from scanscrub.leftovers.file_signatures import is_part_10

MOST: Final = 256 << 20
"""Bytes of a document that are looked at."""
_SQLITE: Final = b"SQLite format 3\0"
_NUMPY: Final = b"\x93NUMPY"
_SHAPE: Final = re.compile(rb"'shape':\s*\(([0-9, ]*)\)")
_SMALL: Final = 64
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def is_document(head: bytes, stream: BinaryIO) -> bool:
    """Whether a file is a document that can hold images, or a text that has one; at its start afterwards.

    Of a text every byte is asked for a few tokens, which costs no more than reading it.
    """
    if is_part_10(head) or not head:
        return False
    if head.startswith((ole.MAGIC, _SQLITE, _NUMPY)) or text_contents.is_rtf(head):
        return True
    if is_text_picture(head) or not (not_an_image(head) or head.startswith(_BOMS)):
        return False
    data = _data(stream)
    if not any(token in data for token in text_contents.TOKENS) or is_sealed(data):
        return False
    return any(True for _ in members_of(head, stream))


def members_of(head: bytes, stream: BinaryIO) -> Iterator[ArchiveMember]:
    """What is in a document, by number; a refusal for what may be an image and cannot be opened. Raises nothing."""
    try:
        if stream.seek(0, io.SEEK_END) > MOST:
            raise NotLookedInto("The document is too large to be looked into.", "Look at it, or take it out.")
        for number, content in enumerate(_contents(head, _data(stream)), 1):
            if isinstance(content, ArchiveMember):
                yield content
            else:
                yield ArchiveMember(
                    f"picture {number}", content if isinstance(content, RefusedFile) else io.BytesIO(content)
                )
    except RefusedFile as error:
        yield ArchiveMember("", error)
    except RecursionError:
        yield ArchiveMember("", NotLookedInto("The document is nested too deep.", "Look at it, or take it out."))
    stream.seek(0)


def _contents(head: bytes, data: bytes) -> Iterable[bytes | ArchiveMember | RefusedFile]:
    if head.startswith(ole.MAGIC):
        return ole.pictures(data)
    if head.startswith(_SQLITE):
        return _in_database(data)
    if head.startswith(_NUMPY):
        return _in_array(data)
    if text_contents.is_rtf(head):
        return (_metafile() if one is None else one for one in text_contents.pictures_in_rtf(data))
    return _in_text(data)


def _in_text(data: bytes) -> Iterator[bytes | ArchiveMember | RefusedFile]:
    if mail.is_mail(data):
        yield from mail.attachments(data)
        return
    if any(token in data for token in text_contents.MODELS):
        if dicom_models.is_json(data):
            yield from dicom_models.files_in_json(data)
            return
        if dicom_models.is_xml(data):
            yield from dicom_models.files_in_xml(data)
            return
    yield from text_contents.pictures_in_base64(data)


def _in_database(data: bytes) -> Iterator[RefusedFile]:
    from scanscrub.formats.documents.carving import carved  # noqa: PLC0415 - only for what is one

    if any(True for _ in carved(data[len(_SQLITE) :])):
        yield NotLookedInto("The database holds files, and is not looked into.", "Export them, and check those.")


def _in_array(data: bytes) -> Iterator[RefusedFile]:
    """An array with two sides that are those of an image at least (NumPy's format, version 1.0)."""
    shape = _SHAPE.search(data, 0, 1 << 16)
    sides = [int(side) for side in shape[1].split(b",") if side.strip()] if shape else []
    if sum(side >= _SMALL for side in sides) > 1:
        yield NotLookedInto("Arrays of NumPy are not looked into.", "Save images as PNG or DICOM, and check those.")


def _metafile() -> RefusedFile:
    return NotLookedInto("A picture in the document is a metafile.", "Export the picture as PNG and try that file.")


def _data(stream: BinaryIO) -> bytes:
    """The bytes, text of two bytes each in UTF-8; the stream is left at its start."""
    stream.seek(0)
    data = stream.read(MOST)
    stream.seek(0)
    return as_utf_8(data) if data.startswith(_BOMS) else data
