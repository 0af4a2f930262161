"""``review.json``: a review as a file that people read in a diff, and write by hand."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.geometry import Box
from scanscrub.domain.review.decided import FileReview, Place, Review, named_twice
from scanscrub.domain.review.json_form import place_to_json

VERSION: Final = 1
LARGEST: Final = 16 << 20
"""Bytes of a file that is read."""
_MOST_IN_A_FRAME: Final = 200
"""Places that a person draws or takes away in one frame at most."""
_WIDEST: Final = 1 << 20
"""Pixels or frames: no picture has more."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_HINT: Final = "See 'scanscrub help guide', Correct a mask, for what a review says."


def read_review(path: Path) -> Review:
    """The review that a file holds. Raises `UsageError`, which quotes nothing of it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError:
        raise UsageError("The review cannot be read.", "Check the path after --review.") from None
    if len(data) > LARGEST:
        raise _wrong("is larger than 16 MB")
    return review_of(data)


def review_of(data: bytes) -> Review:
    """The same of its bytes. Raises `UsageError`."""
    try:
        document = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_each_once)
    except UsageError:
        raise
    except (ValueError, RecursionError):
        raise _wrong("is no JSON") from None
    top = _object(document, {"review", "files"}, set(), "It")
    if top["review"] != VERSION or isinstance(top["review"], bool):
        reason = f"is of another version than {VERSION}"
        raise _wrong(reason)
    files = tuple(_file(entry, number) for number, entry in enumerate(_list(top["files"], "files"), 1))
    if named_twice(files):
        raise _wrong("names one file twice")
    return Review(files)


def review_to_text(review: Review) -> str:
    """A line a place, in an order of its own: what changed is what a diff shows."""
    entries = ",\n".join(map(_entry, sorted(review.files, key=lambda file: file.sha256)))
    return f'{{\n "review": {VERSION},\n "files": [\n{entries}\n ]\n}}\n'


def write_review(path: Path, review: Review) -> None:
    """Write the file, over an older one. Raises `OutputUnusableError`, and `UsageError` for what none could be."""
    text = review_to_text(review).encode()
    review_of(text)
    half_made = path.with_name(f"{path.name}.new")
    try:
        half_made.write_bytes(text)
        half_made.replace(path)
    except OSError:
        raise OutputUnusableError(
            "The review cannot be written.", "Check that its folder can be written to, or give another place."
        ) from None


def _entry(file: FileReview) -> str:
    looked_at = json.dumps(file.is_looked_at)
    parts = [f'"sha256": "{file.sha256}"', f'"looked_at": {looked_at}']
    parts += [f'"{name}": {_places(places)}' for name, places in (("added", file.added), ("removed", file.removed))]
    return "  {\n   " + ",\n   ".join(parts) + "\n  }"


def _places(places: Sequence[Place]) -> str:
    lines = ",\n".join(f"    {json.dumps(place_to_json(place))}" for place in sorted(places, key=_order))
    return f"[\n{lines}\n   ]" if lines else "[]"


def _order(place: Place) -> tuple[int, Box, bool]:
    return (-1 if place.frame is None else place.frame, place.box, place.is_confirmed)


def _place(place: object, what: str) -> Place:
    """The place of such an object. Raises `UsageError`."""
    entry = _object(place, {"box"}, {"frame", "confirmed"}, what)
    frame = entry.get("frame")
    if frame is not None and not _is_number(frame):
        raise _wrong("has a frame that is no number from 0 on", what)
    corners = _list(entry["box"], "box")
    if len(corners) != 4 or not all(map(_is_number, corners)):
        raise _wrong("has a box that is not four numbers from 0 on: left, top, right, bottom", what)
    left, top, right, bottom = corners
    if right <= left or bottom <= top:
        raise _wrong("has a box without a pixel", what)
    return Place(Box(left, top, right, bottom), frame, _switch(entry, "confirmed", what))


def _file(entry: object, number: int) -> FileReview:
    what = f"File {number} of it"
    file = _object(entry, {"sha256"}, {"looked_at", "added", "removed"}, what)
    digest = file["sha256"]
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _wrong("has no SHA-256 of 64 small hexadecimal digits", what)
    added = tuple(_each(file.get("added", []), what))
    if any(place.is_confirmed for place in added):
        raise _wrong("confirms an added place, which needs none", what)
    removed = tuple(_each(file.get("removed", []), what))
    for places in (added, removed):
        counts = Counter(place.frame for place in places)
        if max(counts.values(), default=0) > _MOST_IN_A_FRAME:
            reason = f"has more than {_MOST_IN_A_FRAME} places in one frame"
            raise _wrong(reason, what)
    return FileReview(digest, added, removed, _switch(file, "looked_at", what))


def _each(places: object, what: str) -> Iterator[Place]:
    yield from dict.fromkeys(_place(each, f"{what}: a place") for each in _list(places, what))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object: of two of one name nobody knows which is meant."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _wrong("says something twice")
    return members


def _object(entry: object, needed: set[str], others: set[str], what: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or not needed <= set(entry) <= needed | others:
        known = ", ".join(sorted(needed | others))
        reason = f"is no object of {known}"
        raise _wrong(reason, what)
    return entry


def _list(entry: object, what: str) -> list[Any]:
    if not isinstance(entry, list):
        reason = f"has no list where one belongs: {what}"
        raise _wrong(reason)
    return entry


def _switch(entry: dict[str, Any], name: str, what: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        reason = f"says neither true nor false of {name}"
        raise _wrong(reason, what)
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _WIDEST


def _wrong(reason: str, what: str = "It") -> UsageError:
    return UsageError(f"This is no review that can be replayed. {what} {reason}.", _HINT)
