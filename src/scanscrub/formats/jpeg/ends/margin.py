"""What the blocks of a JPEG hold beyond the declared edge: a decoder that believes in a larger picture shows it.

Encoders fill the last blocks up by repeating or mirroring the edge, or with one shade, so that what the blocks hold
there comes near to one of these. What does not was part of a larger picture. Its coefficients cannot be changed
without changing what is shown, so such a picture is stored in another lossless form.
"""

import struct
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.jpeg.codestream import FRAMES, jpeg_segments
from scanscrub.formats.jpeg.dct_decoder import decode_gray
from scanscrub.formats.jpeg.quantizers import DQT, read_quantizers
from scanscrub.formats.raster.decoding import decoding

_SEQUENTIAL = (0xC0, 0xC1)
_DCT = (*_SEQUENTIAL, 0xC2)
_PRECISIONS = (8, 12)
_SOS = 0xDA
_STRAY, _STEPS, _MOST_STRAY = 24, 1.5, 90
"""Shades by which a pixel may be away from what an encoder filled in: some, more by coarse quantizers, at most."""
_EVEN = 2
"""Shades by which the pixels of a block of one shade may differ."""
_FEW = 2
"""Pixels that may stray further."""


def hides_beyond_edge(data: bytes) -> bool:
    """Whether the last blocks hold more than what fills them up. `data` is a DCT JPEG that can be decoded."""
    segments = list(jpeg_segments(data))
    frames = [(marker, body) for marker, body, _ in segments if marker in FRAMES]
    if len(frames) != 1 or frames[0][1][0] not in _PRECISIONS:
        return False
    marker, frame = frames[0]
    rows, columns = struct.unpack_from(">HH", frame, 1)
    scans = [body[0] for kind, body, _ in segments if kind == _SOS]
    height, width = _unit(frame) if marker in _SEQUENTIAL and scans == [frame[5]] else (8, 8)
    whole = -(-rows // height) * height, -(-columns // width) * width
    if marker not in _DCT or whole == (rows, columns) or max(whole) > 0xFFFF:
        return False
    shades = _decoded(data, frame, whole)
    step = _mean_step(segments, frame[8] & 15)
    return shades is not None and _strays(shades, rows, columns, min(_STRAY + _STEPS * step, _MOST_STRAY))


def _mean_step(segments: Sequence[tuple[int, bytes, bytes]], quantizer: int) -> float:
    for marker, body, _ in segments:
        steps = read_quantizers(body) if marker == DQT else {}
        if quantizer in steps:
            return float(steps[quantizer].mean())
    return 0.0


def _unit(frame: bytes) -> tuple[int, int]:
    """Height and width of an MCU in pixels."""
    factors = frame[7::3][: frame[5]]
    if len(factors) == 1:
        return 8, 8
    return 8 * max(factor & 15 for factor in factors), 8 * max(factor >> 4 for factor in factors)


def _decoded(data: bytes, frame: bytes, size: tuple[int, int]) -> NDArray[np.int16] | None:
    """The light of the picture if it were of that size, 0 to 255."""
    at = data.index(frame) + 1
    larger = data[:at] + struct.pack(">HH", *size) + data[at + 4 :]
    if frame[0] != 8:
        samples = decode_gray(larger)
        return None if samples is None else (samples >> (frame[0] - 8)).astype(np.int16)
    with decoding("JPEG"), Image.open(BytesIO(larger), formats=("JPEG",)) as image:
        image.draft("L", image.size)
        return np.asarray(image.convert("L")).astype(np.int16)


def _strays(shades: NDArray[np.int16], rows: int, columns: int, stray: float) -> bool:
    spare = (0, shades.shape[0] - rows), (0, shades.shape[1] - columns)
    beyond = np.ones(shades.shape, np.bool_)
    beyond[:rows, :columns] = False
    beyond &= ~_flat(shades, rows, columns)
    if not beyond.any():
        return False
    natural = [np.pad(shades[:rows, :columns], spare, mode=mode)[beyond] for mode in ("edge", "symmetric")]
    natural += [np.full_like(natural[0], shade) for shade in (0, 128, 255, int(np.median(shades[beyond])))]
    return all(int((np.abs(shades[beyond] - shade) > stray).sum()) > _FEW for shade in natural)


def _flat(shades: NDArray[np.int16], rows: int, columns: int) -> NDArray[np.bool_]:
    """The pixels of blocks that lie beyond the edge whole and are of one shade, as encoders fill up an MCU."""
    down, across = (size // 8 for size in shades.shape)
    blocks = shades.reshape(down, 8, across, 8)
    flat = blocks.max(axis=(1, 3)) - blocks.min(axis=(1, 3)) <= _EVEN
    flat[: -(-rows // 8), : -(-columns // 8)] = False
    return np.repeat(np.repeat(flat, 8, axis=0), 8, axis=1)
