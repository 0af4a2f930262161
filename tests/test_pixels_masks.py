"""Masks in stored values: black as displayed, nothing else changed, nothing left in unused bits."""

import base64
import subprocess
import zlib
from io import BytesIO
from itertools import product
from pathlib import Path
from shutil import which
from typing import Any

import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image
from pydicom import uid
from rle.utils import encode_pixel_data

from factory_pixels import box, compressed, copy_of, image, masked_copy, shown, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.codecs.jpeg import JpegLsCodec
from scanscrub.formats.dicom.pixels.codecs.jpeg2000 import J2kCodec
from scanscrub.formats.dicom.pixels.codecs.registry import DEFLATED_IMAGE_FRAME, ENCAPSULATED_UNCOMPRESSED
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove
from scanscrub.formats.jpeg.lossless.encoder import encode_lossless

ROWS, COLUMNS = 34, 36
MASK = box(5, 4, 20, 13, padding=1)
AREA = np.zeros((ROWS, COLUMNS), np.bool_)
AREA[3:14, 4:21] = True


def _values(low: int, high: int, shape: tuple[int, ...] = (ROWS, COLUMNS)) -> NDArray[np.int64]:
    return np.random.default_rng(high).integers(low, high + 1, shape)


def _gray(values: NDArray[Any], dtype: str, **options: Any) -> bytes:  # noqa: ANN401 - those of `image`
    return image(values.shape[-2:], values.astype(dtype).tobytes(), **options)


def _check(original: FrameStore, staged: FrameStore, frame: int = 0) -> NDArray[Any]:
    """What the mask became; everything outside is as it was, and every check passes."""
    assert [check.name for check in prove(original, {frame: (MASK,)}, staged) if not check.passed] == []
    before, after = original.stored(frame), staged.stored(frame)
    assert np.array_equal(before[~AREA], after[~AREA])
    inside = after[AREA].reshape(AREA.sum(), -1)
    assert (inside == inside[0]).all()
    return np.asarray(inside[0])


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian])
@pytest.mark.parametrize("stored", [8, 12, 16])
def test_unsigned_gray_becomes_zero(syntax: uid.UID, stored: int) -> None:
    allocated = 8 if stored == 8 else 16
    order = ">" if syntax == uid.ExplicitVRBigEndian else "<"
    data = _gray(
        _values(5, (1 << stored) - 1),
        f"{order}u{allocated // 8}",
        syntax=syntax,
        bits=(allocated, stored, stored - 1),
    )
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)})).tolist() == [0]
    copy = copy_of(data, plan_rewrite(store_of(data), {0: (MASK,)}))
    assert np.array_equal(shown(copy)[~AREA], shown(data)[~AREA])
    assert len(copy) == len(data)


def test_monochrome1_becomes_the_largest_value_of_its_range_and_frame() -> None:
    data = _gray(_values(100, 900), "<u2", photometric="MONOCHROME1", bits=(16, 12, 11))
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)})).tolist() == [900]


def test_a_window_beyond_the_frame_decides_what_is_black() -> None:
    window = {"WindowCenter": 500, "WindowWidth": 3000}
    data = _gray(_values(-200, 900), "<i2", signed=True, bits=(16, 16, 15), more=window)
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)}))[0] <= 500 - 1490
    inverse = _gray(_values(100, 900), "<u2", photometric="MONOCHROME1", bits=(16, 12, 11), more=window)
    assert _check(store_of(inverse), masked_copy(inverse, {0: (MASK,)}))[0] >= 500 + 1490


def test_a_negative_slope_makes_the_largest_value_black() -> None:
    more = {"RescaleSlope": -1, "RescaleIntercept": 1000, "WindowCenter": 500, "WindowWidth": 400}
    data = _gray(_values(100, 900), "<u2", bits=(16, 12, 11), more=more)
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)})).tolist() == [900]


def test_signed_values_keep_their_sign_extension() -> None:
    values = _values(-1000, 1000)
    data = _gray(values, "<i2", signed=True, bits=(16, 12, 11))
    staged = masked_copy(data, {0: (MASK,)})
    assert _check(store_of(data), staged).tolist() == [values.min()]
    assert list(staged.residues()) == []
    assert np.array_equal(np.frombuffer(staged.encoded(0), "<i2").reshape(ROWS, COLUMNS)[~AREA], values[~AREA])


