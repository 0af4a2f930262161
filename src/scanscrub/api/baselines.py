"""`update_baseline` as a function: a check whose findings are accepted from now on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks
from scanscrub.api.checks import checked, examines_all, looked_for, searched
from scanscrub.api.keywords import AnyPath, CheckKeywords, chosen_options, path_list
from scanscrub.api.options import CheckOptions
from scanscrub.checking.accepted.acceptance import AllowTables, read_acceptance
from scanscrub.checking.accepted.baseline import UNACCEPTABLE, accept_all, write_baseline
from scanscrub.domain.errors import UsageError
from scanscrub.domain.rules import Severity


@dataclass(frozen=True, slots=True)
class BaselineUpdate:
    """How many findings were accepted by now, how many of them of severity identity, and how many before; how many
    cannot be, as the file could not be read, or as they are of a name (of which rules); and what is to be said of the
    search.
    """

    accepted: int
    identity: int
    accepted_before: int
    unread: int
    names: int
    name_rules: tuple[str, ...]
    notes: tuple[str, ...]


def update_baseline(  # noqa: PLR0913 - a check, and what is said of its findings
    paths: AnyPath | Iterable[AnyPath],
    options: CheckOptions | None = None,
    *,
    baseline: AnyPath,
    reason: str,
    until: date | None = None,
    allow: AllowTables = (),
    callbacks: RunCallbacks = NO_CALLBACKS,
    **keywords: Unpack[CheckKeywords],
) -> BaselineUpdate:
    """Accept in the file `baseline` what `check` finds now, for this `reason`; drop what it no longer finds.

    Entries hold until the day `until`. `allow` are the patterns of configuration files, each file's with its folder.
    Raises `UsageError`, `MissingDependencyError` and `OutputUnusableError`.
    """
    if not reason.strip():
        raise UsageError("An accepted finding needs a reason.", 'Say why it is harmless: --reason "..."')
    chosen = chosen_options(options or CheckOptions(), keywords)
    file, searched_paths = Path(baseline), path_list(paths)
    accepted = read_acceptance(file, allow, required=False)
    report = checked(searched_paths, chosen, accepted, callbacks)
    kept = accepted.holding(
        looked_for(chosen.text), everything=examines_all(searched(searched_paths, chosen), chosen, accepted)
    )
    new = accept_all(report.files, reason.strip(), until)
    write_baseline(file, [*kept, *new])
    return BaselineUpdate(
        len(new),
        sum(entry.severity is Severity.IDENTITY for entry in new),
        len(kept),
        unread=sum(not file.record.digest and bool(file.open) for file in report.files),
        names=sum(finding.rule in UNACCEPTABLE for file in report.files for finding in file.open),
        name_rules=tuple(sorted(UNACCEPTABLE)),
        notes=report.notes,
    )
