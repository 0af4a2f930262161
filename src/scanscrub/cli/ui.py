"""``scanscrub ui``: a page on this machine that leads from files to a folder that may be shared."""

from collections.abc import Iterator, Sequence

from scanscrub import Inspection
from scanscrub.cli.review import Language, NoOpen, announce
from scanscrub.cli.terminal.console import guarded_streams
from scanscrub.cli.terminal.desktop import Desktop
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed

EXAMPLE = "Example: scanscrub ui"


def ui(lang: Language = None, *, no_open: NoOpen = False) -> None:
    """Do all of it in your browser: choose files, see what identifies you, make clean copies, check, share.

    The page is on this machine only, and its address works once, in one
    browser. Copies go to the folder that you agree to. Ctrl-C or Done
    ends the page.
    """
    from scanscrub.web.languages import language_for  # noqa: PLC0415 - not for --help
    from scanscrub.web.listening import LoopbackServer  # noqa: PLC0415 - the same
    from scanscrub.web.serving import serve_ui  # noqa: PLC0415 - the same

    language = language_for(lang)
    with Desktop(wanted=not no_open) as desktop:
        server = LoopbackServer()
        guard.enforce(Allowed.OWN_PAGE)
        with guarded_streams() as (_, stderr):
            reveal = desktop.open if desktop.is_there else None
            serve_ui(server, language, _told, reveal, show=lambda address: announce(address, desktop, stderr))


def _told(seen: Sequence[Inspection], searched: bool) -> Iterator[str]:  # noqa: FBT001 - as the page calls it
    from scanscrub.cli.terminal.inspect_words import told_of_all  # noqa: PLC0415 - not for --help

    return told_of_all(seen, searched=searched)
