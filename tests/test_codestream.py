"""Codestreams lose what is no picture and keep every entropy-coded byte."""

import struct
from io import BytesIO

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import decode, encode_array
from PIL import Image

from conftest import CANARY
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.jpeg.codestream import is_ycc, jpeg_segments, strip_j2k, strip_jpeg, strip_jpegls

NAME = CANARY.encode()


def _colors(rows: int = 40, columns: int = 56) -> NDArray[np.uint8]:
    y, x = np.mgrid[0:rows, 0:columns]
    return np.stack([x * 4, y * 5, (x + y) * 2], axis=-1).astype(np.uint8)


def _jpeg(pixels: NDArray[np.uint8] | None = None, **options: object) -> bytes:
    out = BytesIO()
    Image.fromarray(_colors() if pixels is None else pixels).save(out, "JPEG", **options)
    return out.getvalue()


def _shown(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(data)))


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


@pytest.mark.parametrize("marker", [*range(0xE0, 0xF0), 0xFE])
def test_application_segments_and_comments_go(marker: int) -> None:
    data = _jpeg()
    dirty = data[:2] + _segment(marker, b"Exif\0\0" + NAME) + data[2:]
    stripped = strip_jpeg(dirty)
    assert NAME not in stripped
    assert np.array_equal(_shown(stripped), _shown(data))


def test_a_comment_between_tables_and_scan_goes() -> None:
    data = _jpeg()
    at = data.index(b"\xff\xda")
    assert NAME not in strip_jpeg(data[:at] + b"\xff\xff" + _segment(0xFE, NAME) + data[at:])


def test_bytes_after_the_end_go_with_a_second_image() -> None:
    data = _jpeg()
    assert strip_jpeg(data + NAME + data) == strip_jpeg(data)


def test_entropy_coded_bytes_stay_as_they_are() -> None:
    data = _jpeg(restart_marker_blocks=2)
    kept = [entropy for *_, entropy in jpeg_segments(strip_jpeg(data))]
    assert [entropy for entropy in kept if entropy] == [entropy for *_, entropy in jpeg_segments(data) if entropy]


def test_adobe_keeps_its_transform_and_nothing_else() -> None:
    data = strip_jpeg(_jpeg()).replace(_segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), b"")
    adobe = _segment(0xEE, b"Adobe\0\x64\x41\x42\x43\x44\0" + NAME)
    stripped = strip_jpeg(data[:2] + adobe + data[2:])
    assert NAME not in stripped
    assert _segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") in stripped
    assert not is_ycc(stripped)


def test_a_thumbnail_in_jfif_goes() -> None:
    data = _jpeg()
    thumbnail = b"JFIF\0\x01\x02\0\0\x01\0\x01\x08\x01" + NAME + bytes(24 - len(NAME))
    dirty = data[:2] + _segment(0xE0, thumbnail) + data[20:]
    assert NAME not in strip_jpeg(dirty, keep_jfif=True)
    assert b"JFIF" in strip_jpeg(dirty, keep_jfif=True)


def test_stripping_twice_changes_nothing() -> None:
    once = strip_jpeg(_jpeg(progressive=True, comment=NAME))
    assert strip_jpeg(once) == once


@pytest.mark.parametrize("cut", [0, 1, 2, 30, 700, -2, -1])
def test_a_jpeg_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(RefusedFile):
        strip_jpeg(_jpeg()[:cut])


def test_jpegls_loses_comments_and_application_data() -> None:
    gray = _colors()[:, :, 0].copy()
    data = bytes(jpeg_ls.encode_array(gray))
    dirty = data[:2] + _segment(0xFE, NAME) + _segment(0xE8, b"SPIFF\0" + NAME) + data[2:] + NAME
    stripped = strip_jpegls(dirty)
    assert NAME not in stripped
    assert np.array_equal(jpeg_ls.decode(np.frombuffer(stripped, np.uint8)), gray)


def test_jpegls_keeps_hps_color_transform() -> None:
    data = bytes(jpeg_ls.encode_array(_colors()[:, :, 0].copy()))
    transform = _segment(0xE8, b"mrfx\x01")
    assert transform in strip_jpegls(data[:2] + transform + data[2:])


def test_j2k_loses_comments_and_data_after_the_end() -> None:
    data = encode_array(_colors(), photometric_interpretation=1)
    dirty = data[:-2] + b"\xff\xd9" + NAME
    at = data.index(b"\xff\x52")
    dirty = dirty[:at] + struct.pack(">HHH", 0xFF64, len(NAME) + 4, 1) + NAME + dirty[at:]
    stripped = strip_j2k(dirty)
    assert NAME not in stripped
    assert b"OpenJPEG" not in stripped
    assert np.array_equal(decode(BytesIO(stripped), 0), _colors())


def test_marker_segments_of_j2k_that_no_standard_knows_go() -> None:
    data = encode_array(_colors(), photometric_interpretation=1)
    at = data.index(b"\xff\x52")
    unknown = struct.pack(">HH", 0xFF6E, len(NAME) + 2) + NAME
    assert strip_j2k(data[:at] + unknown + data[at:]) == strip_j2k(data)


def test_a_comment_in_a_tile_part_goes_and_its_length_is_mended() -> None:
    data = encode_array(_colors(), photometric_interpretation=1, add_tlm=True)
    sot = data.index(b"\xff\x90\x00\x0a")
    comment = struct.pack(">HHH", 0xFF64, len(NAME) + 4, 1) + NAME
    length = int.from_bytes(data[sot + 6 : sot + 10], "big") + len(comment)
    dirty = data[: sot + 6] + length.to_bytes(4, "big") + data[sot + 10 : sot + 12] + comment + data[sot + 12 :]
    stripped = strip_j2k(dirty)
    assert NAME not in stripped
    assert b"\xff\x55" not in stripped[: stripped.index(b"\xff\x90")]
    assert np.array_equal(decode(BytesIO(stripped), 0), _colors())


def test_boxes_around_a_j2k_codestream_go() -> None:
    data = encode_array(_colors(), photometric_interpretation=1, codec_format=1)
    xml = struct.pack(">L4s", 8 + len(NAME), b"xml ") + NAME
    at = data.index(b"jp2c") - 4
    stripped = strip_j2k(data[:at] + xml + data[at:])
    assert stripped[:4] == b"\xff\x4f\xff\x51"
    assert NAME not in stripped


@pytest.mark.parametrize("cut", [0, 3, 20, 60, 130, -3])
def test_a_j2k_cut_short_is_refused(cut: int) -> None:
    data = encode_array(_colors(), photometric_interpretation=1)
    with pytest.raises(RefusedFile):
        strip_j2k(data[:cut])


def test_a_missing_end_marker_of_j2k_is_put_back() -> None:
    data = strip_j2k(encode_array(_colors(), photometric_interpretation=1))
    assert strip_j2k(data[:-2]) == data
