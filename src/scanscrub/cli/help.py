"""``scanscrub help TOPIC``: the pages of the documentation, as they lie in the package."""

from importlib.resources import files
from typing import Annotated

import typer

from scanscrub import UsageError

EXAMPLE = "Example: scanscrub help checking"
TOPICS = {
    "guide": ("docs/guide.md", "From a hospital's CD to a folder that you can share."),
    "checking": ("docs/checking.md", "Hooks and CI: keep patients out of a repository."),
    "profiles": ("docs/profiles.md", "Profiles, PS3.15 options and configuration files."),
    "device-rules": ("docs/device-rules.md", "Where your own devices write into pictures."),
    "clusters": ("docs/clusters.md", "Several machines: --executor dask."),
    "exit-codes": ("docs/exit-codes.md", "What each exit code means."),
    "audit": ("docs/audit.md", "audit.jsonl: one record a file."),
    "audit-schema": ("docs/audit.schema.json", "The same as a JSON Schema."),
    "library": ("docs/library.md", "The functions and types that `import scanscrub` offers."),
    "threat-model": ("docs/threat-model.md", "What is promised against whom, and what is not."),
    "architecture": ("ARCHITECTURE.md", "How the program is built."),
    "contributing": ("docs/contributing.md", "How to change it."),
    "changes": ("docs/changes.md", "What changed."),
}
"""Each page by its topic: where it lies in the package, and what it is about."""


def help(  # noqa: A001 - a command has its function's name
    topic: Annotated[str, typer.Argument(metavar="[TOPIC]", help="One of the topics; none: all of them.")] = "",
) -> None:
    """Show a page of the documentation. Exit 2: there is none on that topic."""
    if not topic:
        for name, (_, about) in TOPICS.items():
            typer.echo(f"{name:<13} {about}")
        return
    if topic not in TOPICS:
        raise UsageError("There is no such topic.", f"The topics are {', '.join(TOPICS)}.")
    typer.echo(files("scanscrub").joinpath(TOPICS[topic][0]).read_text(encoding="utf-8").rstrip())
