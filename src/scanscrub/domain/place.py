"""Places read back from their text: the inverse of a locator's `str`."""

import re

from scanscrub.domain.finding import FileName, HeaderElement, Locator, PixelRegion, Segment
from scanscrub.domain.geometry import Box

_ELEMENT = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)|\[(\d+)\]")
_ELEMENT_PATH = re.compile(r"\([0-9A-F]{4},[0-9A-F]{4}\)(?:\[\d+\]\([0-9A-F]{4},[0-9A-F]{4}\))*")
_REGION = re.compile(r"frame (\d+) at \((-?\d+),(-?\d+)\)-\((-?\d+),(-?\d+)\)")
_SEGMENT = re.compile(r"(.+) #(\d+)")


def parse_place(text: str) -> Locator:
    """The locator whose `str` is `text`; a region comes back as its upright box.

    Raises:
        ValueError: `text` is no place.
    """
    if text in {"file name", "whole file"}:
        return FileName()
    if _ELEMENT_PATH.fullmatch(text):
        return HeaderElement(tuple(_step(match) for match in _ELEMENT.finditer(text)))
    if region := _REGION.fullmatch(text):
        frame, left, top, right, bottom = (int(number) for number in region.groups())
        return PixelRegion(Box(left, top, right, bottom), frame - 1)
    if segment := _SEGMENT.fullmatch(text):
        return Segment(segment[1], int(segment[2]) - 1)
    raise ValueError("not a place")


def _step(match: re.Match[str]) -> int:
    group, element, item = match.groups()
    return int(item) if item is not None else int(group + element, 16)


def same_place(one: str, other: str) -> bool:
    """Whether two texts name one place.

    Two regions do when they lie in one frame and share at least half of the smaller one: another release of a
    detector, or another runtime, draws the box around the same writing a little differently.
    """
    if one == other:
        return True
    try:
        here, there = parse_place(one), parse_place(other)
    except ValueError:
        return False
    if not (isinstance(here, PixelRegion) and isinstance(there, PixelRegion)) or here.frame != there.frame:
        return False
    width = min(here.box.right, there.box.right) - max(here.box.left, there.box.left)
    height = min(here.box.bottom, there.box.bottom) - max(here.box.top, there.box.top)
    return width > 0 and height > 0 and 2 * width * height >= min(here.box.area, there.box.area)
