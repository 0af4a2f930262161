"""What the header says about how stored values are shown: rescale, window or lookup table, palette (PS3.3 C.11)."""

import struct
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.cells import Fill, Samples
from scanscrub.formats.dicom.layout import Layout
from scanscrub.formats.dicom.pydicom_quiet import Dataset, apply_color_lut, apply_modality_lut, apply_voi_lut

_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, struct.error)
"""What pydicom raises for lookup tables and windows that make no sense."""
_WIDEST_TABLE = 16


class Display:
    """The file's own rendering of its stored values."""

    def __init__(self, header: Dataset, layout: Layout) -> None:
        self._layout = layout
        self.palette = _palette(header, layout) if layout.photometric == "PALETTE COLOR" else None
        self.table = self._grey_table(header) if layout.samples == 1 and self.palette is None else None
        self.padding = _padding(header)

    def fill(self, frame: Callable[[], Samples]) -> Fill:
        """The stored value of each sample of a pixel that is shown black in the frame, decoded where it matters.

        Grey values end where the frame or the file's window ends, so that a mask does not stretch the range that
        viewers adapt to; unsigned values whose low end is black take zero.
        """
        layout = self._layout
        if self.palette is not None:
            return (int(self.palette.sum(axis=1).argmin()) + layout.lowest,)
        if layout.samples == 1:
            return (self._grey_fill(frame()),)
        if layout.decoded.startswith("YBR"):
            return (0, 1 << (layout.stored - 1), 1 << (layout.stored - 1))
        return (0, 0, 0)

    def _grey_fill(self, samples: Samples) -> float:
        layout = self._layout
        finite = samples[np.isfinite(samples)] if layout.floating else samples
        if finite.size == 0:
            return 0
        low, high = float(finite.min()), float(finite.max())
        if self.table is None:
            if layout.inverted:
                return high
            return low if layout.floating else min(low, 0)
        black = np.flatnonzero(self.table == self.table.min()) + layout.lowest
        if self.table[-1] < self.table[0]:
            ends = black[black >= high]
            return int(ends[0] if ends.size else black[-1])
        ends = black[black <= (low if layout.signed else 0)]
        return int(ends[-1] if ends.size else black[0])

    def _grey_table(self, header: Dataset) -> NDArray[np.uint8] | None:
        """Shade of every value that can be stored, from the lowest; None where the file says nothing usable."""
        layout = self._layout
        voi = "VOILUTSequence" in header or "WindowCenter" in header
        if layout.floating or layout.stored > _WIDEST_TABLE or not voi:
            return None
        values = np.arange(layout.lowest, layout.highest + 1)
        container = np.dtype(f"{'i' if layout.signed else 'u'}{1 if layout.stored <= 8 else 2}")
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                shown = apply_modality_lut(values.astype(container), header)
                shown = _windowed(shown, header)
        except _FAILURES:
            return None
        if not np.isfinite(shown).all():
            return None
        shades = stretched(shown, float(shown.min()), float(shown.max()))
        return ~shades if layout.inverted else shades


def _windowed(values: NDArray[Any], header: Dataset) -> NDArray[Any]:
    """Values through the first VOI lookup table or window (PS3.3 C.11.2)."""
    if "VOILUTSequence" in header:
        return np.asarray(apply_voi_lut(values.astype(np.int32), header, index=0))
    center, width = (_first(header[keyword].value) for keyword in ("WindowCenter", "WindowWidth"))
    function = header.get("VOILUTFunction") or "LINEAR"
    if function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values.astype(np.float64) - center) / width))
    if function == "LINEAR":
        center, width = center - 0.5, max(width - 1, 1e-6)
    return np.clip((values.astype(np.float64) - center) / width + 0.5, 0, 1)


def stretched(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Shades from 0 at `low` to 255 at `high`, clipped; rows at a time, so memory stays small."""
    shades = np.empty(values.shape, np.uint8)
    scale = 255.0 / (high - low) if high > low else 0.0
    step = max(1, (1 << 20) // max(1, values[:1].size))
    for start in range(0, len(values), step):
        part = np.nan_to_num(values[start : start + step].astype(np.float64), nan=low, posinf=high, neginf=low)
        shades[start : start + step] = np.clip(np.rint((part - low) * scale), 0, 255)
    return shades


def _first(value: Any) -> float:  # noqa: ANN401 - a number or pydicom's list of numbers
    return float(value[0] if hasattr(value, "__getitem__") and not isinstance(value, str) else value)


def _padding(header: Dataset) -> tuple[float, float] | None:
    """The range of values that stand for no pixel (PS3.3 C.7.5.1.1.2)."""
    try:
        value = float(header["PixelPaddingValue"].value)
        limit = header.get("PixelPaddingRangeLimit")
        ends = sorted((value, value if limit is None else float(limit)))
    except _FAILURES:
        return None
    return ends[0], ends[1]


def _palette(header: Dataset, layout: Layout) -> NDArray[np.uint8]:
    """``(values, 3)``: the colour of every index that can be stored, from the lowest."""
    indices = np.arange(layout.lowest, layout.highest + 1)
    container = np.dtype(f"{'i' if layout.signed else 'u'}{1 if layout.stored <= 8 else 2}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            colours = apply_color_lut(indices.astype(container).reshape(1, -1), header)[0]
            bits = _lut_bits(header, colours)
    except _FAILURES:
        raise RefusedFile(
            "The image's colour table cannot be understood.", "Convert it to RGB with a DICOM viewer and try again."
        ) from None
    shades: NDArray[np.uint8] = (colours[:, :3] >> (bits - 8)).astype(np.uint8)
    return shades


def _lut_bits(header: Dataset, colours: NDArray[Any]) -> int:
    """Bits of a table's entries; some writers call 8-bit entries 16 bits wide."""
    declared = int(header["RedPaletteColorLookupTableDescriptor"].value[2])
    return 8 if declared <= 8 or int(colours.max()) < 256 else 16
