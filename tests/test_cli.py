"""The command line as its users run it: in a process of its own where that could matter."""

import csv
import hashlib
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from rich.markup import render
from typer.main import get_command

from dask_clusters import needs_dask, somebody_elses
from running_check import Ran, run_here
from scanscrub.cli.app import application

SAMPLES = Path(__file__).parents[1] / "samples" / "files"
PLAIN = SAMPLES / "mr-brain-t1.dcm"
PICTURE = SAMPLES / "ct-export.png"
PLANTED = json.loads((SAMPLES.parent / "planted.json").read_text(encoding="utf-8"))


class Run(Protocol):
    def __call__(self, *arguments: object, env: dict[str, str] | None = None) -> Ran: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The program in this process, which spares each test the loading of its libraries."""

    def here(*arguments: object, env: dict[str, str] | None = None) -> Ran:
        with monkeypatch.context() as patch:
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            return nothing_given_away(run_here(patch, capfd, arguments))

    return here


def run_apart(*arguments: object) -> Ran:
    """The program in a process of its own, as its users run it."""
    call = [sys.executable, "-m", "scanscrub", *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=600)
    return nothing_given_away(Ran(done.returncode, done.stdout, done.stderr))


def nothing_given_away(ran: Ran) -> Ran:
    """No traceback and no planted value may appear on a stream."""
    said = ran.stdout + ran.stderr
    assert "Traceback" not in said
    for planted in PLANTED.values():
        for value in planted["header"]:
            assert value not in said
    return ran


def tree(folder: Path) -> dict[str, str]:
    """The digest of every copy in a cleaned folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"audit.jsonl", "report.html", ".scanscrub-lock"}
    }


