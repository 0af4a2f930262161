"""One codec for each transfer syntax: decode a frame, strip it, blacken a part of it in its own syntax."""

from collections.abc import Callable, Mapping
from typing import Protocol

from scanscrub.formats.dicom.encoding.pydicom_quiet import uid
from scanscrub.formats.dicom.encoding.transfer_syntaxes import EXPLICIT_BIG
from scanscrub.formats.dicom.pixels.codecs.jpeg import JpegCodec, JpegLosslessCodec, JpegLsCodec
from scanscrub.formats.dicom.pixels.codecs.jpeg2000 import HighThroughputJ2kCodec, J2kCodec
from scanscrub.formats.dicom.pixels.codecs.packed import DeflatedCodec, RleCodec
from scanscrub.formats.dicom.pixels.layout import LOSSY_JPEG, UNENCAPSULATED, Layout
from scanscrub.formats.dicom.pixels.native_pixels import Fill, NativeCodec, Samples
from scanscrub.formats.dicom.pixels.refusals import film, unsupported
from scanscrub.formats.raster.masking import Area

DEFLATED_IMAGE_FRAME = "1.2.840.10008.1.2.8.1"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"


class FrameCodec(Protocol):
    """Frames of one transfer syntax. `data` is the encoded frame, its fragments joined."""

    def decode(self, data: bytes) -> Samples:
        """The stored values, after the codec's own color transform. Raises `RefusedFile`."""
        ...

    def clean(self, data: bytes) -> bytes:
        """The frame less all that is no picture, its values unchanged."""
        ...

    def block(self, data: bytes) -> tuple[int, int]:
        """Height and width of the blocks that `mask` blackens whole."""
        ...

    def can_mask(self, data: bytes) -> bool: ...

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        """The frame with that area blackened and nothing else changed. `area` is made of whole blocks.

        Raises `RefusedFile`.
        """
        ...


def codec_for(layout: Layout) -> FrameCodec:
    """The codec of a layout's transfer syntax. Raises `RefusedFile` where no installed library decodes it."""
    syntax = layout.syntax
    if syntax in UNENCAPSULATED:
        return NativeCodec(layout, big_endian=syntax == EXPLICIT_BIG)
    build = _ENCAPSULATED.get(syntax)
    if build is None or (layout.floating and syntax != ENCAPSULATED_UNCOMPRESSED):
        raise film() if syntax in uid.MPEGTransferSyntaxes else unsupported()
    return build(layout)


_ENCAPSULATED: Mapping[str, Callable[[Layout], FrameCodec]] = {
    ENCAPSULATED_UNCOMPRESSED: NativeCodec,
    DEFLATED_IMAGE_FRAME: DeflatedCodec,
    uid.RLELossless: RleCodec,
    **dict.fromkeys(LOSSY_JPEG, JpegCodec),
    **dict.fromkeys((uid.JPEGLossless, uid.JPEGLosslessSV1), JpegLosslessCodec),
    **dict.fromkeys((uid.JPEGLSLossless, uid.JPEGLSNearLossless), JpegLsCodec),
    **dict.fromkeys((uid.JPEG2000Lossless, uid.JPEG2000), J2kCodec),
    **dict.fromkeys((uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K), HighThroughputJ2kCodec),
}
