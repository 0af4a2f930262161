"""An image stored as a file in one of the encodings that scans come in, and opened as the pipeline opens it.

So that a score counts what a detector sees of a file: MONOCHROME1 turned round, twelve signed bits through a rescale
and a window, a palette, chroma at half the width.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from backgrounds import Pixels
from numpy.typing import NDArray
from PIL import Image
from pydicom.pixels import convert_color_space
from pydicom.pixels.encoders import JPEGLSLosslessEncoder, RLELosslessEncoder
from pydicom.uid import (
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from factory_pixels import compressed, image
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Source
from scanscrub.formats.registry import recognize


def stored(pixels: Pixels, random: np.random.Generator) -> tuple[str, bytes]:
    """The name of an encoding that can hold the image, drawn by lot, and the file."""
    makers = COLOR if pixels.ndim == 3 else GRAY
    name = str(random.choice(sorted(makers)))
    return name, makers[name](np.ascontiguousarray(pixels))


def seen(file: bytes) -> Picture:
    """The first frame of a file, in all its views."""
    with recognize(file[:4096]).open(BytesIO(file), Source(1, "00" * 32)) as document:
        return next(document.pictures())[1]


def _gray(pixels: Pixels, **options: Any) -> bytes:  # noqa: ANN401 - those of `image`
    return image(pixels.shape[:2], pixels.tobytes(), **options)


def _twelve_bits(pixels: Pixels) -> NDArray[np.int16]:
    """Hounsfield-like values: the image's grays are the window 40 +- 200, and air and metal lie far outside of it."""
    values = (pixels.astype(np.float32) / 255 * 400 - 160).astype(np.int16)
    values[0, 0], values[-1, -1] = -1000, 2500
    return values


def _signed(pixels: Pixels) -> bytes:
    more = {"RescaleSlope": 1, "RescaleIntercept": -24, "WindowCenter": 40, "WindowWidth": 400}
    values = _twelve_bits(pixels) + np.int16(24)
    return image(pixels.shape[:2], values.astype("<i2").tobytes(), bits=(16, 16, 15), signed=True, more=more)


def _big_endian(pixels: Pixels) -> bytes:
    values = (pixels.astype(np.uint16) * 16).astype(">u2")
    return image(pixels.shape[:2], values.tobytes(), bits=(16, 12, 11), syntax=ExplicitVRBigEndian)


def _inverse(pixels: Pixels) -> bytes:
    return _gray(255 - pixels, photometric="MONOCHROME1")


def _float(pixels: Pixels) -> bytes:
    values = (pixels.astype(np.float32) / 255 - 0.5).astype("<f4")
    return image(pixels.shape[:2], values.tobytes(), bits=(32, 32, 31), keyword="FloatPixelData")


def _wide(pixels: Pixels) -> bytes:
    values = pixels.astype("<u4") * 70_000
    return image(pixels.shape[:2], values.tobytes(), bits=(32, 32, 31))


def _palette(pixels: Pixels) -> bytes:
    ramp = np.arange(256, dtype="<u2") * 257
    tables: Mapping[str, Any] = {
        f"{color}PaletteColorLookupTable{part}": value
        for color in ("Red", "Green", "Blue")
        for part, value in (("Descriptor", [256, 0, 16]), ("Data", ramp.tobytes()))
    }
    return _gray(pixels, photometric="PALETTE COLOR", more=tables)


def _jpeg(pixels: Pixels) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92, subsampling="4:2:2")
    return out.getvalue()


def _dicom_jpeg(pixels: Pixels) -> bytes:
    photometric = "YBR_FULL_422" if pixels.ndim == 3 else "MONOCHROME2"
    return compressed(pixels.shape[:2], [_jpeg(pixels)], JPEGBaseline8Bit, photometric=photometric)


def _jpeg2000(pixels: Pixels) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG2000", no_jp2=True, mct=int(pixels.ndim == 3))
    photometric = "YBR_RCT" if pixels.ndim == 3 else "MONOCHROME2"
    return compressed(pixels.shape[:2], [out.getvalue()], JPEG2000Lossless, photometric=photometric)


def _encoded(encoder: Any, plugin: str, syntax: Any) -> Callable[[Pixels], bytes]:  # noqa: ANN401 - pydicom's own types
    def make(pixels: Pixels) -> bytes:
        photometric = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
        frame = encoder.encode(
            pixels,
            rows=pixels.shape[0],
            columns=pixels.shape[1],
            samples_per_pixel=3 if pixels.ndim == 3 else 1,
            bits_allocated=8,
            bits_stored=8,
            pixel_representation=0,
            photometric_interpretation=photometric,
            number_of_frames=1,
            planar_configuration=0,
            encoding_plugin=plugin,
        )
        return compressed(pixels.shape[:2], [frame], syntax, photometric=photometric)

    return make


def _planes(pixels: Pixels) -> bytes:
    return image(pixels.shape[:2], pixels.transpose(2, 0, 1).tobytes(), photometric="RGB", planar=1)


def _ybr(pixels: Pixels) -> bytes:
    values = convert_color_space(pixels, "RGB", "YBR_FULL")
    return image(pixels.shape[:2], values.tobytes(), photometric="YBR_FULL")


def _picture(extension: str) -> Callable[[Pixels], bytes]:
    def make(pixels: Pixels) -> bytes:
        shown = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        return bytes(cv2.imencode(extension, shown)[1])

    return make


_BOTH: dict[str, Callable[[Pixels], bytes]] = {
    "DICOM JPEG": _dicom_jpeg,
    "DICOM JPEG 2000": _jpeg2000,
    "DICOM RLE": _encoded(RLELosslessEncoder, "pydicom", RLELossless),
    "DICOM JPEG-LS": _encoded(JPEGLSLosslessEncoder, "pyjpegls", JPEGLSLossless),
    "PNG": _picture(".png"),
    "TIFF": _picture(".tiff"),
    "JPEG": _jpeg,
}
GRAY: dict[str, Callable[[Pixels], bytes]] = _BOTH | {
    "MONOCHROME2 8 bits": _gray,
    "MONOCHROME1 8 bits": _inverse,
    "16 bits signed, rescaled, windowed": _signed,
    "12 bits big endian": _big_endian,
    "32 bits": _wide,
    "float": _float,
    "PALETTE COLOR": _palette,
}
COLOR: dict[str, Callable[[Pixels], bytes]] = _BOTH | {
    "RGB by planes": _planes,
    "YBR_FULL": _ybr,
}
