"""PNG pixels, every color type and bit depth, exactly (PNG 3rd edition, clauses 7 to 10)."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.png.chunks import SIGNATURE, chunk_bytes, profile_chunk
from scanscrub.formats.raster import sample_bits
from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import damaged, demand_size, unsupported
from scanscrub.formats.raster.sample_bits import pack_bits

GRAY, RGB, INDEXED, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
_CHANNELS = {GRAY: 1, RGB: 3, INDEXED: 1, GRAY_ALPHA: 2, RGBA: 4}
_DEPTHS = {GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), INDEXED: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGBA: (8, 16)}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PIECE = 1 << 20
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class PngHeader:
    """IHDR."""

    columns: int
    rows: int
    depth: int
    color: int
    interlaced: bool = False

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises `RefusedFile`."""
        if len(data) != 13:
            raise damaged("PNG")
        columns, rows, depth, color, compression, filtering, interlace = struct.unpack(">IIBBBBB", data)
        if depth not in _DEPTHS.get(color, ()) or compression or filtering or interlace > 1:
            raise unsupported("PNG")
        demand_size(columns, rows)
        return cls(columns, rows, depth, color, bool(interlace))

    def packed(self) -> bytes:
        return struct.pack(">IIBBBBB", self.columns, self.rows, self.depth, self.color, 0, 0, int(self.interlaced))

    @property
    def channels(self) -> int:
        return _CHANNELS[self.color]

    @property
    def passes(self) -> list[tuple[int, int]]:
        """Columns and rows of each pass that has any."""
        steps = _ADAM7 if self.interlaced else ((0, 0, 1, 1),)
        sizes = ((-(-(self.columns - x) // across), -(-(self.rows - y) // down)) for x, y, across, down in steps)
        return [(columns, rows) for columns, rows in sizes if columns > 0 and rows > 0]

    @property
    def raw_length(self) -> int:
        """Bytes of the inflated image: filter bytes and packed rows of every pass."""
        return sum(rows * (1 + (columns * self.channels * self.depth + 7) // 8) for columns, rows in self.passes)


def image_stream(header: PngHeader, idat: bytes) -> tuple[bytes, bool]:
    """The zlib stream of the rows that are shown, less all bytes behind it; and whether there were more rows.

    Raises `RefusedFile` where rows are missing or the check sum is wrong.
    """
    inflater = zlib.decompressobj()
    total, piece = 0, idat
    try:
        while not inflater.eof and piece and total <= header.raw_length:
            total += len(inflater.decompress(piece, _PIECE))
            piece = inflater.unconsumed_tail
        if total > header.raw_length:
            shown = zlib.decompressobj().decompress(idat, header.raw_length)
            return zlib.compress(shown, _LEVEL), True
    except zlib.error:
        raise damaged("PNG") from None
    if not inflater.eof or total < header.raw_length:
        raise damaged("PNG")
    return idat[: len(idat) - len(inflater.unused_data)], False


def hides_in_padding(header: PngHeader, stream: bytes) -> bool:
    """Whether bits behind the last sample of a row say something; of interlaced rows in any pass."""
    if header.depth >= 8:
        return False
    raw, at = np.frombuffer(zlib.decompress(stream), np.uint8), 0
    for columns, rows in header.passes:
        length = 1 + -(-columns * header.depth // 8)
        packed = raw[at : at + rows * length].reshape(rows, length)
        at += rows * length
        if columns * header.depth % 8 and sample_bits.hides_in_padding(
            _unfiltered(packed), columns * header.depth, header.depth
        ):
            return True
    return False


def _unfiltered(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows without their filters, of samples that share a byte (clause 9.2)."""
    rows = np.zeros((len(packed) + 1, packed.shape[1] - 1), np.uint8)
    for number, row in enumerate(packed):
        kind, values, above = int(row[0]), row[1:], rows[number]
        if kind == 1:
            values = np.cumsum(values, dtype=np.uint8)
        elif kind == 2:
            values = values + above
        elif kind > 2:
            values = _predicted(kind, values.tolist(), above.tolist())
        rows[number + 1] = values
    return rows[1:]


def _predicted(kind: int, values: list[int], above: list[int]) -> NDArray[np.uint8]:
    """A row of the filter types average and Paeth."""
    left = corner = 0
    out = []
    for value, up in zip(values, above, strict=True):
        if kind == 3:
            guess = (left + up) >> 1
        else:
            near = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = (left, up, corner)[near.index(min(near))]
        left, corner = value + guess & 0xFF, up
        out.append(left)
    return np.array(out, np.uint8)


def decode(header: PngHeader, stream: bytes) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Stored samples: ``(rows, columns)`` or ``(rows, columns, channels)``, uint8 (values below 2**depth) or uint16.

    The decoder sees nothing but header and image, so no gamma, palette or transparency changes a sample.
    """
    palette = chunk_bytes(b"PLTE", bytes(3 << header.depth)) if header.color == INDEXED else b""
    bare = b"".join(
        (
            SIGNATURE,
            chunk_bytes(b"IHDR", header.packed()),
            palette,
            chunk_bytes(b"IDAT", stream),
            chunk_bytes(b"IEND", b""),
        )
    )
    if header.depth == 16:
        return _decode_16(header, bare)
    with decoding("PNG"), Image.open(BytesIO(bare), formats=("PNG",)) as image:
        samples = np.array(image, dtype=np.uint8)
    if header.color == GRAY and header.depth in (2, 4):
        samples //= 255 // ((1 << header.depth) - 1)
    return samples


def _decode_16(header: PngHeader, bare: bytes) -> NDArray[np.uint16]:
    import cv2  # noqa: PLC0415 - it takes long to load, and 16 bits are rare

    decoded = cv2.imdecode(np.frombuffer(bare, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16 or decoded.shape[:2] != (header.rows, header.columns):
        raise damaged("PNG")
    order = {GRAY: ..., RGB: [2, 1, 0], GRAY_ALPHA: [0, 3], RGBA: [2, 1, 0, 3]}[header.color]
    return np.ascontiguousarray(decoded if header.color == GRAY else decoded[..., order], dtype=np.uint16)


def encode(header: PngHeader, samples: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """The zlib stream of samples ``(rows, columns[, channels])`` that are not interlaced: the inverse of `decode`."""
    rows = samples.reshape(header.rows, -1)
    if header.depth < 8:
        packed = pack_bits(rows.astype(np.uint8), header.depth)
        filters = np.zeros((header.rows, 1), dtype=np.uint8)
        return zlib.compress(np.hstack((filters, packed)).tobytes(), _LEVEL)
    stored = rows.astype(">u2").view(np.uint8) if header.depth == 16 else rows.astype(np.uint8, copy=False)
    if header.color == INDEXED:
        filters = np.zeros((header.rows, 1), dtype=np.uint8)
        return zlib.compress(np.hstack((filters, stored)).tobytes(), _LEVEL)
    return _compress_filtered(np.ascontiguousarray(stored), header.channels * header.depth // 8)


def _compress_filtered(stored: NDArray[np.uint8], pixel_bytes: int) -> bytes:
    """Filter each row by the type with the least sum of absolute differences (clause 12.7), then deflate."""
    deflater = zlib.compressobj(_LEVEL)
    pieces = []
    zero = np.zeros((1, stored.shape[1]), dtype=np.uint8)
    step = max(1, _PIECE // stored.shape[1])
    for top in range(0, stored.shape[0], step):
        current = stored[top : top + step]
        above = np.vstack((stored[top - 1 : top] if top else zero, current[:-1]))
        candidates = _filtered(current, above, pixel_bytes)
        costs = np.stack([np.abs(rows.view(np.int8).astype(np.int16)).sum(axis=1) for rows in candidates])
        best = costs.argmin(axis=0)
        chosen = np.stack(candidates)[best, np.arange(len(current))]
        pieces.append(deflater.compress(np.hstack((best[:, None].astype(np.uint8), chosen)).tobytes()))
    pieces.append(deflater.flush())
    return b"".join(pieces)


def _filtered(current: NDArray[np.uint8], above: NDArray[np.uint8], pixel_bytes: int) -> list[NDArray[np.uint8]]:
    """The rows by filter types 0 to 4: none, sub, up, average, Paeth (clause 9.2)."""
    left = np.pad(current, ((0, 0), (pixel_bytes, 0)))[:, : current.shape[1]]
    corner = np.pad(above, ((0, 0), (pixel_bytes, 0)))[:, : current.shape[1]]
    a, b, c = left.astype(np.int16), above.astype(np.int16), corner.astype(np.int16)
    near_a, near_b, near_c = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    paeth = np.where((near_a <= near_b) & (near_a <= near_c), left, np.where(near_b <= near_c, above, corner))
    average = ((a + b) >> 1).astype(np.uint8)
    return [current, current - left, current - above, current - average, current - paeth]


def png_of(samples: NDArray[np.uint8], profile: bytes | None = None) -> bytes:
    """A whole PNG file without metadata but its color profile, of gray ``(rows, columns)``, RGB
    ``(rows, columns, 3)`` or RGBA ``(rows, columns, 4)`` samples.
    """
    color = GRAY if samples.ndim == 2 else RGBA if samples.shape[2] == 4 else RGB
    header = PngHeader(samples.shape[1], samples.shape[0], 8, color)
    stream = encode(header, samples)
    colors = [profile_chunk(profile)] if profile else []
    chunks = ((b"IHDR", header.packed()), *colors, (b"IDAT", stream), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk_bytes(kind, data) for kind, data in chunks)
