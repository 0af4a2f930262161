"""What `inspect` tells of an input beside its record: by what it is found again, and what sort of things it holds."""

from dataclasses import dataclass

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Source
from scanscrub.formats.containers import Item
from scanscrub.formats.exif import exif_tags
from scanscrub.pipeline.check_bytes import sha256_of
from scanscrub.pipeline.read import recognised


@dataclass(frozen=True, slots=True)
class Glance:
    """`digest`: SHA-256 of the input's bytes. `size`: rows and columns of the frame that was asked for."""

    digest: str = ""
    exif: frozenset[int] = frozenset()
    size: tuple[int, int] | None = None


def glance(item: Item, frame: int | None) -> Glance:
    """Open an input once more. Nothing of it is known where it cannot be read."""
    size = None
    try:
        with item.open() as stream:
            digest = sha256_of(stream)
            exif = exif_tags(stream)
            if frame is not None:
                with recognised(stream).open(stream, Source(item.number, "")) as document:
                    size = next(((one.rows, one.columns) for at, one in document.pictures() if at == frame), None)
    except RefusedFile:
        return Glance()
    return Glance(digest, exif, size)
