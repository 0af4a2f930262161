"""Strips and tiles of TIFF: compressed bytes to raw bytes and back (TIFF 6.0, sections 9, 13, 14; Technote 3)."""

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import damaged
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.tiff.block_ends import lzw_end, packbits_end

NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 8, 32946, 32773
EDITABLE = (NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS)
"""The lossless compressions that a copy keeps."""
HORIZONTAL, FLOATING = 2, 3
_PILLOW_NAMES = {LZW: "tiff_lzw", PACKBITS: "packbits"}
_LEVEL = 6
_SPARE = 4
"""Bytes that no sample needs at the end of a block: LZW's end code, and one that fills up to an even number."""


def unpacked(data: bytes, compression: int, row_bytes: int, rows: int) -> bytes:
    """The raw bytes of a block of that many rows. Raises `RefusedFile`."""
    length = row_bytes * rows
    raw = data
    if compression in (DEFLATE, OLD_DEFLATE):
        try:
            raw = zlib.decompressobj().decompress(data, length)
        except zlib.error:
            raise damaged("TIFF") from None
    elif compression in _PILLOW_NAMES:
        raw = _through_pillow(data, compression, row_bytes, rows)
    if len(raw) < length:
        raise damaged("TIFF")
    return raw[:length]


def has_more(data: bytes, compression: int, raw: bytes) -> bool:
    """Whether a block holds more than its `raw` bytes."""
    if compression in (DEFLATE, OLD_DEFLATE):
        inflater = zlib.decompressobj()
        try:
            inflater.decompress(data, len(raw))
            more = inflater.decompress(inflater.unconsumed_tail, 1)
        except zlib.error:
            return True
        return bool(more) or not inflater.eof or bool(inflater.unused_data)
    if compression == NONE:
        return len(data) > len(raw)
    end = (lzw_end if compression == LZW else packbits_end)(data, len(raw))
    return end is None or len(data) > end + _SPARE


def packed(raw: bytes, compression: int, row_bytes: int) -> bytes:
    """The inverse of `unpacked`. Raises `RefusedFile`."""
    if compression in (DEFLATE, OLD_DEFLATE):
        return zlib.compress(raw, _LEVEL)
    if compression == NONE:
        return raw
    rows = len(raw) // row_bytes
    stream = BytesIO()
    picture = Image.frombytes("L", (row_bytes, rows), raw)
    picture.save(stream, format="TIFF", compression=_PILLOW_NAMES[compression], strip_size=max(len(raw), 1))
    with Image.open(BytesIO(stream.getvalue())) as written:
        offsets, counts = written.tag_v2[273], written.tag_v2[279]  # type: ignore[attr-defined] # of TiffImageFile
    if len(offsets) != 1:
        raise damaged("TIFF")
    return stream.getvalue()[offsets[0] : offsets[0] + counts[0]]


def _through_pillow(data: bytes, compression: int, row_bytes: int, rows: int) -> bytes:
    """Decode a block as the one strip of a gray picture that is as wide as the rows have bytes."""
    values = ((256, row_bytes), (257, rows), (258, 8), (259, compression), (262, 1), (273, 110), (278, rows))
    bare = bare_tiff((*values, (279, len(data))), data)
    with decoding("TIFF"), Image.open(BytesIO(bare), formats=("TIFF",)) as image:
        return image.tobytes()


def bare_tiff(values: Sequence[tuple[int, int]], data: bytes) -> bytes:
    """A little-endian TIFF of one directory of eight numbers, with `data` at byte 110."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values)
    return struct.pack("<2sHIH", b"II", 42, 8, len(values)) + entries + bytes(4) + data


def without_predictor(samples: Samples, raw: bytes, predictor: int) -> Samples:
    """Undo the predictor of a block ``(rows, columns, samples per pixel)``; `raw` are its bytes as unpacked."""
    if predictor == HORIZONTAL:
        return np.cumsum(samples, axis=1, dtype=samples.dtype)
    if predictor == FLOATING:
        rows, columns, per_pixel = samples.shape
        size = samples.dtype.itemsize
        planes = np.frombuffer(raw, np.uint8).reshape(rows, -1, per_pixel)
        summed = np.cumsum(planes, axis=1, dtype=np.uint8).reshape(rows, size, columns * per_pixel)
        big = np.ascontiguousarray(summed.transpose(0, 2, 1)).view(samples.dtype.newbyteorder(">"))
        return big.reshape(rows, columns, per_pixel).astype(samples.dtype)
    return samples


def with_predictor(samples: Samples, predictor: int) -> bytes:
    """The bytes of a block with its predictor applied: the inverse of `without_predictor`."""
    if predictor == HORIZONTAL:
        differences = samples.copy()
        differences[:, 1:] -= samples[:, :-1]
        return differences.tobytes()
    if predictor == FLOATING:
        rows, columns, per_pixel = samples.shape
        size = samples.dtype.itemsize
        big = np.ascontiguousarray(samples.astype(samples.dtype.newbyteorder(">"))).view(np.uint8)
        planes = big.reshape(rows, columns * per_pixel, size).transpose(0, 2, 1).reshape(rows, -1, per_pixel)
        differences = planes.copy()
        differences[:, 1:] -= planes[:, :-1]
        return differences.tobytes()
    return samples.tobytes()
