"""GIF, BMP, WebP and the formats that are refused: the hiding places L154 to L160."""

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
    exif,
    pixels,
    proof_of,
    saved,
)
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.base import ImageFormat
from scanscrub.formats.other import gif_lzw
from scanscrub.formats.other.bmp import FORMAT as BMP
from scanscrub.formats.other.gif import FORMAT as GIF
from scanscrub.formats.other.gif_blocks import GifFile
from scanscrub.formats.other.webp import FORMAT as WEBP
from scanscrub.formats.unsupported.refused_formats import FORMAT as REFUSED

INSIDE = np.s_[BOX.top : BOX.bottom, BOX.left : BOX.right]


def few_colors(shift: int = 0) -> Image.Image:
    return Image.fromarray(np.roll(color(), shift, axis=1)).quantize(50)


def gif(blocks: bytes = b"", behind: bytes = b"") -> bytes:
    """A still GIF with more blocks before its picture; its global table has colors that are not used."""
    data = saved(few_colors(), "GIF", optimize=False)
    start = 13 + 3 * 256 if data[10] & 7 == 7 else 13 + (6 << (data[10] & 7))
    return data[:start] + blocks + data[start:] + behind


def sub_blocks(*bodies: bytes) -> bytes:
    return b"".join(bytes((len(body),)) + body for body in bodies) + b"\0"


