"""What `inspect` tells of an input beside its record: by what it is found again, and what sort of things it holds."""

from dataclasses import dataclass

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Source
from scanscrub.domain.streams import sha256_of
from scanscrub.formats.raster.exif import exif_tags
from scanscrub.inputs.input import Input
from scanscrub.pipeline.read import recognized


@dataclass(frozen=True, slots=True)
class InputSummary:
    """`digest`: SHA-256 of the input's bytes. `size`: rows and columns of the frame that was asked for."""

    digest: str = ""
    exif: frozenset[int] = frozenset()
    size: tuple[int, int] | None = None


def glance(item: Input, frame: int | None) -> InputSummary:
    """Open an input once more. Nothing of it is known where it cannot be read."""
    size = None
    try:
        with item.open() as stream:
            digest = sha256_of(stream)
            exif = exif_tags(stream)
            if frame is not None:
                with recognized(stream).open(stream, Source(item.number, "")) as document:
                    size = next(((one.rows, one.columns) for at, one in document.pictures() if at == frame), None)
    except RefusedFile:
        return InputSummary()
    return InputSummary(digest, exif, size)
