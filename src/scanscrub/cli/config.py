"""Configuration files: ``[tool.scanscrub]`` of pyproject.toml, scanscrub.toml, and a user's own.

Precedence: defaults < user < project < environment (``SCANSCRUB_<OPTION>``) < options. Keys are option
names with dashes or underscores. A key that no option has, a value of another type and a file that is no TOML
are errors, so that a typing mistake is not a leak. Paths in a file are relative to its folder.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanscrub import UsageError

NAMES: Final = ("scanscrub.toml", "pyproject.toml")
"""The configuration files of a project; the first that says something is read."""

_PATHS: Final = frozenset(
    {"key", "crosswalk", "baseline", "output_file", "device_rules", "pseudonyms", "review", "log_file"}
)
_TEXTS: Final = _PATHS | {
    *("profile", "text", "executor", "scheduler", "format", "min_severity", "as", "unlisted", "sort")
}
_LISTS: Final = frozenset({"retain", "clean", "engine"})
_SWITCHES: Final = frozenset(
    {"thorough", "quiet", "verbose", "color", "no_progress", "show_names", "exit_zero", "no_ignore", "no_cache"}
)
_NUMBERS: Final = frozenset({"jobs", "timeout_per_file", "max_failures"})
KEYS: Final = _TEXTS | _LISTS | _SWITCHES | _NUMBERS | {"allow"}

_CORRECT: Final = "Correct it, or run with --isolated."
_LINE: Final = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class _Settings:
    """What one file says; `folder` is where it lies, and its paths begin."""

    folder: Path
    values: Mapping[str, Any]


def default_map(file: Path | None, names: set[str], *, isolated: bool, command: str) -> dict[str, Any]:
    """Defaults for the options called `names` (an option ``as`` is the parameter ``as_``) of the `command`.

    Raises `UsageError`.
    """
    merged: dict[str, Any] = {}
    for settings in () if isolated else _files(file, command):
        merged.update({key: _placed(key, value, settings.folder) for key, value in settings.values.items()})
    merged.update(_environment())
    return {name: merged[key] for name in names if (key := name.rstrip("_").removesuffix("_option")) in merged}


def allow_entries(file: Path | None = None) -> list[tuple[Path, list[dict[str, Any]]]]:
    """The ``[[tool.scanscrub.allow]]`` tables of each configuration file, with the folder that it lies in.

    Raises `UsageError`.
    """
    return [(settings.folder, settings.values.get("allow", [])) for settings in _files(file)]


def config_files(file: Path | None, *, isolated: bool) -> list[Path]:
    """The files that `default_map` would read where they are there."""
    if isolated:
        return []
    return [file] if file is not None else [_users_own(), *_of_the_project()]


def _environment() -> dict[str, Any]:
    """``SCANSCRUB_PROFILE`` and the like; words separated by spaces where an option is repeatable."""
    found: dict[str, Any] = {}
    for key in KEYS - {"allow"}:
        value = os.environ.get(f"SCANSCRUB_{key.upper()}")
        if value is not None:
            found[key] = value.split() if key in _LISTS else value
    return found


def _files(file: Path | None, command: str = "scanscrub check") -> Iterator[_Settings]:
    if file is not None:
        settings = _settings(file, command)
        if settings is None:
            raise UsageError("The configuration file cannot be read.", "Check --config.")
        yield settings
        return
    own = _settings(_users_own(), command)
    if own is not None:
        yield own
    for path in _of_the_project():
        settings = _settings(path, command)
        if settings is not None and settings.values:
            yield settings
            return


def _users_own() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "scanscrub" / "scanscrub.toml"


def _of_the_project() -> Iterator[Path]:
    return (folder / name for folder in (Path.cwd(), *Path.cwd().parents) for name in NAMES)


def _settings(path: Path, command: str) -> _Settings | None:
    """What the file says of scanscrub; None where there is no such file."""
    try:
        data: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        if not os.path.lexists(path):
            return None
        sentence = f"{_called(path)} cannot be read as text in UTF-8."
        raise UsageError(sentence, _CORRECT) from None
    except (ValueError, RecursionError) as error:
        sentence = f"{_called(path)} is not valid TOML{_line(error)}."
        raise UsageError(sentence, _CORRECT) from None
    if path.name == "pyproject.toml" or "tool" in data:
        for name in ("tool", "scanscrub"):
            data = data.get(name, {})
            if not isinstance(data, dict):
                sentence = f"[tool.scanscrub] in {_called(path)} is no table."
                raise UsageError(sentence, _CORRECT)
    values = {key.replace("-", "_"): value for key, value in data.items()}
    for key, value in values.items():
        _require(key, value, path, command)
    return _Settings(Path(os.path.abspath(path)).parent, values)  # noqa: PTH100 - resolve() would follow links


def _called(path: Path) -> str:
    """The file as an error may name it: a name that somebody chose is not shown."""
    return path.name if path.name in NAMES else "The configuration file"


def _line(error: Exception) -> str:
    found = _LINE.search(str(error))
    return f" (line {found[1]})" if found else ""


def _require(key: str, value: object, path: Path, command: str) -> None:
    """Raise `UsageError` where no option has the key, or the value is of another type."""
    if key not in KEYS:
        sentence = f"{_called(path)} has an unknown key: {key!a}."
        raise UsageError(sentence, f"See '{command} --help'.")
    if key in _TEXTS:
        fits, wanted = isinstance(value, str), 'a text, in quotes: "..."'
    elif key in _LISTS:
        fits, wanted = _is_list(value, str), 'a list of texts: ["..."]'
    elif key in _SWITCHES:
        fits, wanted = isinstance(value, bool), "true or false"
    elif key in _NUMBERS:
        number = (int, float) if key == "timeout_per_file" else int
        fits, wanted = isinstance(value, number) and not isinstance(value, bool), "a number"
    else:
        fits, wanted = _is_list(value, dict), "tables: [[tool.scanscrub.allow]]"
    if not fits:
        sentence = f"{_called(path)}: {key} must be {wanted}."
        raise UsageError(sentence, _CORRECT)


def _is_list(value: object, of: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, of) for each in value)


def _placed(key: str, value: object, folder: Path) -> object:
    """The value; a relative path is one from the folder of its file."""
    if isinstance(value, str) and (key in _PATHS or (key == "profile" and value.endswith(".toml"))):
        return os.fspath(folder / value)
    return value
