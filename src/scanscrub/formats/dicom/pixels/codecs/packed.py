"""Frames whose containers are packed without loss: DEFLATE and RLE."""

import itertools
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from rle.rle import encode_segment

from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Fill, NativeCodec, Samples
from scanscrub.formats.dicom.pixels.refusals import undecodable
from scanscrub.formats.raster.masking import Area


class DeflatedCodec:
    """Deflated Image Frame Compression (PS3.5 A.4.12): each frame a raw DEFLATE stream of its containers."""

    def __init__(self, layout: Layout) -> None:
        self._native = NativeCodec(layout)

    def decode(self, data: bytes) -> Samples:
        return self._native.decode(self._inflate(data)[0])

    def clean(self, data: bytes) -> bytes:
        containers, used = self._inflate(data)
        cleaned = self._native.clean(containers)
        return data[:used] if cleaned == containers else _deflate(cleaned)

    def block(self, data: bytes) -> tuple[int, int]:
        return self._native.block(data)

    def can_mask(self, data: bytes) -> bool:
        return self._native.can_mask(data)

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        return _deflate(self._native.mask(self._inflate(data)[0], area, fill))

    def _inflate(self, data: bytes) -> tuple[bytes, int]:
        """The containers of one frame and how many bytes of `data` made them."""
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            containers = stream.decompress(data, self._native.size + 2)
        except zlib.error:
            raise undecodable() from None
        if len(containers) > self._native.size + 1 or not stream.eof:
            raise undecodable()
        return containers, len(data) - len(stream.unused_data)


class RleCodec:
    """RLE Lossless (PS3.5 Annex G): PackBits by byte plane, high bytes first."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._native = NativeCodec(layout)

    def decode(self, data: bytes) -> Samples:
        return self._native.decode(self._unpacked(data))

    def clean(self, data: bytes) -> bytes:
        containers = self._unpacked(data)
        cleaned = self._native.clean(containers)
        return _trimmed(data, self._layout) if cleaned == containers else self._packed(cleaned)

    def block(self, _data: bytes) -> tuple[int, int]:
        return (1, 1)

    def can_mask(self, _data: bytes) -> bool:
        return True

    def mask(self, data: bytes, area: Area, fill: Fill) -> bytes:
        return self._packed(self._native.mask(self._unpacked(data), area, fill))

    def _unpacked(self, data: bytes) -> bytes:
        layout = self._layout
        planes = _planes(data, layout)
        width = max(layout.allocated // 8, 1)
        array = np.frombuffer(b"".join(planes), np.uint8).reshape(layout.samples, width, layout.rows, layout.columns)
        if layout.allocated == 1:
            return np.packbits(array.reshape(-1), bitorder="little").tobytes()
        little = np.ascontiguousarray(np.moveaxis(array[:, ::-1], 1, -1))
        return little.tobytes() if layout.planar else np.ascontiguousarray(np.moveaxis(little, 0, 2)).tobytes()

    def _packed(self, containers: bytes) -> bytes:
        layout = self._layout
        unpacked = np.frombuffer(containers, np.uint8)
        if layout.allocated == 1:
            bits = np.unpackbits(unpacked, count=layout.frame_bits, bitorder="little")
            return _joined([_packbits(bits.tobytes(), layout)])
        width = layout.allocated // 8
        shape = (layout.rows, layout.columns)
        if layout.planar:
            planes = unpacked.reshape(layout.samples, *shape, width)
        else:
            planes = np.moveaxis(unpacked.reshape(*shape, layout.samples, width), 2, 0)
        order = [(sample, byte) for sample in range(layout.samples) for byte in reversed(range(width))]
        return _joined([_packbits(planes[sample, :, :, byte].tobytes(), layout) for sample, byte in order])


def _deflate(containers: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(containers) + stream.flush()


def _packbits(plane: bytes, layout: Layout) -> bytes:
    """One segment: each row packed by itself, padded to even length."""
    packed = bytes(encode_segment(plane, layout.columns))
    return packed + b"\0" * (len(packed) % 2)


def _joined(segments: Sequence[bytes]) -> bytes:
    """A frame: the header of 16 numbers, then the segments (PS3.5 G.5)."""
    offsets = [64 + sum(len(segment) for segment in segments[:number]) for number in range(len(segments))]
    header = struct.pack("<16L", len(segments), *offsets, *[0] * (15 - len(segments)))
    return b"".join([header, *segments])


def _segments(data: bytes, layout: Layout) -> list[bytes]:
    count = layout.samples * max(layout.allocated // 8, 1)
    if len(data) < 64:
        raise undecodable()
    numbers = struct.unpack_from("<16L", data)
    if numbers[0] < count or count > 15:
        raise undecodable()
    bounds = [*numbers[1 : numbers[0] + 1], len(data)]
    if any(start < 64 or start > end for start, end in itertools.pairwise(bounds)):
        raise undecodable()
    return [data[start:end] for start, end in itertools.pairwise(bounds)][:count]


def _planes(data: bytes, layout: Layout) -> list[bytes]:
    """The byte planes of a frame, high bytes first, each of rows x columns bytes."""
    return [_unpackbits(segment, layout.rows * layout.columns)[0] for segment in _segments(data, layout)]


def _trimmed(data: bytes, layout: Layout) -> bytes:
    """The same segments with nothing after or between them."""
    segments = []
    for segment in _segments(data, layout):
        used = segment[: _unpackbits(segment, layout.rows * layout.columns)[1]]
        segments.append(used + b"\0" * (len(used) % 2))
    return _joined(segments)


def _unpackbits(segment: bytes, size: int) -> tuple[bytes, int]:
    """The first `size` bytes that a segment unpacks to, and how many of its bytes they took."""
    out = bytearray()
    position = 0
    try:
        while len(out) < size:
            code = segment[position]
            if code < 128:
                out += segment[position + 1 : position + 2 + code]
                position += 2 + code
            elif code > 128:
                out += segment[position + 1 : position + 2] * (257 - code)
                position += 2
            else:
                position += 1
    except IndexError:
        raise undecodable() from None
    if len(out) != size or position > len(segment):
        raise undecodable()
    return bytes(out), position
