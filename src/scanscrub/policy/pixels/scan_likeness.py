"""Does a picture look like a scan? In doubt it does: who shares scans exports them as plain pictures."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

LARGEST: Final = 512
"""Pixels: a larger picture is looked at that large."""
SMALLEST: Final = 64
"""Pixels of both sides up to which a picture is an icon, or lower than which it is a strip of letters."""
CELL: Final = 8
"""Side of a square cell in pixels."""
STEP, EDGE = 2, 48
"""How much neighbors differ where something is shown in tones: flat color differs less, and ink more."""
BLACK, LIT, WHITE = 16, 24, 250
COLORLESS, COLORED = 14.0, 45.0
"""How far a pixel lies from the picture's own shade of gray that is gray, and that is surely of another color."""
TINT: Final = 0.95
"""The cosine between gray and a tint at least: false colors lead from one color to another."""
MOSTLY, ALL_OF_IT = 0.6, 0.95
TONED, SPREAD = 0.03, 20.0
"""Of all cells, those in gray tones that a scan has at least, and how far their shades lie apart."""
WEDGE: Final = 0.8
"""The share of tones that change one way only from which they are a wedge of gray."""
PAPER, PAPER_SPREAD = 190.0, 70.0
"""Bright tones that lie closer together are paper."""
GRAY, TINTED = 0.5, 0.2
"""Of what is not black, how much is gray in a scan at least, and how much is of a faint color at most: Doppler's
colors are strong, and a photograph is full of faint ones.
"""
SURROUND, SHOWN = 0.15, 0.1
"""Of all cells, the black ones around tones of any color, and those tones."""
BLOB, FULL = 0.08, 0.88
"""What is white all over and black around it was windowed so: how large it is, and up to which share of the rectangle
around it no square.
"""


def looks_like_scan(pixels: NDArray[np.uint8]) -> bool:
    """Whether ``(rows, columns[, 3])`` gray or RGB pixels show gray tones, tones in a black surround, or what a hard
    window leaves of either.

    Drawings have flat colors and edges; a page of a book is one bright tone; a photograph is colored all over.
    """
    if min(pixels.shape[:2]) < SMALLEST or max(pixels.shape[:2]) <= SMALLEST:
        return False
    shown = _bounded(pixels)
    gray = shown if shown.ndim == 2 else np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.uint8)
    change = _change(gray, 3, 3)
    toned = (change >= STEP) & (change <= EDGE) & (gray > BLACK // 2) & (gray < WHITE)
    in_tones = _means(toned) >= MOSTLY
    surround = float((_means(gray <= BLACK) > ALL_OF_IT).mean())
    if surround >= SURROUND and _is_gray(shown) and _has_blob(gray):
        return True
    if surround >= SURROUND and in_tones.mean() >= SHOWN:
        return _are_shades(gray, in_tones)  # the noise of a night sky is of one shade
    if in_tones.mean() < TONED or _is_wedge(gray, toned):
        return False
    in_gray = in_tones & _gray_cells(shown, change) if shown.ndim == 3 else in_tones
    if in_gray.mean() < TONED:
        return False
    return _are_shades(gray, in_gray)


def _are_shades(gray: NDArray[np.uint8], cells: NDArray[np.bool_]) -> bool:
    """Whether cells have many shades, unlike paper."""
    shades = _means(gray)[cells]
    low, high = np.percentile(shades, (5, 95))
    return bool(high - low >= SPREAD and (shades.mean() <= PAPER or high - low >= PAPER_SPREAD))


def _change(gray: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """How much the pixels around each one differ."""
    around = np.ones((rows, columns), np.uint8)
    return np.asarray(cv2.subtract(cv2.dilate(gray, around), cv2.erode(gray, around)), np.uint8)


def _is_wedge(gray: NDArray[np.uint8], toned: NDArray[np.bool_]) -> bool:
    """Whether tones change along rows or along columns only, as in phantoms for cameras and screens."""
    one_way = (_change(gray, 1, 3) == 0) | (_change(gray, 3, 1) == 0)
    return bool((toned & one_way).sum() >= WEDGE * toned.sum())


def _gray_cells(shown: NDArray[np.uint8], change: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which cells are gray, in a picture of colors that is gray for the most part; else none is.

    What is colored and flat is no part of what is shown: the frame of a program.
    """
    for color in _colors(shown):
        faint = (color > COLORLESS) & (color <= COLORED)
        part = (_strongest(shown) > LIT) & ~((color > COLORLESS) & (change == 0))
        area = max(int(part.sum()), 1)
        grays, tints = (float((part & which).sum()) / area for which in (color <= COLORLESS, faint))
        if grays >= GRAY and tints <= TINTED:
            return _means(color) <= COLORLESS
    return np.zeros(_means(change).shape, np.bool_)


def _bounded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = LARGEST / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _is_gray(pixels: NDArray[np.uint8]) -> bool:
    return pixels.ndim == 2 or bool((_chroma(pixels) <= COLORLESS).mean() >= ALL_OF_IT)


def _strongest(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """By planes: along the last axis numpy takes forty times as long."""
    if pixels.ndim == 2:
        return pixels
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def _chroma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    weakest = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    return (_strongest(pixels) - weakest).astype(np.float32)


def _colors(pixels: NDArray[np.uint8]) -> Iterator[NDArray[np.float32]]:
    """How far each pixel lies from gray; and from the shade that most of the picture has, where that is a tint: film
    is blue, and so is a photograph of a screen.
    """
    yield _chroma(pixels)
    lit = _strongest(pixels) > LIT
    some = pixels[lit][:: max(1, int(lit.sum()) // 20_000)].astype(np.float32)
    if len(some) < 2:
        return
    _, axes = np.linalg.eigh(np.cov(some.T))
    shade = axes[:, 2].astype(np.float32)
    if abs(float(shade.sum())) >= TINT * 3**0.5:
        away = pixels.astype(np.float32) - some.mean(axis=0)
        lengths: NDArray[np.float32] = np.einsum("rcs,rcs->rc", away, away) - (away @ shade) ** 2
        yield np.sqrt(np.maximum(lengths, 0))


def _means(values: "NDArray[np.bool_] | NDArray[np.uint8] | NDArray[np.float32]") -> NDArray[np.float32]:
    """By whole cells."""
    rows, columns = (side // CELL for side in values.shape)
    cut: NDArray[np.float32] = np.asarray(values[: rows * CELL, : columns * CELL], np.float32)
    means: NDArray[np.float32] = cut.reshape(rows, CELL, columns, CELL).mean(axis=(1, 3), dtype=np.float32)
    return means


def _has_blob(gray: NDArray[np.uint8]) -> bool:
    """Whether there is something white that is thicker than letters and no rectangle."""
    side = max(3, min(gray.shape) // 20)
    thick = cv2.morphologyEx((gray >= 160).astype(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, _, places, _ = cv2.connectedComponentsWithStats(thick, connectivity=4)
    largest = max(places[1:], key=lambda place: place[cv2.CC_STAT_AREA], default=None)
    if largest is None:
        return False
    around = largest[cv2.CC_STAT_WIDTH] * largest[cv2.CC_STAT_HEIGHT]
    return bool(BLOB * gray.size <= largest[cv2.CC_STAT_AREA] <= FULL * around)
