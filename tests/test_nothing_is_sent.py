"""Nothing leaves the machine, and nothing is written where it is not ours: real processes, traced."""

import json
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import pytest
import yaml

import tracing
from dask_clusters import MISSING, in_processes_of_its_own
from factory_check import git, repository
from scanscrub.offline.allowed import Allowed
from scanscrub.report.network_words import LIFTED
from shared_results import made_once
from tracing import NOT_OPENVINO, SYSTEM_HAS_NO_FILTER, Traced

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "files"
INPUTS = (SAMPLES / "ct-export.png", SAMPLES / "mr-brain-t2.dcm")
LITTLE = INPUTS[1]
"""Small, and with writing: all libraries and models are loaded for it."""

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="strace is a Linux program"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (.ci/run installs it)"),
]


class More(TypedDict, total=False):
    """What `tracing.start` takes beside the arguments."""

    before: str
    site: str


ONNXRUNTIME: More = {"site": NOT_OPENVINO}
OPENVINO: More = {}
IN_THE_REPOSITORY: More = {**ONNXRUNTIME, "before": "import os; os.chdir('../../repository')"}
HEADERS = ("check", "--text", "none")
BY_A_SCHEDULER = "clean by a scheduler"
SCHEDULER = object()
"""Stands for the address of somebody else's scheduler, which is started with the runs."""
_HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
_HEADERS_HOOK = next(hook for hook in _HOOKS if hook["id"].endswith("headers"))
HOOK = (*shlex.split(_HEADERS_HOOK["entry"])[1:], *_HEADERS_HOOK["args"], LITTLE)
RUNS: dict[str, tuple[tuple[object, ...], More]] = {
    "clean by onnxruntime": (("clean", *INPUTS, "-o", "../out", "--crosswalk", "../crosswalk"), ONNXRUNTIME),
    "clean by openvino": (("clean", *INPUTS, "-o", "../out"), OPENVINO),
    "clean by workers": (("clean", LITTLE, "-o", "../out", "-j", "2"), ONNXRUNTIME),
    "check by onnxruntime": (("check", LITTLE), ONNXRUNTIME),
    "check of what is staged": ((*HEADERS, "--staged"), IN_THE_REPOSITORY),
    "check of a history": ((*HEADERS, "--history"), IN_THE_REPOSITORY),
    "check as the hook": (tuple(HOOK), ONNXRUNTIME),
    "inspect by openvino": (("inspect", LITTLE), OPENVINO),
    "verify by openvino": (("verify", "../../cleaned"), OPENVINO),
    "doctor": (("doctor",), ONNXRUNTIME),
    "clean without a filter by onnxruntime": (
        ("clean", LITTLE, "-o", "../out"),
        {**ONNXRUNTIME, "before": SYSTEM_HAS_NO_FILTER},
    ),
    "clean without a filter by openvino": (
        ("clean", LITTLE, "-o", "../out"),
        {**OPENVINO, "before": SYSTEM_HAS_NO_FILTER},
    ),
}
if not MISSING:
    by_theirs = ("--executor", "dask", "--scheduler", SCHEDULER)
    RUNS[BY_A_SCHEDULER] = (("clean", LITTLE, "-o", "../out", "--text", "none", *by_theirs), ONNXRUNTIME)
    RUNS["clean by dask"] = (("clean", LITTLE, "-o", "../out", "-j", "2", "--executor", "dask"), ONNXRUNTIME)
if find_spec("easyocr") is not None:
    looked = ("clean", LITTLE, "-o", "../out", "--engine", "easyocr")
    RUNS["clean by easyocr"] = (looked, ONNXRUNTIME)
    RUNS["clean without a filter by easyocr"] = (looked, {"before": SYSTEM_HAS_NO_FILTER})
if find_spec("openvino") is None:
    RUNS = {name: run for name, run in RUNS.items() if run[1] is not OPENVINO and "openvino" not in name}
EXPECTED = {name: 1 for name in RUNS if name.startswith("check")}


