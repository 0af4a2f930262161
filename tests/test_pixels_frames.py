"""How many frames a file holds: all that are there, whatever the header counts."""

import itertools
import struct
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image
from pydicom import dcmread, uid
from pydicom.encaps import encapsulate, encapsulate_extended

from factory_pixels import box, copy_of, image, shown, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove

ROWS, COLUMNS = 32, 40
COUNT = 4


def _frames(bits: int = 8) -> NDArray[np.uint16]:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    ramp = x * 3 + y
    return np.stack([ramp + 10 * frame for frame in range(COUNT)]).astype(np.uint8 if bits == 8 else np.uint16)


def _jpeg(frame: NDArray[np.uint16]) -> bytes:
    out = BytesIO()
    Image.fromarray(frame.astype(np.uint8)).save(out, "JPEG", quality=95)
    return out.getvalue()


def _fragmented(streams: list[bytes], size: int, table: list[int]) -> bytes:
    """An encapsulated value of frames cut into fragments of that size, with that offset table."""
    items = [struct.pack("<HHL", 0xFFFE, 0xE000, 4 * len(table)) + struct.pack(f"<{len(table)}L", *table)]
    for stream in streams:
        padded = stream + bytes(len(stream) % 2)
        for at in range(0, len(padded), size):
            part = padded[at : at + size]
            items.append(struct.pack("<HHL", 0xFFFE, 0xE000, len(part)) + part)
    return b"".join(items)


def _assert_counted(data: bytes, frames: int = COUNT) -> None:
    """All frames are there, the last can be masked, and the copy counts them and is clean."""
    original = store_of(data)
    assert original.frames == frames
    masks = {frames - 1: (box(0, 0, 16, 16),)}
    rewrite = plan_rewrite(original, masks)
    assert any("counts" in note for note in rewrite.notes)
    copy = copy_of(data, rewrite)
    staged = store_of(copy)
    assert dcmread(BytesIO(copy)).NumberOfFrames == frames
    assert all(check.passed for check in prove(original, masks, staged))
    assert not list(staged.residues())
    assert not plan_rewrite(staged, {}).header
    assert len(shown(copy)) == frames


@pytest.mark.parametrize("counted", [None, 1, 3])
@pytest.mark.parametrize("bits", [8, 16])
def test_uncompressed_frames_behind_the_counted_ones_are_frames(counted: int | None, bits: int) -> None:
    value = _frames(bits).tobytes()
    _assert_counted(image((ROWS, COLUMNS), value, bits=(bits, bits, bits - 1), frames=counted))


def test_color_and_single_bits_are_counted_as_well() -> None:
    colors = np.repeat(_frames()[..., np.newaxis], 3, axis=-1)
    _assert_counted(image((ROWS, COLUMNS), colors.tobytes(), photometric="RGB"))
    bits = np.packbits((_frames() > 40).reshape(-1), bitorder="little")
    _assert_counted(image((ROWS, COLUMNS), bits.tobytes(), bits=(1, 1, 0), frames=2))


