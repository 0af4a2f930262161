"""What a TIFF page's tags say about its samples: checked, plain numbers only."""

from dataclasses import dataclass

import numpy as np

from scanscrub.formats.raster.limits import demand_size, unsupported
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.tiff import blocks, tags
from scanscrub.formats.tiff.directories import TiffDirectory

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
_COLORS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4}
_NAMES = {WHITE_IS_ZERO: "inverse gray", BLACK_IS_ZERO: "gray", RGB: "RGB", PALETTE: "palette", CMYK: "CMYK"}
FAX = (2, 3, 4)
JPEG = (6, 7)
FAX_AND_JPEG = (*FAX, *JPEG)
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_DTYPES = {
    (_UNSIGNED, 8): "u1",
    (_UNSIGNED, 16): "u2",
    (_UNSIGNED, 32): "u4",
    (_SIGNED, 8): "i1",
    (_SIGNED, 16): "i2",
    (_SIGNED, 32): "i4",
    (_FLOAT, 16): "f2",
    (_FLOAT, 32): "f4",
    (_FLOAT, 64): "f8",
}
_MAX_PAGE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class TiffLayout:
    """How a page's samples are meant and stored; a copy of the page has the same."""

    order: str
    columns: int
    rows: int
    bits: int
    sample_format: int
    per_pixel: int
    photometric: int
    extra: tuple[int, ...]
    orientation: int
    compression: int
    predictor: int
    planar: bool
    block_columns: int
    block_rows: int
    tiled: bool
    resolution: tuple[tuple[int, int], tuple[int, int], int] | None

    @property
    def name(self) -> str:
        kind = {_UNSIGNED: "", _SIGNED: " signed", _FLOAT: " float"}[self.sample_format]
        return f"{_NAMES[self.photometric]} {self.per_pixel} x {self.bits} bits{kind}"

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Of a sample; uint8 for those of fewer bits."""
        return np.dtype("u1" if self.bits < 8 else self.order + _DTYPES[self.sample_format, self.bits])

    @property
    def colors(self) -> int:
        return _COLORS[self.photometric]

    @property
    def has_alpha(self) -> bool:
        """Whether the first channel behind the colors is opacity (ExtraSamples 1 or 2)."""
        return self.extra[:1] in ((1,), (2,))

    @property
    def samples_in_block(self) -> int:
        return 1 if self.planar else self.per_pixel

    @property
    def row_bytes(self) -> int:
        """Of one row of a block, unpacked."""
        return (self.block_columns * self.samples_in_block * self.bits + 7) // 8


def layout_of(directory: TiffDirectory) -> TiffLayout:
    """The layout of a page in a compression that copies keep. Raises `RefusedFile`."""
    columns, rows = directory.number(tags.ImageWidth), directory.number(tags.ImageLength)
    demand_size(columns, rows)
    per_pixel = directory.number(tags.SamplesPerPixel, 1)
    photometric = directory.number(tags.PhotometricInterpretation, BLACK_IS_ZERO)
    all_bits = directory.numbers(tags.BitsPerSample, (1,) * per_pixel)
    formats = directory.numbers(tags.SampleFormat, (_UNSIGNED,))
    extra = directory.numbers(tags.ExtraSamples)
    bits = all_bits[0] if all_bits else 0
    sample_format = _UNSIGNED if formats[0] == 4 else formats[0]
    known = (bits in (1, 2, 4) and sample_format == _UNSIGNED) or (sample_format, bits) in _DTYPES
    if not known or len(set(all_bits)) > 1 or len(set(formats)) > 1 or directory.number(tags.FillOrder, 1) != 1:
        raise unsupported("TIFF")
    if photometric not in _COLORS or per_pixel != _COLORS[photometric] + len(extra):
        raise unsupported("TIFF")
    if photometric == PALETTE and (bits > 8 or sample_format != _UNSIGNED or per_pixel != 1):
        raise unsupported("TIFF")
    if rows * columns * per_pixel * bits > 8 * _MAX_PAGE_BYTES:
        raise unsupported("TIFF")
    tiled = bool(directory.numbers(tags.TileWidth))
    block_columns = directory.number(tags.TileWidth) if tiled else columns
    block_rows = (
        directory.number(tags.TileLength) if tiled else min(directory.number(tags.RowsPerStrip, rows) or rows, rows)
    )
    demand_size(block_columns, block_rows)
    return TiffLayout(
        directory.order,
        columns,
        rows,
        bits,
        sample_format,
        per_pixel,
        photometric,
        extra,
        orientation_in(directory),
        directory.number(tags.Compression, 1),
        _predictor(directory, bits, sample_format),
        directory.number(tags.PlanarConfiguration, 1) == 2 and per_pixel > 1,
        block_columns,
        block_rows,
        tiled,
        _resolution(directory),
    )


def _predictor(directory: TiffDirectory, bits: int, sample_format: int) -> int:
    """What was done to samples before they were compressed. Raises `RefusedFile` where it does not fit them."""
    predictor = directory.number(tags.Predictor, 1)
    fits = {
        1: True,
        blocks.HORIZONTAL: bits >= 8 and sample_format != _FLOAT,
        blocks.FLOATING: sample_format == _FLOAT,
    }
    if not fits.get(predictor):
        raise unsupported("TIFF")
    return predictor if directory.number(tags.Compression, 1) not in (1, blocks.PACKBITS) else 1


def plain_layout(directory: TiffDirectory, samples: Samples, photometric: int) -> TiffLayout:
    """The layout of decoded samples that are to be stored in one deflated strip."""
    rows, columns = samples.shape[:2]
    per_pixel = samples.shape[2] if samples.ndim == 3 else 1
    bits = 1 if directory.number(tags.Compression) in FAX else 8
    return TiffLayout(
        directory.order,
        columns,
        rows,
        bits,
        _UNSIGNED,
        per_pixel,
        photometric,
        (),
        orientation_in(directory),
        blocks.DEFLATE,
        1,
        planar=False,
        block_columns=columns,
        block_rows=rows,
        tiled=False,
        resolution=_resolution(directory),
    )


def orientation_in(directory: TiffDirectory) -> int:
    """How the page is turned to be seen, 1 to 8."""
    value = directory.number(tags.Orientation, 1)
    return value if 1 <= value <= 8 else 1


def _resolution(directory: TiffDirectory) -> tuple[tuple[int, int], tuple[int, int], int] | None:
    """X and Y as fractions, and the unit, where they are plausible: four letters are a larger number."""
    entries = {entry.tag: entry for entry in directory.entries if entry.tag in (tags.XResolution, tags.YResolution)}
    if len(entries) != 2 or any((entry.kind, entry.count) != (5, 1) for entry in entries.values()):
        return None
    order = "little" if directory.order == "<" else "big"
    parts = [
        (int.from_bytes(entries[tag].data[:4], order), int.from_bytes(entries[tag].data[4:], order))  # type: ignore[arg-type] # one of two
        for tag in (tags.XResolution, tags.YResolution)
    ]
    unit = directory.number(tags.ResolutionUnit, 2)
    if not 1 <= unit <= 3 or any(not 0 < number < 1 << 29 for part in parts for number in part):
        return None
    return parts[0], parts[1], unit
