"""What lies on a disc beside its images and is none: documents, fonts, sounds, caches of a file manager, empty files.

`clean` leaves it out in peace: there is no image that anybody would miss. What might be one is refused instead.
"""

import io
import re
from typing import BinaryIO, Final

from scanscrub.domain.errors import NoImageSeen
from scanscrub.formats.unsupported.late_signatures import refusal
from scanscrub.formats.unsupported.refused_formats import entry_of

_STARTS: Final = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # OLE compound files: Thumbs.db, .doc, .xls, .msi
    b"SQLite format 3\0",
    b"\0\0\0\1Bud1",  # .DS_Store
    b"\0\5\x16\7\0\2\0\0",  # AppleDouble
    b"OTTO\0",
    b"ttcf\0",
    b"wOFF",
    b"wOF2",
    b"\xcf\xfa\xed\xfe",  # Mach-O
    b"\xce\xfa\xed\xfe",
    b"\x4c\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46",  # a link of Windows
    b"regf",
    b"ITSF\3\0\0\0",  # compiled help
    b"?_\3\0",
    b"ID3\2\0",
    b"ID3\3\0",
    b"ID3\4\0",
    b"fLaC\0",
    b"MThd\0\0\0\6",
    b"\xde\x12\4\x95",  # translations
    b"\x95\4\x12\xde",
    b"Microsoft C/C++ ",
    b"{\\rtf",
)
_TRUE_TYPE: Final = re.compile(rb"\x00\x01\x00\x00\x00[\x04-\x40].{6}(?:[A-Za-z/ 0-9]{4}.{12}){2}", re.DOTALL)
_ACCESS: Final = re.compile(rb"\x00\x01\x00\x00Standard (?:Jet|ACE) DB")
_SOUND: Final = re.compile(rb"RIFF.{4}WAVE|FORM.{4}AIF[FC]", re.DOTALL)
_CERTIFICATES: Final = re.compile(rb"\x30[\x80-\x84].{1,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", re.DOTALL)
_FORMS: Final = (_TRUE_TYPE, _ACCESS, _SOUND, _CERTIFICATES)
_SMALLEST_PICTURE: Final = 64 * 64
"""Bytes. What is smaller and has no format's signature holds no picture: there is no room for one as it is shown."""
_LOCAL_HEADER: Final = 30
"""Bytes in front of a file in a ZIP archive, which may be damaged and hold a small picture well compressed."""
_UTF_16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_WORDY: Final = re.compile(rb"[\t\n\r\x20-\x7e]")
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def is_companion(head: bytes, stream: BinaryIO) -> bool:
    """Whether a file is certainly no image, and none could be meant by it; `head` is its start."""
    entry = entry_of(head)
    if entry is not None:
        return entry.is_icon and entry.look(stream) is NoImageSeen
    if head.startswith(_STARTS) or any(form.match(head) for form in _FORMS) or _is_text(head):
        return True
    size = stream.seek(0, io.SEEK_END)
    is_archive = head.startswith(b"PK\3\4") and size > _LOCAL_HEADER
    return size < _SMALLEST_PICTURE and not is_archive and refusal(stream) is None


def _is_text(head: bytes) -> bool:
    """UTF-16, or a code of one byte in which most are ASCII."""
    encoding = _UTF_16.get(head[:2])
    if encoding is not None:
        text = head[2 : len(head) // 2 * 2].decode(encoding, "replace")
        return all(char.isprintable() or char in "\t\r\n\f" for char in text[:-1])
    return _NO_TEXT.search(head) is None and len(_WORDY.findall(head)) * 10 > len(head) * 7
