"""An image's palette (PS3.3 C.7.6.3.1.5, C.7.6.19, C.7.9): read in each form, and written as far as pixels use it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.formats.dicom.encoding.elements import is_of_palette
from scanscrub.formats.dicom.encoding.pydicom_quiet import DataElement, Dataset
from scanscrub.formats.dicom.pixels.layout import LOSSY_SYNTAXES, Layout
from scanscrub.formats.dicom.pixels.native_pixels import Samples

_Entries = NDArray[Any]
"""Of 8 or 16 bits, without a sign."""
_PLAIN: Final = range(tags.RedPaletteColorLookupTableData, tags.AlphaPaletteColorLookupTableData + 1)
_SEGMENTED: Final = range(
    tags.SegmentedRedPaletteColorLookupTableData, tags.SegmentedAlphaPaletteColorLookupTableData + 1
)
_WIDEST: Final = 16
"""Bits of values that lead to entries."""
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
"""The kinds of segments (C.7.9.2)."""
_WORTH_A_LINE: Final = 4
"""Entries; a line takes three words."""
_FAILURES = (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError)
"""What values raise that make no sense."""


@dataclass(frozen=True, slots=True, eq=False)
class ColorTables:
    """The palette of one image: `channels` are the entries of red, green, blue and, where it has one, alpha, by the
    tag of their element; the first entry is that of the stored value `first`.
    """

    first: int
    bits: int
    order: str
    channels: Mapping[int, _Entries]
    segments: Mapping[int, bytes]
    """By tag: a segmented form that holds the entries and nothing else."""

    @property
    def entries(self) -> int:
        return len(next(iter(self.channels.values())))

    def places(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """The entry of each stored value, as values ``(...)``: beyond the table one of its ends."""
        return np.clip(values.astype(np.int64) - self.first, 0, self.entries - 1)

    def colors(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """``(values, 3)``: what is shown of each stored value. Some writers call entries of 8 bits 16 bits wide."""
        wide = self.bits > 8 and any(int(table.max()) > 0xFF for table in self.channels.values())
        places = self.places(values)
        shown = [(table >> 8 if wide else table)[places] for table in list(self.channels.values())[:3]]
        return np.stack(shown, axis=-1).astype(np.uint8)

    def used(self, frames: Iterable[Samples], *, near: int) -> NDArray[np.bool_]:
        """``(entries,)``: whether it is a pixel's, or so `near` to one's that another decoder may come to it."""
        used = np.zeros(self.entries, np.bool_)
        for samples in frames:
            used[self.places(samples)] = True
        for _ in range(near):
            used[1:] |= used[:-1].copy()
            used[:-1] |= used[1:].copy()
        return used

    def without_unused(self, used: NDArray[np.bool_]) -> "ColorTables":
        """The same where entries ``(entries,)`` are used; others become like the used one before, or the first."""
        places = np.flatnonzero(used)
        nearest = places[np.clip(np.searchsorted(places, np.arange(self.entries), side="right") - 1, 0, None)]
        channels = {tag: table[nearest] for tag, table in self.channels.items()}
        same = {
            tag: value for tag, value in self.segments.items() if np.array_equal(channels[tag], self.channels[tag])
        }
        return replace(self, channels=channels, segments=same)

    def elements(self) -> Mapping[int, bytes]:
        """The values of the palette's data elements, in their own form; segments that changed are made anew."""
        return {tag: self.segments.get(tag) or self._value(tag) for tag in self.channels}

    def _value(self, tag: int) -> bytes:
        table = self.channels[tag]
        if tag in _SEGMENTED:
            table = _as_segments(table)
        if table.dtype == np.uint16:
            return table.astype(f"{self.order}u2").tobytes()
        value = table.tobytes() + bytes(len(table) % 2)
        return value if self.order == "<" else _swapped(value)


def color_tables(header: Dataset, layout: Layout) -> ColorTables | None:
    """The palette that the image's pixels go through; None where it has none, or none that a viewer could use.

    Raises `RefusedFile` where it is needed and cannot be understood.
    """
    is_needed = layout.photometric == "PALETTE COLOR" or header.get("PixelPresentation") in ("COLOR", "MIXED")
    if layout.samples > 1 or layout.floating or not (is_needed or has_palette(header)):
        return None
    try:
        return _read(header, layout)
    except _FAILURES:
        if not is_needed:
            return None
        raise RefusedFile(
            "The image's color table cannot be understood.", "Convert it to RGB with a DICOM viewer and try again."
        ) from None


def has_palette(header: Dataset) -> bool:
    return any(is_of_palette(int(tag)) for tag in header.keys())  # noqa: SIM118 - pydicom's `Dataset` iterates over elements


def palette_of_copy(
    header: Dataset, tables: ColorTables | None, layout: Layout, frames: Iterable[Samples]
) -> Mapping[int, DataElement | None]:
    """The elements of a palette that a copy with such frames has in another way, or not at all (None)."""
    if not has_palette(header):
        return {}
    kept: Mapping[int, bytes] = {}
    if tables is not None:
        used = tables.used(frames, near=int(layout.syntax in LOSSY_SYNTAXES))
        kept = tables.without_unused(used).elements()
    changed: dict[int, DataElement | None] = {
        tag: DataElement(tag, "OW", value) for tag, value in kept.items() if _raw(header, tag) != value
    }
    stays = {*kept, *(_DESCRIPTIONS if kept else ())}
    return changed | {int(tag): None for tag in header.keys() if is_of_palette(int(tag)) and int(tag) not in stays}  # noqa: SIM118 - the same


_DESCRIPTIONS: Final = (
    tags.RedPaletteColorLookupTableDescriptor,
    tags.GreenPaletteColorLookupTableDescriptor,
    tags.BluePaletteColorLookupTableDescriptor,
    tags.PaletteColorLookupTableUID,
)


