"""``scanscrub inspect``: what would leak, in plain words; changes nothing."""

from typing import Annotated

import typer

import scanscrub
from scanscrub import CleanOptions, RunCallbacks, TextMode
from scanscrub.cli.options import (
    Config,
    DeviceRules,
    Engine,
    Isolated,
    NoProgress,
    Paths,
    ProfileName,
    Thorough,
)
from scanscrub.cli.terminal.console import guarded_streams

EXAMPLE = "Example: scanscrub inspect scan.dcm"


def inspect(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    profile: ProfileName = "share",
    text: Annotated[
        TextMode,
        typer.Option(
            help="Which text in the pixels is reported: all, only identifying text, or none (not searched)."
        ),
    ] = TextMode.ALL,
    engine: Engine = None,
    device_rules: DeviceRules = None,
    *,
    thorough: Thorough = False,
    no_progress: NoProgress = False,
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Show in plain words what could identify someone. Changes and writes nothing. Exit 0, whatever it finds."""
    with guarded_streams() as (stdout, stderr):
        from scanscrub.cli.terminal.inspect_words import told_of_each  # noqa: PLC0415 - not for --help
        from scanscrub.cli.terminal.progress import Progress  # noqa: PLC0415 - the same

        options = CleanOptions(
            profile=profile,
            text=text,
            engines=tuple(engine or ()),
            thorough=thorough,
            device_rules=device_rules,
        )
        with Progress("looking", stderr, silent=no_progress) as progress:
            callbacks = RunCallbacks(examined=progress.done, counted=progress.counted)
            found = list(scanscrub.inspect(paths, options, callbacks=callbacks))
        stdout.writelines(f"{line}\n" for line in told_of_each(found, searched=text is not TextMode.NONE))
    raise typer.Exit(0)
