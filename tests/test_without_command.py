"""``scanscrub PATH...``: it looks, asks once, makes copies beside the original, and says where the report is."""

import io
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from factory_dicom import ct_file
from running_check import Ran, Workplace
from scanscrub import CleanOptions
from scanscrub.api import beside
from scanscrub.cli import without_command
from scanscrub.cli.terminal import desktop
from scanscrub.domain.errors import OutputUnusableError

Answered = Callable[..., Ran]


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    monkeypatch.setattr(without_command, "LOOKED_AT", 0)  # the models are for one test
    monkeypatch.setattr(without_command, "CleanOptions", partial(CleanOptions, text="none", executor="serial"))
    return Workplace(tmp_path, monkeypatch, capfd)


@pytest.fixture
def answered(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """A run whose question is answered."""

    def run(answer: str, *arguments: object) -> Ran:
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        return work.run(*arguments)

    return run


def copies(folder: Path) -> int:
    assert (folder / "report.html").exists()
    assert (folder / "audit.jsonl").exists()
    return len(list(folder.rglob("*.dcm")))


def test_it_tells_asks_and_makes_copies_beside_the_original(
    work: Workplace, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(without_command, "LOOKED_AT", 20)
    monkeypatch.setattr(without_command, "CleanOptions", CleanOptions)
    before = work.write("scan.dcm").read_bytes()
    ran = answered("\n", "scan.dcm")
    assert ran.code == 0, ran.stderr
    assert "names and IDs of people in the header (Patient Name" in ran.stdout
    assert ran.stderr.count("[Y/n]") == 1
    assert f"The report: {work.folder / 'scan.dcm-clean' / 'report.html'}" in ran.stdout
    assert copies(work.folder / "scan.dcm-clean") == 1
    assert (work.folder / "scan.dcm").read_bytes() == before


def test_many_files_are_told_of_in_a_few_lines(work: Workplace, answered: Answered) -> None:
    for number in range(3):
        work.write(f"cd/{number}.dcm")
    work.write("cd/letter.pdf", b"%PDF-1.4\n%%EOF")
    ran = answered("y\n", "cd/", "--no-open")
    assert "3 images. Shared without cleaning" in ran.stdout
    assert "in the header (in 3 of 3: Patient Name" in ran.stdout
    assert "not searched for text yet" in ran.stdout
    assert copies(work.folder / "cd-clean") == 3


def test_whoever_says_no_has_nothing_written(work: Workplace, answered: Answered) -> None:
    work.write("scan.dcm")
    ran = answered("n\n", "scan.dcm")
    assert (ran.code, ran.lines[-1].strip()) == (0, "Nothing was written.")
    assert [path.name for path in work.folder.iterdir()] == ["scan.dcm"]


def test_nobody_is_asked_where_nobody_answers(work: Workplace) -> None:
    work.write("scan.dcm")
    ran = work.run("scan.dcm")
    assert (ran.code, ran.stdout) == (2, "")
    assert "scanscrub clean PATH -o FOLDER" in ran.stderr


def test_the_end_of_what_is_typed_is_no_answer(work: Workplace, answered: Answered) -> None:
    work.write("scan.dcm")
    ran = answered("", "scan.dcm")
    assert ran.code == 130
    assert ran.stderr.endswith(
        "scanscrub: Stopped. Finished copies stay; nothing half-made is left. The same command goes on, or begins "
        "anew in another folder.\n"
    )


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("clena", "Did you mean scanscrub clean?"),
        ("scan of the knee.dcm", "Put quotes"),
        ("--opne", "No such option"),
    ],
)
def test_what_is_neither_a_command_nor_there_is_a_wrong_command(work: Workplace, first: str, said: str) -> None:
    ran = work.run(first, "x.dcm")
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_a_path_called_like_a_command_needs_a_dot_in_front(work: Workplace, answered: Answered) -> None:
    work.write("report/scan.dcm")
    assert answered("y\n", "report").code == 2
    assert answered("y\n", "./report").code == 0
    assert copies(work.folder / "report-clean") == 1


@pytest.mark.parametrize(
    "arguments", [("a.dcm", "b.dcm"), (".",), ("19700101/",), ("Zqcanary^Jane.dcm",), ("Zqcanary",)]
)
def test_a_name_that_may_say_who_it_is_names_no_folder(
    work: Workplace, answered: Answered, arguments: tuple[str, ...]
) -> None:
    """Of several there is no one name, and that of the folder which one is in was not judged."""
    for name in arguments:
        work.write(name if name.endswith(".dcm") else f"{name}/c.dcm", ct_file((0x00100010, "PN", "Zqcanary^Jane")))
    assert answered("y\n", *arguments).code == 0
    (folder,) = work.folder.parent.rglob("clean-copies")
    assert copies(folder) > 0


