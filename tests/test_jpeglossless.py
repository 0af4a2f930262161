"""Lossless JPEG comes back value for value, through decoders of others."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.uid import JPEGLosslessSV1

from factory_pixels import compressed, shown
from scanscrub.formats.jpeglossless import encode_lossless


def _noise(shape: tuple[int, ...], bits: int) -> NDArray[np.uint16]:
    return np.random.default_rng(bits).integers(0, 1 << bits, shape, dtype=np.uint16)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_noise_comes_back(bits: int) -> None:
    samples = _noise((33, 50), bits)
    allocated = 8 if bits == 8 else 16
    data = compressed((33, 50), [encode_lossless(samples, bits)], JPEGLosslessSV1, bits=(allocated, bits, bits - 1))
    assert np.array_equal(shown(data), samples)


def test_colour_comes_back() -> None:
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
    monkeypatch.setattr("scanscrub.formats.jpeglossless._STRIP", 100)
    assert encode_lossless(samples, 12) == whole
