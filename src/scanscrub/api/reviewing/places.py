"""The masks of a frame as a person sees them: outlines of one line are one place."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from scanscrub.api.reviewing.items import MaskPlace
from scanscrub.api.reviewing.kinds import MaskKind, kind_of, removal_of
from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box, shared_area
from scanscrub.domain.review.decided import Place

_ONE = 0.25
"""Of the smaller of two boxes, the share that both have in common from which they are one place."""
_GRAVEST = tuple(MaskKind)


def mask_places(record: AuditRecord, frame: int) -> tuple[MaskPlace, ...]:
    """Those of one frame, in the order of their steps, each with the place that a review would name."""
    here = [step for step in record.steps if step.is_mask and _region(step).frame == frame]
    drawn = [step for step in here if kind_of(step) is MaskKind.PERSON]
    found = _gathered(step for step in here if kind_of(step) is not MaskKind.PERSON)
    return (*(_place(steps, frame) for steps in found), *_drawn(drawn, record, frame))


def _region(step: AuditStep) -> PixelRegion:
    assert isinstance(step.where, PixelRegion)
    return step.where


def _gathered(steps: Iterable[AuditStep]) -> list[list[AuditStep]]:
    groups: list[list[AuditStep]] = []
    for step in steps:
        same = [group for group in groups if any(_are_one(_region(step).box, _region(each).box) for each in group)]
        groups = [group for group in groups if group not in same]
        groups.append([each for group in (*same, [step]) for each in group])
    return groups


def _are_one(one: Box, other: Box) -> bool:
    return shared_area(one, [other]) >= _ONE * max(1, min(one.area, other.area))


def _place(steps: Sequence[AuditStep], frame: int) -> MaskPlace:
    kind = min((kind_of(step) for step in steps), key=_GRAVEST.index)
    box = reduce(Box.joined, (_region(step).box for step in steps))
    blackened = reduce(Box.joined, ((step.masked or _region(step)).box for step in steps))
    return MaskPlace(PixelRegion(blackened, frame), Place(box, frame), kind, removal_of(kind))


def _drawn(steps: Sequence[AuditStep], record: AuditRecord, frame: int) -> Iterator[MaskPlace]:
    """What a person drew, with the very place of the review."""
    added = () if record.review is None else record.review.added
    for step in steps:
        where = _region(step)
        known = (
            place for place in added if place.is_in(frame) and shared_area(where.box, [place.box]) == where.box.area
        )
        place = next(known, Place(where.box, frame))
        blackened = PixelRegion((step.masked or where).box, frame)
        yield MaskPlace(blackened, place, MaskKind.PERSON, removal_of(MaskKind.PERSON))
