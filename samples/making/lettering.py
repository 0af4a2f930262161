"""Writing burned into pixels the way devices do it: three typefaces, at any brightness or color.

``"sans"`` is the TrueType face that Pillow ships (Aileron, CC0), ``"plotter"`` is the Hershey simplex face of OpenCV
(public domain) that older consoles print with, ``"terminal"`` is Pillow's 6x11 bitmap face, enlarged pixel by pixel.
"""

from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Face: TypeAlias = Literal["sans", "plotter", "terminal"]
Pixels: TypeAlias = NDArray[Any]

_DOTTED = {"Ä": "A", "Ö": "O", "Ü": "U", "ä": "a", "ö": "o", "ü": "u"}  # no face has these: dots are added


def coverage(text: str, size: int, face: Face) -> Pixels:
    """Ink of a line of `text`, ``(height, width)`` from 0 to 1, cap height about ``0.7 * size`` pixels."""
    plain = "".join(_DOTTED.get(letter, letter) for letter in text)
    ink = _FACES[face](plain, size)
    top = int(np.flatnonzero(ink.max(axis=1, initial=0) > 0.3)[0])
    for place, letter in enumerate(text):
        if letter in _DOTTED:
            left = _FACES[face](plain[:place] + ".", size).shape[1] - _FACES[face](".", size).shape[1] if place else 0
            width = _FACES[face](plain[: place + 1], size).shape[1] - left
            _dots(ink, (left + width / 2, top), width / 4, max(1, size // 11), upper=letter.isupper())
    return ink


def burn(  # noqa: PLR0913 - how text is written has so many sides
    pixels: Pixels,
    at: tuple[int, int],
    text: str,
    *,
    size: int = 16,
    face: Face = "sans",
    value: float | tuple[int, int, int] = 255.0,
    align: Literal["left", "right", "center"] = "left",
    turn: int = 0,
    outline: float | None = None,
) -> None:
    """Write `text` into `pixels` in place; `at` is (x, y) of its top left (or right, or center) corner.

    `turn` counts quarter turns anticlockwise; `outline` is the value of a one pixel rim.
    """
    ink = np.rot90(np.pad(coverage(text, size, face), 1), turn)
    x = at[0] - {"left": 0, "right": ink.shape[1], "center": ink.shape[1] // 2}[align]
    if outline is not None:
        _blend(pixels, (x, at[1]), cv2.dilate(np.ascontiguousarray(ink), np.ones((3, 3))), outline)
    _blend(pixels, (x, at[1]), ink, value)


def _blend(pixels: Pixels, at: tuple[int, int], ink: Pixels, value: float | tuple[int, int, int]) -> None:
    x, y = max(at[0], 0), max(at[1], 0)
    area = pixels[y : y + ink.shape[0], x : x + ink.shape[1]]
    alpha = ink[: area.shape[0], : area.shape[1]].astype(np.float64)
    if pixels.ndim == 3:
        alpha = alpha[..., None]
    mixed = area * (1 - alpha) + np.asarray(value, np.float64) * alpha
    area[...] = np.rint(mixed) if np.issubdtype(pixels.dtype, np.integer) else mixed


def _dots(ink: Pixels, above: tuple[float, int], apart: float, width: int, *, upper: bool) -> None:
    """Two dots above a letter; `above` is its middle and the top of a capital."""
    middle, top = above
    top = max(0, top - width - 1) if upper else top + 1
    for side in (-1, 1):
        x = max(0, round(middle - 1 + side * apart - width / 2))
        ink[top : top + width, x : x + width] = 1


def _sans(text: str, size: int) -> Pixels:
    font = ImageFont.load_default(size)
    width = int(font.getlength(text)) + 2
    image = Image.new("L", (width, int(size * 1.4)))
    ImageDraw.Draw(image).text((0, size // 7), text, font=font, fill=255)
    return np.asarray(image, np.float32) / 255


def _plotter(text: str, size: int) -> Pixels:
    scale = size / 30
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    ink = np.zeros((height + below + 6, width + 2), np.uint8)
    cv2.putText(ink, text, (0, height + 4), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, max(1, size // 18), cv2.LINE_AA)
    return ink.astype(np.float32) / 255


def _terminal(text: str, size: int) -> Pixels:
    font = ImageFont.load_default_imagefont()
    left, _, right, bottom = font.getbbox(text)
    image = Image.new("1", (int(right - left), int(bottom) + 2))
    ImageDraw.Draw(image).text((0, 2), text, font=font, fill=1)
    times = max(1, round(size / 11))
    return np.repeat(np.repeat(np.asarray(image, np.float32), times, 0), times, 1)


_FACES = {"sans": _sans, "plotter": _plotter, "terminal": _terminal}
