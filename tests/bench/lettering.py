"""Strings as masks of ink, in the fonts that scanners, PACS and film printers use.

Hershey fonts come with OpenCV and the 5x7 bitmap font is drawn here. TrueType fonts are the machine's own
(Debian: fonts-dejavu, fonts-liberation, fonts-noto-mono, fonts-droid-fallback; all free); a font that is not
installed is left out and named by `missing_fonts`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Ink = NDArray[np.float32]
"""``(rows, columns)`` from 0 to 1: how much of a pixel is ink."""

TRUETYPE = {
    "DejaVuSans": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "DejaVuSans-Bold": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "DejaVuSansMono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "LiberationSans": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "LiberationSansNarrow": "/usr/share/fonts/truetype/liberation/LiberationSansNarrow-Regular.ttf",
    "LiberationMono": "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "LiberationSerif": "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "NotoSansMono-Bold": "/usr/share/fonts/truetype/noto/NotoSansMono-Bold.ttf",
    "DroidSansFallback": "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
}
HERSHEY = {
    "hershey-simplex": cv2.FONT_HERSHEY_SIMPLEX,
    "hershey-plain": cv2.FONT_HERSHEY_PLAIN,
    "hershey-duplex": cv2.FONT_HERSHEY_DUPLEX,
    "hershey-complex": cv2.FONT_HERSHEY_COMPLEX,
}
BITMAP = "bitmap-5x7"
LATIN = (
    *HERSHEY, BITMAP, BITMAP, "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "LiberationSans",
    "LiberationSansNarrow", "LiberationMono", "LiberationSerif", "NotoSansMono-Bold",
)  # fmt: skip
FONTS = {
    "latin": LATIN,
    "cyrillic": ("DejaVuSans", "DejaVuSansMono", "LiberationSans", "LiberationMono", "LiberationSerif"),
    "chinese": ("DroidSansFallback",),
    "arabic": ("DejaVuSans", "DejaVuSans-Bold"),
}

_COLUMNS = {
    " ": "0000000000", "-": "0808080808", ".": "0060600000", "/": "2010080402", ":": "0036360000",
    "^": "0402010204", ",": "0050300000", "+": "08083E0808", "%": "2313086462", "=": "1414141414",
    "0": "3E5149453E", "1": "00427F4000", "2": "4261514946", "3": "2141454B31", "4": "1814127F10",
    "5": "2745454539", "6": "3C4A494930", "7": "0171090503", "8": "3649494936", "9": "064949291E",
    "A": "7E1111117E", "B": "7F49494936", "C": "3E41414122", "D": "7F4141221C", "E": "7F49494941",
    "F": "7F09090901", "G": "3E4149497A", "H": "7F0808087F", "I": "00417F4100", "J": "2040413F01",
    "K": "7F08142241", "L": "7F40404040", "M": "7F020C027F", "N": "7F0408107F", "O": "3E4141413E",
    "P": "7F09090906", "Q": "3E4151215E", "R": "7F09192946", "S": "4649494931", "T": "01017F0101",
    "U": "3F4040403F", "V": "1F2040201F", "W": "3F4038403F", "X": "6314081463", "Y": "0708700807",
    "Z": "6151494543",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lettering:
    """A string in ink. `cap` is the height of a capital in pixels, before any turning."""

    text: str
    font: str
    cap: int
    ink: Ink


def missing_fonts() -> list[str]:
    return sorted(name for name, path in TRUETYPE.items() if not Path(path).is_file())


def letter(text: str, font: str, cap: int, degrees: int = 0) -> Lettering:
    """Draw a string with capitals `cap` pixels high and turn it counter-clockwise."""
    if font == BITMAP:
        factor = max(1, round(cap / 7))
        text, cap = "".join(each for each in text.upper() if each in _COLUMNS), 7 * factor
        ink = _bitmap(text, factor)
    elif font in HERSHEY:
        ink = _hershey(text, HERSHEY[font], cap)
    else:
        ink = _truetype(text, TRUETYPE[font], cap)
    return Lettering(text, font, cap, _cropped(_turned(ink, degrees)))


def _bitmap(text: str, factor: int) -> Ink:
    columns: list[int] = []
    for each in text:
        columns += [*bytes.fromhex(_COLUMNS[each]), 0]
    dots = np.array([[column >> row & 1 for column in columns] for row in range(7)], np.float32)
    return np.kron(dots, np.ones((factor, factor), np.float32)).astype(np.float32)


def _hershey(text: str, face: int, cap: int) -> Ink:
    unit, _ = cv2.getTextSize("H", face, 1.0, 1)
    scale = cap / unit[1]
    thickness = 1 if cap < 18 else 2
    (width, height), below = cv2.getTextSize(text, face, scale, thickness)
    canvas = np.zeros((height + below + 8, width + 8), np.uint8)
    cv2.putText(canvas, text, (4, height + 4), face, scale, 255, thickness, cv2.LINE_AA)
    return np.asarray(canvas / 255, dtype=np.float32)


def _truetype(text: str, path: str, cap: int) -> Ink:
    font = _font(path, _size(path, cap))
    left, top, right, bottom = font.getbbox(text)
    canvas = Image.new("L", (int(right - left) + 6, int(bottom - top) + 6))
    ImageDraw.Draw(canvas).text((3 - left, 3 - top), text, 255, font)
    return np.asarray(np.asarray(canvas) / 255, dtype=np.float32)


@cache
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@cache
def _size(path: str, cap: int) -> int:
    _, top, _, bottom = _font(path, 100).getbbox("H")
    return max(1, round(cap * 100 / (bottom - top)))


def _turned(ink: Ink, degrees: int) -> Ink:
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(ink, degrees // 90))
    rows, columns = ink.shape
    side = int(np.hypot(rows, columns)) + 4
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1.0)
    turn[:, 2] += (side - columns) / 2, (side - rows) / 2
    return np.asarray(cv2.warpAffine(ink, turn, (side, side), flags=cv2.INTER_LINEAR), np.float32)


def _cropped(ink: Ink) -> Ink:
    rows, columns = np.flatnonzero((ink > 0.05).any(axis=1)), np.flatnonzero((ink > 0.05).any(axis=0))
    if not rows.size:
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
