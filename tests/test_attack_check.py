"""What a fresh reader tried against ``check``: names that leak, files that pass, repositories that hurt."""

import hashlib
import io
import json
import os
import struct
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest

from conftest import CANARY
from factory_check import DIGEST, commit, finding, git, record, region
from factory_dicom import ct_file
from factory_pictures import gray, saved
from running_check import Workplace
from scanscrub.api import checks
from scanscrub.checking.accepted.acceptance import Acceptance
from scanscrub.checking.accepted.allow import Allow
from scanscrub.checking.accepted.baseline import Accepted
from scanscrub.checking.severity import HeaderSeverity
from scanscrub.domain.finding import Attribute, Finding, HeaderElement
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Rule, Severity
from scanscrub.execute import processes
from scanscrub.inputs.folder import files_below

TODAY = date(2026, 6, 1)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


@pytest.fixture
def repo(place: Workplace) -> Path:
    git(place.folder, "init", "-q", "-b", "main")
    return place.folder


def clean_picture() -> bytes:
    return saved(gray(), "PNG")


def pointer(content: bytes) -> bytes:
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()


def archive(**contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    return made.getvalue()


def remarked(content: bytes, comment: bytes = b"", file_comment: bytes = b"", extra: bytes = b"") -> bytes:
    """An archive of one file, and what it says beside it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        info = zipfile.ZipInfo("one.png")
        info.comment, info.extra = file_comment, extra
        opened.writestr(info, content)
        opened.comment = comment
    return made.getvalue()


def test_a_submodule_that_is_not_checked_out_is_walked_and_ends(repo: Path) -> None:
    (repo / "file").write_bytes(b"x")
    head = commit(repo)
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    (repo / "sub" / "deep").mkdir(parents=True)
    assert list(files_below(repo, respect_ignore=True)) == [repo / "file"]
    (repo / "sub" / "deep" / "left").write_bytes(b"x")
    assert list(files_below(repo, respect_ignore=True)) == [repo / "file", repo / "sub" / "deep" / "left"]


def test_a_later_name_of_a_clean_picture_is_found_in_the_history(place: Workplace, repo: Path) -> None:
    place.write("scan.png", clean_picture())
    commit(repo)
    git(repo, "mv", "scan.png", f"{CANARY}^Hans.png")
    named = commit(repo)
    git(repo, "mv", f"{CANARY}^Hans.png", "again.png")
    commit(repo)
    ran = place.check("--history", "-f", "concise")
    assert ran.code == 1
    (line,) = ran.lines
    assert line.startswith(f"{named[:12]}:<withheld ")
    assert "N0 identity" in line


@pytest.mark.parametrize("source", ["--staged", "--history", "."])
def test_a_pointer_of_git_lfs_does_not_count_as_clean(place: Workplace, repo: Path, source: str) -> None:
    place.write("ct.dcm", pointer(ct_file()))
    git(repo, "add", "-A")
    if source == "--history":
        commit(repo)
    missing = place.check(source, "-f", "concise")
    assert missing.code == 1
    assert missing.stdout.startswith("ct.dcm: R0") or ":ct.dcm: R0" in missing.stdout
    oid = hashlib.sha256(ct_file()).hexdigest()
    place.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", ct_file())
    found = place.check(source, "-f", "concise")
    assert "PatientName" in found.stdout
    assert "R0" not in found.stdout


def test_a_replacement_does_not_hide_what_a_commit_holds(place: Workplace, repo: Path) -> None:
    place.write("ct.dcm")
    bad = commit(repo)
    git(repo, "checkout", "-q", "--orphan", "other")
    git(repo, "rm", "-q", "-f", "ct.dcm")
    place.write("note.txt", b"nothing")
    good = commit(repo)
    git(repo, "replace", bad, good)
    assert place.check("--history").code == 1


def test_nothing_is_fetched_that_a_partial_clone_lacks(place: Workplace, repo: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / ".gitconfig").write_text("[protocol]\n\tallow = always\n", encoding="utf-8")
    place.write("ct.dcm")
    commit(repo)
    git(repo, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "in" / "partial"
    git(repo, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo}", str(partial))
    before = git(partial, "count-objects", "-v")
    os.chdir(partial)
    ran = place.check("--history", "-f", "concise")
    assert ran.code == 1
    assert "ct.dcm: R0 identity" in ran.stdout
    assert git(partial, "count-objects", "-v") == before


def test_no_program_is_asked_about_signatures_which_may_fetch_their_keys(
    place: Workplace, repo: Path, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "in" / "gpg"
    program.write_text(f"#!/bin/sh\ntouch '{asked}'\n", encoding="utf-8")
    program.chmod(0o700)
    place.write("ct.dcm")
    commit(repo)
    unsigned = git(repo, "cat-file", "commit", "HEAD")
    head, _, message = unsigned.partition("\n\n")
    armor = "-----BEGIN PGP SIGNATURE-----\n \n wsBc\n -----END PGP SIGNATURE-----"
    signed = tmp_path / "in" / "signed"
    signed.write_text(f"{head}\ngpgsig {armor}\n\n{message}\n", encoding="utf-8")
    git(repo, "update-ref", "HEAD", git(repo, "hash-object", "-t", "commit", "-w", str(signed)).strip())
    git(repo, "config", "gpg.program", str(program))
    git(repo, "config", "log.showSignature", "true")
    git(repo, "log", "-1")
    assert asked.exists()
    asked.unlink()
    assert place.check("--history").code == 1
    assert not asked.exists()


def test_what_is_remembered_starts_no_workers(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        place.write(f"{number}.png", clean_picture())
    place.write("ct.dcm")
    first = place.run("check", "--text", "none", "-j", "1")

    def refuse(*_: object) -> None:
        raise AssertionError("workers were started")

    monkeypatch.setattr(checks, "FEW", {"none": 0})
    monkeypatch.setattr(processes.ProcessExecutor, "_pool", refuse)
    again = place.run("check", "--text", "none")
    assert (again.code, again.stdout) == (1, first.stdout)


@pytest.mark.parametrize("name", ["MRN123456.png", "scan_mrn-0042.png"])
def test_a_record_number_in_a_name_is_found(place: Workplace, name: str) -> None:
    place.write(name, clean_picture())
    assert place.check("-f", "concise").stdout.count("N0 quasi-identity") == 1


def test_a_folder_known_by_one_header_is_withheld_beside_every_file(place: Workplace) -> None:
    place.write(f"{CANARY}_jane/IM1.dcm")
    place.write(f"{CANARY}_jane/export.png", clean_picture())
    for wanted in ("junit", "json", "sarif", "text"):
        ran = place.check("-f", wanted)
        assert ran.code == 1
        assert CANARY.lower() not in ran.stdout.lower()
    assert "/export.png" in place.check("-f", "junit").stdout


def test_a_folder_known_by_one_header_is_withheld_in_an_archive(place: Workplace) -> None:
    folder = f"CD/{CANARY}_jane"
    place.write("cd.zip", archive(**{f"{folder}/IM1.dcm": ct_file(), f"{folder}/export.png": clean_picture()}))
    ran = place.check("-f", "junit")
    assert CANARY.lower() not in ran.stdout.lower()
    assert "cd.zip!CD/" in ran.stdout
    assert "/export.png" in ran.stdout


def test_a_name_above_a_path_elsewhere_is_withheld(place: Workplace, tmp_path: Path) -> None:
    study = tmp_path / "in" / "other" / f"{CANARY}^Jane" / "study"
    study.mkdir(parents=True)
    (study / "ct.dcm").write_bytes(ct_file())
    ran = place.check("-f", "sarif", study)
    assert ran.code == 1
    assert CANARY.lower() not in ran.stdout.lower()
    uri = json.loads(ran.stdout)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert uri["uri"].endswith("/%3Cwithheld%3E/study/ct.dcm")


@pytest.mark.parametrize(
    "content",
    [
        archive(**{"scan/": ct_file()}),
        b"PK00" + archive(scan=ct_file()),
        b"PK\x07\x08" + archive(scan=ct_file()),
    ],
    ids=["a member called a folder", "split and joined", "spanned and joined"],
)
def test_an_odd_archive_is_opened(place: Workplace, content: bytes) -> None:
    place.write("odd.zip", content)
    assert "PatientName" in place.check("-f", "concise").stdout


@pytest.mark.parametrize("wanted", ["text", "concise"])
def test_a_file_name_is_no_command_to_a_runner(place: Workplace, wanted: str) -> None:
    for name in ("::stop-commands::x", " ::error::x", "##vso[task.complete]"):
        place.write(name)
    lines = place.check("-f", wanted).lines
    assert any(line.startswith("./::stop-commands::x") for line in lines)
    assert not any(line.lstrip().startswith(("::", "##")) for line in lines)


@pytest.mark.parametrize(
    ("remark", "kind"),
    [
        ({"comment": f"scans of {CANARY}".encode()}, "ZIP comment"),
        ({"file_comment": CANARY.encode()}, "ZIP file comment"),
        ({"extra": struct.pack("<HH", 0x6375, 13) + b"\1\0\0\0\0" + CANARY.encode()}, "ZIP extra field"),
        ({"extra": struct.pack("<HH", 0x7075, 13) + b"\1\0\0\0\0" + CANARY.encode()}, "ZIP extra field"),
        ({"extra": b"abc"}, "ZIP extra field"),
    ],
    ids=["comment", "comment of a file", "its comment in Unicode", "another name", "no field at all"],
)
def test_what_an_archive_says_beside_its_images_is_a_finding(
    place: Workplace, remark: dict[str, bytes], kind: str
) -> None:
    place.write("cd.zip", remarked(clean_picture(), **remark))
    ran = place.check("-f", "concise")
    assert ran.lines[0].startswith(f"cd.zip: S0 quasi-identity: {kind} #1")
    place.write("cd.zip", remarked(b"no image", **remark))
    assert place.check().code == 0


def test_what_programs_write_into_archives_accuses_nobody(place: Workplace) -> None:
    times = struct.pack("<HHBL", 0x5455, 5, 1, 1)
    path = struct.pack("<HHBL", 0x7075, 12, 1, 0) + b"one.png"
    place.write(
        "cd.zip", remarked(clean_picture(), comment=b"0123456789abcdef" * 2 + b"01234567", extra=times + path)
    )
    assert place.check().code == 0


def test_a_drawing_is_a_finding_only_with_a_picture_in_it(place: Workplace) -> None:
    place.write("logo.svg", b"<?xml version='1.0'?>\n<svg><text>A logo</text></svg>")
    assert place.check().code == 0
    picture = b"<svg><image href='data:image/png;base64,iVBORw0KGgo='/></svg>"
    place.write("scan.svg", picture)
    place.write("far.svg", b"<svg>" + b" " * (1 << 20) + picture)
    place.write("drawings.zip", archive(**{"a.svg": picture, "b.svg": b"<svg/>"}))
    ran = place.check("-f", "concise")
    assert [line.split(": ")[0] for line in ran.lines] == [
        "drawings.zip!a.svg/picture 1",
        "far.svg!picture 1",
        "scan.svg!picture 1",
    ]
    assert all(": R0 identity: " in line for line in ran.lines)


def test_a_picture_of_written_numbers_is_a_finding(place: Workplace) -> None:
    place.write("scan.pgm", b"P2 2 2 255\n1 2 3 4\n")
    place.write("scan.ppm", b"P6 1 1 255\n\1\2\3")
    place.write("notes.txt", b"P2 2 2 patients")
    ran = place.check("-f", "concise")
    assert [line.split(": ")[:2] for line in ran.lines] == [
        ["scan.pgm", "R0 identity"],
        ["scan.ppm", "R0 identity"],
    ]


def test_an_archive_that_cannot_be_opened_is_a_finding(place: Workplace) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        member = tarfile.TarInfo("ct.dcm")
        member.size = len(ct_file())
        opened.addfile(member, io.BytesIO(ct_file()))
    place.write("a.tar", made.getvalue())
    for number, head in enumerate(
        (b"BZh91AY&SY", b"\xfd7zXZ\0\0\4", b"\x28\xb5\x2f\xfd\0\0", b"7z\xbc\xaf\x27\x1c\0\4")
    ):
        place.write(f"packed{number}", head + bytes(100))
    ran = place.check("-f", "concise")
    assert list(dict.fromkeys(line.split(":")[0] for line in ran.lines)) == [
        "a.tar!ct.dcm",
        "packed0",
        "packed1",
        "packed2",
        "packed3",
    ]


def test_what_a_run_did_not_look_for_is_neither_unused_nor_dropped() -> None:
    writing = Accepted(Rule.WRITING, "data/ct.dcm", str(region()), DIGEST, "a marker")
    small = Accepted(Rule.UID, "data/ct.dcm", "(0010,0010)", DIGEST, "a phantom")
    allow = Allow(("x/*",), "why", frozenset({Rule.WRITING}))
    accepted = Acceptance((writing, small), (allow,), TODAY)
    headers = frozenset(Rule) - {Rule.WRITING}
    hygiene = finding(Rule.UID, severity=Severity.HYGIENE)
    assert accepted.judge(record(hygiene), Severity.IDENTITY).findings == ()
    assert accepted.unused(headers, everything=True) == ()
    assert accepted.holding(headers, everything=True) == [writing, small]
    assert accepted.holding(everything=True) == [small]


def test_a_check_of_headers_keeps_what_was_accepted_in_pixels(place: Workplace) -> None:
    place.write("export.png", clean_picture())
    digest = hashlib.sha256(clean_picture()).hexdigest()
    row = {"rule": "P002", "path": "export.png", "places": [str(region())], "digest": digest, "reason": "a marker"}
    baseline = place.write("scanscrub-baseline.json", json.dumps({"version": 2, "accepted": [row]}).encode())
    assert "unused" not in place.check().stdout
    assert place.run("baseline", "update", "--text", "none", "-j", "1", "--reason", "again").code == 0
    assert json.loads(baseline.read_text(encoding="utf-8"))["accepted"] == [row]


def test_an_acceptance_that_is_over_already_is_refused(place: Workplace) -> None:
    place.write("ct.dcm")
    ran = place.run("baseline", "update", "--text", "none", "--reason", "because", "--until", "2020-01-31")
    assert ran.code == 2
    assert not (place.folder / "scanscrub-baseline.json").exists()


def severity(value: str, tag: int, **top: str) -> Severity:
    """Of an identity finding at `tag`, in a header with these elements."""
    tags = {"sop_class": 0x00080016, "name": 0x00100010, "number": 0x00100020}
    seen = [Attribute(HeaderElement((tags[key],)), "LO", Phi(text), len(text)) for key, text in top.items()]
    return HeaderSeverity(seen).of(
        Finding(Rule.IDENTITY, HeaderElement((tag,)), Severity.IDENTITY, evidence=Phi(value))
    )


def test_a_name_with_a_year_given_twice_is_no_subject_code() -> None:
    twice = "Doe Jane 1970"
    assert severity(twice, 0x00100010, name=twice, number=twice) is Severity.IDENTITY
    assert severity("TRIAL-0042", 0x00100010, name="TRIAL-0042", number="TRIAL-0042") is Severity.QUASI


def test_the_maker_of_a_color_palette_is_no_patient() -> None:
    palette = "1.2.840.10008.5.1.4.39.1"
    assert severity("ACME^Colors", 0x00700084, sop_class=palette) is Severity.QUASI
    assert severity("Doe^Jane", 0x00700084, sop_class="1.2.840.10008.5.1.4.1.1.2") is Severity.IDENTITY
    assert severity("Doe^Jane", 0x00100010, sop_class=palette) is Severity.IDENTITY


def test_what_was_named_and_cannot_be_examined_is_a_finding(place: Workplace) -> None:
    (place.folder / "dangling.dcm").symlink_to("nowhere.dcm")
    (place.folder / "loop.dcm").symlink_to("loop.dcm")
    os.mkfifo(place.folder / "pipe.dcm")
    for path in ("dangling.dcm", "loop.dcm", "pipe.dcm", "/dev/null"):
        ran = place.check(path, "-f", "concise")
        assert ran.code == 1, path
        assert len(ran.lines) == 1
        assert ": R0 identity: whole file: " in ran.lines[0]
        assert place.run("check", "--text", "none", path).code == 1
    assert place.check(".").code == 0


@pytest.mark.parametrize("rule", ["ignored/.gitignore", ".gitignore"])
def test_a_folder_that_was_named_and_is_ignored_is_said(place: Workplace, repo: Path, rule: str) -> None:
    place.write("ignored/ct.dcm")
    place.write("other/gray.png", clean_picture())
    place.write(rule, b"*\n" if "/" in rule else b"ignored/\n")
    note = "scanscrub: A folder that was named is ignored by git (.gitignore)"
    ran = place.check("ignored", "other", "-f", "json")
    assert ran.code == 0
    assert json.loads(ran.stdout)["examined"] == 1
    assert ran.stderr.startswith(note)
    assert place.run("baseline", "update", "ignored", "--text", "none", "--reason", "x").stderr.startswith(note)
    assert (place.check("--no-ignore", "ignored").code, place.check(".").stderr) == (1, "")
    os.chdir(repo / "ignored")
    assert place.check().stderr.startswith(note)


def test_a_staged_path_that_does_not_exist_is_a_wrong_command(place: Workplace, repo: Path) -> None:
    gone = place.write("ct.dcm")
    git(repo, "add", "-A")
    gone.unlink()
    assert place.check("--staged", "ct.dcm").code == 1
    assert place.check("--staged", "cd.dcm").code == 2


@pytest.mark.parametrize(
    "name",
    ["ct.dcm", "link", "hard", "cd.zip", "drawing.svg", "scanscrub-baseline.json", "ours.json", "pyproject.toml"],
)
def test_a_report_takes_the_place_of_nothing_that_is_read(place: Workplace, name: str) -> None:
    place.write("ct.dcm")
    (place.folder / "link").symlink_to("ct.dcm")
    (place.folder / "hard").hardlink_to(place.folder / "ct.dcm")
    place.write("cd.zip", archive(scan=ct_file()))
    place.write("drawing.svg", b"<svg><image href='data:image/png;base64,iVBORw0KGgo='/></svg>")
    place.write("pyproject.toml", b"[project]\nname = 'x'\n")
    place.write("scanscrub-baseline.json", b'{"version": 1, "accepted": []}')
    ours = place.write("ours.json", b'{"version": 1, "accepted": []}')
    before = {path: path.read_bytes() for path in place.folder.iterdir()}
    ran = place.check("--baseline", ours, "--output-file", name)
    assert (ran.code, ran.stdout) == (6, "")
    assert {path: path.read_bytes() for path in place.folder.iterdir()} == before


@pytest.mark.parametrize("name", ["scanscrub-baseline.json", "pyproject.toml", "scanscrub.toml", ".git/config"])
def test_a_report_gets_no_name_under_which_it_would_be_read(place: Workplace, name: str) -> None:
    ran = place.check("--output-file", name)
    assert (ran.code, list(place.folder.iterdir())) == (6, [])


def test_a_report_may_take_the_place_of_an_older_one(place: Workplace) -> None:
    place.write("ct.dcm")
    for wanted in ("text", "json", "sarif", "junit", "github", "concise"):
        assert place.check("--output-file", "found.txt", "-f", wanted).code == 1


def test_a_name_that_comes_after_the_baseline_is_found(place: Workplace) -> None:
    first = place.write(f"{CANARY}^Hans.png", clean_picture())
    updated = place.run("baseline", "update", "--text", "none", "--reason", "looked at")
    assert "0 accepted" in updated.stdout
    assert "1 for a name (N0) cannot be accepted here" in updated.stdout
    assert place.check().code == 1
    first.rename(place.folder / f"{CANARY}^Eva.png")
    assert place.check().code == 1
    place.write("pyproject.toml", b"[[tool.scanscrub.allow]]\npaths = ['*']\nrules = ['N0']\nreason = 'phantoms'\n")
    assert place.check().code == 0
