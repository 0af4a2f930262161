"""`--timeout-per-file` and `--max-failures`: what a user allows one file, and a whole run."""

import csv
import errno
import subprocess
import sys
from pathlib import Path

import pytest

from factory_dicom import ct_file
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.errors import ExitCode, OutputUnusableError, TooManyFailuresError, UsageError
from scanscrub.execute.base import Crashed, TimedOut
from scanscrub.execute.processes import ProcessExecutor
from scanscrub.inputs.input import Input

TORN = b"\x89PNG\r\n\x1a\nno picture"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text("7" * 64, encoding="ascii")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images, then three files that are none, then another image; in this order."""
    made = tmp_path / "in" / "files"
    made.mkdir(parents=True)
    for number in (1, 2, 3, 7):
        (made / f"{number}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number}")))
    for number in (4, 5, 6):
        (made / f"{number}.png").write_bytes(TORN)
    return made


def copies(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.dcm")}


def test_a_file_that_takes_too_long_is_refused_in_a_sentence(folder: Path, tmp_path: Path, key: Path) -> None:
    # Pixels are looked at, so that no copy is made before a busy machine comes to look at the clock.
    options = CleanOptions(text="all", key=key, timeout_per_file=0.0001, jobs=1)
    records = list(clean([folder / "1.dcm"], tmp_path / "out", options))
    assert [(record.status, record.output_name) for record in records] == [(Status.REFUSED, None)]
    assert records[0].refusal is not None
    assert "--timeout-per-file" in records[0].refusal.reason
    assert not copies(tmp_path / "out")


@pytest.mark.parametrize("executor", [None, "serial", "processes"])
def test_a_bound_that_is_not_met_changes_no_byte(folder: Path, tmp_path: Path, key: Path, executor: None) -> None:
    for name, seconds in (("free", None), ("bound", 600.0)):
        options = CleanOptions(text="none", key=key, timeout_per_file=seconds, jobs=1, executor=executor)
        assert len(list(clean([folder], tmp_path / name, options))) == 7
    assert copies(tmp_path / "bound") == copies(tmp_path / "free")
    assert len(copies(tmp_path / "free")) == 4


def test_a_copy_that_was_made_just_before_the_time_was_over_is_told_of(
    folder: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessExecutor, "run", _late)
    options = CleanOptions(text="none", key=key, timeout_per_file=600, jobs=1)
    (record,) = clean([folder / "1.dcm"], tmp_path / "out", options)
    assert record.output_name in copies(tmp_path / "out")
    assert (tmp_path / "out" / "audit.jsonl").read_text().count("\n") == 1


def _late(_self: object, task: object, items: list[Input], setup: object) -> object:
    """All work is done, but nobody hears of it in time."""
    assert callable(setup)
    assert callable(task)
    setup()
    for item in items:
        task(item)
        late: Crashed[Input] = TimedOut(item, "")
        yield late


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_stops_after_so_many_failures_and_what_was_done_stays(
    folder: Path, tmp_path: Path, key: Path, jobs: int
) -> None:
    options = CleanOptions(text="none", key=key, crosswalk=tmp_path / "in" / "secret", max_failures=2, jobs=jobs)
    heard: list[AuditRecord] = []
    with pytest.raises(TooManyFailuresError) as caught:
        heard.extend(clean([folder], tmp_path / "out", options))
    assert caught.value.exit_code == ExitCode.NOT_CLEANED
    with (tmp_path / "in" / "secret" / "files.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["output"] for row in rows} - {""} == set(copies(tmp_path / "out"))
    assert sum(not row["output"] for row in rows) >= 2


def test_a_stopped_run_is_resumed(folder: Path, tmp_path: Path, key: Path) -> None:
    options = CleanOptions(text="none", key=key, max_failures=1, jobs=1)
    with pytest.raises(TooManyFailuresError):
        list(clean([folder], tmp_path / "out", options))
    list(clean([folder], tmp_path / "out", CleanOptions(text="none", key=key, jobs=1, resume=True)))
    assert len(copies(tmp_path / "out")) == 4


def test_the_command_says_why_it_stopped_and_exits_with_3(folder: Path, tmp_path: Path) -> None:
    arguments = ["clean", folder, "-o", tmp_path / "out", "--text", "none", "-y", "-j", 1, "--max-failures", 2]
    ran = subprocess.run([sys.executable, "-m", "scanscrub", *map(str, arguments)], capture_output=True, check=False)
    assert ran.returncode == ExitCode.NOT_CLEANED
    assert b"2 files could not be cleaned (--max-failures)" in ran.stderr
    assert (tmp_path / "out" / "report.html").exists()
    assert len(copies(tmp_path / "out")) == 3


@pytest.mark.parametrize(
    "options",
    [
        CleanOptions(text="none", timeout_per_file=0),
        CleanOptions(text="none", timeout_per_file=float("nan")),
        CleanOptions(text="none", max_failures=0),
    ],
)
def test_a_bound_that_cannot_be_kept_is_a_wrong_command(folder: Path, tmp_path: Path, options: CleanOptions) -> None:
    with pytest.raises(UsageError, match=r"--timeout-per-file|--max-failures"):
        list(clean([folder], tmp_path / "out", options))


def test_a_full_disk_ends_the_run_in_a_sentence(
    folder: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanscrub.pipeline.clean.apply", _full)
    with pytest.raises(OutputUnusableError, match="no space left"):
        list(clean([folder], tmp_path / "out", CleanOptions(text="none", key=key, jobs=1)))


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "a path")


def test_a_run_whose_output_nobody_reads_stops_and_says_so(folder: Path, tmp_path: Path) -> None:
    arguments = ["clean", folder, "-o", tmp_path / "out", "--text", "none", "-y", "-j", 1, "-f", "jsonl"]
    with subprocess.Popen(
        [sys.executable, "-m", "scanscrub", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read()
    assert run.returncode == ExitCode.OUTPUT_UNUSABLE
    assert b"finished copies stay" in said
    assert b"Traceback" not in said
