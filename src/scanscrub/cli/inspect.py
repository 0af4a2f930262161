"""``scanscrub inspect``: what would leak, in plain words; changes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import scanscrub
from scanscrub import CleanOptions, Inspection, Rule, RunCallbacks, Status, TextMode
from scanscrub.cli.options import (
    Config,
    Engine,
    Isolated,
    NoProgress,
    Paths,
    ProfileName,
    Thorough,
)
from scanscrub.cli.terminal import words
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.report.findings.formats import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = "Example: scanscrub inspect scan.dcm"
NOT_SEARCHED = "The pictures were not searched for writing"


def inspect(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    profile: ProfileName = "share",
    text: Annotated[
        TextMode,
        typer.Option(help="Which writing in the pictures is told: all, only identifying, or none (not searched)."),
    ] = TextMode.ALL,
    engine: Engine = None,
    device_rules: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also tell where these rules say that a device writes: a TOML file or an RSNA CTP pixel script.",
        ),
    ] = None,
    *,
    thorough: Thorough = False,
    no_progress: NoProgress = False,
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Say in plain words what would give somebody away. Nothing is changed or written. Exit 0, whatever was found."""
    with guarded_streams() as (stdout, stderr):
        from scanscrub.cli.terminal.progress import Progress  # noqa: PLC0415 - not for --help

        options = CleanOptions(
            profile=profile,
            text=text,
            engines=tuple(engine or ()),
            thorough=thorough,
            device_rules=device_rules,
        )
        seen = 0
        with Progress("looking", stderr, silent=no_progress) as progress:
            callbacks = RunCallbacks(examined=progress.done, counted=progress.counted)
            found = list(scanscrub.inspect(paths, options, callbacks=callbacks))
        for inspection in found:
            if inspection.record.status is Status.IGNORED:
                continue
            for line in _told(inspection, searched=text is not TextMode.NONE):
                stdout.write(line + "\n")
            seen += 1
        if not seen:
            stdout.write("No image was found.\n")
        elif text is TextMode.NONE:
            stdout.write(f"{NOT_SEARCHED}: names that are burned into them were not looked for.\n")
    raise typer.Exit(0)


def _told(inspection: Inspection, *, searched: bool) -> "Iterator[str]":
    """A few lines about one file; without having `searched` its pictures, nothing says that it is harmless."""
    from scanscrub.cli.terminal.inspect_words import told  # noqa: PLC0415 - not for --help

    record, called = inspection.record, printable(inspection.name)
    title = f"File {record.input_ref.number}{f', {called}' if called else ''}"
    if record.refusal is not None:
        yield f"{title}: {record.refusal.reason} {record.refusal.hint}"
        return
    lines = [*told(inspection), *([f"  - {words.RULES[Rule.NAME]}"] if inspection.is_name_withheld else [])]
    if lines:
        yield f"{title} ({record.media_type}) would give away:"
        yield from lines
        return
    found_nothing = "nothing found that would give anybody away" if searched else "nothing found beside its pictures"
    yield f"{title} ({record.media_type}): {found_nothing}."
