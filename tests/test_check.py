import io
import json
import os
import shutil
import stat
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from conftest import CANARY
from factory_check import commit, git
from factory_dicom import ct_file
from factory_pictures import NAME, gray, saved
from running_check import Workplace
from scanscrub.domain.implementation import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def test_a_name_in_a_header_is_found_and_not_quoted(place: Workplace) -> None:
    place.write("ct.dcm")
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert "ct.dcm: H0 identity: PatientName (0010,0010): clean would replace it" in ran.lines
    assert ran.stderr == ""


def test_nothing_is_written_and_no_input_is_touched(place: Workplace) -> None:
    path = place.write("ct.dcm")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    place.check()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [entry.name for entry in place.folder.iterdir()] == ["ct.dcm"]
    assert not (place.out / "cache").exists()


def test_a_cleaned_folder_has_no_finding(place: Workplace) -> None:
    """Nor has its report, which shows the copies in small and is not looked into."""
    place.write("ct.dcm")
    place.write("pictures/gray.png", saved(gray(), "PNG"))
    assert place.check().code == 1
    ran = place.check("--no-ignore", place.clean())
    assert (ran.code, ran.lines) == (
        0,
        ["2 images examined. Nothing found. Writing in the pixels was not looked for (--text none)."],
    )


def test_a_new_index_of_clean_copies_is_clean_and_an_old_one_is_not(place: Workplace) -> None:
    place.write("ct.dcm")
    cleaned = place.clean("--dicomdir")
    assert place.check(cleaned).code == 0
    index = cleaned / "DICOMDIR"
    for old, new in ((b"ANON^", b"DOE^J"), (b"CT HEAD", b"FOR DOE"), (b"\\IM-", b"\\D^JA")):
        assert old in index.read_bytes()
        place.write("index/DICOMDIR", index.read_bytes().replace(old, new))
        ran = place.check("index", "-f", "concise")
        assert ran.code == 1, old
        assert ran.lines[0].startswith("index/DICOMDIR: R0 identity")


@pytest.mark.parametrize("profile", ["share", "research"])
def test_clean_and_check_agree_on_what_is_clean(place: Workplace, profile: str) -> None:
    place.write("ct.dcm")
    cleaned = place.clean("-p", profile)
    assert place.check("-p", profile, cleaned).code == 0


def test_a_copy_that_was_tampered_with_is_found(place: Workplace) -> None:
    place.write("ct.dcm")
    (copy,) = place.clean().rglob("*.dcm")
    tampered = copy.read_bytes().replace(b"ANON^", b"DOE^J")
    place.write("in/tampered.dcm", tampered)
    ran = place.check("in", "-f", "concise")
    assert ran.code == 1
    assert "PatientName (0010,0010)" in ran.stdout


def test_which_program_wrote_the_file_is_found_and_no_identity(place: Workplace) -> None:
    place.write("ct.dcm")
    (copy,) = place.clean().rglob("*.dcm")
    for ours in (IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION):
        other = ours[:-1] + "7"
        place.write("in/other.dcm", copy.read_bytes().replace(ours.encode(), other.encode()))
        ran = place.check("in", "-f", "concise")
        assert ran.code == 1
        assert [line.split(": ")[1] for line in ran.lines] == ["H0 hygiene"]
        assert place.check("in", "--min-severity", "quasi-identity").code == 0


def test_a_file_without_a_patient_is_not_accused_of_one(place: Workplace) -> None:
    anonymous = {"patient_name": "ANON", "patient_id": "00000000", "accession": "", "study_id": ""}
    place.write("phantom.dcm", ct_file((0x00080090, "PN", ""), (0x00100030, "DA", ""), **anonymous))
    assert place.check("--min-severity", "identity").code == 0
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert not [line for line in ran.lines if " identity: " in line]


