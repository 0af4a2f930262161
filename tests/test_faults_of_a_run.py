"""Whatever ends a run: no worker outlives it, all it published is recorded, and `--resume` makes what is missing."""

import errno
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from factory_dicom import ct_file
from scanscrub import CleanOptions, RunCallbacks, clean
from scanscrub.domain.errors import ExitCode, OutputUnusableError
from scanscrub.output import writer_lock
from scanscrub.output.writer_lock import NAME, UNGUARDED, Lock, sole_writer

PATIENCE = 120.0
"""Seconds that something may take on a busy machine before a test gives up on it."""

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="signals and named pipes of POSIX")


def python(program: str, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def next_line(stream: IO[bytes]) -> bytes:
    """A line of another process; empty at its end."""
    line = b""
    while not line.endswith(b"\n"):
        assert select.select([stream], [], [], PATIENCE)[0], "it said nothing for too long"
        letter = os.read(stream.fileno(), 1)
        if not letter:
            return b""
        line += letter
    return line


# --- workers -------------------------------------------------------------------------------------------------------

HOLDING = """
import os, threading

def hold(path):
    pipe = os.open(path, os.O_WRONLY)
    os.write(pipe, f"{os.getpid()}\\n".encode())
    threading.Event().wait()
"""
PARENT = """
import sys, threading
from holding import hold
from scanscrub.execute.processes import ProcessExecutor

def work():
    for _ in ProcessExecutor(2).run(hold, [sys.argv[1]] * 2, int):
        pass

if sys.argv[2] == "main":
    work()
else:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
"""


@pytest.mark.parametrize("thread", ["main", "another"])
def test_a_worker_ends_with_a_parent_that_is_killed(tmp_path: Path, thread: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    (tmp_path / "holding.py").write_text(HOLDING, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    parent = subprocess.Popen([sys.executable, script, tmp_path / "pipe", thread])
    descriptor = os.open(
        tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK
    )  # whoever waits for a writer may wait for ever
    with open(descriptor, "rb", buffering=0) as workers:  # noqa: PTH123 - a descriptor
        assert select.select([workers], [], [], PATIENCE)[0], "no worker came"
        assert len({next_line(workers), next_line(workers)}) == 2
        parent.kill()
        parent.wait()
        assert next_line(workers) == b"", "a worker holds the pipe still"


# --- signals -------------------------------------------------------------------------------------------------------


PIPE = 4096
"""Bytes: the records of a few files fill it."""


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """More files than fit into a pipe as records, so that a run whose output nobody reads cannot end; the first two
    are the same.
    """
    folder = tmp_path / "in" / "files"
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"{number:02}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{max(1, number)}")))
    (tmp_path / "in" / "key").write_text("7" * 64, encoding="ascii")
    return folder


def options(inputs: Path, name: str, *, resume: bool = False) -> CleanOptions:
    beside = inputs.parent
    return CleanOptions(text="none", key=beside / "key", crosswalk=beside / name, resume=resume, jobs=1)


def left(output: Path, crosswalk: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """All that a run leaves in both folders, but what tells of times and orders."""
    return _files(output), _files(crosswalk)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"audit.jsonl", "report.html"}
    }


