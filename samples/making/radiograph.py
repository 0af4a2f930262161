"""A chest radiograph: path lengths through a synthetic chest, attenuated, scattered and made noisy."""

import cv2
import numpy as np
from numpy.typing import NDArray

from making.brain import Plane, step, wavy


def chest(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Dose at the detector as 12-bit values in MONOCHROME1 sense: the denser the body, the smaller the number.

    x runs from -1 (patient's right) to 1 over the width, y from 0 (neck) to 1.2 (abdomen).
    """
    across, down = np.linspace(-1, 1, columns), np.linspace(0.015, 1.85 * rows / columns * 0.5, rows)
    straight, y = (plane.astype(np.float32) for plane in np.meshgrid(across, down))
    x: Plane = straight + wavy((rows, columns), 60, 0.006, rng)
    lungs = _lungs(x, y)
    tissue = _soft_tissue(x, y) - 1.12 * lungs
    tissue = tissue + _heart(x, y) + _vessels(x, y, lungs, rng) + _spine(x, y) + _ribs(x, y) + _shoulders(x, y)
    tissue = tissue + 0.035 * wavy((rows, columns), 30, 1, rng) + 0.02 * wavy((rows, columns), 5, 1, rng)
    light = np.exp(-1.45 * np.clip(tissue, 0, None))
    light = 0.86 * light + 0.14 * cv2.GaussianBlur(light, (0, 0), columns / 18)
    light = light + np.sqrt(light) * cv2.GaussianBlur(rng.standard_normal((rows, columns)), (0, 0), 0.6) * 0.013
    signal = np.log(np.clip(light, 0.02, None))
    signal = signal + 0.75 * (signal - cv2.GaussianBlur(signal, (0, 0), columns / 9))
    low, high = np.percentile(signal, (0.2, 97))
    shown = np.clip((signal - low) / (high - low), 0, 1) ** 0.78
    return np.asarray(260 + 3460 * shown, np.uint16)


def _soft_tissue(x: Plane, y: Plane) -> Plane:
    half = 0.24 + 0.70 * step(y - 0.085, 0.028) + 0.10 * np.clip(y - 0.2, 0, 1)
    depth = np.sqrt(np.clip(1 - (x / half) ** 2, 0, 1))
    axilla = 0.25 * step(np.abs(x) - 0.72, 0.05) * step(y - 0.14, 0.02) * step(0.5 - y, 0.1)
    breast = 0.16 * sum(np.exp(-(((x - s * 0.42) / 0.26) ** 2) - ((y - 0.68) / 0.12) ** 2) for s in (-1, 1))
    return np.asarray(1.75 * depth**0.8 * (0.88 + 0.3 * np.clip(y - 0.75, 0, 1)) + axilla + breast, np.float32)


def _lungs(x: Plane, y: Plane) -> Plane:
    total = np.zeros_like(x)
    for side, middle, dome in ((-1, 0.41, 0.80), (1, 0.42, 0.835)):
        u = side * x
        outer = 0.80 * np.sqrt(np.clip(1 - ((0.80 - y) / 0.70) ** 2, 0, 1)) + 0.02
        inner = 0.10 + 0.05 * np.clip(y - 0.55, 0, 1) / 0.3
        floor = dome + 0.75 * np.clip(u - middle, 0, 1) ** 2 + 0.16 * np.clip(middle - u, 0, 1) ** 2
        edge = step(outer - u, 0.012) * step(u - inner, 0.02) * step(floor - y, 0.0045)
        thick = np.clip(1 - ((u - 0.44) / 0.52) ** 2, 0, 1) ** 0.45 * (0.72 + 0.4 * np.clip(y, 0, 0.7))
        total = total + edge * thick
        behind = step(outer - u, 0.012) * step(u - inner, 0.02) * step(floor + 0.07 - y, 0.02) * 0.18
        total = np.maximum(total, total + behind * (1 - edge))
    return np.asarray(total, np.float32)


def _ellipse(x: Plane, y: Plane, at: tuple[float, float], size: tuple[float, float], turn: float = 0.0) -> Plane:
    """Path length through an ellipsoid, 1 at its middle."""
    angle = np.deg2rad(turn)
    u = (x - at[0]) * np.cos(angle) + 2 * (y - at[1]) * np.sin(angle)
    v = -(x - at[0]) * np.sin(angle) + 2 * (y - at[1]) * np.cos(angle)
    return np.asarray(np.sqrt(np.clip(1 - (u / size[0]) ** 2 - (v / size[1]) ** 2, 0, 1)), np.float32)


def _heart(x: Plane, y: Plane) -> Plane:
    left = _ellipse(x, y, (0.14, 0.67), (0.37, 0.27), 34)
    body = 0.80 * np.maximum(left, 0.9 * _ellipse(x, y, (-0.03, 0.67), (0.19, 0.29)))
    roots = 0.55 * _ellipse(x, y, (0.12, 0.37), (0.105, 0.11)) + 0.40 * _ellipse(x, y, (0.17, 0.47), (0.13, 0.12))
    upper = 0.24 * step(0.125 - np.abs(x + 0.02), 0.012) * step(y - 0.12, 0.05) * step(0.7 - y, 0.05)
    aorta = 0.16 * step(0.055 - np.abs(x - 0.13), 0.008) * step(y - 0.38, 0.03) * step(0.95 - y, 0.1)
    airway = 0.52 * np.sqrt(np.clip(1 - ((x + 0.005) / 0.052) ** 2, 0, 1)) * step(0.43 - y, 0.01)
    for side, end in ((-1, -0.19), (1, 0.21)):
        along = np.clip(side * x / abs(end), 0, 1)
        airway = airway + 0.24 * np.sqrt(np.clip(1 - ((y - 0.43 - 0.075 * along) / 0.019) ** 2, 0, 1)) * (
            (along > 0) & (along < 1)
        )
    return np.asarray(cv2.GaussianBlur(body + roots + upper + aorta - airway, (0, 0), 2.0), np.float32)


def _vessels(x: Plane, y: Plane, lungs: Plane, rng: np.random.Generator) -> Plane:
    rows, columns = x.shape
    canvas = np.zeros((rows * 2, columns * 2), np.float32)

    def grow(at: tuple[float, float], heading: float, width: float, length: float) -> None:
        if width < 0.0014:
            return
        end = (at[0] + length * np.cos(heading), at[1] + length * np.sin(heading))
        points = [np.array([(px + 1) * columns, py * columns * 2], np.int64) for px, py in (at, end)]
        low = np.clip(np.minimum(*points) - 40, 0, None)
        part = canvas[low[1] : max(points[0][1], points[1][1]) + 40, low[0] : max(points[0][0], points[1][0]) + 40]
        if not part.size:
            return
        ink = np.zeros_like(part)
        here = [tuple(map(int, point - low)) for point in points]
        cv2.line(ink, here[0], here[1], width * 14, max(1, int(width * columns)), cv2.LINE_AA)
        np.maximum(part, ink, out=part)
        for turn in rng.normal((0.28, -0.30), 0.16):
            grow(end, heading + turn, width * rng.uniform(0.70, 0.84), length * rng.uniform(0.76, 0.95))

    for side, hilum in ((-1, (-0.19, 0.475)), (1, (0.22, 0.455))):
        for degrees in (-78, -48, -18, 15, 45, 70, 88):
            heading = np.deg2rad(degrees if side > 0 else 180 - degrees)
            grow(hilum, float(heading), rng.uniform(0.016, 0.021), 0.085)
        hilar = 0.22 * _ellipse(x, y, hilum, (0.075, 0.13))
        canvas += cv2.resize(hilar, (columns * 2, rows * 2))
    tree = cv2.GaussianBlur(cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA), (0, 0), 1.3)
    return np.asarray(tree * np.clip(lungs, 0, 0.8) * 1.0, np.float32)


def _spine(x: Plane, y: Plane) -> Plane:
    column = np.zeros_like(x)
    for number in range(16):
        middle = 0.03 + 0.083 * number
        wide = 0.078 + 0.0028 * number
        body = step(wide - np.abs(x), 0.006) * step(0.034 - np.abs(y - middle), 0.003)
        rim = np.exp(-(((np.abs(y - middle) - 0.033) / 0.004) ** 2)) * step(wide - np.abs(x), 0.006)
        pedicles = sum(
            np.exp(-(((x - s * 0.05) / 0.012) ** 2) - ((y - middle + 0.008) / 0.009) ** 2) for s in (-1, 1)
        )
        spinous = np.exp(-((x / 0.009) ** 2) - ((y - middle - 0.02) / 0.014) ** 2)
        column = column + 0.15 * body + 0.08 * rim + 0.09 * pedicles + 0.08 * spinous
    return np.asarray(cv2.GaussianBlur(column + 0.12 * step(0.085 - np.abs(x), 0.01), (0, 0), 1.6), np.float32)


def _tube(distance: Plane, radius: float) -> Plane:
    """Path through a rib: a dense rim around a lighter marrow."""
    outer = np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, 1))
    inner = np.sqrt(np.clip(1 - (distance / (0.72 * radius)) ** 2, 0, 1)) * 0.72
    return np.asarray(outer - 0.68 * inner, np.float32)


def _ribs(x: Plane, y: Plane) -> Plane:
    bones = np.zeros_like(x)
    for number in range(10):
        top = 0.105 + 0.073 * number
        reach = 0.84 * np.sqrt(np.clip(1 - ((0.83 - min(top + 0.07, 0.83)) / 0.74) ** 2, 0.12, 1))
        for side in (-1, 1):
            u = np.clip(side * x, 0, None) / reach
            inside = step(1.0 - u, 0.006) * step(u - 0.10, 0.02)
            slope = 0.05 + 0.010 * number
            back = top - 0.030 + slope * 1.1 * u + 0.13 * u**4 - 0.035 * np.sin(np.pi * np.clip(u, 0, 1))
            bones = bones + 0.26 * _tube(y - back, 0.0165) * inside
            if number < 7:
                front = top + 0.155 + 0.014 * number - 0.05 * u**3 + 0.10 * np.clip(1 - u, 0, 1) ** 1.3
                fade = step(u - 0.42 - 0.02 * number, 0.05) * step(1.0 - u, 0.006)
                bones = bones + 0.17 * _tube(y - front, 0.020) * fade
    return np.asarray(cv2.GaussianBlur(bones, (0, 0), 1.2), np.float32)


def _shoulders(x: Plane, y: Plane) -> Plane:
    bones = np.zeros_like(x)
    for side in (-1, 1):
        u = side * x
        along = np.clip((u - 0.07) / 0.72, 0, 1)
        collar = 0.185 - 0.045 * along + 0.022 * np.sin(2 * np.pi * along)
        bones = bones + 0.34 * _tube(y - collar, 0.0165) * (step(u - 0.07, 0.008) * step(0.79 - u, 0.008))
        blade = step(u - 0.66 - 0.25 * np.clip(y - 0.2, 0, 1), 0.006) * step(0.47 - y - 0.3 * (u - 0.78), 0.008)
        bones = bones + 0.11 * blade * step(y - 0.15, 0.01)
        head = _ellipse(x, y, (side * 0.86, 0.235), (0.085, 0.10))
        shaft = np.sqrt(np.clip(1 - ((u - 0.90 - 0.15 * (y - 0.2)) / 0.05) ** 2, 0, 1)) * step(y - 0.22, 0.02)
        bones = bones + 0.42 * head + 0.35 * shaft
    return np.asarray(cv2.GaussianBlur(bones, (0, 0), 1.4), np.float32)
