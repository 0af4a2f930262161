"""Data elements as a file holds them, their values still bytes (PS3.5 7)."""

from typing import Final, NamedTuple

from scanscrub.domain import tags

DELIMITER_GROUP: Final = 0xFFFE
PIXEL_GROUP: Final = 0x7FE0
_PALETTE: Final = range(tags.RedPaletteColorLookupTableDescriptor, tags.SegmentedAlphaPaletteColorLookupTableData + 1)
PIXEL_DATA: Final = (tags.FloatPixelData, tags.DoubleFloatPixelData, tags.PixelData)


class Encoding(NamedTuple):
    """How elements are written: with or without their VR, and in which byte order."""

    implicit: bool
    little: bool


class Element(NamedTuple):
    """One data element.

    `stored_vr` is the VR in the file, empty in implicit encodings; `vr` the one that applies. `offset` and `length`
    are where its value lies in the file, delimiters of an undefined length included. `value` is None for a sequence
    (then `items` are there) and for one that was left in the file. A `fragmented` value is of undefined length and
    holds the items of an encapsulated value with their delimiter.
    """

    tag: int
    stored_vr: str
    vr: str
    value: bytes | None
    offset: int
    length: int
    items: "tuple[DataSet, ...] | None" = None
    fragmented: bool = False


class DataSet(NamedTuple):
    """The elements of a data set or of one item, in file order, duplicates included."""

    elements: tuple[Element, ...]
    encoding: Encoding


def is_of_palette(tag: int) -> bool:
    """Whether it is part of a palette: descriptors, UIDs and tables of each kind, those of earlier editions too."""
    return tag in _PALETTE
