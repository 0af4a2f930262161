"""``scanscrub PATH...``: what would leak, one question, clean copies beside it, and where the report is."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

import scanscrub
from scanscrub import (
    CleanOptions,
    Earlier,
    ExitCode,
    Inspection,
    OutputUnusableError,
    RunCallbacks,
    Status,
    UsageError,
)
from scanscrub.cli.clean import run_clean
from scanscrub.cli.options import NoProgress, OutputFormat, Paths
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.cli.terminal.desktop import Desktop
from scanscrub.cli.terminal.lines import by_words, columns_of
from scanscrub.cli.terminal.listener import Listener
from scanscrub.offline import guard
from scanscrub.report.findings.formats import printable

EXAMPLE = "Example: scanscrub my-cd/"
LOOKED_AT: Final = 20
"""In so many files the pictures are searched before the question; in more it would take longer than to be asked."""


def without_command(
    paths: Paths,
    *,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the report at the end.")] = False,
    no_progress: NoProgress = False,
) -> None:
    """Show what could identify someone, ask one question, and make clean copies.

    The copies go to PATH-clean, beside PATH; to clean-copies if there are
    several PATHs or if the name of PATH may identify someone. The
    originals are not changed. Put ./ in front of a PATH with the name of
    a command. In scripts, use: scanscrub clean PATH -o FOLDER. Exit 2
    without a terminal, because it cannot ask.
    """
    if not sys.stdin.isatty():
        raise UsageError(
            "Without a command scanscrub asks a question, and nobody is here to answer it.",
            "Say what to do: scanscrub clean PATH -o FOLDER",
        )
    with Desktop(wanted=not no_open) as desktop:
        guard.enforce()
        folder = scanscrub.folder_beside(paths)
        earlier = scanscrub.earlier_in(folder)
        if earlier is Earlier.NOTHING:
            seen = _look(paths, silent=no_progress)
            folder = scanscrub.folder_beside(paths, is_telling=_is_telling(paths[0], seen))
            earlier = scanscrub.earlier_in(folder)
        _require_free(folder, earlier)
        if not _agrees(folder, earlier):
            typer.echo("Nothing was written.")
            return
        code = _make(paths, folder, resume=earlier is Earlier.UNFINISHED, silent=no_progress)
        report = folder / "report.html"
        if report.exists():
            typer.echo(f"The copies: {printable(os.fspath(folder))}\nThe report: {printable(os.fspath(report))}")
            desktop.open(report)
    raise typer.Exit(code)


def _look(paths: list[Path], *, silent: bool) -> list[Inspection]:
    """Say what would give somebody away: of a few files also what is written in their pictures."""
    from scanscrub.cli.terminal.inspect_words import told_of_all  # noqa: PLC0415 - not for --help
    from scanscrub.cli.terminal.progress import Progress  # noqa: PLC0415 - the same

    with guarded_streams() as (stdout, stderr):
        with Progress("looking", stderr, silent=silent) as progress:
            callbacks = RunCallbacks(counted=progress.counted)
            seen = list(scanscrub.inspect(paths, text="none", callbacks=callbacks))
            images = sum(each.record.status is Status.PLANNED for each in seen)
            searched = 0 < images <= LOOKED_AT
            if searched:
                seen = list(scanscrub.inspect(paths, callbacks=RunCallbacks(examined=progress.done)))
        stdout.writelines(f"{line}\n" for line in told_of_all(seen, searched=searched))
    if not images:
        raise typer.Exit(ExitCode.NOT_CLEANED)
    return seen


def _is_telling(path: Path, seen: list[Inspection]) -> bool:
    """Whether the original's name may say who it is. One that was judged harmless stands in what was seen."""
    name = os.path.basename(os.path.abspath(path))  # noqa: PTH100, PTH119 - as `folder_beside` takes it
    return not all(name in each.name.replace("!", "/").split("/") for each in seen)


def _require_free(folder: Path, earlier: Earlier) -> None:
    where = printable(os.fspath(folder))
    match earlier:
        case Earlier.FINISHED:
            raise OutputUnusableError(
                "There are clean copies already, of an earlier run.",
                f"They are in {where}; look at report.html there. To make new ones, give that folder another name.",
            )
        case Earlier.FOREIGN:
            raise OutputUnusableError(
                "Something lies where the copies would go, and it is never overwritten.",
                f"It is {where}: give it another name, or say where: scanscrub clean PATH -o FOLDER",
            )


def _agrees(folder: Path, earlier: Earlier) -> bool:
    where = printable(os.fspath(folder))
    question = f"Make clean copies in {where}? The originals stay as they are."
    if earlier is Earlier.UNFINISHED:
        question = f"An earlier run in {where} did not come to its end. Go on, with the same originals as then?"
    return typer.confirm(by_words(f"\n{question}", columns_of(sys.stderr)), default=True, err=True)


def _make(paths: list[Path], folder: Path, *, resume: bool, silent: bool) -> ExitCode:
    with guarded_streams() as (stdout, stderr):
        listener = Listener(
            stdout, stderr, OutputFormat.text, quiet=False, verbose=False, progress=not silent, color=None
        )
        return run_clean(paths, folder, CleanOptions(resume=resume), listener, dicomdir=False)
