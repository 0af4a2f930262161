"""``scanscrub baseline``: accept findings with a reason, and look through what was accepted."""

import os
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

import scanscrub
from scanscrub import Accepted, BaselineUpdate, CheckOptions, Rule, Severity, TextMode, UsageError
from scanscrub.cli.check import (
    BaselineFile,
    CheckedPaths,
    Jobs,
    MinSeverity,
    NoIgnore,
    TextOption,
    allow_tables,
    baseline_file,
)  # fmt: skip
from scanscrub.cli.options import Clean, Config, DeviceRules, Engine, Isolated, ProfileName, Retain
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.report.findings.formats import in_words, printable

EXAMPLE = 'Example: scanscrub baseline update data/ --reason "phantoms"'

app = typer.Typer(help="Accept findings of `check`, with a reason.", no_args_is_help=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("The day of --until is not understood.", "Write it as YYYY-MM-DD.") from None


@app.command("update", epilog='Example: scanscrub baseline update --reason "phantom, no patient" phantoms/')
def update(  # noqa: PLR0913 - one parameter an option
    paths: CheckedPaths = None,
    reason: Annotated[str, typer.Option(help="Why the findings are accepted; stored in the file.")] = "",
    until: Annotated[
        date | None, typer.Option(parser=_day, metavar="YYYY-MM-DD", help="Last day on which they are accepted.")
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

    The baseline holds rules, paths, places and digests of files, and no values. An entry expires when its file
    changes. A file that could not be read and a name that identifies someone cannot be accepted. With --text none,
    the baseline has no findings in pixels. A finding that was accepted before keeps its reason until `baseline
    review` drops it. A new baseline is written to the top of the git work tree. Paths start at its folder. Exit 2
    without a reason, or if the last day is over.
    """
    if until and until < date.today():  # noqa: DTZ011 - the day where the user is
        raise UsageError("The last day is over.", "Give --until a day to come, or leave it out.")
    file = baseline_file(baseline)
    with guarded_streams() as (stdout, stderr):
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
        patterns = allow_tables(config, isolated=isolated)
        done = scanscrub.update_baseline(
            paths or (), options, baseline=file, reason=reason, until=until, allow=patterns
        )
        stderr.writelines(f"scanscrub: {note}\n" for note in done.notes)
        stdout.write("\n".join(_told(done, file)) + "\n")


def _told(done: BaselineUpdate, file: Path) -> Iterator[str]:
    grave = f" ({done.identity:,} of severity identity)" if done.accepted else ""
    reasons = ", for the reason given then" if done.accepted_before else ""
    yield f"{done.accepted:,} accepted{grave}, {done.accepted_before:,} accepted before{reasons}."
    yield f"Written to {printable(os.path.relpath(file))}."
    if done.unread:
        yield f"{done.unread:,} could not be read and cannot be accepted."
    if done.names:
        yield (
            f"{done.names:,} for a name ({', '.join(done.name_rules)}) cannot be accepted here, as a baseline may"
            " not hold the name: rename, or allow such names with [[tool.scanscrub.allow]]."
        )


@app.command("review", epilog="Example: scanscrub baseline review")
def review(baseline: BaselineFile = None) -> None:
    """Go through the accepted findings file by file, and keep or drop them.

    If you quit, findings not shown yet are kept, and dropped ones are gone. Ctrl-C leaves the file unchanged.
    """
    file = baseline_file(baseline)
    entries = sorted(scanscrub.read_baseline(file), key=lambda entry: (entry.path, entry.reason))
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
    scanscrub.write_baseline(file, kept)
    typer.echo(f"\n{len(kept):,} kept, {len(entries) - len(kept):,} dropped.")


def _answer() -> str:
    """One of the three answers, of which a letter is enough."""
    while True:
        given = typer.prompt("keep, drop, or quit with the rest kept (k, d, q)", default="keep").strip().lower()
        for answer in ("keep", "drop", "quit"):
            if given and answer.startswith(given):
                return answer


def _described(group: Sequence[Accepted]) -> str:
    first = group[0]
    lines = [printable(first.path)]
    for (severity, rule), entries in groupby(sorted(group, key=_rank), key=lambda each: (each.severity, each.rule)):
        lines.append(f"  {severity or '':<14}  {rule:<4}  {in_words(entries)}")
    lines.append(f"  accepted because: {printable(first.reason)}")
    if first.until:
        lapsed = " (over)" if first.until < date.today() else ""  # noqa: DTZ011 - the day where the user is
        lines.append(f"  until {first.until.isoformat()}{lapsed}")
    return "\n".join(lines)


def _rank(entry: Accepted) -> tuple[int, int]:
    """The gravest first, as `check` shows them."""
    return len(Severity) if entry.severity is None else entry.severity.rank, list(Rule).index(entry.rule)
