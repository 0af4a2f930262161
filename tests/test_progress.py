"""How far a run is: a line below the results of a terminal, lines in a log, and nothing where nobody asked."""

import io
import json
import os
import pty
import threading
from pathlib import Path

import pytest

from conftest import CANARY
from factory_dicom import ct_file
from running_check import Workplace
from scanscrub import CleanOptions, RunCallbacks, clean, inspect
from scanscrub.api.callbacks import counting
from scanscrub.cli.app import main
from scanscrub.cli.terminal import progress
from scanscrub.cli.terminal.progress import Progress, duration
from scanscrub.inputs.input import Input


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """What somebody sees: each line as it is after all that was written over it."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        seen = []
        for line in self.getvalue().split("\n"):
            row: list[str] = []
            for part in line.split("\r"):
                row[: len(part)] = part
            seen.append("".join(row).rstrip())
        return seen


@pytest.fixture
def clock() -> Clock:
    return Clock()


def with_columns(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Progress, "_columns", columns)


def halfway(stream: io.StringIO, clock: Clock) -> Progress:
    shown = Progress("cleaning", stream, ended=("clean", "to look at", "not cleaned"), clock=clock)
    shown.counted(10_000, is_all=True)
    clock.now += 100
    for how, count in (("clean", 1200), ("to look at", 30), ("not cleaned", 4), ("", 6)):
        for _ in range(count):
            shown.done(how)
    return shown


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (120, "cleaning: 1,240 of 10,000 files, 12%, 12/s, 12 min left, 1,200 clean, 30 to look at, 4 not cleaned"),
        (90, "1,240 of 10,000, 12%, 12/s, 12 min left, 1,200 clean, 30 to look at, 4 not cleaned"),
        (80, "1,240 of 10,000, 12%, 12 min left, 1,200 clean, 30 to look at, 4 not cleaned"),
        (40, "1,240 of 10,000, 12%, 12 min left"),
        (20, "1,240 of 10,000"),
    ],
)
def test_a_line_says_as_much_as_there_is_room_for(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, columns: int, line: str
) -> None:
    with_columns(columns, monkeypatch)
    terminal = Terminal()
    halfway(terminal, clock).tick()
    assert terminal.lines == [line]


def test_results_stand_above_the_line_and_never_beside_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with_columns(80, monkeypatch)
    terminal = Terminal()
    shown = halfway(terminal, clock)
    shown.tick()
    shown.aside(lambda: terminal.write("[1] clean: a.dcm\n"))
    assert terminal.lines[0] == "[1] clean: a.dcm"
    assert terminal.lines[1].startswith("1,240 of 10,000")
    with shown:
        pass
    assert terminal.lines == ["[1] clean: a.dcm", ""]


def test_while_files_are_counted_nothing_is_said_of_share_and_time(clock: Clock) -> None:
    terminal = Terminal()
    shown = Progress("cleaning", terminal, clock=clock)
    shown.counted(512, is_all=False)
    clock.now += 1
    shown.done()
    shown.tick()
    assert terminal.lines == ["cleaning: 1 of 512+ files, 1.0/s"]


def test_what_was_done_before_makes_the_rest_no_faster(clock: Clock) -> None:
    terminal = Terminal()
    shown = Progress("cleaning", terminal, clock=clock)
    shown.counted(1000, is_all=True)
    for _ in range(900):
        shown.done(before=True)
    clock.now += 10
    shown.done()
    shown.tick()
    assert "90%, 10 s each, 16 min left" in terminal.lines[0]


def test_a_log_gets_a_line_every_half_minute(clock: Clock) -> None:
    log = io.StringIO()
    shown = halfway(log, clock)
    shown.tick()
    shown.tick()
    assert log.getvalue().count("\n") == 1
    assert log.getvalue().startswith("scanscrub: cleaning: 1,240 of 10,000 files, 12%")
    clock.now += 31
    shown.tick()
    assert log.getvalue().count("\n") == 2
    assert "\r" not in log.getvalue()


def test_a_silent_one_says_nothing_and_starts_nothing(clock: Clock) -> None:
    terminal = Terminal()
    before = threading.active_count()
    with Progress("cleaning", terminal, silent=True, clock=clock) as shown:
        shown.done()
        shown.aside(lambda: None)
        assert threading.active_count() == before
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.25, "0.2 s"), (12, "12 s"), (59.9, "60 s"), (61, "1 min"), (3720, "1 h 2 min"), (200_000, "2 days")],
)
def test_times_are_said_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_inputs_are_counted_beside_the_work(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number + 1}")))
    told: list[tuple[int, bool]] = []
    callbacks = RunCallbacks(counted=lambda found, *, is_all: told.append((found, is_all)))
    assert len(list(clean([folder], tmp_path / "out", CleanOptions(text="none", jobs=1), callbacks=callbacks))) == 3
    assert len(list(inspect([folder], CleanOptions(text="none", jobs=1), callbacks=callbacks))) == 3
    assert told == [(3, True)] * 2


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    made = Workplace(tmp_path, monkeypatch, capfd)
    made.write("scans/a.dcm")
    made.write("scans/b.dcm", ct_file()[:300])
    monkeypatch.setattr(progress, "TICK_SECONDS", 0.001)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    return made


@pytest.mark.parametrize(
    "command",
    [
        ("clean", "scans", "-o", "../../out", "-f", "jsonl", "-y", "-j", "1"),
        ("inspect", "scans"),
        ("check", "scans", "--no-cache"),
    ],
    ids=lambda command: command[0],
)
def test_every_command_that_takes_long_says_how_far_it_is(place: Workplace, command: tuple[str, ...]) -> None:
    ran = place.run(*command, "--text", "none")
    assert "scanscrub: " in ran.stderr
    assert " of 2" in ran.stderr
    assert "scanscrub: " not in ran.stdout
    again = tuple(word.replace("out", "again") for word in command)
    assert place.run(*again, "--text", "none", "--no-progress").stderr == ""


def test_on_a_terminal_each_result_has_a_line_of_its_own(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parent, child = pty.openpty()
    seen: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(parent, 1 << 16):
                seen.append(data)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    out, err = os.dup(1), os.dup(2)
    os.dup2(child, 1)
    os.dup2(child, 2)
    os.close(child)
    command = f"clean {place.folder}/scans -o {tmp_path}/out --text none -y -j 1 --no-color"
    monkeypatch.setattr("sys.argv", ["scanscrub", *command.split()])
    try:
        with pytest.raises(SystemExit):
            main()
    finally:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
    reader.join()
    os.close(parent)
    terminal = Terminal(b"".join(seen).decode().replace("\r\n", "\n"))
    assert [line[:3] for line in terminal.lines if line.startswith("[")] == ["[1]", "[2]"]
    assert terminal.lines[-1] == ""


# --- names, and the log --------------------------------------------------------------------------------------------


def test_names_are_shown_where_they_were_asked_for_and_nowhere_else(place: Workplace, tmp_path: Path) -> None:
    place.write("scans/Jane Doe\x1b[2J.dcm", ct_file((0x00080018, "UI", "1.2.3.9")))
    log = tmp_path / "run.jsonl"
    common = ("clean", "scans", "--text", "none", "-y", "-j", 1, "--no-progress")
    shown = place.run(*common, "-o", tmp_path / "one", "--show-names", "--log-file", log)
    assert "scans/Jane Doe\\x1b[2J.dcm" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "Jane" not in place.run(*common, "-o", tmp_path / "two").stdout
    assert "Jane" not in place.run(*common, "-o", tmp_path / "three", "--show-names", "-f", "jsonl").stdout
    assert "b.dcm" in place.run(*common, "-o", tmp_path / "four", "--show-names", "-q").stderr
    for left in ("one/audit.jsonl", "one/report.html", "run.jsonl"):
        assert "Jane" not in (tmp_path / left).read_text(encoding="utf-8")


def test_the_log_tells_what_happened_without_a_value(place: Workplace, tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    for name in ("one", "two"):
        place.run("clean", "scans", "-o", tmp_path / name, "--text", "none", "-y", "-j", 1, "--log-file", log)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["start", "file", "file", "end"] * 2
    assert [line["status"] for line in lines if line["event"] == "file"] == ["REVIEW", "REFUSED"] * 2
    assert lines[3]["counts"] == {"REVIEW": 1, "REFUSED": 1}
    assert lines[3]["how"] == "complete"
    assert CANARY not in log.read_text(encoding="utf-8")


def test_the_log_tells_of_a_run_that_was_left(place: Workplace, tmp_path: Path) -> None:
    log = tmp_path / "run.jsonl"
    records = clean([place.folder / "scans"], tmp_path / "out", CleanOptions(text="none", jobs=1, log_file=log))
    next(records)
    records.close()  # type: ignore[attr-defined] # a generator
    assert json.loads(log.read_text(encoding="utf-8").splitlines()[-1])["how"] == "stopped"


@pytest.mark.parametrize("log", ["scans/a.dcm", "list.txt", "../../out/run.jsonl"])
def test_a_log_is_never_written_over_something_else(place: Workplace, log: str) -> None:
    place.write("list.txt", b"mine")
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    ran = place.run("clean", "scans", "-o", "../../out", "--text", "none", "-y", "--log-file", log)
    assert ran.code == 2
    assert {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()} == before


def test_a_count_that_fails_says_nothing_and_stops_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    def failing(_: int) -> Input:
        raise ValueError(CANARY)

    def counted(found: int, *, is_all: bool) -> None:
        pytest.fail(f"told of {found}, {is_all}")

    with counting(lambda: map(failing, [0]), counted):
        pass
    assert capfd.readouterr() == ("", "")
