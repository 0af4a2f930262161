"""What happens to each piece of writing found in the pixels (PS3.15 E.3.1, Clean Pixel Data)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scanscrub.domain.finding import Finding, Identifier, PixelRegion
from scanscrub.domain.plan import Keep, Mask, Step
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.pixels.retained_text import PADDING, kept_places, mask_region, region_of

AUTHORITY = "PS3.15 E.3.1"


def mask_steps(
    writing: Sequence[Finding], text_mode: TextMode, known: Sequence[Identifier] | IdentifierMatcher = ()
) -> tuple[Step, ...]:
    """One step for each piece of writing: `Mask`, or `Keep` for what identifies nobody.

    `ALL` masks every region, `NONE` gives no step. `IDENTIFYING` keeps a region whose whole reading is
    harmless (see `markers.is_harmless`) and sure, unless its neighbor on the same line is masked and it is so short
    that it could be a part of it: an initial, the end of a number; and unless a mask cuts into it. Of several
    outlines of one line the surer reading counts. What is `always_masked` is.
    """
    regions = [finding for finding in writing if isinstance(finding.where, PixelRegion)]
    if text_mode == TextMode.NONE:
        return ()
    if text_mode == TextMode.ALL:
        return tuple(_mask(finding, region_of(finding)) for finding in regions)
    finder = known if isinstance(known, IdentifierMatcher) else IdentifierMatcher(known)
    frames: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in regions:
        frames[region_of(finding).frame].append(finding)
    return tuple(step for frame in frames.values() for step in _judged(frame, finder))


def page_steps(writing: Sequence[Finding]) -> tuple[Step, ...]:
    """The same for pages to be read, whose writing was told apart when it was read: what is `always_masked` goes."""
    kept: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in writing:
        if not finding.always_masked:
            kept[region_of(finding).frame].append(finding)
    return tuple(
        _mask(finding, mask_region(finding, kept[region_of(finding).frame]))
        if finding.always_masked
        else _keep(finding)
        for finding in writing
    )


def _judged(regions: Sequence[Finding], known: IdentifierMatcher) -> Iterator[Step]:
    """The steps for the pieces of one frame."""
    places = kept_places(regions, known)
    kept = [finding for place, finding in enumerate(regions) if place in places]
    for place, finding in enumerate(regions):
        yield _keep(finding) if place in places else _mask(finding, mask_region(finding, kept))


def _mask(finding: Finding, where: PixelRegion) -> Step:
    if finding.origin.is_device_rule:
        return Step(finding.where, Mask(0), finding, str(finding.origin))
    return Step(where, Mask(PADDING), finding, AUTHORITY)


def _keep(finding: Finding) -> Step:
    return Step(finding.where, Keep("writing that identifies nobody"), finding, AUTHORITY)