def test_high_bits_and_bits_below_are_zeroed_everywhere() -> None:
    stored = _values(0, 4095)
    dirty = (stored << 2 | 0xC003).astype(np.uint16)
    data = image((ROWS, COLUMNS), dirty.tobytes(), bits=(16, 12, 13))
    original = store_of(data)
    assert len(list(original.residues())) == 1
    assert np.array_equal(original.stored(0), stored)
    staged = masked_copy(data, {})
    assert np.array_equal(np.frombuffer(staged.encoded(0), "<u2").reshape(ROWS, COLUMNS), stored << 2)
    assert list(staged.residues()) == []


def test_single_bits_of_frames_that_do_not_end_on_a_byte() -> None:
    frames = np.random.default_rng(1).integers(0, 2, (3, 5, 7), dtype=np.uint8)
    packed = np.packbits(frames.reshape(-1), bitorder="little").tobytes()
    data = image((5, 7), packed + b"\0" * (len(packed) % 2), bits=(1, 1, 0), frames=3)
    staged = masked_copy(data, {1: (box(1, 1, 6, 4),)})
    expected = frames.copy()
    expected[1, 1:4, 1:6] = 0
    for frame in range(3):
        assert np.array_equal(staged.stored(frame), expected[frame])


def test_eight_bits_in_big_endian_words_of_frames_of_odd_length() -> None:
    frames = np.random.default_rng(2).integers(1, 255, (3, 5, 7), dtype=np.uint8)
    value = np.frombuffer(frames.tobytes() + b"\0", np.uint16).byteswap().tobytes()
    data = image((5, 7), value, syntax=uid.ExplicitVRBigEndian, frames=3, vr="OW")
    original, staged = store_of(data), masked_copy(data, {2: (box(0, 0, 3, 3),)})
    for frame in range(3):
        assert np.array_equal(original.stored(frame), frames[frame])
    frames[2, :3, :3] = 0
    assert np.array_equal(staged.stored(2), frames[2])
    assert np.array_equal(staged.stored(1), frames[1])


@pytest.mark.parametrize(("photometric", "black"), [("RGB", [0, 0, 0]), ("YBR_FULL", [0, 128, 128])])
@pytest.mark.parametrize("planar", [0, 1])
def test_color_becomes_black_in_either_planar_configuration(photometric: str, black: list[int], planar: int) -> None:
    values = _values(0, 255, (ROWS, COLUMNS, 3)).astype(np.uint8)
    arranged = np.moveaxis(values, -1, 0) if planar else values
    data = image((ROWS, COLUMNS), arranged.tobytes(), photometric=photometric, planar=planar)
    assert np.array_equal(store_of(data).stored(0), values)
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)})).tolist() == black


def test_shared_chroma_is_masked_in_pairs() -> None:
    data = image(
        (ROWS, COLUMNS), _values(0, 255, (ROWS, COLUMNS, 2)).astype(np.uint8).tobytes(), photometric="YBR_FULL_422"
    )
    original, staged = store_of(data), masked_copy(data, {0: (box(5, 4, 20, 13),)})
    before, after = original.stored(0), staged.stored(0)
    assert (after[4:13, 4:20] == (0, 128, 128)).all()
    outside = np.ones((ROWS, COLUMNS), np.bool_)
    outside[4:13, 4:20] = False
    assert np.array_equal(before[outside], after[outside])


def test_a_palette_takes_the_index_of_its_darkest_entry() -> None:
    ramp = np.arange(256, dtype=np.uint16)
    dark = np.abs(ramp.astype(int) - 77).astype(np.uint16) * 257
    more = {f"{name}PaletteColorLookupTableDescriptor": [256, 0, 16] for name in ("Red", "Green", "Blue")}
    more |= {f"{name}PaletteColorLookupTableData": dark.tobytes() for name in ("Red", "Green", "Blue")}
    data = _gray(_values(0, 255), "u1", photometric="PALETTE COLOR", more=more)
    assert _check(store_of(data), masked_copy(data, {0: (MASK,)})).tolist() == [77]


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixelData", "<f4"), ("DoubleFloatPixelData", "<f8")])
def test_float_pixels_take_their_smallest_value(keyword: str, dtype: str) -> None:
    values = np.random.default_rng(3).normal(0, 100, (ROWS, COLUMNS)).astype(dtype)
    values[0, 0] = np.nan
    content = values.tobytes()
    data = image((ROWS, COLUMNS), content, keyword=keyword, bits=(32, 32, 31))
    staged = masked_copy(data, {0: (MASK,)})
    assert [check.name for check in prove(store_of(data), {0: (MASK,)}, staged) if not check.passed] == []
    assert (staged.stored(0)[AREA] == np.nanmin(values)).all()
    assert np.array_equal(staged.stored(0)[~AREA], values[~AREA], equal_nan=True)


