"""One codec for each transfer syntax: decode a frame, strip it, blacken a part of it in its own syntax."""

from typing import Protocol

from pydicom import uid

from scanscrub.formats.dicom.cells import CellCodec, Fill, Samples
from scanscrub.formats.dicom.j2k_codec import J2kCodec
from scanscrub.formats.dicom.jpeg_codecs import JpegCodec, JpegLosslessCodec, JpegLsCodec
from scanscrub.formats.dicom.layout import LOSSY_JPEG, Layout
from scanscrub.formats.dicom.packed_codecs import DeflatedCodec, RleCodec
from scanscrub.formats.dicom.pixel_refusals import film, unsupported
from scanscrub.formats.masking import Area

DEFLATED_IMAGE_FRAME = uid.UID("1.2.840.10008.1.2.8.1")
ENCAPSULATED_UNCOMPRESSED = uid.UID("1.2.840.10008.1.2.1.98")

_JPEG_LOSSLESS = (uid.JPEGLossless, uid.JPEGLosslessSV1)
_JPEG_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
_J2K = (uid.JPEG2000Lossless, uid.JPEG2000)
_HTJ2K = (uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K)


class FrameCodec(Protocol):
    """Frames of one transfer syntax. `data` is the encoded frame, its fragments joined."""

    def decode(self, data: bytes) -> Samples:
        """The stored values, after the codec's own colour transform. Raises `RefusedFile`."""
        ...

    def clean(self, data: bytes) -> bytes:
        """The frame less all that is no picture, its values unchanged."""
        ...

    def block(self, data: bytes) -> tuple[int, int]:
        """Height and width of the blocks that `mask` blackens whole."""
        ...

    def can_mask(self, data: bytes) -> bool: ...

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        """The frame with that area blackened and nothing else changed. `area` is made of whole blocks."""
        ...

    def encode(self, samples: Samples) -> bytes:
        """A frame of these stored values, without loss."""
        ...


def codec_for(layout: Layout) -> FrameCodec:
    """The codec of a layout's transfer syntax. Raises `RefusedFile` where no installed library decodes it."""
    syntax = layout.syntax
    if not syntax.is_encapsulated:
        return CellCodec(layout, big_endian=not syntax.is_little_endian)
    if syntax == ENCAPSULATED_UNCOMPRESSED:
        return CellCodec(layout)
    if layout.floating:
        raise unsupported()
    if syntax == DEFLATED_IMAGE_FRAME:
        return DeflatedCodec(layout)
    if syntax == uid.RLELossless:
        return RleCodec(layout)
    if syntax in LOSSY_JPEG:
        return JpegCodec(layout)
    if syntax in _JPEG_LOSSLESS:
        return JpegLosslessCodec(layout)
    if syntax in _JPEG_LS:
        return JpegLsCodec(layout)
    if syntax in _J2K or syntax in _HTJ2K:
        return J2kCodec(layout, writable=syntax in _J2K)
    raise film() if syntax in uid.MPEGTransferSyntaxes else unsupported()
