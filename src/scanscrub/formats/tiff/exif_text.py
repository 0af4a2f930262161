"""What an EXIF block (EXIF 2.32, 4.6) says: a name and its value in lines of their own, as PNG has them."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.phi import Phi
from scanscrub.formats.tiff import tags
from scanscrub.formats.tiff.directories import HEADER_BYTES, TiffDirectory, TiffEntry, TiffFile
from scanscrub.leftovers.segment_text import readable

_START: Final = b"Exif\0\0"
_ASCII: Final = 2
_MOST_DIRECTORIES: Final = 16
_COORDINATES: Final = frozenset({2, 4})
_NAMES: Final = {
    270: "ImageDescription",
    271: "Make",
    272: "Model",
    305: "Software",
    306: "DateTime",
    315: "Artist",
    33432: "Copyright",
    37510: "UserComment",
    40093: "XPAuthor",
    42032: "CameraOwnerName",
}
_NUMBERS: Final = frozenset(
    {256, 257, 258, 259, 262, 274, 277, 282, 283, 284, 296, 531, 36864, 37121, 40960, 40961, 40962, 40963}
)
"""How the picture is stored and shown, and the version of the standard."""


def exif_text(data: bytes) -> Phi | None:
    """The text of a block; None where it holds nothing but numbers of the picture.

    What stands in no directory is told as well, and a block that cannot be parsed by the runs of characters in it.
    """
    block = data.removeprefix(_START)
    try:
        directories = [*islice(_directories(block), _MOST_DIRECTORIES + 1)]
    except RefusedFile:
        return readable(data)
    if len(directories) > _MOST_DIRECTORIES:
        return readable(data)
    items = [item for number, directory in directories for item in _items(number, directory)]
    items += _between(block, [directory for _, directory in directories])
    return Phi("\n".join(items)) if items else None


def _directories(block: bytes, number: int = 0) -> Iterator[tuple[int, TiffDirectory]]:
    """The main directories, and those of EXIF and GPS that they point at, each with the tag that did, or 0."""
    for directory in TiffFile.parse(block).directories:
        yield number, directory
        for entry in directory.entries:
            if entry.tag in {tags.ExifIFD, tags.GPSIFD} and not number and len(entry.data) == 4:
                start = block[:4] + entry.data + block[HEADER_BYTES:]
                yield from _directories(start, entry.tag)


def _items(number: int, directory: TiffDirectory) -> Iterator[str]:
    for entry in directory.entries:
        said = _said(entry)
        if number == tags.GPSIFD:
            is_place = entry.tag in _COORDINATES and any(entry.data)
            yield "GPSPosition" if is_place else f"GPS tag {entry.tag}\n{said}"
        elif entry.tag in _NAMES:
            yield f"{_NAMES[entry.tag]}\n{said}"
        elif entry.tag not in {tags.ExifIFD, tags.GPSIFD} and not (
            entry.tag in _NUMBERS and (not said or entry.data.isdigit())
        ):
            yield f"EXIF tag {entry.tag}\n{said}"


def _said(entry: TiffEntry) -> str:
    text = readable(entry.data, encoding="utf-8" if entry.kind == _ASCII else None)
    return "" if text is None else text.reveal()


def _between(block: bytes, directories: list[TiffDirectory]) -> Iterator[str]:
    left = bytearray(block)
    for start, end in [(0, HEADER_BYTES), *(span for directory in directories for span in directory.used())]:
        left[start:end] = bytes(len(left[start:end]))
    if any(left):
        text = readable(bytes(left))
        yield "EXIF bytes" if text is None else f"EXIF bytes\n{text.reveal()}"