def _layout(syntax: uid.UID, photometric: str, stored: int, *, signed: bool) -> Layout:
    return Layout(
        syntax=syntax,
        rows=ROWS,
        columns=COLUMNS,
        frames=3,
        samples=3 if photometric == "RGB" else 1,
        allocated=8 if stored <= 8 else 16,
        stored=stored,
        high=stored - 1,
        signed=signed,
        floating=False,
        photometric=photometric,
        planar=False,
    )


def _encoded(values: NDArray[np.int64], layout: Layout) -> bytes:
    """A frame as a writer of that syntax makes it."""
    syntax, stored = layout.syntax, layout.stored
    if syntax in {uid.JPEG2000Lossless, uid.JPEG2000}:
        return J2kCodec(layout).encode(values)
    if syntax in {uid.JPEGLSLossless, uid.JPEGLSNearLossless}:
        return JpegLsCodec(layout).encode(values)
    bits = (values & ((1 << stored) - 1)).astype(f"<u{layout.allocated // 8}")
    if syntax in {uid.JPEGLossless, uid.JPEGLosslessSV1}:
        return encode_lossless(bits, stored)
    if syntax == DEFLATED_IMAGE_FRAME:
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        return stream.compress(bits.tobytes()) + stream.flush()
    if syntax == uid.RLELossless:
        size = {"rows": layout.rows, "columns": layout.columns, "samples_per_pixel": layout.samples}
        return bytes(encode_pixel_data(bits.tobytes(), None, "<", bits_allocated=layout.allocated, **size))
    return bits.tobytes()


LOSSLESS = (
    uid.RLELossless,
    uid.JPEGLosslessSV1,
    uid.JPEGLossless,
    uid.JPEGLSLossless,
    uid.JPEGLSNearLossless,
    uid.JPEG2000Lossless,
    uid.JPEG2000,
    ENCAPSULATED_UNCOMPRESSED,
    DEFLATED_IMAGE_FRAME,
)
KINDS = (
    ("MONOCHROME2", 8, False),
    ("MONOCHROME1", 8, False),
    ("MONOCHROME2", 12, False),
    ("MONOCHROME1", 16, False),
    ("MONOCHROME2", 12, True),
    ("MONOCHROME2", 16, True),
    ("RGB", 8, False),
)


@pytest.mark.parametrize(("syntax", "kind"), list(product(LOSSLESS, KINDS)))
def test_a_lossless_syntax_is_kept_and_other_frames_keep_their_bytes(
    syntax: uid.UID, kind: tuple[str, int, bool]
) -> None:
    photometric, stored, signed = kind
    layout = _layout(syntax, photometric, stored, signed=signed)
    low = layout.lowest
    values = [_values(low + 3, layout.highest - 3, layout.shape) + frame for frame in range(3)]
    fragments = [_encoded(frame, layout) for frame in values]
    data = compressed(
        (ROWS, COLUMNS),
        fragments,
        syntax,
        photometric=photometric,
        bits=(layout.allocated, stored, stored - 1),
        signed=signed,
    )
    original = store_of(data)
    assert all(np.array_equal(original.stored(frame), values[frame]) for frame in range(3))
    rewrite = plan_rewrite(original, {1: (MASK,)})
    assert rewrite.transfer_syntax == syntax
    assert rewrite.notes == ()
    copy = copy_of(data, rewrite)
    staged = store_of(copy)
    assert [check.name for check in prove(original, {1: (MASK,)}, staged) if not check.passed] == []
    assert all(np.array_equal(staged.stored(frame), values[frame]) for frame in (0, 2))
    assert np.array_equal(staged.stored(1)[~AREA], values[1][~AREA])
    if syntax not in (ENCAPSULATED_UNCOMPRESSED, DEFLATED_IMAGE_FRAME):
        assert np.array_equal(shown(copy)[0], values[0])
        assert np.array_equal(shown(copy)[1][~AREA], values[1][~AREA])


