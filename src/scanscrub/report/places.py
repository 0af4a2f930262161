"""How many places of its pictures a file's steps cover, as a person would count them.

Terminal, report and `inspect` all count here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

from scanscrub.domain.audit import AuditStep
from scanscrub.domain.finding import OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.rules import Rule

_WRITING_RULES = (Rule.WRITING_MATCHES_HEADER, Rule.WRITING, Rule.WRITING_UNREADABLE)
DRAWN = "drawn by a person"
"""The kind of a place that nothing was seen in."""
_ORDER = (*_WRITING_RULES, OriginKind.DEVICE_RULE.value, DRAWN)
_SLIMMEST_LETTER = 2
"""How many times as high as wide a box is that is a line from top to bottom."""
_MOST_LETTER = 2
"""How many times as high as its line a single slim letter may be."""
_Region: TypeAlias = tuple[Box, str]


def places(steps: Iterable[AuditStep]) -> Mapping[int, Counter[str]]:
    """By frame that has any: its places by rule. Regions that are words of one line, or lie over each other, are one.

    A place has the gravest rule of its regions, ``device rule`` where only such rules named it, `DRAWN` where only
    a person did. The order of the steps does not matter.
    """
    frames: defaultdict[int, set[_Region]] = defaultdict(set)
    for step in steps:
        if isinstance(step.where, PixelRegion) and step.rule in _WRITING_RULES:
            of_device = step.origin is not None and step.origin.is_device_rule
            kind = OriginKind.DEVICE_RULE.value if of_device else step.rule
            frames[step.where.frame].add((step.where.box, kind))
        elif isinstance(step.where, PixelRegion) and step.rule is None:
            frames[step.where.frame].add((step.where.box, DRAWN))
    return _counted(frames)


def kept_places(regions: Iterable[PixelRegion]) -> Mapping[int, Counter[str]]:
    """The places of writing that was left on purpose, counted in the same way."""
    frames: defaultdict[int, set[_Region]] = defaultdict(set)
    for region in regions:
        frames[region.frame].add((region.box, Rule.WRITING))
    return _counted(frames)


def _counted(frames: Mapping[int, Iterable[_Region]]) -> Mapping[int, Counter[str]]:
    return {frame: Counter(_gathered(frozenset(found))) for frame, found in sorted(frames.items())}


def device_regions(steps: Iterable[AuditStep]) -> Mapping[str, int]:
    """By the name of each device rule that masked something: its regions in the frame that has most of them."""
    regions = {
        (step.origin.name, step.where)
        for step in steps
        if isinstance(step.where, PixelRegion) and step.origin is not None and step.origin.is_device_rule
    }
    counts = Counter((name, where.frame) for name, where in regions)
    return {
        name: max(counts[key] for key in counts if key[0] == name) for name in sorted({name for name, _ in counts})
    }


def most_in_a_frame(frames: Mapping[int, Counter[str]]) -> int:
    """The number of places in the frame that has most."""
    return max((found.total() for found in frames.values()), default=0)


@lru_cache(maxsize=16)
def _gathered(regions: frozenset[_Region]) -> tuple[str, ...]:
    """The rule of each place; the frames of a cine have the same regions, one after the other."""
    groups: list[list[_Region]] = []
    for region in sorted(regions):
        joined = [group for group in groups if any(_is_one(region[0], box) for box, _ in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([region, *chain.from_iterable(joined)])
    return tuple(min((rule for _, rule in group), key=_ORDER.index) for group in groups)


def _is_one(one: Box, other: Box) -> bool:
    """Whether two boxes share most of their height and are no further apart than a line is high.

    The same turned where both are upright lines. An upright one and the words beside it are one where they meet.
    """
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    upright = _is_upright(one), _is_upright(other)
    if all(upright):
        width = min(one.width, other.width)
        return 2 * across >= width and -down <= width
    height = min(one.height, other.height)
    is_letter = max(one.height, other.height) <= _MOST_LETTER * height
    return 2 * down >= height and -across <= (height if is_letter or not any(upright) else 0)


def _is_upright(box: Box) -> bool:
    return box.height > _SLIMMEST_LETTER * box.width
