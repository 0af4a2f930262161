"""PNG: the hiding places L127 to L137, every color type and depth, and what only one check of the proof can see."""

import io
import struct
import zlib
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
    SIGNATURE,
    SOURCE,
    clean,
    color,
    demand_clean_twice,
    exif,
    gray,
    pixels,
    png,
    png_chunk,
    proof_of,
    rows_of,
    saved,
)
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.geometry import Box
from scanscrub.formats.png import codec
from scanscrub.formats.png.document import FORMAT

GRAY = rows_of(gray())

CHUNKS = {
    "L127 tEXt": png_chunk(b"tEXt", b"Title\0" + NAME),
    "L127 tEXt keyword": png_chunk(b"tEXt", NAME + b"\0x"),
    "L127 zTXt": png_chunk(b"zTXt", b"Title\0\0" + zlib.compress(NAME)),
    "L127 iTXt": png_chunk(b"iTXt", b"Title\0\0\0de\0" + "Überschrift".encode() + b"\0" + NAME),
    "L127 iTXt compressed": png_chunk(b"iTXt", b"Title\0\1\0de\0\0" + zlib.compress(NAME)),
    "L128 eXIf": png_chunk(b"eXIf", exif()),
    "L129 sPLT name": png_chunk(b"sPLT", NAME + b"\0\x08"),
    "L129 iCCP": png_chunk(b"iCCP", NAME + b"\0\0" + zlib.compress(b"desc " + NAME)),
    "L129 pHYs that is text": png_chunk(b"pHYs", NAME[:8] + b"\1"),
    "L129 cHRM that is text": png_chunk(b"cHRM", (NAME * 4)[:32]),
    "L129 gAMA that is text": png_chunk(b"gAMA", NAME[:4]),
    "L130 private chunk": png_chunk(b"caNv", NAME),
    "L130 signed manifest": png_chunk(b"caBX", NAME),
    "L130 chunk nobody knows": png_chunk(b"zqCa", NAME),
    "L136 background": png_chunk(b"bKGD", b"\0\x11"),
}


@pytest.mark.parametrize("chunk", CHUNKS.values(), ids=CHUNKS)
def test_metadata_chunk_is_gone_and_image_data_is_kept(chunk: bytes) -> None:
    data = png(GRAY, before=chunk)
    done = demand_clean_twice(data, FORMAT)
    assert done.copy == png(GRAY)
    assert len(done.kinds) == 1


def test_text_of_chunks_is_told_to_the_policy() -> None:
    said = [name for name, chunk in CHUNKS.items() if CANARY in clean(png(GRAY, before=chunk), FORMAT).text]
    assert set(CHUNKS) - set(said) == {
        "L129 gAMA that is text",
        "L136 background",
    }


def test_plain_numbers_about_color_and_size_stay() -> None:
    numbers = (
        png_chunk(b"gAMA", struct.pack(">I", 45455))
        + png_chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
        + png_chunk(b"sRGB", b"\0")
        + png_chunk(b"pHYs", struct.pack(">IIB", 3780, 3780, 1))
    )
    assert demand_clean_twice(png(GRAY, before=numbers), FORMAT).copy == png(GRAY, before=numbers)


def test_modification_time_is_gone() -> None:
    done = demand_clean_twice(png(GRAY, before=png_chunk(b"tIME", bytes((7, 178, 1, 1, 0, 0, 0)))), FORMAT)
    assert done.copy == png(GRAY)


def test_color_profile_goes_and_the_audit_says_so() -> None:
    done = clean(png(GRAY, before=CHUNKS["L129 iCCP"]), FORMAT)
    assert "color profile" in done.notes[0]


def test_l131_bytes_after_the_end_are_gone() -> None:
    done = demand_clean_twice(png(GRAY) + b"PK\3\4" + NAME, FORMAT)
    assert done.kinds == ["PNG bytes after the end"]
    assert CANARY in done.text


def test_l131_junk_before_the_signature_is_no_png() -> None:
    assert not FORMAT.sniff(NAME + png(GRAY))


def test_l132_bytes_behind_the_zlib_stream_are_cut_off_and_the_stream_is_kept() -> None:
    done = demand_clean_twice(png(zlib.compress(GRAY) + NAME), FORMAT)
    assert done.copy == png(GRAY)


def test_l132_rows_below_the_picture_are_gone() -> None:
    done = demand_clean_twice(png(GRAY + b"\0" + NAME.ljust(COLUMNS)), FORMAT)
    assert (pixels(done.copy) == gray()).all()


