"""Places in pixel data where a name can hide without being part of a picture (rows of hiding_places.csv by id)."""

import struct
import zlib
from io import BytesIO

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image
from pydicom import uid

from conftest import CANARY
from factory_pixels import compressed, copy_of, image, shown, store_of
from scanscrub.formats.dicom.pixels.codecs.registry import DEFLATED_IMAGE_FRAME
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite

NAME = CANARY.encode() + b"\0" * (len(CANARY) % 2)
ROWS, COLUMNS = 32, 40


def _pixels() -> NDArray[np.uint8]:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.asarray(x * 5 + y, np.uint8)


def _jpeg() -> bytes:
    out = BytesIO()
    Image.fromarray(_pixels()).save(out, "JPEG", quality=90)
    return out.getvalue()


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _j2k_comment() -> bytes:
    return struct.pack(">HHH", 0xFF64, len(NAME) + 4, 1) + NAME


def _rle(*slack: bytes) -> bytes:
    """A frame with bytes behind its segment's end, and in the unused part of its header."""
    packed = b"".join(bytes([COLUMNS - 1]) + row.tobytes() for row in _pixels())
    header = struct.pack("<16L", 1, 64, *[0] * 14)
    return header[: 64 - len(slack[0])] + slack[0] + packed + slack[1]


def _assert_gone(data: bytes) -> None:
    """The name is found and goes; the picture stays; a second run finds nothing."""
    original = store_of(data)
    assert NAME.rstrip(b"\0") in data
    assert list(original.residues())
    copy = copy_of(data, plan_rewrite(original, {}))
    staged = store_of(copy)
    assert NAME.rstrip(b"\0") not in copy
    assert np.array_equal(shown(copy), shown(data))
    assert list(staged.residues()) == []
    assert copy_of(copy, plan_rewrite(staged, {})) == copy


JPEG_PLACES = {
    "L110": lambda data: data[:2] + _segment(0xFE, NAME) + data[2:],
    "L111": lambda data: data[:2] + _segment(0xE1, b"Exif\0\0" + NAME) + data[2:],
    "L112": lambda data: data + NAME,
    "L113": lambda data: data + data[:2] + _segment(0xFE, NAME) + data[2:],
}


@pytest.mark.parametrize("place", sorted(JPEG_PLACES))
def test_a_jpeg_frame_keeps_only_its_picture(place: str) -> None:
    dirty = JPEG_PLACES[place](_jpeg())
    _assert_gone(compressed((ROWS, COLUMNS), [dirty, _jpeg()], uid.JPEGBaseline8Bit))


def test_l112_padding_of_a_fragment_goes() -> None:
    _assert_gone(compressed((ROWS, COLUMNS), [_jpeg() + b"\0\0" + NAME], uid.JPEGBaseline8Bit))


def test_l114_application_data_in_jpeg_ls_goes() -> None:
    data = bytes(jpeg_ls.encode_array(_pixels()))
    dirty = data[:2] + _segment(0xE8, b"SPIFF\0" + NAME) + _segment(0xFE, NAME) + data[2:]
    _assert_gone(compressed((ROWS, COLUMNS), [dirty], uid.JPEGLSLossless))


def test_l115_comments_in_jpeg_2000_go() -> None:
    data = encode_array(_pixels())
    at = data.index(b"\xff\x52")
    _assert_gone(compressed((ROWS, COLUMNS), [data[:at] + _j2k_comment() + data[at:]], uid.JPEG2000Lossless))


def test_l115_boxes_around_jpeg_2000_go() -> None:
    data = encode_array(_pixels(), codec_format=1)
    at = data.index(b"jp2c") - 4
    boxed = data[:at] + struct.pack(">L4s", 8 + len(NAME), b"xml ") + NAME + data[at:]
    _assert_gone(compressed((ROWS, COLUMNS), [boxed], uid.JPEG2000Lossless))


