"""TIFF: the hiding places L149 to L153, every kind of sample and compression, and sabotage that one check sees."""

import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
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
    gray,
    pixels,
    proof_of,
    saved,
)
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.tiff.document import FORMAT

Field = tuple[int, int, bytes]


def numbers(tag: int, *values: int, kind: int = 4) -> Field:
    return tag, kind, struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)


def tiff(*more: Field, strip: bytes | None = None, gap: bytes = b"", behind: bytes = b"") -> bytes:
    """A gray page of one strip with more fields; `gap` lies between the strip and the directory."""
    data = gray().tobytes() if strip is None else strip
    fields = {
        256: numbers(256, COLUMNS),
        257: numbers(257, ROWS),
        258: numbers(258, 8, kind=3),
        259: numbers(259, 1, kind=3),
        262: numbers(262, 1, kind=3),
        273: numbers(273, 8),
        278: numbers(278, ROWS),
        279: numbers(279, len(data)),
    }
    fields |= {field[0]: field for field in more}
    body = data + gap + bytes(len(data + gap) % 2)
    place = 8 + len(body)
    outside = place + 6 + 12 * len(fields)
    entries, values = b"", b""
    for tag, kind, value in sorted(fields.values()):
        count = len(value) // {2: 1, 3: 2, 4: 4, 5: 8, 7: 1}[kind]
        where = value.ljust(4, b"\0")
        if len(value) > 4:
            where = struct.pack("<I", outside + len(values))
            values += value + bytes(len(value) % 2)
        entries += struct.pack("<HHI", tag, kind, count) + where
    head = struct.pack("<2sHI", b"II", 42, place)
    return head + body + struct.pack("<H", len(fields)) + entries + bytes(4) + values + behind


TAGS = {
    "L149 description": 270,
    "L149 document name": 269,
    "L149 page name": 285,
    "L149 software": 305,
    "L149 date": 306,
    "L149 artist": 315,
    "L149 host computer": 316,
    "L149 copyright": 33432,
    "L151 private tag": 65000,
    "L151 OME or ImageJ metadata": 50839,
    "L151 Micro-Manager": 51123,
    "L153 XMP": 700,
    "L153 IPTC": 33723,
    "L153 Photoshop": 34377,
    "L153 color profile": 34675,
}


@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS)
def test_field_is_gone_and_the_page_is_kept(tag: int) -> None:
    done = demand_clean_twice(tiff((tag, 7, NAME)), FORMAT)
    assert (pixels(done.copy) == gray()).all()
    assert CANARY in done.text
    assert len(done.kinds) == 1


NAME_IN_NUMBERS: dict[str, tuple[Field, ...]] = {
    "resolution": ((282, 5, NAME[:8]), (283, 5, NAME[:8])),
    "resolution of one side": ((282, 5, NAME[:8]),),
    "more numbers than samples": ((277, 3, b"\1\0" + NAME[:8]),),
    "more widths": ((256, 4, COLUMNS.to_bytes(4, "little") + NAME[:8]),),
    "color map of a gray page": ((320, 3, NAME[:8] * 192),),
    "tables of JPEG where there is none": ((347, 7, NAME),),
    "ranges of colors where there are none": ((532, 5, NAME[:8] * 6),),
    "inks": ((332, 3, NAME[:8]),),
    "places of tiles beside strips": ((325, 3, NAME[:8]),),
}


@pytest.mark.parametrize("fields", NAME_IN_NUMBERS.values(), ids=NAME_IN_NUMBERS)
def test_text_in_a_field_of_numbers_does_not_come_along(fields: tuple[Field, ...]) -> None:
    assert b"Zqca" not in demand_clean_twice(tiff(*fields), FORMAT).copy


def test_resolution_stays() -> None:
    data = tiff((282, 5, struct.pack("<II", 72, 1)), (283, 5, struct.pack("<II", 72, 1)), (270, 2, NAME))
    assert Image.open(io.BytesIO(clean(data, FORMAT).copy)).info["dpi"] == (72, 72)


def test_l150_directories_below_a_page_are_gone() -> None:
    below = struct.pack("<HHHII", 1, 0xA430, 2, len(NAME), 0) + bytes(4) + NAME
    for tag in (330, 34665, 34853):
        done = demand_clean_twice(tiff(numbers(tag, 8 + ROWS * COLUMNS), gap=below), FORMAT)
        assert "TIFF bytes that no page uses" in done.kinds
        assert CANARY in done.text


def test_l150_every_page_is_looked_at_and_masked_on_its_own() -> None:
    pages = [Image.fromarray(color()), Image.fromarray(gray()), Image.fromarray(255 - gray())]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    done = clean(data, FORMAT, PixelRegion(BOX, frame=2))
    assert not done.failed
    assert len(done.pictures) == 3
    with Image.open(io.BytesIO(done.copy)) as copy:
        for frame, page in enumerate(pages):
            copy.seek(frame)
            different = (np.array(copy) != np.array(page)).reshape(ROWS, COLUMNS, -1).any(axis=2)
            assert different.sum() == (BOX.area if frame == 2 else 0)


