"""Which pictures belong together, and in which order a body lies in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Source
from scanscrub.formats.base import Document
from scanscrub.pipeline.read import recognized

_WANTED: Final = frozenset(
    {
        tags.Modality,
        tags.BodyPartExamined,
        tags.PatientAge,
        tags.SeriesInstanceUID,
        tags.InstanceNumber,
        tags.ImagePositionPatient,
        tags.ImageOrientationPatient,
        tags.PixelSpacing,
        tags.ImagerPixelSpacing,
        tags.PixelAspectRatio,
    }
)
_ROUNDING: Final = 0.02
"""A degree. Slices of one series are parallel, and a scout is not."""
_FARTHEST: Final = 5000
_MOST: Final = 100_000
"""Millimeters from the origin, and the highest number of a slice, that a name tells: more is no place of a body."""
_LONGEST: Final = Fraction(8)
"""So many times as long as wide a pixel may be; beyond that the numbers are no spacing."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One frame of the copy of that `name` below the folder; its header has the first of each element."""

    name: str
    frame: int
    header: Mapping[int, str]

    @property
    def aspect(self) -> Fraction:
        """How many times as high as wide a pixel is (PS3.3 10.7.1.1, C.7.6.3.1.7); 1 where nothing says so."""
        for tag in (tags.PixelSpacing, tags.ImagerPixelSpacing, tags.PixelAspectRatio):
            numbers = _numbers(self.header.get(tag, ""), 2)
            if numbers and min(numbers) > 0:
                aspect = Fraction(numbers[0]) / Fraction(numbers[1])
                return aspect if 1 / _LONGEST <= aspect <= _LONGEST else Fraction(1)
        return Fraction(1)

    @property
    def is_alone(self) -> bool:
        """Whether its header names no series."""
        return not self.header.get(tags.SeriesInstanceUID, "")

    @property
    def plane(self) -> tuple[float, ...]:
        """How it is turned; empty where the header does not say."""
        return _numbers(self.header.get(tags.ImageOrientationPatient, ""), 6)

    @property
    def along(self) -> float | None:
        """How far along the normal of its plane it lies (C.7.6.2.1.1); None where the header does not say."""
        place = _numbers(self.header.get(tags.ImagePositionPatient, ""), 3)
        if not place or not self.plane:
            return None
        (a, b, c), (d, e, f) = self.plane[:3], self.plane[3:]
        normal = (b * f - c * e, c * d - a * f, a * e - b * d)
        return round(sum(one * other for one, other in zip(place, normal, strict=True)), 3)

    @property
    def number(self) -> int:
        value = self.header.get(tags.InstanceNumber, "").strip()
        return int(value) if value.lstrip("+-").isdecimal() and len(value) < 12 else 0


def series_of(folder: Path, names: Sequence[str]) -> list[list[Slice]]:
    """The pictures of those copies below `folder`, by series, each in the order in which the body lies in it.

    A file of several frames is a series of its own, and so is one whose header names no series: nobody knows what
    belongs to a picture. What cannot be opened has none. Raises nothing.
    """
    found: dict[tuple[str, str], list[Slice]] = {}
    for name in names:
        slices = list(_slices(folder, name))
        for each in slices:
            series = each.header.get(tags.SeriesInstanceUID, "")
            found.setdefault((series, name if not series or len(slices) > 1 else ""), []).append(each)
    return [list(_ordered(slices)) for slices in found.values()]


def _slices(folder: Path, name: str) -> Iterator[Slice]:
    try:
        with (folder / name).open("rb") as stream, recognized(stream).open(stream, Source(0, "")) as document:
            header = _header(document)
            frames = document.frames
    except (OSError, RefusedFile):
        return
    yield from (Slice(name, frame, header) for frame in range(frames))


def _header(document: Document) -> dict[int, str]:
    header: dict[int, str] = {}
    for one in document.inspect():
        if isinstance(one, Attribute) and one.tag in _WANTED and one.value is not None:
            header.setdefault(one.tag, one.value.reveal())
    return header


def shown_by(copy: Document) -> Slice:
    """The slice that a document of one frame is."""
    return Slice("", 0, _header(copy))


def sorting_prefix(one: Slice) -> str:
    """``PLACE-NUMBER-``, by which names sort as the slices of a series lie in the body.

    The place counts tenths of a millimeter along the normal, from 5 m before the origin; the number is the Instance
    Number. What the header does not say, or what is out of bounds, has no part.
    """
    along = one.along
    place = f"{round((along + _FARTHEST) * 10):06}-" if along is not None and abs(along) < _FARTHEST else ""
    return place + (f"{one.number:05}-" if 0 < one.number < _MOST else "")


def _ordered(slices: list[Slice]) -> Iterator[Slice]:
    """By place, then number: where one lies at many times (a dynamic study), the times of each place together."""
    if any(each.along is None for each in slices) or _is_one_file(slices):
        yield from sorted(slices, key=lambda each: each.number)
        return
    planes: dict[tuple[float, ...], list[Slice]] = {}
    for each in sorted(slices, key=lambda each: each.number):
        alike = next((plane for plane in planes if _are_alike(plane, each.plane)), each.plane)
        planes.setdefault(alike, []).append(each)
    for plane in planes.values():
        yield from sorted(plane, key=lambda each: (each.along or 0.0, each.number))


def _are_alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two planes differ by rounding alone."""
    return all(abs(a - b) < _ROUNDING for a, b in zip(one, other, strict=True))


def _is_one_file(slices: list[Slice]) -> bool:
    return len({each.name for each in slices}) == 1


def _numbers(value: str, count: int) -> tuple[float, ...]:
    """So many numbers; none where a value is anything else."""
    try:
        numbers = tuple(float(part) for part in value.split("\\"))
    except ValueError:
        return ()
    is_whole = len(numbers) == count and all(abs(number) < 1e6 for number in numbers)
    return numbers if is_whole else ()
