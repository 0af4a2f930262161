"""``scanscrub verify``: a cleaned folder re-examined as a stranger would."""

from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

import scanscrub
from scanscrub import CleanOptions, ExitCode, RunCallbacks, TextMode
from scanscrub.cli.options import (
    Clean,
    Config,
    DeviceRules,
    Engine,
    Isolated,
    NoProgress,
    Retain,
    TextOption,
    Thorough,
)
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.report.plural import plural

EXAMPLE = "Example: scanscrub verify clean/"
NOT_PASSED = "not as it should be"


def verify(  # noqa: PLR0913, PLR0917 - one parameter an option
    folder: Annotated[Path, typer.Argument(metavar="CLEAN_DIR", help="The output folder of an earlier 'clean'.")],
    profile: Annotated[
        str | None,
        typer.Option(
            "-p", "--profile", metavar="share|research|FILE.toml", help="By default the profile in the audit."
        ),
    ] = None,
    retain: Retain = None,
    clean_option: Clean = None,
    text: TextOption = TextMode.ALL,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    pseudonyms: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The list of pseudonyms of that run.")
    ] = None,
    *,
    thorough: Thorough = False,
    no_progress: NoProgress = False,
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Check every file of a cleaned folder again. Changes nothing. Exit 4 if a file fails.

    Use the same options as for the run (your own profile, --retain, --clean, --text, --device-rules,
    --pseudonyms).
    """
    with guarded_streams() as (stdout, stderr):
        options = CleanOptions(
            profile=profile or scanscrub.profile_of(folder),
            retain=tuple(retain or ()),
            clean=tuple(clean_option or ()),
            text=text,
            engines=tuple(engine or ()),
            thorough=thorough,
            device_rules=device_rules,
            pseudonyms=pseudonyms,
        )
        total, bad = _verified(folder, options, stdout, stderr, silent=no_progress)
        verdict = f"{bad:,} failed" if bad else "all passed"
        stdout.write(f"{plural(total, 'file')} checked: {verdict}.\n")
        if text is TextMode.NONE:
            stdout.write("The pictures were not searched for text, so burned-in names would not be found.\n")
        if bad:
            stdout.write(_why(folder, text, scanscrub.describe_profile(options.profile).name))
    raise typer.Exit(ExitCode.NOT_VERIFIED if bad else ExitCode.OK if total else ExitCode.NOT_CLEANED)


def _verified(
    folder: Path, options: CleanOptions, stdout: TextIO, stderr: TextIO, *, silent: bool
) -> tuple[int, int]:
    """How many files there are, and how many are not as they should be, of which `stdout` gets lines."""
    from scanscrub.cli.terminal.progress import Progress  # noqa: PLC0415 - not for --help

    bad = total = 0
    with Progress("verifying", stderr, silent=silent, ended=(NOT_PASSED,)) as progress:
        for name, checks in scanscrub.verify(folder, options, callbacks=RunCallbacks(counted=progress.counted)):
            total += 1
            failed = [check for check in checks if not check.passed]
            bad += bool(failed)
            progress.done(NOT_PASSED if failed else "")
            # A file that the audit does not list was named by somebody else.
            shown = name if checks[0].passed else f"file {total}"
            lines = (f"{check.name}{f' ({check.detail})' if check.detail else ''}\n" for check in failed)
            progress.aside(partial(_write, stdout, [f"{shown}: not passed: {line}" for line in lines]))
    return total, bad


def _write(stdout: TextIO, lines: list[str]) -> None:
    stdout.writelines(lines)
    stdout.flush()


def _why(folder: Path, text: TextMode, profile: str) -> str:
    """What may be the reason that a file fails."""
    records = scanscrub.read_audit(folder)
    others = sorted({record.profile_name for record in records} - {profile, ""})
    if others:
        return f"It was cleaned with the profile {others[0]}: give verify the same (-p).\n"
    cleaned = sorted({record.text for record in records} - {text.value, ""})
    if cleaned:
        return f"It was cleaned with --text {cleaned[0]}: give verify the same.\n"
    return "Was the folder cleaned with other options? Give verify the same ones.\n"
