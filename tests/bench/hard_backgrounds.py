"""What is taken for writing and is none: anatomy with many edges, implants, phantoms, and pixels that went wrong.

Drawn with a seed, for the line classifier to learn from and for the corpus to count what is masked in vain.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Gray = NDArray[np.float32]


def _bytes(values: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _grain(random: np.random.Generator, shape: tuple[int, ...], sigma: float) -> Gray:
    noise = random.normal(0, 1, shape).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigma), np.float32)
    return np.asarray(smooth / (smooth.std() + 1e-6), np.float32)


def _blurred(canvas: Gray, random: np.random.Generator) -> Gray:
    blurred = np.asarray(cv2.GaussianBlur(canvas, (0, 0), random.uniform(0.4, 1.6)), np.float32)
    return blurred + random.uniform(0, 7) * _grain(random, canvas.shape, 0.8)


def teeth(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """A dental arch, or two: crowns, roots and canals, side by side, each a little aslant."""
    canvas = (random.uniform(30, 110) + 14 * _grain(random, (rows, columns), rows / 12)).astype(np.float32)
    width = random.uniform(0.035, 0.09) * columns
    for up in (-1, 1) if random.random() < 0.8 else (1,):
        x = random.uniform(0, width)
        while x < columns:
            middle = rows / 2 + up * (width * random.uniform(0.9, 1.3) + 40 * ((x / columns - 0.5) ** 2))
            angle = np.degrees((x / columns - 0.5) * random.uniform(0.3, 0.8)) * up
            level = random.uniform(150, 225)
            crown = ((x, middle), (width * random.uniform(0.7, 0.95), width * random.uniform(1.0, 1.5)), angle)
            cv2.ellipse(canvas, crown, level, -1)
            root = (x, middle + up * width * 1.3)
            cv2.ellipse(canvas, (root, (width * 0.45, width * 1.9), angle), level * 0.85, -1)
            canal = ((x, middle + up * width), (width * 0.12, width * 1.8), angle)
            cv2.ellipse(canvas, canal, level * 0.6, -1)
            if random.random() < 0.2:
                filling = (width * random.uniform(0.2, 0.5), width * 0.4)
                cv2.ellipse(canvas, ((x, middle), filling, random.uniform(0, 90)), 250, -1)
            x += width * random.uniform(0.9, 1.15)
    return canvas


def spine(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Vertebrae one above the other, or ribs across, with a tube beside them now and then."""
    canvas = (random.uniform(40, 120) + 12 * _grain(random, (rows, columns), rows / 10)).astype(np.float32)
    high, x = random.uniform(0.05, 0.11) * rows, columns * random.uniform(0.3, 0.7)
    y = 0.0
    while y < rows:
        bent = x + 0.06 * columns * np.sin(y / rows * 5)
        body = ((bent, y), (high * random.uniform(1.1, 1.6), high * 0.8), random.uniform(-8, 8))
        box = np.asarray(cv2.boxPoints(body), np.int32)
        cv2.fillPoly(canvas, [box], random.uniform(150, 220))
        cv2.polylines(
            canvas, [box], isClosed=True, color=random.uniform(200, 250), thickness=int(random.integers(1, 3))
        )
        if random.random() < 0.7:
            cv2.circle(canvas, (int(bent), int(y)), max(1, int(high * 0.2)), random.uniform(60, 240), 1)
        y += high * random.uniform(1.0, 1.15)
    if random.random() < 0.6:
        ys = np.arange(0, rows, 6)
        xs = x + columns * 0.1 * np.sin(ys / rows * random.uniform(3, 9)) + random.uniform(-60, 60)
        path = np.stack([xs, ys], 1).astype(np.int32)
        cv2.polylines(
            canvas, [path], isClosed=False, color=random.uniform(180, 255), thickness=int(random.integers(1, 4))
        )
    return canvas


