"""One page of a TIFF: what its tags say about its samples, and the samples, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.raster.decoding import decoding
from scanscrub.formats.raster.limits import damaged, demand_size, unsupported
from scanscrub.formats.raster.masking import Area
from scanscrub.formats.raster.orientation import Samples, as_stored
from scanscrub.formats.raster.palette import black_index, used_indices
from scanscrub.formats.raster.sample_bits import hides_in_padding, pack_bits, unpack_bits
from scanscrub.formats.raster.samples import (
    eight_bit_colors,
    opaque,
    other_colors,
    other_numbers,
    spread,
    without_axis,
    without_hidden_colors,
)
from scanscrub.formats.tiff import blocks as tiff_blocks
from scanscrub.formats.tiff import tags
from scanscrub.formats.tiff.directories import TiffDirectory
from scanscrub.formats.tiff.layout import (
    BLACK_IS_ZERO,
    CMYK,
    FAX_AND_JPEG,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    TiffLayout,
    layout_of,
    orientation_in,
    plain_layout,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One strip or tile: its encoded bytes, how many rows it holds, and the part of the page it is."""

    data: bytes
    rows: int
    top: int
    left: int
    plane: int


class TiffPage:
    """A page's layout and blocks. Pages in JPEG and fax compression are decoded whole (`recoded`)."""

    def __init__(
        self, layout: TiffLayout, blocks: list[Block], color_map: tuple[int, ...] = (), foreign: Samples | None = None
    ) -> None:
        self.layout = layout
        self.blocks = blocks
        self.color_map = color_map
        self._foreign = foreign

    @classmethod
    def of(cls, data: bytes, directory: TiffDirectory, index: int) -> Self:
        """Raises `RefusedFile`."""
        compression = directory.number(tags.Compression, 1)
        if compression in FAX_AND_JPEG:
            samples, photometric = _decoded_by_pillow(data, index, directory)
            layout = plain_layout(directory, samples, photometric)
            return cls(layout, [], foreign=samples.reshape(layout.rows, layout.columns, -1))
        if compression not in tiff_blocks.EDITABLE:
            raise unsupported("TIFF")
        layout = layout_of(directory)
        return cls(layout, list(_blocks(data, directory, layout)), directory.numbers(tags.ColorMap))

    @property
    def recoded(self) -> bool:
        return self._foreign is not None

    @cached_property
    def samples(self) -> Samples:
        """Stored samples ``(rows, columns, samples per pixel)`` in the machine's byte order."""
        if self._foreign is not None:
            return self._foreign
        layout = self.layout
        page = np.zeros((layout.rows, layout.columns, layout.per_pixel), layout.dtype.newbyteorder("="))
        for block in self.blocks:
            part = page[self.part(block)]
            inside = self.block_samples(block)[: part.shape[0], : part.shape[1]]
            if layout.planar:
                part[..., block.plane] = inside[..., 0]
            else:
                part[...] = inside
        return page

    def block_samples(self, block: Block) -> Samples:
        """The samples of a whole block, what lies beyond the page's edge included."""
        layout = self.layout
        raw = tiff_blocks.unpacked(block.data, layout.compression, layout.row_bytes, block.rows)
        shape = (block.rows, layout.block_columns, layout.samples_in_block)
        if layout.bits < 8:
            rows = np.frombuffer(raw, np.uint8).reshape(block.rows, -1)
            return unpack_bits(rows, layout.bits, shape[1] * shape[2]).reshape(shape)
        samples = np.frombuffer(raw, layout.dtype).reshape(shape)
        return tiff_blocks.without_predictor(samples, raw, layout.predictor)

    @cached_property
    def visible(self) -> Samples:
        """The samples less the colors of fully transparent pixels."""
        layout = self.layout
        return without_hidden_colors(self.samples, layout.colors) if layout.has_alpha else self.samples

    def plain(self) -> Samples:
        """The page as stored in unsigned gray ``(rows, columns)`` or RGB ``(rows, columns, 3)``, black 0; of up to 16
        bits. Raises `RefusedFile` where it has no such samples.
        """
        layout = self.layout
        full = (1 << layout.bits) - 1
        if layout.photometric == CMYK or (layout.extra and (len(layout.extra) > 1 or not layout.has_alpha)):
            raise other_colors()
        if layout.dtype.kind != "u" or layout.bits > 16:
            raise other_numbers()
        if layout.photometric == PALETTE:
            return eight_bit_colors(self.colors()[self.samples[..., 0]])
        light = opaque(self.visible, full) if layout.has_alpha else without_axis(self.visible)
        return spread(full - light if layout.photometric == WHITE_IS_ZERO else light, layout.bits)

    def colors(self, mask: Area | None = None) -> NDArray[np.uint16]:
        """The ColorMap ``(entries, 3)``, black where no pixel outside the mask is one. Raises `RefusedFile`."""
        entries = 1 << self.layout.bits
        if len(self.color_map) != 3 * entries or not all(0 <= value < 1 << 16 for value in self.color_map):
            raise damaged("TIFF")
        stored = np.array(self.color_map, np.uint16).reshape(3, entries).T
        indices = self.samples[..., 0]
        used = used_indices(indices if mask is None else indices[~mask])
        clean = np.zeros_like(stored)
        clean[used] = stored[used]
        return clean

    def black(self, mask: Area | None = None) -> list[int] | list[float]:
        """A masked pixel's samples: no light, opaque. Signed and float pages have their own darkest value."""
        layout = self.layout
        full = (1 << layout.bits) - 1
        if layout.photometric == PALETTE:
            opaque = np.pad(self.colors(mask) >> 8, ((0, 0), (0, 1)), constant_values=255)
            return [black_index(opaque.astype(np.uint8))]
        extra = [full if layout.dtype.kind == "u" else 1] * len(layout.extra)
        if layout.photometric == CMYK:
            return [0, 0, 0, full, *extra]
        inverse = layout.photometric == WHITE_IS_ZERO
        if layout.dtype.kind == "u":
            return [full if inverse else 0] * layout.colors + extra
        light = self.samples[..., : layout.colors]
        light = light[np.isfinite(light)]
        darkest = (light.max() if inverse else light.min()).item() if light.size else 0
        return [darkest] * layout.colors + extra

    def packed_blocks(self, mask: Area | None) -> Iterator[bytes]:
        """The blocks as a copy has them: those that no mask touches and that hide nothing as they are."""
        samples = self.visible
        if mask is not None:
            samples = samples.copy()
            samples[mask] = self.black(mask)
        if self.recoded:
            yield self.packed_block(samples)
            return
        keep = self.visible is self.samples
        for block in self.blocks:
            part = self.part(block)
            if keep and (mask is None or not mask[part].any()) and not self.has_more(block):
                yield block.data
            else:
                planes = samples[part]
                yield self.packed_block(
                    self.filled(planes[..., block.plane, None] if self.layout.planar else planes, block)
                )

    def part(self, block: Block) -> tuple[slice, slice]:
        """Rows and columns of the page that the block covers."""
        return (
            slice(block.top, min(block.top + block.rows, self.layout.rows)),
            slice(block.left, min(block.left + self.layout.block_columns, self.layout.columns)),
        )

    def filled(self, samples: Samples, block: Block) -> Samples:
        """A part of the page as a whole block: beyond the page's edge the last samples inside are repeated."""
        spare = ((0, block.rows - samples.shape[0]), (0, self.layout.block_columns - samples.shape[1]), (0, 0))
        return np.pad(samples, spare, mode="edge")

    def packed_block(self, samples: Samples) -> bytes:
        """A block's samples as they are stored: the inverse of `block_samples`."""
        layout = self.layout
        if layout.bits < 8:
            raw = pack_bits(samples.reshape(samples.shape[0], -1), layout.bits).tobytes()
        else:
            raw = tiff_blocks.with_predictor(np.ascontiguousarray(samples, layout.dtype), layout.predictor)
        return tiff_blocks.packed(raw, layout.compression, layout.row_bytes)

    def has_more(self, block: Block) -> bool:
        """Whether the block holds bytes behind its last sample or samples beyond the page's edge."""
        layout = self.layout
        raw = tiff_blocks.unpacked(block.data, layout.compression, layout.row_bytes, block.rows)
        if tiff_blocks.has_more(block.data, layout.compression, raw):
            return True
        used = layout.block_columns * layout.samples_in_block * layout.bits
        if hides_in_padding(np.frombuffer(raw, np.uint8).reshape(block.rows, -1), used, layout.bits):
            return True
        if not layout.tiled:
            return False
        samples = self.block_samples(block)
        beyond = np.ones(samples.shape[:2], np.bool_)
        beyond[: layout.rows - block.top, : layout.columns - block.left] = False
        flat = bool((samples[beyond] == samples[beyond][:1]).all())
        inside = samples[: layout.rows - block.top, : layout.columns - block.left]
        return not flat and not np.array_equal(samples, self.filled(inside, block))


