"""``scanscrub key new FILE``: a secret that makes pseudonyms the same in every run."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from scanscrub import OutputUnusableError

app = typer.Typer(no_args_is_help=True, help="Make a key for pseudonyms that stay the same from run to run.")

EXAMPLE = "Example: scanscrub key new study.key"
_BYTES = 32


@app.callback()
def _group() -> None:
    """Make `new` a subcommand although it is the only one."""


@app.command("new", epilog=EXAMPLE)
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File for the key; must not exist yet.")],
) -> None:
    """Write a new random key that only you can read.

    Anyone with the key can link the clean files to the originals. Keep it with the originals, never with the
    clean files. Exit 6 if it cannot be written.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_BYTES) + "\n")
    except FileExistsError:
        raise OutputUnusableError(
            "There is a file of that name already; a key is never overwritten.", "Choose another name."
        ) from None
    except OSError:
        raise OutputUnusableError(
            "The key cannot be written there.", "Choose a folder that you may write to."
        ) from None
    typer.echo("The key is written. Keep it with the originals, never with the clean files.", err=True)
