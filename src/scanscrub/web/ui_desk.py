"""What the page of `ui` asks: look at files, make copies, check them, make them ready for a chatbot."""

import os
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

import scanscrub
from scanscrub import (
    WITHOUT_COPY,
    AuditRecord,
    CleanOptions,
    Earlier,
    Inspection,
    OutputUnusableError,
    RunCallbacks,
    Status,
    UsageError,
)
from scanscrub.web.errands import Errands, Progress, StoppedError
from scanscrub.web.exchange import Answer, Question, UnacceptableError
from scanscrub.web.folders import listed, path_of
from scanscrub.web.review_desk import ReviewDesk
from scanscrub.web.site import Route

_LOOKED_AT: Final = 20
"""In so many files the pictures are searched before copies are made; in more it would take too long."""
_MOST_PATHS: Final = 1000
Words = Callable[[Sequence[Inspection], bool], Iterable[str]]
"""What was seen, in lines; and whether the pictures were searched."""
Reveal = Callable[[Path], bool]
"""Opens a folder on the desktop; False where that failed."""


@dataclass
class _Way:
    """How far the person is."""

    step: str = "choose"
    paths: tuple[Path, ...] = ()
    folder: str = ""
    words: tuple[str, ...] = ()
    has_images: bool = False
    summary: dict[str, Any] | None = None
    can_check: bool = False
    has_chatbot: bool = False


