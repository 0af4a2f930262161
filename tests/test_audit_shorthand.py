"""What a line of the audit does not repeat is read back as it was, whoever wrote, died or went on in between."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from factory_dicom import ct_file
from scanscrub import CleanOptions, clean, read_audit
from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Status
from scanscrub.domain.audit_json import record_to_json
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.finding import HeaderElement, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check
from scanscrub.domain.rules import Rule, Severity
from scanscrub.output import audit_shorthand, journal
from test_audit_schema import full, schema

STEPS = tuple(
    AuditStep(Rule.IDENTITY, Severity.IDENTITY, HeaderElement((0x00100000 + number,)), "Remove", "PS3.15 E.1-1 X")
    for number in range(200)
)
MASK = AuditStep(Rule.WRITING, Severity.QUASI, PixelRegion(Box(0, 0, 9, 9)), "Mask", "writing")
CHECKS = tuple(Check(f"check {number}", passed=True) for number in range(20))


def record(number: int, steps: tuple[AuditStep, ...] = STEPS) -> AuditRecord:
    return AuditRecord(
        InputRef(number, "ab" * 32), Status.CLEAN, "share", f"P/{number}.dcm", steps=steps, checks=CHECKS
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def appended(path: Path, *records: AuditRecord) -> tuple[AuditRecord, ...]:
    for each in records:
        journal.append(path, each)
    return records


VARIED = (
    record(1),
    record(2),
    record(3, (STEPS[3], MASK, *STEPS[7:9], MASK, STEPS[190])),
    record(4, (*STEPS[:4], replace(STEPS[0], words=3), replace(STEPS[0], words=3), STEPS[0])),
    record(5, (replace(STEPS[0], words=3), *STEPS)),
    replace(full(), input_ref=InputRef(6, "")),
    AuditRecord(InputRef(7, ""), Status.REFUSED, "share"),
    record(8, STEPS[::-1]),
)


def test_records_are_read_as_they_were_written(path: Path) -> None:
    assert tuple(journal.records(path)) == () if path.exists() else True
    assert appended(path, *VARIED) == tuple(journal.records(path))
    for line in path.read_text(encoding="utf-8").splitlines():
        jsonschema.validate(json.loads(line), schema())


def test_a_record_like_an_earlier_one_has_fewer_than_2000_bytes(path: Path) -> None:
    appended(path, record(1), record(2))
    first, second = path.read_bytes().splitlines()
    assert len(first) > 20_000
    assert len(second) < 1_000
    assert json.loads(second)["steps"] == ["0-199"]
    assert isinstance(json.loads(first)["steps"][0], dict)


def test_a_file_that_is_another_one_begins_anew(path: Path) -> None:
    appended(path, record(1))
    path.unlink()
    assert appended(path, record(2)) == tuple(journal.records(path))


def test_a_file_that_was_cut_begins_anew(path: Path) -> None:
    appended(path, record(1), record(2))
    path.write_bytes(b"")
    assert appended(path, record(3)) == tuple(journal.records(path))


def test_several_writers_and_one_whose_last_line_was_torn_do_not_mix(path: Path) -> None:
    appended(path, VARIED[0])
    journal._writing.clear()  # another process
    appended(path, VARIED[1])
    whole = path.read_bytes()
    journal._writing.clear()
    appended(path, record(3, STEPS[::2]))
    path.write_bytes(path.read_bytes()[:-9])
    journal.drop_torn_line(path)
    assert path.read_bytes() == whole
    journal._writing.clear()
    appended(path, *VARIED[2:])
    assert tuple(journal.records(path)) == VARIED


def test_a_line_that_could_not_be_written_is_not_taken_for_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    appended(path, VARIED[0])
    with monkeypatch.context() as full_disk:
        full_disk.setattr("os.write", lambda *_: 0)
        with pytest.raises(OutputUnusableError):
            journal.append(path, VARIED[3])
    assert appended(path, *VARIED[1:])
    assert tuple(journal.records(path)) == VARIED


def test_a_table_that_is_full_is_followed_by_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_shorthand, "MOST", 230)
    assert appended(path, *VARIED) == tuple(journal.records(path))
    assert len({json.loads(line)["table"] for line in path.read_text(encoding="utf-8").splitlines()}) > 1


def test_an_audit_of_the_first_version_is_read(path: Path) -> None:
    lines = []
    for each in VARIED:
        line = record_to_json(each)
        del line["schema"]
        lines.append(json.dumps(line))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert tuple(journal.records(path)) == VARIED
    assert appended(path, record(9))
    assert tuple(journal.records(path)) == (*VARIED, record(9))


def test_numbers_that_no_line_gave_are_no_audit(path: Path) -> None:
    appended(path, record(1), record(2))
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(UsageError):
        list(journal.records(path))


def test_brief_records_need_no_beginning(path: Path) -> None:
    appended(path, record(1))
    size = path.stat().st_size
    appended(path, record(2))
    (brief,) = journal.brief_records(path, since=size)
    assert brief == replace(record(2), steps=(), checks=())
    (first,) = journal.brief_records(path, size)
    assert first.input_ref.number == 1


def test_equal_records_share_what_they_have_in_common(path: Path) -> None:
    appended(path, *map(record, range(1, 5)))
    found = list(journal.records(path))
    assert found[1].steps is found[3].steps


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_audit_of_a_run_gives_its_records(tmp_path: Path, jobs: int) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1, 9):
        (folder / f"{number}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number}")))
    records = list(clean([folder], tmp_path / "out", CleanOptions(text="none", jobs=jobs)))
    assert sorted(read_audit(tmp_path / "out"), key=str) == sorted(records, key=str)
    lines = (tmp_path / "out" / "audit.jsonl").read_bytes().splitlines()
    assert len([line for line in lines if len(line) > 2000]) <= jobs
