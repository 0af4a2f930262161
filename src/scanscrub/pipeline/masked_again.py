"""What is masked in another attempt, as the copy still shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.plan import Plan
from scanscrub.pipeline.decide import MASKED_SHARE_CAP
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.masked_share import largest_masked_share

LITTLE = 0.05
"""Share of a frame. What only the first detector sees beside masks is masked as well if it is no larger, or if so
much is masked already that a person looks at the copy anyway."""


def with_residual_text(examination: Examination, residual: Sequence[Finding], *, everywhere: bool) -> Examination:
    """The examination with all that was still seen in copies. That is masked whatever it says; in the end so is
    everything, and in every frame: the frames of a cine are alike, and what was doubted in one would be in another
    when that one's masks are there.
    """
    if not everywhere:
        return replace(examination, writing=(*examination.writing, *_unread(residual)))
    return replace(
        examination, writing=(*_unread(examination.writing), *_in_every_frame(_unread(residual), examination))
    )


def _in_every_frame(residual: Iterable[Finding], examination: Examination) -> Iterator[Finding]:
    """The residual, repeated in the frames that are as large as theirs."""
    sizes = [(each.rows, each.columns) for each in examination.frames]
    known: set[PixelRegion] = set()
    for doubt in residual:
        where = doubt.where
        if not isinstance(where, PixelRegion):
            yield doubt
            continue
        for frame, size in enumerate(sizes):
            there = replace(where, frame=frame)
            if size == sizes[where.frame] and there not in known:
                known.add(there)
                yield replace(doubt, where=there)


def _unread(writing: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(finding, evidence=None, always_masked=True) for finding in writing)


def costs_little(writing: Sequence[Finding], plan: Plan, examination: Examination) -> bool:
    """Whether masking it costs at most `LITTLE` of any frame, or hardly matters any more."""
    if largest_masked_share(plan, examination) > MASKED_SHARE_CAP:
        return True
    areas: Counter[int] = Counter()
    for one in writing:
        if isinstance(one.where, PixelRegion):
            areas[one.where.frame] += one.where.box.area
    return all(area <= LITTLE * examination.frames[frame].pixels for frame, area in areas.items())
