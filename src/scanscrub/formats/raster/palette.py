"""Color tables without hiding places: no entry that is not used, no two entries that look the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanscrub.formats.raster.masking import Area


@dataclass(frozen=True, slots=True, eq=False)
class NormalPalette:
    """`colors` is uint8 ``(entries, 4)`` RGBA in which unused entries are black and opaque, fully transparent
    ones are 0; `lookup` (uint8, 256) gives each index its first equal-looking one.
    """

    colors: NDArray[np.uint8]
    lookup: NDArray[np.uint8]
    length: int
    """Entries up to the last that is used."""

    @property
    def merges(self) -> bool:
        return bool((self.lookup != np.arange(256)).any())


def used_indices(indices: NDArray[np.uint8]) -> list[int]:
    """The indices that some pixel of ``(rows, columns)`` has."""
    return [int(index) for index in np.flatnonzero(np.bincount(indices.ravel(), minlength=256))]


def normal_palette(indices: NDArray[np.uint8], colors: NDArray[np.uint8]) -> NormalPalette:
    """Normalize a table of RGBA `colors` ``(256, 4)`` for the pixels ``(rows, columns)`` that use it."""
    used = used_indices(indices)
    table = np.full_like(colors, 0)
    table[:, 3] = 255
    lookup = np.arange(256, dtype=np.uint8)
    first: dict[tuple[int, ...], int] = {}
    for index in used:
        color = tuple(int(part) for part in colors[index]) if colors[index, 3] else (0, 0, 0, 0)
        lookup[index] = first.setdefault(color, index)
        if lookup[index] == index:
            table[index] = color
    return NormalPalette(table, lookup, max(first.values(), default=0) + 1)


def masked(
    indices: NDArray[np.uint8], area: Area, colors: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NormalPalette]:
    """The pixels ``(rows, columns)`` with an area made black, and their table, of RGBA `colors` ``(256, 4)``; an
    entry that only masked pixels used may become black.
    """
    left = normal_palette(indices[~area], colors).colors
    filled = indices.copy()
    filled[area] = black_index(left)
    palette = normal_palette(filled, left)
    return palette.lookup[filled], palette


def black_index(colors: NDArray[np.uint8]) -> int:
    """The entry of RGBA `colors` ``(entries, 4)`` that fills masks: black, or the darkest that is opaque."""
    brightness = colors[:, :3].astype(np.int64).sum(axis=1) + 1000 * (255 - colors[:, 3].astype(np.int64))
    return int(np.argmin(brightness))