def unused_bytes(header: Dataset, changed: Mapping[int, DataElement | None]) -> bytes:
    """What of the palette a copy does not have."""
    gone = b""
    for tag, element in changed.items():
        old = _raw(header, tag)
        new = b"" if element is None else element.value
        gone += bytes(one if one != other else 0 for one, other in zip(old, new, strict=False)) + old[len(new) :]
    return gone


def _read(header: Dataset, layout: Layout) -> ColorTables:
    red, *others = (header.get(keyword) for keyword in _DESCRIPTORS)
    entries, first, bits = (int(number) for number in red)
    if layout.stored > _WIDEST or any(
        other is not None and [int(number) for number in other][:2] != [entries, first] for other in others
    ):
        raise ValueError
    entries = entries or 1 << _WIDEST
    order = "<" if header.original_encoding[1] in (True, None) else ">"
    plain = _raw(header, _PLAIN[0]) != b""
    channels: dict[int, _Entries] = {}
    segments: dict[int, bytes] = {}
    for place, tag in enumerate(_PLAIN if plain else _SEGMENTED):
        value = _raw(header, tag)
        if plain and (value or place < 3):
            channels[tag] = _as_shown(_plain(value, entries, order), bits)
        elif value or place < 3:
            channels[tag], is_all = _expanded(_words(value, bits, order), entries)
            if is_all:
                segments[tag] = value
    if layout.signed and first > 0x7FFF:  # said to be without a sign
        first -= 1 << 16
    return ColorTables(first, bits, order, channels, segments)


_DESCRIPTORS: Final = tuple(f"{color}PaletteColorLookupTableDescriptor" for color in ("Red", "Green", "Blue"))


def _raw(header: Dataset, tag: int) -> bytes:
    """The bytes of an element as the file holds them; none where it is not there."""
    value = header.get_item(tag).value if tag in header else None
    return value if isinstance(value, bytes) else b""


def _plain(value: bytes, entries: int, order: str) -> _Entries:
    if len(value) == 2 * entries:
        return np.frombuffer(value, f"{order}u2").astype(np.uint16)
    if len(value) - entries not in (0, entries % 2):
        raise ValueError
    return np.frombuffer(value if order == "<" else _swapped(value), np.uint8)[:entries]


def _words(value: bytes, bits: int, order: str) -> _Entries:
    if bits > 8:
        return np.frombuffer(value, f"{order}u2").astype(np.uint16)
    return np.frombuffer(value if order == "<" else _swapped(value), np.uint8)


def _swapped(value: bytes) -> bytes:
    """Bytes that a word of two holds, in the order of the other words (PS3.5 7.3)."""
    return np.frombuffer(value, "<u2").byteswap().tobytes()


def _as_shown(table: _Entries, bits: int) -> _Entries:
    """The entries without bits that nobody shows: over 8 bits in a word there is nothing, or the same once more."""
    if table.dtype == np.uint8 or bits > 8 or int(table.max()) <= 0xFF:
        return table
    low, high = table & 0xFF, table >> 8
    return table if np.array_equal(low, high) or not low.any() else low


def _as_segments(table: _Entries) -> _Entries:
    """Entries one by one, and of the same one over and over a line that does not rise."""
    longest = int(np.iinfo(table.dtype).max)
    words: list[int] = []
    waiting: list[int] = []
    starts = [0, *(np.flatnonzero(np.diff(table)) + 1).tolist(), len(table)]
    for start, end in pairwise(starts):
        entry, count = int(table[start]), end - start
        repeated = count - 1 if count > _WORTH_A_LINE else 0
        waiting += [entry] * (count - repeated)
        if repeated or end == len(table):
            for at in range(0, len(waiting), longest):
                part = waiting[at : at + longest]
                words += [_DISCRETE, len(part), *part]
            waiting.clear()
        for at in range(0, repeated, longest):
            words += [_LINEAR, min(longest, repeated - at), entry]
    return np.array(words, table.dtype)


def _expanded(words: _Entries, entries: int) -> tuple[_Entries, bool]:
    """The entries that segments stand for (C.7.9.2), and whether those are all that the words say. An indirect
    segment repeats others, none of them indirect.
    """
    table: list[int] = []
    is_all = True
    left = [(0, len(words), False)]
    """Where segments begin that are still to be read, how many of them, and whether they are repeated."""
    while left and len(table) < entries:
        at, count, again = left.pop()
        kind, length = int(words[at]), int(words[at + 1])
        size = {_DISCRETE: 2 + length, _LINEAR: 3, _INDIRECT: 4 if words.dtype == np.uint16 else 6}[kind]
        if at + size > len(words):
            raise ValueError
        is_all = is_all and length > 0
        if count > 1 and at + size < len(words):
            left.append((at + size, count - 1, again))
        if kind == _DISCRETE:
            table += words[at + 2 : at + size].tolist()
        elif kind == _LINEAR:
            start, end = table[-1], int(words[at + 2])
            step = (end - start) / max(length, 1)
            table += np.around(np.linspace(start + step, end, length)).astype(int).tolist()
        else:
            if again or not table:
                raise ValueError
            left.append((_offset(words[at + 2 : at + size]), length, True))
    if len(table) < entries:
        raise ValueError
    is_padding = not left or (left[0][0] == len(words) - 1 and not words[-1])
    return np.array(table[:entries], words.dtype), is_all and len(table) == entries and is_padding


def _offset(words: _Entries) -> int:
    """Of the segment that an indirect one leads to, counted in words; the file counts bytes."""
    size = words.dtype.itemsize
    return sum(int(word) << 8 * size * place for place, word in enumerate(words)) // size
