"""A DICOMDIR over clean copies: its own records, which other readers follow."""

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet

from factory_dicom import IMPLICIT, Row, ct_file, data_set, part10, with_rows
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.write.dicomdir import write_dicomdir

SR = "1.2.840.10008.5.1.4.1.1.88.11"


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def slice_of(patient: str, instance: str, *, syntax: str = "1.2.840.10008.1.2.1") -> bytes:
    return ct_file(
        (0x00080090, "PN", ""),
        patient_name=f"ANON^{patient}",
        patient_id=f"ANON-{patient}",
        sop_instance=instance,
        accession="",
        study_id="",
        syntax=syntax,
    )


def test_another_reader_finds_every_copy_at_its_name(tmp_path: Path) -> None:
    files = [
        put(tmp_path, f"ANON-{patient}/ST-1/SE-1/IM-{number}.dcm", slice_of(patient, f"2.25.{patient}{number}"))
        for patient in ("1", "2")
        for number in (1, 2, 3)
    ]
    files.append(put(tmp_path, "ANON-1/ST-1/SE-1/IM-9.dcm", slice_of("1", "2.25.19", syntax=IMPLICIT)))
    write_dicomdir(tmp_path, reversed(files))
    found = FileSet(tmp_path / "DICOMDIR")
    assert {Path(one.path) for one in found} == set(files)
    assert found.find_values("PatientID") == ["ANON-1", "ANON-2"]
    assert {one.SOPInstanceUID for one in found} == {dcmread(path).SOPInstanceUID for path in files}
    found._stage["t"].cleanup()


def test_a_report_has_a_record_of_its_kind_and_an_unknown_object_none(tmp_path: Path) -> None:
    title: list[Row] = [(0x00080100, "SH", "1"), (0x00080102, "SH", "DCM"), (0x00080104, "LO", "Report")]
    rows: list[Row] = [
        (0x00080016, "UI", SR),
        (0x00080018, "UI", "2.25.5"),
        (0x00100020, "LO", "ANON-1"),
        (0x0020000D, "UI", "2.25.6"),
        (0x0020000E, "UI", "2.25.7"),
        (0x0040A043, "SQ", [title]),
    ]
    report = put(tmp_path, "report.dcm", part10(data_set(rows), sop_class=SR))
    protocol = with_rows(rows, (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.200.1"))
    other = put(tmp_path, "other.dcm", part10(data_set(protocol)))
    write_dicomdir(tmp_path, [report, other])
    records = dcmread(tmp_path / "DICOMDIR").DirectoryRecordSequence
    assert [record.DirectoryRecordType for record in records] == ["PATIENT", "STUDY", "SERIES", "SR DOCUMENT"]
    assert records[-1].ConceptNameCodeSequence[0].CodeMeaning == "Report"


def test_the_same_copies_give_the_same_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    files = [put(tmp_path, f"IM-{number}.dcm", slice_of("1", f"2.25.{number}")) for number in range(3)]
    write_dicomdir(tmp_path, files)
    first = (tmp_path / "DICOMDIR").read_bytes()
    write_dicomdir(tmp_path, reversed(files))
    assert (tmp_path / "DICOMDIR").read_bytes() == first
    assert {path.name for path in tmp_path.iterdir()} == {"DICOMDIR", "IM-0.dcm", "IM-1.dcm", "IM-2.dcm"}


def test_a_file_that_is_no_dicom_file_is_refused(tmp_path: Path) -> None:
    damaged = put(tmp_path, "x.dcm", part10(b"")[:150])
    with pytest.raises(RefusedFile):
        write_dicomdir(tmp_path, [damaged])
    assert not (tmp_path / "DICOMDIR").exists()
