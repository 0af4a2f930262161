"""How many places of its pictures a file's steps cover, as a person would count them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scanscrub.domain.audit import AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.rules import Rule

_GRAVEST = (Rule.WRITING_MATCHES_HEADER, Rule.WRITING, Rule.WRITING_UNREADABLE)
_Place = tuple[Box, int]
"""The box around its regions, and the gravest rule of theirs, as an index of `_GRAVEST`."""


def places(steps: Iterable[AuditStep]) -> Mapping[int, Counter[Rule]]:
    """By frame that has any: its places by rule. Regions that are words of one line, or lie over each other, are one.

    A place has the gravest rule of its regions.
    """
    frames: defaultdict[int, list[_Place]] = defaultdict(list)
    for step in steps:
        if isinstance(step.where, PixelRegion) and step.rule in _GRAVEST:
            _add(frames[step.where.frame], (Box.around(step.where.outline), _GRAVEST.index(step.rule)))
    return {frame: Counter(_GRAVEST[rule] for _, rule in found) for frame, found in sorted(frames.items())}


def most_in_a_frame(frames: Mapping[int, Counter[Rule]]) -> int:
    """The number of places in the frame that has most."""
    return max((found.total() for found in frames.values()), default=0)


def _add(found: list[_Place], place: _Place) -> None:
    """Put a place among the others, as one with those that it continues."""
    box, rule = place
    while (other := next((other for other in found if _is_one(box, other[0])), None)) is not None:
        found.remove(other)
        box, rule = box.joined(other[0]), min(rule, other[1])
    found.append((box, rule))


def _is_one(one: Box, other: Box) -> bool:
    """Whether two boxes share most of their height and are no further apart than a line is high."""
    height = min(one.height, other.height)
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = max(one.left, other.left) - min(one.right, other.right)
    return 2 * shared >= height and apart <= height
