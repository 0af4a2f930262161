"""``scanscrub inspect``: what would leak, in plain words; changes nothing."""

from collections import defaultdict
from datetime import UTC, datetime
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
    Thorough,
)
from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanscrub.checking.input_summary import InputSummary

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
    isolated: Isolated = False,  # noqa: ARG001 - read by the callback of --config
    config: Config = None,  # noqa: ARG001 - the same
) -> None:
    """Say in plain words what would give somebody away. Nothing is changed or written."""
    with guarded_streams() as (stdout, _):
        from scanscrub.api import cleaning  # noqa: PLC0415 - loads numpy and pydicom
        from scanscrub.checking.input_summary import glance  # noqa: PLC0415 - the same
        from scanscrub.cli.inspect_words import first_frame  # noqa: PLC0415 - the same
        from scanscrub.inputs.find import Scope, find_inputs  # noqa: PLC0415 - the same

        options = cleaning.CleanOptions(
            profile=profile,
            text=text,
            engines=tuple(engine or ()),
            thorough=thorough,
            dry_run=True,
            device_rules=device_rules,
        )
        seen = 0
        items = {item.number: item for item in find_inputs(paths, Scope())}
        names = _names(paths)
        for record in cleaning.clean(paths, None, options):
            if record.status is Status.IGNORED:
                continue
            beside = glance(items[record.input_ref.number], first_frame(record))
            called = names[beside.digest].pop(0) if names.get(beside.digest) else ""
            for line in _told(record, beside, called, searched=text is not TextMode.NONE):
                stdout.write(line + "\n")
            stdout.flush()
            seen += 1
        if not seen:
            stdout.write("No image was found.\n")
        elif text is TextMode.NONE:
            stdout.write(f"{NOT_SEARCHED}: names that are burned into them were not looked for.\n")
    raise typer.Exit(0)


def _names(paths: "list[Path]") -> "dict[str, list[str]]":
    """By digest, what the inputs are called, as `check` shows it: parts of a path that identify are withheld."""
    from scanscrub.api.checks import CheckOptions, check  # noqa: PLC0415 - not for --help
    from scanscrub.checking.accepted.acceptance import Acceptance  # noqa: PLC0415 - the same
    from scanscrub.report.findings.formats import shown  # noqa: PLC0415 - the same

    options = CheckOptions(text="none", ignore=False, cache=False)
    names: defaultdict[str, list[str]] = defaultdict(list)
    for file in check(paths, options, Acceptance((), (), datetime.now(tz=UTC).date())).files:
        names[file.record.digest].append(shown(file.name))
    return names


def _told(record: AuditRecord, seen: "InputSummary", called: str, *, searched: bool) -> "Iterator[str]":
    """A few lines about one file; without having `searched` its pictures, nothing says that it is harmless."""
    from scanscrub.cli.inspect_words import told  # noqa: PLC0415 - not for --help

    title = f"File {record.input_ref.number}{f', {called}' if called else ''}"
    if record.refusal is not None:
        yield f"{title}: {record.refusal.reason} {record.refusal.hint}"
        return
    lines = [*told(record, seen), *([f"  - {words.RULES[Rule.NAME]}"] if "<withheld " in called else [])]
    if lines:
        yield f"{title} ({record.media_type}) would give away:"
        yield from lines
        return
    found_nothing = "nothing found that would give anybody away" if searched else "nothing found beside its pictures"
    yield f"{title} ({record.media_type}): {found_nothing}."
