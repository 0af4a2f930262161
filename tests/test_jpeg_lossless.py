"""Lossless JPEG comes back value for value, through decoders of others and through our own."""

import subprocess
from io import BytesIO
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import JPEGLosslessSV1

from factory_pixels import compressed, image, shown, store_of
from scanscrub.formats.jpeg.dct_decoder import decode_gray
from scanscrub.formats.jpeg.lossless.decoder import decode_lossless
from scanscrub.formats.jpeg.lossless.encoder import encode_lossless


def _noise(shape: tuple[int, ...], bits: int) -> NDArray[np.uint16]:
    return np.random.default_rng(bits).integers(0, 1 << bits, shape, dtype=np.uint16)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_noise_comes_back(bits: int) -> None:
    samples = _noise((33, 50), bits)
    allocated = 8 if bits == 8 else 16
    data = compressed((33, 50), [encode_lossless(samples, bits)], JPEGLosslessSV1, bits=(allocated, bits, bits - 1))
    assert np.array_equal(shown(data), samples)


def test_color_comes_back() -> None:
    samples = _noise((20, 30, 3), 8)
    data = compressed((20, 30), [encode_lossless(samples, 8)], JPEGLosslessSV1, photometric="RGB")
    assert np.array_equal(shown(data), samples)


def test_a_flat_image_has_a_table_of_one_code() -> None:
    samples = np.full((16, 16), 128, np.uint16)
    data = compressed((16, 16), [encode_lossless(samples, 8)], JPEGLosslessSV1)
    assert np.array_equal(shown(data), samples)


def test_the_largest_difference_comes_back() -> None:
    samples = np.zeros((8, 8), np.uint16)
    samples[::2, ::2] = 0x8000
    data = compressed((8, 8), [encode_lossless(samples, 16)], JPEGLosslessSV1, bits=(16, 16, 15))
    assert np.array_equal(shown(data), samples)


def test_strips_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = _noise((33, 50), 12)
    whole = encode_lossless(samples, 12)
    monkeypatch.setattr("scanscrub.formats.jpeg.lossless.encoder._STRIP", 100)
    assert encode_lossless(samples, 12) == whole


@pytest.mark.parametrize("bits", [2, 8, 12, 16])
def test_our_own_reader_agrees(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = _noise((33, 50, 3), bits)
    data = encode_lossless(samples, bits)
    for window in (1 << 18, 300):
        monkeypatch.setattr("scanscrub.formats.jpeg.lossless.decoder._WINDOW", window)
        decoded = decode_lossless(data)
        assert decoded is not None
        assert np.array_equal(decoded, samples)


@pytest.mark.skipif(which("dcmcjpeg") is None, reason="needs dcmtk")
@pytest.mark.parametrize("predictor", range(1, 8))
def test_every_predictor_is_read(predictor: int, tmp_path: Path) -> None:
    samples = _noise((21, 34), 12)
    source, target = tmp_path / "plain.dcm", tmp_path / "jpeg.dcm"
    source.write_bytes(image((21, 34), samples.tobytes(), bits=(16, 12, 11)))
    subprocess.run(["dcmcjpeg", "+el", "+sv", str(predictor), str(source), str(target)], check=True)
    assert np.array_equal(store_of(target.read_bytes()).stored(0), samples)


@pytest.mark.parametrize("cut", [200, 900])
def test_damaged_data_is_not_read(cut: int) -> None:
    data = encode_lossless(_noise((33, 50), 12), 12)
    assert decode_lossless(data[:cut] + b"\xff\xd9") is None


def test_samples_of_twelve_bit_dct_are_those_of_eight_bit_decoders() -> None:
    out = BytesIO()
    Image.effect_noise((99, 61), 80).save(out, "JPEG", quality=95)
    samples = decode_gray(out.getvalue())
    assert samples is not None
    assert np.abs(samples.astype(np.int64) - np.asarray(Image.open(out))).max() <= 1
