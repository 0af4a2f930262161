"""Ultrasound: speckle in a sector, an echocardiogram with color Doppler and a liver with kidney. All synthetic."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
Color = NDArray[np.uint8]


class Sector(NamedTuple):
    """A probe's fan on the screen, in pixels: apex, first and last depth, half opening angle in radians."""

    x: float
    y: float
    near: float
    far: float
    half: float


def polar(sector: Sector, shape: tuple[int, int]) -> tuple[Plane, Plane, NDArray[np.bool_]]:
    """Depth (0 to 1) and angle (-1 to 1) at every pixel of a ``(rows, columns)`` screen, and what is in the fan."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    depth = (np.hypot(x - sector.x, y - sector.y) - sector.near) / (sector.far - sector.near)
    angle = np.arctan2(x - sector.x, y - sector.y) / sector.half
    return depth.astype(np.float32), angle.astype(np.float32), (depth >= 0) & (depth <= 1) & (np.abs(angle) <= 1)


def speckle(
    sector: Sector, shape: tuple[int, int], echo: Plane, rng: np.random.Generator, grain: float = 1.0
) -> NDArray[np.uint8]:
    """Log-compressed envelope of scatterers whose strength in dB (0 is white, -60 black) is `echo`, on the screen."""
    depths, lines = 640, 384
    waves = rng.standard_normal((2, depths, lines)).astype(np.float32)
    waves = np.stack([cv2.GaussianBlur(wave, (0, 0), sigmaX=1.9 * grain, sigmaY=1.25 * grain) for wave in waves])
    envelope = np.hypot(*waves)
    decibel = 20 * np.log10(envelope / envelope.mean() + 1e-4)
    depth, angle, fan = polar(sector, shape)
    speckled = cv2.remap(decibel, (angle + 1) / 2 * (lines - 1), depth * (depths - 1), cv2.INTER_LINEAR)
    gray = (echo + 0.8 * np.clip(speckled, -24, 8) + 60) / 60 * 255
    return np.asarray(np.clip(gray, 0, 255) * fan, np.uint8)


def blob(x: Plane, y: Plane, center: tuple[float, float], size: tuple[float, float], turn: float = 0.0) -> Plane:
    """Signed distance-like field of an ellipse: below 1 inside; `turn` in degrees."""
    angle = np.deg2rad(turn)
    u = (x - center[0]) * np.cos(angle) + (y - center[1]) * np.sin(angle)
    v = -(x - center[0]) * np.sin(angle) + (y - center[1]) * np.cos(angle)
    return np.asarray(np.hypot(u / size[0], v / size[1]), np.float32)


def soft(field: Plane, edge: float = 0.06) -> Plane:
    """1 inside an ellipse's field, 0 outside."""
    return np.asarray((1 - np.tanh((field - 1) / edge)) / 2, np.float32)


def heart(sector: Sector, shape: tuple[int, int], phase: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """An apical four-chamber view; `phase` 0 to 1 runs through one beat."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    unit = sector.far - sector.near
    wobble = [cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), unit / 28) for _ in range(2)]
    x = (columns - sector.x) / unit + wobble[0] / wobble[0].std() * 0.010
    y = (rows - sector.y) / unit + wobble[1] / wobble[1].std() * 0.010
    beat = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    tight = 1 - 0.2 * beat
    chambers = [
        blob(x, y, (0.125, 0.41), (0.115 * tight, 0.225 * (1 - 0.08 * beat)), 6),
        blob(x, y, (-0.115, 0.44), (0.088 * tight, 0.185), -10),
        blob(x, y, (0.13, 0.755), (0.115 * (1 + 0.12 * beat), 0.10), 0),
        blob(x, y, (-0.125, 0.745), (0.105 * (1 + 0.12 * beat), 0.095), 0),
    ]
    wall = soft(blob(x, y, (0.02, 0.45), (0.315, 0.34), 0), 0.08) + soft(blob(x, y, (0.005, 0.74), (0.28, 0.17)), 0.1)
    echo = -47 + 9 * np.clip(wall, 0, 1) * (1 + 0.3 * (y < 0.6)) + 6 * np.exp(-(((y - 0.08) / 0.09) ** 2))
    echo = echo + 15 * np.exp(-(((blob(x, y, (0.02, 0.52), (0.335, 0.45)) - 1) / 0.05) ** 2)) * (y > 0.25)
    echo = echo + 9 * np.exp(-(((x - 0.012) / 0.028) ** 2)) * (y < 0.62) * (y > 0.2)
    for chamber in chambers:
        hollow = soft(chamber, 0.07)
        echo = echo * (1 - hollow) + -66 * hollow
        echo = echo + 7 * np.exp(-(((chamber - 1.06) / 0.05) ** 2))
    swing = 0.075 * (1 - beat)
    for side, hinge, tip in ((0.245, 0.635, 0.135), (0.02, 0.63, 0.115), (-0.225, 0.63, -0.115), (0.0, 0.61, -0.10)):
        span = np.clip((x - side) / (tip - side), 0, 1)
        leaf = hinge - 0.01 + swing * 0.9 * -span + 0.012 * np.sin(span * 3)
        echo = echo + 24 * np.exp(-(((y - leaf) / 0.0075) ** 2)) * (span > 0) * (span < 1)
    echo = echo - 7 * y + 3 * np.exp(-((x / 0.2) ** 2))
    return speckle(sector, shape, echo.astype(np.float32), rng)


def doppler(screen: Color, sector: Sector, phase: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Paint inflow and a regurgitant jet over the gray image in place; returns the corners of the color box."""
    shape = screen.shape[:2]
    depth, angle, fan = polar(sector, shape)
    box = fan & (depth > 0.30) & (depth < 0.90) & (angle > -0.10) & (angle < 0.62)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    unit = sector.far - sector.near
    x, y = (columns - sector.x) / unit, (rows - sector.y) / unit
    beat = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    inflow = (1 - beat) * np.exp(-(((x - 0.13) / 0.055) ** 2 + ((y - 0.52) / 0.15) ** 2))
    jet = beat * np.exp(-(((x - 0.12 - 0.12 * (y - 0.62)) / (0.018 + 0.16 * np.clip(y - 0.62, 0, 1))) ** 2))
    jet = jet * np.exp(-(((y - 0.72) / 0.075) ** 2)) * (y > 0.60)
    ripple = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), unit / 90)
    ripple = ripple / ripple.std()
    speed = np.clip(1.15 * inflow + 0.10 * ripple * (inflow > 0.1), -1, 1) - np.clip(1.3 * jet, 0, 1)
    mosaic = (jet > 0.3) & (ripple > 0.25)
    speed = np.where(mosaic, np.abs(speed) * 0.8, speed)
    speed = np.round(speed * 14) / 14
    shown = box & (np.abs(speed) > 0.2) & (screen.max(axis=2) < 110)
    screen[shown] = velocity_color(speed[shown])
    corners = []
    for deep, turn in ((0.30, -0.10), (0.30, 0.62), (0.90, 0.62), (0.90, -0.10)):
        reach = sector.near + deep * unit
        corners.append(
            (int(sector.x + reach * np.sin(turn * sector.half)), int(sector.y + reach * np.cos(turn * sector.half)))
        )
    return corners


