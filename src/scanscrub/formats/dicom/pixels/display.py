"""What the header says about how stored values are shown: rescale, window or lookup table, palette (PS3.3 C.11)."""

import struct
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain import tags
from scanscrub.formats.dicom.encoding.pydicom_quiet import Dataset, apply_modality_lut, apply_voi_lut
from scanscrub.formats.dicom.pixels.color_tables import color_tables
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.native_pixels import Fill, Samples
from scanscrub.formats.dicom.pixels.windows import Rendering, Renderings, Window

_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, struct.error)
"""What pydicom raises for lookup tables and windows that make no sense."""
_WIDEST_TABLE = 16
_REMEMBERED = 32
"""Sets of tables that are kept; frames of a cine share theirs, as a rule."""


class Display:
    """The file's own rendering of its stored values."""

    def __init__(self, header: Dataset, layout: Layout) -> None:
        self._layout = layout
        self.palette = _palette(header, layout) if layout.photometric == "PALETTE COLOR" else None
        self.supplement = _supplement(header, layout) if self.palette is None and not self._is_wide else None
        self._renderings = Renderings(header) if layout.samples == 1 and self.palette is None else None
        self._tables: dict[object, tuple[NDArray[np.uint8], ...]] = {}
        self.padding = _padding(header)

    def tables(self, frame: int) -> tuple[NDArray[np.uint8], ...]:
        """By lookup table and window of the frame: the shade ``(values,)`` of every storable value, from the lowest.

        None for values too wide for a table (see `ranges`), and where the file says nothing usable.
        """
        if self._renderings is None or self._is_wide:
            return ()
        rendering = self._renderings.of(frame)
        key = _key(rendering)
        if key not in self._tables:
            if len(self._tables) >= _REMEMBERED:
                self._tables.clear()
            self._tables[key] = tuple(self._gray_tables(rendering))
        return self._tables[key]

    def ranges(self, frame: int) -> Iterator[tuple[float, float]]:
        """By window of the frame: the stored values that are shown black and white, if a table would be too long."""
        if self._renderings is None or not self._is_wide:
            return
        rendering = self._renderings.of(frame)
        slope, intercept = _rescale(rendering.modality)
        for window in rendering.windows:
            black, white = ((end - intercept) / slope for end in window.ends)
            if black != white and np.isfinite((black, white)).all():
                yield black, white

    def fill(self, frame: int, samples: Callable[[], Samples]) -> Fill:
        """The stored value of each sample of a pixel that is shown black in the frame, decoded where it matters.

        Gray values end where the frame or the file's window ends, so that a mask does not stretch the range that
        viewers adapt to; unsigned values whose low end is black take zero.
        """
        layout = self._layout
        if self.palette is not None:
            return (int(self.palette.sum(axis=1).argmin()) + layout.lowest,)
        if layout.samples == 1:
            return (self._gray_fill(frame, samples()),)
        if layout.decoded.startswith("YBR"):
            return (0, 1 << (layout.stored - 1), 1 << (layout.stored - 1))
        return (0, 0, 0)

    @property
    def _is_wide(self) -> bool:
        return self._layout.floating or self._layout.stored > _WIDEST_TABLE

    def _gray_fill(self, frame: int, samples: Samples) -> float:
        layout = self._layout
        finite = samples[np.isfinite(samples)] if layout.floating else samples
        if finite.size == 0:
            return 0
        low, high = float(finite.min()), float(finite.max())
        table = next(iter(self.tables(frame)), None)
        if table is None:
            if layout.inverted:
                return high
            return low if layout.floating else min(low, 0)
        black = np.flatnonzero(table == table.min()) + layout.lowest
        if table[-1] < table[0]:
            ends = black[black >= high]
            return int(ends[0] if ends.size else black[-1])
        ends = black[black <= (low if layout.signed else 0)]
        return int(ends[-1] if ends.size else black[0])

    def _gray_tables(self, rendering: Rendering) -> Iterator[NDArray[np.uint8]]:
        layout = self._layout
        values = np.arange(layout.lowest, layout.highest + 1)
        container = np.dtype(f"{'i' if layout.signed else 'u'}{1 if layout.stored <= 8 else 2}")
        for render in (
            *(partial(_looked_up, voi=rendering.voi, index=index) for index in range(rendering.tables)),
            *(partial(_windowed, window=window) for window in rendering.windows),
        ):
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    shown = render(apply_modality_lut(values.astype(container), rendering.modality))
            except _FAILURES:
                continue
            if np.isfinite(shown).all():
                shades = stretched(shown, float(shown.min()), float(shown.max()))
                yield ~shades if layout.inverted else shades


