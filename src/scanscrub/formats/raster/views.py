"""The few ways to look at a picture file's samples that together leave no writing unseen."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.picture import View
from scanscrub.formats.raster.orientation import Samples
from scanscrub.formats.raster.shown_steps import MUCH, VISIBLE, shows_more
from scanscrub.formats.raster.value_ranges import bulk_of, by_rank, levels_of, not_finite

_DRAWN_SHARE = 0.25
"""Share of equal neighbors from which on a plane of low bytes is a drawing; noise has 1 in 256."""
_ROBUST_PERCENT = (1.0, 99.0)
_CHOSEN = 1 << 20
"""About how many samples the percentiles are taken of."""


def color_views(samples: Samples, full_scale: int | None = None) -> Iterator[View]:
    """Views of gray ``(rows, columns)`` or RGB ``(rows, columns, 3)`` samples.

    uint8 with a full scale of 255 is shown as it is. Everything else is shown over its full scale (the values'
    own range where None), between robust percentiles, over the range of most values where outliers take the contrast
    from them, by ranks where values are wider than 16 bits, by its low byte where that is a drawing of its own, and
    floats by where they are no numbers.
    """
    if samples.dtype == np.uint8 and full_scale in (None, 255):
        yield View("natural", np.ascontiguousarray(samples, dtype=np.uint8))
        return
    low, high = _range(samples)
    natural = (low, high) if full_scale is None else (0.0, float(full_scale))
    views = [View("full", _window(samples, *natural))]
    yield from views
    if samples.dtype == np.uint8:
        return
    robust = _robust_range(samples)
    if robust[1] > robust[0] and robust != natural:
        views.append(View("robust", _window(samples, *robust)))
        yield views[-1]
    values, counts = levels_of(samples)
    if (bulk := bulk_of(samples, values, counts, [view.pixels for view in views])) is not None:
        views.append(View("bulk", _window(samples, *bulk)))
        yield views[-1]
    if values.size > 1:
        ranks = by_rank(samples, values, counts)
        is_wide = samples.dtype.itemsize > 2
        if is_wide or shows_more(ranks, [view.pixels for view in views], VISIBLE, ranks.size // MUCH):
            yield View("ranks", ranks)
    if samples.dtype.kind == "f":
        yield from plane_view("no numbers", not_finite(samples))
    if samples.dtype.kind in "iu" and high - low > 0xFF:
        low_byte = (samples & samples.dtype.type(0xFF)).astype(np.uint8)
        if is_drawing(low_byte):
            yield View("low byte", low_byte)


def plane_view(name: str, plane: NDArray[np.uint8]) -> Iterator[View]:
    """One more view of a plane ``(rows, columns)`` that is not shown as it is (palette indices, alpha), unless it is
    constant.
    """
    low, high = int(plane.min()), int(plane.max())
    if high > low:
        yield View(name, _window(plane, low, high))


def is_drawing(plane: NDArray[np.uint8]) -> bool:
    """Whether neighbors of ``(rows, columns)`` are equal too often for noise, and not everywhere."""
    if plane.shape[1] < 2:
        return bool(plane.min() != plane.max())
    share = float((plane[:, 1:] == plane[:, :-1]).mean())
    return share >= _DRAWN_SHARE and bool(plane.min() != plane.max())


def _range(samples: Samples) -> tuple[float, float]:
    finite = samples[np.isfinite(samples)] if samples.dtype.kind == "f" else samples
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _robust_range(samples: Samples) -> tuple[float, float]:
    """Low and high percentiles of an even choice of samples."""
    some = samples.ravel()[:: max(1, samples.size // _CHOSEN)]
    some = some[np.isfinite(some)] if samples.dtype.kind == "f" else some
    if not some.size:
        return 0.0, 0.0
    low, high = (float(value) for value in np.percentile(some, _ROBUST_PERCENT))
    return low, high


def _window(samples: Samples, low: float, high: float) -> NDArray[np.uint8]:
    if samples.dtype in (np.uint8, np.uint16):
        table = _window_values(np.arange(1 << 8 * samples.dtype.itemsize), low, high)
        return table[samples]
    return _window_values(samples, low, high)


def _window_values(values: Samples, low: float, high: float) -> NDArray[np.uint8]:
    exact: NDArray[Any] = values.astype(np.float64 if values.dtype.itemsize > 2 else np.float32)
    scaled = (exact - low) * (255.0 / ((high - low) or 1.0))
    bounded: NDArray[Any] = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0), 0, 255)
    return bounded.round().astype(np.uint8)
