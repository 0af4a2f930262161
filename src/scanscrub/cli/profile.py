"""``scanscrub profile list`` and ``profile show NAME``: what a profile does, in words."""

import sys
from typing import Annotated

import typer

import scanscrub
from scanscrub.cli.terminal.lines import by_words, columns_of

app = typer.Typer(no_args_is_help=True, help="List the profiles, or describe one.")

EXAMPLE = "Example: scanscrub profile show research"
LIST_EXAMPLE = "Example: scanscrub profile list"
SHOW_EXAMPLE = "Example: scanscrub profile show share"
_WIDTH = 88


@app.command("list", epilog=LIST_EXAMPLE)
def list_profiles() -> None:
    """List the built-in profiles."""
    for profile in scanscrub.list_profiles():
        _paragraph(f"{profile.name:<9} {profile.summary}", " " * 10)


@app.command("show", epilog=SHOW_EXAMPLE)
def show(
    profile: Annotated[str, typer.Argument(metavar="NAME|FILE", help="share, research or your own .toml file.")],
) -> None:
    """Describe what a profile keeps, changes and removes."""
    for sentence in scanscrub.describe_profile(profile).sentences:
        _paragraph(f"- {sentence}")


def _paragraph(text: str, indent: str = "") -> None:
    typer.echo(by_words(text, min(_WIDTH, columns_of(sys.stdout) or _WIDTH), indent))
