"""``scanscrub help TOPIC``: the pages of the documentation, laid out on a terminal, and elsewhere as they are."""

import sys
from importlib.resources import files
from typing import Annotated

import typer

from scanscrub import UsageError

EXAMPLE = "Example: scanscrub help checking"
TOPICS = {
    "guide": ("docs/guide.md", "From a hospital CD to a folder you can share."),
    "checking": ("docs/checking.md", "Hooks and CI: keep patients out of a repository."),
    "profiles": ("docs/profiles.md", "Profiles, PS3.15 options and configuration files."),
    "device-rules": ("docs/device-rules.md", "Where your own devices print text into images."),
    "clusters": ("docs/clusters.md", "Several machines: --executor dask."),
    "exit-codes": ("docs/exit-codes.md", "What each exit code means."),
    "audit": ("docs/audit.md", "audit.jsonl: one record per file."),
    "audit-schema": ("docs/audit.schema.json", "The JSON Schema of audit.jsonl."),
    "library": ("docs/library.md", "The functions and types that `import scanscrub` offers."),
    "threat-model": ("docs/threat-model.md", "What scanscrub protects against, and what not."),
    "architecture": ("ARCHITECTURE.md", "How scanscrub is built."),
    "contributing": ("docs/contributing.md", "Tests, rules and dependencies."),
    "changes": ("docs/changes.md", "What changed."),
    "licenses": ("docs/licenses.md", "The licenses of scanscrub and its dependencies."),
}
"""Each page by its topic: where it lies in the package, and what it is about."""


def help(  # noqa: A001 - a command has its function's name
    topic: Annotated[
        str, typer.Argument(metavar="[TOPIC]", help="A topic. Without one, all topics are listed.")
    ] = "",
) -> None:
    """Show a page of the documentation. Exit 2 if there is no such topic."""
    if not topic:
        for name, (_, about) in TOPICS.items():
            typer.echo(f"{name:<13} {about}")
        return
    if topic not in TOPICS:
        raise UsageError("There is no such topic.", f"The topics are {', '.join(TOPICS)}.")
    page, _ = TOPICS[topic]
    text = files("scanscrub").joinpath(page).read_text(encoding="utf-8").rstrip()
    if not (page.endswith(".md") and sys.stdout.isatty()):
        typer.echo(text)
        return
    from rich.console import Console  # noqa: PLC0415 - not for --help
    from rich.markdown import Markdown  # noqa: PLC0415 - the same

    Console().print(Markdown(text, code_theme="bw"))
