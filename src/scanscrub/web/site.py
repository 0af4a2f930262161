"""Which question gets which answer: the files of the page by their names, and what desks answer."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeAlias

import jinja2

from scanscrub.web.errands import Errands
from scanscrub.web.exchange import Answer, Question, UnacceptableError
from scanscrub.web.languages import sentences

_FOLDER: Final = Path(__file__).parent / "page"
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
Route: TypeAlias = Callable[[Question, re.Match[str]], Answer]


class Site:
    """The pages, their scripts, and the `routes` of a desk: by method and path, a regular expression."""

    def __init__(
        self, language: str, pages: Mapping[str, str], routes: Mapping[str, Route], errands: Errands
    ) -> None:
        self._language = language
        self._pages = pages
        self._errands = errands
        own: dict[str, Route] = {
            "GET /sentences.json": lambda _q, _m: Answer.of_json(sentences(language)),
            "GET /errand": lambda _q, _m: Answer.of_json(errands.progress.told()),
            "POST /stop": self._stop,
            "POST /done": self._done,
        }
        self._routes = [(re.compile(pattern), route) for pattern, route in {**own, **routes}.items()]

    def answer(self, question: Question) -> Answer:
        """Raises `UnacceptableError` where there is nothing of that name."""
        asked = f"{'GET' if question.method == 'HEAD' else question.method} {question.path}"
        for pattern, route in self._routes:
            if match := pattern.fullmatch(asked):
                return route(question, match)
        if question.method == "POST":
            raise UnacceptableError(HTTPStatus.NOT_FOUND)
        if page := self._pages.get(question.path):
            return Answer(_page(page, self._language), "text/html; charset=utf-8")
        name = question.path.removeprefix("/")
        if name not in _files():
            raise UnacceptableError(HTTPStatus.NOT_FOUND)
        return Answer(_files()[name], _TYPES[Path(name).suffix])

    def _stop(self, _question: Question, _match: re.Match[str]) -> Answer:
        self._errands.progress.stop.set()
        return Answer.of_json({})

    def _done(self, _question: Question, _match: re.Match[str]) -> Answer:
        self._errands.end()
        return Answer.of_json({})


@cache
def _files() -> Mapping[str, bytes]:
    """What may be asked for by name, and nothing beside it."""
    return {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.suffix in _TYPES}


@cache
def _page(name: str, language: str) -> bytes:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(name).render(say=sentences(language), language=language).encode()