def audit(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def key(run: Run, tmp_path: Path) -> Path:
    file = tmp_path / "study.key"
    assert run("key", "new", file).code == 0
    return file


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", [("check", str(PLAIN), "--text", "none", "--no-cache"), ("rule", "H0"), ("--help",)]
)
def test_a_full_device_is_said_in_one_line(arguments: tuple[str, ...], unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scanscrub", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 6
    assert done.stderr == "scanscrub: The output cannot be written: there is no space left for it.\n"


@pytest.mark.parametrize(
    ("closed", "code", "said"),
    [
        (">&-", 6, "scanscrub: The output cannot be written: stdout is closed.\n"),
        ("<&- >&-", 6, "scanscrub: The output cannot be written: stdout is closed.\n"),
        (">&- 2>&-", 6, ""),
        ("<&-", 0, ""),
        ("2>&-", 0, ""),
    ],
)
def test_a_closed_stream_is_no_fault(tmp_path: Path, closed: str, code: int, said: str) -> None:
    call = f"{shlex.quote(sys.executable)} -m scanscrub check --text none --no-cache {closed}"
    done = subprocess.run(["sh", "-c", call], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, said)


def test_a_review_that_nobody_can_answer_changes_nothing(tmp_path: Path) -> None:
    shutil.copy(PLAIN, tmp_path)
    call = f"{shlex.quote(sys.executable)} -m scanscrub baseline"
    accept = f"{call} update --text none --reason phantoms && {call} review <&-"
    done = subprocess.run(["sh", "-c", accept], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.split("scanscrub: ")[-1]) == (130, "Stopped. The baseline is as it was.\n")


def test_a_working_folder_that_is_gone_is_a_wrong_command(tmp_path: Path) -> None:
    for command in ("check", "check --staged", "baseline update --reason why", "clean . -o out"):
        (tmp_path / "gone").mkdir()
        call = f"rmdir ../gone; {shlex.quote(sys.executable)} -m scanscrub {command}"
        done = subprocess.run(["sh", "-c", call], cwd=tmp_path / "gone", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.splitlines()[-1].startswith("scanscrub: ")
        assert len(done.stderr.splitlines()) == 1


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; sys.argv = ['scanscrub', '--help']\n"
        "from scanscrub.cli.app import application\n"
        "application()(standalone_mode=False)\n"
        "heavy = {'numpy', 'pydicom', 'PIL', 'cv2', 'onnxruntime', 'torch', 'easyocr', 'openvino'}\n"
        "heavy |= {'dask', 'distributed'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "clean" in done.stdout


@pytest.mark.parametrize(
    "command",
    ["ui", "clean", "check", "inspect", "verify", "review", "report", "baseline", "profile", "rule", "key", "doctor"],
)
def test_every_command_explains_itself_with_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert "Example: scanscrub" in done.stdout


def helps(command: Any) -> Iterator[str]:  # noqa: ANN401 - Typer's classes are not its public names
    """Every text of a command's help, and of the commands below it."""
    yield from filter(None, (command.help, command.epilog, *(getattr(one, "help", "") for one in command.params)))
    for below in getattr(command, "commands", {}).values():
        yield from helps(below)


def test_no_help_loses_what_stands_in_brackets(run: Run) -> None:
    texts = list(helps(get_command(application())))
    assert any(r"extra \[dask]" in text for text in texts)
    assert [text for text in texts if render(text).plain != text.replace(r"\[", "[")] == []
    assert "extra [dask]" in run("clean", "--help", env={"COLUMNS": "300"}).stdout


def test_a_copy_is_written_audited_and_reported(tmp_path: Path) -> None:
    before = (PLAIN.read_bytes(), PLAIN.stat().st_mtime_ns)
    done = run_apart("clean", PLAIN, "-o", tmp_path / "out")
    assert done.code == 0, done.stdout + done.stderr
    (record,) = audit(tmp_path / "out")
    assert record["status"] == "CLEAN"
    assert (tmp_path / "out" / str(record["output_name"])).is_file()
    assert "Content-Security-Policy" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (PLAIN.read_bytes(), PLAIN.stat().st_mtime_ns) == before


@pytest.mark.parametrize(("executor", "text"), [("processes", "all"), pytest.param("dask", "none", marks=needs_dask)])
def test_the_same_key_gives_the_same_bytes_under_every_executor(
    tmp_path: Path, key: Path, executor: str, text: str
) -> None:
    (tmp_path / "in").mkdir()
    for name in ("mr-brain-t1.dcm", "mr-brain-t2.dcm"):
        shutil.copy(SAMPLES / name, tmp_path / "in")
    options = ("--key", key, "--text", text)
    serial = run_apart("clean", tmp_path / "in", "-o", tmp_path / "a", *options, "--executor", "serial")
    spread = run_apart("clean", tmp_path / "in", "-o", tmp_path / "b", *options, "--executor", executor, "-j", "2")
    assert (serial.code, spread.code) == (0, 0)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert len(tree(tmp_path / "a")) == 2


@pytest.mark.parametrize("executor", [pytest.param("dask", marks=needs_dask)])
def test_a_cluster_writes_the_same_copies_and_crosswalk(tmp_path: Path, key: Path, executor: str) -> None:
    inputs = (PLAIN, SAMPLES / "mr-brain-t2.dcm", PICTURE, SAMPLES / "film-on-light-box.jpg")
    options = ("--key", key, "--text", "none", "--executor")
    serial = run_apart(
        "clean", *inputs, "-o", tmp_path / "a", "--crosswalk", tmp_path / "in" / "a", *options, "serial"
    )
    with somebody_elses(2) as cluster:
        where = ("--scheduler", cluster.scheduler_address)
        crosswalk = ("--crosswalk", tmp_path / "in" / "b")
        spread = run_apart("clean", *inputs, "-o", tmp_path / "b", *crosswalk, *options, executor, *where)
    assert (serial.code, spread.code) == (0, 0), spread.stderr
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    outputs = [sorted(str(record["output_name"]) for record in audit(tmp_path / name)) for name in ("a", "b")]
    assert outputs[0] == outputs[1]
    for name in ("files.csv", "uids.csv", "patients.csv"):
        one, other = tmp_path / "in" / "a" / name, tmp_path / "in" / "b" / name
        assert one.read_bytes() == other.read_bytes()
        assert stat.S_IMODE(other.stat().st_mode) == 0o600
    assert len(list((tmp_path / "in" / "b").iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], "--scheduler is the address of a Dask cluster. Add --executor dask."),
        pytest.param(
            ["--executor", "dask", "--scheduler", "nonsense"],
            "The scheduler's address has another form. Give it as tcp://host:port or tls://host:port.",
            marks=needs_dask,
        ),
        pytest.param(
            ["--executor", "dask", "--scheduler", "tcp://127.0.0.1:9"],
            "No Dask scheduler answers at that address. Check --scheduler, and its TLS if it has any.",
            marks=needs_dask,
        ),
    ],
)
def test_a_wrong_scheduler_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = run_apart("clean", PLAIN, "-o", tmp_path / "out", "--text", "none", "-q", *arguments)
    assert (done.code, done.stdout, done.stderr) == (2, "", f"scanscrub: {said}\n")


