"""Images without writing, of every modality: crops of pydicom-data's real ones, and synthetic ones."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut, convert_color_space

Pixels = NDArray[np.uint8]
"""``(rows, columns)`` gray or ``(rows, columns, 3)`` RGB."""

REAL = (
    ("CT", "693_UNCR.dcm", (0, 0, 512, 512)),
    ("CT", "bad_sequence.dcm", (0, 0, 512, 512)),
    ("CT", "eCT_Supplemental.dcm", (0, 0, 512, 512)),
    ("CT", "CT_small.dcm", (0, 0, 128, 128)),
    ("MR", "MR-SIEMENS-DICOM-WithOverlays.dcm", (0, 0, 484, 484)),
    ("MR", "MR2_UNCR.dcm", (0, 0, 1024, 1024)),
    ("MR", "emri_small.dcm", (0, 0, 64, 64)),
    ("MR", "MR_small.dcm", (0, 0, 64, 64)),
    ("NM", "JPEG2000_UNC.dcm", (0, 0, 256, 1024)),
    ("CR", "RG1_UNCR.dcm", (0, 0, 1841, 1955)),
    ("CR", "RG3_UNCR.dcm", (300, 0, 1300, 1200)),
    ("US", "JPGLosslessP14SV1_1s_1f_8b.dcm", (200, 150, 560, 620)),
    ("US", "US1_UNCR.dcm", (60, 110, 580, 300)),
    ("US", "gdcm-US-ALOKA-16.dcm", (60, 100, 600, 380)),
    ("US", "color-pl.dcm", (20, 0, 200, 120)),
)
"""Modality, file of pydicom-data, and the part (left, top, right, bottom) that was looked at: neither writing nor
callipers are in it.
"""
UNSEEN = frozenset({"eCT_Supplemental.dcm", "MR2_UNCR.dcm", "RG3_UNCR.dcm", "US1_UNCR.dcm", "JPEG2000_UNC.dcm"})
"""What no detector of ours was trained on."""


def _bytes(values: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(values, 0, 255), dtype=np.float32).astype(np.uint8)


@cache
def _read(name: str) -> Pixels:
    path = get_testdata_file(name)
    assert isinstance(path, str), f"pydicom-data has no {name}"
    header = pydicom.dcmread(path)
    stored = header.pixel_array
    if int(header.get("NumberOfFrames", 1) or 1) > 1:
        stored = stored[0]
    photometric = str(header.PhotometricInterpretation)
    if photometric == "PALETTE COLOR":
        stored = apply_color_lut(stored, header)
    elif photometric.startswith("YBR"):
        stored = convert_color_space(stored, photometric, "RGB")
    if stored.ndim == 3:
        return np.asarray(stored if stored.dtype == np.uint8 else stored >> 8, dtype=np.uint8)
    low, high = np.percentile(stored, (0.5, 99.7))
    gray = _bytes((stored - low) / max(high - low, 1) * 255)
    return 255 - gray if photometric == "MONOCHROME1" else gray


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """`source` is the file of pydicom-data, or empty for a synthetic image."""

    modality: str
    source: str
    pixels: Pixels


def background(random: np.random.Generator, side: int) -> Background:
    """An image about `side` pixels wide."""
    if random.random() < 0.55:
        return real(random, side, REAL[int(random.integers(len(REAL)))])
    return synthetic(random, side)


def real(random: np.random.Generator, side: int, entry: tuple[str, str, tuple[int, int, int, int]]) -> Background:
    modality, name, (left, top, right, bottom) = entry
    return Background(modality, name, _varied(_read(name)[top:bottom, left:right], random, side))


def synthetic(random: np.random.Generator, side: int) -> Background:
    modality = str(random.choice(list(SYNTHETIC)))
    return Background(modality, "", SYNTHETIC[modality](random, side))


def _varied(pixels: Pixels, random: np.random.Generator, side: int) -> Pixels:
    """Another crop, mirror, size and window of a real image."""
    rows, columns = pixels.shape[:2]
    share = random.uniform(0.6, 1.0)
    height, width = int(rows * share), int(columns * share)
    top, left = int(random.integers(rows - height + 1)), int(random.integers(columns - width + 1))
    crop = pixels[top : top + height, left : left + width]
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    scale = side / width
    scaled = cv2.resize(
        crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    low, high = random.uniform(0, 40), random.uniform(200, 255)
    stretched = (scaled.astype(np.float32) - low) * 255 / (high - low)
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def _smooth(random: np.random.Generator, rows: int, columns: int, sigma: float) -> NDArray[np.float32]:
    """Smooth noise of mean 0 and deviation 1."""
    small = max(2, int(min(rows, columns) / sigma))
    coarse = random.normal(size=(small, small)).astype(np.float32)
    field = np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.asarray((field - field.mean()) / (field.std() + 1e-6), dtype=np.float32)


def _ultrasound(random: np.random.Generator, side: int) -> Pixels:
    rows, columns = side * 3 // 4, side
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    radius = np.hypot(x - columns / 2, y + rows * 0.05)
    angle = np.abs(np.arctan2(x - columns / 2, y + rows * 0.05))
    sector = (angle < random.uniform(0.5, 0.9)) & (radius < rows * 0.98) & (radius > rows * 0.1)
    speckle = random.rayleigh(1.0, (rows, columns)).astype(np.float32)
    speckle = np.asarray(cv2.GaussianBlur(speckle, (0, 0), 1.0), np.float32)
    tissue = 45 * speckle * np.exp(0.5 * _smooth(random, rows, columns, side / 7))
    gray = np.where(sector, np.clip(tissue, 0, 255), 0).astype(np.uint8)
    if random.random() < 0.4:
        return gray
    shown = cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)
    flow = _smooth(random, rows, columns, side / 9)
    inside = sector & (np.abs(x - columns / 2) < columns * 0.15) & (np.abs(y - rows / 2) < rows * 0.2)
    shown[inside & (flow > 1.0)] = (210, 40, 20)
    shown[inside & (flow < -1.0)] = (20, 60, 220)
    return np.asarray(shown, np.uint8)


def _radiograph(random: np.random.Generator, side: int) -> Pixels:
    rows, columns = int(side * random.uniform(0.9, 1.2)), side
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    body = 150 * np.exp(-((((x - columns / 2) / (columns * 0.3)) ** 2) ** 2))
    for number in range(8):
        center = rows * (0.15 + number * 0.09) + 0.1 * np.abs(x - columns / 2)
        body += 25 * np.exp(-(((y - center) / (rows * 0.012)) ** 2))
    body += 60 * np.exp(-(((x - columns / 2) / (columns * 0.04)) ** 2)) + 12 * _smooth(
        random, rows, columns, side / 10
    )
    body += random.normal(0, 4, body.shape)
    return _bytes(body + random.uniform(0, 60))


def _mammogram(random: np.random.Generator, side: int) -> Pixels:
    rows, columns = int(side * 1.25), side
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    breast = np.clip(1 - (x / (columns * 0.75)) ** 2 - ((y - rows / 2) / (rows * 0.45)) ** 2, 0, 1)
    texture = 1 + 0.25 * _smooth(random, rows, columns, side / 12) + 0.15 * _smooth(random, rows, columns, side / 40)
    gray = 200 * np.sqrt(breast) * np.clip(texture, 0.2, 2) + random.normal(0, 2, breast.shape)
    return _bytes(gray)


def _nuclear(random: np.random.Generator, side: int) -> Pixels:
    counts = np.exp(1.2 * _smooth(random, side, side, side / 6)) * 3
    cells = cv2.resize(
        random.poisson(counts).astype(np.float32), (side // 4, side // 4), interpolation=cv2.INTER_AREA
    )
    shown = cv2.resize(cells, (side, side), interpolation=cv2.INTER_NEAREST) * 12
    gray = _bytes(shown)
    if random.random() < 0.5:
        return 255 - gray
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(gray, cv2.COLORMAP_HOT), cv2.COLOR_BGR2RGB), np.uint8)


def _capture(random: np.random.Generator, side: int) -> Pixels:
    """A screen: panes of flat color, a chart, a picture in one of them."""
    rows, columns = side * 3 // 4, side
    shown = np.full((rows, columns, 3), int(random.integers(0, 256)), np.uint8)
    for _ in range(4):
        left, top = int(random.integers(columns * 3 // 4)), int(random.integers(rows * 3 // 4))
        color = tuple(int(each) for each in random.integers(0, 256, 3))
        cv2.rectangle(shown, (left, top), (left + columns // 4, top + rows // 4), color, cv2.FILLED)
    curve = (rows / 2 + rows / 8 * _smooth(random, 2, columns, 1)[0]).astype(np.int32)
    points = np.stack([np.arange(columns, dtype=np.int32), curve], axis=1)
    cv2.polylines(shown, [points], isClosed=False, color=(0, 200, 0), thickness=1)
    return shown


def _slice(random: np.random.Generator, side: int) -> Pixels:
    y, x = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    outline = np.hypot(x / random.uniform(0.8, 1.0), y / random.uniform(0.7, 1.0))
    gray = np.where(outline < 0.42, 90 + 25 * _smooth(random, side, side, side / 12), 5)
    gray = np.where((outline > 0.40) & (outline < 0.43), 220, gray) + random.normal(
        0, random.uniform(1, 12), gray.shape
    )
    return _bytes(gray)


SYNTHETIC: dict[str, Callable[[np.random.Generator, int], Pixels]] = {
    "US": _ultrasound,
    "CR": _radiograph,
    "MG": _mammogram,
    "NM": _nuclear,
    "SC": _capture,
    "CT": _slice,
    "MR": _slice,
}
