"""The formats this program knows, asked in order. Each adapter is loaded only when its turn comes."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from scanscrub.domain.errors import NotAnImage, RefusedFile
from scanscrub.formats.base import ImageFormat
from scanscrub.leftovers.file_signatures import is_part_10

_BLANKS = dict.fromkeys(map(ord, "\t\r\n\f\ufeff"))
ADAPTERS = (
    "scanscrub.formats.dicom.file_format",
    "scanscrub.formats.png.document",
    "scanscrub.formats.jpeg.document",
    "scanscrub.formats.tiff.document",
    "scanscrub.formats.other.gif",
    "scanscrub.formats.other.bmp",
    "scanscrub.formats.other.webp",
    "scanscrub.formats.heif.document",
    "scanscrub.formats.pdf.document",
    "scanscrub.formats.unsupported.refused_formats",
)


@cache
def adapter(module: str) -> ImageFormat:
    found: ImageFormat = import_module(module).FORMAT
    return found


def adapters() -> Iterator[ImageFormat]:
    for module in ADAPTERS:
        yield adapter(module)


def recognize(head: bytes) -> ImageFormat:
    """The format whose first bytes these are. Raises `RefusedFile` (`NotAnImage` where that is certain)."""
    for candidate in adapters():
        if candidate.sniff(head):
            return candidate
    if not_an_image(head):
        raise no_image()
    raise RefusedFile(
        "This is not an image format that scanscrub knows.",
        "Export it as DICOM, PNG, JPEG or TIFF and try again.",
    )


def no_image() -> NotAnImage:
    """What is certainly none is left out."""
    return NotAnImage("This is not an image.", "Nothing to do: it was left out.")


def not_an_image(head: bytes) -> bool:
    """Whether it is certainly a program, an archive's index or plain text.

    DICOM is none of them, whatever its preamble looks like (PS3.10, 7.1).
    """
    if is_part_10(head):
        return False
    if head.startswith((b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")):
        return True
    if not head or b"\0" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return text.translate(_BLANKS).isprintable()
