"""Which windows a header gives each frame: at the top level, or in the functional groups (PS3.3 C.7.6.16.2).

A file may give several windows and several lookup tables, and a viewer offers all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.pydicom_quiet import Dataset

_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError, OverflowError)
"""What pydicom raises for values that make no sense."""
_MOST = 32
"""More different windows, or lookup tables, than that nobody looks through."""
_ALIKE = 1 / 32
"""Part of its width by which a window's ends differ from another one's at most, so that it shows nothing more."""


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

    def is_like(self, other: "Window") -> bool:
        """Whether no shade differs by more than can be missed."""
        (low, high), (other_low, other_high) = self.ends, other.ends
        room = _ALIKE * min(high - low, other_high - other_low)
        return self.function == other.function and max(abs(low - other_low), abs(high - other_high)) <= room


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
    """The rendering of every frame. Frames that share everything share one. Raises `RefusedFile`."""

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
        windows, tables = _different(_windows(voi)), len(_items(voi, "VOILUTSequence"))
        if max(len(windows), tables) > _MOST:
            raise RefusedFile(
                "The image asks to be shown in more windows than can be looked through.",
                "Export it again from its source, with fewer windows.",
            )
        return Rendering(modality, voi, tables, windows)

    def _macro(self, own: Dataset | None, keyword: str) -> Dataset:
        """The frame's own item of a functional group, else that of all frames, else the header itself."""
        for groups in (own, self._shared):
            item = None if groups is None else _first_item(groups, keyword)
            if item is not None:
                return item
        return self._header


def _different(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Those that show something that none before shows; one more than can be looked through at most."""
    different: list[Window] = []
    for window in windows:
        if len(different) <= _MOST and not any(map(window.is_like, different)):
            different.append(window)
    return tuple(different)


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
