"""What a person decided about masks, weighed against what was found under them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.geometry import Box, shared_area
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
    masks = [step for step in steps if isinstance(step.action, Mask)]
    taken = tuple(place for place in review.removed if not any(_forbids(step, place) for step in masks))
    while True:
        outcome = ReviewOutcome(mark, review.added, taken, is_looked_at=review.is_looked_at)
        staying = [step for step in masks if not _goes(step, outcome)]
        left = tuple(place for place in taken if not _is_covered(place, staying))
        if left == taken:
            break
        taken = left
    refused = tuple(place for place in review.removed if place not in taken)
    kept = tuple(_kept(step) if _goes(step, outcome) else step for step in steps)
    return (*kept, *_added(review, sizes)), replace(outcome, refused=refused)


def is_left_by_a_person(step: Step) -> bool:
    """Whether a person took the mask away that the step would have been."""
    return step.authority == AUTHORITY and isinstance(step.action, Keep)


def _forbids(step: Step, place: Place) -> bool:
    where, because = step.where, step.because
    if not isinstance(where, PixelRegion) or because is None or not place.is_in(where.frame):
        return False
    if _is_protected(because) or (because.rule is Rule.WRITING and not place.is_confirmed):
        return shared_area(where.box, [place.box]) >= _SHARED * max(1, min(where.box.area, place.box.area))
    return False


def _is_protected(because: Finding) -> bool:
    return because.rule is Rule.WRITING_MATCHES_HEADER or because.origin.is_device_rule


def _goes(step: Step, outcome: ReviewOutcome) -> bool:
    """Whether its mask is one that a person takes away."""
    where, because = step.where, step.because
    if not isinstance(step.action, Mask) or not isinstance(where, PixelRegion) or because is None:
        return False
    return not _is_protected(because) and outcome.lets_stay(where, because.rule)


def _is_covered(place: Place, staying: Sequence[Step]) -> bool:
    """Whether masks that stay cover the place in some frame."""
    boxes: dict[int, list[Box]] = {}
    for step in staying:
        where = step.where
        if isinstance(where, PixelRegion) and place.is_in(where.frame) and where.box.meets(place.box):
            boxes.setdefault(where.frame, []).append(where.box)
    return any(shared_area(place.box, here) >= _STILL_COVERED * place.box.area for here in boxes.values())


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
