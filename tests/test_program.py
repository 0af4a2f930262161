"""What the program of one file relies on; `.ci/build` makes it, and tries it with the samples."""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from scanscrub.api import check_fingerprint
from scanscrub.cli import doctor
from scanscrub.detect.engines.registry import ENGINES

ROOT = Path(__file__).parents[1]


def script(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / ".ci" / "program" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_it_starts_gets_the_libraries_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/unpacked")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/lib")
    monkeypatch.setenv("DYLD_LIBRARY_PATH", "/unpacked")
    script("entry")._give_back_library_paths()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/lib"
    assert not {"LD_LIBRARY_PATH_ORIG", "DYLD_LIBRARY_PATH"} & set(os.environ)


def test_a_worker_ends_before_anything_of_scanscrub_is_loaded() -> None:
    main = (ROOT / ".ci" / "program" / "entry.py").read_text(encoding="utf-8").partition('"__main__":')[2]
    assert 0 < main.index("freeze_support()") < main.index("from scanscrub")


def test_what_was_found_is_remembered_until_its_own_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "scanscrub"
    program.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(check_fingerprint, "_sources", lambda _: pytest.fail("these are unpacked at each start"))
    before = check_fingerprint._code()
    assert check_fingerprint._code() == before
    os.utime(program, ns=(1, 1))
    assert check_fingerprint._code() != before


def test_doctor_names_no_command_that_would_install_nothing_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "pip" not in doctor._to_install(ENGINES["easyocr"].install_command)


def test_its_page_of_licenses_has_the_text_of_each_package_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    licenses = script("licenses")
    monkeypatch.setattr(licenses, "_own_page", lambda _: "# Licenses")
    page = licenses.page_of_licenses("scanscrub", [])
    titles = {line.split()[1].lower() for line in page.splitlines() if line.startswith("## ")}
    assert {"scanscrub", "numpy", "pydicom", "pillow", "onnxruntime", "pypdfium2", "waitress", "python"} <= titles
    assert "openvino" not in titles, "extras are not in it"
    assert "Permission is hereby granted" in page
    monkeypatch.setattr(licenses, "_required", lambda _: [Nameless()])
    with pytest.raises(LookupError, match="says nothing of its license"):
        licenses.page_of_licenses("scanscrub", [])


class Nameless:
    """A distribution without any license."""

    name, version, files = "nameless", "1", ()

    class metadata:  # noqa: N801 - called as in importlib
        @staticmethod
        def get_all(_: str, otherwise: list[str]) -> list[str]:
            return otherwise


def test_both_kinds_of_ci_build_it_by_the_same_script() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "program.yml").read_text(encoding="utf-8"))
    job = yaml.safe_load((ROOT / ".ci" / "gitlab" / "program.yml").read_text(encoding="utf-8"))["scanscrub-program"]
    assert ".ci/build" in [step.get("run") for step in workflow["jobs"]["linux"]["steps"]]
    assert ".ci/build" in job["script"]
    assert os.access(ROOT / ".ci" / "build", os.X_OK)
