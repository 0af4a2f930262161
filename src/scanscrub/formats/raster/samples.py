"""What a picture shows as plain samples, for a form of file that knows no palette, transparency or printing inks."""

from dataclasses import dataclass

import numpy as np

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.raster.orientation import Samples


@dataclass(frozen=True, slots=True)
class Loss:
    """The lossy compression that a picture file is in. `method` is its defined term (PS3.3 C.7.6.1.1.5.1), empty
    where there is none; `ratio` is how many times more bytes the decoded samples take, 0 where that is not known.
    """

    method: str = ""
    ratio: float = 0.0


JPEG_METHOD = "ISO_10918_1"


def opaque(samples: Samples, full: int) -> Samples:
    """The colors of ``(rows, columns, colors + 1)`` samples whose last one is opacity; gray loses its axis.

    Raises `RefusedFile` where a pixel is not fully opaque (`full`): what shines through it is not in the file.
    """
    if not (samples[..., -1] == full).all():
        raise transparent()
    return without_axis(samples[..., :-1])


def without_hidden_colors(samples: Samples, opacity: int) -> Samples:
    """``(rows, columns, channels)`` samples, all channels 0 where the one called `opacity` is; the same array where
    they are so already.
    """
    hidden = samples[..., opacity] == 0
    if not samples[hidden].any():
        return samples
    visible = samples.copy()
    visible[hidden] = 0
    return visible


def without_axis(samples: Samples) -> Samples:
    """Gray ``(rows, columns, 1)`` as ``(rows, columns)``; anything else as it is."""
    return samples[..., 0] if samples.ndim == 3 and samples.shape[2] == 1 else samples


def spread(samples: Samples, depth: int) -> Samples:
    """Samples of 1, 2 or 4 bits over the whole of 8, as every viewer shows them; deeper ones as they are."""
    return (samples * np.uint8(255 // ((1 << depth) - 1))).astype(np.uint8) if depth < 8 else samples


def eight_bit_colors(colors: Samples) -> Samples:
    """uint16 colors as uint8, where that loses nothing: both bytes are equal, or the low one is 0 (TIFF 6.0,
    ColorMap). Raises `RefusedFile`.
    """
    high = colors >> 8
    if np.array_equal(colors, high * 257) or np.array_equal(colors, high << 8):
        return high.astype(np.uint8)
    raise deep_colors()


def transparent() -> RefusedFile:
    return RefusedFile(
        "The picture is transparent in places, which a DICOM image cannot be.",
        "Clean it without --as dicom, or save it on a background first.",
    )


def deep_colors() -> RefusedFile:
    return RefusedFile(
        "Its colors have more than 8 bits each, which a DICOM picture cannot hold.",
        "Clean it without --as dicom, or save it with 8 bits a color first.",
    )


def other_numbers() -> RefusedFile:
    return RefusedFile(
        "Its values are signed, fractions or wider than 16 bits, which a DICOM picture cannot hold.",
        "Clean it without --as dicom, or save it as 16-bit gray first.",
    )


def other_colors() -> RefusedFile:
    return RefusedFile(
        "It is in printing inks (CMYK) or has channels beside its colors, which a DICOM picture cannot hold.",
        "Clean it without --as dicom, or save it as gray or RGB first.",
    )
