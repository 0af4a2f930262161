"""Whether two places, as text, are one."""

import re

from scanscrub.domain.geometry import Box

_REGION = re.compile(r"frame (\d+) at \((-?\d+),(-?\d+)\)-\((-?\d+),(-?\d+)\)")


def same_place(one: str, other: str) -> bool:
    """Whether two texts name one place of one file.

    Two regions do when they lie in one frame and share at least half of the smaller one: another release of a
    detector, or another runtime, draws the box around the same writing a little differently.
    """
    if one == other:
        return True
    here, there = _REGION.fullmatch(one), _REGION.fullmatch(other)
    if here is None or there is None or here[1] != there[1]:
        return False
    return _mostly_shared(_box(here), _box(there))


def _box(region: re.Match[str]) -> Box:
    left, top, right, bottom = (int(number) for number in region.groups()[1:])
    return Box(left, top, right, bottom)


def _mostly_shared(here: Box, there: Box) -> bool:
    width = min(here.right, there.right) - max(here.left, there.left)
    height = min(here.bottom, there.bottom) - max(here.top, there.top)
    return width > 0 and height > 0 and 2 * width * height >= min(here.area, there.area)
