"""What happens to each piece of writing found in the pixels (PS3.15 E.3.1, Clean Pixel Data)."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from scanscrub.domain.finding import Finding, Known, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Keep, Mask, Step
from scanscrub.domain.rules import Rule
from scanscrub.policy.known_text import KnownText
from scanscrub.policy.markers import is_harmless

TextMode: TypeAlias = Literal["all", "identifying", "none"]

PADDING = 4
"""Pixels around a region that are masked with it: ink that the outline of a detector cuts off."""
AUTHORITY = "PS3.15 E.3.1"


def mask_steps(
    writing: Sequence[Finding], text_mode: TextMode, known: Sequence[Known] | KnownText = ()
) -> tuple[Step, ...]:
    """One step for each piece of writing, in the order given: `Mask`, or `Keep` for what identifies nobody.

    ``"all"`` masks every region, ``"none"`` gives no step. ``"identifying"`` keeps a region whose whole reading is
    harmless (see `markers.is_harmless`), unless its neighbour on the same line is masked and it is so short that it
    could be a part of it: an initial, the end of a number.
    """
    regions = [finding for finding in writing if isinstance(finding.where, PixelRegion)]
    if text_mode == "none":
        return ()
    if text_mode == "all":
        return tuple(_mask(finding) for finding in regions)
    finder = known if isinstance(known, KnownText) else KnownText(known)
    harmless = [_harmless(finding, finder) for finding in regions]
    while True:
        doubtful = [
            place for place, kept in enumerate(harmless) if kept and _may_belong_to_masked(place, regions, harmless)
        ]
        if not doubtful:
            break
        for place in doubtful:
            harmless[place] = False
    return tuple(_keep(finding) if kept else _mask(finding) for finding, kept in zip(regions, harmless, strict=True))


def _mask(finding: Finding) -> Step:
    return Step(finding.where, Mask(PADDING), finding, AUTHORITY)


def _keep(finding: Finding) -> Step:
    return Step(finding.where, Keep("writing that identifies nobody"), finding, AUTHORITY)


def _harmless(finding: Finding, known: KnownText) -> bool:
    if finding.rule is not Rule.WRITING or finding.evidence is None:
        return False
    return is_harmless(finding.evidence.reveal(), known)


def _may_belong_to_masked(place: int, regions: Sequence[Finding], harmless: Sequence[bool]) -> bool:
    evidence = regions[place].evidence
    if evidence is None or len(evidence.reveal().strip()) > 4:
        return False
    return any(not kept and _beside(regions[place], other) for other, kept in zip(regions, harmless, strict=True))


def _beside(one: Finding, other: Finding) -> bool:
    """Whether both lie in one frame and on one line, at most one and a half line heights apart."""
    here, there = one.where, other.where
    if not isinstance(here, PixelRegion) or not isinstance(there, PixelRegion) or here.frame != there.frame:
        return False
    first, second = here.box, there.box
    upright = min(first.bottom, second.bottom) - max(first.top, second.top) > 0.5 * min(first.height, second.height)
    reach = int(1.5 * min(_line_height(first), _line_height(second)))
    widened = Box(first.left - reach, first.top, first.right + reach, first.bottom)
    if upright and widened.meets(second):
        return True
    lying = min(first.right, second.right) - max(first.left, second.left) > 0.5 * min(first.width, second.width)
    heightened = Box(first.left, first.top - reach, first.right, first.bottom + reach)
    turned = first.height > first.width or second.height > second.width
    return turned and lying and heightened.meets(second)


def _line_height(box: Box) -> int:
    return max(1, min(box.width, box.height))
