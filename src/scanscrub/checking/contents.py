"""What holds other files: archives, compressed files, drawings. Each is opened in memory, within bounds."""

import io
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import BinaryIO, TypeAlias, assert_never

from scanscrub.archives import tar_layout, zip_layout, zip_remarks
from scanscrub.archives.allowance import Allowance
from scanscrub.archives.compressed import is_packed, parts
from scanscrub.archives.member import ArchiveMember
from scanscrub.archives.zip_layout import ends_as_archive
from scanscrub.archives.zip_members import is_archive, members
from scanscrub.domain.check import Obstacle
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.rules import Severity
from scanscrub.formats.documents.registry import is_document, members_of
from scanscrub.formats.registry import not_an_image
from scanscrub.formats.unsupported.text_pictures import embedded, head_of, is_svg
from scanscrub.policy.segments import severity_of

DEEPEST = 4
"""Containers inside one another that are opened."""


class Container(Enum):
    """How a file holds others."""

    ZIP = "zip"
    PACKED = "packed"
    DRAWING = "drawing"
    DOCUMENT = "document"


_Looks: TypeAlias = tuple[Callable[[BinaryIO], Iterator[str]], Callable[[BinaryIO], Iterator[SegmentSeen]]]

_BESIDE: Mapping[Container, _Looks] = {
    Container.ZIP: (zip_remarks.remarks, zip_layout.strays),
    Container.PACKED: (tar_layout.remarks, tar_layout.strays),
    Container.DRAWING: (lambda _: iter(()), lambda _: iter(())),
    Container.DOCUMENT: (lambda _: iter(()), lambda _: iter(())),
}


def container_of(head: bytes, stream: BinaryIO, is_image: Callable[[bytes], bool]) -> Container | None:
    """How a file that begins so holds others; None where it does not, or is an image itself."""
    if is_archive(head):
        return Container.ZIP
    if is_packed(head):
        return Container.PACKED
    if is_svg(head):
        return Container.DRAWING
    if ends_as_archive(stream) and (not_an_image(head) or not is_image(head)):
        return Container.ZIP
    return Container.DOCUMENT if is_document(head, stream) else None


def obstacle_of(kind: Container, head: bytes, depth: int) -> Obstacle | None:
    """Why `clean` does not reach what is in it: it opens ZIP archives, and those in nothing else."""
    if kind is Container.DRAWING:
        return Obstacle.DRAWING
    if kind is Container.DOCUMENT:
        return Obstacle.DOCUMENT
    return None if depth == 0 and is_archive(head) else Obstacle.PACKED


def contents(
    kind: Container, stream: BinaryIO, wanted: Callable[[BinaryIO], bool], allowance: Allowance
) -> Iterator[ArchiveMember]:
    """The files that are `wanted`. Raises `RefusedFile` where it cannot be opened, or is too large."""
    match kind:
        case Container.ZIP:
            yield from members(stream, wanted, allowance)
        case Container.PACKED:
            yield from parts(stream, wanted, allowance)
        case Container.DRAWING:
            for number, data in enumerate(embedded(stream), 1):
                if data is None:
                    refusal = RefusedFile("A picture in the drawing cannot be read.", "Export the drawing as PNG.")
                    yield ArchiveMember(f"picture {number}", refusal)
                elif wanted(picture := io.BytesIO(data)):
                    yield ArchiveMember(f"picture {number}", picture)
        case Container.DOCUMENT:
            for inner in members_of(head_of(stream), stream):
                if isinstance(inner.content, RefusedFile) or wanted(inner.content):
                    yield inner
        case _:
            assert_never(kind)


def said_beside(kind: Container, stream: BinaryIO, *, with_images: bool) -> Iterator[tuple[Segment, Severity]]:
    """What an archive holds beside its files, and how much it matters.

    Of one in which no image was found, only what looks like another file.
    """
    remarks, strays = _BESIDE[kind]
    if with_images:
        yield from ((Segment(remark), Severity.QUASI) for remark in remarks(stream))
    for seen in strays(stream):
        severity = severity_of(seen)
        if with_images or severity is Severity.IDENTITY:
            yield seen.where, severity
