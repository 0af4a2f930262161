"""The sentences of the pages: a file for each language, which all have the same names."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from scanscrub import UsageError

_FOLDER: Final = Path(__file__).parent / "sentences"
ENGLISH: Final = "en"
_ASKED: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""POSIX's variables, the strongest first."""


def languages() -> tuple[str, ...]:
    """The codes of ISO 639 of all languages that there are."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def language_for(asked: str | None) -> str:
    """The language of that code, or the system's where none was asked for. Raises `UsageError` for an unknown one."""
    if asked is None:
        return system_language()
    if asked not in languages():
        raise UsageError("There is no such language.", f"There are: {', '.join(languages())}.")
    return asked


def system_language(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the system asks for; English where there is none of it."""
    asked = next(filter(None, (environment.get(name, "") for name in _ASKED)), "") or _of_windows()
    code = asked[:2].lower()
    return code if code in languages() else ENGLISH


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Each sentence by its name. ``{name}`` in one is a place that the page fills in."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _of_windows() -> str:
    import locale  # noqa: PLC0415 - asked where the environment says nothing

    return (locale.getlocale()[0] or "").replace("German", "de").replace("Spanish", "es")
