"""Names that one header knows, found in the names of other files of a run."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from conftest import CANARY
from factory_check import commit, git
from factory_dicom import ct_file
from factory_pictures import gray, saved
from running_check import Workplace
from scanscrub import CheckOptions
from scanscrub.api import checks
from scanscrub.checking.check_file import NameReader
from scanscrub.checking.names import names_of_run
from scanscrub.checking.names.name_words import NameWords, may_tell
from scanscrub.checking.person_names import names_somebody
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Severity
from scanscrub.inputs.file_names import is_numbered

NAMED = f"{CANARY}^Jane"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def picture() -> bytes:
    return saved(gray(), "PNG")


def accused(place: Workplace, *arguments: object) -> list[str]:
    """The severities of the findings for names, in the order of the files."""
    ran = place.run("check", "--text", "none", "-f", "json", *arguments)
    assert CANARY.lower() not in (ran.stdout + ran.stderr).lower()
    files = json.loads(ran.stdout)["files"]
    return [one["severity"] for file in files for one in file["findings"] if one["rule"] == "N0"]


@pytest.mark.parametrize("picture_first", [True, False])
@pytest.mark.parametrize("how", [("--no-cache", "-j", "1"), ("--no-cache", "-j", "2"), ("-j", "1"), ("-j", "2")])
def test_a_name_that_another_header_knows_is_found_in_any_order(
    place: Workplace, how: tuple[str, ...], *, picture_first: bool
) -> None:
    scan, report = ("b", "a") if picture_first else ("a", "b")
    place.write(f"{scan}/1.dcm", ct_file(patient_name=NAMED))
    place.write(f"{report}/{CANARY} Jane report.png", picture())
    place.write(f"{report}/{CANARY}.png", picture())
    place.write(f"{report}/other report.png", picture())
    for _ in range(1 if "--no-cache" in how else 2):
        assert accused(place, *how) == ["identity", "quasi-identity"]
        assert accused(place, *how, report) == []


def test_what_was_remembered_is_not_read_again(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("1.dcm", ct_file(patient_name=NAMED))
    place.write(f"{CANARY} Jane.png", picture())
    assert accused(place) == ["identity"]

    def refuse(*_: object) -> None:
        raise AssertionError("a header was read")

    monkeypatch.setattr(names_of_run, "_read", refuse)
    assert accused(place) == ["identity"]
    place.write("2.dcm", ct_file(patient_name=NAMED, series_number="2"))
    assert place.run("check", "--text", "none").code == 70


def test_no_header_is_read_again_where_no_name_is_worth_it(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("series/IM0001.dcm", ct_file(patient_name=NAMED))
    monkeypatch.setattr(NameReader, "_image", None)
    assert accused(place, "-j", "2") == []
    assert accused(place) == []


def test_a_name_is_found_in_and_out_of_an_archive(place: Workplace) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("1.dcm", ct_file(patient_name=NAMED))
        opened.writestr(f"{CANARY} Jane/export.png", picture())
    place.write("cd.zip", made.getvalue())
    place.write(f"{CANARY}-Jane.png", picture())
    assert accused(place, "--no-cache") == ["identity", "identity"]
    assert accused(place) == accused(place) == ["identity", "identity"]


def test_a_name_is_found_among_what_is_staged_and_in_a_history(place: Workplace) -> None:
    git(place.folder, "init", "-q")
    place.write("1.dcm", ct_file(patient_name=NAMED))
    place.write(f"{CANARY}-Jane.png", picture())
    git(place.folder, "add", "-A")
    assert accused(place, "--staged") == ["identity"]
    commit(place.folder)
    assert accused(place, "--history") == accused(place, "--history", "--no-cache") == ["identity"]


def test_a_refused_image_tells_its_names_all_the_same(place: Workplace) -> None:
    place.write("1.dcm", ct_file((0x00420011, "OB", b"%PDF-1.4"), patient_name=NAMED))
    ran = place.check("-f", "concise", "1.dcm")
    assert ": R0 identity" in ran.stdout
    place.write(f"{CANARY}-Jane.png", picture())
    assert accused(place, "--no-cache") == ["identity"]


def test_the_cache_keeps_no_name(place: Workplace) -> None:
    place.write("1.dcm", ct_file(patient_name=NAMED))
    place.write(f"{CANARY}-Jane.png", picture())
    assert accused(place) == ["identity"]
    kept = [path.read_text(encoding="utf-8") for path in (place.out / "cache").rglob("*.json")]
    assert len(kept) == 3
    assert not any("jane" in text.lower() for text in kept)


@pytest.mark.parametrize(
    ("name", "part", "said"),
    [
        ("Doe^Jane", "Doe Jane report.png", Severity.IDENTITY),
        ("Doe^Jane", "jane_doe.png", Severity.IDENTITY),
        ("Doe^Jane", "JaneDoe.png", Severity.IDENTITY),
        ("Doe^Jane", "doe.png", Severity.QUASI),
        ("Doe^Jane", "report.png", None),
        ("Müller^Änne", "Mueller_Aenne.png", Severity.IDENTITY),
        ("Li^Bo", "Li Bo.png", Severity.IDENTITY),
        ("Li^Bo", "li.png", None),
        ("Lung^Chest", "lung chest.png", None),
        ("Park^May", "may.png", None),
        ("Subject001", "subject001.png", None),
        ("Yamada^Tarou=山田^太郎", "山田太郎.png", Severity.IDENTITY),
        ("Wang^X=王^小东", "王府.png", None),
        ("Doe^Jane^^Dr", "Dr.png", None),
    ],
)
def test_how_much_a_name_says(name: str, part: str, said: Severity | None) -> None:
    assert NameWords([Identifier(IdentifierKind.NAME, Phi(name))]).judge(part) is said
    assert said is None or (may_tell(part) and not is_numbered(part))


def test_only_names_are_sought_elsewhere() -> None:
    assert NameWords([Identifier(IdentifierKind.ID, Phi("Doe^Jane"))]).judge("Doe Jane.png") is None


def test_what_identifies_nobody_is_not_worth_a_look() -> None:
    assert all(map(is_numbered, ("IM0001.dcm", "1.2.840.png", "", "2020-01-02.zip")))
    assert not any(map(is_numbered, ("Doe.dcm", "Doe 1.dcm", "山田2.png", "scan")))
    assert not any(map(may_tell, ("IM0001.dcm", "series", "CT Head axial.dcm", "1.2.840.10008.dcm", "")))


def test_workers_are_started_in_these_tests() -> None:
    """`-j 2` is more than one process, however few the files are."""
    executor, _ = checks._executor(CheckOptions(jobs=2), 1)
    assert type(executor).__name__ == "ProcessExecutor"


@pytest.mark.parametrize(
    "part",
    [
        "Screenshot Gisela Schneider.png",
        "Schneider_Gisela.jpg",
        "gisela-schneider-mri.png",
        "GiselaSchneider.png",
        "Müller, Jürgen 2021.png",
        "KNEE_JOHN_SMITH.dcm",
    ],
)
def test_a_given_name_beside_a_family_name_is_somebody(part: str) -> None:
    assert names_somebody(part)


@pytest.mark.parametrize(
    "part",
    [
        "rose_paris_plot.png",
        "max_pooling.png",
        "Taylor_series.png",
        "Monte_Carlo.png",
        "San Francisco.jpg",
        "Nelson_Siegel.png",
        "ruby-rails.svg",
        "mail-mark-junk.png",
        "MarkDown.png",
        "Gisela.png",
        "IM0001.dcm",
    ],
)
def test_words_methods_and_places_are_nobody(part: str) -> None:
    assert not names_somebody(part)


def test_a_person_in_the_name_of_an_image_is_found_and_not_told(place: Workplace) -> None:
    place.write("data/Screenshot Gisela Schneider.png", picture())
    place.write("data/learning_rate.png", picture())
    assert accused(place) == ["quasi-identity"]
    ran = place.run("check", "--text", "none")
    assert ran.code == 1
    assert "schneider" not in (ran.stdout + ran.stderr).lower()
