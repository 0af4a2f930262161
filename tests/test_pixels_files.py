"""Every image of pydicom's test data is a row: shown, masked, written, read again; or refused with a sentence."""

import subprocess
import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_files
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
    RLELossless,
)

from factory_pixels import box, copy_of, shown, store_of
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.pixels.pixel_data import FrameStore, open_frames
from scanscrub.formats.dicom.pixels.rewrite import plan_rewrite
from scanscrub.formats.dicom.proof.pixels import prove

FILES = (
    "693_J2KI.dcm",
    "693_J2KR.dcm",
    "693_UNCI.dcm",
    "693_UNCR.dcm",
    "CT_small.dcm",
    "ExplVR_BigEnd.dcm",
    "GDCMJ2K_TextGBR.dcm",
    "J2K_pixelrep_mismatch.dcm",
    "JPEG-LL.dcm",
    "JPEG-lossy.dcm",
    "JPEG2000.dcm",
    "JPEG2000_UNC.dcm",
    "JPEGLSNearLossless_08.dcm",
    "JPEGLSNearLossless_16.dcm",
    "JPGExtended.dcm",
    "JPGLosslessP14SV1_1s_1f_8b.dcm",
    "MR-SIEMENS-DICOM-WithOverlays.dcm",
    "MR2_J2KI.dcm",
    "MR2_J2KR.dcm",
    "MR2_UNCI.dcm",
    "MR2_UNCR.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_expb.dcm",
    "MR_small_implicit.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_padded.dcm",
    "OBXXXX1A.dcm",
    "OBXXXX1A_2frame.dcm",
    "OBXXXX1A_expb.dcm",
    "OBXXXX1A_expb_2frame.dcm",
    "OBXXXX1A_rle.dcm",
    "OBXXXX1A_rle_2frame.dcm",
    "RG1_J2KI.dcm",
    "RG1_J2KR.dcm",
    "RG1_UNCI.dcm",
    "RG1_UNCR.dcm",
    "RG3_J2KI.dcm",
    "RG3_J2KR.dcm",
    "RG3_UNCI.dcm",
    "RG3_UNCR.dcm",
    "SC_jpeg_no_color_transform.dcm",
    "SC_jpeg_no_color_transform_2.dcm",
    "SC_rgb.dcm",
    "SC_rgb_16bit.dcm",
    "SC_rgb_16bit_2frame.dcm",
    "SC_rgb_2frame.dcm",
    "SC_rgb_32bit.dcm",
    "SC_rgb_32bit_2frame.dcm",
    "SC_rgb_dcmtk_+eb+cr.dcm",
    "SC_rgb_dcmtk_+eb+cy+n1.dcm",
    "SC_rgb_dcmtk_+eb+cy+n2.dcm",
    "SC_rgb_dcmtk_+eb+cy+np.dcm",
    "SC_rgb_dcmtk_+eb+cy+s2.dcm",
    "SC_rgb_dcmtk_+eb+cy+s4.dcm",
    "SC_rgb_dcmtk_ebcr_dcmd.dcm",
    "SC_rgb_dcmtk_ebcyn1_dcmd.dcm",
    "SC_rgb_dcmtk_ebcyn2_dcmd.dcm",
    "SC_rgb_dcmtk_ebcynp_dcmd.dcm",
    "SC_rgb_dcmtk_ebcys2_dcmd.dcm",
    "SC_rgb_dcmtk_ebcys4_dcmd.dcm",
    "SC_rgb_expb.dcm",
    "SC_rgb_expb_16bit.dcm",
    "SC_rgb_expb_16bit_2frame.dcm",
    "SC_rgb_expb_2frame.dcm",
    "SC_rgb_expb_32bit.dcm",
    "SC_rgb_expb_32bit_2frame.dcm",
    "SC_rgb_gdcm2k_uncompressed.dcm",
    "SC_rgb_gdcm_KY.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "SC_rgb_jls_lossy_sample.dcm",
    "SC_rgb_jpeg.dcm",
    "SC_rgb_jpeg_app14_dcmd.dcm",
    "SC_rgb_jpeg_dcmd.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "SC_rgb_jpeg_lossy_gdcm.dcm",
    "SC_rgb_rle.dcm",
    "SC_rgb_rle_16bit.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_rgb_rle_32bit.dcm",
    "SC_rgb_rle_32bit_2frame.dcm",
    "SC_rgb_small_odd.dcm",
    "SC_rgb_small_odd_big_endian.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "SC_ybr_full_uncompressed.dcm",
    "US1_J2KI.dcm",
    "US1_J2KR.dcm",
    "US1_UNCI.dcm",
    "US1_UNCR.dcm",
    "bad_sequence.dcm",
    "color-pl.dcm",
    "color-px.dcm",
    "color3d_jpeg_baseline.dcm",
    "eCT_Supplemental.dcm",
    "emri_small.dcm",
    "emri_small_RLE.dcm",
    "emri_small_big_endian.dcm",
    "emri_small_jpeg_2k_lossless.dcm",
    "emri_small_jpeg_ls_lossless.dcm",
    "examples_jpeg2k.dcm",
    "examples_overlay.dcm",
    "examples_palette.dcm",
    "examples_rgb_color.dcm",
    "examples_ybr_color.dcm",
    "explicit_VR-UN.dcm",
    "gdcm-US-ALOKA-16.dcm",
    "gdcm-US-ALOKA-16_big.dcm",
    "image_dfl.dcm",
    "liver.dcm",
    "liver_1frame.dcm",
    "liver_expb.dcm",
    "liver_expb_1frame.dcm",
    "mlut_18.dcm",
    "rtdose.dcm",
    "rtdose_1frame.dcm",
    "rtdose_expb.dcm",
    "rtdose_expb_1frame.dcm",
    "rtdose_rle.dcm",
    "rtdose_rle_1frame.dcm",
    "vlut_04.dcm",
)
"""Without 35 tiny images of DICOMDIR tests."""

