"""The few ways to look at a picture file's samples that together leave no writing unseen."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.picture import View
from scanscrub.formats.orientation import Samples

_DRAWN_SHARE = 0.25
"""Share of equal neighbours from which on a plane of low bytes is a drawing; noise has 1 in 256."""
_ROBUST_PERCENT = (1.0, 99.0)


def colour_views(samples: Samples, full_scale: int | None = None) -> Iterator[View]:
    """Views of grey ``(rows, columns)`` or RGB ``(rows, columns, 3)`` samples.

    uint8 with a full scale of 255 is shown as it is. Everything else is shown over its full scale (the values'
    own range where None), between robust percentiles, and by its low byte where that is a drawing of its own.
    """
    if samples.dtype == np.uint8 and full_scale in (None, 255):
        yield View("natural", np.ascontiguousarray(samples, dtype=np.uint8))
        return
    finite = samples[np.isfinite(samples)] if samples.dtype.kind == "f" else samples
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    natural = (0.0, float(full_scale)) if full_scale is not None else (low, high)
    yield View("full", _window(samples, *natural))
    if samples.dtype == np.uint8:
        return
    below, above = (float(value) for value in np.percentile(finite, _ROBUST_PERCENT)) if finite.size else natural
    if above > below and (below, above) != natural:
        yield View("robust", _window(samples, below, above))
    if samples.dtype.kind in "iu":
        bits = samples.astype(np.int64) & 0xFF
        low_byte = bits.astype(np.uint8)
        if high - low > 0xFF and is_drawing(low_byte):
            yield View("low byte", low_byte)


def plane_view(name: str, plane: NDArray[np.uint8]) -> Iterator[View]:
    """One more view of a plane that is not shown as it is (palette indices, alpha), unless it is constant."""
    low, high = int(plane.min()), int(plane.max())
    if high > low:
        yield View(name, _window(plane, low, high))


def is_drawing(plane: NDArray[np.uint8]) -> bool:
    """Whether neighbours are equal too often for noise, and not everywhere."""
    if plane.shape[1] < 2:
        return bool(plane.min() != plane.max())
    share = float((plane[:, 1:] == plane[:, :-1]).mean())
    return share >= _DRAWN_SHARE and bool(plane.min() != plane.max())


def _window(samples: Samples, low: float, high: float) -> NDArray[np.uint8]:
    scaled = (samples.astype(np.float32) - low) * (255.0 / ((high - low) or 1.0))
    bounded: NDArray[np.float32] = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0), 0, 255)
    return bounded.round().astype(np.uint8)
