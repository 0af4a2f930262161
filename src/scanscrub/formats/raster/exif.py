"""Which tags of EXIF a picture carries; their values are not read."""

from typing import BinaryIO

from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.raster.decoding import decoding

_EXIF_IFD, _GPS_IFD, _THUMBNAIL_IFD = 0x8769, 0x8825, 1
THUMBNAIL = 0x0201


def tags_in_picture(stream: BinaryIO) -> frozenset[int]:
    """The tags of all directories (EXIF 2.32, 4.6.3), those of the position as 0x8825 alone; none if not readable."""
    stream.seek(0)
    try:
        with decoding("picture"), Image.open(stream, formats=("JPEG", "PNG", "WEBP")) as image:
            return _tags(image.getexif())
    except RefusedFile:
        return frozenset()


def tags_in_block(block: bytes) -> frozenset[int]:
    """The same of an EXIF block, which begins with its TIFF header."""
    exif = Image.Exif()
    try:
        with decoding("picture"):
            exif.load(block)
            return _tags(exif)
    except RefusedFile:
        return frozenset()


def _tags(exif: Image.Exif) -> frozenset[int]:
    tags = {*exif, *exif.get_ifd(_EXIF_IFD)}
    position, preview = exif.get_ifd(_GPS_IFD), exif.get_ifd(_THUMBNAIL_IFD)
    own = tags - {_EXIF_IFD, _GPS_IFD}
    return frozenset(own | ({_GPS_IFD} if position else set()) | ({THUMBNAIL} if THUMBNAIL in preview else set()))
