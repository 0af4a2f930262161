"""GIF's LZW data: decoded to color indices, encoded from them, and measured for what it holds besides."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.other.gif_blocks import GifFile, GifFrame
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import damaged

_TABLE = b"".join(bytes((index, 0, 255 - index)) for index in range(256))
"""No gray ramp: Pillow would read indices of one as gray."""


def decode(frame: GifFrame) -> NDArray[np.uint8]:
    """Color indices ``(rows, columns)``. Raises `RefusedFile`."""
    bare = GifFrame(
        0, 0, frame.columns, frame.rows, frame.interlaced, _TABLE, 0, 0, None, frame.code_size, frame.code
    )
    data = GifFile(frame.columns, frame.rows, 0, None, (bare,), None, (), b"").packed()
    with decoding("GIF"), Image.open(BytesIO(data), formats=("GIF",)) as image:
        indices = np.array(image)
    if indices.shape != (frame.rows, frame.columns):
        raise damaged("GIF")
    return indices.astype(np.uint8, copy=False)


def encode(indices: NDArray[np.uint8]) -> tuple[int, bytes]:
    """Code size and LZW data of indices ``(rows, columns)`` in their plain order."""
    stream = BytesIO()
    Image.fromarray(indices).save(stream, format="GIF", optimize=False, interlace=0)
    frame = GifFile.parse(stream.getvalue()).frames[0]
    return frame.code_size, frame.code


def has_more(frame: GifFrame) -> bool:
    """Whether the data holds more than the frame's pixels: more codes, bytes behind the end code, or no end code.

    Raises `RefusedFile` where pixels are missing.
    """
    clear = 1 << frame.code_size
    lengths = [1] * clear + [0, 0]
    width, pixels, previous = frame.code_size + 1, 0, -1
    bits, bit_count = 0, 0
    for place, byte in enumerate(frame.code):
        bits |= byte << bit_count
        bit_count += 8
        while bit_count >= width:
            code = bits & (1 << width) - 1
            bits >>= width
            bit_count -= width
            if code == clear:
                del lengths[clear + 2 :]
                width, previous = frame.code_size + 1, -1
                continue
            if code == clear + 1:
                _demand_pixels(pixels, frame)
                return pixels > frame.rows * frame.columns or place + 1 < len(frame.code) or bits != 0
            if previous >= 0 and len(lengths) < 4096:
                lengths.append(lengths[previous] + 1)
                if len(lengths) == 1 << width and width < 12:
                    width += 1
            if code >= len(lengths):
                raise damaged("GIF")
            pixels += lengths[code]
            previous = code
    _demand_pixels(pixels, frame)
    return True


def _demand_pixels(pixels: int, frame: GifFrame) -> None:
    if pixels < frame.rows * frame.columns:
        raise damaged("GIF")
