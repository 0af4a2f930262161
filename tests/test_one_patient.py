"""One patient is one, however their files write the id; and what a profile keeps is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CANARY
from factory_attributes import KEY, applied, attribute, image, new_value, plan, policy, profile, steps
from factory_dicom import Row, ct_rows, data_set, part10, with_rows
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import AuditRecord, Concern, InputRef, Status
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Remove
from scanscrub.domain.reasons import review_reason
from scanscrub.formats.dicom.refused_objects import check_object
from scanscrub.policy.options import Option
from scanscrub.policy.pseudonyms.person_marks import person_marks
from scanscrub.report.review import MixedPatients, SplitStudies

NAME, ID, ISSUER, BIRTH = 0x00100010, 0x00100020, 0x00100021, 0x00100030


def pseudonym(patient_id: str, issuer: str = "", name: str = f"{CANARY}^Jane") -> str | None:
    seen = image(
        attribute(ID, value=patient_id),
        attribute(ISSUER, value=issuer),
        attribute(NAME, vr="PN", value=name),
        attribute(BIRTH, vr="DA", value="19610324"),
    )
    return new_value(steps(seen, "research")[ID,].action, patient_id)


@pytest.mark.parametrize(
    "written",
    [
        f"{CANARY}-4711^",
        f"{CANARY}-4711^^",
        f"{CANARY}-4711".upper(),
        f" {CANARY}-4711 ",
        f"{CANARY}-\uff14\uff17\uff11\uff11",
    ],
)
def test_an_id_is_one_however_it_is_written(written: str) -> None:
    assert pseudonym(written) == pseudonym(f"{CANARY}-4711")


def test_an_id_is_one_with_its_issuer_and_without() -> None:
    assert pseudonym("KH 4711", "ZQCANARY EAST") == pseudonym("KH  4711")


def test_a_name_is_one_however_it_is_written_where_there_is_no_id() -> None:
    names = (
        f"{CANARY}^Jane",
        f"{CANARY}^Jane^",
        f"{CANARY}^Jane^^^",
        f"{CANARY}^JANE".upper(),
        f"{CANARY} ^ Jane",
        f"{CANARY}^Jane=x",
    )
    assert len({pseudonym("", name=name) for name in names}) == 1


@pytest.mark.parametrize("other", ["04711", "4712", "47 11", "4711A", "4^711"])
def test_two_ids_stay_two(other: str) -> None:
    assert pseudonym("4711") != pseudonym(other)


def test_a_study_of_two_patients_is_warned_of() -> None:
    names = (
        "ANON-A/ST-1/SE-1/IM-1.dcm",
        "ANON-B/ST-1/SE-2/IM-2.dcm",
        "ANON-A/ST-2/SE-1/IM-1.dcm",
        None,
        "picture-1.png",
    )
    assert SplitStudies(names).warning.startswith("1 study is")
    assert not SplitStudies(names[1:]).warning


def _person(name: str, born: str, **more: str) -> AuditRecord:
    seen = image(
        attribute(ID, value="4711"), attribute(NAME, vr="PN", value=name), attribute(BIRTH, vr="DA", value=born)
    )
    marks = policy("research").about(seen).person
    return AuditRecord(
        InputRef(1, ""), Status.CLEAN, "", output_name=f"{more.get('under', 'A')}/ST-1/x", person=marks
    )


@pytest.mark.parametrize(
    ("other", "born"),
    [("Mueller^Eva", "19610325"), ("Khan^Omar", ""), ("Khan^Omar", "19000101"), ("Khan^Omar", "20011109")],
)
def test_two_people_under_one_pseudonym_are_warned_of(other: str, born: str) -> None:
    records = [_person("M\u00fcller^Eva", "19610324"), _person(other, born)]
    assert MixedPatients(records).warning.startswith("1 pseudonym")


@pytest.mark.parametrize(
    ("other", "born"),
    [
        ("MUELLER^EVA^MARIA", "1961.03.24"),
        ("Schmidt^Eva", ""),
        ("Schmidt^Ewa", "19610324"),
        ("Anonymous", ""),
        ("", "19000101"),
        ("M^E", ""),
    ],
)
def test_one_person_whose_name_is_written_otherwise_is_not_warned_of(other: str, born: str) -> None:
    assert not MixedPatients([_person("M\u00fcller^Eva", "19610324"), _person(other, born)]).warning


def test_marks_of_a_person_mean_nothing_under_another_pseudonym() -> None:
    marks = {person_marks(KEY, pseudonym, {NAME: "Doe^Jane", BIRTH: "19610324"}) for pseudonym in ("A", "B")}
    assert len({mark for some in marks for mark in some}) == 6
    assert not MixedPatients([_person("Doe^Jane", "19610324"), _person("Roe^Max", "19620324", under="B")]).warning


def test_a_copy_of_a_copy_has_no_marks_of_a_person() -> None:
    seen = image(attribute(BIRTH, vr="DA", value="19610324"))
    assert policy("research").about(seen).person
    assert not policy("research").about(applied(seen, "research")).person


def test_two_people_with_one_id_are_named_by_the_run_and_its_report(tmp_path: Path) -> None:
    (inputs := tmp_path / "in").mkdir()
    for place, (name, born) in enumerate([("Doe", "19610324"), ("Roe", "19700101")]):
        rows = [(BIRTH, "DA", born), (NAME, "PN", f"{name}{CANARY}"), (0x0020000D, "UI", f"1.2.826.0.1.{place}")]
        file = part10(data_set(with_rows(ct_rows(), *rows, (0x00080018, "UI", "1.2.826.0.1.999.1"))))
        (inputs / f"{place}.dcm").write_bytes(file)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "scanscrub", "clean", str(inputs), "-o", str(out), "--text", "none", "-y"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert "1 pseudonym may stand for more than one person" in " ".join(done.stderr.split())
    assert "1 pseudonym may stand for more than one person" in (out / "report.html").read_text("utf-8")


def _clean(folder: Path, rows: list[Row], **options: str | tuple[str, ...]) -> list[AuditRecord]:
    (source := folder / "in").mkdir(exist_ok=True)
    (source / "1.dcm").write_bytes(part10(data_set(rows)))
    return list(clean([source], folder / "out", CleanOptions(text="none", **options)))  # type: ignore[arg-type]


def _profile(folder: Path, *keep: str) -> str:
    (folder / "in").mkdir(exist_ok=True)
    path = folder / "in" / "mine.toml"
    path.write_text(f'extends = "research"\nkeep = {json.dumps(keep)}\n', encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("tag", ["(0010,0010)", "(0008,0090)", "(0008,0050)"])
def test_a_copy_that_keeps_an_identity_does_not_say_that_it_was_removed(tag: str) -> None:
    kept = profile(Option.MODIFIED_DATES)
    number = int(tag[1:5] + tag[6:10], 16)
    mine = type(kept)(kept.name, "", kept.options, kept.descriptors, frozenset({number}))
    seen = image(
        attribute(0x00080050, vr="SH", value="PX4711083"),
        attribute(0x00080090, vr="PN", value=f"{CANARY}^Doctor"),
        attribute(0x00120062, vr="CS", value="YES"),
        attribute(0x00120063, value="somebody"),
    )
    said = {str(step.where): step.action for step in plan(seen, mine, attest=True).steps}
    assert new_value(said["(0012,0062)"], "YES") == "NO"
    assert said["(0012,0063)"] == Remove()
    assert "(0012,0064)" not in said
    assert "(0028,0301)" not in said


def test_a_profile_that_keeps_a_name_is_never_called_clean(tmp_path: Path) -> None:
    rows = with_rows(ct_rows(), (NAME, "PN", "Somebody^Else"))
    records = _clean(
        tmp_path,
        [row for row in rows if row[0] >> 16 not in {0x0028, 0x7FE0}],
        profile=_profile(tmp_path, "(0010,0010)"),
    )
    found = next(record for record in records if record.output_name)
    assert found.status is Status.REVIEW
    assert Concern.IDENTITY_KEPT in found.notes
    assert review_reason(found) == Concern.IDENTITY_KEPT


def test_a_profile_that_keeps_what_identifies_nobody_is_attested() -> None:
    kept = profile(Option.MODIFIED_DATES)
    mine = type(kept)(kept.name, "", kept.options, kept.descriptors, frozenset({0x00181030, NAME}))
    seen = image(attribute(NAME, vr="PN", value="ANONYMOUS"), attribute(0x00181030, value="CT HEAD"))
    said = {str(step.where): step.action for step in plan(seen, mine, attest=True).steps}
    assert new_value(said["(0012,0062)"], "") == "YES"


@pytest.mark.parametrize(("uid", "told"), [("1.2.826.0.1.20190305101112.1", True), ("1.2.826.0.1.999.2", False)])
def test_days_in_retained_uids_beside_moved_dates_are_told(uid: str, told: bool, tmp_path: Path) -> None:  # noqa: FBT001 - of a table
    rows = with_rows(ct_rows(), (0x0020000D, "UI", uid))
    (record,) = _clean(tmp_path, rows, profile="research", retain=("uids",))
    assert (Concern.SHIFT_IN_UIDS in record.notes) == told


def test_a_class_given_in_words_is_named_as_that() -> None:
    with pytest.raises(RefusedFile) as caught:
        check_object("CTImageStorage", "", has_document=False)
    assert "in words" in caught.value.refusal.reason