def test_l117_slack_of_rle_goes() -> None:
    _assert_gone(compressed((ROWS, COLUMNS), [_rle(NAME, NAME)], uid.RLELossless))


def test_bytes_behind_a_deflated_frame_go() -> None:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = stream.compress(_pixels().tobytes()) + stream.flush()
    data = compressed((ROWS, COLUMNS), [packed + b"\0" + NAME], DEFLATED_IMAGE_FRAME)
    copy = copy_of(data, plan_rewrite(store_of(data), {}))
    assert NAME.rstrip(b"\0") not in copy
    assert np.array_equal(store_of(copy).stored(0), _pixels())


def test_l107_bytes_behind_the_last_frame_go() -> None:
    _assert_gone(image((ROWS, COLUMNS), _pixels().tobytes() + NAME))


def test_l107_a_padding_byte_that_says_something_is_seen() -> None:
    data = image((5, 5), _pixels()[:5, :5].tobytes() + b"J")
    assert list(store_of(data).residues())
    assert not list(store_of(copy_of(data, plan_rewrite(store_of(data), {}))).residues())


def test_l108_a_frame_more_than_the_header_says_is_a_frame() -> None:
    hidden = bytes(jpeg_ls.encode_array(_pixels())) + NAME
    data = compressed((ROWS, COLUMNS), [bytes(jpeg_ls.encode_array(_pixels())), hidden], uid.JPEGLSLossless)
    fewer = data.replace(b"IS\x02\x002 ", b"IS\x02\x001 ")
    copy = copy_of(fewer, plan_rewrite(store_of(fewer), {}))
    assert list(store_of(fewer).residues())
    assert NAME.rstrip(b"\0") not in copy
    assert not list(store_of(copy).residues())
    assert np.array_equal(shown(copy), [_pixels(), _pixels()])


def test_l104_unused_high_bits_are_zeroed() -> None:
    stored = _pixels().astype(np.uint16) << 2
    payload = np.frombuffer((CANARY * 200).encode()[: 2 * stored.size], np.uint8)[: stored.size] >> 4
    high = payload.astype(np.uint16).reshape(stored.shape) << 12
    data = image((ROWS, COLUMNS), (stored | high).tobytes(), bits=(16, 12, 11))
    copy = copy_of(data, plan_rewrite(store_of(data), {}))
    assert list(store_of(data).residues())
    assert store_of(copy).encoded(0) == stored.tobytes()


def test_l105_an_overlay_in_the_pixel_bits_is_cleared() -> None:
    stored = _pixels().astype(np.uint16)
    overlay = np.zeros_like(stored)
    overlay[10:14, 5:30] = 0x8000
    data = image((ROWS, COLUMNS), (stored | overlay).tobytes(), bits=(16, 12, 11))
    assert store_of(copy_of(data, plan_rewrite(store_of(data), {}))).encoded(0) == stored.tobytes()


def test_l106_bits_below_the_stored_ones_are_cleared() -> None:
    stored = _pixels().astype(np.uint16) << 4
    below = np.tile(np.arange(COLUMNS, dtype=np.uint16) % 16, (ROWS, 1))
    data = image((ROWS, COLUMNS), (stored | below).tobytes(), bits=(16, 12, 15))
    original = store_of(data)
    copy = store_of(copy_of(data, plan_rewrite(original, {})))
    assert copy.encoded(0) == stored.tobytes()
    assert np.array_equal(copy.stored(0), original.stored(0))


def test_l119_a_payload_in_the_table_of_offsets_goes() -> None:
    data = compressed((ROWS, COLUMNS), [_jpeg()], uid.JPEGBaseline8Bit)
    item = b"\xfe\xff\x00\xe0" + struct.pack("<L", 4)
    payload = item[:4] + struct.pack("<L", 4 + len(NAME)) + b"\0\0\0\0" + NAME
    _assert_gone(data.replace(item + b"\0\0\0\0", payload))


