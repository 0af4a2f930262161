"""What README shows is true: commands, exit codes, dependencies."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from scanscrub import __version__
from scanscrub.checking.accepted.allow import parse_allows
from scanscrub.domain.errors import ExitCode
from scanscrub.domain.rules import Rule
from scanscrub.report.network_words import ENFORCED

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shell_lines() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines() if line.strip()]


def commands() -> list[list[str]]:
    """Every call of scanscrub in a shell block, its name first."""
    found = []
    for words in shell_lines():
        for place, word in enumerate(words):
            if word.split("/")[-1] == "scanscrub" and words[place - 1] != "install":
                found.append(words[place + 1 :])
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_commands_and_options_shown_exist(words: list[str]) -> None:
    names = [word for word in words if re.fullmatch(r"[a-z]+", word)]
    nested = names[:2] if names[0] in {"key", "profile", "baseline"} else names[:1]
    done = subprocess.run(
        [sys.executable, "-m", "scanscrub", *nested, "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PATH": "", "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    for option in (word for word in words if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", done.stdout), option


def test_the_accepted_findings_shown_are_understood() -> None:
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL)]
    (tables,) = (block["tool"]["scanscrub"]["allow"] for block in blocks if "tool" in block)
    assert [allow.rules for allow in parse_allows(tables)] == [{Rule.UID}]


def test_it_says_how_nothing_is_sent_in_the_words_of_the_report() -> None:
    assert ENFORCED in README.replace("\n", " ")


def test_the_table_of_exit_codes_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| (\d+(?:, \d+)*) \|", README, re.MULTILINE)
    shown = {int(code) for row in rows for code in row.split(", ")}
    assert shown == {code.value for code in ExitCode}


def test_every_dependency_is_explained_with_its_licence() -> None:
    table = README.split("## Dependencies, and why")[1]
    cells = [row.split("(")[0] for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)]
    shown = {name.strip() for cell in cells for name in cell.split(",")}
    declared = PROJECT["project"]["dependencies"] + [
        entry
        for extra, entries in PROJECT["project"]["optional-dependencies"].items()
        if extra not in {"dev", "all"}
        for entry in entries
    ]
    names = {re.match(r"[\w.-]+", entry)[0] for entry in declared}  # type: ignore[index] # a requirement has a name
    assert names == shown - {"package", "---"}


def test_the_hooks_shown_are_the_hooks_offered() -> None:
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(re.findall(r"scanscrub-check(?:-headers)?", README)) == offered


def test_the_revision_shown_is_this_release() -> None:
    """pre-commit warns of a branch at every call."""
    assert re.findall(r"^ +rev: (\S+)", README, re.MULTILINE) == [f"v{__version__}"]


def test_the_pictures_shown_are_there() -> None:
    for link in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / link).is_file(), link


def test_the_gate_that_people_run_is_the_one_that_ci_runs() -> None:
    assert ".ci/gate" in README
    assert ".ci/gate" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
