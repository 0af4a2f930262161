"""What the page asks of an open review: items, pictures, masks; and what a person decided, until it is applied."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Literal, Protocol

from scanscrub import (
    AuditRecord,
    Box,
    FileReview,
    MaskKind,
    MaskPlace,
    Place,
    Review,
    ReviewItem,
    RunCallbacks,
    ScanscrubError,
)
from scanscrub.web.errands import Errands, Progress
from scanscrub.web.exchange import Answer, Question, UnacceptableError
from scanscrub.web.site import Route

_MOST_PLACES = 2000
"""In one file. More than a person draws."""


class OpenReview(Protocol):
    """What is used of a `ReviewSession`."""

    @property
    def items(self) -> tuple[ReviewItem, ...]: ...

    @property
    def review(self) -> Review: ...

    @property
    def makes_all_anew(self) -> bool: ...

    def picture(self, item: ReviewItem, frame: int, side: Literal["before", "after"]) -> bytes: ...

    def places(self, item: ReviewItem, frame: int) -> tuple[MaskPlace, ...]: ...

    def apply(self, review: Review, *, callbacks: RunCallbacks = ...) -> Iterator[AuditRecord]: ...


class ReviewDesk:
    """Answers about one review. `changed` is called in the main thread when copies were made anew."""

    def __init__(self, session: OpenReview, errands: Errands, changed: Callable[[], None]) -> None:
        self._session = session
        self._errands = errands
        self._changed = changed
        self._lock = threading.RLock()  # the session reads one file at a time, and several tabs may ask
        self._items = session.items
        self._review = session.review
        self._version = 0

    @property
    def routes(self) -> dict[str, Route]:
        item = r"/items/(?P<item>\d{1,7})/frames/(?P<frame>\d{1,7})"
        return {
            "GET /review.json": lambda _question, _match: Answer.of_json(self._state()),
            rf"GET {item}/(?P<side>before|after)\.png": self._picture,
            rf"GET {item}/places": self._places,
            "POST /decisions": self._decide,
            "POST /apply": self._apply,
        }

    def _state(self) -> dict[str, Any]:
        with self._lock:
            return {
                "version": self._version,
                "makes_all_anew": self._session.makes_all_anew,
                "items": [self._item_to_json(item) for item in self._items],
            }

    def _item_to_json(self, item: ReviewItem) -> dict[str, Any]:
        names = ("number", "reason", "frames", "rows", "columns", "series", "position")
        decided = self._review.of(item.sha256) or FileReview(item.sha256, is_looked_at=item.is_looked_at)
        return {
            **{name: getattr(item, name) for name in names},
            "name": item.output_name,
            "status": item.status.value,
            "decision": _decision_to_json(decided),
            "applied": _decision_to_json(self._session.review.of(item.sha256) or FileReview(item.sha256)),
            "refused": list(map(_place_to_json, item.refused)),
        }

    def _picture(self, _question: Question, match: re.Match[str]) -> Answer:
        side: Literal["before", "after"] = "before" if match["side"] == "before" else "after"
        with self._lock:
            item, frame = self._asked(match)
            return Answer(_readable(lambda: self._session.picture(item, frame, side)), "image/png")

    def _places(self, _question: Question, match: re.Match[str]) -> Answer:
        with self._lock:
            item, frame = self._asked(match)
            places = _readable(lambda: self._session.places(item, frame))
        return Answer.of_json(
            [
                {"box": _corners(place.place.box), "kind": place.kind.name, "removal": place.removal.name}
                for place in places
                if place.kind is not MaskKind.PERSON  # the decision has it
            ]
        )

    def _asked(self, match: re.Match[str]) -> tuple[ReviewItem, int]:
        if self._errands.progress.is_running:
            raise UnacceptableError(HTTPStatus.CONFLICT)
        index, frame = int(match["item"]), int(match["frame"])
        if index >= len(self._items) or frame >= self._items[index].frames:
            raise UnacceptableError(HTTPStatus.NOT_FOUND)
        return self._items[index], frame

    def _decide(self, question: Question, _match: re.Match[str]) -> Answer:
        """Take what was decided of some items, all or none; refused where another tab was faster."""
        with self._lock:
            if self._errands.progress.is_running or question.body.get("version") != self._version:
                return Answer.of_json({}, HTTPStatus.CONFLICT)
            review = self._review
            try:
                for index, decision in question.body["items"].items():
                    review = review.with_file(self._checked(self._items[_index(index)], decision))
            except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                raise UnacceptableError(HTTPStatus.BAD_REQUEST) from None
            self._review = review
            self._version += 1
            return Answer.of_json({"version": self._version})

    def _checked(self, item: ReviewItem, decision: Mapping[str, Any]) -> FileReview:
        added = tuple(_place_of(entry, item) for entry in decision["added"])
        removed = tuple(_place_of(entry, item) for entry in decision["removed"])
        if len(added) + len(removed) > _MOST_PLACES or not isinstance(decision["looked_at"], bool):
            raise ValueError
        return FileReview(item.sha256, added, removed, decision["looked_at"])

    def _apply(self, _question: Question, _match: re.Match[str]) -> Answer:
        with self._lock:
            review = self._review
            has_begun = self._errands.begin("apply", lambda progress: self._applied(review, progress))
        return Answer.of_json({}, HTTPStatus.OK if has_begun else HTTPStatus.CONFLICT)

    def _applied(self, review: Review, progress: Progress) -> list[dict[str, str]]:
        """Apply what was decided, and tell of each copy how it ended. Meanwhile no picture is shown."""
        progress.total = len(self._items) if self._session.makes_all_anew else len(review.files)
        results: list[dict[str, str]] = []
        for record in self._session.apply(review):
            why = record.refusal.reason if record.refusal else ""
            results.append({"name": record.output_name or "", "status": record.status.value, "why": why})
            progress.done = len(results)
        self._changed()
        with self._lock:
            self._items, self._review = self._session.items, self._session.review
            self._version += 1
        return results


def _readable(make: Callable[[], Any]) -> Any:  # noqa: ANN401 - as it was made
    try:
        return make()
    except ScanscrubError:
        raise UnacceptableError(HTTPStatus.NOT_FOUND) from None


def _index(told: str) -> int:
    index = int(told)
    if index < 0:
        raise IndexError
    return index


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]


def _decision_to_json(decided: FileReview) -> dict[str, Any]:
    return {
        "added": list(map(_place_to_json, decided.added)),
        "removed": list(map(_place_to_json, decided.removed)),
        "looked_at": decided.is_looked_at,
    }


def _place_to_json(place: Place) -> dict[str, Any]:
    return {"box": _corners(place.box), "frame": place.frame, "confirmed": place.is_confirmed}


def _place_of(entry: Mapping[str, Any], item: ReviewItem) -> Place:
    """Raises `ValueError` for a box that is not in the picture, or a frame that it has not."""
    numbers, frame = entry["box"], entry.get("frame")
    if not all(type(number) is int for number in [*numbers, frame or 0]) or len(numbers) != 4:
        raise ValueError
    box = Box(*numbers)
    if box.area == 0 or box.clipped(item.columns, item.rows) != box:
        raise ValueError
    if frame is not None and not 0 <= frame < item.frames:
        raise ValueError
    return Place(box, frame, is_confirmed=entry.get("confirmed") is True)