def test_l119_stale_offsets_are_made_true() -> None:
    frames = [_jpeg(), _jpeg(), _jpeg()]
    data = compressed((ROWS, COLUMNS), frames, uid.JPEGBaseline8Bit)
    at = data.index(b"\xfe\xff\x00\xe0\x0c\0\0\0") + 8
    stale = data[:at] + struct.pack("<3L", 0, 7, 100_000) + data[at + 12 :]
    copy = copy_of(stale, plan_rewrite(store_of(stale), {}))
    table = struct.unpack_from("<3L", copy, copy.index(b"\xfe\xff\x00\xe0\x0c\0\0\0") + 8)
    length = len(store_of(copy).encoded(0)) + 8
    assert table == (0, length, 2 * length)


def test_l119_extended_offsets_are_rebuilt() -> None:
    frames = [_jpeg() + b"\0" * 4, _jpeg()]
    more = {"ExtendedOffsetTable": struct.pack("<2Q", 0, 5), "ExtendedOffsetTableLengths": struct.pack("<2Q", 1, 2)}
    data = compressed((ROWS, COLUMNS), frames, uid.JPEGBaseline8Bit, has_bot=False, more=more)
    copy = copy_of(data, plan_rewrite(store_of(data), {}))
    length = len(store_of(copy).encoded(0))
    assert struct.pack("<2Q", 0, length + 8) in copy
    assert struct.pack("<2Q", length, length) in copy


def test_frames_in_several_fragments_are_joined_by_their_ends() -> None:
    frame = _jpeg()
    parts = [frame[:200], frame[200:400], frame[400:]]
    data = compressed((ROWS, COLUMNS), [*parts, *parts], uid.JPEGBaseline8Bit, has_bot=False)
    two = data.replace(b"IS\x02\x006 ", b"IS\x02\x002 ")
    assert [store_of(two).encoded(number).rstrip(b"\0") for number in (0, 1)] == [frame, frame]


def test_an_embedded_sequence_delimiter_does_not_end_the_pixels() -> None:
    data = bytes(jpeg_ls.encode_array(_pixels()))
    comment = _segment(0xFE, b"\xfe\xff\xdd\xe0\0\0\0\0" + NAME)
    store = store_of(compressed((ROWS, COLUMNS), [data[:2] + comment + data[2:]] * 2, uid.JPEGLSLossless))
    assert np.array_equal(store.stored(1), _pixels())


@pytest.mark.parametrize(("keyword", "size"), [("FloatPixelData", 4), ("DoubleFloatPixelData", 8)])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_what_is_no_number_says_nothing(keyword: str, size: int, syntax: uid.UID) -> None:
    order = ">" if syntax == uid.ExplicitVRBigEndian else "<"
    values = np.random.default_rng(2).normal(0, 9, (ROWS, COLUMNS)).astype(f"{order}f{size}")
    bits = values.view(f"{order}u{size}")
    exponent = (0x7FC0 << 16) if size == 4 else (0x7FF8 << 48)
    letters = np.frombuffer((NAME * 8)[:32], np.uint8)[: 2 * 8].astype(np.uint64)
    bits[0, :8] = exponent | letters[:8] << np.uint64(8) | letters[8:]
    bits[1, :8], bits[2, :8] = exponent, exponent | 1 << 8 * size - 1
    bits[3, :8] = (1 << 8 * size) - 1
    data = image(
        (ROWS, COLUMNS), values.tobytes(), keyword=keyword, bits=(8 * size, 8 * size, 8 * size - 1), syntax=syntax
    )
    assert list(store_of(data).residues())
    copy = copy_of(data, plan_rewrite(store_of(data), {}))
    assert list(store_of(copy).residues()) == []
    after = store_of(copy).stored(0)
    assert np.array_equal(after, store_of(data).stored(0), equal_nan=True)
    plain = after.astype(f"<f{size}").view(f"<u{size}")
    assert set(plain[0, :8].tolist()) == {exponent}
    assert np.array_equal(plain[1:], bits.astype(f"<u{size}")[1:])
