"""What happens to each piece of writing found in the pixels (PS3.15 E.3.1, Clean Pixel Data)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from math import dist
from typing import Literal, TypeAlias

from scanscrub.domain.finding import DEVICE_RULE, Finding, Known, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Keep, Mask, Step
from scanscrub.domain.rules import Rule
from scanscrub.policy.identity_patterns import spans
from scanscrub.policy.known_text import KnownText
from scanscrub.policy.markers import is_harmless

TextMode: TypeAlias = Literal["all", "identifying", "none"]

PADDING = 4
"""Pixels around a region that are masked with it: ink that the outline of a detector cuts off."""
AUTHORITY = "PS3.15 E.3.1"
_LONGEST_PIECE = 4
_SURE, _SURE_OF_FIGURES = 0.6, 0.8
"""The least score of a harmless reading, and of one without a word of three letters: a reader makes figures and lone
letters of a script that it does not know, and hardly ever a word of the list.
"""
_A_WORD = re.compile(r"[^\W\d_]{3}")
_SURER = 0.9
_SAME = 0.8
"""Two outlines of one line have this share of their area in common: a letter left out is still in the margin."""
_INSIDE = 0.9
"""An outline of which this share lies in another one is of a part of the same line."""
_LETTER_WIDTH = 0.4
"""Of a letter, in heights of the outline of its line, which also runs on for about half a height at each end."""
_LEAST_READ, _SPARE_LETTERS = 0.6, 1.2
"""A reading is whole where it has this share of the letters that its outline has room for, less these."""


def mask_steps(
    writing: Sequence[Finding], text_mode: TextMode, known: Sequence[Known] | KnownText = ()
) -> tuple[Step, ...]:
    """One step for each piece of writing, in the order given: `Mask`, or `Keep` for what identifies nobody.

    ``"all"`` masks every region, ``"none"`` gives no step. ``"identifying"`` keeps a region whose whole reading is
    harmless (see `markers.is_harmless`) and sure, unless its neighbour on the same line is masked and it is so short
    that it could be a part of it: an initial, the end of a number. Of two outlines of one line the surer reading
    counts.
    """
    regions = [finding for finding in writing if isinstance(finding.where, PixelRegion)]
    if text_mode == "none":
        return ()
    if text_mode == "all":
        return tuple(_mask(finding) for finding in regions)
    finder = known if isinstance(known, KnownText) else KnownText(known)
    kept = {place for place, finding in enumerate(regions) if _harmless(finding, finder)}
    frames: defaultdict[int, list[int]] = defaultdict(list)
    for place, finding in enumerate(regions):
        frames[_region(finding).frame].append(place)
    for places in frames.values():
        kept |= _misread(places, regions, kept)
        kept -= _doubtful(places, regions, kept)
    return tuple(_keep(finding) if place in kept else _mask(finding) for place, finding in enumerate(regions))


def _region(finding: Finding) -> PixelRegion:
    assert isinstance(finding.where, PixelRegion)
    return finding.where


def _mask(finding: Finding) -> Step:
    if finding.origin.startswith(DEVICE_RULE):
        return Step(finding.where, Mask(0), finding, finding.origin)
    return Step(finding.where, Mask(PADDING), finding, AUTHORITY)


def _keep(finding: Finding) -> Step:
    return Step(finding.where, Keep("writing that identifies nobody"), finding, AUTHORITY)


def _harmless(finding: Finding, known: KnownText) -> bool:
    if finding.rule is not Rule.WRITING or finding.evidence is None or finding.confidence < _SURE:
        return False
    reading = finding.evidence.reveal()
    if finding.confidence < _SURE_OF_FIGURES and _A_WORD.search(reading) is None:
        return False
    return _is_whole(reading, _region(finding)) and is_harmless(reading, known)


def _is_whole(reading: str, region: PixelRegion) -> bool:
    """Whether the reading is about as long as its region: of writing in a script that it does not know, a reader
    returns the digits alone.
    """
    corners = region.outline
    short, long = sorted((dist(corners[0], corners[1]), dist(corners[1], corners[2])))
    room = (long - short) / (_LETTER_WIDTH * max(short, 1.0))
    letters = sum(not letter.isspace() for letter in reading)
    return letters >= _LEAST_READ * room - _SPARE_LETTERS


def _misread(places: Sequence[int], regions: Sequence[Finding], kept: AbstractSet[int]) -> set[int]:
    """Which pieces of one frame are a kept one, or a part of it, outlined differently and read less surely."""
    sure = [regions[place] for place in places if place in kept and regions[place].confidence >= _SURER]
    return {
        place
        for place in places
        if place not in kept and any(_is_misreading(regions[place], other) for other in sure)
    }


def _is_misreading(finding: Finding, other: Finding) -> bool:
    unreadable = finding.rule is Rule.WRITING_UNREADABLE and not finding.origin.startswith(DEVICE_RULE)
    unsure = finding.rule is Rule.WRITING and finding.confidence < other.confidence
    if not (unreadable or unsure) or finding.evidence is None or any(True for _ in spans(finding.evidence.reveal())):
        return False
    one, two = _region(finding).box, _region(other).box
    width = min(one.right, two.right) - max(one.left, two.left)
    height = min(one.bottom, two.bottom) - max(one.top, two.top)
    common = max(width, 0) * max(height, 0)
    return common >= _SAME * (one.area + two.area - common) or common >= _INSIDE * one.area


def _doubtful(places: Sequence[int], regions: Sequence[Finding], kept: AbstractSet[int]) -> set[int]:
    """Which short kept pieces of one frame stand beside a masked one, or beside a piece that does."""
    masked = [place for place in places if place not in kept]
    short = {place for place in places if place in kept and _is_short(regions[place])}
    doubtful: set[int] = set()
    while masked:
        box = _region(regions[masked.pop()]).box
        beside = {place for place in short if _beside(_region(regions[place]).box, box)}
        masked += sorted(beside)
        short -= beside
        doubtful |= beside
    return doubtful


def _is_short(finding: Finding) -> bool:
    return finding.evidence is not None and len(finding.evidence.reveal().strip()) <= _LONGEST_PIECE


def _beside(first: Box, second: Box) -> bool:
    """Whether both lie on one line, at most one and a half line heights apart: upright, or turned as the second."""
    upright = min(first.bottom, second.bottom) - max(first.top, second.top) > 0.5 * min(first.height, second.height)
    reach = int(1.5 * min(_line_height(first), _line_height(second)))
    widened = Box(first.left - reach, first.top, first.right + reach, first.bottom)
    if upright and widened.meets(second):
        return True
    lying = min(first.right, second.right) - max(first.left, second.left) > 0.5 * min(first.width, second.width)
    heightened = Box(first.left, first.top - reach, first.right, first.bottom + reach)
    turned = second.height > second.width
    return turned and lying and heightened.meets(second)


def _line_height(box: Box) -> int:
    return max(1, min(box.width, box.height))