def test_l150_a_small_copy_of_a_page_is_left_out() -> None:
    small = Image.fromarray(gray()[::4, ::4])
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = saved(gray(), "TIFF", save_all=True, append_images=[small])
    done = demand_clean_twice(data, FORMAT)
    assert "TIFF reduced page" in done.kinds
    assert len(done.pictures) == 1
    assert "small" in done.notes[0]


@pytest.mark.parametrize("place", ["gap", "behind"])
def test_l152_bytes_that_no_page_uses_are_gone(place: str) -> None:
    done = demand_clean_twice(tiff(gap=NAME) if place == "gap" else tiff(behind=NAME), FORMAT)
    assert done.copy == clean(tiff((270, 2, b"x")), FORMAT).copy
    assert CANARY in done.text


def test_l152_bytes_behind_the_samples_of_a_strip_are_gone() -> None:
    for data in (
        tiff(strip=gray().tobytes() + NAME),
        tiff(numbers(259, 8, kind=3), strip=zlib.compress(gray().tobytes()) + NAME),
        tiff(numbers(259, 8, kind=3), strip=zlib.compress(gray().tobytes() + NAME)),
        tiff(numbers(259, 32773, kind=3), strip=_packbits(gray()) + NAME * 3),
    ):
        done = demand_clean_twice(data, FORMAT)
        assert (pixels(done.copy) == gray()).all()
        assert done.kinds == ["TIFF image data that is not shown"]


