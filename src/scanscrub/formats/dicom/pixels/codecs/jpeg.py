"""The codecs of the JPEG family: DCT, lossless and JPEG-LS."""

from io import BytesIO

import jpeg_ls
import numpy as np
from PIL import Image

from scanscrub.formats.dicom.pixels.codecs.lossless import LosslessCodec
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Fill, Samples, precise
from scanscrub.formats.dicom.pixels.refusals import undecodable
from scanscrub.formats.jpeg import dct_masking
from scanscrub.formats.jpeg.codestream import FRAMES, is_ycc, jpeg_segments, strip_jpeg, strip_jpegls
from scanscrub.formats.jpeg.dct_decoder import decode_gray
from scanscrub.formats.jpeg.ends.jpegls_trim import trimmed_jpegls
from scanscrub.formats.jpeg.ends.trim import trimmed_jpeg
from scanscrub.formats.jpeg.lossless.decoder import decode_lossless
from scanscrub.formats.jpeg.lossless.encoder import encode_lossless
from scanscrub.formats.raster.masking import Area

_FAILURES = (RuntimeError, ValueError, TypeError, OSError, SyntaxError, IndexError, KeyError)
"""What these libraries raise for codestreams they cannot decode."""


class JpegCodec:
    """JPEG Baseline and Extended, and what is found under their names: any lossy Huffman-coded JPEG.

    Color comes out as RGB, as decoders show it.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def decode(self, data: bytes) -> Samples:
        precision, components = _frame_header(data)
        if components != self._layout.samples:
            raise undecodable()
        samples = self._pillow(data) if precision == 8 else decode_gray(_to_its_end(data))
        if samples is None or samples.shape != self._layout.shape:
            raise undecodable()
        return precise(samples, precision, self._layout)

    def clean(self, data: bytes) -> bytes:
        return _to_its_end(data)

    def block(self, data: bytes) -> tuple[int, int]:
        return dct_masking.block_size(data)

    def can_mask(self, data: bytes) -> bool:
        return dct_masking.can_mask(data)

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        masked = dct_masking.mask(_to_its_end(data), area, self.levels(data, fill))
        if masked is None:
            raise undecodable()
        return masked

    def levels(self, data: bytes, fill: Fill) -> tuple[int, ...]:
        """The sample value of each coded component that is shown black: an end of the range or neutral chroma."""
        precision, components = _frame_header(data)
        top = (1 << precision) - 1
        if components == 1:
            return (0 if fill[0] <= top // 2 else top,)
        return (0, top // 2 + 1, top // 2 + 1) if self._is_ycc(data) else (0, 0, 0)

    def _is_ycc(self, data: bytes) -> bool:
        """As pydicom and dcmtk take it: the codestream's own word, and where it has none, the header's."""
        return is_ycc(data, unmarked=self._layout.photometric != "RGB")

    def _pillow(self, data: bytes) -> Samples:
        try:
            with Image.open(BytesIO(data), formats=("JPEG",)) as image:
                if self._layout.samples == 3 and is_ycc(data) and not self._is_ycc(data):
                    image.draft("YCbCr", image.size)
                return np.asarray(image)
        except _FAILURES:
            raise undecodable() from None


class JpegLosslessCodec(LosslessCodec):
    """JPEG Lossless (process 14): predictive, Huffman-coded."""

    def clean(self, data: bytes) -> bytes:
        return _to_its_end(data)

    def _like(self, _data: bytes, samples: Samples, precision: int) -> bytes:
        return encode_lossless(samples, precision)

    def _decoded(self, data: bytes) -> tuple[Samples, int]:
        precision, components = _frame_header(data)
        samples = decode_lossless(data)
        if samples is None or samples.shape != (self._layout.rows, self._layout.columns, components):
            raise undecodable()
        narrow = samples.astype(np.uint8) if precision <= 8 else samples
        return narrow.reshape(self._layout.shape), precision


class JpegLsCodec(LosslessCodec):
    """JPEG-LS; a masked frame is stored without loss, which both of its transfer syntaxes allow (PS3.5 8.2.3)."""

    def clean(self, data: bytes) -> bytes:
        return trimmed_jpegls(strip_jpegls(data))

    def encode(self, samples: Samples) -> bytes:
        """A frame of these stored values, without loss."""
        stored = self._layout.stored
        bits = samples.astype(np.int64) & ((1 << stored) - 1)
        return self._like(b"", bits.astype(np.uint8 if stored <= 8 else np.uint16), stored)

    def _decoded(self, data: bytes) -> tuple[Samples, int]:
        layout = self._layout
        try:
            buffer, info = jpeg_ls.decode_pixel_data(trimmed_jpegls(strip_jpegls(data)))
        except _FAILURES:
            raise undecodable() from None
        if (info["height"], info["width"], info["components"]) != (layout.rows, layout.columns, layout.samples):
            raise undecodable()
        precision = int(info["bits_per_sample"])
        samples = np.frombuffer(buffer, "<u1" if precision <= 8 else "<u2")
        if layout.samples > 1 and info["interleave_mode"] == 0:
            planes = samples.reshape(layout.samples, layout.rows, layout.columns)
            return np.ascontiguousarray(np.moveaxis(planes, 0, -1)), precision
        return samples.reshape(layout.shape), precision

    def _like(self, _data: bytes, samples: Samples, precision: int) -> bytes:
        layout = self._layout
        data = jpeg_ls.encode_buffer(
            np.ascontiguousarray(samples).tobytes(),
            rows=layout.rows,
            columns=layout.columns,
            samples_per_pixel=layout.samples,
            bits_stored=precision,
            lossy_error=0,
            interleave_mode=None if layout.samples == 1 else 2,
        )
        return strip_jpegls(bytes(data))


def _to_its_end(data: bytes) -> bytes:
    """A Huffman-coded JPEG with what its picture needs and not a bit more. Raises `RefusedFile`."""
    trimmed = trimmed_jpeg(strip_jpeg(data))
    if trimmed is None:
        raise undecodable()
    return trimmed


def _frame_header(data: bytes) -> tuple[int, int]:
    """Bits per sample and number of components."""
    for marker, body, _ in jpeg_segments(data):
        if marker in FRAMES and len(body) >= 6:
            return body[0], body[5]
    raise undecodable()
