"""Places and what became of a review as JSON objects and back: a part of the audit."""

from collections.abc import Mapping
from typing import Any

from scanscrub.domain.geometry import Box
from scanscrub.domain.review.decided import Place, ReviewOutcome


def place_to_json(place: Place) -> dict[str, Any]:
    """A place as an object of JSON types; frames are counted from 0, as in the audit."""
    box = place.box
    written: dict[str, Any] = {"frame": place.frame, "box": [box.left, box.top, box.right, box.bottom]}
    return {**written, "confirmed": True} if place.is_confirmed else written


def outcome_to_json(outcome: ReviewOutcome) -> dict[str, Any]:
    return {
        "mark": outcome.mark,
        "looked_at": outcome.is_looked_at,
        "added": [place_to_json(place) for place in outcome.added],
        "removed": [place_to_json(place) for place in outcome.removed],
        "refused": [place_to_json(place) for place in outcome.refused],
    }


def outcome_from_json(entry: Mapping[str, Any]) -> ReviewOutcome:
    """Raises `KeyError`, `TypeError` or `ValueError` where it is none."""
    added, removed, refused = (tuple(map(_place, entry[name])) for name in ("added", "removed", "refused"))
    return ReviewOutcome(str(entry["mark"]), added, removed, refused, bool(entry["looked_at"]))


def _place(entry: Mapping[str, Any]) -> Place:
    left, top, right, bottom = map(int, entry["box"])
    frame = entry["frame"]
    return Place(Box(left, top, right, bottom), None if frame is None else int(frame), "confirmed" in entry)
