"""Which windows a header gives each frame: at the top level, or in the functional groups (PS3.3 C.7.6.16.2).

A file may give several windows and several lookup tables, and a viewer offers all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanscrub.formats.dicom.pydicom_quiet import Dataset

_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, OverflowError)
"""What pydicom raises for values that make no sense."""
_MOST = 16
"""More windows than that nobody looks through."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window in units of the rescaled values (PS3.3 C.11.2.1.2)."""

    center: float
    width: float
    function: str

    @property
    def ends(self) -> tuple[float, float]:
        """The values from which on all is black, and all is white; those of a sigmoid are nearly so."""
        if self.function == "LINEAR":
            low = self.center - 0.5 - max(self.width - 1, 1e-6) / 2
            return low, low + max(self.width - 1, 1e-6)
        return self.center - self.width / 2, self.center + self.width / 2


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """How one frame is shown: the data sets that hold its rescale (or modality table) and its lookup tables, and
    its windows.
    """

    modality: Dataset
    voi: Dataset
    tables: int
    windows: tuple[Window, ...]


class Renderings:
    """The rendering of every frame. Frames that share everything share one."""

    def __init__(self, header: Dataset) -> None:
        self._header = header
        self._shared = _first_item(header, "SharedFunctionalGroupsSequence")
        self._frames = _items(header, "PerFrameFunctionalGroupsSequence")
        self._common = self._rendering(None)

    def of(self, frame: int) -> Rendering:
        own = self._frames[frame] if frame < len(self._frames) else None
        if own is None or not any(
            name in own for name in ("PixelValueTransformationSequence", "FrameVOILUTSequence")
        ):
            return self._common
        return self._rendering(own)

    def _rendering(self, own: Dataset | None) -> Rendering:
        modality = self._macro(own, "PixelValueTransformationSequence")
        voi = self._macro(own, "FrameVOILUTSequence")
        windows = tuple(dict.fromkeys(_windows(voi)))[:_MOST]
        return Rendering(modality, voi, min(len(_items(voi, "VOILUTSequence")), _MOST), windows)

    def _macro(self, own: Dataset | None, keyword: str) -> Dataset:
        """The frame's own item of a functional group, else that of all frames, else the header itself."""
        for groups in (own, self._shared):
            item = None if groups is None else _first_item(groups, keyword)
            if item is not None:
                return item
        return self._header


def _windows(voi: Dataset) -> Iterator[Window]:
    try:
        centers, widths = _numbers(voi, "WindowCenter"), _numbers(voi, "WindowWidth")
        function = str(voi.get("VOILUTFunction") or "LINEAR").strip()
    except _FAILURES:
        return
    yield from (Window(*pair, function) for pair in zip(centers, widths, strict=False) if pair[1] > 0)


def _numbers(data_set: Dataset, keyword: str) -> tuple[float, ...]:
    value = data_set.get(keyword)
    if value is None or value == "":
        return ()
    many = hasattr(value, "__getitem__") and not isinstance(value, str)
    return tuple(float(number) for number in (value if many else [value]))


def _first_item(data_set: Dataset, keyword: str) -> Dataset | None:
    items = _items(data_set, keyword)
    return items[0] if items else None


def _items(data_set: Dataset, keyword: str) -> Sequence[Dataset]:
    try:
        return tuple(data_set[keyword].value or ()) if keyword in data_set else ()
    except _FAILURES:
        return ()