class UiDesk:
    """Answers about one way from files to a folder that may be shared. To be closed."""

    def __init__(self, errands: Errands, tell: Words, reveal: Reveal | None, opened: ExitStack) -> None:
        self._errands = errands
        self._tell = tell
        self._reveal = reveal
        self._opened = opened
        self._way = _Way()
        self._review: ReviewDesk | None = None
        self._key: bytes | None = None  # of the run whose copies are corrected

    @property
    def routes(self) -> dict[str, Route]:
        return {
            "GET /way": lambda _question, _match: Answer.of_json(self._told()),
            "POST /folder": lambda question, _match: Answer.of_json(listed(_text(question, "path"))),
            "POST /choose": self._choose,
            "POST /make": self._make,
            "POST /chatbot": self._chatbot,
            "POST /open": self._open_folder,
            "POST /again": self._again,
            r"(GET|POST) /(review\.json|decisions|apply|items/.*)": self._reviewed,
        }

    def _told(self) -> dict[str, Any]:
        names = ("step", "folder", "words", "has_images", "summary", "can_check", "has_chatbot")
        told = {name: getattr(self._way, name) for name in names}
        return {**told, "paths": list(map(str, self._way.paths)), "can_open": self._reveal is not None}

    def _reviewed(self, question: Question, _match: re.Match[str]) -> Answer:
        """What the review answers, where one is open."""
        asked = f"{question.method} {question.path}"
        for pattern, route in self._review.routes.items() if self._review else ():
            if match := re.fullmatch(pattern, asked):
                return route(question, match)
        raise UnacceptableError(HTTPStatus.NOT_FOUND)

    def _choose(self, question: Question, _match: re.Match[str]) -> Answer:
        paths = question.body.get("paths")
        if (
            not isinstance(paths, list)
            or not all(isinstance(path, str) for path in paths)
            or len(paths) > _MOST_PATHS
        ):
            raise UnacceptableError(HTTPStatus.BAD_REQUEST)
        return self._begun("look", lambda progress: self._look([path_of(path) for path in paths], progress))

    def _look(self, chosen: Sequence[Path | None], progress: Progress) -> None:
        paths = tuple(path for path in chosen if path is not None and os.path.lexists(path))
        if not paths or len(paths) < len(chosen):
            raise UsageError("There is nothing of that name.", "Give the path from its beginning, as / or C:\\.")
        seen = _inspected(paths, progress, text="none")
        images = sum(each.record.status is Status.PLANNED for each in seen)
        searched = 0 < images <= _LOOKED_AT
        if searched:
            progress.done = 0
            seen = _inspected(paths, progress)
        name = paths[0].name
        is_telling = not all(name in each.name.replace("!", "/").split("/") for each in seen)
        folder = str(scanscrub.folder_beside(paths, is_telling=is_telling)) if images else ""
        self._way = _Way("look", paths, folder, tuple(self._tell(seen, searched)), bool(images))

    def _make(self, question: Question, _match: re.Match[str]) -> Answer:
        folder = path_of(_text(question, "folder"))
        if self._way.step != "look" or not self._way.has_images or folder is None:
            return Answer.of_json({}, HTTPStatus.CONFLICT)
        return self._begun("make", lambda progress: self._made(folder, progress))

    def _made(self, folder: Path, progress: Progress) -> None:
        """Make the copies, until the person stops: then the finished ones stay."""
        earlier = scanscrub.earlier_in(folder)
        if earlier in {Earlier.FINISHED, Earlier.FOREIGN}:
            raise OutputUnusableError(
                "Something is in that folder already, and it is never overwritten.", "Name another."
            )
        records: list[AuditRecord] = []
        options = CleanOptions(resume=earlier is Earlier.UNFINISHED)
        callbacks = RunCallbacks(counted=progress.counted, keyed=self._keep_key)
        cleaned = scanscrub.clean(self._way.paths, folder, options, callbacks=callbacks)
        with closing(cast("Generator[AuditRecord]", cleaned)) as made:
            for record in made:
                records.append(record)
                progress.done += 1
                if progress.stop.is_set():
                    break
        is_stopped = progress.stop.is_set()
        if records:
            scanscrub.write_report(folder)
        self._way.folder = str(folder)
        self._way.summary = _summary(records, is_stopped=is_stopped)
        self._way.step = "share"
        has_copies = any(record.status in {Status.CLEAN, Status.REVIEW} for record in records)
        self._way.can_check = has_copies and not is_stopped and self._open_review(folder)

    def _keep_key(self, key: bytes) -> None:
        self._key = key

    def _open_review(self, folder: Path) -> bool:
        """Whether there is something to look at."""
        self._opened.close()
        session = self._opened.enter_context(scanscrub.open_review(folder, self._way.paths, key=self._key))
        if not session.items:
            return False
        self._review = ReviewDesk(session, self._errands, lambda: scanscrub.write_report(folder))
        return True

    def _chatbot(self, _question: Question, _match: re.Match[str]) -> Answer:
        if self._way.summary is None:
            return Answer.of_json({}, HTTPStatus.CONFLICT)

        def write(_progress: Progress) -> None:
            self._way.has_chatbot = scanscrub.write_for_chatbot(self._way.folder) is not None

        return self._begun("chatbot", write)

    def _open_folder(self, _question: Question, _match: re.Match[str]) -> Answer:
        """Show the folder of the copies, and no other, on the desktop."""
        if self._way.summary is None or self._reveal is None or not self._reveal(Path(self._way.folder)):
            return Answer.of_json({}, HTTPStatus.CONFLICT)
        return Answer.of_json({})

    def _again(self, _question: Question, _match: re.Match[str]) -> Answer:
        """Begin with other files."""
        if self._errands.progress.is_running:
            return Answer.of_json({}, HTTPStatus.CONFLICT)
        self._way, self._review = _Way(), None
        self._opened.close()
        return Answer.of_json({})

    def _begun(self, name: str, work: Callable[[Progress], object]) -> Answer:
        has_begun = self._errands.begin(name, work)
        return Answer.of_json({}, HTTPStatus.OK if has_begun else HTTPStatus.CONFLICT)


def _inspected(paths: Sequence[Path], progress: Progress, **options: Any) -> list[Inspection]:  # noqa: ANN401 - keywords
    def examined() -> None:
        progress.done += 1
        if progress.stop.is_set():
            raise StoppedError

    callbacks = RunCallbacks(examined=examined, counted=progress.counted)
    return list(scanscrub.inspect(paths, callbacks=callbacks, **options))


def _summary(records: Iterable[AuditRecord], *, is_stopped: bool) -> dict[str, Any]:
    records = list(records)
    counted = Counter(record.status for record in records)
    why = Counter(record.refusal.reason for record in records if record.status in WITHOUT_COPY and record.refusal)
    return {
        "clean": counted[Status.CLEAN],
        "review": counted[Status.REVIEW],
        "without": sum(counted[status] for status in WITHOUT_COPY),
        "why": [{"count": count, "reason": reason} for reason, count in why.items()],
        "stopped": is_stopped,
    }


def _text(question: Question, name: str) -> str:
    said = question.body.get(name)
    if not isinstance(said, str) or "\0" in said:
        raise UnacceptableError(HTTPStatus.BAD_REQUEST)
    return said
