"""The functions that ``import scanscrub`` offers: paths as a person has them, options by keyword.

What they promise is in ``scanscrub help library``. Below them lie `cleaning` and `checks`, which the command line
uses as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypedDict, TypeVar, Unpack

from scanscrub.api import checks, cleaning, inspections
from scanscrub.api.accepted import acceptance
from scanscrub.api.checks import CheckOptions
from scanscrub.api.cleaning import CleanOptions
from scanscrub.api.listening import UNHEARD, Listening
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.check import CheckReport
from scanscrub.domain.errors import UsageError
from scanscrub.domain.inspection import Inspection
from scanscrub.domain.plan import Check
from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.output import journal

AnyPath: TypeAlias = str | PathLike[str]
Options = TypeVar("Options", CleanOptions, CheckOptions)


class CleanKeywords(TypedDict, total=False):
    """The fields of `CleanOptions`, as they may be given."""

    profile: str
    retain: Sequence[str]
    clean: Sequence[str]
    text: Literal["all", "identifying", "none"]
    engines: Sequence[str]
    thorough: bool
    form: Literal["dicom", "png"] | None
    key: AnyPath | None
    crosswalk: AnyPath | None
    jobs: int
    executor: Literal["serial", "processes", "dask"] | None
    scheduler: str | None
    resume: bool
    dry_run: bool
    device_rules: AnyPath | None
    timeout_per_file: float | None
    max_failures: int | None
    pseudonyms: AnyPath | None
    unlisted: Literal["refuse", "make"]
    sort: Literal["patient", "flat"]
    log_file: AnyPath | None


class CheckKeywords(TypedDict, total=False):
    """The fields of `CheckOptions`, as they may be given."""

    profile: str
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


_PATHS: Final = frozenset({"key", "crosswalk", "device_rules", "pseudonyms", "log_file"})
_LISTS: Final = frozenset({"retain", "clean", "engines"})
_CHOICES: Final[Mapping[str, tuple[str | None, ...]]] = {
    "text": ("all", "identifying", "none"),
    "form": (None, "dicom", "png"),
    "executor": (None, "serial", "processes", "dask"),
    "source": ("files", "staged", "history"),
    "unlisted": ("refuse", "make"),
    "sort": ("patient", "flat"),
}


def clean(
    paths: AnyPath | Iterable[AnyPath],
    output: AnyPath | None,
    options: CleanOptions | None = None,
    *,
    named: Callable[[int, str], None] | None = None,
    **keywords: Unpack[CleanKeywords],
) -> Iterator[AuditRecord]:
    """Clean every image below `paths` into the folder `output`; a record for each input, as they finish.

    The work is done as the records are asked for. `output` None is a dry run: what would be done. `named` gets number
    and path of each input before its record: no record has a path, as it may name the patient. Keywords change single
    `options`. Raises `UsageError`, `MissingDependencyError`, `OutputUnusableError` and `ClusterLostError`; a
    bad input is a record, no exception.
    """
    chosen = _chosen(options or CleanOptions(), keywords)
    folder = None if output is None or chosen.dry_run else Path(output)
    return cleaning.clean(_paths(paths), folder, chosen, Listening(named=named) if named else UNHEARD)


def check(
    paths: AnyPath | Iterable[AnyPath] = (),
    options: CheckOptions | None = None,
    *,
    baseline: AnyPath | None = None,
    **keywords: Unpack[CheckKeywords],
) -> CheckReport:
    """Look for patient data in every image below `paths`: places and rules, never a value.

    Without `paths` in the working folder. What `baseline` holds is accepted; no configuration file is read. Writes
    nothing but its cache (`cache` False: not even that). Raises `UsageError` and `MissingDependencyError`; a bad
    input is a finding.
    """
    chosen = _chosen(options or CheckOptions(), keywords)
    searched = _paths(paths) or ([Path()] if chosen.source == "files" else [])
    today = date.today()  # noqa: DTZ011 - the day where the user is
    return checks.check(searched, chosen, acceptance(None if baseline is None else Path(baseline), today))


def inspect(
    paths: AnyPath | Iterable[AnyPath], options: CleanOptions | None = None, **keywords: Unpack[CleanKeywords]
) -> Iterator[Inspection]:
    """Tell of every input below `paths` what would leak, and write nothing. In order, when all were looked at.

    Raises `UsageError` and `MissingDependencyError`; a bad input is a record, no exception.
    """
    return inspections.inspect(_paths(paths), _chosen(options or CleanOptions(), keywords))


def verify(
    folder: AnyPath, options: CleanOptions | None = None, **keywords: Unpack[CleanKeywords]
) -> Iterator[tuple[str, tuple[Check, ...]]]:
    """Look at every file of a cleaned folder again, as a stranger would: its name there, and its checks.

    `options` are those that it was cleaned with. Raises `UsageError` and `MissingDependencyError`.
    """
    return cleaning.verify(Path(folder), _chosen(options or CleanOptions(), keywords))


def read_audit(path: AnyPath) -> list[AuditRecord]:
    """The records of an output folder or of its ``audit.jsonl``, one an input: of those tried again, the last.

    Raises `UsageError` where there is none.
    """
    audit = Path(path)
    return journal.standing(journal.records(audit / journal.NAME if audit.is_dir() else audit))


def write_dicomdir(folder: AnyPath) -> None:
    """Write a DICOMDIR over the clean DICOM copies of an output folder. Raises `UsageError` where it has no audit."""
    cleaning.write_dicomdir(Path(folder))


def _paths(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    if isinstance(paths, (str, PathLike)):
        return [Path(paths)]
    return [Path(path) for path in paths]


def _chosen(options: Options, keywords: Mapping[str, Any]) -> Options:
    """The options with these changes, each of its type. Raises `UsageError`; `TypeError` for an unknown keyword."""
    chosen = replace(options, **keywords)
    typed: dict[str, Any] = {}
    for name, allowed in _CHOICES.items():
        if getattr(chosen, name, allowed[0]) not in allowed:
            known = ", ".join(str(one) for one in allowed)
            raise UsageError("An option has a value that it cannot have.", f"{name} is one of: {known}.")
    for name in _PATHS:
        if getattr(chosen, name, None) is not None:
            typed[name] = Path(getattr(chosen, name))
    for name in _LISTS:
        value = getattr(chosen, name)
        typed[name] = (value,) if isinstance(value, str) else tuple(value)
    typed["text"] = TextMode(chosen.text)
    return replace(chosen, **typed)
