"""``scanscrub baseline``: accept findings with a reason, and look through what was accepted."""

import os
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanscrub.cli.check import (
    BaselineFile,
    CheckedPaths,
    Jobs,
    MinSeverity,
    NoIgnore,
    TextOption,
    acceptance,
    baseline_file,
)  # fmt: skip
from scanscrub.cli.console import guarded_streams
from scanscrub.cli.options import Clean, Config, DeviceRules, Engine, Isolated, ProfileName, Retain
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.report.findings.formats import in_words, shown

if TYPE_CHECKING:
    from scanscrub.api.accepted import Accepted

EXAMPLE = 'Example: scanscrub baseline update data/ --reason "phantoms"'

app = typer.Typer(help="Accept findings of `check`, each with a reason.", no_args_is_help=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("The day of --until is not understood.", "Write it as YYYY-MM-DD.") from None


@app.command("update", epilog='Example: scanscrub baseline update --reason "phantom, no patient" phantoms/')
def update(  # noqa: PLR0913 - one parameter an option
    paths: CheckedPaths = None,
    reason: Annotated[str, typer.Option(help="Why the findings are accepted; it goes into the file.")] = "",
    until: Annotated[
        date | None, typer.Option(parser=_day, metavar="YYYY-MM-DD", help="The last day they are accepted.")
    ] = None,
    text: TextOption = TextMode.ALL,
    baseline: BaselineFile = None,
    *,
    jobs: Jobs = 0,
    min_severity: MinSeverity = Severity.HYGIENE,
    profile: ProfileName = "share",
    retain: Retain = None,
    clean: Clean = None,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    no_ignore: NoIgnore = False,
    isolated: Isolated = False,
    config: Config = None,
) -> None:
    """Accept what `check` finds now, and drop what it no longer finds.

    The file holds rules, paths, places and the digests of the files, no values. An entry lapses when its file
    changes. A file whose bytes could not be read cannot be accepted, nor a name that identifies somebody. Made
    with --text none, it holds nothing of the pixels. What was accepted before keeps its reason until it is dropped
    with `baseline review`. Paths begin at the file's folder: the top of a git work tree, unless there is one already.
    """
    if not reason.strip():
        raise UsageError("An accepted finding needs a reason.", 'Say why it is harmless: --reason "..."')
    if until and until < date.today():  # noqa: DTZ011 - the day where the user is
        raise UsageError("The last day is over.", "Give --until a day to come, or leave it out.")
    from scanscrub.api.accepted import UNACCEPTABLE, accept_all, baseline_text  # noqa: PLC0415 - not for --help

    with guarded_streams() as (stdout, stderr):
        from scanscrub.api.checks import CheckOptions, check, examines_all, looked_for  # noqa: PLC0415 - the same

        options = CheckOptions(
            profile=profile,
            retain=tuple(retain or ()),
            clean=tuple(clean or ()),
            text=text,
            engines=tuple(engine or ("ppocr",)),
            minimum=min_severity,
            ignore=not no_ignore,
            jobs=jobs,
            device_rules=device_rules,
        )
        file = baseline_file(baseline)
        accepted = acceptance(file, config, isolated=isolated)
        searched = paths or [Path()]
        report = check(searched, options, accepted)
        stderr.writelines(f"scanscrub: {note}\n" for note in report.notes)
        kept = accepted.holding(looked_for(options.text), everything=examines_all(searched, options, accepted))
        new = accept_all(report.files, reason.strip(), until)
        _write(file, baseline_text([*kept, *new]))
        place = "" if file.parent == Path.cwd() else f" The baseline is {shown(os.path.relpath(file))}."
        reasons = ", for the reason given then" if kept else ""
        stdout.write(f"{len(new):,} accepted, {len(kept):,} accepted before{reasons}.{place}\n")
        unread = sum(not file.record.digest and bool(file.open) for file in report.files)
        if unread:
            stdout.write(f"{unread:,} could not be read and cannot be accepted.\n")
        named = sum(finding.rule in UNACCEPTABLE for file in report.files for finding in file.open)
        if named:
            stdout.write(
                f"{named:,} for a name ({', '.join(UNACCEPTABLE)}) cannot be accepted here, as a baseline may"
                " not hold the name: rename, or allow such names with [[tool.scanscrub.allow]].\n"
            )


@app.command("review", epilog="Example: scanscrub baseline review")
def review(baseline: BaselineFile = None) -> None:
    """Walk through what was accepted, file by file: keep it or drop it.

    After quitting, what was not shown yet is kept, and what was dropped is gone. Ctrl-C leaves the file as it was.
    """
    from scanscrub.api.accepted import baseline_text, read_baseline  # noqa: PLC0415 - not for --help

    file = baseline_file(baseline)
    entries = sorted(read_baseline(file), key=lambda entry: (entry.path, entry.reason))
    kept: list[Accepted] = []
    groups = [list(group) for _, group in groupby(entries, key=lambda entry: (entry.path, entry.reason))]
    for number, group in enumerate(groups, 1):
        typer.echo(f"\n[{number}/{len(groups)}] {_described(group)}")
        answer = _answer()
        if answer == "quit":
            kept += [entry for rest in groups[number - 1 :] for entry in rest]
            break
        if answer == "keep":
            kept += group
    _write(file, baseline_text(kept))
    typer.echo(f"\n{len(kept):,} kept, {len(entries) - len(kept):,} dropped.")


def _answer() -> str:
    """One of the three answers, of which a letter is enough."""
    while True:
        given = typer.prompt("keep, drop, or quit with the rest kept (k, d, q)", default="keep").strip().lower()
        for answer in ("keep", "drop", "quit"):
            if given and answer.startswith(given):
                return answer


def _described(group: "Sequence[Accepted]") -> str:
    first = group[0]
    lines = [shown(first.path)]
    for (severity, rule), entries in groupby(sorted(group, key=_rank), key=lambda each: (each.severity, each.rule)):
        lines.append(f"  {severity or '':<14}  {rule:<4}  {in_words(entries)}")
    lines.append(f"  accepted because: {shown(first.reason)}")
    if first.until:
        lapsed = " (over)" if first.until < date.today() else ""  # noqa: DTZ011 - the day where the user is
        lines.append(f"  until {first.until.isoformat()}{lapsed}")
    return "\n".join(lines)


def _rank(entry: "Accepted") -> tuple[int, int]:
    """The gravest first, as `check` shows them."""
    return len(Severity) if entry.severity is None else entry.severity.rank, list(Rule).index(entry.rule)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        raise OutputUnusableError("The baseline cannot be written.", "Check its folder and your rights.") from None