def _blocks(data: bytes, directory: TiffDirectory, layout: TiffLayout) -> Iterator[Block]:
    offsets = directory.numbers(tags.TileOffsets if layout.tiled else 273)
    counts = directory.numbers(tags.TileByteCounts if layout.tiled else 279)
    across = -(-layout.columns // layout.block_columns)
    down = -(-layout.rows // layout.block_rows)
    planes = layout.per_pixel if layout.planar else 1
    if not len(offsets) == len(counts) == across * down * planes:
        raise damaged("TIFF")
    for index, (offset, count) in enumerate(zip(offsets, counts, strict=True)):
        if offset + count > len(data):
            raise damaged("TIFF")
        plane, rest = divmod(index, across * down)
        row, column = divmod(rest, across)
        top = row * layout.block_rows
        rows = layout.block_rows if layout.tiled else min(layout.block_rows, layout.rows - top)
        yield Block(data[offset : offset + count], rows, top, column * layout.block_columns, plane)


def _decoded_by_pillow(data: bytes, index: int, directory: TiffDirectory) -> tuple[Samples, int]:
    """The samples and photometric interpretation of a page that only a library decodes, turned back as stored."""
    demand_size(directory.number(tags.ImageWidth), directory.number(tags.ImageLength))
    with decoding("TIFF"), Image.open(BytesIO(data), formats=("TIFF",)) as image:
        image.seek(index)
        mode, samples = image.mode, as_stored(np.array(image), orientation_in(directory))
    photometric = {"1": BLACK_IS_ZERO, "L": BLACK_IS_ZERO, "RGB": RGB, "CMYK": CMYK}.get(mode)
    if photometric is None or samples.shape[:2] != (
        directory.number(tags.ImageLength),
        directory.number(tags.ImageWidth),
    ):
        raise unsupported("TIFF")
    return samples.astype(np.uint8), photometric