def test_cleaning_a_clean_file_changes_no_byte(run: Run, tmp_path: Path) -> None:
    assert run("clean", PLAIN, PICTURE, "-o", tmp_path / "a").code == 0
    again = run("clean", tmp_path / "a", "-o", tmp_path / "b", "-f", "json")
    records = {record["output_name"]: record for record in json.loads(again.stdout) if record["output_name"]}
    assert len(records) == 2
    assert all(record["steps"] == [] for record in records.values())
    assert sorted(tree(tmp_path / "a").values()) == sorted(tree(tmp_path / "b").values())


def test_a_picture_that_became_dicom_is_clean_for_whoever_looks_later(run: Run, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "out"
    done = run("clean", PICTURE, PLAIN, "-o", out, "--as", "dicom", "--key", key, "--dicomdir")
    assert done.code == 0, done.stdout + done.stderr
    records = audit(out)
    assert [record["media_type"] for record in records] == ["PNG", "DICOM"]
    assert all(str(record["output_name"]).endswith(".dcm") for record in records)
    assert (out / "DICOMDIR").is_file()
    assert run("verify", out).code == 0
    assert run("check", *(out / str(record["output_name"]) for record in records), "--no-cache").code == 0
    again = run("clean", PICTURE, PLAIN, "-o", out, "--as", "dicom", "--key", key, "--resume", "-f", "jsonl")
    assert (again.code, again.stdout) == (0, ""), "there was something left to clean"
    assert again.stderr == "scanscrub: 2 files were done before: nothing is left to do.\n"


def test_a_run_goes_on_where_it_stopped(run: Run, tmp_path: Path, key: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(PLAIN, tmp_path / "in" / "1.dcm")
    assert run("clean", tmp_path / "in", "-o", tmp_path / "out", "--key", key, "--text", "none").code == 0
    first = tree(tmp_path / "out")
    with (tmp_path / "out" / "audit.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"input_ref": {"num')
    shutil.copy(SAMPLES / "mr-brain-t2.dcm", tmp_path / "in" / "2.dcm")
    options = ("--key", key, "--text", "none", "--resume", "-f", "jsonl")
    done = run("clean", tmp_path / "in", "-o", tmp_path / "out", *options)
    assert done.code == 0
    assert len(done.stdout.splitlines()) == 1
    assert "1 file: 1 clean except the pictures" in done.stderr
    assert done.stderr.endswith("1 file was done before.\n")
    assert first.items() < tree(tmp_path / "out").items()
    assert len(audit(tmp_path / "out")) == 2


def test_a_finished_run_has_nothing_left_to_do(run: Run, tmp_path: Path, key: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(PLAIN, tmp_path / "in")
    (tmp_path / "in" / "readme.txt").write_text("a text beside the images", encoding="utf-8")
    call = ("clean", PLAIN, PICTURE, "-o", tmp_path / "out", "--key", key, "--text", "none", "--resume")
    assert run(*call).code == 0
    (tmp_path / "out" / "report.html").unlink()
    again = run(*call)
    assert (again.code, again.stderr) == (0, "")
    first, then = again.stdout.splitlines()
    assert first == "2 files were done before: nothing is left to do."
    assert then.startswith("Pictures were not searched for text")
    assert (tmp_path / "out" / "report.html").is_file()
    assert len(audit(tmp_path / "out")) == 2
    beside = run(*call, tmp_path / "in", "-f", "jsonl")
    text, equal = map(json.loads, beside.stdout.splitlines())
    assert (beside.code, text["status"]) == (0, "IGNORED")
    assert equal["output_name"]  # an equal input has a copy of its own
    assert run(*call, "-q").stdout == ""


def test_what_was_refused_before_is_refused_again(run: Run, tmp_path: Path, key: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.dcm").write_bytes(PLAIN.read_bytes()[:3000])
    call = ("clean", PLAIN, tmp_path / "in" / "bad.dcm", "-o", tmp_path / "out", "--key", key, "--text", "none")
    assert run(*call).code == 3
    again = run(*call, "--resume")
    assert again.code == 3
    assert "1 file: 1 not cleaned. 1 file was done before.\n" in again.stdout
    assert "nothing to share" not in again.stdout
    journal = tmp_path / "out" / "audit.jsonl"
    copy, refused = audit(tmp_path / "out")
    assert (copy["status"], refused["status"]) == ("REVIEW", "REFUSED")
    earlier = {**refused, "refusal": {"reason": "An earlier version said so.", "hint": ""}}
    journal.write_text("".join(json.dumps(line) + "\n" for line in (copy, earlier)), encoding="utf-8")
    assert run(*call, "--resume").code == 3
    assert len(audit(tmp_path / "out")) == 3
    told = run("report", tmp_path / "out").stdout
    assert "\nREFUSED: 1, REVIEW: 1\n" in told
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "An earlier version" not in told + page


@pytest.mark.parametrize(
    "other", [("--text", "all"), ("--text", "none", "--retain", "uids"), ("--text", "none", "--as", "png")]
)
def test_a_run_does_not_go_on_with_other_options(run: Run, tmp_path: Path, key: Path, other: tuple[str, ...]) -> None:
    earlier = ("clean", PLAIN, "-o", tmp_path / "out", "--key", key)
    assert run(*earlier, "--text", "none").code == 0
    before = tree(tmp_path / "out")
    refused = run(*earlier, *other, "--resume")
    assert refused.code == 2
    assert "The earlier run had another profile" in refused.stderr
    assert tree(tmp_path / "out") == before


def test_a_run_does_not_go_on_with_another_key(run: Run, tmp_path: Path, key: Path) -> None:
    call = ("clean", PLAIN, "-o", tmp_path / "out", "--text", "none")
    assert run(*call, "--key", key).code == 0
    before = tree(tmp_path / "out")
    assert run("key", "new", tmp_path / "other").code == 0
    refused = run(*call, "--key", tmp_path / "other", "--resume")
    assert refused.code == 2
    assert "The earlier run had another key" in refused.stderr
    assert tree(tmp_path / "out") == before
    assert key.read_text(encoding="ascii")[:12] not in (tmp_path / "out" / "audit.jsonl").read_text(encoding="utf-8")


def test_a_killed_run_leaves_nothing_half_made(run: Run, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scanscrub", "clean", SAMPLES, "-o", tmp_path / "out", "--text", "none", "-y"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "out" / "audit.jsonl").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for path in tree(tmp_path / "out"):
        done = run("inspect", tmp_path / "out" / path, "--text", "none")
        assert "nothing found" in done.stdout
    assert [path for path in tmp_path.iterdir() if path.name != "out"] == []


def test_a_copy_that_was_not_recorded_is_taken_over_when_the_run_goes_on(run: Run, tmp_path: Path, key: Path) -> None:
    options = ("-o", tmp_path / "out", "--key", key, "--text", "none")
    assert run("clean", PLAIN, *options).code == 0
    before = tree(tmp_path / "out")
    (tmp_path / "out" / "audit.jsonl").write_bytes(b"")
    assert run("clean", PLAIN, *options, "--resume").code == 0
    assert tree(tmp_path / "out") == before
    assert len(audit(tmp_path / "out")) == 1


def test_the_index_of_a_disc_is_left_out_without_a_fuss(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(PLAIN, tmp_path / "in" / "1.dcm")
    assert run("clean", PLAIN, "-o", tmp_path / "disc", "--text", "none", "--dicomdir").code == 0
    shutil.copy(tmp_path / "disc" / "DICOMDIR", tmp_path / "in")
    done = run("clean", tmp_path / "in", "-o", tmp_path / "out", "--text", "none", "-f", "json")
    assert done.code == 0
    assert sorted(record["status"] for record in json.loads(done.stdout)) == ["IGNORED", "REVIEW"]


@pytest.mark.parametrize("executor", ["serial", "processes", pytest.param("dask", marks=needs_dask)])
def test_ctrl_c_keeps_what_is_finished_and_says_so(tmp_path: Path, executor: str) -> None:
    """In one process while a model looks; of workers it ends all, whatever they do: headers alone, of many files."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background ignores it
    (tmp_path / "in").mkdir()
    inputs, text = (SAMPLES, "all") if executor == "serial" else (tmp_path / "in", "none")
    for number in range(400):
        (tmp_path / "in" / str(number)).hardlink_to(PLAIN)
    options = ("--executor", executor, "--text", text)
    process = subprocess.Popen(
        [sys.executable, "-m", "scanscrub", "clean", inputs, "-o", tmp_path / "out", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "out" / "audit.jsonl").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert (
        err.splitlines()[-1]
        == "scanscrub: Stopped. Finished copies stay; nothing half-made is left. --resume goes on."
    )
    finished = {record["output_name"] for record in audit(tmp_path / "out")}
    assert finished <= set(tree(tmp_path / "out"))


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("clean", PLAIN, "-o", tmp_path / "out", "-n", "-f", "jsonl")
    assert done.code == 0
    assert json.loads(done.stdout)["status"] == "PLANNED"
    assert list(tmp_path.iterdir()) == []
    assert "Nothing was written." in run("clean", PLAIN, "-n", "--text", "none").stdout


def test_pictures_that_were_not_searched_are_never_called_free_of_writing(run: Run, tmp_path: Path) -> None:
    sentence = "were not searched for text"
    told = run("clean", PLAIN, "-o", tmp_path / "out", "--text", "none").stdout
    assert told.startswith("[1] clean except the pictures, which were not searched: ")
    assert "1 file: 1 clean except the pictures, which were not searched.\n" in told
    assert sentence in told
    assert sentence in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for command in (("inspect", PLAIN), ("clean", PLAIN, "-n"), ("verify", tmp_path / "out")):
        assert sentence in run(*command, "--text", "none").stdout
    assert sentence in run("report", tmp_path / "out").stdout


def test_the_crosswalk_is_private_and_outside_the_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    secret = tmp_path / "in" / "secret"
    assert run("clean", PLAIN, "-o", tmp_path / "out", "--text", "none", "--crosswalk", secret).code == 0
    for name in ("files.csv", "uids.csv", "patients.csv"):
        assert stat.S_IMODE((secret / name).stat().st_mode) == 0o600
    with (secret / "files.csv").open(newline="", encoding="utf-8") as stream:
        assert [row[1] for row in csv.reader(stream)] == ["input", str(PLAIN)]
    assert len((secret / "uids.csv").read_text(encoding="utf-8").splitlines()) > 3
    inside = run("clean", PLAIN, "-o", tmp_path / "out2", "--text", "none", "--crosswalk", tmp_path / "out2" / "x")
    assert inside.code == 2


def rows(file: Path) -> dict[str, str]:
    with file.open(newline="", encoding="utf-8") as stream:
        found = list(csv.DictReader(stream))
    numbers = [int(row["number"]) for row in found]
    assert numbers == list(range(1, len(found) + 1))
    return {row["input"]: row["output"] for row in found}


def test_the_crosswalk_tells_which_files_have_no_copy(run: Run, tmp_path: Path, key: Path) -> None:
    inside = tmp_path / "in" / "scans"
    (inside / "a").mkdir(parents=True)
    for bad in (inside / "10.dcm", inside / "a" / "1.dcm"):
        bad.write_bytes(PLAIN.read_bytes()[:3000])
    shutil.copy(PLAIN, inside / "2.dcm")
    (inside / "note.txt").write_text("a text beside the images", encoding="utf-8")
    secret = tmp_path / "in" / "secret"
    options = ("-o", tmp_path / "out", "--key", key, "--text", "none", "--crosswalk", secret)
    told = run("clean", inside, *options)
    assert told.code == 3
    assert "[1] not cleaned" in told.stdout
    assert "[4] not cleaned" in told.stdout
    assert "DIR/files.csv lists all files by name" in told.stdout
    (name,) = tree(tmp_path / "out")
    listed = {str(inside / "10.dcm"): "", str(inside / "2.dcm"): name, str(inside / "a" / "1.dcm"): ""}
    assert rows(secret / "files.csv") == {**listed, str(inside / "note.txt"): ""}
    shutil.copy(SAMPLES / "mr-brain-t2.dcm", inside / "10.dcm")
    assert run("clean", inside, *options, "--resume").code == 3
    (new,) = set(tree(tmp_path / "out")) - {name}
    assert rows(secret / "files.csv") == {**listed, str(inside / "note.txt"): "", str(inside / "10.dcm"): new}
    assert stat.S_IMODE((secret / "files.csv").stat().st_mode) == 0o600


def test_one_bad_file_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(PLAIN, tmp_path / "in" / "good.dcm")
    (tmp_path / "in" / "bad.dcm").write_bytes(PLAIN.read_bytes()[:3000])
    (tmp_path / "in" / "odd.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "in" / "readme.txt").write_text("a text beside the images", encoding="utf-8")
    done = run("clean", tmp_path / "in", "-o", tmp_path / "out", "--text", "none", "-f", "json")
    assert done.code == 3
    statuses = sorted(record["status"] for record in json.loads(done.stdout))
    assert statuses == ["IGNORED", "REFUSED", "REFUSED", "REVIEW"]
    assert len(tree(tmp_path / "out")) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["clean"], 2),
        (["clean", PLAIN, "-o", "out", "--colour"], 2),
        (["clean", PLAIN, "-o", "out", "--profile", "nonsense"], 2),
        (["clean", PLAIN, "-o", "out", "--retain", "nonsense"], 2),
        (["clean", PLAIN, "-o", "out", "--engine", "nonsense"], 2),
        (["clean", PLAIN, "-o", "out", "--resume"], 2),
        (["clean", "nowhere.dcm", "-o", "out"], 2),
        (["clean", "loop", "-o", "out"], 3),  # a link that leads nowhere stops nothing else
        (["clean", PLAIN, "-o", "taken"], 6),
        (["clean", "empty", "-o", "out"], 3),
        (["inspect", "nowhere.dcm"], 2),
        (["report", "nowhere.jsonl"], 2),
    ],
)
def test_exit_codes(
    run: Run, arguments: list[object], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    done = run(*arguments)
    assert done.code == code, done.stderr
    assert len([line for line in done.stderr.splitlines() if line.strip()]) >= (code != 3)


def test_a_zip_of_a_cd_is_opened(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    archive = shutil.make_archive(str(tmp_path / "in" / "cd"), "zip", SAMPLES / "CD")
    done = run("clean", archive, "-o", tmp_path / "out", "--text", "none", "-f", "jsonl")
    assert done.code == 0
    assert len(tree(tmp_path / "out")) >= 1


def test_inspect_tells_in_plain_words_and_exits_with_0(run: Run) -> None:
    done = run("inspect", PICTURE)
    assert done.code == 0
    assert "would give away" in done.stdout


def test_verify_says_which_writing_the_folder_was_cleaned_of(run: Run, tmp_path: Path) -> None:
    assert run("clean", PICTURE, "-o", tmp_path / "out", "--text", "none").code == 0
    done = run("verify", tmp_path / "out")
    assert done.code == 4
    assert done.stdout.endswith("It was cleaned with --text none: give verify the same.\n")


def test_verify_takes_the_profile_that_the_audit_names(run: Run, tmp_path: Path) -> None:
    assert run("clean", PLAIN, "-o", tmp_path / "out", "-p", "research", "--text", "none").code == 0
    assert run("verify", tmp_path / "out", "--text", "none").code == 0
    done = run("verify", tmp_path / "out", "--text", "none", "-p", "share")
    assert done.code == 4
    assert done.stdout.endswith("It was cleaned with the profile research: give verify the same (-p).\n")


def test_a_path_that_is_not_there_leaves_no_output_folder(run: Run, tmp_path: Path) -> None:
    assert run("clean", tmp_path / "nothing", "-o", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_an_output_folder_inside_an_input_is_no_input_and_that_is_said(run: Run, tmp_path: Path) -> None:
    shutil.copy(PLAIN, tmp_path / "scan.dcm")
    inside = ("clean", tmp_path, "-o", tmp_path / "out", "--text", "none")
    done = run(*inside)
    assert (done.code, len(audit(tmp_path / "out"))) == (0, 1)
    assert "The output folder lies inside an input folder: what is in it is left out." in done.stderr


def test_verify_accepts_a_clean_folder_and_sees_what_was_changed_or_added(run: Run, tmp_path: Path) -> None:
    assert run("clean", PLAIN, "-o", tmp_path / "out").code == 0
    held = run("verify", tmp_path / "out")
    assert (held.code, held.stdout) == (0, "1 file checked: all passed.\n")
    copy = next(tmp_path.joinpath("out").rglob("*.dcm"))
    copy.write_bytes(copy.read_bytes() + b"x")
    done = run("verify", tmp_path / "out")
    assert done.code == 4
    assert "the same bytes" in done.stdout
    assert "1 file checked: 1 failed.\n" in done.stdout
    assert "Give verify the same" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "csv", "html", "sarif"])
def test_an_audit_is_reported_in_every_form(run: Run, tmp_path: Path, form: str) -> None:
    assert run("clean", PLAIN, "-o", tmp_path / "out", "--text", "none").code == 0
    done = run("report", tmp_path / "out" / "audit.jsonl", "-f", form)
    assert done.code == 0
    assert "REVIEW" in done.stdout or form in {"html", "sarif"}
    assert len(done.stdout) > 100


def test_doctor_names_the_default_engine() -> None:
    done = run_apart("doctor")
    assert done.code == 0
    assert "ppocr (default)" in done.stdout
    assert "digest ok" in done.stdout
    assert "digest WRONG" not in done.stdout


def test_a_setting_of_the_project_is_read_and_an_unknown_one_is_an_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scanscrub.toml").write_text('text = "none"\nformat = "jsonl"\n', encoding="utf-8")
    done = run("clean", PLAIN, "-o", tmp_path / "out", "-y")
    assert json.loads(done.stdout)["status"] == "REVIEW"
    (tmp_path / "scanscrub.toml").write_text('txt = "none"\n', encoding="utf-8")
    assert run("clean", PLAIN, "-o", tmp_path / "out2").code == 2
    assert run("clean", PLAIN, "-o", tmp_path / "out3", "--isolated", "--text", "none").code == 0


def test_the_environment_stands_above_the_files_and_below_the_options(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scanscrub.toml").write_text('text = "none"\nformat = "json"\n', encoding="utf-8")
    environment = {"SCANSCRUB_FORMAT": "jsonl", "SCANSCRUB_RETAIN": "uids device-identity"}
    done = run("clean", PLAIN, "-n", env=environment)
    assert json.loads(done.stdout)["profile"].startswith("share")
    assert run("clean", PLAIN, "-n", "-f", "text", env=environment).stdout.startswith("[1]")


def test_no_network_and_a_home_that_cannot_be_written_do_not_matter(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rn", "true"], check=False).returncode:
        pytest.skip("this system does not let a test take the network away")
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "scanscrub", "clean", str(PLAIN), "-o", str(tmp_path / "out")],
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []


def test_rules_for_devices_hold_for_clean_check_inspect_and_verify_alike(run: Run, tmp_path: Path, key: Path) -> None:
    rules = tmp_path / "ward.script"
    rules.write_text('Our corner { Modality.equals("MR") } (0,0,40,9)', encoding="utf-8")
    given = ("--device-rules", rules)
    assert run("clean", PLAIN, "-o", tmp_path / "plain", "--key", key).code == 0
    assert run("clean", PLAIN, "-o", tmp_path / "out", "--key", key, *given).code == 0
    (record,) = audit(tmp_path / "out")
    assert "device rule line 1" in json.dumps(record)
    accused = run("check", tmp_path / "plain", "--no-cache", "-f", "concise", *given)
    assert (accused.code, "P003" in accused.stdout) == (1, True)
    assert run("check", tmp_path / "out", "--no-cache", *given).code == 0
    assert run("verify", tmp_path / "plain", *given).code == 4
    assert "the device rule 'line 1' says that a device prints text" in run("inspect", PLAIN, *given).stdout


@pytest.mark.parametrize("command", ["clean", "check", "inspect", "verify"])
def test_malformed_rules_for_devices_are_a_wrong_command(run: Run, tmp_path: Path, command: str) -> None:
    rules = tmp_path / "ward.script"
    rules.write_text('Our corner\n{ Modality.equals("MR" }\n(0,0,40,9)', encoding="utf-8")
    more = ("-n",) if command == "clean" else ()
    done = run(command, SAMPLES, *more, "--device-rules", rules)
    assert done.code == 2
    assert done.stderr.count("\n") == 1
    assert "line 2" in done.stderr


def test_rules_for_devices_without_looking_at_pixels_are_a_wrong_command(run: Run, tmp_path: Path) -> None:
    done = run("clean", PLAIN, "-o", tmp_path / "out", "--text", "none", "--device-rules", tmp_path / "any.toml")
    assert done.code == 2
    assert not (tmp_path / "out").exists()
