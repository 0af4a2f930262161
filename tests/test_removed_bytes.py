"""What a copy left out of its original, byte by byte."""

import random

import pytest

from scanscrub.leftovers.removed_bytes import left_out

NOISE = random.Random(7).randbytes(300_000)  # noqa: S311 - noise


@pytest.mark.parametrize(
    "cuts", [[(20, 30)], [(0, 12), (5_000, 5_400)], [(299_990, 300_000)], [(7, 9), (70_000, 140_000)]]
)
def test_what_was_cut_out_is_told(cuts: list[tuple[int, int]]) -> None:
    copy, gone = b"", b""
    last = 0
    for start, end in cuts:
        copy += NOISE[last:start]
        gone += NOISE[start:end]
        last = end
    assert left_out(NOISE, copy + NOISE[last:]) == gone


def test_a_length_that_was_written_anew_hides_no_cut() -> None:
    original = NOISE[:1000] + b"\0\0\1\0" + NOISE[1000:2000] + b"a name" + NOISE[2000:]
    copy = NOISE[:1000] + b"\0\0\0\xfa" + NOISE[1000:2000] + NOISE[2000:]
    assert b"a name" in left_out(original, copy)


def test_of_the_same_length_the_bits_that_went_are_left() -> None:
    assert left_out(b"\x13\x22\xf1", b"\x03\x22\x01") == b"\x10\x00\xf0"


def test_what_cannot_be_aligned_is_all_of_the_rest() -> None:
    other = random.Random(8).randbytes(3000)  # noqa: S311 - noise
    assert left_out(NOISE[:5000], other) == NOISE[:5000]