def signals_deferred(inputs: Path, tmp_path: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What a run leaves that nobody ended."""
    assert all(record.output_name for record in clean([inputs], tmp_path / "whole", options(inputs, "whole")))
    return left(tmp_path / "whole", inputs.parent / "whole")


def resumed(inputs: Path, tmp_path: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What is there once the run that was ended goes on."""
    for _ in clean([inputs], tmp_path / "out", options(inputs, "secret", resume=True)):
        pass
    return left(tmp_path / "out", inputs.parent / "secret")


def is_recorded(output: Path) -> bool:
    """Whether each copy has a record."""
    lines = (output / "audit.jsonl").read_bytes().splitlines()
    return set(_files(output)) - {NAME} <= {json.loads(line)["output_name"] for line in lines}


def command(inputs: Path, tmp_path: Path, *more: str) -> "subprocess.Popen[bytes]":
    beside = inputs.parent
    arguments = ["clean", inputs, "-o", tmp_path / "out", "--key", beside / "key", "--crosswalk", beside / "secret"]
    return subprocess.Popen(
        [sys.executable, "-m", "scanscrub", *map(str, arguments), "--text", "none", "-y", "-f", "jsonl", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=PIPE,
    )


@pytest.mark.parametrize(
    ("number", "code", "jobs"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED, "2"),
        (signal.SIGTERM, ExitCode.TERMINATED, "1"),
        (signal.SIGTERM, ExitCode.TERMINATED, "2"),
        (signal.SIGHUP, ExitCode.HUNG_UP, "1"),
        (signal.SIGKILL, -signal.SIGKILL, "1"),
        (signal.SIGKILL, -signal.SIGKILL, "2"),
    ],
)
def test_a_signal_ends_a_run_that_can_be_resumed(
    inputs: Path, tmp_path: Path, number: signal.Signals, code: int, jobs: str
) -> None:
    run = command(inputs, tmp_path, "-j", jobs)
    assert run.stdout is not None
    assert next_line(run.stdout)
    run.send_signal(number)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == code
    if number is not signal.SIGKILL:
        assert said.decode() == (
            "scanscrub: Stopped. Finished copies stay; nothing half-made is left. --resume goes on.\n"
        )
        assert not (tmp_path / "out" / NAME).exists()
    assert is_recorded(tmp_path / "out")
    assert len(_files(tmp_path / "out")) < 40
    assert resumed(inputs, tmp_path) == signals_deferred(inputs, tmp_path)


def test_a_run_whose_output_nobody_reads_leaves_a_report(inputs: Path, tmp_path: Path) -> None:
    run = command(inputs, tmp_path, "-j", "1")
    assert run.stdout is not None
    assert run.stderr is not None
    assert next_line(run.stdout)
    run.stdout.close()
    said = run.stderr.read().decode()
    assert run.wait(PATIENCE) == ExitCode.OUTPUT_UNUSABLE
    assert said.count("\n") == 1
    assert (tmp_path / "out" / "report.html").exists()
    assert is_recorded(tmp_path / "out")


def test_what_nohup_starts_goes_on_when_the_terminal_is_gone(inputs: Path, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = command(inputs, tmp_path, "-j", "1")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert run.stdout is not None
    assert next_line(run.stdout)
    run.send_signal(signal.SIGHUP)
    run.communicate(timeout=PATIENCE)
    assert run.returncode == ExitCode.OK
    assert len(_files(tmp_path / "out")) == 40


# --- killed at chosen points ---------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
import scanscrub as api
from scanscrub.output.staging import StagedFile
from scanscrub.output import journal
from scanscrub.output.crosswalk import Crosswalk

files, output, key, secret, point, resume = sys.argv[1:]
calls = 0

def end():
    os.kill(os.getpid(), signal.SIGKILL)

def at(owner, name, when):
    whole = getattr(owner, name)
    def killed(*arguments):
        global calls
        calls += 1
        if calls == 2 and when == "before":
            end()
        result = whole(*arguments)
        if calls == 2 and when == "after":
            end()
        return result
    setattr(owner, name, killed)

def torn(path, record):
    global calls
    calls += 1
    whole(path, record)
    if calls == 2:
        os.truncate(path, path.stat().st_size - 9)
        end()

whole = journal.append
match point:
    case "before the rows": at(Crosswalk, "add", "before")
    case "between the rows and the record": at(Crosswalk, "add", "after")
    case "in the record": journal.append = torn
    case "between the record and the copy": at(StagedFile, "publish_as", "before")
    case "after the copy": at(StagedFile, "publish_as", "after")
    case "at the end": at(Crosswalk, "_replace", "before")
options = api.CleanOptions(text="none", key=Path(key), crosswalk=Path(secret), resume=bool(resume), jobs=1)
for _ in api.clean([Path(files)], Path(output), options):
    pass
"""


@pytest.mark.parametrize(
    "point",
    [
        "before the rows",
        "between the rows and the record",
        "in the record",
        "between the record and the copy",
        "after the copy",
        "at the end",
    ],
)
def test_killed_again_and_again_a_run_ends_as_if_nothing_had_been(inputs: Path, tmp_path: Path, point: str) -> None:
    for path in sorted(inputs.iterdir())[4:]:
        path.unlink()
    beside = inputs.parent
    for resume in ("", "yes"):
        arguments = (inputs, tmp_path / "out", beside / "key", beside / "secret", point, resume)
        killed = python(KILLED, *arguments)
        killed.communicate(timeout=PATIENCE)
        assert killed.returncode == -signal.SIGKILL
        if point != "in the record":
            assert is_recorded(tmp_path / "out")
    assert resumed(inputs, tmp_path) == signals_deferred(inputs, tmp_path)


CRASHING = """
import os, signal
from scanscrub.output.staging import StagedFile

mark, when = os.environ["MARK"], os.environ["WHEN"]
whole = StagedFile.publish_as

def killed(self, root, name):
    if when == "after":
        whole(self, root, name)
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return when == "after" or whole(self, root, name)
    os.kill(os.getpid(), signal.SIGKILL)

StagedFile.publish_as = killed
"""
"""Runs in every Python that is started: workers do not run the program that starts them."""
CLEANING = """
import sys
from pathlib import Path
import scanscrub as api

files, output, key, secret = sys.argv[1:]
options = api.CleanOptions(text="none", key=Path(key), crosswalk=Path(secret), jobs=2)
for record in api.clean([Path(files)], Path(output), options):
    assert record.output_name, record.refusal
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_while_it_publishes_leaves_no_second_copy(inputs: Path, tmp_path: Path, when: str) -> None:
    for path in sorted(inputs.iterdir())[8:]:
        path.unlink()
    beside = inputs.parent
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(CRASHING, encoding="utf-8")
    folders = os.pathsep.join(filter(None, (str(tmp_path / "site"), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": folders, "MARK": str(beside / "mark"), "WHEN": when}
    arguments = (inputs, tmp_path / "out", beside / "key", beside / "secret")
    command = [sys.executable, "-c", CLEANING, *map(str, arguments)]
    subprocess.run(command, check=True, timeout=PATIENCE, env=environment)
    assert (beside / "mark").exists()
    assert is_recorded(tmp_path / "out")
    assert left(tmp_path / "out", beside / "secret") == signals_deferred(inputs, tmp_path)


# --- one writer ----------------------------------------------------------------------------------------------------


def test_a_second_run_says_who_writes_there(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with sole_writer(tmp_path / "out"):
        second = command(inputs, tmp_path)
        _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == ExitCode.OUTPUT_UNUSABLE
    assert f"Another run writes to that folder: process {os.getpid()}, since 2".encode() in said
    assert not list((tmp_path / "out").iterdir())


def test_two_runs_cannot_share_a_crosswalk(inputs: Path, tmp_path: Path) -> None:
    (inputs.parent / "secret").mkdir()
    with sole_writer(inputs.parent / "secret"), pytest.raises(OutputUnusableError, match="Another run"):
        next(clean([inputs], tmp_path / "out", options(inputs, "secret")))


def test_a_lock_whose_run_was_killed_holds_nobody_up(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAME).write_text("1 2026-01-01", encoding="ascii")
    list(clean([inputs], tmp_path / "out", options(inputs, "secret")))
    assert len(_files(tmp_path / "out")) == 40
    assert not (tmp_path / "out" / NAME).exists()
    assert not (inputs.parent / "secret" / NAME).exists()


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOTSUP, errno.EINVAL])
def test_where_nothing_can_be_locked_the_run_says_so_and_goes_on(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(error, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    remarks: list[str] = []
    records = list(
        clean([inputs], tmp_path / "out", options(inputs, "secret"), callbacks=RunCallbacks(remark=remarks.append))
    )
    assert len(_files(tmp_path / "out")) == len(records) == 40
    assert remarks == [UNGUARDED]


def test_a_lock_that_was_taken_away_meanwhile_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, path = writer_lock._locked, tmp_path / NAME
    turns: list[None] = []

    def late(descriptor: int, *, wait: bool) -> Lock:
        if not turns:
            turns.append(None)
            path.unlink()
        return whole(descriptor, wait=wait)

    monkeypatch.setattr(writer_lock, "_locked", late)
    with sole_writer(tmp_path) as lock:
        assert lock is Lock.OURS
        assert path.exists()
    assert not path.exists()


def test_a_signal_waits_for_the_end_of_what_may_not_be_disturbed() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted(done)
    assert done == ["recorded", "published"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _interrupted(done: list[str]) -> None:
    with writer_lock.signals_deferred():
        done.append("recorded")
        signal.raise_signal(signal.SIGINT)
        done.append("published")
    done.append("too late")
