"""What the public functions take: paths as a person has them, options by keyword."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypedDict, TypeVar

from scanscrub.api.options import CheckOptions, CleanOptions
from scanscrub.domain.errors import UsageError
from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode

AnyPath: TypeAlias = str | PathLike[str]
Options = TypeVar("Options", CleanOptions, CheckOptions)


class CleanKeywords(TypedDict, total=False):
    """The fields of `CleanOptions`, as they may be given."""

    profile: AnyPath
    retain: Sequence[str]
    clean: Sequence[str]
    text: Literal["all", "identifying", "none"]
    engines: Sequence[str]
    thorough: bool
    form: Literal["dicom", "png"] | None
    key: AnyPath | bytes | None
    crosswalk: AnyPath | None
    jobs: int
    executor: Literal["serial", "processes", "dask"] | None
    scheduler: str | None
    resume: bool
    dry_run: bool
    device_rules: AnyPath | None
    timeout_per_file: float | None
    max_failures: int | None
    review: AnyPath | None
    pseudonyms: AnyPath | None
    unlisted: Literal["refuse", "make"]
    sort: Literal["patient", "flat"]
    log_file: AnyPath | None


class CheckKeywords(TypedDict, total=False):
    """The fields of `CheckOptions`, as they may be given."""

    profile: AnyPath
    retain: Sequence[str]
    clean: Sequence[str]
    text: Literal["all", "identifying", "none"]
    engines: Sequence[str]
    minimum: Severity
    source: Literal["files", "staged", "history"]
    ignore: bool
    cache: bool
    jobs: int
    device_rules: AnyPath | None


_PATHS: Final = frozenset({"key", "crosswalk", "device_rules", "review", "pseudonyms", "log_file"})
_LISTS: Final = frozenset({"retain", "clean", "engines"})
_CHOICES: Final[Mapping[str, tuple[str | None, ...]]] = {
    "text": ("all", "identifying", "none"),
    "form": (None, "dicom", "png"),
    "executor": (None, "serial", "processes", "dask"),
    "source": ("files", "staged", "history"),
    "unlisted": ("refuse", "make"),
    "sort": ("patient", "flat"),
}


def path_list(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    """One path or several."""
    if isinstance(paths, (str, PathLike)):
        return [Path(paths)]
    return [Path(path) for path in paths]


def chosen_options(options: Options, keywords: Mapping[str, Any]) -> Options:
    """The options with these changes, each of its type. Raises `UsageError`; `TypeError` for an unknown keyword."""
    chosen = replace(options, **keywords)
    typed: dict[str, Any] = {}
    for name, allowed in _CHOICES.items():
        if getattr(chosen, name, allowed[0]) not in allowed:
            known = ", ".join(str(one) for one in allowed)
            raise UsageError("An option has a value that it cannot have.", f"{name} is one of: {known}.")
    for name in _PATHS:
        given = getattr(chosen, name, None)
        if given is not None and not isinstance(given, bytes):
            typed[name] = Path(given)
    for name in _LISTS:
        value = getattr(chosen, name)
        typed[name] = (value,) if isinstance(value, str) else tuple(value)
    typed["text"] = TextMode(chosen.text)
    typed["profile"] = os.fspath(chosen.profile)
    return replace(chosen, **typed)