def test_palette_entries_that_are_not_used_are_gone() -> None:
    image = Image.fromarray(np.tile(np.arange(4, dtype=np.uint8), (ROWS, COLUMNS // 4)))
    image.putpalette(bytes(range(12)) + NAME * 30)
    done = demand_clean_twice(saved(image, "TIFF"), FORMAT)
    assert (pixels(done.copy, "RGB") == pixels(saved(image, "TIFF"), "RGB")).all()
    assert b"Z\0q" not in done.copy
    assert "index plane" in [view.name for view in done.pictures[0].views]


def test_color_under_transparency_is_gone() -> None:
    samples = np.dstack([color(), np.full((ROWS, COLUMNS), 255, np.uint8)])
    samples[5:30, 5:30, 3] = 0
    done = demand_clean_twice(saved(samples, "TIFF", compression="tiff_lzw"), FORMAT)
    assert not pixels(done.copy)[5:30, 5:30].any()


SAMPLES: dict[str, NDArray[Any]] = {
    "RGB 8": color(),
    "RGB 16": color().astype(np.uint16) * 201,
    "RGB float": color().astype(np.float32) / 3,
    "gray 16": gray().astype(np.uint16) * 77,
    "gray signed": gray().astype(np.int32) - 99,
    "gray float": gray().astype(np.float64) / 7,
}


@pytest.mark.parametrize("compression", [1, 5, 8, 32773])
@pytest.mark.parametrize("samples", SAMPLES.values(), ids=SAMPLES)
def test_every_kind_of_sample_is_masked_in_its_compression(samples: NDArray[Any], compression: int) -> None:
    data = _through_opencv(samples, compression)
    assert demand_clean_twice(data, FORMAT).copy == data
    done = demand_clean_twice(data, FORMAT, BOX)
    expected = samples.copy()
    expected[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0 if samples.dtype.kind == "u" else samples.min()
    copy = cv2.imdecode(np.frombuffer(done.copy, np.uint8), cv2.IMREAD_UNCHANGED)
    assert copy is not None
    assert (copy == expected).all()
    assert not done.notes


WRITING = np.s_[20:24, 10:50]


@pytest.mark.parametrize(
    ("outlier", "dtype"),
    [(np.finfo(np.float32).min, np.float32), (1e300, np.float64), (-(2**31), np.int32), (65535, np.uint16)],
)
def test_writing_is_seen_beside_outliers(outlier: float, dtype: type) -> None:
    samples: NDArray[Any] = (gray().astype(np.float64) * 4).astype(dtype)
    samples[30:] = outlier
    samples[WRITING] = 1500
    pictures = clean(_through_opencv(samples, 1), FORMAT).pictures
    seen = [view.pixels.astype(int) for view in pictures[0].views]
    assert max(view[WRITING].min() - view[10:14, 10:50].max() for view in seen) > 40


@pytest.mark.parametrize("text", [np.nan, np.inf, -np.inf])
def test_writing_in_what_is_no_number_is_seen(text: float) -> None:
    samples = gray().astype(np.float32)
    samples[15:30] = samples.max() if text > 0 else samples.min()
    samples[WRITING] = text
    pictures = clean(saved(samples, "TIFF"), FORMAT).pictures
    seen = [view.pixels.astype(int) for view in pictures[0].views]
    assert max(abs(view[WRITING].mean() - view[16:19].mean()) for view in seen) > 80
    assert "no numbers" not in [
        view.name for view in clean(saved((gray() / 7).astype(np.float32), "TIFF"), FORMAT).pictures[0].views
    ]


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA", "RGBA"])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_every_color_model_is_masked_in_its_compression(mode: str, compression: str) -> None:
    data = saved(Image.fromarray(color()).convert(mode), "TIFF", compression=compression)
    done = demand_clean_twice(data, FORMAT, BOX)
    assert not pixels(done.copy, "RGB")[BOX.top : BOX.bottom, BOX.left : BOX.right].any()


@pytest.mark.parametrize(("mode", "compression"), [("L", "jpeg"), ("RGB", "jpeg"), ("1", "group4")])
def test_pages_in_jpeg_and_fax_are_stored_without_loss(mode: str, compression: str) -> None:
    data = saved(Image.fromarray(color()).convert(mode), "TIFF", compression=compression)
    done = demand_clean_twice(data, FORMAT)
    assert (pixels(done.copy) == pixels(data)).all()
    assert "without loss" in done.notes[0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_mask_lies_where_the_upright_page_has_it(orientation: int) -> None:
    done = demand_clean_twice(tiff(numbers(274, orientation, kind=3)), FORMAT, Box(0, 0, 10, 5))
    with FORMAT.open(io.BytesIO(done.copy), SOURCE) as copy:
        seen = next(copy.pictures())[1].views[0].pixels
    assert (seen == 0).sum() == 50
    assert not seen[:5, :10].any()


def test_white_is_zero_is_seen_and_masked_as_shown() -> None:
    done = demand_clean_twice(tiff(numbers(262, 0, kind=3)), FORMAT, BOX)
    assert (done.pictures[0].views[0].pixels == 255 - gray()).all()
    assert not pixels(done.copy, "L")[BOX.top : BOX.bottom, BOX.left : BOX.right].any()


def test_tiles_are_masked_one_by_one_and_hide_nothing_beyond_the_edge() -> None:
    tiles = np.pad(np.pad(gray(), ((0, 0), (0, 0)))[:40, :56], ((0, 8), (0, 8)), constant_values=0)
    tiles[44, 40:48] = np.frombuffer(NAME[:8], np.uint8)
    strips = b"".join(tiles[top : top + 16, left : left + 32].tobytes() for top in (0, 16, 32) for left in (0, 32))
    data = tiff(
        numbers(256, 56),
        numbers(257, 40),
        numbers(322, 32),
        numbers(323, 16),
        numbers(324, *(8 + 512 * tile for tile in range(6))),
        numbers(325, *(512,) * 6),
        strip=strips,
    )
    done = demand_clean_twice(data, FORMAT, BOX)
    expected = gray()[:40, :56].copy()
    expected[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0
    assert (pixels(done.copy) == expected).all()


def test_what_is_not_understood_is_refused() -> None:
    good = tiff()
    bad = {
        "BigTIFF": b"II+\0" + good[4:],
        "cut": good[:-30],
        "loop": good[:-4] + struct.pack("<I", int.from_bytes(good[4:8], "little")),
        "strip outside": tiff(numbers(273, len(good))),
        "unknown compression": tiff(numbers(259, 50000, kind=3)),
        "Lab": tiff(numbers(262, 8, kind=3)),
        "huge": tiff(numbers(256, 1 << 30)),
        "too few samples": tiff(strip=gray().tobytes()[:-9]),
    }
    for name, data in bad.items():
        with pytest.raises(RefusedFile) as refused:
            clean(data, FORMAT)
        assert refused.value.hint, name


def sabotaged_copies() -> dict[str, bytes]:
    masked = gray()
    masked[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0
    elsewhere, faint = masked.copy(), masked.copy()
    elsewhere[-1, -1] ^= 1
    faint[BOX.top, BOX.left] = 1
    return {
        "only allowed segments": tiff((270, 2, b"x"), strip=masked.tobytes()),
        "nothing after the end": tiff(strip=masked.tobytes(), behind=b"rest"),
        "pixels outside masks are identical": tiff(strip=elsewhere.tobytes()),
        "masked areas are flat and black": tiff(strip=faint.tobytes()),
        "frames and their sizes are the same": tiff(numbers(257, ROWS - 1), strip=masked[:-1].tobytes()),
    }


@pytest.mark.parametrize("check", sabotaged_copies())
def test_only_this_check_sees_the_sabotage(check: str) -> None:
    assert proof_of(tiff(), FORMAT, sabotaged_copies()[check], BOX) == [check]


def _packbits(samples: NDArray[np.uint8]) -> bytes:
    return b"".join(bytes((len(row) - 1,)) + row.tobytes() for row in samples)


def _through_opencv(samples: NDArray[Any], compression: int) -> bytes:
    written, data = cv2.imencode(".tiff", samples, [cv2.IMWRITE_TIFF_COMPRESSION, compression])
    assert written
    return bytes(data)
