"""The step for GitHub Actions and the job for GitLab: their own commands, run by bash in a scratch repository."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from factory_check import git, repository
from factory_dicom import ct_file
from factory_pictures import gray, saved

CI = Path(__file__).parents[1] / ".ci"
ACTION: dict[str, Any] = yaml.safe_load((CI / "github" / "action.yml").read_text(encoding="utf-8"))
JOB: dict[str, Any] = yaml.safe_load((CI / "gitlab" / "check.yml").read_text(encoding="utf-8"))["scanscrub"]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a scan and a picture; its runner has a `pip` that only notes what it was asked for."""
    folder = repository(tmp_path / "in" / "repo")
    (folder / "scan of one").mkdir()
    (folder / "scan of one" / "ct.dcm").write_bytes(ct_file())
    (folder / "plot.png").write_bytes(saved(gray(), "PNG"))
    git(folder, "add", "-A")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, does in (
        ("pip", 'printf "%s\\n" "$@" > "$HOME/installed"'),
        ("scanscrub", f'exec "{sys.executable}" -m scanscrub "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return folder


def run(repo: Path, commands: str, **variables: str) -> subprocess.CompletedProcess[str]:
    home = repo.parents[1]
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), **variables}
    # As both runners do it: each command ends the job where it fails.
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", commands],
        cwd=repo,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def on_github(repo: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step's shell commands with its inputs, as its expressions say."""
    given = {name: about["default"] for name, about in ACTION["inputs"].items()} | inputs
    steps = [step for step in ACTION["runs"]["steps"] if "run" in step]
    assert [step["shell"] for step in steps] == ["bash", "bash"]
    values = {f"${{{{ inputs.{name} }}}}": value for name, value in given.items()}
    values["${{ github.action_path }}"] = str(CI / "github")
    for step in steps[:-1]:
        run(repo, step["run"], **{name: values[text] for name, text in step["env"].items()}).check_returncode()
    return run(repo, steps[-1]["run"], **{name: values[text] for name, text in steps[-1]["env"].items()})


def on_gitlab(repo: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in JOB["variables"].items() if name != "XDG_CACHE_HOME"}
    return run(
        repo,
        "\n".join(JOB["script"]),
        **given | {"SCANSCRUB_SOURCE": "git+https://example.org/scanscrub"} | variables,
    )


def test_no_expression_stands_in_a_shell_command() -> None:
    """An input would be run as a command there; in the environment it is a value."""
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]
    assert ACTION["runs"]["using"] == "composite"


def test_both_remember_what_was_found_in_the_folder_that_check_uses() -> None:
    cached = next(step for step in ACTION["runs"]["steps"] if str(step.get("uses", "")).startswith("actions/cache@"))
    assert cached["with"]["path"] == "~/.cache/scanscrub"
    assert JOB["variables"]["XDG_CACHE_HOME"] == "$CI_PROJECT_DIR/.cache"
    assert JOB["cache"]["paths"] == [".cache/scanscrub/"]


def test_the_step_installs_its_own_repository_and_stops_at_a_scan(repo: Path) -> None:
    ran = on_github(repo, text="none")
    assert ran.returncode == 1, ran.stderr
    assert "::error file=scan of one/ct.dcm,title=H0" in ran.stdout
    installed = (repo.parents[1] / "installed").read_text(encoding="utf-8").splitlines()
    assert (Path(installed[-1]) / "pyproject.toml").is_file()
    assert (repo.parents[1] / "cache" / "scanscrub").is_dir()


def test_the_step_passes_what_is_clean_by_paths_with_spaces_and_options_in_them(repo: Path) -> None:
    (repo / "scan of one" / "ct.dcm").write_bytes(saved(gray(), "PNG"))
    (repo / "--exit-zero").mkdir()
    (repo / "--exit-zero" / "plot.png").write_bytes(saved(gray(), "PNG"))
    git(repo, "add", "-A")
    ran = on_github(repo, text="none", paths="scan of one\n\n--exit-zero\n")
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_job_stops_at_a_scan_and_leaves_a_report_that_gitlab_reads(repo: Path) -> None:
    ran = on_gitlab(repo, SCANSCRUB_TEXT="none")
    assert ran.returncode == 1, ran.stderr
    suites = ET.parse(repo / JOB["artifacts"]["reports"]["junit"]).getroot()  # noqa: S314 - our own file
    assert suites.get("failures") == "1"
    assert JOB["artifacts"]["when"] == "always"
    (repo / "scan of one" / "ct.dcm").unlink()
    assert on_gitlab(repo, SCANSCRUB_TEXT="none").returncode == 0


def test_the_job_installs_nothing_by_a_name_that_a_stranger_could_take(repo: Path) -> None:
    ran = on_gitlab(repo, SCANSCRUB_SOURCE=JOB["variables"]["SCANSCRUB_SOURCE"])
    assert (ran.returncode, ran.stderr.startswith("Set SCANSCRUB_SOURCE")) == (2, True)
    assert not (repo.parents[1] / "installed").exists()
