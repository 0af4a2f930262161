"""Segmentations, maps, presentation states and reports that another library made."""

from pathlib import Path

import pytest
from pydicom import dcmread

from conftest import CANARY
from factory_highdicom import MAKERS, slice_of_ct
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import Status
from validator import errors_of_all

UNATTESTED = "</BurnedInAnnotation(0028,0301)>"
"""Nobody looks at the pixels here, so that no copy says NO."""


@pytest.mark.parametrize("profile", ["share", "research"])
def test_what_highdicom_makes_is_clean_and_as_valid_as_before(profile: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    files = {name: tmp_path / "in" / f"{name}.dcm" for name in sorted(MAKERS)}
    ct = slice_of_ct()
    for name, path in files.items():
        MAKERS[name](ct).save_as(path)
    records = clean(
        [tmp_path / "in"], tmp_path / "out", CleanOptions(profile=profile, text="none", executor="serial")
    )
    by_number = {record.input_ref.number: record for record in records}
    copies: dict[str, Path] = {}
    for number, name in enumerate(files, 1):
        record = by_number[number]
        assert record.status in {Status.CLEAN, Status.REVIEW}, (name, record.refusal, record.checks)
        copies[name] = tmp_path / "out" / (record.output_name or "")
        assert CANARY.lower().encode() not in copies[name].read_bytes().lower(), name
    found = errors_of_all([*files.values(), *copies.values()])
    new = {(name, error) for name, copy in copies.items() for error in found[copy] - found[files[name]]}
    assert not {(name, error) for name, error in new if UNATTESTED not in error}


def test_the_drawings_of_a_presentation_state_stay_valid_where_their_texts_are_cleaned(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    drawn, copy = tmp_path / "in" / "drawn.dcm", tmp_path / "out"
    MAKERS["presentation_state"](slice_of_ct()).save_as(drawn)
    (record,) = clean([drawn], copy, CleanOptions(clean=("graphics",), text="none", executor="serial"))
    copy /= record.output_name or ""
    (text,) = dcmread(copy).GraphicAnnotationSequence[0].TextObjectSequence
    assert CANARY not in text.UnformattedTextValue
    assert text.BoundingBoxTextHorizontalJustification == "CENTER"
    found = errors_of_all([drawn, copy])
    assert not found[copy] - found[drawn]


def test_references_between_the_objects_of_a_study_hold(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    ct = slice_of_ct()
    ct.save_as(tmp_path / "in" / "0.dcm")
    for name in ("segmentation", "presentation_state", "key_objects"):
        MAKERS[name](ct).save_as(tmp_path / "in" / f"{name}.dcm")
    options = CleanOptions(text="none", executor="serial")
    for _ in clean([tmp_path / "in"], tmp_path / "out", options):
        pass
    copies = {opened.Modality: opened for opened in (dcmread(path) for path in (tmp_path / "out").rglob("*.dcm"))}
    uid = copies["CT"].SOPInstanceUID
    assert uid != ct.SOPInstanceUID
    assert {opened.StudyInstanceUID for opened in copies.values()} == {copies["CT"].StudyInstanceUID}
    assert copies["PR"].ReferencedSeriesSequence[0].ReferencedImageSequence[0].ReferencedSOPInstanceUID == uid
    assert copies["SEG"].ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == uid
    evidence = copies["KO"].CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert evidence.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == uid
