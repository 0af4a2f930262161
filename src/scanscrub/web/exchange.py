"""What is asked of the page, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer, those to strangers as well."""


class UnacceptableError(Exception):
    """What was asked cannot be answered; only its status is told."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__()
        self.status = status


@dataclass(frozen=True, slots=True)
class Question:
    """A request that was let in. `body` is what a JSON object says; empty for GET."""

    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_json(cls, said: object, status: HTTPStatus = HTTPStatus.OK) -> "Answer":
        return cls(json.dumps(said).encode(), "application/json", status)

    @classmethod
    def refusing(cls, status: HTTPStatus) -> "Answer":
        return cls(status.phrase.encode(), status=status)
