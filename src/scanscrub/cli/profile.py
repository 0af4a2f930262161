"""``scanscrub profile list`` and ``profile show NAME``: what a profile does, in words."""

import textwrap
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="List the profiles, or show one in words.")

EXAMPLE = "Example: scanscrub profile show research"
LIST_EXAMPLE = "Example: scanscrub profile list"
SHOW_EXAMPLE = "Example: scanscrub profile show share"
_WIDTH = 88


@app.command("list", epilog=LIST_EXAMPLE)
def list_profiles() -> None:
    """List the built-in profiles."""
    from scanscrub.policy.profile import BUILT_IN, load_profile  # noqa: PLC0415 - not for --help

    for name in BUILT_IN:
        _paragraph(f"{name:<9} {load_profile(name).summary}", " " * 10)


@app.command("show", epilog=SHOW_EXAMPLE)
def show(
    profile: Annotated[str, typer.Argument(metavar="NAME|FILE", help="share, research or a .toml file of your own.")],
) -> None:
    """Say in words what a profile keeps, changes and takes out."""
    from scanscrub.domain.text_mode import TextMode  # noqa: PLC0415 - not for --help
    from scanscrub.policy.describe import sentences  # noqa: PLC0415 - not for --help
    from scanscrub.policy.profile import load_profile  # noqa: PLC0415 - the same

    for sentence in sentences(load_profile(profile), TextMode.ALL):
        _paragraph(f"- {sentence}", "  ")


def _paragraph(text: str, indent: str) -> None:
    typer.echo(textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False))
