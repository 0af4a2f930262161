"""Which pieces of burned-in writing may stay under ``--text identifying``: those that identify nobody, whole."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from math import dist

from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.geometry import Box, shared_area
from scanscrub.domain.rules import Rule
from scanscrub.domain.text import adds, folded
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.text.identity_patterns import spans
from scanscrub.policy.text.markers import is_harmless

PADDING = 1
"""Pixels around a region that are masked with it, as corners are rounded; the margin that ink needs is in it."""
_LONGEST_PIECE = 4
_SURE, _SURE_OF_FIGURES = 0.6, 0.8
"""The least score of a harmless reading, and of one without a word of three letters: a reader makes figures and lone
letters of a script that it does not know, and hardly ever a word of the list.
"""
_A_MEASURE = re.compile(r"\d{1,2} ?[^\W\d_]{2}")
"""With its unit it is no part of anything longer."""
_A_WORD = re.compile(r"[^\W\d_]{3}")
_SURER = _TELLING = 0.85
"""The least score of a reading beside which another one of the same place is a misreading, and of one that is none,
as it has a word more.
"""
_SAME = 0.8
"""Two outlines of one line have this share of their area in common: a letter left out is still in the margin."""
_INSIDE = 0.9
"""An outline of which this share lies in another one is of a part of the same line."""
_LETTER_WIDTH = 0.4
"""Of a letter, in heights of the outline of its line, which also runs on for about half a height at each end."""
_LEAST_READ, _SPARE_LETTERS = 0.6, 1.2
"""A reading is whole where it has this share of the letters that its outline has room for, less these."""
_ONE_LINE, _SEVERAL = 1.6, 1.4
"""How many times as high as another line an outline is at most that holds no more than one, and one that holds more
at least: between them it may be either.
"""
_SLANT = 0.2
"""How far a line may go down for each pixel across."""
_MARGIN = 0.3
"""Of its height, what an outline reaches beyond the ink of its line on every side."""
_ON_ANOTHER_LINE = 0.4
"""Of the height of the lower one, how far apart the middles of two lines are at least."""
_CUT = 0.05
"""A piece of whose ink's box this share is masked is no mark any more."""


def kept_places(regions: Sequence[Finding], known: IdentifierMatcher) -> frozenset[int]:
    """The places in `regions`, the findings of one frame, of those that stay."""
    kept = {place for place, finding in enumerate(regions) if _harmless(finding, known)}
    kept |= _misread(regions, kept)
    kept -= _doubtful(regions, kept)
    while cut := _cut(regions, kept):
        kept -= cut
    return frozenset(kept)


def mask_region(finding: Finding, kept: Sequence[Finding]) -> PixelRegion:
    """The region to be masked, less what reaches beyond the middle between its line and one that stays.

    The outlines of lines in a block overlap by half their height, and a mark with half its letters is no mark.
    """
    where = region_of(finding)
    box = where.box
    if not kept or not is_upright(where) or finding.origin.is_device_rule:
        return where
    for line in _lines(region_of(other) for other in kept):
        if box.height > _ONE_LINE * line.height:
            continue
        apart = (line.top + line.bottom - box.top - box.bottom) / 2
        beside = box.grown(PADDING).meets(line) and min(box.right, line.right) > max(box.left, line.left)
        if not beside or abs(apart) < _ON_ANOTHER_LINE * min(box.height, line.height):
            continue
        middle = (line.top + line.bottom + box.top + box.bottom) // 4
        top = max(box.top, middle + PADDING) if apart < 0 else box.top
        bottom = min(box.bottom, middle - PADDING) if apart > 0 else box.bottom
        box = Box(box.left, top, box.right, max(top, bottom))
    return where if box == where.box else PixelRegion(box, where.frame)


def _lines(regions: Iterable[PixelRegion]) -> Iterable[Box]:
    """The upright ones, those that outline one line joined, without those that hold several."""
    lines: list[Box] = []
    for box in sorted((region.box for region in regions if is_upright(region)), key=lambda box: box.height):
        same = [line for line in lines if 2 * shared_area(box, [line]) >= min(box.area, line.area)]
        if all(box.height <= _ONE_LINE * line.height for line in same):
            lines = [line for line in lines if line not in same]
            lines.append(reduce(Box.joined, same, box))
    return lines


def region_of(finding: Finding) -> PixelRegion:
    assert isinstance(finding.where, PixelRegion)
    return finding.where


def _harmless(finding: Finding, known: IdentifierMatcher) -> bool:
    if finding.always_masked or finding.rule is not Rule.WRITING or finding.evidence is None:
        return False
    if finding.confidence < _SURE:
        return False
    reading = finding.evidence.reveal()
    if finding.confidence < _SURE_OF_FIGURES and _A_WORD.search(reading) is None:
        return False
    return is_whole(reading, region_of(finding)) and is_harmless(reading, known)


