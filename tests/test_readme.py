"""What README and the pages of the documentation show is true: commands, exit codes, dependencies."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from scanscrub.checking.accepted.allow import parse_allows
from scanscrub.cli.app import COMMANDS, application, path_application
from scanscrub.cli.help import TOPICS
from scanscrub.domain.errors import ExitCode, UsageError
from scanscrub.domain.rules import Rule
from scanscrub.report.network_words import ENFORCED

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "src" / "scanscrub"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "src/scanscrub/docs").glob("*.md"))}
SHOWN = "\n".join([README, *PAGES.values()])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shell_lines() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", SHOWN, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", "").splitlines() if line.strip()]
    return [shlex.split(line, comments=True) for line in lines]


def commands() -> list[list[str]]:
    """Every call of scanscrub in a shell block, its name first."""
    found = []
    for words in shell_lines():
        for place, word in enumerate(words):
            if word.split("/")[-1] == "scanscrub" and words[place - 1] != "install":
                found.append(words[place + 1 :])
    return found


def test_readme_can_be_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= 125


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_commands_and_options_shown_exist(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    names = [word for word in words if re.fullmatch(r"[a-z]+", word)]
    if "/" in words[0]:  # a path, without a command
        path_application()([words[0], "--help"], standalone_mode=False)
        assert "PATH" in capfd.readouterr().out
        return
    nested = names[:2] if names[0] in {"key", "profile", "baseline"} else names[:1]
    monkeypatch.setenv("COLUMNS", "200")
    application(nested[:1])([*nested, "--help"], standalone_mode=False)
    shown = capfd.readouterr().out
    for option in (word for word in words if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", shown), option


def test_the_accepted_findings_shown_are_understood() -> None:
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", SHOWN, re.DOTALL)]
    (tables,) = (block["tool"]["scanscrub"]["allow"] for block in blocks if "tool" in block)
    assert [allow.rules for allow in parse_allows(tables)] == [{Rule.UID}]


def test_it_says_how_nothing_is_sent_in_the_words_of_the_report() -> None:
    assert ENFORCED in PAGES["threat-model"].replace("\n", " ")


def test_the_table_of_exit_codes_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| (\d+(?:, \d+)*) \|", PAGES["exit-codes"], re.MULTILINE)
    shown = {int(code) for row in rows for code in row.split(", ")}
    assert shown == {code.value for code in ExitCode}


def test_every_dependency_is_explained_with_its_licence() -> None:
    assert "docs/contributing.md" in README
    table = PAGES["contributing"].split("## Dependencies")[1].split("\n##")[0]
    cells = [row.split("(")[0] for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)]
    shown = {name.strip() for cell in cells for name in cell.split(",")}
    to_build = [entry for entry in PROJECT["build-system"]["requires"] if not entry.startswith("hatchling")]
    declared = (
        to_build
        + PROJECT["project"]["dependencies"]
        + [
            entry
            for extra, entries in PROJECT["project"]["optional-dependencies"].items()
            if extra not in {"dev", "all"}
            for entry in entries
        ]
    )
    names = {re.match(r"[\w.-]+", entry)[0] for entry in declared}  # type: ignore[index] # a requirement has a name
    assert names == shown - {"package", "---"}


def test_the_hooks_shown_are_the_hooks_offered() -> None:
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    for text in (README, PAGES["checking"]):
        assert set(re.findall(r"scanscrub-check(?:-headers)?", text)) == offered


def test_no_revision_is_shown_that_the_repository_may_not_have() -> None:
    """pre-commit warns of a branch at every call."""
    assert re.findall(r"^ +rev: ([^#]+?) +#", SHOWN, re.MULTILINE) == ["<tag or commit>"] * 2


def test_the_pictures_shown_are_there() -> None:
    for link in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / link).is_file(), link


def test_the_gate_that_people_run_is_the_one_that_ci_runs() -> None:
    assert ".ci/gate" in README
    assert ".ci/gate" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_commands_named_in_running_text_exist() -> None:
    named = {words.split()[0] for words in re.findall(r"`scanscrub ([a-z][^`]*)`", SHOWN.replace("\n", " "))}
    assert named <= set(COMMANDS)


def test_the_topics_that_are_pointed_at_exist() -> None:
    pointed = re.findall(r"`scanscrub help ([a-z-]+)`", SHOWN.replace("\n", " "))
    assert pointed
    assert set(pointed) <= set(TOPICS)


def test_every_page_has_a_topic_and_every_topic_a_page() -> None:
    pages = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "docs").iterdir()} | {"ARCHITECTURE.md"}
    assert sorted(page for page, _ in TOPICS.values()) == sorted(pages)


@pytest.mark.parametrize("topic", TOPICS)
def test_help_shows_the_page_of_a_topic(topic: str, capfd: pytest.CaptureFixture[str]) -> None:
    application(["help"])(["help", topic], standalone_mode=False)
    assert capfd.readouterr().out.rstrip() == (PACKAGE / TOPICS[topic][0]).read_text(encoding="utf-8").rstrip()


@pytest.mark.parametrize("topic", [topic for topic, (page, _) in TOPICS.items() if page.endswith(".md")])
def test_help_on_a_narrow_terminal_breaks_no_word(
    topic: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    application(["help"])(["help", topic], standalone_mode=False)
    shown = re.sub(r"\x1b\[[\d;]*m", "", capfd.readouterr().out)
    assert max(map(len, shown.splitlines())) <= 40
    prose = re.sub(r"```.*?```", "", PAGES.get(topic, ""), flags=re.DOTALL)
    assert set(re.findall(r"^(\w+) ", prose, re.MULTILINE)) <= set(shown.split())


def test_help_without_a_topic_lists_them_all(capfd: pytest.CaptureFixture[str]) -> None:
    application(["help"])(["help"], standalone_mode=False)
    assert [line.split()[0] for line in capfd.readouterr().out.splitlines()] == list(TOPICS)


def test_help_on_an_unknown_topic_names_those_that_there_are() -> None:
    with pytest.raises(UsageError) as raised:
        application(["help"])(["help", "surgery"], standalone_mode=False)
    assert "guide" in raised.value.hint


def test_a_page_that_points_at_another_points_at_one_that_is_there() -> None:
    named = re.findall(r"`([\w-]+(?:\.schema)?\.(?:md|json))` beside", SHOWN)
    assert named
    for name in named:
        assert (PACKAGE / "docs" / name).is_file(), name


def test_no_sentence_suggests_a_package_name_that_a_stranger_could_take() -> None:
    """An extra is named in a folder (``.[dask]``); what is installed by name is a package that this one needs."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    told = re.findall(r"""pip(?:x)? install ([^"'`\n;&#]+|'[^']+')""", "\n".join([*sources, SHOWN]))
    extras = [entry for group in PROJECT["project"]["optional-dependencies"].values() for entry in group]
    known = {re.split(r"[<>=\[;]", entry)[0] for entry in [*PROJECT["project"]["dependencies"], *extras]}
    named = {word for said in told for word in said.split() if re.fullmatch(r"[a-z][\w.=-]*(\[.*)?", word)}
    assert named
    assert {re.split(r"[=\[]", word)[0] for word in named} <= known


def test_a_python_too_old_is_named() -> None:
    code = "import sys, runpy; sys.version_info = (3, 9, 6); runpy.run_module('scanscrub', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scanscrub needs Python 3.11 or newer.")
    assert len(done.stderr.splitlines()) == 1
