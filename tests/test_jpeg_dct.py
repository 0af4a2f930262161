"""Masking a JPEG in the DCT domain changes the masked blocks and no other."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scanscrub.formats.jpeg import dct_masking
from scanscrub.formats.jpeg.codestream import jpeg_segments
from scanscrub.formats.jpeg.dct_proof import compare_jpegs
from scanscrub.formats.raster.masking import whole_blocks

ROWS, COLUMNS = 75, 117


def _picture(mode: str = "RGB") -> Image.Image:
    generator = np.random.default_rng(7)
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    smooth = np.stack([x * 2, y * 3, x + y], axis=-1) + generator.integers(-20, 20, (ROWS, COLUMNS, 3))
    return Image.fromarray(np.clip(smooth, 0, 255).astype(np.uint8)).convert(mode)


def _jpeg(mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    _picture(mode).save(out, "JPEG", **options)
    return out.getvalue()


def _shown(data: bytes) -> NDArray[np.int64]:
    return np.asarray(Image.open(BytesIO(data))).astype(np.int64)


def _grown(area: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """An area and its neighbors, to which decoders that smooth subsampled chroma carry its color."""
    wide = np.pad(area, pixels)
    steps = range(2 * pixels + 1)
    moved = [wide[down : down + ROWS, right : right + COLUMNS] for down in steps for right in steps]
    return np.asarray(np.any(moved, axis=0))


def _area(rows: slice = slice(20, 30), columns: slice = slice(40, 80)) -> NDArray[np.bool_]:
    area = np.zeros((ROWS, COLUMNS), np.bool_)
    area[rows, columns] = True
    return area


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("quality", [30, 90, 100])
@pytest.mark.parametrize("optimize", [0, 1])
@pytest.mark.parametrize("restart", [0, 1, 3])
def test_blocks_outside_are_kept_and_blocks_inside_are_black(
    subsampling: str, quality: int, optimize: int, restart: int
) -> None:
    data = _jpeg(subsampling=subsampling, quality=quality, optimize=bool(optimize), restart_marker_blocks=restart)
    levels = dct_masking.black_levels(data)
    assert levels == (0, 128, 128)
    masked = dct_masking.mask(data, _area(), levels)
    assert masked is not None
    assert compare_jpegs(data, masked, _area(), levels) == (True, True)
    covered = whole_blocks(_area(), dct_masking.block_size(data))
    smoothed = 0 if subsampling == "4:4:4" else 1
    before, after = _shown(data), _shown(masked)
    far = ~_grown(covered, smoothed)
    assert np.array_equal(before[far], after[far])
    assert not after[~_grown(~covered, smoothed)].any()


@pytest.mark.parametrize("level", [0, 255])
def test_a_gray_jpeg_takes_either_end_of_the_range(level: int) -> None:
    data = _jpeg("L", quality=85)
    masked = dct_masking.mask(data, _area(), (level,))
    assert masked is not None
    covered = whole_blocks(_area(), (8, 8))
    assert np.array_equal(_shown(masked)[~covered], _shown(data)[~covered])
    assert set(_shown(masked)[covered].tolist()) == {level}


def test_an_rgb_jpeg_is_masked_in_every_component() -> None:
    data = _jpeg(keep_rgb=True, quality=90)
    assert dct_masking.black_levels(data) == (0, 0, 0)
    masked = dct_masking.mask(data, _area(), (0, 0, 0))
    assert masked is not None
    covered = whole_blocks(_area(), dct_masking.block_size(data))
    assert np.array_equal(_shown(masked)[~covered], _shown(data)[~covered])
    assert not _shown(masked)[covered].any()


def test_everything_can_be_masked() -> None:
    data = _jpeg(quality=50)
    masked = dct_masking.mask(data, np.ones((ROWS, COLUMNS), np.bool_), (0, 128, 128))
    assert masked is not None
    assert not _shown(masked).any()


def test_nothing_masked_keeps_every_entropy_coded_byte() -> None:
    data = _jpeg(quality=80, restart_marker_blocks=4)
    masked = dct_masking.mask(data, np.zeros((ROWS, COLUMNS), np.bool_), (0, 128, 128))
    assert masked is not None
    before = [entropy for *_, entropy in jpeg_segments(data) if entropy]
    assert [entropy for *_, entropy in jpeg_segments(masked) if entropy] == before


def test_the_same_mask_again_changes_nothing() -> None:
    once = dct_masking.mask(_jpeg(quality=70), _area(), (0, 128, 128))
    assert once is not None
    assert dct_masking.mask(once, _area(), (0, 128, 128)) == once


def test_a_progressive_jpeg_cannot_be_masked() -> None:
    data = _jpeg(progressive=True)
    assert not dct_masking.can_mask(data)
    assert dct_masking.mask(data, _area(), (0, 128, 128)) is None


def test_damaged_entropy_coded_data_is_not_masked() -> None:
    data = _jpeg(quality=90)
    at = data.rindex(b"\xff\xda") + 40
    damaged = data[:at] + data[at + 900 :]
    assert dct_masking.mask(damaged, _area(), (0, 128, 128)) is None


def test_a_long_scan_is_walked_by_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _jpeg(quality=100, subsampling="4:2:0")
    whole = dct_masking.mask(data, _area(), (0, 128, 128))
    monkeypatch.setattr("scanscrub.formats.jpeg.block_positions._WINDOW", 512)
    monkeypatch.setattr("scanscrub.formats.jpeg.dct_masking._CHUNK", 7)
    assert dct_masking.mask(data, _area(), (0, 128, 128)) == whole


def test_the_proof_sees_one_changed_coefficient_outside() -> None:
    data = _jpeg(quality=90)
    masked = dct_masking.mask(data, _area(), (0, 128, 128))
    other = dct_masking.mask(data, _area(slice(20, 30), slice(40, 100)), (0, 128, 128))
    assert masked is not None
    assert other is not None
    assert compare_jpegs(data, other, _area(), (0, 128, 128)) == (True, False)


def test_the_proof_sees_a_block_that_was_not_masked() -> None:
    data = _jpeg(quality=90)
    assert compare_jpegs(data, data, _area(), (0, 128, 128)) == (False, True)