def muscle(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Planes of muscle and fat: stripes that bend and end."""
    ys, xs = np.mgrid[:rows, :columns].astype(np.float32)
    turn = random.uniform(0, np.pi)
    across = (
        xs * np.cos(turn) + ys * np.sin(turn) + random.uniform(4, 25) * _grain(random, (rows, columns), rows / 14)
    )
    stripes = np.sin(across / random.uniform(2, 9))
    return np.asarray(110 + 70 * stripes * _grain(random, (rows, columns), rows / 20).clip(0, 1), np.float32)


def implants(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Screws, plates, clips, leads and stents on a plain background."""
    canvas = (random.uniform(30, 130) + 16 * _grain(random, (rows, columns), rows / 9)).astype(np.float32)
    for _ in range(int(random.integers(3, 14))):
        x, y = random.uniform(0, columns), random.uniform(0, rows)
        long, thick = random.uniform(8, 70), random.uniform(2, 9)
        angle, level = random.uniform(0, 180), random.uniform(190, 255)
        box = np.asarray(cv2.boxPoints(((x, y), (long, thick), angle)), np.int32)
        cv2.fillPoly(canvas, [box], level)
        if random.random() < 0.5:  # the thread of a screw
            c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            for along in np.arange(-long / 2, long / 2, max(2.5, thick / 1.5)):
                a = (int(x + along * c - thick * s), int(y + along * s + thick * c))
                b = (int(x + along * c + thick * s), int(y + along * s - thick * c))
                cv2.line(canvas, a, b, level, 1)
        elif random.random() < 0.5:
            cv2.circle(canvas, (int(x), int(y)), int(thick * 1.5), level, int(random.integers(1, 3)))
    return canvas


def line_pairs(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Groups of bars, as resolution phantoms have, level and upright, ever finer."""
    canvas = np.full((rows, columns), random.uniform(0, 120), np.float32)
    level = random.uniform(140, 255)
    for _ in range(int(random.integers(4, 16))):
        pitch, count = int(random.integers(1, 9)), int(random.integers(2, 8))
        x, y, long = int(random.integers(columns)), int(random.integers(rows)), int(random.integers(6, 60))
        for number in range(count):
            at = 2 * pitch * number
            if random.random() < 0.5:
                canvas[y + at : y + at + pitch, x : x + long] = level
            else:
                canvas[y : y + long, x + at : x + at + pitch] = level
    return canvas


def phantom(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Discs, rods and squares in rows, as phantoms for contrast and geometry have."""
    canvas = np.full((rows, columns), random.uniform(20, 150), np.float32)
    step = int(random.integers(12, 60))
    size = random.uniform(0.1, 0.4) * step
    kind = random.random()
    for y in range(step, rows, step):
        for x in range(step, columns, step):
            level = random.uniform(0, 255)
            if kind < 0.5:
                cv2.circle(canvas, (x, y), max(1, int(size)), level, -1 if random.random() < 0.7 else 1)
            else:
                half = max(1, int(size))
                cv2.rectangle(canvas, (x - half, y - half), (x + half, y + half), level, -1 if kind < 0.8 else 1)
    return canvas


def m_mode(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Bright bands that move with time."""
    canvas = (20 + 12 * np.abs(_grain(random, (rows, columns), 1.2))).astype(np.float32)
    xs = np.arange(columns)
    for _ in range(int(random.integers(3, 10))):
        beat = random.uniform(0, 14) * np.abs(np.sin(xs / random.uniform(12, 60) + random.uniform(0, 6)))
        ys = random.uniform(0, rows) + beat
        path = np.stack([xs, ys], 1).astype(np.int32)
        cv2.polylines(
            canvas, [path], isClosed=False, color=random.uniform(90, 255), thickness=int(random.integers(1, 8))
        )
    return canvas


def gas(random: np.random.Generator, rows: int, columns: int) -> Gray:
    """Bowel gas and its walls: dark blobs with bright rims."""
    field = _grain(random, (rows, columns), random.uniform(3, 18))
    canvas = np.where(field > random.uniform(0.4, 1.2), random.uniform(0, 60), random.uniform(90, 150)).astype(
        np.float32
    )
    rim = cv2.morphologyEx((canvas < 80).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return np.asarray(canvas + random.uniform(0, 90) * rim, np.float32)


SCENES: Sequence[Callable[[np.random.Generator, int, int], Gray]] = (
    teeth, teeth, spine, muscle, implants, implants, line_pairs, phantom, m_mode, gas,
)  # fmt: skip


def noise(random: np.random.Generator, rows: int, columns: int) -> Pixels:
    """What lies outside of the body when it is shown as bright as the body: grain, and no shape but the body's."""
    kind = int(random.integers(3))
    spread = random.uniform(12, 45)
    if kind == 0:
        grain = np.asarray(random.uniform(-1.7, 1.7, (rows, columns)), np.float32)
    elif kind == 1:
        grain = np.asarray(random.rayleigh(1.5, (rows, columns)) - 1.9, np.float32)
    else:
        grain = _grain(random, (rows, columns), random.uniform(0.4, 1.0))
    canvas = (random.uniform(70, 150) + spread * grain).astype(np.float32)
    if random.random() < 0.6:
        center = (int(random.uniform(0.2, 0.8) * columns), int(random.uniform(0.3, 0.9) * rows))
        axes = (int(random.uniform(0.1, 0.45) * columns), int(random.uniform(0.1, 0.4) * rows))
        body = np.zeros((rows, columns), np.uint8)
        cv2.ellipse(body, (*center,), axes, random.uniform(0, 90), 0, 360, 1, -1)
        level = random.uniform(170, 250) + random.uniform(0, 12) * _grain(random, (rows, columns), 2.0)
        canvas = np.where(body > 0, level, canvas)
    return _bytes(canvas)


def scene(random: np.random.Generator, rows: int, columns: int) -> Pixels:
    """One of the scenes, gray, turned and blurred by lot."""
    drawn = SCENES[int(random.integers(len(SCENES)))](random, rows, columns)
    return np.ascontiguousarray(np.rot90(_bytes(_blurred(drawn, random)), int(random.integers(4))))


def _wrapped(pixels: Pixels, random: np.random.Generator) -> Pixels:
    return np.asarray((pixels.astype(np.float32) * random.uniform(1.3, 4)).astype(np.int64) % 256, np.uint8)


def _few_levels(pixels: Pixels, random: np.random.Generator) -> Pixels:
    step = int(random.integers(24, 100))
    return np.asarray(pixels // step * step, np.uint8)


def _saturated(pixels: Pixels, random: np.random.Generator) -> Pixels:
    middle = float(np.median(pixels)) + random.uniform(-50, 50)
    return _bytes((pixels.astype(np.float32) - middle) * random.uniform(3, 12) + 128)


def _dithered(pixels: Pixels, random: np.random.Generator) -> Pixels:
    side = 4 if random.random() < 0.5 else 2
    order = random.permutation(side * side).reshape(side, side) * (256 // (side * side))
    rows, columns = pixels.shape[:2]
    limits = np.tile(order, (rows // side + 1, columns // side + 1))[:rows, :columns]
    return np.asarray(np.where(pixels > (limits if pixels.ndim == 2 else limits[..., np.newaxis]), 255, 0), np.uint8)


def _edges(pixels: Pixels, random: np.random.Generator) -> Pixels:
    gray = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    low = int(random.integers(20, 90))
    return np.asarray(cv2.Canny(gray, low, 2 * low), np.uint8)


def _blocks(pixels: Pixels, random: np.random.Generator) -> Pixels:
    side = int(random.integers(2, 7))
    rows, columns = pixels.shape[:2]
    small = cv2.resize(pixels, (max(1, columns // side), max(1, rows // side)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_NEAREST), np.uint8)


FAULTS: Sequence[Callable[[Pixels, np.random.Generator], Pixels]] = (
    _wrapped, _few_levels, _saturated, _saturated, _dithered, _edges, _blocks, _blocks,
)  # fmt: skip


def spoiled(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """The image as it looks where its values wrapped, were clipped, quantized, dithered or enlarged."""
    return FAULTS[int(random.integers(len(FAULTS)))](pixels, random)