def test_half_a_frame_more_is_no_frame_and_goes() -> None:
    value = _frames()[:1].tobytes() + _frames()[1].tobytes()[: ROWS * COLUMNS // 2]
    store = store_of(image((ROWS, COLUMNS), value))
    assert store.frames == 1
    assert list(store.residues())
    assert store_of(copy_of(image((ROWS, COLUMNS), value), plan_rewrite(store, {}))).frames == 1


def test_two_and_a_half_frames_are_two() -> None:
    value = _frames()[:2].tobytes() + _frames()[2].tobytes()[: ROWS * COLUMNS // 2]
    _assert_counted(image((ROWS, COLUMNS), value), frames=2)


def test_pictures_too_small_for_a_letter_have_bytes_behind_them_and_no_frames() -> None:
    store = store_of(image((2, 2), bytes(range(4)) + b"Zqcanary"))
    assert store.frames == 1
    assert list(store.residues())


@pytest.mark.parametrize("has_bot", [True, False])
@pytest.mark.parametrize("counted", [1, 3])
def test_jpeg_frames_behind_the_counted_ones_are_frames(counted: int, has_bot: bool) -> None:  # noqa: FBT001 - a parameter
    streams = [_jpeg(frame) for frame in _frames()]
    value = encapsulate(streams, has_bot=has_bot)
    _assert_counted(image((ROWS, COLUMNS), value, syntax=uid.JPEGBaseline8Bit, frames=counted))


@pytest.mark.parametrize(("counted", "size"), list(itertools.product((1, 2, 3), (2, 64, 200))))
def test_jpeg_frames_in_several_fragments_are_told_by_their_beginnings(counted: int, size: int) -> None:
    value = _fragmented([_jpeg(frame) for frame in _frames()], size, [])
    _assert_counted(image((ROWS, COLUMNS), value, syntax=uid.JPEGBaseline8Bit, frames=counted))


def test_an_offset_table_of_the_counted_frames_hides_no_other() -> None:
    streams = [_jpeg(frame) for frame in _frames()]
    lengths = [len(stream) + len(stream) % 2 + 8 for stream in streams]
    value = _fragmented(streams, 1 << 16, [0, lengths[0], lengths[0] + lengths[1]])
    _assert_counted(image((ROWS, COLUMNS), value, syntax=uid.JPEGBaseline8Bit, frames=3))


def test_an_extended_offset_table_of_all_frames_counts_them() -> None:
    streams = [_jpeg(frame) for frame in _frames()]
    value, offsets, lengths = encapsulate_extended(streams)
    more = {"ExtendedOffsetTable": offsets, "ExtendedOffsetTableLengths": lengths}
    _assert_counted(image((ROWS, COLUMNS), value, syntax=uid.JPEGBaseline8Bit, frames=3, more=more))


def test_jpeg_2000_frames_behind_the_counted_one_are_frames() -> None:
    streams = [bytes(encode_array(frame.astype(np.uint8))) for frame in _frames()]
    value = encapsulate(streams, has_bot=False)
    _assert_counted(image((ROWS, COLUMNS), value, syntax=uid.JPEG2000Lossless, frames=1))


def test_rle_frames_behind_the_counted_one_are_frames() -> None:
    packed = b"".join(bytes([COLUMNS - 1]) + row.tobytes() for row in _frames()[0].astype(np.uint8))
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + packed
    data = image((ROWS, COLUMNS), encapsulate([frame] * COUNT), syntax=uid.RLELossless, frames=1)
    _assert_counted(data)


def test_fragments_that_are_no_frames_are_refused() -> None:
    packed = b"".join(bytes([COLUMNS - 1]) + row.tobytes() for row in _frames()[0].astype(np.uint8))
    frame = struct.pack("<16L", 1, 64, *[0] * 14) + packed
    store = store_of(image((ROWS, COLUMNS), encapsulate([frame, b"Zqcanary"]), syntax=uid.RLELossless, frames=1))
    with pytest.raises(RefusedFile):
        list(store.pictures())


EMPTY = b"\xfe\xff\x00\xe0\0\0\0\0"


@pytest.mark.parametrize("table", [False, True])
@pytest.mark.parametrize("size", [64, 1 << 16])
@pytest.mark.parametrize("empties", list(itertools.product((0, 1, 2), repeat=3)))
def test_empty_fragments_are_nothing_before_between_and_behind_frames(
    empties: tuple[int, int, int], size: int, *, table: bool
) -> None:
    parts = [_fragmented([_jpeg(frame)], size, [])[8:] for frame in _frames()[:2]]
    starts = [0, 8 * (empties[0] + empties[1]) + len(parts[0])] if table else []
    value = _fragmented([], size, starts) + EMPTY * empties[0] + parts[0] + EMPTY * empties[1]
    data = image((ROWS, COLUMNS), value + parts[1] + EMPTY * empties[2], syntax=uid.JPEGBaseline8Bit, frames=2)
    original = store_of(data)
    assert [original.encoded(frame).startswith(b"\xff\xd8") for frame in range(original.frames)] == [True, True]
    staged = store_of(copy_of(data, plan_rewrite(original, {})))
    assert all(check.passed for check in prove(original, {}, staged))


@pytest.mark.parametrize("before", [0, 1])
def test_empty_fragments_around_frames_of_other_kinds_are_nothing(before: int) -> None:
    packed = b"".join(bytes([COLUMNS - 1]) + row.tobytes() for row in _frames()[0].astype(np.uint8))
    value = encapsulate([struct.pack("<16L", 1, 64, *[0] * 14) + packed], has_bot=False)
    value = value[:8] + EMPTY * before + value[8:] + EMPTY
    store = store_of(image((ROWS, COLUMNS), value, syntax=uid.RLELossless))
    assert store.frames == 1
    assert len(list(store.pictures())) == 1


def test_blank_frames_behind_the_counted_ones_are_no_hidden_file() -> None:
    blank = store_of(image((ROWS, COLUMNS), _frames()[0].tobytes() + bytes(ROWS * COLUMNS)))
    shows = store_of(image((ROWS, COLUMNS), _frames()[:2].tobytes()))
    assert [seen.is_file for store in (blank, shows) for seen in store.residues()] == [False, True]


def test_frames_of_single_bits_with_gaps_between_them_are_refused() -> None:
    """Eight frames of 5 x 5 take 25 bytes; where each fills up its last byte, 32, which are ten frames of others."""
    frame = np.packbits(np.eye(5, dtype=np.uint8).reshape(-1), bitorder="little").tobytes()
    with pytest.raises(RefusedFile):
        store_of(image((5, 5), frame * 8, bits=(1, 1, 0), frames=8))
    assert store_of(image((5, 5), bytes(26), bits=(1, 1, 0), frames=8)).frames == 8
