"""Where the values of a picture lie: the range of most of them, however far the others are, and their ranks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STRIP = 1 << 20
"""About how many samples are counted, and are ranked at a time."""
_COUNTED = frozenset(map(np.dtype, (np.uint16, np.int16)))
"""Types of which every value has a place in a table."""
_LARGEST = 64
"""No value counts for more than this part of all, so that a background leaves the shades to the rest."""
_HIDDEN = 8
"""A step of fewer shades can be missed."""
_NEAR = 24
"""What lies this many times as far off as the densest half is wide is an outlier."""


def levels_of(samples: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """The finite values ``(values,)`` among an even choice of samples of any type and shape, in order, and how many
    have each.
    """
    some = samples.reshape(-1)[:: max(1, samples.size // _STRIP)]
    if some.dtype in _COUNTED:
        lowest = int(np.iinfo(some.dtype).min)
        counts = np.bincount(some.astype(np.int32) - lowest)
        values = np.flatnonzero(counts)
        return (values + lowest).astype(some.dtype), counts[values]
    return np.unique(some[np.isfinite(some)] if samples.dtype.kind == "f" else some, return_counts=True)


def bulk_of(
    samples: NDArray[Any], values: NDArray[Any], counts: NDArray[np.intp], views: Sequence[NDArray[np.uint8]]
) -> tuple[float, float] | None:
    """The range of all values but the outliers; None where one of the views gives half of the samples contrast.

    Samples ``(rows, columns)`` of any type, as are the views; the values and their counts as `levels_of` gives them.
    """
    if values.size == 0:
        return None
    shares = np.cumsum(_bounded(counts))
    parts = values[np.searchsorted(shares, np.linspace(0, 1, 101) * shares[-1])]
    halves = parts.astype(np.float64) / 2
    widths = halves[50:] - halves[:51]
    start = int(widths.argmin())
    places = [int((samples == value).argmax()) for value in (parts[start], parts[start + 50])]
    if any(abs(int(view.flat[places[0]]) - int(view.flat[places[1]])) >= _HIDDEN for view in views):
        return None
    near = np.abs(values / 2 - (halves[start] + widths[start] / 2)) <= widths[start] * (_NEAR + 0.5)
    return float(values[near][0]), float(values[near][-1])


def by_rank(samples: NDArray[Any], values: NDArray[Any], counts: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Shades ``(rows, columns)`` of samples of any type, from 0 at the lowest of the values to 255 at the highest,
    and between them by how many are lower.
    """
    ranks = np.cumsum(_bounded(counts))
    shades = 255.0 * (ranks - ranks[0]) / max(1, ranks[-1] - ranks[0])
    firsts = values[np.searchsorted(shades, np.arange(1, 256)).clip(max=len(values) - 1)]
    if samples.dtype in _COUNTED:
        lowest = int(np.iinfo(samples.dtype).min)
        passed = np.cumsum(np.bincount(firsts.astype(np.int32) - lowest, minlength=1 << 16))
        return np.roll(passed.astype(np.uint8), lowest)[samples.view(np.uint16)]
    ranked = np.empty(samples.shape, np.uint8)
    step = max(1, _STRIP // max(1, samples[:1].size))
    for start in range(0, len(samples), step):
        part = samples[start : start + step]
        ranked[start : start + step] = np.where(np.isnan(part), 0, np.searchsorted(firsts, part, side="right"))
    return ranked


def not_finite(samples: NDArray[Any]) -> NDArray[np.uint8]:
    """Where floats ``(rows, columns)`` are no numbers: a shade each for the finite ones, both infinities and what is
    none at all.
    """
    ends = np.uint8(85) * np.isneginf(samples) + np.uint8(170) * np.isposinf(samples)
    return np.asarray(ends + np.uint8(255) * np.isnan(samples), np.uint8)


def _bounded(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.minimum(counts, max(1, int(counts.sum()) // _LARGEST))
