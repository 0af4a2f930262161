"""Nothing leaves the machine, and nothing is written where it is not ours: real processes, traced."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import pytest

import tracing
from dask_clusters import MISSING
from scanscrub.offline.allowed import Allowed
from scanscrub.report.network_words import LIFTED
from shared_results import made_once
from tracing import NOT_OPENVINO, SYSTEM_HAS_NO_FILTER, Traced

SAMPLES = Path(__file__).parents[1] / "samples" / "files"
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
RUNS: dict[str, tuple[tuple[object, ...], More]] = {
    "clean by onnxruntime": (("clean", *INPUTS, "-o", "../out", "--crosswalk", "../crosswalk"), ONNXRUNTIME),
    "clean by openvino": (("clean", *INPUTS, "-o", "../out"), OPENVINO),
    "clean by workers": (("clean", LITTLE, "-o", "../out", "-j", "2"), ONNXRUNTIME),
    "check by onnxruntime": (("check", LITTLE), ONNXRUNTIME),
    "check by openvino": (("check", LITTLE), OPENVINO),
    "inspect": (("inspect", LITTLE), ONNXRUNTIME),
    "verify": (("verify", "../../cleaned"), ONNXRUNTIME),
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
    RUNS["clean by dask"] = (("clean", LITTLE, "-o", "../out", "-j", "2", "--executor", "dask"), ONNXRUNTIME)
if find_spec("easyocr") is not None:
    looked = ("clean", INPUTS[0], "-o", "../out", "--engine", "easyocr")
    RUNS["clean by easyocr"] = (looked, ONNXRUNTIME)
    RUNS["clean without a filter by easyocr"] = (looked, {"before": SYSTEM_HAS_NO_FILTER})
if find_spec("openvino") is None:
    RUNS = {name: run for name, run in RUNS.items() if run[1] is not OPENVINO and "openvino" not in name}
EXPECTED = {"check by onnxruntime": 1, "check by openvino": 1}


def named(*, filtered: bool, dask: bool = False) -> list[object]:
    """The names of such runs, as parameters."""
    names = [name for name in RUNS if ("without" not in name) == filtered and ("dask" in name) == dask]
    return [pytest.param(name, marks=[pytest.mark.easyocr] if "easyocr" in name else []) for name in names]


def trace_all(folder: Path, names: set[str]) -> dict[str, int]:
    """The exit code of each of these runs, all at once; each leaves its folder."""
    cleaned = [sys.executable, "-m", "scanscrub", "clean", str(LITTLE), "-o", str(folder / "cleaned")]
    subprocess.run(cleaned, check=True, capture_output=True)
    running = {name: tracing.start(folder / name, RUNS[name][0], **RUNS[name][1]) for name in sorted(names)}
    return {name: tracing.ended(folder / name, process).code for name, process in running.items()}


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Traced]:
    """The runs that tests ask for; made by one process of the test run, and read by the others."""
    asking = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = {str(item.callspec.params["name"]) for item in asking if item.module is request.module}

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


@pytest.mark.parametrize("name", named(filtered=True, dask=True))
def test_a_cluster_of_our_own_gets_tcp_on_this_machine_and_says_so(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.code == 0, run.said
    assert set(run.addressed()) == {"AF_INET 127.0.0.1"}
    assert {socket.partition("|")[0] for socket in run.sockets()} == {"AF_INET, SOCK_STREAM"}
    assert LIFTED[Allowed.OWN_CLUSTER] in run.said


@pytest.mark.parametrize("name", [*named(filtered=True), *named(filtered=False), *named(filtered=True, dask=True)])
def test_only_our_own_files_are_written(traced: dict[str, Traced], name: str) -> None:
    run = traced[name]
    assert run.calls
    assert run.foreign() == []
    assert run.left() == []