@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS + 1])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_a_jpeg_cine_keeps_its_codec_and_its_other_frames(subsampling: str, columns: int) -> None:
    fragments = []
    for shade in (40, 90, 160):
        out = BytesIO()
        Image.new("RGB", (columns, ROWS), (shade, 20, 200)).save(out, "JPEG", subsampling=subsampling)
        fragments.append(out.getvalue())
    photometric = "YBR_FULL" if subsampling == "4:4:4" else "YBR_FULL_422"
    data = compressed((ROWS, columns), fragments, uid.JPEGBaseline8Bit, photometric=photometric)
    original = store_of(data)
    rewrite = plan_rewrite(original, {2: (MASK,)})
    assert rewrite.transfer_syntax == uid.JPEGBaseline8Bit
    staged = store_of(copy_of(data, rewrite))
    assert [check.name for check in prove(original, {2: (MASK,)}, staged) if not check.passed] == []
    assert not staged.stored(2)[6:11, 7:18].any()
    assert np.array_equal(shown(copy_of(data, rewrite))[:2], shown(data)[:2])


def test_a_progressive_jpeg_is_stored_without_loss_and_the_record_says_so() -> None:
    out = BytesIO()
    picture = Image.effect_mandelbrot((COLUMNS, ROWS), (-2, -1.5, 1, 1.5), 40).convert("RGB")
    picture.save(out, "JPEG", progressive=True)
    data = compressed((ROWS, COLUMNS), [out.getvalue()] * 2, uid.JPEGBaseline8Bit, photometric="YBR_FULL_422")
    original = store_of(data)
    rewrite = plan_rewrite(original, {0: (MASK,)})
    assert rewrite.transfer_syntax == uid.JPEGLSLossless
    assert "without loss" in rewrite.notes[0]
    changed = {tag: element.value for tag, element in rewrite.header.items() if element is not None}
    assert changed[0x00280004] == "RGB"
    assert changed[0x00282110] == "01"
    copy = copy_of(data, rewrite)
    staged = store_of(copy)
    assert _check(original, staged).tolist() == [0, 0, 0]
    assert np.array_equal(shown(copy)[1], original.stored(1))


def test_lossy_jpeg_2000_keeps_its_syntax_and_its_other_frames() -> None:
    values = _values(0, 255, (ROWS, COLUMNS, 3)).astype(np.uint8)
    lossy = encode_array(values, photometric_interpretation=1, compression_ratios=[4])
    data = compressed((ROWS, COLUMNS), [lossy, lossy], uid.JPEG2000, photometric="YBR_ICT")
    original, staged = store_of(data), masked_copy(data, {1: (MASK,)})
    assert staged.layout.syntax == uid.JPEG2000
    assert _check(original, staged, frame=1).tolist() == [0, 0, 0]
    assert np.array_equal(original.stored(0), staged.stored(0))


def _irreversible_j2k() -> bytes:
    out = BytesIO()
    Image.effect_mandelbrot((COLUMNS, ROWS), (-2, -1.5, 1, 1.5), 40).save(out, "JPEG2000", irreversible=True)
    return out.getvalue()


def _near_lossless() -> bytes:
    size = {"rows": ROWS, "columns": COLUMNS, "samples_per_pixel": 1, "bits_stored": 8}
    return bytes(jpeg_ls.encode_buffer(_values(0, 255).astype(np.uint8).tobytes(), lossy_error=3, **size))


@pytest.mark.parametrize(
    ("frame", "syntax", "method"),
    [
        (_irreversible_j2k(), uid.JPEG2000, "ISO_15444_1"),
        (_near_lossless(), uid.JPEGLSNearLossless, "ISO_14495_1"),
    ],
)
def test_a_lossy_frame_that_is_stored_without_loss_is_said_to_be(frame: bytes, syntax: uid.UID, method: str) -> None:
    original = store_of(compressed((ROWS, COLUMNS), [frame, frame], syntax))
    rewrite = plan_rewrite(original, {0: (MASK,)})
    assert "without loss" in rewrite.notes[0]
    changed = {tag: element.value for tag, element in rewrite.header.items() if element is not None}
    assert changed == {0x00282110: "01", 0x00282114: method}
    untouched = plan_rewrite(original, {})
    assert (untouched.notes, untouched.header) == ((), {})


def test_the_header_s_word_for_loss_is_enough() -> None:
    frame = encode_array(_values(0, 255).astype(np.uint8))
    said = {"LossyImageCompression": "01"}
    rewrite = plan_rewrite(store_of(compressed((ROWS, COLUMNS), [frame], uid.JPEG2000, more=said)), {0: (MASK,)})
    assert "without loss" in rewrite.notes[0]
    assert rewrite.header == {}
    lossless = store_of(compressed((ROWS, COLUMNS), [frame], uid.JPEG2000Lossless, more=said))
    assert plan_rewrite(lossless, {0: (MASK,)}).notes == ()


