"""Which tags of EXIF a picture carries, whatever its format."""

from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.heif.boxes import HeifFile, is_heif
from scanscrub.formats.raster.exif import tags_in_block, tags_in_picture
from scanscrub.formats.raster.limits import read_whole


def exif_tags(stream: BinaryIO) -> frozenset[int]:
    """Those of `tags_in_picture`, and those of the first EXIF block of a HEIC or AVIF; none if not readable."""
    stream.seek(0)
    if not is_heif(stream.read(256)):
        return tags_in_picture(stream)
    try:
        return tags_in_block(HeifFile.parse(read_whole(stream)).exif)
    except RefusedFile:
        return frozenset()
