"""Who is answered: the one browser that came with the token, from the page itself.

Whoever else runs programs on this machine can connect to the loopback, and any page on the web can make the browser
ask it something. So each request needs the cookie that the token was exchanged for, our own Host (against names that
are made to point here) and, where it has one, our own Origin; and, where the system tells, it has to come from a
program of the same user.
"""

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from scanscrub import fault_kind
from scanscrub.web.exchange import HEADERS, Answer, Question, UnacceptableError
from scanscrub.web.listening import HOST, Environment, StartAnswer
from scanscrub.web.peers import is_strangers

START: Final = "/start/"
_FROM_HERE: Final = frozenset({"", "same-origin", "none"})
"""Values of Sec-Fetch-Site: an older browser, the page itself, and whoever typed or opened the address."""


class Gatekeeper:
    """A WSGI application that lets requests through to `answer`, and tells strangers nothing.

    `complain` gets the kind of a fault of ours.
    """

    def __init__(
        self, port: int, answer: Callable[[Question], Answer], complain: Callable[[str], None] = lambda _: None
    ) -> None:
        self._port = port
        self._host = f"{HOST}:{port}"
        self._answer = answer
        self._complain = complain
        self._token = secrets.token_urlsafe(32)
        self._secret = secrets.token_urlsafe(32)
        self._cookie = f"scanscrub-{port}"  # browsers send cookies to all ports of a host: each page has its own
        self._is_used = False
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where the page is opened, once."""
        return f"http://{self._host}{START}{self._token}"

    def __call__(self, environment: Environment, start: StartAnswer) -> Iterable[bytes]:
        try:
            answer = self._checked(environment)
        except UnacceptableError as error:
            answer = Answer.refusing(error.status)
        except Exception as error:  # noqa: BLE001 - no traceback, no value
            self._complain(fault_kind(error))
            answer = Answer.refusing(HTTPStatus.INTERNAL_SERVER_ERROR)
        headers = [("Content-Type", answer.media_type), ("Content-Length", str(len(answer.body)))]
        start(f"{answer.status.value} {answer.status.phrase}", [*headers, *HEADERS.items(), *answer.headers])
        return [b"" if environment["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _checked(self, environment: Environment) -> Answer:
        if is_strangers(int(environment["REMOTE_PORT"]), self._port):
            raise UnacceptableError(HTTPStatus.FORBIDDEN)
        method, path = environment["REQUEST_METHOD"], environment.get("PATH_INFO", "")
        origin = environment.get("HTTP_ORIGIN")
        is_ours = origin == f"http://{self._host}"
        if environment.get("HTTP_HOST") != self._host or (origin is not None and not is_ours):
            raise UnacceptableError(HTTPStatus.FORBIDDEN)
        if environment.get("HTTP_SEC_FETCH_SITE", "") not in _FROM_HERE:
            raise UnacceptableError(HTTPStatus.FORBIDDEN)
        if method not in {"GET", "HEAD", "POST"}:
            raise UnacceptableError(HTTPStatus.METHOD_NOT_ALLOWED)
        if path.startswith(START) and method == "GET":
            return self._let_in(path.removeprefix(START), environment)
        if not self._is_known(environment) or (method == "POST" and not is_ours):
            raise UnacceptableError(HTTPStatus.FORBIDDEN)
        return self._answer(Question(method, path, _body(environment) if method == "POST" else {}))

    def _let_in(self, token: str, environment: Environment) -> Answer:
        """Exchange the token for the cookie, once, and lead to the address without it."""
        to_page = ("Location", "/")
        if self._is_known(environment):
            return Answer(status=HTTPStatus.SEE_OTHER, headers=(to_page,))
        with self._lock:
            if self._is_used or not _are_same(token, self._token):
                raise UnacceptableError(HTTPStatus.FORBIDDEN)
            self._is_used = True
        cookie = f"{self._cookie}={self._secret}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(status=HTTPStatus.SEE_OTHER, headers=(to_page, ("Set-Cookie", cookie)))

    def _is_known(self, environment: Environment) -> bool:
        try:
            sent = SimpleCookie(environment.get("HTTP_COOKIE", "")).get(self._cookie)
        except CookieError:
            return False
        return sent is not None and _are_same(sent.value, self._secret)


def _are_same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _body(environment: Environment) -> dict[str, Any]:
    """The JSON object that was sent. Another page could send a form without asking the browser, but not this type."""
    if environment.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
        raise UnacceptableError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        sent = json.loads(environment["wsgi.input"].read())  # the server bounds it
    except (ValueError, RecursionError):
        raise UnacceptableError(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(sent, dict):
        raise UnacceptableError(HTTPStatus.BAD_REQUEST)
    return sent