HIGH_THROUGHPUT = base64.b64decode(
    b"/0//UQApQAAAAAAgAAAAIAAAAAAAAAAAAAAAIAAAACAAAAAAAAAAAAABBwEB/1AACAACAAAAAv9SAAwAAgABAAUEBEAB/1wAEyBI"
    b"UFBQUFBQUFBQUFBQSEhI/2QAFwABT3BlbkpQSCBWZXIgMC4yNi4zLv+QAAoAAAAAAIMAAf+TwCWjAQd0AMASwBKAkAEHdADiAAd0"
    b"AMATQBKACPIAgnQAEP4zUwDAFRAE4EII8apwAnUACODASey1AMAVkAVIAAAAAOfAp6enwngAAv79h+/f7LcAwC0IBWCqqqqq+f8p"
    b"6enp6enp4nwAAAD/eGOuuuuuupoA/9k="
)
"""A ramp, ``4 * column + row``, 32 x 32, written by OpenJPH 0.26.3."""


def test_high_throughput_jpeg_2000_is_read_and_stored_as_jpeg_2000() -> None:
    data = compressed((32, 32), [HIGH_THROUGHPUT] * 2, uid.HTJ2KLossless)
    original = store_of(data)
    y, x = np.mgrid[0:32, 0:32]
    assert np.array_equal(original.stored(0), 4 * x + y)
    untouched = plan_rewrite(original, {})
    assert untouched.transfer_syntax == uid.HTJ2KLossless
    assert b"OpenJPH" not in copy_of(data, untouched)
    masks = {1: (box(3, 4, 20, 12),)}
    rewrite = plan_rewrite(original, masks)
    assert rewrite.transfer_syntax == uid.JPEG2000Lossless
    assert rewrite.notes
    staged = store_of(copy_of(data, rewrite))
    assert [check.name for check in prove(original, masks, staged) if not check.passed] == []


def test_jpeg_2000_too_small_for_its_encoder_becomes_jpeg_ls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanscrub.formats.dicom.pixels.codecs.jpeg2000._SMALLEST", 35)
    values = _values(0, 255).astype(np.uint8)
    data = compressed((ROWS, COLUMNS), [encode_array(values)], uid.JPEG2000Lossless)
    original, staged = store_of(data), masked_copy(data, {0: (MASK,)})
    assert staged.layout.syntax == uid.JPEGLSLossless
    assert _check(original, staged).tolist() == [0]


def test_near_lossless_frames_are_not_lost_further() -> None:
    values = _values(0, 255).astype(np.uint8)
    lossy = bytes(jpeg_ls.encode_array(values, lossy_error=4))
    data = compressed((ROWS, COLUMNS), [lossy, lossy], uid.JPEGLSNearLossless)
    original, staged = store_of(data), masked_copy(data, {0: (MASK,)})
    assert staged.layout.syntax == uid.JPEGLSNearLossless
    assert _check(original, staged).tolist() == [0]


@pytest.mark.parametrize("syntax", [uid.MPEG2MPML, uid.MPEG4HP41])
def test_films_are_refused(syntax: uid.UID) -> None:
    data = compressed((ROWS, COLUMNS), [b"\0\0\1\xb3" + bytes(60)], syntax)
    with pytest.raises(RefusedFile, match="film"):
        store_of(data)


def test_what_no_codec_reads_is_refused() -> None:
    data = compressed((ROWS, COLUMNS), [bytes(60)], uid.HTJ2KLosslessRPCL)
    jpeg_xl = data.replace(uid.HTJ2KLosslessRPCL.encode(), b"1.2.840.10008.1.2.4.110")
    with pytest.raises(RefusedFile, match="no library"):
        store_of(jpeg_xl)


def test_an_image_that_ends_early_is_refused() -> None:
    with pytest.raises(RefusedFile):
        store_of(image((ROWS, COLUMNS), bytes(ROWS * COLUMNS - 2)))


@pytest.mark.skipif(which("dcmj2pnm") is None, reason="needs dcmtk")
def test_dcmtk_reads_the_masked_jpeg(tmp_path: Path) -> None:
    out = BytesIO()
    Image.linear_gradient("L").resize((COLUMNS, ROWS)).save(out, "JPEG")
    data = compressed((ROWS, COLUMNS), [out.getvalue()], uid.JPEGBaseline8Bit)
    path = tmp_path / "copy.dcm"
    path.write_bytes(copy_of(data, plan_rewrite(store_of(data), {0: (MASK,)})))
    subprocess.run(["dcmj2pnm", "+Fa", str(path), str(tmp_path / "copy.pgm")], check=True, capture_output=True)
