"""How much of the frames, and of the anatomy in them, lies under masks."""

from collections.abc import Sequence

import numpy as np

from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.plan import Plan
from scanscrub.domain.rules import Rule
from scanscrub.formats.raster.masking import rasterize
from scanscrub.pipeline.inspect import Examination, FrameSize
from scanscrub.pipeline.residual_text import is_hardly_read
from scanscrub.policy.pixels.reviewed_masks import is_left_by_a_person

LEAST_ANATOMY = 0.02
"""Less of a frame is a logo or the ruler at the side, and no anatomy."""
SURE, ON_ANATOMY = 0.97, 0.5
"""The probability from which a detector is sure of what nobody can read, and the share of a mask's cells that show
anatomy from which it lies on it.
"""


def masked_shares(plan: Plan, examination: Examination) -> tuple[float, ...]:
    """Of every frame that was looked at, the share of its pixels under masks."""
    masks = plan.masks()
    return tuple(
        float(rasterize(masks[frame], size.rows, size.columns).mean()) if frame in masks else 0.0
        for frame, size in enumerate(examination.frames)
    )


def largest_masked_share(plan: Plan, examination: Examination) -> float:
    return max(masked_shares(plan, examination), default=0.0)


def covered_anatomy(plan: Plan, examination: Examination) -> float:
    """The largest share of a frame's anatomy that lies under masks."""
    masks = plan.masks()
    return max((_covered(masks[frame], examination.frames[frame]) for frame in masks), default=0.0)


def doubtful_masks(plan: Plan, examination: Examination) -> tuple[PixelRegion, ...]:
    """The masks on anatomy in which nobody surely reads anything, and which the detector is not sure of."""
    return tuple(
        step.where
        for step in plan.changes
        if isinstance(step.where, PixelRegion)
        and step.because is not None
        and _is_in_doubt(step.because)
        and _lies_on_anatomy(step.where, examination.frames[step.where.frame])
    )


def leaves_writing(plan: Plan) -> bool:
    """Whether a person took the mask of writing away: of what somebody reads, or a detector is sure of."""
    return any(is_left_by_a_person(step) and _is_writing(step.because) for step in plan.steps)


def _is_writing(because: Finding | None) -> bool:
    return because is not None and (because.rule is not Rule.WRITING_UNREADABLE or because.confidence >= SURE)


def _is_in_doubt(because: Finding) -> bool:
    """Whether nobody reads it, and the detector is not sure; or what is read of it is little and not sure."""
    if because.rule is Rule.WRITING_UNREADABLE:
        return because.confidence < SURE
    return because.rule is Rule.WRITING and is_hardly_read(because)


def _lies_on_anatomy(where: PixelRegion, size: FrameSize) -> bool:
    from scanscrub.detect.frames.anatomy import cell_side  # noqa: PLC0415 - OpenCV; not for headers

    side, box = cell_side(size.rows, size.columns), where.box
    cells = size.anatomy[box.top // side : -(-box.bottom // side), box.left // side : -(-box.right // side)]
    return bool(cells.size) and float(cells.mean()) >= ON_ANATOMY


def _covered(regions: Sequence[tuple[PixelRegion, int]], size: FrameSize) -> float:
    from scanscrub.detect.frames.anatomy import cell_side  # noqa: PLC0415 - OpenCV; not for headers

    cells, side = size.anatomy, cell_side(size.rows, size.columns)
    whole = cells.repeat(side, axis=0).repeat(side, axis=1)[: size.rows, : size.columns]
    pixels = int(np.count_nonzero(whole))
    if pixels < LEAST_ANATOMY * size.pixels:
        return 0.0
    return int(np.count_nonzero(whole & rasterize(regions, size.rows, size.columns))) / pixels