REFUSED = {
    "MR_truncated.dcm": "ends before",
    "badVR.dcm": "description of its own image",
    "meta_missing_tsyntax.dcm": "description of its own image",
    "nested_priv_SQ.dcm": "description of its own image",
    "JPEG2000-embedded-sequence-delimiter.dcm": "cannot be decoded",
}
"""Cut short, a frame count that is no number, twice no image size at all, a codestream without any picture."""

TWELVE_BITS = {"JPGExtended.dcm", "JPEG-lossy.dcm"}
"""In lossy JPEG, which pydicom decodes with a GPL library alone; dcmtk reads it, and may round otherwise."""

LOSSY = {JPEG2000, JPEGLSNearLossless}
"""A masked frame is stored without further loss there, and grows; the deflated file is inflated by these tests."""


@cache
def _paths() -> dict[str, str]:
    return {Path(path).name: path for path in sorted(get_testdata_files())}


def _store(name: str) -> tuple[bytes, FrameStore]:
    """The file and its frames; of a deflated file what it inflates to, as the DICOM reader passes it on."""
    data = Path(_paths()[name]).read_bytes()
    if name != "image_dfl.dcm":
        return data, store_of(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        store = open_frames(BytesIO(), dcmread(BytesIO(data)))
    assert store is not None
    return data, store


@pytest.mark.parametrize("name", FILES)
def test_a_masked_copy_is_black_inside_and_equal_outside(name: str, tmp_path: Path) -> None:
    data, original = _store(name)
    last = original.frames - 1
    masks = {last: (box(original.columns // 5, original.rows // 4, original.columns // 2, original.rows // 3 + 1),)}
    rewrite = plan_rewrite(original, masks)
    assert rewrite.transfer_syntax == original.layout.syntax
    assert bool(rewrite.notes) == (original.layout.syntax in LOSSY)
    copy = copy_of(data, rewrite)
    staged = store_of(copy)
    assert [check.name for check in prove(original, masks, staged) if not check.passed] == []
    grows = original.layout.syntax in {*LOSSY, DeflatedExplicitVRLittleEndian}
    assert len(copy) <= len(data) * 1.1 + 1024 or grows
    if name not in TWELVE_BITS and original.frames <= 30:
        assert shown(copy).size == np.prod(original.layout.shape) * original.frames
    _dcmtk_reads(copy, staged, tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_every_frame_has_views_and_the_first_three_are_looked_at(name: str) -> None:
    _, original = _store(name)
    for number, (frame, picture) in zip(range(3), original.pictures(), strict=False):
        assert frame == number
        assert (picture.rows, picture.columns) == (original.rows, original.columns)
        most = 5 if name == "eCT_Supplemental.dcm" else 4  # in gray and in the colors of its palette
        assert 1 <= len(picture.views) <= most


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(RefusedFile, match=REFUSED[name]):
        _store(name)[1].stored(0)


def test_the_table_is_complete() -> None:
    images = {name for name, path in _paths().items() if not name.isdigit() and _is_image(path)}
    assert images == set(FILES) | set(REFUSED)


def _is_image(path: str) -> bool:
    if Path(path).is_dir():
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "PixelData" in dcmread(path, defer_size=64)
        except InvalidDicomError:
            return False


def _dcmtk_reads(copy: bytes, staged: FrameStore, tmp_path: Path) -> None:
    """Decompress with dcmtk, where it has the codec."""
    syntax = staged.layout.syntax
    tools = {"dcmdjpls": syntax in JPEGLSTransferSyntaxes, "dcmdjpeg": syntax in JPEGTransferSyntaxes}
    tools["dcmdrle"] = syntax == RLELossless
    for tool, applies in tools.items():
        if applies and which(tool) is not None:
            source, target = tmp_path / "copy.dcm", tmp_path / "plain.dcm"
            source.write_bytes(copy)
            subprocess.run([tool, str(source), str(target)], check=True, capture_output=True)
            if syntax == JPEGExtended12Bit:
                difference = shown(target.read_bytes()).astype(np.int64) - staged.stored(0)
                assert np.abs(difference).max() <= 1