def test_what_is_no_image_is_passed_over(place: Workplace) -> None:
    place.write("README.md", b"# Doe^Jane\n")
    place.write("empty.dcm", b"")
    place.write("program.bin", bytes(range(256)) * 40)
    ran = place.check()
    assert (ran.code, ran.lines[0].split(".")[0]) == (0, "0 images examined")


def test_a_damaged_image_is_a_finding_and_stops_nothing(place: Workplace) -> None:
    place.write("a-cut.dcm", ct_file()[:700])
    place.write("b-whole.dcm")
    place.write("c-cut.png", saved(gray(), "PNG")[:200])
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert {line.split(":")[0] for line in ran.lines if " R0 " in line} == {"a-cut.dcm", "c-cut.png"}
    assert any(line.startswith("b-whole.dcm: H0") for line in ran.lines)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_may_not_be_read_is_a_finding(place: Workplace) -> None:
    place.write("locked.dcm").chmod(0)
    assert "locked.dcm: R0 identity: whole file" in place.check("-f", "concise").stdout


def test_a_path_that_does_not_exist_is_a_wrong_command(place: Workplace) -> None:
    place.write("ct.dcm")
    for paths, called in ((["nowhere"], "The path"), (["ct.dcm", f"{CANARY}.dcm"], "Path 2 of 2")):
        ran = place.check(*paths)
        assert (ran.code, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"scanscrub: {called} does not exist. ")
    git(place.folder, "init", "-q")
    assert "The path does not exist, and is not staged." in place.check("--staged", "nowhere").stderr


def test_segments_beside_a_picture_are_found(place: Workplace) -> None:
    noted = io.BytesIO()
    info = PngInfo()
    info.add_text("Comment", NAME.decode())
    Image.fromarray(gray()).save(noted, "PNG", pnginfo=info)
    place.write("export.png", noted.getvalue())
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert ran.lines[0].startswith("export.png: S0 quasi-identity: PNG tEXt")


def test_a_name_in_a_path_is_a_finding_and_withheld_everywhere(place: Workplace) -> None:
    place.write(f"{CANARY}_Jane/IM1.dcm")
    for wanted in ("text", "concise", "json", "sarif", "github", "junit"):
        ran = place.check("-f", wanted)
        assert "N0" in ran.stdout
        assert CANARY.lower() not in ran.stdout.lower()
        assert "withheld" in ran.stdout


def test_images_in_an_archive_are_looked_at(place: Workplace) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("study/ct.dcm", ct_file())
        opened.writestr("README.txt", "nothing")
    place.write("export.zip", archive.getvalue())
    ran = place.check("-f", "concise")
    assert any(line.startswith("export.zip!study/ct.dcm: H0") for line in ran.lines)


def test_a_poisoned_folder_neither_hangs_nor_crashes(place: Workplace) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as opened:
        for number in range(20):
            opened.writestr(f"{number}.bin", bytes(1 << 24))
    place.write("bomb.zip", bomb.getvalue())
    place.write("half.zip", bomb.getvalue()[:1000])
    place.write(os.fsdecode(b"odd \n\xff\x1b[31m.dcm"))
    place.write("-rf")
    (place.folder / "loop").symlink_to(place.folder)
    os.mkfifo(place.folder / "pipe")
    huge = place.folder / "huge.img"
    with huge.open("wb") as stream:
        stream.truncate(3 << 20)
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert "\x1b" not in ran.stdout
    assert any(line.startswith("half.zip: R0") for line in ran.lines)
    assert any(line.startswith("-rf: H0") for line in ran.lines)
    assert any(line.startswith("bomb.zip: R0 quasi-identity") for line in ran.lines)
    assert not any(line.startswith(("loop/", "pipe")) for line in ran.lines)


def test_stdout_holds_only_the_format_asked_for(place: Workplace) -> None:
    place.write("ct.dcm")
    assert json.loads(place.check("-f", "json").stdout)["examined"] == 1
    assert json.loads(place.check("-f", "sarif").stdout)["version"] == "2.1.0"
    assert ET.fromstring(place.check("-f", "junit").stdout).tag == "testsuites"  # noqa: S314 - our own text
    assert all(line.startswith("::") for line in place.check("-f", "github").lines)