def named(*, filtered: bool, dask: bool = False) -> list[object]:
    """The names of such runs, as parameters."""
    over_tcp = {"clean by dask", BY_A_SCHEDULER}
    names = [name for name in RUNS if ("without" not in name) == filtered and (name in over_tcp) == dask]
    return [pytest.param(name, marks=[pytest.mark.easyocr] if "easyocr" in name else []) for name in names]


def trace_all(folder: Path, names: set[str]) -> dict[str, int]:
    """The exit code of each of these runs, all at once; each leaves its folder."""
    cleaned = [sys.executable, "-m", "scanscrub", "clean", str(LITTLE), "-o", str(folder / "cleaned")]
    subprocess.run(cleaned, check=True, capture_output=True)
    staged = repository(folder / "repository")
    shutil.copy(LITTLE, staged)
    git(staged, "add", "-A")
    git(staged, "commit", "-q", "-m", "scans")
    shutil.copy(LITTLE, staged / "again.dcm")
    git(staged, "add", "-A")
    is_asked_for = BY_A_SCHEDULER in names
    with in_processes_of_its_own(staged.parent) if is_asked_for else nullcontext("") as scheduler:
        running = {name: _started(folder, name, scheduler) for name in sorted(names)}
        return {name: tracing.ended(folder / name, process).code for name, process in running.items()}


def _started(folder: Path, name: str, scheduler: str) -> "subprocess.Popen[bytes]":
    arguments, more = RUNS[name]
    return tracing.start(folder / name, [scheduler if one is SCHEDULER else one for one in arguments], **more)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Traced]:
    """The runs that tests ask for; made by one process of the test run, and read by the others."""
    asking = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = {str(item.callspec.params["name"]) for item in asking if item.module is request.module} & RUNS.keys()

    def trace(folder: Path) -> None:
        (folder / "codes.json").write_text(json.dumps(trace_all(folder, names)), encoding="utf-8")

    folder = made_once(tmp_path_factory, "traced", trace)
    codes = json.loads((folder / "codes.json").read_text(encoding="utf-8"))
    return {name: tracing.read(folder / name, code) for name, code in codes.items()}


@pytest.mark.parametrize("name", named(filtered=True))
def test_no_socket_is_made_and_nobody_tries_to_reach_anything(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.code == EXPECTED.get(name, 0), run.said
    assert run.calls
    assert run.sockets() == []
    assert run.addressed() == []


@pytest.mark.parametrize("name", named(filtered=False))
def test_where_the_system_has_no_filter_nobody_tries_to_reach_anything(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.code == 0, run.said
    assert run.calls
    assert run.addressed() == []


@pytest.mark.skipif(bool(MISSING), reason="the extra scanscrub[dask] is not installed")
@pytest.mark.parametrize("name", ["clean by dask"])
def test_a_cluster_of_our_own_gets_tcp_on_this_machine_and_says_so(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.code == 0, run.said
    assert set(run.addressed()) == {"AF_INET 127.0.0.1"}
    assert {socket.partition("|")[0] for socket in run.sockets()} == {"AF_INET, SOCK_STREAM"}
    assert LIFTED[Allowed.OWN_CLUSTER] in run.said


@pytest.mark.skipif(bool(MISSING), reason="the extra scanscrub[dask] is not installed")
@pytest.mark.parametrize("name", [BY_A_SCHEDULER])
def test_a_users_cluster_is_all_that_is_reached_for(traced: dict[str, Traced], name: str) -> None:
    """But for a daemon of this machine, which makes numbers for Dask where there is one."""
    run = traced[name]
    assert run.code == 0, run.said
    assert set(run.addressed()) - {"AF_UNIX"} == {"AF_INET 127.0.0.1"}
    assert LIFTED[Allowed.THEIR_CLUSTER] in run.said


@pytest.mark.parametrize("name", [*named(filtered=True), *named(filtered=False), *named(filtered=True, dask=True)])
def test_only_our_own_files_are_written(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.calls
    assert run.foreign() == []
    assert run.left() == []
