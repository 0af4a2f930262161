"""A run without --key can be resumed until it is complete: its key is kept meanwhile, for this user only."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from factory_dicom import ct_file
from scanscrub import CleanOptions, RunCallbacks, clean
from scanscrub.domain.errors import ExitCode, TooManyFailuresError, UsageError
from scanscrub.output.run_key import NOT_KEPT

RUN = CleanOptions(text="none", jobs=1)
AGAIN = CleanOptions(text="none", jobs=1, resume=True)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in" / "files"
    folder.mkdir(parents=True)
    for number in range(1, 41):
        (folder / f"{number:02}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number}")))
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "in" / "state"))
    return tmp_path / "in" / "state"


def keys(state: Path) -> list[Path]:
    return [path for path in state.rglob("*") if path.is_file()]


def patients(output: Path) -> set[str]:
    return {path.name for path in output.iterdir() if path.is_dir()}


def test_a_run_that_was_left_goes_on_with_its_key_and_then_forgets_it(
    inputs: Path, tmp_path: Path, state: Path
) -> None:
    first = clean([inputs], tmp_path / "out", RUN)
    next(first)
    first.close()  # type: ignore[attr-defined] # a generator
    (key,) = keys(state)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert len(list(clean([inputs], tmp_path / "out", AGAIN))) == 39
    assert len(patients(tmp_path / "out")) == 1
    assert keys(state) == []
    assert not (state / "scanscrub").exists()


def test_a_run_that_is_complete_cannot_be_resumed_without_its_key(inputs: Path, tmp_path: Path, state: Path) -> None:
    list(clean([inputs / "01.dcm"], tmp_path / "out", RUN))
    assert keys(state) == []
    with pytest.raises(UsageError, match="it is complete, and nothing is left to do"):
        next(clean([inputs], tmp_path / "out", AGAIN))


def test_nothing_is_kept_of_a_dry_run_or_of_one_that_has_a_key(inputs: Path, tmp_path: Path, state: Path) -> None:
    key = tmp_path / "in" / "key"
    key.write_text("7" * 64, encoding="ascii")
    for output, options in ((None, RUN), (tmp_path / "out", CleanOptions(text="none", jobs=1, key=key))):
        run = clean([inputs], output, options)
        next(run)
        assert keys(state) == []
        run.close()  # type: ignore[attr-defined] # a generator


def test_a_run_that_had_too_many_failures_goes_on(inputs: Path, tmp_path: Path, state: Path) -> None:
    (inputs / "02.dcm").write_bytes(b"")
    (inputs / "02.dcm").write_bytes(ct_file()[:300])
    with pytest.raises(TooManyFailuresError):
        list(clean([inputs], tmp_path / "out", CleanOptions(text="none", jobs=1, max_failures=1)))
    assert len(keys(state)) == 1
    assert len(list(clean([inputs], tmp_path / "out", AGAIN))) == 39


def no_home() -> Path:
    raise RuntimeError


@pytest.mark.parametrize("homeless", [False, True])
def test_where_no_key_can_be_kept_the_run_says_so(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, homeless: bool
) -> None:
    blocked = tmp_path / "in" / "blocked"
    blocked.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    if homeless:
        monkeypatch.setattr(Path, "home", no_home)
    remarks: list[str] = []
    list(clean([inputs / "01.dcm"], tmp_path / "out", RUN, callbacks=RunCallbacks(remark=remarks.append)))
    assert remarks == [NOT_KEPT]


def test_ctrl_c_leaves_a_report_and_a_run_that_can_be_resumed(inputs: Path, tmp_path: Path, state: Path) -> None:
    command = [sys.executable, "-m", "scanscrub", "clean", inputs, "-o", tmp_path / "out", "--text", "none", "-y"]
    run = subprocess.Popen(
        [*map(str, command), "-j", "1", "-f", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    run.stdout.readline()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=300)
    assert run.returncode == ExitCode.INTERRUPTED
    assert said == "scanscrub: Stopped. Finished copies stay; nothing half-made is left. --resume goes on.\n"
    done = len(list((tmp_path / "out").rglob("*.dcm")))
    assert 0 < done < 40
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert report.count('<article class="card"') == done
    again = subprocess.run([*map(str, command), "--resume", "-q"], env=dict(os.environ), check=False)
    assert again.returncode == 0
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 40
    assert keys(state) == []
