"""What is seen of uncompressed pixels without a codec agrees with what the codec sees."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from factory_dicom import DEFLATED, PIXELS, ct_file
from factory_pixels import image, store_of
from scanscrub.formats.dicom.encoding.container import read_container
from scanscrub.formats.dicom.pixels.header_check import holds_only_pixels

ROWS, COLUMNS = 6, 8
BITS = [
    (8, 8, 7),
    (8, 6, 5),
    (8, 7, 7),
    (16, 16, 15),
    (16, 12, 11),
    (16, 12, 15),
    (16, 10, 12),
    (16, 7, 6),
    (32, 20, 19),
]

Filling = Callable[[np.random.Generator, tuple[int, int, int]], list[int]]


def _zeros_around(random: np.random.Generator, bits: tuple[int, int, int]) -> list[int]:
    _, stored, high = bits
    return [int(value) << high + 1 - stored for value in random.integers(0, 1 << stored, ROWS * COLUMNS)]


def _sign_above(random: np.random.Generator, bits: tuple[int, int, int]) -> list[int]:
    allocated, stored, high = bits
    values = random.integers(-(1 << stored - 1), 1 << stored - 1, ROWS * COLUMNS)
    return [(int(value) << high + 1 - stored) & (1 << allocated) - 1 for value in values]


def _anything(random: np.random.Generator, bits: tuple[int, int, int]) -> list[int]:
    return [int(value) for value in random.integers(0, 1 << bits[0], ROWS * COLUMNS)]


def _one_bit_too_many(random: np.random.Generator, bits: tuple[int, int, int]) -> list[int]:
    """A single bit outside the stored values, in the last cell."""
    cells = _zeros_around(random, bits)
    allocated, stored, high = bits
    free = [bit for bit in range(allocated) if not high - stored < bit <= high]
    cells[-1] |= 1 << free[-1] if free else 0
    return cells


def value(cells: list[int], bits: tuple[int, int, int]) -> bytes:
    return b"".join(cell.to_bytes(bits[0] // 8, "little") for cell in cells)


def certain(data: bytes) -> bool:
    return holds_only_pixels(read_container(BytesIO(data)))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("filling", [_zeros_around, _sign_above, _anything, _one_bit_too_many])
@pytest.mark.parametrize("bits", BITS)
def test_it_is_certain_only_where_the_codec_finds_nothing(
    bits: tuple[int, int, int], filling: Filling, *, signed: bool
) -> None:
    random = np.random.default_rng(4)
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian):
        data = image((ROWS, COLUMNS), value(filling(random, bits), bits), bits=bits, signed=signed, syntax=syntax)
        found = list(store_of(data).residues())
        assert not (found and certain(data))


@pytest.mark.parametrize("bits", BITS)
def test_it_is_certain_of_what_scanners_write(bits: tuple[int, int, int]) -> None:
    random = np.random.default_rng(5)
    assert certain(image((ROWS, COLUMNS), value(_zeros_around(random, bits), bits), bits=bits))
    signed = image((ROWS, COLUMNS), value(_sign_above(random, bits), bits), bits=bits, signed=True)
    assert certain(signed) == (bits[2] // 8 == bits[0] // 8 - 1)


@pytest.mark.parametrize("surplus", [b"\0\0", b"a", b"name"])
def test_bytes_behind_the_last_frame_are_left_to_the_codec(surplus: bytes) -> None:
    data = image((3, 3), bytes(9) + surplus)
    assert list(store_of(data).residues())
    assert not certain(data)


def test_the_zero_that_makes_the_length_even_is_no_surplus() -> None:
    assert certain(image((3, 3), bytes(10)))
    assert not certain(image((3, 3), bytes(9) + b"\1"))


def test_frames_planes_and_floats_count() -> None:
    assert certain(image((4, 4), bytes(4 * 4 * 3 * 2), photometric="RGB", frames=2, planar=1))
    assert not certain(image((4, 4), bytes(4 * 4 * 3), photometric="RGB", frames=2))
    assert not certain(image((4, 4), bytes(4 * 4 * 4), bits=(32, 32, 31), keyword="FloatPixelData"))


def test_single_bits_subsampled_color_and_odd_descriptions_are_left_to_the_codec() -> None:
    assert not certain(image((4, 4), bytes(2), bits=(1, 1, 0)))
    assert not certain(image((4, 4), bytes(4 * 4 * 2), photometric="YBR_FULL_422"))
    assert not certain(image((4, 4), bytes(4 * 4), photometric="CIELAB"))
    assert not certain(image((4, 4), bytes(4 * 4), more={"BitsStored": None}, bits=(8, 8, 9)))


def test_a_deflated_data_set_is_read_where_it_was_inflated() -> None:
    assert certain(ct_file(syntax=DEFLATED))
    dirty = PIXELS[:-1] + b"\xff"
    assert not certain(ct_file(syntax=DEFLATED, pixels=dirty))
