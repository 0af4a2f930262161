"""Whether a place, as text, is one that was accepted."""

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box


def same_place(accepted: str, found: str) -> bool:
    """Whether two texts name one place of one file.

    Two regions do when they lie in one frame and at least half of the one that is found now was accepted: another
    release of a detector, or another runtime, draws the box around the same writing a little differently. What is
    much larger than what was looked at holds more than that.
    """
    if accepted == found:
        return True
    before, now = PixelRegion.parsed(accepted), PixelRegion.parsed(found)
    if before is None or now is None or before.frame != now.frame:
        return False
    return _mostly_in(before.box, now.box)


def _mostly_in(before: Box, now: Box) -> bool:
    width = min(before.right, now.right) - max(before.left, now.left)
    height = min(before.bottom, now.bottom) - max(before.top, now.top)
    return width > 0 and height > 0 and 2 * width * height >= now.area
