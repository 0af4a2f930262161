"""Transfer syntaxes: how each writes its elements, and which are refused (PS3.5 A, PS3.6 Table A-1)."""

from typing import Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.elements import Encoding

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
_ENCAPSULATED_UNCOMPRESSED: Final = "1.2.840.10008.1.2.1.98"
_DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
_RLE: Final = "1.2.840.10008.1.2.5"
_JPEG_FAMILY: Final = "1.2.840.10008.1.2.4."
_STILL: Final = frozenset({*range(50, 67), 70, 80, 81, 90, 91, 92, 93, 110, 111, 112, 201, 202, 203})
"""JPEG, JPEG-LS, JPEG 2000, JPEG XL, HTJ2K."""
_VIDEO: Final = frozenset(range(100, 110))
"""MPEG-2, H.264, H.265."""
_ELSEWHERE: Final = frozenset({94, 95, 204, 205})
"""JPIP: the pixels are behind an address."""

_EXPORT_AGAIN = "Export it from its viewer or archive as uncompressed DICOM and try again."


def encoding_of(syntax: str) -> Encoding:
    """How the elements of a data set in this transfer syntax are written. Raises `RefusedFile`."""
    if syntax == IMPLICIT_LITTLE:
        return Encoding(implicit=True, little=True)
    if syntax == EXPLICIT_BIG:
        return Encoding(implicit=False, little=False)
    _check(syntax)
    return Encoding(implicit=False, little=True)


def _check(syntax: str) -> None:
    if syntax in (EXPLICIT_LITTLE, DEFLATED, _ENCAPSULATED_UNCOMPRESSED, _DEFLATED_FRAMES, _RLE):
        return
    number = syntax.removeprefix(_JPEG_FAMILY)
    kind = int(number) if number != syntax and number.isdecimal() else -1
    if kind in _STILL:
        return
    if kind in _VIDEO or (number != syntax and number.partition(".")[0] in {str(video) for video in _VIDEO}):
        raise RefusedFile(
            "It holds a video stream (MPEG), which cannot be cleaned frame by frame.",
            "Export it as a multi-frame image, or leave it out.",
        )
    if kind in _ELSEWHERE:
        raise RefusedFile("Its pixels are not in the file but behind a network address.", _EXPORT_AGAIN)
    if syntax.startswith("1.2.840.10008."):
        raise RefusedFile("It is written in a transfer syntax that this program does not know.", _EXPORT_AGAIN)
    raise RefusedFile("It is written in a manufacturer's private transfer syntax.", _EXPORT_AGAIN)
