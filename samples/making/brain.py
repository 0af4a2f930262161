"""Head slices for MR and CT, made from a real average brain.

``brain.npy.gz`` holds three axial slices (z = -6, 8 and 25 mm) of the ICBM 152 2009a symmetric template, as (T1 |
gray matter | white matter, slice, row, column), uint8, 1 mm; taken from the copy that nilearn 0.14 ships. Its
notice: Copyright (C) 1993-2004 Louis Collins, McConnell Brain Imaging Centre, Montreal Neurological Institute,
McGill University. Permission to use, copy, modify, and distribute this software and its documentation for any
purpose and without fee is hereby granted, provided that the above copyright notice appear in all copies. The
authors and McGill University make no representations about the suitability of this software for any purpose. It is
provided "as is" without express or implied warranty.

Skull, scalp and noise are synthetic, laid around the brain by distance.
"""

import gzip
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]


class Tissue(NamedTuple):
    """Fractions of tissue, 0 to 1, ``(rows, columns)``; `outside` is the distance from the brain in mm."""

    t1: Plane
    gray: Plane
    white: Plane
    fluid: Plane
    outside: Plane


def tissue(slice_number: int, size: int, field_mm: float) -> Tissue:
    """One slice resampled to `size` pixels over `field_mm`."""
    with gzip.open(Path(__file__).with_name("brain.npy.gz")) as stream:
        planes = np.load(stream)[:, slice_number].astype(np.float32) / 255
    scale = size / field_mm
    rows, columns = planes.shape[1:]
    move = np.array([[scale, 0, size / 2 - scale * columns / 2], [0, scale, size / 2 - scale * rows / 2]], np.float32)
    t1, gray, white = (cv2.warpAffine(p, move, (size, size), flags=cv2.INTER_CUBIC).clip(0, 1) for p in planes)
    solid = (t1 > 0.12).astype(np.uint8)
    hull = np.zeros_like(solid)
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.fillPoly(hull, [cv2.convexHull(np.vstack(outlines))], 1)
    hull = (cv2.GaussianBlur(hull.astype(np.float32), (0, 0), 9 * scale) > 0.47).astype(np.uint8) | hull
    outside = cv2.distanceTransform(1 - hull, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / scale
    outside = cv2.GaussianBlur(outside, (0, 0), 2.5 * scale)
    inside = cv2.GaussianBlur(hull.astype(np.float32), (0, 0), 0.6 * scale)
    fluid = np.clip(inside - gray - white, 0, 1)
    return Tissue(t1, gray, white, fluid, outside.astype(np.float32))


def layer(outside: Plane, start: float, end: float, edge: float = 0.5) -> Plane:
    """A shell between two distances from the brain in mm, with soft edges."""
    return np.asarray(step(outside - start, edge / 3) * step(end - outside, edge / 3), np.float32)


def step(distance: Plane, width: float) -> Plane:
    """0 where `distance` is negative, 1 where it is positive, smooth over `width`."""
    return np.asarray((1 + np.tanh(distance / (2 * width))) / 2, np.float32)


def wavy(shape: tuple[int, int], size: float, depth: float, rng: np.random.Generator) -> Plane:
    """Smooth random variation around 0, `size` pixels coarse and `depth` deep."""
    noise = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), size)
    return np.asarray(noise / noise.std() * depth, np.float32)


def mr(contrast: str, slice_number: int, rng: np.random.Generator, size: int = 256) -> NDArray[np.uint16]:
    """A 12-bit magnitude image over 240 mm: contrast ``"T1"`` or ``"T2"``."""
    part = tissue(slice_number, size, 240.0)
    outside = part.outside + wavy((size, size), 18, 0.35, rng)
    weights = {"T1": (470, 690, 170, 880, 260, 60), "T2": (560, 380, 1180, 560, 240, 40)}[contrast]
    gray, white, fluid, fat, marrow, cortex = weights
    signal = gray * part.gray + white * part.white + fluid * part.fluid
    signal = signal + (300 if contrast == "T1" else 1100) * 0.4 * layer(part.outside, 0, 2.6)
    signal = signal + cortex * layer(outside, 2.6, 9) + marrow * layer(outside, 4.4, 7.2)
    signal = signal + fat * layer(outside, 9, 13.5) + 0.5 * fat * layer(outside, 13.2, 15)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    signal = signal * (1 + 0.10 * x - 0.06 * y + wavy((size, size), 40, 0.03, rng))
    signal = signal * (1 + wavy((size, size), 1.6, 0.035, rng))
    real, imaginary = rng.normal(0, 13, (2, size, size))
    return np.asarray(np.hypot(signal + real, imaginary).clip(0, 4095), np.uint16)


def head_ct(slice_number: int, rng: np.random.Generator, size: int = 512) -> NDArray[np.int16]:
    """Hounsfield units over 250 mm, with the head rest below."""
    part = tissue(slice_number, size, 250.0)
    outside = part.outside + wavy((size, size), 34, 0.4, rng)
    body = step(15 - outside, 0.15)
    hu = 41 * part.gray + 29 * part.white + 7 * part.fluid + 6 * layer(part.outside, 0, 2.6)
    hu = hu + 1150 * layer(outside, 2.6, 8.6, 0.6) - 620 * layer(outside, 4.3, 6.9, 0.8)
    hu = hu + 40 * layer(outside, 8.6, 10.6) - 85 * layer(outside, 10.4, 13.2) + 60 * layer(outside, 13.4, 15.4)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    cup = np.abs(np.hypot((x - size / 2) / 1.15, y - size * 0.47) - size * 0.445)
    rest = np.where(y > size * 0.80, np.exp(-((cup / 2.2) ** 2)), 0)
    noise = cv2.GaussianBlur(rng.standard_normal((size, size)).astype(np.float32), (0, 0), 0.75)
    noise = noise / noise.std() * (2.2 + 3.4 * body)
    image = cv2.GaussianBlur((hu * body - 1000 * (1 - body)).astype(np.float32), (0, 0), 0.7)
    return np.asarray(np.rint(np.maximum(image, -1000 + 880 * rest) + noise).clip(-1024, 3071), np.int16)