BLOCKS = {
    "L154 comment": b"\x21\xfe" + sub_blocks(NAME),
    "L154 XMP": b"\x21\xff" + sub_blocks(b"XMP DataXMP", NAME),
    "L154 application": b"\x21\xff" + sub_blocks(NAME + b"abc", b"x"),
    "L154 plain text": b"\x21\x01" + sub_blocks(bytes(12), NAME),
    "L154 unknown extension": b"\x21\x77" + sub_blocks(NAME),
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_gif_block_is_gone_and_image_data_is_kept(block: bytes) -> None:
    done = demand_clean_twice(gif(block), GIF)
    assert CANARY in done.text
    assert GifFile.parse(done.copy).frames[0].code == GifFile.parse(gif()).frames[0].code
    assert (pixels(done.copy, "RGB") == pixels(gif(), "RGB")).all()


def test_l156_bytes_after_the_end_of_a_gif_and_unused_colors_are_gone() -> None:
    data = gif(behind=NAME)
    unused = 13 + 3 * 50
    done = demand_clean_twice(data[:unused] + (NAME * 5)[:40] + data[unused + 40 :], GIF)
    assert "GIF bytes after the end" in done.kinds
    assert (pixels(done.copy, "RGB") == pixels(gif(), "RGB")).all()


def test_a_transparent_index_of_a_gif_may_lie_beyond_its_colors() -> None:
    indices = np.arange(BOX.bottom * 64, dtype=np.int64).reshape(BOX.bottom, 64) % 17
    _, code = gif_lzw.encode(indices.astype(np.uint8))
    table, usual = bytes(range(100, 148)), GifFile.parse(gif()).frames[0]
    for transparent, refused in ((16, False), (None, True), (3, True)):
        frame = replace(usual, columns=64, rows=BOX.bottom, transparent=transparent, code=code)
        data = GifFile(64, BOX.bottom, 0, table, (frame, frame), None, (), b"").packed()
        if refused:
            with pytest.raises(RefusedFile):
                clean(data, GIF)
            continue
        assert clean(data, GIF).copy == data
        assert (pixels(demand_clean_twice(data, GIF, BOX).copy, "RGBA")[BOX.top, BOX.left, :3] < 120).all()


def test_codes_behind_the_last_pixel_of_a_gif_are_gone() -> None:
    place = gif().rindex(b"\0\x3b")
    done = demand_clean_twice(gif()[:place] + sub_blocks(NAME) + b"\x3b", GIF)
    assert done.kinds == ["GIF details"]
    assert NAME not in GifFile.parse(done.copy).frames[0].code
    assert (pixels(done.copy, "RGB") == pixels(gif(), "RGB")).all()


def animation(*disposal: int) -> bytes:
    frames = [few_colors(shift) for shift in (0, 9, 18)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=list(disposal), loop=2)


@pytest.mark.parametrize("disposal", [(1, 1, 1), (2, 2, 2), (3, 3, 3)])
def test_l155_every_frame_of_a_gif_is_seen_as_a_viewer_shows_it(disposal: tuple[int, ...]) -> None:
    done = demand_clean_twice(animation(*disposal), GIF)
    with Image.open(io.BytesIO(done.copy)) as copy, Image.open(io.BytesIO(animation(*disposal))) as original:
        assert copy.n_frames == original.n_frames == len(done.pictures)  # type: ignore[attr-defined] # of a GIF
        for frame, picture in enumerate(done.pictures):
            copy.seek(frame)
            original.seek(frame)
            assert (np.array(copy.convert("RGB")) == np.array(original.convert("RGB"))).all()
            if 3 not in disposal or frame == 0:
                assert (picture.views[0].pixels == np.array(original.convert("RGB"))).all()
        assert copy.info["loop"] == 2


def test_l155_what_is_black_in_a_frame_is_black_in_the_frames_before_it() -> None:
    done = clean(animation(1, 1, 1), GIF, PixelRegion(BOX, frame=1))
    assert not done.failed
    with Image.open(io.BytesIO(done.copy)) as copy:
        shown = [np.array(frame) for frame in _rgb_frames(copy)]
    assert not shown[0][INSIDE].any()
    assert not shown[1][INSIDE].any()


def bmp(gap: bytes = b"", behind: bytes = b"", padding: bytes = b"\0") -> bytes:
    """A gray-free 24-bit BMP of an odd width, so that its rows are padded."""
    picture = color()[:, : COLUMNS - 1]
    stored = b"".join(row[:, ::-1].tobytes() + (padding * 3)[: -3 * (COLUMNS - 1) % 4] for row in picture[::-1])
    start = 54 + len(gap)
    head = struct.pack("<2sIII", b"BM", start + len(stored), 0, start)
    info = struct.pack("<IiiHHIIiiII", 40, COLUMNS - 1, ROWS, 1, 24, 0, len(stored), 3780, 3780, 0, 0)
    return head + info + gap + stored + behind


@pytest.mark.parametrize("data", [bmp(gap=NAME), bmp(behind=NAME), bmp(padding=b"Z")], ids=["gap", "end", "padding"])
def test_l157_bytes_of_a_bmp_that_are_not_shown_are_gone(data: bytes) -> None:
    assert demand_clean_twice(data, BMP).copy == bmp()


def test_l157_profile_path_and_v5_header_of_a_bmp_are_gone() -> None:
    plain_file = bmp()
    path = b"C:\\Users\\" + NAME
    head = bytearray(plain_file[:54] + bytes(84))
    head[10:18] = struct.pack("<II", 138, 124)
    head[70:74] = b"KNIL"
    head[126:134] = struct.pack("<II", len(plain_file) + 84 - 14, len(path))
    assert demand_clean_twice(bytes(head) + plain_file[54:] + path, BMP).copy == plain_file


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_bmp_of_every_depth_is_masked_exactly(mode: str) -> None:
    image = Image.fromarray(color()).convert(mode)
    data = saved(image, "BMP")
    before, after = pixels(data, "RGB"), pixels(demand_clean_twice(data, BMP, BOX).copy, "RGB")
    assert not after[INSIDE].any()
    before[INSIDE] = 0
    assert (before == after).all()


def test_bits_without_meaning_in_a_bmp_are_gone() -> None:
    samples = np.dstack([color(), np.zeros((ROWS, COLUMNS), np.uint8)])
    samples[10, :8, 3] = np.frombuffer(NAME, np.uint8)
    head = struct.pack("<2sIII", b"BM", 54 + samples.size, 0, 54)
    info = struct.pack("<IiiHHIIiiII", 40, COLUMNS, -ROWS, 1, 32, 0, samples.size, 0, 0, 0, 0)
    done = demand_clean_twice(head + info + samples[..., [2, 1, 0, 3]].tobytes(), BMP)
    assert (pixels(done.copy, "RGB") == color()).all()


def test_run_length_encoded_bmp_is_written_plainly_and_says_so() -> None:
    indices = np.tile(np.repeat(np.arange(4, dtype=np.uint8), COLUMNS // 4), (ROWS, 1))
    row = b"".join(bytes((COLUMNS // 4, index)) for index in range(4)) + b"\0\0"
    stored = row * ROWS + b"\0\1" + NAME
    colors = b"".join(bytes((50 * index, 0, 9, 0)) for index in range(4))
    head = struct.pack("<2sIII", b"BM", 70 + len(stored), 0, 70)
    info = struct.pack("<IiiHHIIiiII", 40, COLUMNS, ROWS, 1, 8, 1, len(stored), 0, 0, 4, 0)
    done = demand_clean_twice(head + info + colors + stored, BMP)
    assert (pixels(done.copy, "RGB")[..., 2] == 50 * indices).all()
    assert "without compression" in done.notes[0]


def test_bmp_of_16_bits_keeps_its_fields() -> None:
    samples = (np.arange(ROWS * COLUMNS, dtype="<u2") * 21).reshape(ROWS, COLUMNS)
    head = struct.pack("<2sIII", b"BM", 70 + samples.nbytes, 0, 70)
    info = struct.pack("<IiiHHIIiiII", 56, COLUMNS, -ROWS, 1, 16, 3, samples.nbytes, 0, 0, 0, 0)
    data = head + info + struct.pack("<4I", 0xF800, 0x07E0, 0x001F, 0) + samples.tobytes()
    assert demand_clean_twice(data, BMP).copy == data
    before, after = pixels(data, "RGB"), pixels(demand_clean_twice(data, BMP, BOX).copy, "RGB")
    before[INSIDE] = 0
    assert (before == after).all()


@pytest.mark.parametrize(("length", "alpha", "left"), [(40, 0, 40), (52, 0, 40), (108, 0, 40), (124, 255 << 24, 108)])
def test_bmp_with_fields_of_its_own_gets_a_header_that_all_programs_read(length: int, alpha: int, left: int) -> None:
    samples = (np.arange(ROWS * COLUMNS, dtype="<u4") * 8191).reshape(ROWS, COLUMNS)
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, alpha)
    fields = masks.ljust(length - 40, b"\0") if length > 52 else masks[:12]
    start = 14 + 40 + len(fields)
    head = struct.pack("<2sIII", b"BM", start + samples.nbytes, 0, start)
    info = struct.pack("<IiiHHIIiiII", length, COLUMNS, ROWS, 1, 32, 3, samples.nbytes, 0, 0, 0, 0)
    data = head + info + fields + samples.tobytes()
    copy = demand_clean_twice(data, BMP).copy
    assert int.from_bytes(copy[14:18], "little") == left
    assert (pixels(copy, "RGBA") == pixels(data, "RGBA")).all()


def webp(*picture: NDArray[Any], **options: object) -> bytes:
    return saved(picture[0] if picture else color(), "WEBP", **{"lossless": True, "exact": True} | options)


def riff(data: bytes, chunk: bytes) -> bytes:
    """A WebP with one more chunk at its end."""
    return b"RIFF" + struct.pack("<I", len(data) - 8 + len(chunk)) + data[8:] + chunk


WEBP_FILES = {
    "L158 EXIF": lambda: webp(exif=exif()),
    "L158 XMP": lambda: webp(xmp=NAME),
    "L158 color profile": lambda: webp(icc_profile=NAME),
    "L158 unknown chunk": lambda: riff(webp(), b"zqca\x08\0\0\0" + NAME),
    "L158 bytes after the end": lambda: webp() + NAME,
    "L158 bytes behind the image": lambda: _padded(webp()),
}


@pytest.mark.parametrize("made", WEBP_FILES.values(), ids=WEBP_FILES)
def test_webp_chunk_is_gone_and_the_picture_is_kept(made: Callable[[], bytes]) -> None:
    done = demand_clean_twice(made(), WEBP)
    assert done.kinds
    assert (pixels(done.copy) == color()).all()


def test_a_chunk_within_a_frame_of_a_webp_is_gone() -> None:
    data = webp(save_all=True, append_images=[Image.fromarray(255 - color())], duration=50)
    at = data.find(b"ANMF")
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    inside = b"zqca\x08\0\0\0" + NAME[:8]
    longer = data[:at] + b"ANMF" + struct.pack("<I", length + len(inside)) + data[at + 8 : at + 8 + length] + inside
    longer += data[at + 8 + length :]
    done = demand_clean_twice(b"RIFF" + struct.pack("<I", len(longer) - 8) + longer[8:], WEBP)
    assert NAME[:8] not in done.copy
    assert clean(data, WEBP).copy == data


def test_l158_color_under_transparency_of_a_webp_is_gone() -> None:
    samples = np.dstack([color(), np.full((ROWS, COLUMNS), 255, np.uint8)])
    samples[5:30, 5:30, 3] = 0
    done = demand_clean_twice(webp(samples), WEBP)
    assert not pixels(done.copy)[5:30, 5:30].any()
    assert (pixels(done.copy)[30:] == samples[30:]).all()


def test_l158_every_frame_of_a_webp_is_seen_and_masked() -> None:
    frames = [Image.fromarray(np.roll(color(), shift, axis=0)) for shift in (0, 9, 18)]
    data = webp(save_all=True, append_images=frames[1:], duration=[10, 20, 30], loop=2)
    assert (pixels(demand_clean_twice(data, WEBP).copy) == color()).all()
    done = clean(data, WEBP, PixelRegion(BOX, frame=1))
    assert not done.failed
    with Image.open(io.BytesIO(done.copy)) as copy:
        shown = [np.array(frame) for frame in _rgb_frames(copy)]
    assert [bool(frame[INSIDE].any()) for frame in shown] == [True, False, True]


def test_opaque_frames_of_a_webp_are_masked_whether_or_not_they_were_packed_with_alpha() -> None:
    frames = [Image.fromarray(np.roll(color(), shift, axis=0)) for shift in (0, 9)]
    data = bytearray(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], quality=70))
    data[20] |= 0x10
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGBA"
    demand_clean_twice(bytes(data), WEBP)
    demand_clean_twice(bytes(data), WEBP, BOX)


def test_writing_in_the_alpha_plane_of_a_webp_is_masked() -> None:
    samples = np.dstack([color(), np.full((ROWS, COLUMNS), 255, np.uint8)])
    samples[INSIDE][..., 3] = 100
    done = demand_clean_twice(webp(samples), WEBP, BOX)
    assert "alpha" in [view.name for view in done.pictures[0].views]
    assert (pixels(done.copy, "RGBA")[..., 3] == 255).all()


@pytest.mark.parametrize("options", [{"lossless": False, "quality": 70}, {}], ids=["lossy", "lossless"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_masked_webp_is_exact_and_upright(orientation: int, options: dict[str, object]) -> None:
    data = webp(exif=exif(orientation), **options)
    done = demand_clean_twice(data, WEBP, Box(0, 0, 10, 5))
    assert "lossless" in done.notes[0]
    with WEBP.open(io.BytesIO(done.copy), SOURCE) as copy:
        seen = next(copy.pictures())[1].views[0].pixels
    assert not seen[:5, :10].any()
    expected = done.pictures[0].views[0].pixels.copy()
    expected[:5, :10] = 0
    assert (seen == expected).all()


FORMATS: dict[str, tuple[bytes, ImageFormat]] = {
    "GIF": (gif(), GIF),
    "BMP": (bmp(), BMP),
    "WebP": (webp(), WEBP),
}


@pytest.mark.parametrize("name", FORMATS)
def test_cut_files_are_refused(name: str) -> None:
    data, adapter = FORMATS[name]
    for length in (30, len(data) // 2, len(data) - 9):
        with pytest.raises(RefusedFile):
            clean(data[:length], adapter)


@pytest.mark.parametrize("name", FORMATS)
def test_sabotage_is_seen(name: str) -> None:
    data, adapter = FORMATS[name]
    good = clean(data, adapter, BOX).copy
    more = clean(data, adapter, BOX, Box(40, 30, 44, 33)).copy
    assert proof_of(data, adapter, good, BOX) == []
    assert proof_of(data, adapter, good + b"rest", BOX)[-1] in ("nothing after the end", "only allowed segments")
    assert proof_of(data, adapter, more, BOX) == ["pixels outside masks are identical"]
    assert "masked areas are flat and black" in proof_of(data, adapter, data, BOX)


HEADS = {
    "JPEG 2000 file": b"\0\0\0\x0cjP  \r\n\x87\n",
    "JPEG 2000 codestream": b"\xff\x4f\xff\x51",
    "film": b"\0\0\0\x18ftypisom\0\0\0\0",
    "NIfTI": struct.pack("<i", 348) + bytes(340) + b"n+1\0",
    "NIfTI big-endian": struct.pack(">i", 348) + bytes(340) + b"n+1\0",
    "NIfTI-2": struct.pack("<i", 540) + b"n+2\0\r\n\x1a\n",
    "Analyze": struct.pack("<i", 348) + bytes(344),
    "MetaImage": b"ObjectType = Image\n",
    "SVG": b"<?xml version='1.0'?>\n<!-- made by hand -->\n<svg width='3'>",
    "plain PGM": b"P2\n# made by hand\n3 2 255\n1 2 3\n4 5 6\n",
    "PBM": b"P4 16 1\n\1\2",
    "PGM": b"P5 3 2 255\n\1\2\3\4\5\6",
    "PPM": b"P6\n#\xa9 nobody\n1 1\n65535\n\1\2\3\4\5\6",
    "PAM": b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\1",
    "Photoshop": b"8BPS\0\1",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_l159_l160_other_formats_are_recognized_and_refused_with_a_way_out(head: bytes) -> None:
    data = head if head.startswith(b"P2") else head + NAME
    assert REFUSED.sniff(data)
    with pytest.raises(RefusedFile, match="cannot be cleaned") as refused:
        REFUSED.open(io.BytesIO(data), SOURCE)
    assert refused.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><svg>",
        b"P2 is a key; P3 1 2",
        b"P1 3 4 apples and 2 pears",
        b"P5 Jean 3 2",
        bytes(500),
        gif(),
        bmp(),
        webp(),
    ],
)
def test_other_bytes_are_not_taken_for_a_refused_format(data: bytes) -> None:
    assert not REFUSED.sniff(data[:4096])


def _rgb_frames(image: Image.Image) -> list[Image.Image]:
    frames = []
    for frame in range(getattr(image, "n_frames", 1)):
        image.seek(frame)
        frames.append(image.convert("RGB"))
    return frames


def _padded(data: bytes) -> bytes:
    """The image chunk of a WebP with bytes behind its stream."""
    body = data[20 : 20 + int.from_bytes(data[16:20], "little")] + NAME * 6
    return b"RIFF" + struct.pack("<I", len(body) + 12) + data[8:16] + struct.pack("<I", len(body)) + body
