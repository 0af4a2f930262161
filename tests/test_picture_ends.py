"""Picture files end where their header says: nothing behind it can be got back from a copy."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from conftest import CANARY
from factory_pictures import clean, demand_clean_twice
from scanscrub.formats.jpeg import document as jpeg
from scanscrub.formats.other import webp
from scanscrub.formats.other.webp_chunks import parse_file
from scanscrub.formats.png import document as png
from scanscrub.formats.png.chunks import SIGNATURE
from scanscrub.formats.tiff import document as tiff
from test_stream_ends import with_rows

NAME = CANARY.encode()


def _picture() -> Image.Image:
    y, x = np.mgrid[0:96, 0:100]
    red = 128 + 60 * np.sin(x / 9) + 40 * np.cos(y / 7)
    return Image.fromarray(np.stack([red, red[::-1], red[:, ::-1]], axis=-1).astype(np.uint8))


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
def test_rows_below_the_height_of_a_jpeg_file_cannot_be_got_back(progressive: bool) -> None:  # noqa: FBT001 - a row
    whole = Image.new("L", (128, 128), 40)
    ImageDraw.Draw(whole).text((6, 90), CANARY, fill=255)
    done = demand_clean_twice(with_rows(_saved(whole, "JPEG", quality=95, progressive=progressive), 64), jpeg.FORMAT)
    with Image.open(BytesIO(with_rows(done.copy, 128))) as again:
        assert not (np.asarray(again)[72:] > 150).any()  # the bits that fill up the last byte may draw in one block


@pytest.mark.parametrize("progressive", [False, True])
def test_a_name_in_the_last_blocks_of_a_jpeg_file_goes_with_them(progressive: bool) -> None:  # noqa: FBT001 - a row
    whole = Image.new("L", (120, 128), 40)
    ImageDraw.Draw(whole).text((6, 118), CANARY, fill=255)
    data = with_rows(_saved(whole, "JPEG", quality=90, progressive=progressive), 121)
    done = clean(data, jpeg.FORMAT)
    assert not done.failed
    assert "JPEG pixels beyond the edge" in done.kinds
    assert done.extension == ".png"
    with Image.open(BytesIO(done.copy)) as copy, Image.open(BytesIO(data)) as before:
        assert np.array_equal(np.asarray(copy), np.asarray(before))


def _with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """The WebP file with another body of one chunk."""
    packed = [
        struct.pack("<4sI", chunk.kind, len(new)) + new + bytes(len(new) % 2)
        for chunk in parse_file(data)[0]
        for new in [body if chunk.kind == kind else chunk.data]
    ]
    inner = b"WEBP" + b"".join(packed)
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def _body(data: bytes, kind: bytes) -> bytes:
    return next(chunk.data for chunk in parse_file(data)[0] if chunk.kind == kind)


@pytest.mark.parametrize("tail", [b"MILLER", NAME], ids=repr)
@pytest.mark.parametrize(("kind", "options"), [(b"VP8 ", {"quality": 80}), (b"VP8L", {"lossless": True})])
def test_bytes_behind_the_image_data_of_webp_go(kind: bytes, options: dict[str, object], tail: bytes) -> None:
    data = _saved(_picture(), "WEBP", **options)
    dirty = _with_chunk(data, kind, _body(data, kind) + tail)
    done = demand_clean_twice(dirty, webp.FORMAT)
    assert "WebP bytes behind the image data" in done.kinds
    assert tail not in done.copy
    assert len(done.copy) <= len(data)


def test_bytes_behind_the_alpha_plane_of_webp_go() -> None:
    picture = _picture()
    picture.putalpha(Image.linear_gradient("L").resize(picture.size).point(lambda shade: 40 + shade // 2))
    data = _saved(picture, "WEBP", quality=80)
    done = demand_clean_twice(_with_chunk(data, b"ALPH", _body(data, b"ALPH") + NAME), webp.FORMAT)
    assert NAME not in done.copy


def test_bytes_at_the_end_of_the_first_partition_of_webp_go() -> None:
    data = _saved(_picture(), "WEBP", quality=80)
    body = _body(data, b"VP8 ")
    tag = int.from_bytes(body[:3], "little")
    size = tag >> 5
    longer = (
        ((size + len(NAME)) << 5 | tag & 31).to_bytes(3, "little") + body[3 : 10 + size] + NAME + body[10 + size :]
    )
    done = demand_clean_twice(_with_chunk(data, b"VP8 ", longer), webp.FORMAT)
    assert NAME not in done.copy


@pytest.mark.parametrize("options", [{"quality": 30}, {"quality": 90}, {"lossless": True}], ids=str)
def test_a_webp_that_ends_where_it_should_keeps_its_bytes(options: dict[str, object]) -> None:
    data = _saved(_picture(), "WEBP", **options)
    assert clean(data, webp.FORMAT).copy == data


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(columns: int, rows: list[bytes], *, filters: bytes = b"\0") -> bytes:
    raw = b"".join(filters + row for row in rows)
    header = struct.pack(">IIBBBBB", columns, len(rows), 1, 0, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw)) + _chunk(b"IEND", b"")


def _five_bits() -> list[int]:
    return [letter & 31 for letter in NAME * 8]


def test_bits_behind_the_end_of_png_rows_go() -> None:
    done = demand_clean_twice(_png(3, [bytes([0b10100000 | bits]) for bits in _five_bits()]), png.FORMAT)
    assert "PNG bits behind the end of rows" in done.kinds
    at = done.copy.index(b"IDAT")
    rows = zlib.decompress(done.copy[at + 4 : at + 4 + struct.unpack_from(">I", done.copy, at - 4)[0]])
    assert {row & 31 for row in rows[1::2]} == {0}


@pytest.mark.parametrize("bits", [0, 31])
def test_bits_that_say_nothing_stay_where_png_rows_end(bits: int) -> None:
    data = _png(3, [bytes([0b10100000 | bits])] * 20)
    assert clean(data, png.FORMAT).copy == data


def _strip(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data)) as picture:
        return picture.tag_v2[273][0], picture.tag_v2[279][0]  # type: ignore[attr-defined] # of TiffImageFile


def test_bits_behind_the_end_of_tiff_rows_go() -> None:
    bits = _five_bits()
    data = bytearray(_saved(Image.new("1", (3, len(bits))), "TIFF"))
    at, length = _strip(bytes(data))
    data[at : at + length] = bytes(bits)
    done = demand_clean_twice(bytes(data), tiff.FORMAT)
    with Image.open(BytesIO(done.copy)) as picture:
        assert not np.asarray(picture).any()
    at, length = _strip(done.copy)
    assert not any(done.copy[at : at + length])


def _entry(data: bytes, tag: int) -> int:
    return next(at for kind in (3, 4) if (at := data.find(struct.pack("<HHI", tag, kind, 1))) >= 0)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_bytes_behind_the_last_sample_of_a_tiff_strip_go(compression: str) -> None:
    noise = np.random.default_rng(2).integers(0, 9, (40, 33)).astype(np.uint8)
    data = _saved(Image.fromarray(noise), "TIFF", compression=compression)
    assert not [kind for kind in clean(data, tiff.FORMAT).kinds if "not shown" in kind]
    at, length = _strip(data)
    strip = data[at : at + length] + b"MILLER"
    dirty = bytearray(data + strip)
    for tag, value in ((273, len(data)), (279, len(strip))):
        place = _entry(data, tag)
        dirty[place : place + 12] = struct.pack("<HHII", tag, 4, 1, value)
    done = demand_clean_twice(bytes(dirty), tiff.FORMAT)
    assert b"MILLER" not in done.copy
    with Image.open(BytesIO(done.copy)) as picture:
        assert np.array_equal(np.asarray(picture), noise)
