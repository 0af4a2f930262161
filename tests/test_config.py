"""Configuration files: what is wrong in one is said in one line, and never passed over."""

from pathlib import Path

import pytest

from running_check import Workplace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


COMMANDS = [
    ("check",),
    ("baseline", "update", "--reason", "why"),
    ("clean", ".", "-n"),
    ("inspect", "."),
    ("verify", "."),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_broken_pyproject_is_one_line_and_a_wrong_configuration(place: Workplace, command: tuple[str, ...]) -> None:
    place.write("pyproject.toml", b'[project]\nname = "x"\n[tool.scanscrub\ntext = "none"\n')
    ran = place.run(*command)
    assert (ran.code, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line == "scanscrub: pyproject.toml is not valid TOML (line 3). Correct it, or run with --isolated."
    assert place.run("check", "--isolated").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tool = 3", "[tool.scanscrub] in pyproject.toml is no table."),
        ("[tool]\nscanscrub = 3", "[tool.scanscrub] in pyproject.toml is no table."),
        ('[tool.scanscrub]\nretain = "uids"', 'pyproject.toml: retain must be a list of texts: ["..."].'),
        ("[tool.scanscrub]\nretain = [1]", 'pyproject.toml: retain must be a list of texts: ["..."].'),
        ('[tool.scanscrub]\njobs = "2"', "pyproject.toml: jobs must be a number."),
        ("[tool.scanscrub]\njobs = true", "pyproject.toml: jobs must be a number."),
        ('[tool.scanscrub]\nno-ignore = "no"', "pyproject.toml: no_ignore must be true or false."),
        ("[tool.scanscrub]\ntext = 1", 'pyproject.toml: text must be a text, in quotes: "...".'),
        ("[tool.scanscrub.allow]\nreason = 'x'", "pyproject.toml: allow must be tables: [[tool.scanscrub.allow]]."),
        ("[tool.scanscrub]\nallow = ['x']", "pyproject.toml: allow must be tables: [[tool.scanscrub.allow]]."),
        ("[tool.scanscrub]\ntxt = 'none'", "pyproject.toml has an unknown key: 'txt'."),
        (f"[tool.scanscrub]\njobs = {'1' * 5000}", "pyproject.toml is not valid TOML."),
        ("[tool.scanscrub]\nretain = " + "[" * 100_000, "pyproject.toml is not valid TOML."),
    ],
)
def test_a_setting_of_the_wrong_type_is_said(place: Workplace, text: str, said: str) -> None:
    place.write("pyproject.toml", text.encode())
    ran = place.check()
    assert (ran.code, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"scanscrub: {said}")


def test_a_configuration_that_cannot_be_read_is_said(place: Workplace) -> None:
    place.write("pyproject.toml", b"[tool.scanscrub]\n# \xff")
    assert place.check().code == 2
    (place.folder / "pyproject.toml").unlink()
    (place.folder / "pyproject.toml").symlink_to("nowhere")
    assert place.check().code == 2
    assert place.check("--config", "nowhere.toml").code == 2


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_the_hint_for_an_unknown_key_names_the_command(place: Workplace, command: tuple[str, ...]) -> None:
    place.write("scanscrub.toml", b'txt = "none"\n')
    words = "baseline update" if command[0] == "baseline" else command[0]
    assert f"See 'scanscrub {words} --help'." in place.run(*command).stderr


def test_paths_in_a_configuration_begin_at_its_folder(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("pyproject.toml", b'[tool.scanscrub]\nprofile = "ours.toml"\n')
    place.write("ours.toml", b'extends = "share"\n')
    place.write("deep/ct.dcm")
    assert place.check("--min-severity", "identity").code == 1
    monkeypatch.chdir(place.folder / "deep")
    assert place.check("--min-severity", "identity").code == 1
