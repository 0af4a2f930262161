"""Options that more than one command takes, and the configuration behind them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scanscrub import TextMode
from scanscrub.cli.config import default_map


def _configure(context: typer.Context, file: Path | None) -> Path | None:
    """Make the configuration's values the defaults of this command's options."""
    if not context.resilient_parsing:
        isolated = bool(context.params.get("isolated"))
        names = {parameter.name for parameter in context.command.params if parameter.name}
        read = default_map(file, names, isolated=isolated, command=context.command_path)
        context.default_map = {**(context.default_map or {}), **read}
    return file


Isolated = Annotated[
    bool,
    typer.Option("--isolated", is_eager=True, help="Read no configuration file.", rich_help_panel="Configuration"),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=_configure,
        help="Read this TOML file instead of scanscrub.toml or pyproject.toml.",
        rich_help_panel="Configuration",
    ),
]


class OutputFormat(StrEnum):
    """What `clean` writes to stdout."""

    text = "text"
    json = "json"
    jsonl = "jsonl"


TextOption = Annotated[
    TextMode,
    typer.Option(
        "--text",
        help="Which text in the pixels is masked: all, only identifying text, or none (pixels are not examined).",
    ),
]
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders or ZIP archives.")]
Retain = Annotated[
    list[str] | None,
    typer.Option(
        "--retain",
        metavar="OPTION",
        help="PS3.15 option, repeatable: uids, device-identity, institution-identity, "
        "patient-characteristics, full-dates, modified-dates, safe-private.",
    ),
]
Clean = Annotated[
    list[str] | None,
    typer.Option(
        "--clean", metavar="OPTION", help="PS3.15 option, repeatable: descriptors, structured-content, graphics."
    ),
]
ProfileName = Annotated[
    str,
    typer.Option(
        "-p",
        "--profile",
        metavar="share|research|FILE.toml",
        help="What may stay in the headers; see 'scanscrub help profiles'.",
    ),
]
DeviceRules = Annotated[
    Path | None,
    typer.Option(
        "--device-rules",
        metavar="FILE",
        help="Regions where your devices print text: a TOML file or an RSNA CTP pixel script.",
    ),
]
Engine = Annotated[
    list[str] | None,
    typer.Option("--engine", metavar="NAME", help="Text detector: ppocr or easyocr. Repeat to combine them."),
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="Do not show progress.")]
Thorough = Annotated[bool, typer.Option("--thorough", help="Use all installed text detectors: slower, finds more.")]
