"""Real files, those of pydicom and its data package: each is cleaned and proved, or refused with a sentence."""

import io
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_files

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Plan, Source
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.dicom.file_format import FORMAT
from scanscrub.policy.decide import Policy, build_policy
from scanscrub.policy.profile import load_profile
from validator import ABORTED, errors_of_all

SOURCE = Source(1, "ab" * 32)
FILES = sorted({Path(name) for name in get_testdata_files("**/*") if Path(name).is_file()})
HEAD = 4096
REFUSED = {
    "DICOMDIR",
    "DICOMDIR-bigEnd",
    "DICOMDIR-empty.dcm",
    "DICOMDIR-implicit",
    "DICOMDIR-nooffset",
    "DICOMDIR-nopatient",
    "DICOMDIR-reordered",
    "JPEG2000-embedded-sequence-delimiter.dcm",
    "MR_truncated.dcm",
    "UN_sequence.dcm",
    "emri_small_jpeg_2k_lossless_too_short.dcm",
    "badVR.dcm",
    "empty_charset_LEI.dcm",
    "meta_missing_tsyntax.dcm",
    "nested_priv_SQ.dcm",
    "no_meta_group_length.dcm",
    "priv_SQ.dcm",
    "rtplan_truncated.dcm",
}
"""Directories, files that are truncated, do not say which object they are, or have a "1A" for a number of frames; and
a JPEG 2000 frame that no decoder (OpenJPEG, Pillow, GDCM) takes: its header claims 14,540,801 tiles."""

LARGE = 400_000
DEFLATED = "image_dfl.dcm"
"""dciodvfy does not inflate it."""


def is_dicom(path: Path) -> bool:
    with path.open("rb") as stream:
        return FORMAT.sniff(stream.read(HEAD))


def policy(profile: str) -> Policy:
    return build_policy(load_profile(profile), b"k" * 32, text_mode=TextMode.NONE)


def cleaned(data: bytes, profile: str, *, attest: bool = False) -> tuple[bytes, Plan]:
    """The proved copy and its plan."""
    with FORMAT.open(io.BytesIO(data), SOURCE) as document:
        plan = policy(profile).decide(SOURCE, tuple(document.inspect()), (), attest=attest)
        target = io.BytesIO()
        document.apply(plan, target)
        with FORMAT.open(target, SOURCE) as copy:
            assert not [check for check in document.prove(plan, copy) if not check.passed]
        return target.getvalue(), plan


@pytest.mark.parametrize("path", [path for path in FILES if is_dicom(path)], ids=lambda path: path.name)
def test_a_real_file_is_cleaned_and_proved_or_refused(path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(RefusedFile, match=r".\.$") as refusal:
            cleaned(path.read_bytes(), "share")
        assert refusal.value.hint.endswith(".")
        return
    copy, _ = cleaned(path.read_bytes(), "share")
    opened = dcmread(io.BytesIO(copy))
    assert opened.SOPInstanceUID == opened.file_meta.MediaStorageSOPInstanceUID


def test_what_is_not_recognized_is_no_dicom_file() -> None:
    others = {path.name for path in FILES if not is_dicom(path)} - {"no_meta.dcm"}  # it begins with a stray byte
    assert not [name for name in others if name.endswith(".dcm") or name.startswith("DICOMDIR")]


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "emri_small.dcm", "test-SR.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm"]
)
def test_cleaning_a_clean_copy_changes_no_byte(name: str) -> None:
    path = next(path for path in FILES if path.name == name)
    copy, _ = cleaned(path.read_bytes(), "research")
    again, plan = cleaned(copy, "research")
    assert plan.changes == ()
    assert again == copy


@pytest.mark.parametrize("profile", ["share", "research"])
def test_a_validator_finds_no_error_that_the_input_did_not_have(profile: str, tmp_path: Path) -> None:
    """In all but the large files: they are pictures of the others in more pixels, and it looks at headers."""
    readable = [path for path in FILES if is_dicom(path) and path.name not in {*REFUSED, DEFLATED}]
    files = [path for path in readable if path.stat().st_size < LARGE]
    assert len(files) > 0.8 * len(readable)
    copies = {path: tmp_path / f"{number}.dcm" for number, path in enumerate(files)}
    for path, copy in copies.items():
        copy.write_bytes(cleaned(path.read_bytes(), profile, attest=True)[0])
    found = errors_of_all([*copies, *copies.values()])
    judged = {path: copy for path, copy in copies.items() if found[path] != ABORTED}
    assert len(judged) > 0.9 * len(copies)
    new = {(path.name, error) for path, copy in judged.items() for error in found[copy] - found[path]}
    assert not new