def test_copies_of_others_are_never_mixed_in_a_folder_without_a_name(work: Workplace, answered: Answered) -> None:
    for name in "abcd":
        work.write(f"{name}.dcm")
    assert answered("y\n", "a.dcm", "b.dcm").code == 0
    assert answered("y\n", "c.dcm", "d.dcm").code == 0
    assert [copies(work.folder / name) for name in ("clean-copies", "clean-copies-2")] == [2, 2]


def test_a_second_run_says_where_the_copies_are_and_changes_nothing(work: Workplace, answered: Answered) -> None:
    work.write("cd/1.dcm")
    answered("y\n", "cd")
    work.write("cd/2.dcm")
    ran = answered("y\n", "cd/")
    assert ran.code == 6
    assert "There are clean copies already" in ran.stderr
    assert copies(work.folder / "cd-clean") == 1


def test_a_run_that_was_stopped_goes_on(work: Workplace, answered: Answered) -> None:
    for number in range(3):
        work.write(f"cd/{number}.dcm", b"no image" if number == 1 else None)
        work.write(f"cd/{number}.png", b"\x89PNG\r\n\x1a\n")
    stopped = work.run("clean", "cd", "--text", "none", "--max-failures", "1", "--executor", "serial")
    assert stopped.code == 3
    ran = answered("y\n", "cd")
    assert "Go on, with the same originals as then?" in ran.stderr
    assert copies(work.folder / "cd-clean") == 2


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_somebody_else_made_is_never_overwritten(work: Workplace, answered: Answered, kind: str) -> None:
    work.write("cd/1.dcm")
    theirs = work.write("cd-clean/letter.txt" if kind == "folder" else "cd-clean", b"mine")
    ran = answered("y\n", "cd")
    assert (ran.code, theirs.read_bytes()) == (6, b"mine")
    assert "never overwritten" in ran.stderr


def test_copies_of_a_disc_go_to_the_home_folder(
    work: Workplace, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = work.out / "home"
    work.write("cd/1.dcm")
    monkeypatch.setattr(beside, "_takes_files", lambda place: place == home)
    assert answered("y\n", "cd").code == 0
    assert copies(home / "cd-clean") == 1
    monkeypatch.setattr(beside, "_takes_files", lambda _: False)
    with pytest.raises(OutputUnusableError, match="neither beside"):
        beside.folder_beside([work.folder / "another"] if work.write("another") else [])


def test_clean_without_a_folder_takes_the_same_one(work: Workplace) -> None:
    work.write("cd/1.dcm")
    ran = work.run("clean", "cd", "--text", "none", "--executor", "serial")
    assert ran.code == 0
    assert "The copies go to PATH-clean beside PATH, or clean-copies." in ran.stderr
    assert copies(work.folder / "cd-clean") == 1


def test_what_is_no_image_is_said_and_nothing_is_asked(work: Workplace, answered: Answered) -> None:
    work.write("letter.pdf", b"%PDF-1.4\n%%EOF")
    ran = answered("y\n", "letter.pdf")
    assert (ran.code, "[Y/n]" in ran.stderr) == (3, False)
    assert len(list(work.folder.iterdir())) == 1


def test_the_report_is_opened_on_a_desktop_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = tmp_path / "opened"
    opener = tmp_path / "xdg-open"
    opener.write_text(
        f'#!/bin/sh\nprintf %s "$1" > "{opened}.part"; mv "{opened}.part" "{opened}"\n', encoding="utf-8"
    )
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    with desktop.Desktop(wanted=False) as without:
        without.open(tmp_path / "report.html")
    monkeypatch.setenv("SSH_CONNECTION", "elsewhere")
    with desktop.Desktop(wanted=True) as far:
        far.open(tmp_path / "report.html")
    monkeypatch.delenv("SSH_CONNECTION")
    assert not opened.exists()
    with desktop.Desktop(wanted=True) as here:
        here.open(tmp_path / "a report.html")
    while not opened.exists():
        os.sched_yield()
    assert opened.read_text(encoding="utf-8") == (tmp_path / "a report.html").as_uri()


def test_ctrl_c_at_the_question_leaves_nothing(tmp_path: Path) -> None:
    """On a real terminal, whose Ctrl-C is a signal."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.dcm").write_bytes(ct_file())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background ignores it
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scanscrub", tmp_path / "in" / "scan.dcm"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    while b"[Y/n]" not in said:
        said += os.read(leader, 1024)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    os.close(leader)
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["scan.dcm"]