def test_the_report_can_go_to_a_file(place: Workplace) -> None:
    place.write("ct.dcm")
    ran = place.check("-f", "sarif", "--output-file", place.out / "found.sarif")
    assert (ran.code, ran.stdout) == (1, "")
    assert json.loads((place.out / "found.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    said = "scanscrub: 1 image examined. 1 finding in 1 file (1 identity). Writing in the pixels was not looked for"
    graves = ("--min-severity", "identity", "--output-file", place.out / "found.txt")
    place.write("pyproject.toml", b'[[tool.scanscrub.allow]]\npaths = ["*"]\nrules = ["H0"]\nreason = "x"\n')
    place.write("cut.dcm", ct_file()[:700])
    (place.folder / "ct.dcm").unlink()
    ran = place.check(*graves)
    assert ran.stderr == f"{said} (--text none). Exit code 1.\n"
    assert place.check(*graves, "--exit-zero").stderr == f"{said} (--text none). Exit code 0 (--exit-zero).\n"
    (place.folder / "cut.dcm").unlink()
    assert place.check(*graves).stderr.startswith("scanscrub: 0 images examined. There was nothing to look at.")
    assert place.check("--output-file", place.out / "no" / "folder").code == 6


def test_exit_zero_and_a_minimum_severity(place: Workplace) -> None:
    place.write("ct.dcm")
    assert place.check("--exit-zero").code == 0
    ran = place.check("--min-severity", "identity", "-f", "concise")
    assert ran.code == 1
    assert all(" identity: " in line for line in ran.lines)


def test_ignored_files_are_looked_at_only_on_request(place: Workplace) -> None:
    git(place.folder, "init", "-q")
    place.write("ignored/ct.dcm")
    place.write(".gitignore", b"ignored/\n")
    assert place.check().code == 0
    assert place.check("--no-ignore").code == 1
    assert place.check("ignored/ct.dcm").code == 1


def test_staged_checks_the_index_and_not_the_disk(place: Workplace) -> None:
    git(place.folder, "init", "-q")
    place.write("ct.dcm")
    git(place.folder, "add", "-A")
    place.write("ct.dcm", b"harmless now")
    assert place.check().code == 0
    ran = place.check("--staged", "-f", "concise")
    assert ran.code == 1
    assert any(line.startswith("ct.dcm: H0") for line in ran.lines)


def test_history_finds_what_was_deleted_and_names_the_commit(place: Workplace) -> None:
    git(place.folder, "init", "-q")
    path = place.write("ct.dcm")
    brought = commit(place.folder)
    path.unlink()
    commit(place.folder)
    assert place.check().code == 0
    ran = place.check("--history", "-f", "concise")
    assert ran.code == 1
    assert any(line.startswith(f"{brought[:12]}:ct.dcm: H0 identity") for line in ran.lines)
    for wanted in ("text", "json", "sarif", "github", "junit"):
        ran = place.check("--history", "-f", wanted)
        assert brought[:12] in ran.stdout, wanted
        assert "clean would" not in ran.stdout
    assert "git filter-repo" in place.check("--history").lines[-1]


def test_staged_and_history_need_a_work_tree(place: Workplace) -> None:
    assert place.check("--staged").code == 2
    assert place.check("--history").code == 2
    assert place.check("--history", "--staged").code == 2


def test_a_second_run_remembers_and_says_the_same(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("ct.dcm")
    place.write("gray.png", saved(gray(), "PNG"))
    first = place.run("check", "--text", "none", "-f", "json")
    monkeypatch.setattr("scanscrub.checking.examine.examined", None)
    assert place.run("check", "--text", "none", "-f", "json") == first
    place.write("ct.dcm", ct_file(series_number="5"))
    monkeypatch.undo()


def test_the_cache_holds_no_value_and_may_be_read_only(place: Workplace) -> None:
    place.write("ct.dcm")
    place.run("check", "--text", "none")
    entries = list((place.out / "cache").rglob("*.json"))
    assert len(entries) == 1
    shutil.rmtree(place.out / "cache")
    (place.out / "cache").write_bytes(b"")
    assert place.run("check", "--text", "none").code == 1


def test_a_baseline_accepts_with_a_reason_until_the_file_changes(place: Workplace) -> None:
    place.write("ct.dcm")
    assert place.run("baseline", "update", "--text", "none").code == 2
    updated = place.run("baseline", "update", "--text", "none", "--reason", "a phantom")
    assert updated.code == 0
    baseline = place.folder / "scanscrub-baseline.json"
    assert CANARY.lower() not in baseline.read_text(encoding="utf-8").lower()
    accepted = place.check()
    assert accepted.code == 0
    assert "accepted." in accepted.stdout
    place.write("ct.dcm", ct_file(series_number="5"))
    changed = place.check("-f", "text")
    assert changed.code == 1
    assert "unused for ct.dcm" in changed.stdout
    assert "unused for ct.dcm" in place.check("-f", "junit").stderr
    sarif = json.loads(place.check("-f", "sarif").stdout)
    assert {result["baselineState"] for result in sarif["runs"][0]["results"]} == {"updated"}


def test_an_update_says_that_reasons_stay(place: Workplace) -> None:
    place.write("ct.dcm")
    found = place.check("-f", "concise").stdout
    update = ("baseline", "update", "--text", "none", "--until", "2999-12-31", "--reason")
    first, second = place.run(*update, "old"), place.run(*update, "new")
    entries = json.loads((place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8"))["accepted"]
    grave = found.count(" identity: ")
    assert 0 < grave < len(found.splitlines())
    written = "Written to scanscrub-baseline.json.\n"
    said = f"{len(found.splitlines())} accepted ({grave} of severity identity), 0 accepted before.\n{written}"
    assert first.stdout == said
    assert second.stdout.startswith("0 accepted, ")
    assert second.stdout.endswith(f" accepted before, for the reason given then.\n{written}")
    assert {(entry["reason"], entry["until"]) for entry in entries} == {("old", "2999-12-31")}


@pytest.mark.parametrize(("day", "said"), [("31.12.2999", "Write it as YYYY-MM-DD."), ("2020-01-01", "is over")])
def test_a_last_day_that_cannot_be_is_a_wrong_command(place: Workplace, day: str, said: str) -> None:
    ran = place.run("baseline", "update", "--text", "none", "--reason", "why", "--until", day)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "%" not in ran.stderr


def test_an_update_looks_with_the_engine_that_was_named(place: Workplace) -> None:
    place.write("ct.dcm")
    for command in (("check",), ("baseline", "update", "--reason", "why")):
        assert place.run(*command, "--engine", "nonsense").code == 2


def test_a_file_that_could_be_read_and_not_judged_can_be_accepted(place: Workplace) -> None:
    """As `baseline update --help` and `rule R0` say."""
    place.write("cut.dcm", ct_file()[:700])
    assert place.run("baseline", "update", "--text", "none", "--reason", "a test file").code == 0
    assert place.check().code == 0


def test_a_baseline_of_another_place_can_be_named(place: Workplace) -> None:
    place.write("ct.dcm")
    file = place.out / "accepted.json"
    assert place.run("baseline", "update", "--text", "none", "--reason", "why", "--baseline", file).code == 0
    assert place.check("--baseline", file).code == 0
    assert place.check().code == 1
    assert place.check("--baseline", place.out / "no.json").code == 2


def test_review_keeps_and_drops(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.dcm", "b.dcm", "c.dcm"):
        place.write(name)
    place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
    monkeypatch.setattr("sys.stdin", io.StringIO("drop\nkeep\nquit\n"))
    ran = place.run("baseline", "review")
    assert ran.code == 0
    assert "accepted because: phantoms" in ran.stdout
    left = json.loads((place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8"))["accepted"]
    assert {entry["path"] for entry in left} == {"b.dcm", "c.dcm"}


def test_review_shows_what_check_shows_and_asks_until_it_understands(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("ct.dcm")
    shown = place.check("-f", "text").lines[:4]
    place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
    before = (place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("remove\n \nq\n"))
    ran = place.run("baseline", "review")
    assert (ran.code, ran.stdout.count("(k, d, q)")) == (0, 3)
    assert ran.lines[1:5] == [f"[1/1] {shown[0]}", *shown[1:]]
    assert "PatientName" in shown[1]
    assert (place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8") == before


def test_a_review_without_answers_leaves_the_baseline_as_it_was(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.dcm", "b.dcm"):
        place.write(name)
    place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
    before = (place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("d\n"))
    ran = place.run("baseline", "review")
    assert (ran.code, ran.stderr.splitlines()[-1]) == (130, "scanscrub: Stopped. The baseline is as it was.")
    assert (place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8") == before


def test_a_baseline_that_is_not_there_is_called_so(place: Workplace) -> None:
    for command in (("baseline", "review"), ("check", "--baseline", "mis-spelt.json")):
        ran = place.run(*command)
        assert ran.code == 2
        assert ran.stderr.startswith("scanscrub: There is no such baseline. Check its name, or make one")


def test_an_allow_pattern_of_the_configuration_accepts(place: Workplace) -> None:
    place.write("phantoms/ct.dcm")
    place.write("other/ct.dcm")
    place.write(
        "pyproject.toml",
        b'[[tool.scanscrub.allow]]\npaths = ["phantoms/*"]\nreason = "water"\n'
        b'[[tool.scanscrub.allow]]\npaths = ["gone/*"]\nreason = "old"\n',
    )
    ran = place.check("-f", "text")
    assert ran.code == 1
    assert "phantoms/ct.dcm\n" not in ran.stdout
    assert "pattern for gone/* accepts nothing" in ran.stdout
    assert place.check("phantoms").code == 0
    assert place.check("--isolated", "phantoms").code == 1


def test_every_rule_is_explained_on_a_screen(place: Workplace) -> None:
    codes = [line.split()[0] for line in place.run("rule").lines]
    assert "P001" in codes
    for code in codes:
        ran = place.run("rule", code)
        assert ran.code == 0
        assert len(ran.lines) <= 24
        assert all(heading in ran.lines for heading in ("Why", "Example", "Fix", "Accept"))
    assert place.run("rule", "X1").code == 2


def test_several_workers_find_the_same_in_the_same_order(place: Workplace) -> None:
    for number in range(6):
        place.write(f"{number}.dcm", ct_file(series_number=str(number)))
    alone = place.check("-f", "json")
    together = place.run("check", "--text", "none", "--no-cache", "-j", "2", "-f", "json")
    assert together == alone


def test_a_read_only_folder_can_be_checked(place: Workplace) -> None:
    place.write("ct.dcm")
    place.folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert place.run("check", "--text", "none").code == 1
    finally:
        place.folder.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("in_git", [True, False])
def test_a_subfolder_has_the_same_answer(place: Workplace, monkeypatch: pytest.MonkeyPatch, *, in_git: bool) -> None:
    if in_git:
        git(place.folder, "init", "-q")
    for name in ("a/deep/ct.dcm", "b/ct.dcm", "c/ct.dcm", "ct.dcm"):
        place.write(name, ct_file(series_number=str(len(name))))
    place.write("pyproject.toml", b'[[tool.scanscrub.allow]]\npaths = ["b/*"]\nreason = "water"\n')
    assert place.run("baseline", "update", "a", "--text", "none", "--reason", "phantoms").code == 0
    for folder, code in (("a", 0), ("a/deep", 0), ("b", 0), ("c", 1), (".", 1)):
        assert place.check(folder).code == code
        monkeypatch.chdir(place.folder / folder)
        ran = place.check()
        assert ran.code == code, folder
        assert "unused" not in ran.stdout
        assert place.check(place.folder / "b").code == 0
        assert place.check("--isolated", place.folder / "b").code == 1
        monkeypatch.chdir(place.folder)


def test_an_update_in_a_subfolder_keeps_what_lies_elsewhere(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(place.folder, "init", "-q")
    for name in ("a/ct.dcm", "b/ct.dcm"):
        place.write(name)
        monkeypatch.chdir(place.folder / name[0])
        ran = place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
        assert ran.stdout.endswith("Written to ../scanscrub-baseline.json.\n")
    monkeypatch.chdir(place.folder)
    entries = json.loads((place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8"))["accepted"]
    assert {entry["path"] for entry in entries} == {"a/ct.dcm", "b/ct.dcm"}
    assert place.check().code == 0
    git(place.folder, "add", "-A")
    monkeypatch.chdir(place.folder / "a")
    assert place.check("--staged").code == 0
    commit(place.folder)
    assert place.check("--history").code == 0


def test_a_folder_above_that_identifies_gets_into_no_baseline(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(place.folder, "init", "-q")
    place.write(f"{CANARY}_Jane/study/ct.dcm")
    monkeypatch.chdir(place.folder / f"{CANARY}_Jane" / "study")
    place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
    text = (place.folder / "scanscrub-baseline.json").read_text(encoding="utf-8")
    assert CANARY.lower() not in text.lower()
    assert "<withheld " in text
    there = place.check("-f", "json")
    monkeypatch.chdir(place.folder)
    here = place.check("-f", "json")
    assert [json.loads(ran.stdout)["rules"] for ran in (here, there)] == [{"N0": 1}, {"N0": 1}]


def test_a_baseline_in_a_folder_of_its_own_says_the_same_everywhere(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(place.folder, "init", "-q")
    for name in ("a/deep/ct.dcm", "ci/ct.dcm", "ct.dcm"):
        place.write(name)
    place.write("pyproject.toml", b"[tool.scanscrub]\nbaseline = 'ci/accepted.json'\n")
    assert place.run("baseline", "update", "--text", "none", "--reason", "phantoms").code == 0
    before = (place.folder / "ci" / "accepted.json").read_text(encoding="utf-8")
    assert {entry["path"] for entry in json.loads(before)["accepted"]} == {"../a/deep/ct.dcm", "ct.dcm", "../ct.dcm"}
    for folder in (".", "a", "a/deep", "ci"):
        monkeypatch.chdir(place.folder / folder)
        ran = place.check()
        assert (ran.code, "unused" in ran.stdout) == (0, False), folder
        place.run("baseline", "update", "--text", "none", "--reason", "phantoms")
        assert (place.folder / "ci" / "accepted.json").read_text(encoding="utf-8") == before


def test_a_configuration_from_elsewhere_speaks_of_the_work_tree(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(place.folder, "init", "-q")
    place.write("data/deep/ct.dcm")
    ours = place.out / "home" / ".config" / "scanscrub" / "scanscrub.toml"
    ours.parent.mkdir(parents=True)
    ours.write_text("[[allow]]\npaths = ['data/**']\nreason = 'water'\n", encoding="utf-8")
    for folder in (".", "data", "data/deep"):
        monkeypatch.chdir(place.folder / folder)
        assert place.check().code == 0, folder


def test_a_page_that_shows_places_is_a_file_for_its_owners_eyes(place: Workplace) -> None:
    place.write("ct.dcm")
    assert place.check("-f", "html", "--crops").code == 2
    assert place.check("--crops", "--output-file", "page.html").code == 2
    page = place.write("page.html", b"<!doctype html>old")
    page.chmod(0o644)
    assert place.check("-f", "html", "--crops", "--output-file", "page.html").code == 1
    assert page.stat().st_mode & 0o777 == 0o600
    assert "For your eyes only" in page.read_text(encoding="utf-8")
