"""What the bytes of elements could show that nobody reads as text: overlays, sounds, padding, private blobs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import HeaderElement, Segment, SegmentRole, SegmentSeen
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.dictionary import TEXT_VRS
from scanscrub.formats.dicom.encoding.elements import DataSet, Element
from scanscrub.formats.icc.texts import profile_text
from scanscrub.leftovers.stray_bytes import unneeded_bytes

_LOOKED_AT: Final = 1 << 24
_OVERLAY_DATA, _ANY_PLANE = 0x60003000, 0xFF00FFFF
"""Of groups 6000 to 60FF."""
_DOTS_OF_LETTERS: Final = 6
"""IJ takes as many; a mark in one spot has fewer."""


def bytes_of(container: Container, where: HeaderElement) -> Iterator[SegmentSeen]:
    """An observation of each value that is no text in the elements there, of those in a sequence as well."""
    if where.path[0] >> 16 == 0x0002:
        yield from _below(container, container.meta, where.path, in_meta=True)
    yield from _below(container, container.data_set, where.path, in_meta=False)


def _below(container: Container, data_set: DataSet, path: tuple[int, ...], *, in_meta: bool) -> Iterator[SegmentSeen]:
    for element in data_set.elements:
        if path and element.tag != path[0]:
            continue
        items = element.items or ()
        if len(path) > 1:
            chosen = items[path[1] : path[1] + 1]
        else:
            chosen = items
            if element.items is None and element.vr not in TEXT_VRS:
                yield _seen(element, _value(container, element, in_meta=in_meta))
        for item in chosen:
            yield from _below(container, item, path[2:], in_meta=in_meta)


def _value(container: Container, element: Element, *, in_meta: bool) -> bytes:
    """The bytes of a value, the first ones of a long one, which was left in the file."""
    if element.value is not None:
        return element.value
    stream = container.file if in_meta else container.stream
    stream.seek(element.offset)
    return stream.read(min(element.length, _LOOKED_AT))


def _seen(element: Element, value: bytes) -> SegmentSeen:
    if element.tag == tags.ICCProfile:
        return SegmentSeen(
            Segment("DICOM ICC profile", role=SegmentRole.COLOR_PROFILE),
            needed=False,
            length=len(value),
            text=profile_text(value),
        )
    seen = unneeded_bytes(Segment("DICOM element"), value)
    is_drawing = element.tag & _ANY_PLANE == _OVERLAY_DATA and _draws(value)
    return replace(seen, length=None) if is_drawing else seen


def _draws(plane: bytes) -> bool:
    """Whether the dots of a plane of single bits, or its holes, are enough for two letters."""
    dots = int.from_bytes(plane, "big").bit_count()
    return min(dots, 8 * len(plane) - dots) >= _DOTS_OF_LETTERS
