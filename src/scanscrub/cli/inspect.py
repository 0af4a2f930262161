"""``scanscrub inspect``: what would leak, in plain words; changes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanscrub.cli import words
from scanscrub.cli.console import guarded_streams
from scanscrub.cli.options import (
    Config,
    Engine,
    Isolated,
    Paths,
    ProfileName,
    Text,
    Thorough,
)
from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.finding import PixelRegion

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = "Example: scanscrub inspect scan.dcm"
NOT_SEARCHED = "The pictures were not searched for writing"


def inspect(  # noqa: PLR0913 - one parameter an option
    paths: Paths,
    profile: ProfileName = "share",
    text: Annotated[
        Text,
        typer.Option(help="Which writing in the pictures is told: all, only identifying, or none (not searched)."),
    ] = Text.all,
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
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Say in plain words what would give somebody away. Nothing is changed or written."""
    with guarded_streams() as (stdout, _):
        from scanscrub import api  # noqa: PLC0415 - loads numpy and pydicom

        options = api.CleanOptions(
            profile=profile,
            text=text.value,
            engines=tuple(engine or ()),
            thorough=thorough,
            dry_run=True,
            device_rules=device_rules,
        )
        seen = 0
        for record in api.clean(paths, None, options):
            for line in _told(record, searched=text is not Text.none):
                stdout.write(line + "\n")
            stdout.flush()
            seen += record.status is not Status.IGNORED
        if not seen:
            stdout.write("No image was found.\n")
        elif text is Text.none:
            stdout.write(f"{NOT_SEARCHED}: names that are burned into them were not looked for.\n")
    raise typer.Exit(0)


def _told(record: AuditRecord, *, searched: bool) -> "Iterator[str]":
    """A few lines about one file; without having `searched` its pictures, nothing says that it is harmless."""
    number = record.input_ref.number
    if record.status is Status.IGNORED:
        return
    if record.refusal is not None:
        yield f"File {number}: {record.refusal.reason} {record.refusal.hint}"
        return
    found = words.by_rule(record.steps)
    if not found:
        found_nothing = (
            "nothing found that would give anybody away" if searched else "nothing found beside its pictures"
        )
        yield f"File {number} ({record.media_type}): {found_nothing}."
        return
    yield f"File {number} ({record.media_type}) would give away:"
    for rule, count in found:
        yield f"  - {rule} ({words.plural(count, 'place')})"
    regions = [step.where for step in record.steps if isinstance(step.where, PixelRegion)]
    if regions:
        frames = len({region.frame for region in regions})
        yield f"    The writing is on {frames} of {words.plural(record.frames, 'picture')}."
