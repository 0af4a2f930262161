"""Images that a manufacturer put into elements of its own: breast tomosynthesis as Secondary Capture, raw volumes.

No copy keeps such elements. What would be left of the object is its header and no picture, or a blank one.
"""

from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.container import Container
from scanscrub.formats.dicom.encoding.elements import PIXEL_DATA, DataSet

_BULK: Final = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN", "SQ"})
_PIXEL_LIKE: Final = frozenset({0x7E01, 0x7FE1})
"""The private groups beside the one of Pixel Data, which manufacturers use for pixels."""
_LEAST: Final = 1 << 10
"""Bytes of the smallest thing that could be a picture."""
_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
"""Secondary Capture, and the beginning of its multi-frame classes."""


def private_image(container: Container, sop_class: str) -> int:
    """How many bytes the private elements hold that may be the object's image; 0 where it is no image."""
    present = {element.tag for element in container.data_set.elements}
    lengths = [
        element.length
        for element in container.data_set.elements
        if element.tag & 0x10000 and element.vr in _BULK and element.length >= _LEAST
    ]
    pixel_like = any(tag >> 16 in _PIXEL_LIKE for tag in present)
    is_image = tags.Rows in present or pixel_like or sop_class == _CAPTURE or sop_class.startswith(f"{_CAPTURE}.")
    return sum(lengths) if is_image else 0


def pixel_bytes(data_set: DataSet) -> int:
    """The length of the object's own pixel data, 0 where there is none."""
    return sum(element.length for element in data_set.elements if element.tag in PIXEL_DATA)


def in_private_elements() -> RefusedFile:
    return RefusedFile(
        "Its image lies in a manufacturer's private elements, which nobody else can understand.",
        "Export the images from the scanner's workstation as standard DICOM images and clean those.",
    )
