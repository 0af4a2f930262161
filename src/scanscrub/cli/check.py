"""``scanscrub check``: for hooks and CI. Exit 1 if patient data is there; changes nothing."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

import typer

import scanscrub
from scanscrub import CheckOptions, ExitCode, OutputUnusableError, RunCallbacks, Severity, TextMode, UsageError
from scanscrub.cli.config import NAMES, allow_entries, config_files
from scanscrub.cli.options import Clean, Config, DeviceRules, Engine, Isolated, NoProgress, ProfileName, Retain
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.report.findings.formats import FindingsFormat, notes_beside, totals, write_findings

EXAMPLE = "Example: scanscrub check --text none data/"


CheckedPaths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders. Default: this folder.")
]
TextOption = Annotated[
    TextMode, typer.Option(help="Which text in the pixels is a finding. none: headers and names only.")
]
BaselineFile = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", help="Accepted findings. Default: scanscrub-baseline.json here or above."
    ),
]
Jobs = Annotated[
    int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Number of worker processes. 0 chooses it.")
]
NoIgnore = Annotated[
    bool,
    typer.Option(
        "--no-ignore", help="Also check what .gitignore excludes; otherwise an ignored folder has 0 images."
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Do not use or write the cache.")]
MinSeverity = Annotated[Severity, typer.Option("--min-severity", help="Leave out findings below this severity.")]


def check(  # noqa: PLR0913 - one parameter an option
    paths: CheckedPaths = None,
    text: TextOption = TextMode.ALL,
    baseline: BaselineFile = None,
    *,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even if something was found.")] = False,
    format_: Annotated[
        FindingsFormat, typer.Option("-f", "--format", help="Format of the findings.")
    ] = FindingsFormat.text,
    output_file: Annotated[
        Path | None, typer.Option("--output-file", metavar="FILE", help="Write the findings to FILE, not to stdout.")
    ] = None,
    crops: Annotated[
        bool, typer.Option("--crops", help="With -f html: show each place. Keep the page to yourself.")
    ] = False,
    jobs: Jobs = 0,
    min_severity: MinSeverity = Severity.HYGIENE,
    profile: ProfileName = "share",
    retain: Retain = None,
    clean: Clean = None,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    no_ignore: NoIgnore = False,
    no_cache: NoCache = False,
    staged: Annotated[bool, typer.Option("--staged", help="Check what is staged in git.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Check every version of every file in git.")] = False,
    no_progress: NoProgress = False,
    isolated: Isolated = False,
    config: Config = None,
) -> None:
    """Look for patient data: headers, pixels, hidden segments, file names. For hooks and CI.

    Finds what `scanscrub clean` would change. Changes nothing. Findings name places, never values. Exit 1 if
    something was found.
    """
    if staged and history:
        raise UsageError("--staged and --history exclude each other.", "Choose one of them.")
    if history and paths:
        raise UsageError("--history looks at the whole repository.", "Leave the paths out.")
    if crops and (format_ is not FindingsFormat.html or output_file is None):
        raise UsageError("--crops shows what is in the pictures.", "Use it with -f html --output-file FILE.")
    is_text = format_ is FindingsFormat.text
    with guarded_streams(for_people=is_text) as (stdout, stderr):
        from scanscrub.cli.terminal.progress import Progress  # noqa: PLC0415 - not for --help

        source: Literal["files", "staged", "history"] = "staged" if staged else "history" if history else "files"
        options = CheckOptions(
            profile=profile,
            retain=tuple(retain or ()),
            clean=tuple(clean or ()),
            text=text,
            engines=tuple(engine or ("ppocr",)),
            minimum=min_severity,
            source=source,
            ignore=not no_ignore,
            cache=not no_cache,
            jobs=jobs,
            device_rules=device_rules,
        )
        if output_file is not None:
            read = [path for path in (baseline, device_rules, Path(profile)) if path is not None]
            _require_unused(output_file, [*read, *config_files(config, isolated=isolated)])
        patterns = allow_tables(config, isolated=isolated)
        accepted = scanscrub.read_acceptance(baseline_file(baseline), patterns, required=baseline is not None)
        with Progress("checking", stderr, silent=no_progress) as progress:
            callbacks = RunCallbacks(examined=progress.done, counted=progress.counted)
            report = scanscrub.check(paths or (), options, baseline=accepted, callbacks=callbacks)
        code = ExitCode.FOUND if report.found and not exit_zero else ExitCode.OK
        stderr.writelines(f"scanscrub: {line}\n" for line in notes_beside(report, format_))
        if output_file is None:
            write_findings(report, format_, stdout)
        else:
            write = partial(_write_with_crops, report) if crops else partial(write_findings, report, format_)
            _write_file(output_file, write, private=crops)
            exits = f" Exit code {code.value}{' (--exit-zero)' if exit_zero else ''}." if report.found else ""
            shows = " The report shows parts of the pictures: do not share it." if crops else ""
            stderr.write(f"scanscrub: {totals(report)}{exits}{shows}\n")
    raise typer.Exit(code)


def _require_unused(output: Path, read: list[Path]) -> None:
    from scanscrub.report.findings.output_file import require_unused  # noqa: PLC0415 - not for --help

    require_unused(output, read, (scanscrub.BASELINE_NAME, *NAMES))


def _write_with_crops(report: scanscrub.CheckReport, stream: TextIO) -> None:
    from scanscrub.report.page.crops import crops_of  # noqa: PLC0415 - not for --help
    from scanscrub.report.page.findings import write  # noqa: PLC0415 - the same

    write(report, stream, crops_of)


def _write_file(path: Path, write: Callable[[TextIO], None], *, private: bool) -> None:
    """`private`: for its owner's eyes, also where it was there before."""
    try:
        with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            if private:
                path.chmod(0o600)
            write(stream)
    except OSError:
        raise OutputUnusableError("The output file cannot be written.", "Check its folder and your rights.") from None


def allow_tables(config: Path | None, *, isolated: bool) -> list[tuple[Path, list[dict[str, Any]]]]:
    """The patterns of the configuration, each file's with its folder."""
    return [] if isolated else allow_entries(config)


def baseline_file(named: Path | None) -> Path:
    """The baseline: the one that was named, or the project's."""
    return scanscrub.find_baseline() if named is None else Path(os.path.abspath(named))  # noqa: PTH100 - as it is named
