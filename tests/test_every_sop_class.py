"""One full object of every storage SOP class: cleaned, nothing left of the patient, and no less valid than before."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conftest import CANARY
from factory_objects import DAY, STORAGE, UID_ROOT, Filling, full_object
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import Status
from validator import ABORTED, errors_of_all

_ROOT = "1.2.840.10008.5.1.4.1.1."
DOCUMENTS = frozenset(f"{_ROOT}104.{number}" for number in range(1, 6))
DIRECTORY = "1.2.840.10008.1.3.10"
PARTS = 6
"""The classes are tried in parts, so that processes of the gate share them."""
EXPECTED = "</BurnedInAnnotation(0028,0301)>"
"""Nobody looked at the pixels, so the copy does not say NO, which is all that some objects may say."""


def written(folder: Path, classes: Sequence[str]) -> Mapping[str, Path]:
    folder.mkdir()
    files = {sop_class: folder / f"{number:03}.dcm" for number, sop_class in enumerate(sorted(classes))}
    for sop_class, path in files.items():
        path.write_bytes(full_object(Filling(sop_class)))
    return files


def cleaned(files: Mapping[str, Path], output: Path, profile: str) -> Mapping[str, Path]:
    """The copies of all files, whose folder is theirs alone."""
    options = CleanOptions(profile=profile, text="none", executor="serial")
    folder = next(iter(files.values())).parent
    records = {record.input_ref.number: record for record in clean([folder], output, options)}
    copies: dict[str, Path] = {}
    for number, sop_class in enumerate(files, 1):
        record = records[number]
        assert record.status in {Status.CLEAN, Status.REVIEW}, (sop_class, record.refusal, record.checks)
        assert record.output_name is not None
        copies[sop_class] = output / record.output_name
    return copies


@pytest.mark.parametrize("part", range(PARTS))
def test_an_object_of_every_class_is_cleaned_and_as_valid_as_before(part: int, tmp_path: Path) -> None:
    classes = [each for each in STORAGE[part::PARTS] if each not in DOCUMENTS | {DIRECTORY}]
    files = written(tmp_path / "in", classes)
    copies = {profile: cleaned(files, tmp_path / profile, profile) for profile in ("share", "research")}
    for profile, of_profile in copies.items():
        for sop_class, path in of_profile.items():
            content = path.read_bytes()
            assert CANARY.lower().encode() not in content.lower(), sop_class
            assert DAY.encode() not in content, sop_class
            assert UID_ROOT.encode() not in content or profile == "research", sop_class
    found = errors_of_all([*files.values(), *(path for each in copies.values() for path in each.values())])
    assert not [sop_class for sop_class, path in files.items() if found[path] == ABORTED]
    new = {
        (profile, sop_class, error)
        for profile, of_profile in copies.items()
        for sop_class, path in of_profile.items()
        for error in found[path] - found[files[sop_class]]
        if EXPECTED not in error
    }
    assert not new


def test_cleaning_a_copy_of_any_class_again_changes_no_byte(tmp_path: Path) -> None:
    classes = [each for each in STORAGE if each not in DOCUMENTS | {DIRECTORY}][::9]
    written(tmp_path / "in", classes)
    options = CleanOptions(text="none", executor="serial")
    first = [
        tmp_path / "out" / (each.output_name or "") for each in clean([tmp_path / "in"], tmp_path / "out", options)
    ]
    again = clean(first, tmp_path / "again", options)
    copies = [tmp_path / "again" / (each.output_name or "") for each in again]
    assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in first]


@pytest.mark.parametrize("sop_class", sorted(DOCUMENTS))
def test_documents_of_other_formats_are_refused(sop_class: str, tmp_path: Path) -> None:
    written(tmp_path / "in", [sop_class])
    (record,) = clean([tmp_path / "in"], tmp_path / "out", CleanOptions(text="none", executor="serial"))
    assert record.status is Status.REFUSED
