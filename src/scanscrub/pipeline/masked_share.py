"""How much of the frames, and of the anatomy in them, lies under masks."""

from collections.abc import Sequence

import numpy as np

from scanscrub.detect.frames.anatomy import cell_side
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Plan
from scanscrub.formats.raster.masking import rasterize
from scanscrub.pipeline.inspect import Examination, FrameSize

LEAST_ANATOMY = 0.02
"""Less of a frame is a logo or the ruler at the side, and no anatomy."""


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


def _covered(regions: Sequence[tuple[PixelRegion, int]], size: FrameSize) -> float:
    cells, side = size.anatomy, cell_side(size.rows, size.columns)
    whole = cells.repeat(side, axis=0).repeat(side, axis=1)[: size.rows, : size.columns]
    pixels = int(np.count_nonzero(whole))
    if pixels < LEAST_ANATOMY * size.pixels:
        return 0.0
    return int(np.count_nonzero(whole & rasterize(regions, size.rows, size.columns))) / pixels
