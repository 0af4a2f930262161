"""`--pseudonyms`: patients get the ids that the user lists, or their files are refused."""

from pathlib import Path

import pydicom
import pytest

from conftest import CANARY
from factory_dicom import ct_file
from running_check import Workplace
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import Status
from scanscrub.domain.errors import UsageError
from scanscrub.policy.pseudonyms.listed import read_pseudonyms
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT, patient_id_of, patient_name

ID = f"{CANARY}77"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    made = Workplace(tmp_path, monkeypatch, capfd)
    made.write("scans/a.dcm", ct_file((0x00100020, "LO", ID)))
    return made


def listed(tmp_path: Path, *rows: str, header: str = "id_old,id_new") -> Path:
    path = tmp_path / "in" / "list.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def test_a_listed_patient_gets_the_listed_id_in_every_place(place: Workplace, tmp_path: Path) -> None:
    rows = listed(tmp_path, f"{ID.lower()} ,SITE1-0042")
    options = CleanOptions(text="none", pseudonyms=rows, crosswalk=tmp_path / "in" / "secret")
    (record,) = clean([place.folder / "scans"], tmp_path / "clean", options)
    assert str(record.output_name).startswith("SITE1-0042/ST-")
    copy = pydicom.dcmread(tmp_path / "clean" / str(record.output_name))
    assert copy.PatientID == "SITE1-0042"
    assert str(copy.PatientName).startswith("ANON^SITE1-0042^")
    assert f"{ID},SITE1-0042" in (tmp_path / "in" / "secret" / "patients.csv").read_text(encoding="utf-8")


def test_a_copy_is_known_as_clean_without_the_list_and_stays_as_it_is(place: Workplace, tmp_path: Path) -> None:
    (first,) = clean(
        [place.folder / "scans"],
        tmp_path / "one",
        CleanOptions(text="none", pseudonyms=listed(tmp_path, f"{ID},SITE1-0042")),
    )
    assert place.run("verify", tmp_path / "one", "--text", "none").code == 0
    assert place.check(tmp_path / "one").code == 0
    (second,) = clean([tmp_path / "one" / "SITE1-0042"], tmp_path / "two", CleanOptions(text="none"))
    assert second.steps == ()
    once, twice = (tmp_path / "one" / str(first.output_name)), (tmp_path / "two" / str(second.output_name))
    assert once.read_bytes() == twice.read_bytes()


def test_a_file_without_a_name_gets_one_that_tells_whose_pseudonym_it_is(place: Workplace, tmp_path: Path) -> None:
    data_set = pydicom.dcmread(place.folder / "scans" / "a.dcm")
    del data_set.PatientName
    data_set.save_as(place.folder / "scans" / "a.dcm")
    rows = listed(tmp_path, f"{ID},SITE1-0042")
    (record,) = clean([place.folder / "scans"], tmp_path / "one", CleanOptions(text="none", pseudonyms=rows))
    assert record.output_name is not None
    assert place.run("verify", tmp_path / "one", "--text", "none").code == 0
    assert place.check(tmp_path / "one").code == 0


def test_a_patient_who_is_not_listed_is_refused_or_gets_a_made_pseudonym(place: Workplace, tmp_path: Path) -> None:
    rows = listed(tmp_path, "somebody-else,SITE1-0001")
    (refused,) = clean([place.folder / "scans"], tmp_path / "one", CleanOptions(text="none", pseudonyms=rows))
    assert refused.status is Status.REFUSED
    assert refused.refusal is not None
    assert "--unlisted make" in refused.refusal.hint
    assert CANARY not in repr(refused)
    making = CleanOptions(text="none", pseudonyms=rows, unlisted="make")
    (made,) = clean([place.folder / "scans"], tmp_path / "two", making)
    assert PATIENT.made(str(made.output_name).partition("/")[0])


def test_a_pseudonym_that_shows_the_name_is_refused(place: Workplace, tmp_path: Path) -> None:
    place.write("scans/a.dcm", ct_file((0x00100010, "PN", f"{CANARY}^Jane"), (0x00100020, "LO", ID)))
    rows = listed(tmp_path, f"{ID},jane-1")
    (record,) = clean([place.folder / "scans"], tmp_path / "one", CleanOptions(text="none", pseudonyms=rows))
    assert record.status is Status.REFUSED


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a1,b1", "a1,b2"], "Line 3"),
        (["a1,b 1"], "Line 2"),
        (["a1,../b"], "Line 2"),
        (["a1,CON"], "Line 2"),
        (["a1,"], "Line 2"),
        ([",b1"], "Line 2"),
        (["a1,x1", "a2,X1"], "Line 3"),
        (["a1,b1", "b1,c1"], "Line 2"),
        ([f"{CANARY},site-{CANARY}"], "Line 2"),
        (["7,site-007"], "Line 2"),
        ([], "is empty"),
    ],
)
def test_a_list_that_would_mislead_is_an_error_that_quotes_nothing(
    tmp_path: Path, rows: list[str], said: str
) -> None:
    with pytest.raises(UsageError) as raised:
        read_pseudonyms(listed(tmp_path, *rows), makes=False)
    assert said in raised.value.reason
    assert CANARY not in f"{raised.value.reason} {raised.value.hint}"


@pytest.mark.parametrize("header", ["old,new", "id_old", "id_old,id_new,id_new"])
def test_a_list_without_its_columns_is_an_error(tmp_path: Path, header: str) -> None:
    with pytest.raises(UsageError, match="columns"):
        read_pseudonyms(listed(tmp_path, "a,b", header=header), makes=False)


def test_a_list_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffsite;ID_NEW;id_old\r\nx;S-1;P 100\r\n;;\r\n".encode())
    found = read_pseudonyms(path, makes=False)
    assert found.new_id("p  100") == "S-1"
    assert "P 100" not in repr(found)


def test_a_name_is_a_pseudonym_only_with_its_check_part() -> None:
    assert patient_id_of(patient_name("SITE1-0042")) == "SITE1-0042"
    assert patient_id_of("ANON^SITE1-0042") == ""
    assert patient_id_of("ANON^SITE1-0042^ABCDEFGH") == ""
    made = PATIENT.make(b"k" * 32, "id", "x", "")
    assert patient_id_of(patient_name(made)) == made


def test_unlisted_needs_a_list(place: Workplace, tmp_path: Path) -> None:
    ran = place.run("clean", "scans", "-o", tmp_path / "out", "--text", "none", "--unlisted", "make")
    assert ran.code == 2


@pytest.mark.parametrize("sort", ["patient", "flat"])
def test_copies_lie_in_folders_or_in_one(place: Workplace, tmp_path: Path, sort: str) -> None:
    ran = place.run("clean", "scans", "-o", tmp_path / "out", "--text", "none", "-y", "-j", 1, "--sort", sort)
    assert ran.code == 0
    found = [path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.dcm")]
    assert [len(path.parts) for path in found] == [4 if sort == "patient" else 1]
    assert place.run("verify", tmp_path / "out", "--text", "none").code == 0
