"""A page from its address to its end."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing

from scanscrub.web.errands import Errands
from scanscrub.web.gatekeeper import Gatekeeper
from scanscrub.web.listening import LoopbackServer
from scanscrub.web.review_desk import OpenReview, ReviewDesk
from scanscrub.web.site import Route, Site
from scanscrub.web.ui_desk import Reveal, UiDesk, Words

Show = Callable[[str], None]
"""Gets the address of the page, which is good for one browser."""


def serve_review(
    server: LoopbackServer, session: OpenReview, language: str, *, changed: Callable[[], None], show: Show
) -> None:
    """Show a review until the person is done. `changed` is called when copies were made anew."""
    errands = Errands()
    desk = ReviewDesk(session, errands, changed)
    serve(server, errands, {"/": "review.html"}, desk.routes, language, show)


def serve_ui(server: LoopbackServer, language: str, tell: Words, reveal: Reveal | None, *, show: Show) -> None:
    """Lead a person from files to a folder that may be shared, until they are done. `reveal` opens a folder on the
    desktop, where there is one.
    """
    errands = Errands()
    with ExitStack() as opened:
        desk = UiDesk(errands, tell, reveal, opened)
        serve(server, errands, {"/": "ui.html", "/review": "review.html"}, desk.routes, language, show)


def serve(  # noqa: PLR0913, PLR0917 - what a page is made of
    server: LoopbackServer,
    errands: Errands,
    pages: Mapping[str, str],
    routes: Mapping[str, Route],
    language: str,
    show: Show,
) -> None:
    """Answer in other threads, and do here what the page asks for, until it asks for the end."""
    site = Site(language, pages, routes, errands)
    keeper = Gatekeeper(server.port, site.answer)
    server.start(keeper)
    with closing(server):
        show(keeper.address)
        errands.run()
