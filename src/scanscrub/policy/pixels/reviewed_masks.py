"""What a person decided about masks, weighed against what was found under them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.geometry import shared_area
from scanscrub.domain.plan import Keep, Mask, Step
from scanscrub.domain.review.decided import FileReview, Place, ReviewOutcome
from scanscrub.domain.rules import Rule

AUTHORITY: Final = "review"
"""What a person decided, in place of a clause of the standard."""
_SHARED: Final = 0.25
"""Of the smaller of two boxes, the share from which both are about one thing: outlines of neighboring lines overlap
by less.
"""
_STILL_COVERED: Final = 0.5
"""Of a place, the share under masks from which its mask stays."""

Size = tuple[int, int]
"""Rows and columns."""


def placed(review: FileReview, sizes: Sequence[Size]) -> FileReview:
    """The review with its places inside the frames, which are of these sizes.

    Raises `RefusedFile` where a place lies in no frame: it was drawn on another picture.
    """
    return replace(
        review,
        added=tuple(_inside(place, sizes) for place in review.added),
        removed=tuple(_inside(place, sizes) for place in review.removed),
    )


def _inside(place: Place, sizes: Sequence[Size]) -> Place:
    chosen = sizes if place.frame is None else sizes[place.frame : place.frame + 1]
    rows, columns = max((rows for rows, _ in chosen), default=0), max((columns for _, columns in chosen), default=0)
    box = place.box.clipped(columns, rows)
    if not any(box.clipped(columns, rows).area for rows, columns in chosen):
        raise RefusedFile(
            "The review has a place that is in none of its pictures.",
            "Count frames from 0, and pixels from the top left corner; or take the place out of the review.",
        )
    return replace(place, box=box)


def reviewed(
    steps: Sequence[Step], review: FileReview, mark: str, sizes: Sequence[Size]
) -> tuple[tuple[Step, ...], ReviewOutcome]:
    """The steps for the writing in the pixels with what a person decided of them, and what became of that.

    A removed place whose mask lies over a value of the header or a device's region is refused, as one over other
    writing is that is not confirmed, and one that a larger mask covers as well. The review is `placed`.
    """
    masks = _by_frame(steps)
    taken = tuple(place for place in review.removed if not _forbidden(place, masks))
    while True:
        outcome = ReviewOutcome(mark, review.added, taken, is_looked_at=review.is_looked_at)
        goes = _going(masks, outcome)
        left = tuple(place for place in taken if not _is_covered(place, masks, goes))
        if left == taken:
            break
        taken = left
    refused = tuple(place for place in review.removed if place not in {*taken})
    kept = tuple(_kept(step) if id(step) in goes else step for step in steps)
    return (*kept, *_added(review, sizes)), replace(outcome, refused=refused)


def _by_frame(steps: Sequence[Step]) -> Mapping[int, Sequence[Step]]:
    """The steps that mask what was found."""
    frames: dict[int, list[Step]] = {}
    for step in steps:
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Mask) and step.because is not None:
            frames.setdefault(step.where.frame, []).append(step)
    return frames


def _in_frames_of(place: Place, masks: Mapping[int, Sequence[Step]]) -> Iterable[Sequence[Step]]:
    """By frame, the steps in the frames of a place."""
    return masks.values() if place.frame is None else (masks.get(place.frame, ()),)


def _going(masks: Mapping[int, Sequence[Step]], outcome: ReviewOutcome) -> AbstractSet[int]:
    """The identities of the steps whose masks a person takes away."""
    everywhere = tuple(place for place in outcome.removed if place.frame is None)
    places: dict[int, list[Place]] = {}
    for place in outcome.removed:
        if place.frame is not None:
            places.setdefault(place.frame, []).append(place)
    goes: set[int] = set()
    for frame, steps in masks.items():
        if here := (*everywhere, *places.get(frame, ())):
            goes |= {id(step) for step in steps if _goes(step, replace(outcome, removed=here))}
    return goes


def is_left_by_a_person(step: Step) -> bool:
    """Whether a person took the mask away that the step would have been."""
    return step.authority == AUTHORITY and isinstance(step.action, Keep)


def _forbidden(place: Place, masks: Mapping[int, Sequence[Step]]) -> bool:
    """Whether something that the place is about may not be uncovered, or not without being confirmed."""
    return any(_forbids(step, place) for steps in _in_frames_of(place, masks) for step in steps)


def _forbids(step: Step, place: Place) -> bool:
    where, because = step.where, step.because
    assert isinstance(where, PixelRegion)
    assert because is not None
    if _is_protected(because) or (because.rule is Rule.WRITING and not place.is_confirmed):
        return shared_area(where.box, [place.box]) >= _SHARED * max(1, min(where.box.area, place.box.area))
    return False


def _is_protected(because: Finding) -> bool:
    return because.rule is Rule.WRITING_MATCHES_HEADER or because.origin.is_device_rule


def _goes(step: Step, outcome: ReviewOutcome) -> bool:
    """Whether its mask is one that a person takes away."""
    where, because = step.where, step.because
    assert isinstance(where, PixelRegion)
    assert because is not None
    return not _is_protected(because) and outcome.lets_stay(where, because.rule)


def _is_covered(place: Place, masks: Mapping[int, Sequence[Step]], goes: AbstractSet[int]) -> bool:
    """Whether masks that stay cover the place in some frame."""
    for steps in _in_frames_of(place, masks):
        boxes = [step.where.box for step in steps if id(step) not in goes and isinstance(step.where, PixelRegion)]
        if shared_area(place.box, boxes) >= _STILL_COVERED * place.box.area:
            return True
    return False


def _kept(step: Step) -> Step:
    return Step(step.where, Keep("a person took its mask away"), step.because, AUTHORITY)


def _added(review: FileReview, sizes: Sequence[Size]) -> Iterator[Step]:
    """A mask for each frame of each added place."""
    for place in review.added:
        frames = range(len(sizes)) if place.frame is None else (place.frame,)
        for frame in frames:
            rows, columns = sizes[frame]
            box = place.box.clipped(columns, rows)
            if box.area:
                yield Step(PixelRegion(box, frame), Mask(0), None, AUTHORITY)
