"""``scanscrub review``: a page on this machine to look at copies and to correct their masks."""

from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

import scanscrub
from scanscrub import UsageError
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.cli.terminal.desktop import Desktop
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed
from scanscrub.report import network_words

EXAMPLE = "Example: scanscrub review my-cd-clean/ --originals my-cd/"
Language = Annotated[
    str | None,
    typer.Option("--lang", help="Language of the page: en, de or es. Default: the system's.", metavar="LANG"),
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Print the address of the page; do not open it.")]


def review(
    folder: Annotated[Path, typer.Argument(metavar="CLEAN_DIR", help="The output folder of an earlier 'clean'.")],
    originals: Annotated[
        list[Path],
        typer.Option("--originals", metavar="PATH", help="The originals, as they were given to 'clean'; repeatable."),
    ],
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The key of that run, if it had one.")
    ] = None,
    lang: Language = None,
    *,
    no_open: NoOpen = False,
) -> None:
    """Compare copies with their originals in your browser; draw masks that are missing, remove wrong ones.

    The page is on this machine only, and its address works once, in one
    browser. Apply makes the changed copies again and verifies them. Your
    decisions are kept in review.json, beside the folder, for clean
    --review. Ctrl-C ends the page (exit 130). Exit 2 if the folders do
    not belong together.
    """
    from scanscrub.web.languages import language_for  # noqa: PLC0415 - not for --help
    from scanscrub.web.listening import LoopbackServer  # noqa: PLC0415 - the same
    from scanscrub.web.serving import serve_review  # noqa: PLC0415 - the same

    language = language_for(lang)
    with Desktop(wanted=not no_open) as desktop:
        server = LoopbackServer()
        guard.enforce(Allowed.OWN_PAGE)
        with guarded_streams() as (_, stderr), scanscrub.open_review(folder, originals, key=key) as session:
            if not session.items:
                raise UsageError("That folder has no copy with a picture.", "There is nothing to look at.")
            serve_review(
                server,
                session,
                language,
                changed=partial(scanscrub.write_report, folder),
                show=lambda address: announce(address, desktop, stderr),
            )


def announce(address: str, desktop: Desktop, stderr: TextIO) -> None:
    """Open the page where there is a desktop, and say where it is otherwise."""
    stderr.write(f"scanscrub: {network_words.LIFTED[Allowed.OWN_PAGE]}\n")
    if desktop.show(address):
        stderr.write("scanscrub: The page is open in your browser. It ends with Done, or with Ctrl-C here.\n")
    else:
        stderr.write(f"scanscrub: Open this in a browser on this machine, once: {address}\n")
        stderr.write("scanscrub: The page ends with Done, or with Ctrl-C here.\n")
    stderr.flush()