def _key(rendering: Rendering) -> object:
    """What a frame's tables depend on; which data sets, where those hold lookup tables (the header keeps them)."""
    if rendering.tables or "ModalityLUTSequence" in rendering.modality:
        return id(rendering.voi), id(rendering.modality)
    return _rescale(rendering.modality), rendering.windows


def _rescale(modality: Dataset) -> tuple[float, float]:
    try:
        slope = float(modality["RescaleSlope"].value) if "RescaleSlope" in modality else 1.0
        intercept = float(modality["RescaleIntercept"].value) if "RescaleIntercept" in modality else 0.0
    except _FAILURES:
        return 1.0, 0.0
    return slope or 1.0, intercept


def _looked_up(values: NDArray[Any], voi: Dataset, index: int) -> NDArray[Any]:
    """Values through a VOI lookup table (PS3.3 C.11.2.1.1)."""
    return np.asarray(apply_voi_lut(values.astype(np.int32), voi, index=index))


def _windowed(values: NDArray[Any], window: Window) -> NDArray[Any]:
    """Values through a window (PS3.3 C.11.2.1.2)."""
    if window.function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values.astype(np.float64) - window.center) / window.width))
    low, high = window.ends
    return np.clip((values.astype(np.float64) - low) / (high - low), 0, 1)


def stretched(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Shades ``(rows, ...)`` of numbers of any type and that shape, from 0 at `low` to 255 at `high`, clipped; rows
    at a time, so memory stays small.
    """
    shades = np.empty(values.shape, np.uint8)
    scale = 255.0 / (high - low) if high > low else 0.0
    step = max(1, (1 << 20) // max(1, values[:1].size))
    for start in range(0, len(values), step):
        part = np.nan_to_num(values[start : start + step].astype(np.float64), nan=low, posinf=high, neginf=low)
        shades[start : start + step] = np.clip(np.rint((part - low) * scale), 0, 255)
    return shades


def _padding(header: Dataset) -> tuple[float, float] | None:
    """The range of values that stand for no pixel (PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25)."""
    kind = "DoubleFloat" if tags.DoubleFloatPixelData in header else "Float" if tags.FloatPixelData in header else ""
    try:
        value = float(header[f"{kind}PixelPaddingValue"].value)
        limit = header.get(f"{kind}PixelPaddingRangeLimit")
        ends = sorted((value, value if limit is None else float(limit)))
    except _FAILURES:
        return None
    return ends[0], ends[1]


def _palette(header: Dataset, layout: Layout) -> NDArray[np.uint8]:
    """``(values, 3)``: the color of every index that can be stored, from the lowest."""
    tables = color_tables(header, layout)
    assert tables is not None
    return tables.colors(np.arange(layout.lowest, layout.highest + 1))


def _supplement(header: Dataset, layout: Layout) -> NDArray[np.uint8] | None:
    """``(values, 3)``: the colors that a supplemental palette gives to the upper values (PS3.3 C.7.6.19), the others
    in gray; None where there is none.
    """
    tables = color_tables(header, layout)
    if tables is None:
        return None
    colors = tables.colors(np.arange(layout.lowest, layout.highest + 1))
    gray = slice(0, max(0, tables.first - layout.lowest))
    colors[gray] = stretched(np.arange(layout.lowest, layout.highest + 1), layout.lowest, tables.first)[
        gray, np.newaxis
    ]
    return colors
