"""Which tags of EXIF a picture carries; their values are not read."""

from contextlib import suppress
from typing import BinaryIO

from PIL import Image

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.raster.decoding import decoding

_EXIF_IFD, _GPS_IFD, _THUMBNAIL_IFD = 0x8769, 0x8825, 1
THUMBNAIL = 0x0201


def exif_tags(stream: BinaryIO) -> frozenset[int]:
    """The tags of all directories (EXIF 2.32, 4.6.3), those of the position as 0x8825 alone; none if not readable."""
    stream.seek(0)
    if stream.read(8)[4:] == b"ftyp":
        with suppress(ImportError):
            import pi_heif.HeifImagePlugin  # noqa: F401, PLC0415 - it makes HEIF known to Pillow; few runs meet one
    stream.seek(0)
    try:
        with decoding("picture"), Image.open(stream, formats=("JPEG", "PNG", "WEBP", "AVIF", "HEIF")) as image:
            exif = image.getexif()
            tags = {*exif, *exif.get_ifd(_EXIF_IFD)}
            position, preview = exif.get_ifd(_GPS_IFD), exif.get_ifd(_THUMBNAIL_IFD)
    except RefusedFile:
        return frozenset()
    own = tags - {_EXIF_IFD, _GPS_IFD}
    return frozenset(own | ({_GPS_IFD} if position else set()) | ({THUMBNAIL} if THUMBNAIL in preview else set()))
