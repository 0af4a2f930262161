"""Configuration files: ``[tool.scanscrub]`` of pyproject.toml, scanscrub.toml, and a user's own.

Precedence: defaults < user < project < environment (``SCANSCRUB_<OPTION>``) < options. Keys are option
names with dashes or underscores. A key that no
option has is an error, so that a typing mistake is not a leak.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanscrub.domain.errors import UsageError

KEYS = frozenset({
    "profile", "retain", "clean", "text", "engine", "thorough", "key", "crosswalk", "jobs", "executor", "scheduler",
    "format", "quiet", "verbose", "color", "no_progress", "baseline", "exit_zero", "output_file", "min_severity",
    "no_ignore", "no_cache", "as", "device_rules", "allow",
})  # fmt: skip

REPEATABLE = frozenset({"retain", "clean", "engine"})


def default_map(file: Path | None, names: set[str], *, isolated: bool) -> dict[str, Any]:
    """Defaults for the options called `names` (an option ``as`` is the parameter ``as_``). Raises `UsageError`."""
    merged: dict[str, Any] = {}
    for settings in () if isolated else _files(file):
        merged.update(settings)
    merged.update(_environment())
    return {name: merged[key] for name in names if (key := name.rstrip("_").removesuffix("_option")) in merged}


def allow_entries(file: Path | None = None) -> list[dict[str, Any]]:
    """The ``[[tool.scanscrub.allow]]`` tables of all configuration files. Raises `UsageError`."""
    return [entry for settings in _files(file) for entry in settings.get("allow", [])]


def _environment() -> dict[str, Any]:
    """``SCANSCRUB_PROFILE`` and the like; words separated by spaces where an option is repeatable."""
    found: dict[str, Any] = {}
    for key in KEYS - {"allow"}:
        value = os.environ.get(f"SCANSCRUB_{key.upper()}")
        if value is not None:
            found[key] = value.split() if key in REPEATABLE else value
    return found


def _files(file: Path | None) -> Iterator[Mapping[str, Any]]:
    if file is not None:
        yield _settings(file, required=True)
        return
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    yield _settings(Path(home) / "scanscrub" / "scanscrub.toml", required=False)
    for folder in (Path.cwd(), *Path.cwd().parents):
        for name in ("scanscrub.toml", "pyproject.toml"):
            settings = _settings(folder / name, required=False)
            if settings:
                yield settings
                return


def _settings(path: Path, *, required: bool) -> Mapping[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError:
        if path.name == "pyproject.toml":
            return {}
        raise UsageError("A configuration file is not valid TOML.", "Mend it, or run with --isolated.") from None
    except (OSError, UnicodeDecodeError):
        if required:
            raise UsageError("The configuration file cannot be read.", "Check --config.") from None
        return {}
    if path.name == "pyproject.toml" or "tool" in data:
        data = data.get("tool", {}).get("scanscrub", {})
    settings = {key.replace("-", "_"): value for key, value in data.items()}
    unknown = sorted(set(settings) - KEYS)
    if unknown:
        sentence = f"The configuration has an unknown key: {unknown[0]}."
        raise UsageError(sentence, "See 'scanscrub clean --help'.")
    return settings
