"""The ICC profile of a DICOM image, at the top level and in an optical path."""

from io import BytesIO

import pytest
from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence

from conftest import CANARY
from factory_dicom import ct_file
from factory_pictures import NAME
from scanscrub.checking.examine import examined
from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.icc.profile import srgb_profile
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile
from test_dicom_hiding_places import cleaned
from test_icc import PLACES, profile_of, tags_of, text_of

_PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.77.1.4"
_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
_CT = "1.2.840.10008.5.1.4.1.1.2"


def _file(profile: bytes, sop_class: str, *, nested: bool = False) -> bytes:
    header = dcmread(BytesIO(ct_file(sop_class=sop_class)))
    holder = Dataset() if nested else header
    holder.ICCProfile = profile
    if nested:
        header.OpticalPathSequence = Sequence([holder])
    out = BytesIO()
    header.save_as(out)
    return out.getvalue()


def _copy_of(file: bytes, profile: str = "share") -> Dataset:
    """The copy, all of its proofs passed, and the same again."""
    copy, checks = cleaned(file, profile)
    assert not [check.name for check in checks if not check.passed]
    assert cleaned(copy, profile)[0] == copy
    assert CANARY.encode() not in copy
    return dcmread(BytesIO(copy))


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("place", PLACES)
def test_the_colors_of_a_profile_stay_and_its_texts_go(profile: str, place: str) -> None:
    assert _copy_of(_file(PLACES[place](), _PHOTOGRAPH), profile).ICCProfile == srgb_profile()


@pytest.mark.parametrize("profile", ["share", "research"])
def test_the_colors_of_an_optical_path_stay(profile: str) -> None:
    copy = _copy_of(_file(PLACES["copyright"](), _SLIDE, nested=True), profile)
    assert copy.OpticalPathSequence[0].ICCProfile == srgb_profile()


@pytest.mark.parametrize("junk", [NAME * 30, b"\1" * 300])
def test_what_is_no_profile_is_one_of_srgb_where_one_must_be(junk: bytes) -> None:
    assert _copy_of(_file(junk, _PHOTOGRAPH)).ICCProfile == srgb_profile()


def test_what_is_no_profile_goes_where_none_is_asked_for() -> None:
    assert "ICCProfile" not in _copy_of(_file(NAME * 30, _CT))


def test_a_profile_too_long_for_any_is_not_kept() -> None:
    assert _copy_of(_file(srgb_profile() + NAME * 200_000, _PHOTOGRAPH)).ICCProfile == srgb_profile()


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (b"Copyright Hewlett-Packard 1998", Severity.HYGIENE),
        (b"Calibrated by Kowalczyk", Severity.QUASI),
        (NAME, Severity.IDENTITY),
        (b"Patient: Robert Zqcanary, born 24.03.1961", Severity.IDENTITY),
    ],
)
def test_check_ranks_a_profile_by_its_texts(text: bytes, severity: Severity) -> None:
    file = _file(profile_of({**tags_of(srgb_profile()), b"cprt": text_of(text)}), _PHOTOGRAPH)
    context = WorkerContext(Settings(load_profile("share"), bytes(32), TextMode.NONE))
    found, _ = examined(BytesIO(file), file[:4096], ("scan",), context)
    ranks = [one.severity for one in found.findings or () if "(0028,2000)" in str(one.place)]
    assert ranks == [severity]