def is_whole(reading: str, region: PixelRegion) -> bool:
    """Whether the reading is about as long as its region: of writing in a script that it does not know, a reader
    returns the digits alone.
    """
    corners = region.outline
    short, long = sorted((dist(corners[0], corners[1]), dist(corners[1], corners[2])))
    room = (long - short) / (_LETTER_WIDTH * max(short, 1.0))
    letters = sum(not letter.isspace() for letter in reading)
    return letters >= _LEAST_READ * room - _SPARE_LETTERS


def _misread(regions: Sequence[Finding], kept: AbstractSet[int]) -> set[int]:
    """Which pieces are a kept one, a part of one, or several together, outlined differently and read less surely, and
    have no word that those have not.
    """
    sure = [regions[place] for place in sorted(kept) if regions[place].confidence >= _SURER]
    return {place for place, finding in enumerate(regions) if place not in kept and _is_misreading(finding, sure)}


def _is_misreading(finding: Finding, sure: Sequence[Finding]) -> bool:
    if finding.always_masked or finding.evidence is None:
        return False
    reading = finding.evidence.reveal()
    if finding.rule is Rule.WRITING_MATCHES_HEADER or any(True for _ in spans(reading)):
        return False
    box = region_of(finding).box
    same = [other for other in sure if _inside(box, [region_of(other).box]) >= _INSIDE]
    is_said = any(_is_part(reading, other) or _is_surer(other, finding) for other in same)
    surer = [other for other in sure if _is_surer(other, finding)]
    telling = [other for other in sure if _is_surer(other, finding) or _is_part(reading, other)]
    alike = [other for other in telling if _alike(box, region_of(other).box)]
    lines = [other for other in surer if box.height > _SEVERAL * region_of(other).box.height]
    inside = [other for other in lines if region_of(other).box.meets(box)]
    is_block = _inside(box, [region_of(other).box for other in inside]) >= _INSIDE
    return (
        (is_said and not _adds(finding, same))
        or any(not _adds(finding, [other]) for other in alike)
        or (is_block and not _adds(finding, inside))
    )


def _adds(finding: Finding, others: Sequence[Finding]) -> bool:
    """Whether it reads surely as having a word that the others have not."""
    if finding.confidence < _TELLING or finding.rule is Rule.WRITING_UNREADABLE:
        return False
    reading, *readings = (each.evidence.reveal() for each in (finding, *others) if each.evidence is not None)
    return adds(reading, " ".join(readings))


def _is_surer(one: Finding, other: Finding) -> bool:
    return other.rule is Rule.WRITING_UNREADABLE or one.confidence > other.confidence


def _is_part(reading: str, whole: Finding) -> bool:
    """Whether the whole reads as the part does, where that lies in it."""
    letters, text = "".join(folded(reading).split()), whole.evidence.reveal() if whole.evidence is not None else ""
    return letters != "" and letters in "".join(folded(text).split())


def _inside(box: Box, others: Sequence[Box]) -> float:
    return shared_area(box, others) / max(1, box.area)


def _alike(one: Box, two: Box) -> bool:
    common = shared_area(one, [two])
    return common >= _SAME * (one.area + two.area - common)


def _doubtful(regions: Sequence[Finding], kept: AbstractSet[int]) -> set[int]:
    """Which short kept pieces stand beside a masked one, or beside a piece that does."""
    masked = [place for place in range(len(regions)) if place not in kept]
    short = {place for place in kept if _is_short(regions[place])}
    doubtful: set[int] = set()
    while masked:
        box = region_of(regions[masked.pop()]).box
        beside = {place for place in short if _beside(region_of(regions[place]).box, box)}
        masked += sorted(beside)
        short -= beside
        doubtful |= beside
    return doubtful


def _cut(regions: Sequence[Finding], kept: AbstractSet[int]) -> set[int]:
    """Which kept pieces the masks of the others would cut into."""
    staying = [regions[place] for place in sorted(kept)]
    masks = [
        mask_region(finding, staying).box.grown(PADDING) for place, finding in enumerate(regions) if place not in kept
    ]
    return {place for place in kept if _inside(_ink(region_of(regions[place]).box), masks) > _CUT}


def _ink(box: Box) -> Box:
    margin = int(_MARGIN * _line_height(box))
    return Box(box.left + margin, box.top + margin, box.right - margin, box.bottom - margin)


def is_upright(region: PixelRegion) -> bool:
    (x0, y0), (x1, y1), (x2, y2), _ = region.outline
    across, down = (x1 - x0, y1 - y0) if dist((x0, y0), (x1, y1)) >= dist((x1, y1), (x2, y2)) else (x2 - x1, y2 - y1)
    return abs(down) <= _SLANT * abs(across)


def _is_short(finding: Finding) -> bool:
    reading = finding.evidence.reveal().strip() if finding.evidence is not None else ""
    return len(reading) <= _LONGEST_PIECE and _A_MEASURE.fullmatch(reading) is None


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
