"""What `inspect` says is no more than what it looked at."""

import re
from pathlib import Path

import pytest

from factory_pictures import grey, saved
from running_check import Workplace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def test_pictures_that_were_not_searched_are_not_called_harmless(place: Workplace) -> None:
    place.write("export.png", saved(grey(), "PNG"))
    ran = place.run("inspect", ".", "--text", "none")
    assert ran.code == 0
    assert ran.lines == [
        "File 1 (PNG): nothing found beside its pictures.",
        "The pictures were not searched for writing: names that are burned into them were not looked for.",
    ]


def test_a_folder_without_an_image_is_said_to_have_none(place: Workplace) -> None:
    place.write("README.md", b"# Nothing to see\n")
    assert place.run("inspect", ".", "--text", "none").lines == ["No image was found."]


def test_the_help_does_not_say_that_inspect_masks(place: Workplace) -> None:
    assert not re.search("(?i)mask", place.run("inspect", "--help").stdout)
