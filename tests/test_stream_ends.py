"""Compressed pictures in DICOM files end where their header says: nothing behind it can be got back from a copy."""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image, ImageDraw
from pydicom import uid

from conftest import CANARY
from factory_pixels import compressed, copy_of, image, shown, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove
from scanscrub.formats.jpeg.codestream import strip_j2k
from scanscrub.formats.jpeg.ends.trim import trimmed_jpeg
from scanscrub.formats.jpeg.lossless.encoder import encode_lossless
from scanscrub.formats.jpeg2000.trim import trimmed_j2k

NAME = CANARY.encode()
ROWS, COLUMNS, SHOWN = 128, 120, 64


def _whole() -> Image.Image:
    """A picture with a name in its lower half, which no header will declare."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    picture = Image.fromarray((40 + 20 * np.sin(x / 9) + 15 * np.cos(y / 7)).astype(np.uint8))
    ImageDraw.Draw(picture).text((8, 90), CANARY, fill=255)
    return picture


def _jpeg(picture: Image.Image | None = None, **options: Any) -> bytes:  # noqa: ANN401 - those of Pillow
    out = BytesIO()
    (picture or _whole()).save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def with_rows(data: bytes, rows: int) -> bytes:
    """The codestream with another height in its frame header."""
    at = next(at for marker in (0xC0, 0xC1, 0xC2, 0xC3, 0xF7) if (at := data.find(bytes([0xFF, marker, 0]))) >= 0)
    return data[: at + 5] + struct.pack(">H", rows) + data[at + 7 :]


def _cleaned(frame: bytes, syntax: uid.UID, rows: int = SHOWN) -> bytes:
    """The frame in a copy that was proved, and in which a second run finds nothing."""
    data = compressed((rows, COLUMNS), [frame], syntax)
    original = store_of(data)
    assert list(original.residues())
    copy = copy_of(data, plan_rewrite(original, {}))
    staged = store_of(copy)
    assert all(check.passed for check in prove(original, {}, staged))
    assert np.array_equal(original.stored(0), staged.stored(0))
    assert copy_of(copy, plan_rewrite(staged, {})) == copy
    return staged.encoded(0)


def _bright(frame: bytes) -> int:
    """Bright pixels below the declared height for a decoder that is told of the whole one, but for the first blocks,
    in which the bits may draw that fill up the last byte.
    """
    with Image.open(BytesIO(with_rows(frame, ROWS))) as picture:
        return int((np.asarray(picture.convert("L"))[SHOWN + 8 :] > 150).sum())


@pytest.mark.parametrize(
    "options", [{}, {"restart_marker_blocks": 4}, {"optimize": True}, {"progressive": True}], ids=str
)
def test_rows_below_the_height_of_a_jpeg_cannot_be_got_back(options: dict[str, Any]) -> None:
    hidden = with_rows(_jpeg(**options), SHOWN)
    assert _bright(hidden) > 100
    assert _bright(_cleaned(hidden, uid.JPEGBaseline8Bit)) == 0


def test_rows_below_the_height_of_a_lossless_jpeg_are_gone() -> None:
    whole = encode_lossless(np.asarray(_whole()), 8)
    kept = _cleaned(with_rows(whole, SHOWN), uid.JPEGLosslessSV1)
    assert len(kept) < len(whole) * 0.7


def test_rows_below_the_height_of_jpeg_ls_are_gone() -> None:
    samples = np.asarray(_whole())
    kept = _cleaned(with_rows(bytes(jpeg_ls.encode_array(samples)), SHOWN), uid.JPEGLSLossless)
    assert len(kept) < len(bytes(jpeg_ls.encode_array(samples))) * 0.7


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 9, NAME, b"\x80"], ids=repr)
def test_bytes_behind_the_last_line_of_jpeg_ls_go(tail: bytes) -> None:
    whole = bytes(jpeg_ls.encode_array(np.asarray(_whole())))
    kept = _cleaned(whole[:-2] + tail + whole[-2:], uid.JPEGLSLossless, ROWS)
    assert kept[: len(whole)] == whole


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _before_scan(data: bytes, more: bytes) -> bytes:
    at = data.index(b"\xff\xda")
    return data[:at] + more + data[at:]


_TABLE = NAME.ljust(64, b"\x01")
_CODES = bytes(15) + b"\x20" + NAME.ljust(32)
JPEG_PLACES: dict[str, Callable[[bytes], bytes]] = {
    "behind the last block": lambda data: data[:-2] + NAME + data[-2:],
    "a quantizer that nobody uses": lambda data: _before_scan(data, _segment(0xDB, b"\x03" + _TABLE)),
    "a code that nobody uses": lambda data: _before_scan(data, _segment(0xC4, b"\x13" + _CODES)),
    "a quantizer that is defined anew": lambda data: data[:2] + _segment(0xDB, b"\0" + _TABLE) + data[2:],
    "a code that is defined anew": lambda data: data[:2] + _segment(0xC4, b"\0" + _CODES) + data[2:],
    "lines that are counted later": lambda data: data[:-2] + _segment(0xDC, b"JD") + data[-2:],
}


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=str)
@pytest.mark.parametrize("place", sorted(JPEG_PLACES))
def test_what_a_jpeg_decoder_passes_over_goes(place: str, options: dict[str, Any]) -> None:
    clean = _jpeg(**options)
    kept = _cleaned(JPEG_PLACES[place](clean), uid.JPEGBaseline8Bit, ROWS)
    assert NAME not in kept
    assert len(kept) <= len(clean)


def test_a_picture_under_a_picture_is_refused() -> None:
    clean, other = _jpeg(progressive=True), _jpeg(Image.new("L", (COLUMNS, ROWS), 90), progressive=True)
    first = other[other.index(b"\xff\xc4") : -2]
    twice = _before_scan(clean, first[: first.index(b"\xff\xc4", 4)])
    assert trimmed_jpeg(twice) is None


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 3}], ids=str
)
@pytest.mark.parametrize("size", [(61, 43), (64, 64), (9, 130)], ids=str)
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_jpeg_that_ends_where_it_should_keeps_its_bytes(
    size: tuple[int, int], subsampling: int, options: dict[str, Any]
) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (*size, 3)).astype(np.uint8)
    data = _jpeg(Image.fromarray(noise), subsampling=subsampling, **options)
    assert trimmed_jpeg(data) == data


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=str)
def test_a_jpeg_whose_data_ends_too_early_is_not_followed(options: dict[str, Any]) -> None:
    data = _jpeg(**options)
    assert trimmed_jpeg(with_rows(data, ROWS + 64)) is None


def _j2k(samples: NDArray[np.uint8], **options: object) -> bytes:
    return strip_j2k(bytes(encode_array(samples, **options)))


def _with_tail(data: bytes, tail: bytes) -> bytes:
    at = data.index(b"\xff\x90\0\x0a")
    length = int.from_bytes(data[at + 6 : at + 10], "big")
    sot = data[at : at + 6] + (length + len(tail)).to_bytes(4, "big")
    return data[:at] + sot + data[at + 10 : at + length] + tail + data[at + length :]


@pytest.mark.parametrize("ratios", [None, [20, 8, 3]])
def test_bytes_behind_the_last_packet_of_jpeg_2000_go(ratios: list[int] | None) -> None:
    data = _j2k(np.asarray(_whole()), **({"compression_ratios": ratios} if ratios else {}))
    syntax = uid.JPEG2000 if ratios else uid.JPEG2000Lossless
    kept = _cleaned(_with_tail(data, NAME), syntax, ROWS)
    assert kept[: len(data)] == data
    assert NAME not in kept


def test_a_tile_beyond_the_picture_goes() -> None:
    data = _j2k(np.asarray(_whole()))
    at = data.index(b"\xff\x90\0\x0a")
    second = data[at : at + 4] + b"\0\x01" + data[at + 6 : -2]
    assert trimmed_j2k(data[:-2] + second + data[-2:]) == data


def test_step_sizes_that_no_sub_band_has_go() -> None:
    data = _j2k(np.asarray(_whole()))
    at = data.index(b"\xff\x5c")
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    longer = data[:at] + struct.pack(">HH", 0xFF5C, length + len(NAME)) + data[at + 4 : at + 2 + length] + NAME
    assert trimmed_j2k(longer + data[at + 2 + length :]) == data


@pytest.mark.parametrize("progression", ["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"])
@pytest.mark.parametrize("tile", [None, (50, 37)])
@pytest.mark.parametrize("resolutions", [1, 4])
def test_packets_in_every_order_are_followed_to_the_last(
    progression: str, tile: tuple[int, int] | None, resolutions: int
) -> None:
    colors = np.stack([np.asarray(_whole())] * 3, axis=-1)
    colors[..., 1] = colors[::-1, :, 1]
    options = {"tile_size": tile} if tile else {}
    out = BytesIO()
    Image.fromarray(colors).save(
        out,
        "JPEG2000",
        no_jp2=True,
        progression=progression,
        num_resolutions=resolutions,
        codeblock_size=(16, 16),
        precinct_size=(64, 32),
        quality_layers=[30, 10, 2],
        **options,
    )
    data = strip_j2k(out.getvalue())
    assert trimmed_j2k(data) == data
    assert trimmed_j2k(_with_tail(data, NAME)) == data


def test_packet_lengths_and_tile_lengths_stay_where_they_are_true() -> None:
    data = _j2k(np.asarray(_whole()), add_plt=True, add_tlm=True)
    assert b"\xff\x58" in data
    assert trimmed_j2k(data) == data
    at = data.index(b"\xff\x58")
    untrue = data[: at + 6] + bytes([data[at + 6] ^ 1]) + data[at + 7 :]
    assert len(trimmed_j2k(untrue) or untrue) < len(data)


def test_samples_above_bits_stored_are_refused() -> None:
    low = np.asarray(_whole()).astype(np.uint16)
    high = low | (low > 150).astype(np.uint16) << 13
    frame = bytes(encode_array(high, bits_stored=16))
    data = compressed((ROWS, COLUMNS), [frame], uid.JPEG2000Lossless, bits=(16, 12, 11))
    with pytest.raises(RefusedFile, match="more bits"):
        store_of(data).stored(0)
    harmless = compressed(
        (ROWS, COLUMNS), [bytes(encode_array(low, bits_stored=16))], uid.JPEG2000Lossless, bits=(16, 12, 11)
    )
    assert np.array_equal(store_of(harmless).stored(0), low)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_name_in_the_last_blocks_below_the_edge_goes_with_the_form_they_are_stored_in(mode: str) -> None:
    rows = ROWS - 7
    picture = Image.new("L", (COLUMNS, ROWS), 40)
    ImageDraw.Draw(picture).text((4, rows - 3), CANARY, fill=255)
    frame = with_rows(_jpeg(picture.convert(mode)), rows)
    photometric = "YBR_FULL_422" if mode == "RGB" else "MONOCHROME2"
    data = compressed((rows, COLUMNS), [frame], uid.JPEGBaseline8Bit, photometric=photometric)
    original = store_of(data)
    assert "pixels beyond the edge of a frame" in [seen.where.kind for seen in original.residues()]
    copy = copy_of(data, plan_rewrite(original, {}))
    staged = store_of(copy)
    assert staged.layout.syntax == uid.JPEGLSLossless
    assert all(check.passed for check in prove(original, {}, staged))
    assert np.array_equal(shown(copy), original.stored(0))
    assert not list(staged.residues())


@pytest.mark.parametrize("quality", [60, 90])
@pytest.mark.parametrize("size", [(61, 43), (75, 97)], ids=str)
def test_blocks_that_an_encoder_filled_up_hide_nothing(size: tuple[int, int], quality: int) -> None:
    picture = _whole().crop((0, 60, size[1], 60 + size[0])).convert("RGB")
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    data = compressed(size, [out.getvalue()], uid.JPEGBaseline8Bit, photometric="YBR_FULL_422")
    assert not store_of(data).holds_more(0)


def test_uncompressed_frames_have_nothing_to_follow() -> None:
    assert not list(store_of(image((ROWS, COLUMNS), np.asarray(_whole()).tobytes())).residues())
