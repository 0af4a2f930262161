"""`check` over the images of pydicom-data, all of which were looked at: who is named in which header, and what is
written in which picture.

Real names and numbers of the files are not repeated here; the groups say what somebody who opens them reads.
"""

from pathlib import Path

import data_store
import pytest

from scanscrub import CheckOptions, check
from scanscrub.domain.check import CheckReport
from scanscrub.domain.rules import Rule, Severity

FOLDER = Path(data_store.__file__).parent / "data"

NAMED = [
    "JPEG-LL",
    "JPEG2000_UNC",
    "JPGLosslessP14SV1_1s_1f_8b",
    "MR-SIEMENS-DICOM-WithOverlays",
    "MR2_J2KI",
    "MR2_J2KR",
    "MR2_UNCI",
    "MR2_UNCR",
    "RG1_J2KI",
    "RG1_J2KR",
    "RG1_UNCI",
    "RG1_UNCR",
    "RG3_J2KI",
    "RG3_J2KR",
    "RG3_UNCI",
    "RG3_UNCR",
    "US1_J2KI",
    "US1_J2KR",
    "US1_UNCI",
    "US1_UNCR",
    "OBXXXX1A",
    "OBXXXX1A_2frame",
    "OBXXXX1A_expb",
    "OBXXXX1A_expb_2frame",
    "OBXXXX1A_rle",
    "OBXXXX1A_rle_2frame",
    "SC_rgb",
    "SC_rgb_16bit",
    "SC_rgb_16bit_2frame",
    "SC_rgb_2frame",
    "SC_rgb_32bit",
    "SC_rgb_32bit_2frame",
    "SC_rgb_dcmtk_ebcr_dcmd",
    "SC_rgb_dcmtk_ebcyn1_dcmd",
    "SC_rgb_dcmtk_ebcyn2_dcmd",
    "SC_rgb_dcmtk_ebcynp_dcmd",
    "SC_rgb_dcmtk_ebcys2_dcmd",
    "SC_rgb_dcmtk_ebcys4_dcmd",
    "SC_rgb_expb",
    "SC_rgb_expb_16bit",
    "SC_rgb_expb_16bit_2frame",
    "SC_rgb_expb_2frame",
    "SC_rgb_expb_32bit",
    "SC_rgb_expb_32bit_2frame",
    "SC_rgb_gdcm2k_uncompressed",
    "SC_ybr_full_uncompressed",
    "color3d_jpeg_baseline",
    "eCT_Supplemental",
    "gdcm-US-ALOKA-16",
    "gdcm-US-ALOKA-16_big",
    "liver",
    "liver_expb",
    "mlut_18",
    "vlut_04",
]
"""A person's name, or what stands for one, is in the header, or a number that a hospital or a trial gave."""

NUMBERED = ["OT-PAL-8-face"]
"""The name is a placeholder, but an accession number is there."""

CODED = ["693_J2KR", "693_UNCI", "693_UNCR", "bad_sequence", "explicit_VR-UN"]
"""De-identified for publication: codes of a research collection, or hashes, stand where name and id were."""

NAMELESS = [
    "color-pl",
    "color-px",
    "emri_small",
    "emri_small_RLE",
    "emri_small_big_endian",
    "emri_small_jpeg_2k_lossless",
    "emri_small_jpeg_ls_lossless",
]
"""Placeholders or nothing where the name and the number belong."""

DAMAGED = ["emri_small_jpeg_2k_lossless_too_short"]


BURNED_IN = [
    "OBXXXX1A",
    "OBXXXX1A_2frame",
    "OBXXXX1A_expb",
    "OBXXXX1A_expb_2frame",
    "OBXXXX1A_rle",
    "OBXXXX1A_rle_2frame",
    "US1_J2KI",
    "US1_J2KR",
    "US1_UNCI",
    "US1_UNCR",
    "gdcm-US-ALOKA-16",
    "gdcm-US-ALOKA-16_big",
]
"""A hospital's or a company's name, a date with the time, or an examination's number stands in the picture."""

LEGENDS = [
    "JPGLosslessP14SV1_1s_1f_8b",
    "RG3_J2KI",
    "RG3_J2KR",
    "RG3_UNCI",
    "RG3_UNCR",
    "color3d_jpeg_baseline",
    "mlut_18",
    "vlut_04",
]
"""Other writing: a scanner's settings and measures, a side marker, a test pattern's labels. On all others there is
none; the boxes of `OT-PAL-8-face` bear symbols.
"""

SMALL = ["US1_UNCR", "vlut_04"]
"""The pictures with writing that are looked at here, one of each kind. All of them take minutes, and most show the
same picture in another encoding: how much is found is for `tests/bench/detection.py`.
"""


@pytest.fixture(scope="module")
def report() -> CheckReport:
    options = CheckOptions(text="none", cache=False, jobs=1, ignore=False)
    return check([FOLDER], options)


def accused(report: CheckReport, *rules: Rule) -> set[str]:
    """The files with a finding of identity, by these rules if any are given."""
    return {
        Path(file.record.path).stem
        for file in report.files
        if any(
            finding.severity is Severity.IDENTITY and (not rules or finding.rule in rules) for finding in file.open
        )
    }


def test_the_lists_name_every_file_once() -> None:
    listed = [*NAMED, *NUMBERED, *CODED, *NAMELESS, *DAMAGED]
    assert sorted(listed) == sorted(path.stem for path in FOLDER.glob("*.dcm"))
    written = [*BURNED_IN, *LEGENDS]
    assert len(set(written)) == len(written) == 20
    assert set(SMALL) <= set(written) <= set(listed)


def test_writing_in_a_picture_is_found() -> None:
    options = CheckOptions(text="all", cache=False, jobs=1, ignore=False)
    paths = [FOLDER / f"{name}.dcm" for name in SMALL]
    seen = check(paths, options)
    rules = {Path(file.record.path).stem: {finding.rule for finding in file.open} for file in seen.files}
    assert rules.keys() == set(SMALL)
    assert all(rules[name] & {Rule.WRITING_MATCHES_HEADER, Rule.WRITING_OF_SOMEBODY} for name in SMALL)


def test_every_header_with_an_identity_is_found(report: CheckReport) -> None:
    assert set(NAMED + NUMBERED) <= accused(report)


def test_hardly_a_header_without_an_identity_is_accused_of_one(report: CheckReport) -> None:
    false = accused(report) & set(CODED + NAMELESS)
    assert false <= {"bad_sequence"}
    assert len(false) < 0.03 * len(report.files)


def test_what_is_not_accused_of_identity_is_still_not_clean(report: CheckReport) -> None:
    assert len(report.files) == 68
    assert all(file.open for file in report.files)


def test_a_damaged_file_is_reported_as_such(report: CheckReport) -> None:
    assert accused(report, Rule.REFUSED) == set(DAMAGED)


def test_no_file_name_is_accused(report: CheckReport) -> None:
    assert accused(report, Rule.NAME) == set()
