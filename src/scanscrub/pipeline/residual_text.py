"""The second look: what detectors still see in a masked copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import dist
from typing import TypeAlias

import numpy as np

from scanscrub.detect.base import TextBox
from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Keep, Plan
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.domain.rules import Rule
from scanscrub.domain.text import adds, folded
from scanscrub.formats.base import Document
from scanscrub.formats.raster.masking import rasterize
from scanscrub.pipeline.inspect import read_findings, read_writing
from scanscrub.pipeline.letters.pages import read_page
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.file_decisions import FileDecisions
from scanscrub.policy.pixels.reviewed_masks import is_left_by_a_person

Masks: TypeAlias = Mapping[int, tuple[tuple[PixelRegion, int], ...]]

LETTERS_PER_HEIGHT = 0.5
STROKES = frozenset("十一二丨")
"""What calipers and the strokes between them read as."""
SAME_LETTERS = 0.6
"""Share of letters that two readings of the same place have in common."""
FEW, SURE_OF_FEW = 3, 0.8
"""Letters that must be read with this score at least: a curve, a ring or a bone reads as so few less surely."""


@dataclass(frozen=True, slots=True)
class ResidualText:
    """What is still seen.

    `left` is writing that the second detector sees and the reader can read; what neither of two detectors and no
    reader takes for writing is anatomy. `unstable` is what the first one sees in masked frames and the policy would
    mask there.
    """

    left: tuple[Finding, ...] = ()
    unstable: tuple[Finding, ...] = ()


def find_residual_text(copy: Document, decisions: FileDecisions, plan: Plan, context: WorkerContext) -> ResidualText:
    """Look at every frame of the copy with the second detector, masks filled in.

    The first detector looks again where something was masked; elsewhere the pixels are the ones it has seen, and
    it would say the same. Regions that the plan keeps are nobody's concern.
    """
    masks, known = plan.masks(), decisions.known
    review = plan.review or ReviewOutcome("")
    kept = _kept(plan)
    left: list[Finding] = []
    if copy.shows_pages:
        return _left_on_pages(copy, decisions, plan, context)
    from scanscrub.detect.frames.cine import in_threes  # noqa: PLC0415 - OpenCV; not for headers

    for few in in_threes(copy.pictures()):
        boxes = _second_look(few, masks, context)
        for frame, picture in few:
            found = read_findings(picture, (frame,), boxes, known, context, spelled=copy.shows_labels)
            read = (each for each in found if _legible(each) and not _is_let(each, review))
            left.extend(each for each in read if not _is_kept(each, kept.get(frame, ())))
    seen = read_writing(
        copy.pictures() if masks else (), copy, known, context, lambda frames: any(map(masks.__contains__, frames))
    )
    unstable = (each for each in decisions.masked(tuple(seen)) if not _is_masked(each, masks))
    return ResidualText(tuple(left), tuple(each for each in unstable if not _is_let(each, review)))


def _is_let(finding: Finding, review: ReviewOutcome) -> bool:
    """Whether a person took its mask away."""
    return isinstance(finding.where, PixelRegion) and review.lets_stay(finding.where, finding.rule)


def _left_on_pages(copy: Document, decisions: FileDecisions, plan: Plan, context: WorkerContext) -> ResidualText:
    """The same for pages: what stays was read, so only what would go now counts."""
    masks, kept, review = plan.masks(), _kept(plan), plan.review or ReviewOutcome("")
    left: list[Finding] = []
    unstable: list[Finding] = []
    for frame, picture in copy.pictures():
        boxes = _second_look([(frame, picture)], masks, context)
        found = (each for each in read_page(picture, frame, boxes, decisions, context) if each.always_masked)
        asked = (each for each in found if not _is_let(each, review))
        left += [each for each in asked if _legible(each) and not _is_seen_again(each, kept.get(frame, ()))]
        if frame in masks:
            seen = read_page(picture, frame, context.detector.find(picture), decisions, context)
            would_go = (each for each in seen if each.always_masked and not _is_masked(each, masks))
            unstable += [each for each in would_go if not _is_let(each, review)]
    return ResidualText(tuple(left), tuple(unstable))


def _second_look(few: Sequence[tuple[int, Picture]], masks: Masks, context: WorkerContext) -> Sequence[TextBox]:
    """What the second detector sees in any of a few frames, masks filled in, those of an earlier run as well."""
    from scanscrub.detect.frames.cine import as_colors  # noqa: PLC0415 - OpenCV; not for headers
    from scanscrub.detect.frames.mask_inpainting import (  # noqa: PLC0415 - the same
        black_near,
        fill,
        like_masks,
        with_strokes,
    )

    areas = [
        black_near(picture, [region.box.grown(padding) for region, padding in masks.get(frame, ())])
        | like_masks(picture)
        for frame, picture in few
    ]
    filled = as_colors([fill(picture, area) for (_, picture), area in zip(few, areas, strict=True)])
    boxes = context.second_look.find(filled)
    area = np.logical_or.reduce(areas)
    return with_strokes(boxes, filled, area) if area.any() and not area.all() else boxes


def _legible(finding: Finding) -> bool:
    """Whether it is a code, or the reader made something of it, and about as much as a box of that shape would hold.

    A line of text has one to two letters for each time its height goes into its length; an organ or a bit of a curve
    that reads as "A" has fewer, and a single letter identifies nobody.
    """
    if finding.rule is Rule.WRITING_MATCHES_HEADER or finding.is_code:
        return True
    if (
        finding.rule is Rule.WRITING_UNREADABLE
        or finding.evidence is None
        or not isinstance(finding.where, PixelRegion)
    ):
        return False
    if is_hardly_read(finding):
        return False
    corners = finding.where.outline
    short, long = sorted((dist(corners[0], corners[1]), dist(corners[1], corners[2])))
    return _letters(finding) >= max(2.0, LETTERS_PER_HEIGHT * long / max(short, 1.0))


def is_hardly_read(finding: Finding) -> bool:
    """Whether what is read is few letters, and not surely those."""
    return _letters(finding) <= FEW and finding.confidence < SURE_OF_FEW


def _letters(finding: Finding) -> int:
    text = finding.evidence.reveal() if finding.evidence else ""
    return sum(letter.isalnum() and letter not in STROKES for letter in text)


def _is_masked(finding: Finding, masks: Masks) -> bool:
    """Whether all of its box is black under masks of its frame: it was seen in another frame of its group."""
    where = finding.where
    assert isinstance(where, PixelRegion)
    box = where.box
    black = rasterize(masks.get(where.frame, ()), box.bottom, box.right)
    return bool(black[box.top :, box.left :].all())


def _kept(plan: Plan) -> Mapping[int, Sequence[tuple[Box, str]]]:
    """The boxes that the plan keeps in each frame, and what they read as."""
    kept: dict[int, list[tuple[Box, str]]] = {}
    for step in plan.steps:
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Keep) and not is_left_by_a_person(step):
            evidence = step.because.evidence if step.because else None
            kept.setdefault(step.where.frame, []).append((step.where.box, evidence.reveal() if evidence else ""))
    return kept


def _is_kept(finding: Finding, kept: Sequence[tuple[Box, str]]) -> bool:
    """Whether it lies in what is kept, and has no word that this has not."""
    where, evidence = finding.where, finding.evidence
    assert isinstance(where, PixelRegion)
    around = [text for box, text in kept if _mostly_inside(where.box, box)]
    return bool(around) and (evidence is None or not adds(evidence.reveal(), " ".join(around)))


def _is_seen_again(finding: Finding, kept: Sequence[tuple[Box, str]]) -> bool:
    """Whether it is a part of a line that stays, read badly: most of its letters are those that stand there."""
    where, evidence = finding.where, finding.evidence
    assert isinstance(where, PixelRegion)
    if finding.is_code or evidence is None or _is_kept(finding, kept):
        return not finding.is_code
    reading = evidence.reveal()
    return any(
        _likeness(reading, _part_of(text, box, where.box)) >= SAME_LETTERS
        for box, text in kept
        if _mostly_inside(where.box, box)
    )


def _part_of(text: str, whole: Box, part: Box) -> str:
    """About the letters of a line that stand in a part of it."""
    width = max(1, whole.width)
    first = int(len(text) * (part.left - whole.left) / width) - 2
    last = int(len(text) * (part.right - whole.left) / width) + 2
    return text[max(0, first) : max(0, last)]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, folded(one), folded(other), autojunk=False).ratio()


def _mostly_inside(box: Box, other: Box) -> bool:
    """Whether at least half of `box` lies in `other`, grown by half its height."""
    wide = other.grown(max(4, other.height // 2))
    if not box.meets(wide):
        return False
    common = Box(
        max(box.left, wide.left), max(box.top, wide.top), min(box.right, wide.right), min(box.bottom, wide.bottom)
    )
    return 2 * common.area >= box.area
