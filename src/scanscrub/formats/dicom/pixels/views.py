"""Frames as a person could see them: a few views, each of which shows something that the others hide."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.picture import Picture, View, ViewKind
from scanscrub.formats.dicom.pixels.display import Display, stretched
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Samples
from scanscrub.formats.raster.shown_steps import MUCH, VISIBLE, shows_more
from scanscrub.formats.raster.value_ranges import bulk_of, by_rank, levels_of, not_finite

_VISIBLE_CHROMA = 40
"""A step of saturation that can be seen: lossy compression makes small ones along every edge."""
_ENOUGH = 24
"""Pixels at which a view must show what the others hide; the smallest letter has about as many edges."""
_WIDEST_TABLE = 16
"""Bits of values that are shown by a table."""
_STRIP = 1 << 20
"""Pixels handled at a time where a wider type is needed."""


def picture(samples: Samples, layout: Layout, display: Display, frame: int = 0) -> Picture:
    """The views of one frame of stored values, the most natural one first."""
    views: list[View] = []
    for candidate in _candidates(samples, layout, display, frame):
        visible = _VISIBLE_CHROMA if candidate.kind is ViewKind.CHROMA else VISIBLE
        if not views or shows_more(candidate.pixels, [view.pixels for view in views], visible, _ENOUGH):
            views.append(candidate)
    return Picture(tuple(views))


def natural_view(samples: Samples, layout: Layout, display: Display, frame: int = 0) -> View:
    """The first of these views."""
    return next(_candidates(samples, layout, display, frame))


def _candidates(samples: Samples, layout: Layout, display: Display, frame: int) -> Iterator[View]:
    if display.palette is not None:
        yield from _color_views(display.palette[_positions(samples, layout)])
        yield View("index plane", _stretched(samples, layout, float(samples.min()), float(samples.max())))
    elif layout.samples == 1:
        yield from _gray_views(samples, layout, display, frame)
        if display.supplement is not None:
            yield from _color_views(display.supplement[_positions(samples, layout)])
    else:
        yield from _color_views(_rgb(samples, layout))


def _gray_views(samples: Samples, layout: Layout, display: Display, frame: int) -> Iterator[View]:
    if layout.stored == 1:
        yield View("full", _as_shown(samples * np.uint8(255), layout))
        return
    views = [
        View("window" if number == 1 else f"window {number}", shades)
        for number, shades in enumerate(_windowed(samples, layout, display, frame), 1)
    ]
    low, high, robust_low, robust_high = _ranges(samples, display)
    views.append(View("full", _as_shown(_stretched(samples, layout, low, high), layout)))
    if robust_high > robust_low:
        views.append(View("robust", _as_shown(_stretched(samples, layout, robust_low, robust_high), layout)))
    yield from views
    if layout.floating:
        yield View("no numbers", not_finite(samples))
    values, counts = levels_of(samples)
    if (bulk := bulk_of(samples, values, counts, [view.pixels for view in views])) is not None:
        views.append(View("bulk", _as_shown(_stretched(samples, layout, *bulk), layout)))
        yield views[-1]
    if layout.floating or layout.stored > _WIDEST_TABLE:
        if values.size > 1:
            yield View("ranks", _as_shown(by_rank(samples, values, counts), layout))
        return
    ranks = _as_shown(by_rank(samples, values, counts), layout)
    if shows_more(ranks, [view.pixels for view in views], VISIBLE, ranks.size // MUCH):
        yield View("ranks", ranks)
    if (faint := _around_background(samples, layout, values, counts)) is not None:
        yield View("faint", _as_shown(faint, layout), kind=ViewKind.FAINT)


def _windowed(samples: Samples, layout: Layout, display: Display, frame: int) -> Iterator[NDArray[np.uint8]]:
    """The frame through each of its own lookup tables and windows."""
    for table in display.tables(frame):
        yield table[_positions(samples, layout)]
    for black, white in display.ranges(frame):
        shades = stretched(samples, min(black, white), max(black, white))
        yield shades if (black < white) != layout.inverted else ~shades


def _stretched(samples: Samples, layout: Layout, low: float, high: float) -> NDArray[np.uint8]:
    """As `stretched`, by a table of all values where there are few."""
    if layout.floating or layout.stored > _WIDEST_TABLE or not _fit(samples, layout):
        return stretched(samples, low, high)
    shades: NDArray[np.uint8] = stretched(_all_values(layout), low, high)[_positions(samples, layout)]
    return shades


def _all_values(layout: Layout) -> NDArray[np.int64]:
    """Every value that can be stored, from the lowest."""
    return np.arange(layout.lowest, layout.highest + 1)


def _fit(samples: Samples, layout: Layout) -> bool:
    """Whether all values can be stored in Bits Stored; compressed ones may have more bits than the header says."""
    return layout.lowest <= int(samples.min()) and int(samples.max()) <= layout.highest


def _positions(samples: Samples, layout: Layout) -> NDArray[Any]:
    """Where each stored value lies in a table that starts at the lowest one; its ends stand for what is beyond."""
    if not _fit(samples, layout):
        samples = np.clip(samples.astype(np.int64), layout.lowest, layout.highest)
    if not layout.signed:
        return samples
    return (samples.astype(np.int32) - layout.lowest).astype(np.uint16)


def _as_shown(shades: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    return ~shades if layout.inverted else shades


def _ranges(samples: Samples, display: Display) -> tuple[float, float, float, float]:
    """Smallest and largest value, and the 0.5th and 99.5th percentile of what is no padding."""
    values = samples[np.isfinite(samples)] if samples.dtype.kind == "f" else samples
    if values.size == 0:
        return 0.0, 0.0, 0.0, 0.0
    low, high = float(values.min()), float(values.max())
    thinned = values.reshape(-1)[:: max(1, values.size // _STRIP)]
    if display.padding is not None:
        kept = thinned[(thinned < display.padding[0]) | (thinned > display.padding[1])]
        thinned = kept if kept.size else thinned
    robust_low, robust_high = np.percentile(thinned, (0.5, 99.5))
    return low, high, float(robust_low), float(robust_high)


def _around_background(
    samples: Samples, layout: Layout, values: NDArray[Any], counts: NDArray[np.intp]
) -> NDArray[np.uint8] | None:
    """Small steps from a flat background, made large by their logarithm.

    None where no value fills a fifth of the frame, or where small steps from it are so many that they are noise.
    """
    place = int(counts.argmax())
    low, background, high = (int(value) for value in (values[0], values[place], values[-1]))
    distance = np.abs(values.astype(np.int64) - background)
    near = int(counts[(distance > 0) & (distance * 255 < VISIBLE * (high - low))].sum())
    if counts[place] * 5 < counts.sum() or near == 0 or near * 4 > counts[place]:
        return None
    steps = _all_values(layout) - background
    below, above = np.log1p(background - low), np.log1p(high - background)
    shades = np.rint(255 * (below + np.sign(steps) * np.log1p(np.abs(steps))) / (below + above))
    faint: NDArray[np.uint8] = np.clip(shades, 0, 255).astype(np.uint8)[_positions(samples, layout)]
    return faint


def _rgb(samples: Samples, layout: Layout) -> NDArray[np.uint8]:
    """``(rows, columns, 3)`` RGB; samples of more than 8 bits lose their low ones."""
    top = float(max(samples.max(), 1)) if layout.stored > 8 else 255.0
    if layout.stored > 8 and top * 4 >= layout.highest:
        top = float(layout.highest)
    shades = samples if samples.dtype == np.uint8 and layout.stored == 8 else stretched(samples, 0.0, top)
    if not layout.decoded.startswith("YBR"):
        return shades
    rgb = np.empty(shades.shape, np.uint8)
    rows = max(1, _STRIP // layout.columns)
    for start in range(0, layout.rows, rows):
        luma, blue, red = np.moveaxis(shades[start : start + rows].astype(np.float32), -1, 0)
        blue, red = blue - 128, red - 128
        parts = (luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue)
        rgb[start : start + rows] = np.clip(np.rint(np.stack(parts, axis=-1)), 0, 255)
    return rgb


def _color_views(rgb: NDArray[np.uint8]) -> Iterator[View]:
    """The colors, or one plane where all are gray; then the plane in which a color of equal brightness shows."""
    red, green, blue = (rgb[:, :, channel] for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        yield View("color", np.ascontiguousarray(red))
        return
    yield View("color", rgb)
    largest, smallest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    yield View("chroma", largest - smallest, kind=ViewKind.CHROMA)
