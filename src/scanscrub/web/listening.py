"""The one socket that listens, and the server behind it. To be made before the guard forbids every socket."""

import logging
import socket  # noqa: TID251 - the one that listens, on the loopback
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import waitress

Environment: TypeAlias = dict[str, Any]
StartAnswer: TypeAlias = Callable[..., Any]
Application: TypeAlias = Callable[[Environment, StartAnswer], Iterable[bytes]]
"""WSGI (PEP 3333)."""

HOST: Final = "127.0.0.1"
_LARGEST_BODY: Final = 1 << 20
_IN_MEMORY: Final = 1 << 30
"""More than any question or answer has: what the server puts off would lie in a temporary file, and be a picture of
the patient."""


class LoopbackServer:
    """Listens on a free port of 127.0.0.1 from the beginning, and answers from `start` on, in threads of its own."""

    def __init__(self) -> None:
        log = logging.getLogger("waitress")
        log.addHandler(logging.NullHandler())  # what it would say could quote what was asked
        log.propagate = False
        listening = socket.create_server((HOST, 0))
        self.port: int = listening.getsockname()[1]
        self._server = waitress.create_server(
            self._answer,
            sockets=[listening],
            threads=4,
            ident="",
            max_request_body_size=_LARGEST_BODY,
            max_request_header_size=1 << 14,
            inbuf_overflow=_IN_MEMORY,
            outbuf_overflow=_IN_MEMORY,
            outbuf_high_watermark=_IN_MEMORY,
            connection_limit=64,
        )
        self._application: Application | None = None

    @property
    def origin(self) -> str:
        """The page's address without a path."""
        return f"http://{HOST}:{self.port}"

    def start(self, application: Application) -> None:
        """Answer with that application until the process ends."""
        self._application = application
        threading.Thread(target=self._server.run, name="scanscrub-page", daemon=True).start()

    def close(self) -> None:
        """Answer what was begun, and nothing more."""
        self._server.task_dispatcher.shutdown()

    def _answer(self, environment: Environment, start: StartAnswer) -> Iterable[bytes]:
        assert self._application is not None
        return self._application(environment, start)
