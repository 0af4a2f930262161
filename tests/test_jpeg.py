"""JPEG: the hiding places L138 to L148, masks in the DCT domain, and what only one check of the proof can see."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from conftest import CANARY
from factory_pictures import (
    BOX,
    COLUMNS,
    NAME,
    ROWS,
    SOURCE,
    clean,
    color,
    demand_clean_twice,
    exif,
    gray,
    jpeg,
    jpeg_segment,
    pixels,
    proof_of,
    saved,
)
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.jpeg.document import FORMAT

THUMBNAIL = saved(gray()[::4, ::4], "JPEG")
PLAIN = jpeg()

SEGMENTS = {
    "L138 EXIF": jpeg_segment(0xE1, b"Exif\0\0" + exif()),
    "L138 author in UTF-16": jpeg_segment(0xE1, b"Exif\0\0II*\0" + CANARY.encode("utf-16-le")),
    "L139 EXIF thumbnail": jpeg_segment(0xE1, b"Exif\0\0" + exif() + THUMBNAIL),
    "L140 JFXX thumbnail": jpeg_segment(0xE0, b"JFXX\0\x10" + THUMBNAIL + NAME),
    "L141 XMP": jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + NAME),
    "L141 extended XMP": jpeg_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + NAME),
    "L142 IPTC": jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0" + NAME),
    "L143 MPF": jpeg_segment(0xE2, b"MPF\0" + NAME),
    "L143 color profile": jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + NAME),
    "L144 manifest": jpeg_segment(0xEB, b"JP\0\1" + NAME),
    "L144 Ducky": jpeg_segment(0xEC, b"Ducky\0" + NAME),
    "L144 behind the color transform": jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + NAME),
    "L145 comment": jpeg_segment(0xFE, NAME),
    "L145 segment nobody knows": jpeg_segment(0xEA, NAME),
    "L145 table that nothing uses": jpeg_segment(0xDB, b"\3" + (NAME * 8)[:64]),
}


@pytest.mark.parametrize("segment", SEGMENTS.values(), ids=SEGMENTS)
def test_segment_is_gone_and_the_picture_is_kept(segment: bytes) -> None:
    done = demand_clean_twice(jpeg(segment), FORMAT)
    assert CANARY.encode("utf-16-le") not in done.copy
    assert done.copy.replace(jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1"), b"") == PLAIN
    assert len(done.kinds) == 1
    assert CANARY in done.text


def test_l140_thumbnail_in_the_jfif_header_is_gone() -> None:
    start = 4 + int.from_bytes(PLAIN[4:6], "big")
    header = PLAIN[6 : start - 2] + b"\4\4" + NAME * 6
    data = b"\xff\xd8" + jpeg_segment(0xE0, header) + PLAIN[start:]
    assert demand_clean_twice(data, FORMAT).copy == PLAIN


def test_l143_pictures_and_films_behind_the_picture_are_gone() -> None:
    done = demand_clean_twice(PLAIN + saved(gray(), "JPEG") + b"\0\0\0\x18ftypmp42" + NAME, FORMAT)
    assert done.copy == PLAIN
    assert done.kinds == ["JPEG bytes after the end"]
    assert CANARY in done.text


def test_l145_segments_between_scans_are_gone() -> None:
    data = saved(color(), "JPEG", progressive=True)
    place = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    done = demand_clean_twice(data[:place] + jpeg_segment(0xE5, NAME) + data[place:], FORMAT)
    assert done.copy == data


def test_l145_bytes_behind_the_last_block_are_gone() -> None:
    done = demand_clean_twice(PLAIN[:-2] + NAME + PLAIN[-2:], FORMAT)
    assert done.copy == PLAIN


def test_l145_fill_bytes_are_gone() -> None:
    start = 4 + int.from_bytes(PLAIN[4:6], "big")
    done = demand_clean_twice(PLAIN[:start] + b"\xff" * 40 + PLAIN[start:], FORMAT)
    assert done.copy == PLAIN


def test_l146_bytes_after_the_end_are_gone() -> None:
    assert demand_clean_twice(PLAIN + NAME, FORMAT).copy == PLAIN


@pytest.mark.parametrize("orientation", range(1, 9))
def test_l147_mask_lies_where_the_upright_picture_has_it(orientation: int) -> None:
    data = jpeg(jpeg_segment(0xE1, b"Exif\0\0" + exif(orientation)), picture=gray())
    box = Box(0, 0, 16, 8)
    done = demand_clean_twice(data, FORMAT, box)
    with FORMAT.open(io.BytesIO(done.copy), SOURCE) as copy:
        seen = next(copy.pictures())[1].views[0].pixels
    assert done.pictures[0].rows == (ROWS if orientation < 5 else COLUMNS)
    assert not seen[:8, :16].any()
    assert seen[16:, 16:].any()
    assert Image.open(io.BytesIO(done.copy)).getexif().get(0x0112, 1) == orientation


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_a_mask_covers_are_the_blocks_of_the_turned_picture(orientation: int) -> None:
    picture = np.full((43, 61), 200, np.uint8)
    data = jpeg(jpeg_segment(0xE1, b"Exif\0\0" + exif(orientation)), picture=picture)
    region = PixelRegion(Box(19, 21, 22, 25))
    with FORMAT.open(io.BytesIO(data), SOURCE) as document:
        box = document.covered(region, 2).box
    done = clean(data, FORMAT, region, padding=2)
    with FORMAT.open(io.BytesIO(done.copy), SOURCE) as copy:
        rows, columns = np.nonzero(next(copy.pictures())[1].views[0].pixels < 100)
    assert box == Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    assert box.area > 7 * 8


@pytest.mark.parametrize(
    "options",
    [{}, {"subsampling": 0}, {"quality": 97}, {"optimize": True}, {"restart_marker_blocks": 2}],
    ids=str,
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_masks_stay_in_the_codec_and_change_no_other_block(mode: str, options: dict[str, object]) -> None:
    data = saved(Image.fromarray(color()).convert(mode), "JPEG", **options)
    done = demand_clean_twice(data, FORMAT, BOX)
    assert done.extension == ".jpg"
    assert len(done.copy) < len(data) + 500
    far = np.s_[:, 40:]
    assert (pixels(done.copy)[far] == pixels(data)[far]).all()


@pytest.mark.parametrize(("mode", "options"), [("RGB", {"progressive": True}), ("CMYK", {})], ids=str)
def test_l148_what_cannot_be_masked_in_its_codec_becomes_an_exact_png(mode: str, options: dict[str, object]) -> None:
    data = saved(Image.fromarray(color()).convert(mode), "JPEG", **options)
    done = demand_clean_twice(data, FORMAT, BOX)
    assert done.extension == ".png"
    assert "PNG" in done.notes[0]
    before, after = pixels(data, "RGB"), pixels(done.copy)
    assert not after[BOX.top : BOX.bottom, BOX.left : BOX.right].any()
    before[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0
    assert (before == after).all()
    assert demand_clean_twice(data, FORMAT).extension == ".jpg"


def test_l148_twelve_bits_and_lossless_processes_are_refused() -> None:
    place = PLAIN.index(b"\xff\xc0")
    twelve = PLAIN[: place + 4] + b"\x0c" + PLAIN[place + 5 :]
    lossless = PLAIN[: place + 1] + b"\xc3" + PLAIN[place + 2 :]
    for data in (twelve, lossless):
        with pytest.raises(RefusedFile, match="variant"):
            clean(data, FORMAT)


def test_damaged_files_are_refused() -> None:
    place = PLAIN.index(b"\xff\xc0")
    huge = PLAIN[: place + 5] + b"\xff\xff\xff\xff" + PLAIN[place + 9 :]
    scan = PLAIN.index(b"\xff\xda") + 14
    bad = {
        "no end": PLAIN[:-2],
        "cut": PLAIN[:200],
        "no image data": PLAIN[:scan] + PLAIN[-2:],
        "huge": huge,
        "no headers": PLAIN[:2] + PLAIN[scan - 14 :],
    }
    for name, data in bad.items():
        with pytest.raises(RefusedFile) as refused:
            clean(data, FORMAT)
        assert refused.value.hint, name


def masked() -> bytes:
    return clean(PLAIN, FORMAT, BOX).copy


def elsewhere() -> bytes:
    """A copy in which one more block is black."""
    return clean(PLAIN, FORMAT, BOX, Box(48, 32, 50, 34)).copy


SABOTAGED: dict[str, Callable[[], bytes]] = {
    "only allowed segments": lambda: masked()[:2] + jpeg_segment(0xFE, b"hello") + masked()[2:],
    "nothing after the end": lambda: masked() + b"rest",
    "pixels outside masks are identical": elsewhere,
    "masked areas are flat and black": lambda: PLAIN,
    "orientation is the same": lambda: masked()[:2] + jpeg(jpeg_segment(0xE1, b"Exif\0\0" + exif(3)))[2:],
}


@pytest.mark.parametrize("check", SABOTAGED)
def test_this_check_sees_the_sabotage(check: str) -> None:
    failed = proof_of(PLAIN, FORMAT, SABOTAGED[check](), BOX)
    assert check in failed
    if check != "orientation is the same":
        assert failed == [check]


def test_entropy_coded_bytes_changed_without_need_are_seen() -> None:
    other = saved(color(), "JPEG", optimize=True)
    assert "image data without masks is kept as it was encoded" in proof_of(PLAIN, FORMAT, other)


def test_the_first_picture_of_several_is_kept_and_the_note_says_so() -> None:
    first, second = Image.fromarray(color()), Image.fromarray(color()[::-1])
    done = demand_clean_twice(saved(first, "MPO", save_all=True, append_images=[second]), FORMAT)
    assert done.notes == ("Only the first picture of a JPEG file of several was kept.",)
    assert (pixels(done.copy) == pixels(saved(first, "JPEG"))).all()
