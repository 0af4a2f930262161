"""Whether a place, as text, is one that was accepted."""

import re

from scanscrub.domain.geometry import Box

_REGION = re.compile(r"frame (\d+) at \((-?\d+),(-?\d+)\)-\((-?\d+),(-?\d+)\)")


def same_place(accepted: str, found: str) -> bool:
    """Whether two texts name one place of one file.

    Two regions do when they lie in one frame and at least half of the one that is found now was accepted: another
    release of a detector, or another runtime, draws the box around the same writing a little differently. What is
    much larger than what was looked at holds more than that.
    """
    if accepted == found:
        return True
    before, now = _REGION.fullmatch(accepted), _REGION.fullmatch(found)
    if before is None or now is None or before[1] != now[1]:
        return False
    return _mostly_in(_box(before), _box(now))


def _box(region: re.Match[str]) -> Box:
    left, top, right, bottom = (int(number) for number in region.groups()[1:])
    return Box(left, top, right, bottom)


def _mostly_in(before: Box, now: Box) -> bool:
    width = min(before.right, now.right) - max(before.left, now.left)
    height = min(before.bottom, now.bottom) - max(before.top, now.top)
    return width > 0 and height > 0 and 2 * width * height >= now.area