def velocity_color(speed: Plane) -> Color:
    """Red to yellow towards the probe, blue to cyan away; `speed` -1 to 1, adds an RGB axis."""
    fast = np.clip(np.abs(speed), 0, 1)
    strong, mixed = 255 * np.clip(0.35 + fast, 0, 1), 235 * np.clip(1.6 * fast - 0.7, 0, 1)
    none = np.zeros_like(fast)
    towards = np.stack([strong, mixed, none], axis=-1)
    away = np.stack([none, mixed, strong], axis=-1)
    return np.asarray(np.where((speed > 0)[..., None], towards, away), np.uint8)


def liver(sector: Sector, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Right lobe of the liver over the right kidney, with vessels, diaphragm and a small cyst."""
    depth, angle, _ = polar(sector, shape)
    wobble = [cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 22) for _ in range(2)]
    x = angle + wobble[0] / wobble[0].std() * 0.025
    y = depth + wobble[1] / wobble[1].std() * 0.012
    echo = -29 - 5 * depth + wobble[0] / wobble[0].std() * 0.8
    for at in (0.018, 0.055, 0.085):
        echo = echo + 9 * np.exp(-(((depth - at - 0.006 * wobble[0] / wobble[0].std()) / 0.009) ** 2))
    kidney = blob(x, y, (0.36, 0.52), (0.34, 0.135), 9)
    inside = soft(kidney, 0.05)
    echo = echo * (1 - inside) + (-36 - 3 * depth) * inside
    sinus = blob(x, y, (0.37, 0.525), (0.19, 0.048), 9)
    echo = echo + 17 * soft(sinus, 0.3) + 8 * np.exp(-(((kidney - 1.02) / 0.035) ** 2))
    for place in np.linspace(-0.2, 0.2, 6):
        for side in (-0.082, 0.07):
            echo = echo - 6 * soft(blob(x, y, (0.37 + place, 0.525 + side + 0.14 * place), (0.030, 0.024)), 0.3)
    for center, size, turn in (
        ((-0.35, 0.36), (0.26, 0.019), -14),
        ((-0.05, 0.25), (0.22, 0.016), 16),
        ((-0.55, 0.55), (0.17, 0.026), 24),
        ((0.16, 0.31), (0.035, 0.020), 0),
    ):
        vessel = blob(x, y, center, size, turn)
        echo = echo + 7 * np.exp(-(((vessel - 1.12) / 0.16) ** 2)) * (abs(turn) > 15)
        echo = echo * (1 - soft(vessel, 0.12)) + -62 * soft(vessel, 0.12)
    cyst = soft(blob(x, y, (-0.28, 0.68), (0.115, 0.058)), 0.05)
    echo = echo * (1 - cyst) + -68 * cyst
    behind = np.exp(-(((x + 0.28) / 0.10) ** 2)) * (y > 0.73) * np.exp(-(y - 0.73) / 0.16)
    dome = y - 0.86 + 0.30 * (x + 0.30) ** 2
    seen = soft(np.abs(x + 0.45) / 0.62, 0.12)
    echo = echo + 8 * behind + 24 * np.exp(-((dome / 0.011) ** 2)) * seen
    echo = echo - 9 * seen * np.clip(dome / 0.02, 0, 1)
    shadow = np.exp(-(((x - 0.93) / 0.06) ** 2)) * np.clip(depth / 0.2, 0, 1)
    echo = echo - 22 * shadow
    return speckle(sector, shape, echo.astype(np.float32), rng, 0.8)