def test_l133_frames_of_an_animation_are_gone() -> None:
    frames = [Image.fromarray(gray()), Image.fromarray(255 - gray())]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    done = demand_clean_twice(data, FORMAT)
    assert {"PNG acTL", "PNG fcTL", "PNG fdAT"} <= set(done.kinds)
    assert (pixels(done.copy) == gray()).all()
    assert "animated" in done.notes[0]


def indexed(indices: NDArray[np.uint8], palette: bytes, alpha: bytes = b"") -> bytes:
    chunks = png_chunk(b"PLTE", palette) + (png_chunk(b"tRNS", alpha) if alpha else b"")
    return png(rows_of(indices), colors=3, before=chunks)


def test_l134_palette_entries_that_are_not_used_are_gone_and_image_data_is_kept() -> None:
    indices = np.tile(np.arange(2, dtype=np.uint8), (ROWS, COLUMNS // 2))
    data = indexed(indices, bytes((9, 9, 9, 200, 200, 200)) + NAME[:6])
    done = demand_clean_twice(data, FORMAT)
    assert done.copy == indexed(indices, bytes((9, 9, 9, 200, 200, 200)))


def test_l134_writing_in_two_indices_of_one_color_is_seen_and_gone() -> None:
    indices = np.zeros((ROWS, COLUMNS), np.uint8)
    indices[10:20, 10:40] = 1
    done = demand_clean_twice(indexed(indices, bytes((50, 50, 50)) * 2), FORMAT)
    assert "index plane" in [view.name for view in done.pictures[0].views]
    with FORMAT.open(io.BytesIO(done.copy), SOURCE) as copy:
        assert [view.name for view in next(copy.pictures())[1].views] == ["natural"]


def test_l134_alpha_of_unused_entries_is_gone() -> None:
    indices = np.zeros((ROWS, COLUMNS), np.uint8)
    done = demand_clean_twice(indexed(indices, bytes(range(24)), b"\x80" + NAME[:7]), FORMAT)
    assert done.copy == indexed(indices, bytes(range(3)), b"\x80")


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_l135_color_under_transparency_is_gone(mode: str) -> None:
    samples = np.array(Image.fromarray(color()).convert(mode))
    samples[5:30, 5:30, -1] = 0
    done = demand_clean_twice(saved(samples, "PNG"), FORMAT)
    expected = samples.copy()
    expected[5:30, 5:30] = 0
    assert (pixels(done.copy) == expected).all()


def test_l135_writing_in_the_alpha_channel_is_shown_to_the_detector() -> None:
    samples = np.dstack([color(), np.full((ROWS, COLUMNS), 255, np.uint8)])
    samples[5:30, 5:30, 3] = 254
    alpha = [view for view in clean(saved(samples, "PNG"), FORMAT).pictures[0].views if view.name == "alpha"]
    assert np.ptp(alpha[0].pixels) == 255


@pytest.mark.parametrize(("colors", "depth"), [(0, 4), (0, 8), (0, 16), (2, 8), (2, 16)])
def test_l135_writing_in_the_transparent_color_is_shown_to_the_detector(colors: int, depth: int) -> None:
    header = codec.PngHeader(COLUMNS, ROWS, depth, colors)
    samples = np.full_like(_samples(header), (1 << depth) - 1)
    samples[BOX.top : BOX.bottom, BOX.left : BOX.right, ...] -= 1
    key = png_chunk(b"tRNS", struct.pack(">H", (1 << depth) - 2) * (3 if colors else 1))
    data = png(codec.encode(header, samples), depth, colors, before=key)
    done = demand_clean_twice(data, FORMAT, BOX)
    alpha = next(view for view in done.pictures[0].views if view.name == "alpha").pixels
    assert (alpha == 0).sum() == BOX.area
    assert not alpha[BOX.top : BOX.bottom, BOX.left : BOX.right].any()
    after = clean(done.copy, FORMAT).pictures[0].views
    assert "alpha" not in [view.name for view in after]


@pytest.mark.parametrize("colors", [0, 2, 3, 4, 6])
def test_writing_that_the_gamma_of_the_file_brings_out_is_shown_to_the_detector(colors: int) -> None:
    header = codec.PngHeader(COLUMNS, ROWS, 8, colors)
    samples = np.zeros_like(_samples(header))
    samples[BOX.top : BOX.bottom, BOX.left : BOX.right, ...] = 1
    palette = png_chunk(b"PLTE", bytes(3) + b"\1\1\1") if colors == 3 else b""
    image = codec.encode(header, samples)
    gamma = {value: png_chunk(b"gAMA", struct.pack(">I", value)) + palette for value in (45455, 1_000_000)}
    usual, steep = (clean(png(image, 8, colors, before=chunks), FORMAT).pictures[0] for chunks in gamma.values())
    assert "gamma" not in [view.name for view in usual.views]
    shown = next(view for view in steep.views if view.name == "gamma").pixels
    assert shown[BOX.top, BOX.left].max() > 150
    assert not shown[0, 0].any()


def test_l136_writing_in_the_low_byte_is_shown_to_the_detector() -> None:
    samples = gray().astype(np.uint16) * 256
    samples[10:20, 10:40] += 3
    views = clean(png(rows_of(samples), depth=16), FORMAT).pictures[0].views
    low = next(view for view in views if view.name == "low byte")
    assert (np.unique(low.pixels) == [0, 3]).all()


def test_l137_a_copy_is_written_anew_and_has_no_rest_of_the_input() -> None:
    longer = png(GRAY, after=png_chunk(b"tEXt", b"x\0" + NAME * 999))
    assert demand_clean_twice(longer, FORMAT).copy == png(GRAY)


DEPTHS = [
    (colors, depth)
    for colors, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items()
    for depth in depths
]


@pytest.mark.parametrize(("colors", "depth"), DEPTHS)
def test_every_color_type_and_depth_is_masked_in_kind(colors: int, depth: int) -> None:
    header = codec.PngHeader(COLUMNS, ROWS, depth, colors)
    samples = _samples(header)
    palette = png_chunk(b"PLTE", _palette(depth)) if colors == 3 else b""
    data = png(codec.encode(header, samples), depth, colors, before=palette)
    done = demand_clean_twice(data, FORMAT, BOX)
    assert done.copy[24:26] == bytes((depth, colors))
    whole = demand_clean_twice(data, FORMAT)
    assert whole.copy == data


@pytest.mark.parametrize(("colors", "depth"), [(0, 1), (0, 8), (2, 8), (3, 8), (6, 8)])
def test_masked_pixels_are_black_and_others_equal_as_another_decoder_sees_them(colors: int, depth: int) -> None:
    header = codec.PngHeader(COLUMNS, ROWS, depth, colors)
    palette = png_chunk(b"PLTE", _palette(depth)) if colors == 3 else b""
    data = png(codec.encode(header, _samples(header)), depth, colors, before=palette)
    before, after = pixels(data, "RGB"), pixels(clean(data, FORMAT, BOX).copy, "RGB")
    mask = np.zeros((ROWS, COLUMNS), bool)
    mask[BOX.top : BOX.bottom, BOX.left : BOX.right] = True
    assert (before[~mask] == after[~mask]).all()
    assert not after[mask].any()


def test_a_full_palette_without_black_gets_it_from_an_entry_that_only_the_mask_hid() -> None:
    indices = np.tile(np.arange(4, dtype=np.uint8), (ROWS, COLUMNS // 4))
    indices[indices == 3] = 2
    indices[BOX.top : BOX.bottom, BOX.left : BOX.right] = 3
    header = codec.PngHeader(COLUMNS, ROWS, 2, 3)
    palette = png_chunk(b"PLTE", bytes((90, 90, 90, 99, 99, 99, 120, 120, 120, 200, 200, 200)))
    data = png(codec.encode(header, indices), 2, 3, before=palette)
    done = demand_clean_twice(data, FORMAT, BOX)
    assert not pixels(done.copy, "RGB")[BOX.top : BOX.bottom, BOX.left : BOX.right].any()


def test_interlaced_image_data_is_kept_without_masks_and_masked_exactly() -> None:
    raw = _adam7(gray())
    data = png(raw, interlaced=1)
    assert demand_clean_twice(data, FORMAT).copy == data
    masked = pixels(demand_clean_twice(data, FORMAT, BOX).copy)
    masked[BOX.top : BOX.bottom, BOX.left : BOX.right] = gray()[BOX.top : BOX.bottom, BOX.left : BOX.right]
    assert (masked == gray()).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_mask_lies_where_the_upright_picture_has_it(orientation: int) -> None:
    data = png(GRAY, before=png_chunk(b"eXIf", exif(orientation)))
    done = demand_clean_twice(data, FORMAT, Box(0, 0, 10, 5))
    assert not done.copy.count(NAME)
    with FORMAT.open(io.BytesIO(done.copy), SOURCE) as copy:
        seen = next(copy.pictures())[1].views[0].pixels
    assert seen.shape == ((ROWS, COLUMNS) if orientation < 5 else (COLUMNS, ROWS))
    assert (seen == 0).sum() == 50
    assert not seen[:5, :10].any()


def test_damaged_and_hostile_files_are_refused() -> None:
    good = png(GRAY)
    bomb = png(zlib.compress(bytes(60_000)), size=(60_000, 60_000))
    bad = {
        "cut": good[:-20],
        "wrong check sum": good[:45] + b"\xff" + good[46:],
        "rows missing": png(GRAY[:-100]),
        "no image": SIGNATURE + png_chunk(b"IEND", b""),
        "unknown critical chunk": png(GRAY, before=png_chunk(b"CgBI", b"")),
        "two headers": png(GRAY, before=png_chunk(b"IHDR", good[16:29])),
        "bomb": bomb,
        "depth 3": png(GRAY, depth=3),
    }
    for name, data in bad.items():
        with pytest.raises(RefusedFile) as refused:  # noqa: SIM117 - the file may open and fail when it is read
            with FORMAT.open(io.BytesIO(data), SOURCE) as document:
                list(document.inspect())
        assert CANARY not in str(refused.value), name


def test_a_bomb_in_a_text_chunk_is_not_inflated_whole() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    done = demand_clean_twice(png(GRAY, before=png_chunk(b"zTXt", b"x\0\0" + bomb)), FORMAT)
    assert len(done.text) < 1 << 17


def sabotaged_copies() -> dict[str, tuple[bytes, bytes]]:
    """By check: an input and a copy in which only that check finds the fault."""
    masked = gray()
    masked[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0
    elsewhere, faint = masked.copy(), masked.copy()
    elsewhere[-1, -1] ^= 1
    faint[BOX.top, BOX.left] = 1
    turned = gray()[::-1, ::-1].copy()
    turned[BOX.top : BOX.bottom, BOX.left : BOX.right] = 0
    wide = np.zeros((ROWS, COLUMNS), np.uint16)
    return {
        "only allowed segments": (png(GRAY), png(rows_of(masked), before=png_chunk(b"tEXt", b"x\0y"))),
        "nothing after the end": (png(GRAY), png(rows_of(masked)) + b"rest"),
        "pixels outside masks are identical": (png(GRAY), png(rows_of(elsewhere))),
        "masked areas are flat and black": (png(GRAY), png(rows_of(faint))),
        "frames and their sizes are the same": (png(GRAY), png(rows_of(masked[:-1]), size=(COLUMNS, ROWS - 1))),
        "colors and depth are the same": (png(rows_of(wide), depth=16), png(rows_of(wide.astype(np.uint8)))),
        "orientation is the same": (
            png(GRAY, before=png_chunk(b"eXIf", exif(3))),
            png(rows_of(turned)),
        ),
    }


@pytest.mark.parametrize("check", sabotaged_copies())
def test_only_this_check_sees_the_sabotage(check: str) -> None:
    data, copy = sabotaged_copies()[check]
    failed = set(proof_of(data, FORMAT, copy, BOX))
    assert check in failed
    assert failed - {check} <= ({"pixels outside masks are identical"} if "depth" in check else set())


def test_image_data_encoded_anew_without_need_is_seen() -> None:
    assert proof_of(png(GRAY), FORMAT, png(zlib.compress(GRAY, 1))) == [
        "image data without masks is kept as it was encoded"
    ]


def _samples(header: codec.PngHeader) -> NDArray[Any]:
    random = np.random.default_rng(header.depth)
    shape = (ROWS, COLUMNS, header.channels) if header.channels > 1 else (ROWS, COLUMNS)
    samples = random.integers(0, 1 << header.depth, shape)
    if header.color in (4, 6):
        samples[..., -1] |= 1
    return samples.astype(np.uint16 if header.depth == 16 else np.uint8)


def _palette(depth: int) -> bytes:
    return bytes(3) + bytes(value for index in range(1, 1 << depth) for value in (index, 255 - index, 7))


def _adam7(samples: NDArray[np.uint8]) -> bytes:
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    return b"".join(rows_of(samples[top::down, left::across]) for left, top, across, down in passes)
