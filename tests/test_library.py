"""What ``import scanscrub`` offers, used as a stranger would use it."""

import ast
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path
from types import FunctionType

import pytest

import scanscrub
from dask_clusters import needs_dask
from factory_dicom import ct_file
from scanscrub.api.keywords import CheckKeywords, CleanKeywords
from scanscrub.execute.main_module import without_main_module

ROOT = Path(__file__).parents[1]
COMMAND_LINE = ROOT / "src" / "scanscrub" / "cli"
SCRIPT = """
import sys

import scanscrub

for record in scanscrub.clean("in", "out", text="none", jobs=1, executor={executor!r}):
    print(record.status, record.output_name is not None, record.refusal)
print("begun", sys.modules["__main__"].__name__)
"""
"""A program without a ``__main__`` guard."""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.dcm").write_bytes(ct_file(patient_id=f"Zqcanary-{number}"))
    return folder


def begun(command: list[str], folder: Path, given: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        input=given,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("way", ["file", "module", "stdin", "command"])
@pytest.mark.usefixtures("scans")
def test_a_plain_script_without_a_guard_runs_once_and_cleans_in_worker_processes(way: str, tmp_path: Path) -> None:
    script = SCRIPT.format(executor="processes")
    (tmp_path / "program.py").write_text(script)
    commands = {
        "file": (["program.py"], ""),
        "module": (["-m", "program"], ""),
        "stdin": (["-"], script),
        "command": (["-c", script], ""),
    }
    command, given = commands[way]
    assert begun(command, tmp_path, given) == ["REVIEW True None"] * 3 + ["begun __main__"]


def test_the_example_of_the_documentation_runs_as_it_stands(scans: Path) -> None:
    page = (ROOT / "src" / "scanscrub" / "docs" / "library.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    home = scans / "home"
    home.mkdir()
    (home / "example.py").write_text(f"{first}\n{second}")
    (home / "scans").mkdir()
    for scan in scans.glob("*.dcm"):
        scan.rename(home / "scans" / scan.name)
    lines = begun(["example.py"], home)
    assert [line.split()[0] for line in lines] == ["REVIEW"] * 6  # without a key all are made anew


@pytest.mark.parametrize("executor", [pytest.param("dask", marks=needs_dask)])
@pytest.mark.usefixtures("scans")
def test_a_plain_script_runs_once_on_a_cluster_as_well(executor: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(SCRIPT.format(executor=executor))
    assert begun(["program.py"], tmp_path) == ["REVIEW True None"] * 3 + ["begun __main__"]


def test_the_program_is_known_again_when_all_threads_have_started_their_workers() -> None:
    program = sys.modules["__main__"]
    seen: list[object] = []
    inside, outside = threading.Event(), threading.Event()

    def start() -> None:
        with without_main_module():
            inside.set()
            outside.wait(60)

    thread = threading.Thread(target=start)
    thread.start()
    assert inside.wait(60)
    with without_main_module():
        seen.append(getattr(sys.modules["__main__"], "__spec__", None))
        seen.append(hasattr(sys.modules["__main__"], "__file__"))
    assert sys.modules["__main__"] is not program
    outside.set()
    thread.join()
    assert seen == [None, False]
    assert sys.modules["__main__"] is program


def test_to_import_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, scanscrub; scanscrub.__version__; dir(scanscrub);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pydicom', 'PIL', 'typer', 'onnxruntime', 'dask')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_to_build_the_command_line_loads_nothing_heavy() -> None:
    code = (
        "import sys; from scanscrub.cli.app import application; application();"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pydicom', 'PIL', 'jinja2', 'onnxruntime', 'cv2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_name_is_there_and_listed() -> None:
    for name in scanscrub.__all__:
        assert getattr(scanscrub, name) is not None
    assert set(scanscrub.__all__) <= set(dir(scanscrub))


def test_type_checkers_see_each_public_name_where_it_is_loaded_from() -> None:
    tree = ast.parse(Path(scanscrub.__file__).read_text(encoding="utf-8"))
    (typed,) = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    seen = {name.name: node.module for node in typed.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert seen == scanscrub._HOME_OF
    assert {*seen, "__version__"} == {*scanscrub.__all__}


def test_each_public_function_and_type_says_what_it_is_for() -> None:
    named = [name for name in scanscrub.__all__ if isinstance(getattr(scanscrub, name), type | FunctionType)]
    page = (ROOT / "src" / "scanscrub" / "docs" / "library.md").read_text(encoding="utf-8")
    assert len(named) > 40
    without = [name for name in named if not getdoc(getattr(scanscrub, name))]
    only_fields = [name for name in named if str(getattr(scanscrub, name).__doc__).startswith(f"{name}(")]
    assert (without, only_fields) == ([], [])
    assert [name for name in scanscrub.__all__ if f"`{name}`" not in page and f"`{name}(" not in page] == []


def test_the_command_line_uses_public_names_and_nothing_else_of_the_library() -> None:
    """Beside them what it shares with reports in words, the page, and the guard, which comes before all else."""
    used = [use for path in sorted(COMMAND_LINE.rglob("*.py")) for use in used_of_scanscrub(path)]
    assert {"clean", "check", "inspect", "verify", "CleanOptions"} <= set(used)
    allowed = tuple(f"scanscrub.{room}." for room in ("cli", "report", "offline", "web"))
    assert [use for use in used if use not in scanscrub.__all__ and not f"{use}.".startswith(allowed)] == []


def used_of_scanscrub(path: Path) -> Iterator[str]:
    """What a module takes of the package: its attributes by their names, modules by their paths."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "scanscrub":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scanscrub."):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("scanscrub."))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "scanscrub":
            yield node.attr


def test_an_unknown_name_is_no_attribute() -> None:
    assert not hasattr(scanscrub, "anonymise_everything")


def test_the_keywords_are_the_fields_of_the_options() -> None:
    assert list(CleanKeywords.__annotations__) == list(scanscrub.CleanOptions.__dataclass_fields__)
    assert list(CheckKeywords.__annotations__) == list(scanscrub.CheckOptions.__dataclass_fields__)


def test_one_path_as_text_is_cleaned_like_several_as_paths(scans: Path, tmp_path: Path) -> None:
    one = list(scanscrub.clean(str(scans / "0.dcm"), str(tmp_path / "one"), text="none"))
    all_of_them = list(scanscrub.clean(sorted(scans.iterdir()), tmp_path / "all", text="none", jobs=1))
    assert [record.status for record in [*one, *all_of_them]] == [scanscrub.Status.REVIEW] * 4


def test_what_was_cleaned_is_read_verified_and_reported(scans: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    records = list(scanscrub.clean([str(scans)], output, text="none", jobs=1))
    assert scanscrub.read_audit(output) == scanscrub.read_audit(output / "audit.jsonl") == records
    assert all(check.passed for _, checks in scanscrub.verify(str(output), text="none") for check in checks)
    scanscrub.write_dicomdir(output)
    scanscrub.write_report(str(output))
    assert {"report.html", "DICOMDIR"} <= {path.name for path in output.iterdir()}


def test_without_an_output_folder_nothing_is_written(scans: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    (record, *_) = scanscrub.clean(scans, None, text="none", jobs=1)
    (other, *_) = scanscrub.clean(scans, tmp_path / "out", text="none", jobs=1, dry_run=True)
    assert record.status == other.status == scanscrub.Status.PLANNED
    assert sorted(tmp_path.rglob("*")) == before


def test_check_finds_what_clean_would_take_and_accepts_what_a_baseline_holds(scans: Path, tmp_path: Path) -> None:
    report = scanscrub.check(scans, text="none", cache=False)
    assert report.found
    assert {finding.rule for file in report.files for finding in file.open} >= {scanscrub.Rule.IDENTITY}
    empty = tmp_path / "baseline.json"
    empty.write_text(json.dumps({"version": 1, "accepted": []}))
    assert scanscrub.check(scans, text="none", cache=False, baseline=str(empty)).found


def test_an_inspection_tells_of_each_input_what_would_leak(scans: Path) -> None:
    inspections = list(scanscrub.inspect(str(scans), text="none", jobs=1))
    assert [inspection.record.status for inspection in inspections] == [scanscrub.Status.PLANNED] * 3
    assert all(inspection.record.text == "none" for inspection in inspections)
    assert all(inspection.record.steps for inspection in inspections)


def test_a_baseline_is_made_read_and_used_by_paths_as_text(scans: Path, tmp_path: Path) -> None:
    baseline = str(tmp_path / "baseline.json")
    done = scanscrub.update_baseline(str(scans), baseline=baseline, reason="phantoms", text="none", cache=False)
    assert (done.accepted > 0, done.accepted_before, done.unread) == (True, 0, 0)
    assert not scanscrub.check(str(scans), text="none", cache=False, baseline=baseline).found
    accepted = scanscrub.read_acceptance(baseline, [(str(tmp_path), [])])
    assert not scanscrub.check(str(scans), text="none", cache=False, baseline=accepted).found
    scanscrub.write_baseline(baseline, scanscrub.read_baseline(baseline)[1:])
    assert scanscrub.check(str(scans), text="none", cache=False, baseline=baseline).found
    with pytest.raises(scanscrub.UsageError):
        scanscrub.update_baseline(str(scans), baseline=baseline, reason=" ")


def test_profiles_are_described_and_found_again_by_paths_as_text(scans: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\n', encoding="utf-8")
    assert [profile.name for profile in scanscrub.list_profiles()] == ["share", "research"]
    assert scanscrub.describe_profile(own).sentences == scanscrub.describe_profile(str(own)).sentences
    list(scanscrub.clean(str(scans), tmp_path / "out", text="none", jobs=1, profile="research"))
    assert scanscrub.profile_of(str(tmp_path / "out")) == "research"
    assert scanscrub.earlier_in(str(tmp_path / "out")) is scanscrub.Earlier.FINISHED
    assert scanscrub.folder_beside(str(scans)).parent == tmp_path


def test_callbacks_are_told_what_no_record_holds(scans: Path) -> None:
    named: list[tuple[int, str]] = []
    recorded: list[scanscrub.AuditRecord] = []
    callbacks = scanscrub.RunCallbacks(named=lambda *one: named.append(one), recorded=recorded.append)
    assert list(scanscrub.clean(scans, None, text="none", jobs=1, callbacks=callbacks)) == recorded
    assert named == [(number + 1, str(scans / f"{number}.dcm")) for number in range(3)]


def test_an_option_with_another_value_than_it_can_have_is_refused(scans: Path) -> None:
    with pytest.raises(scanscrub.UsageError):
        scanscrub.clean(scans, None, text="everything")  # type: ignore[arg-type] # on purpose
    with pytest.raises(scanscrub.UsageError):
        scanscrub.check(scans, source="the cloud")  # type: ignore[arg-type] # on purpose


def test_single_names_and_paths_as_text_are_taken_as_options(scans: Path, tmp_path: Path) -> None:
    key = tmp_path / "study.key"
    key.write_text("5c" * 32)
    key.chmod(0o600)
    options = scanscrub.CleanOptions(profile="research")
    records = [
        next(scanscrub.clean(scans, None, options, text="none", key=str(key), retain="uids", jobs=1))
        for _ in range(2)
    ]
    assert records[0].input_ref == records[1].input_ref
    assert records[0].profile.startswith("research")
