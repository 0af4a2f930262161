"""A seeded corpus of images with burned-in strings whose every pixel of ink is known.

``TUNING`` and ``HOLD_OUT`` are disjoint by seed: thresholds may be chosen on the first, figures are given for the
second. A string is *visible* when its ink stands 15 gray levels or more, and the deviation of what surrounds it,
from the pixels around it; *main* when its capitals are 10 pixels or higher, its contrast is 30 or more and it has
more than three characters.
"""
# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are the point

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import cv2
import marks
import numpy as np
from backgrounds import Background, Pixels, background
from lettering import FONTS, TRUETYPE, Ink, letter, missing_fonts
from numpy.typing import NDArray

TUNING = 1_000_000
HOLD_OUT = 5_000_000

TEXTS = {
    "latin": (
        "DOE^JANE", "Smith, John A.", "MUELLER PETRA", "1987-03-21", "21.03.1987", "MRN 4711-8805", "ID: 00923817",
        "ST MARY HOSPITAL", "Radiology West Wing", "Dr. K. Okafor", "F 54Y", "14:32:07", "ACC 20260114-77",
        "van der Berg", "O'Brien", "MI 1.2 TIS 0.4", "kVp 120 mAs 85", "Im: 12/48", "Zoom 120%", "W 400 L 40",
        "Exam 5521", "García López", "LAT", "AP", "R", "L", "M", "7", "B2", "RAO", "PORTABLE", "J. Novak",
        "DOB 3/4/62",
    ),
    "cyrillic": ("ИВАНОВА МАРИЯ", "Петров А. С.", "12.05.1974 г.", "Больница № 4", "ШЕВЧЕНКО"),
    "chinese": ("王小明", "北京协和医院", "出生日期", "李娜女士", "張偉", "放射科主任"),
    "arabic": ("فاطمة الزهراء", "محمد علي", "مستشفى الملك", "تاريخ الميلاد"),
}  # fmt: skip
STYLES = ("white", "white", "white", "gray", "faint", "yellow", "outlined", "transparent", "inverted", "dark")
CAPS = {6: 0.1, 7: 0.1, 8: 0.12, 9: 0.12, 10: 0.14, 12: 0.14, 14: 0.1, 17: 0.08, 22: 0.05, 30: 0.03, 40: 0.02}
LARGE_CAPS = {20: 0.1, 26: 0.1, 32: 0.15, 40: 0.15, 50: 0.1, 60: 0.1, 80: 0.1, 110: 0.1, 160: 0.05, 240: 0.05}
"""How often capitals are how many pixels high."""
LARGE = 20_000
"""What is added to the number of an image with large strings."""
MARKED, MARKED_GRAY = 40_000, 0.7
"""The same of an image with marks, and the share of them that stay gray where what lies behind them is."""
PLACES = ("corner", "border", "banner", "anywhere", "anywhere")
TURNS = (0,) * 10 + (90, 270, 90, 270, 180, 30, 45)


@dataclass(frozen=True, slots=True, eq=False)
class String:
    """A string in an image: its visible ink and what a score is sorted by."""

    text: str
    script: str
    font: str
    cap: int
    degrees: int
    style: str
    place: str
    contrast: float
    noise: float
    ink: NDArray[np.bool_]

    @property
    def visible(self) -> bool:
        return self.contrast >= 15 and self.contrast >= self.noise

    @property
    def main(self) -> bool:
        return self.visible and self.cap >= 10 and self.contrast >= 30 and len(self.text) > 3


@dataclass(frozen=True, slots=True, eq=False)
class Lettered:
    """An image made on the background `source`, and the strings in it; none for a clean one."""

    number: int
    modality: str
    source: str
    pixels: Pixels
    strings: tuple[String, ...]


def lettered(split: int, count: int, sides: tuple[int, int] = (256, 800), start: int = 0) -> Iterator[Lettered]:
    """`count` images with four to nine strings each, their width drawn from `sides`; the first is number `start`."""
    for number in range(start, start + count):
        random = np.random.default_rng(split + number)
        yield write(number, background(random, int(random.integers(*sides))), random)


def large(split: int, count: int, sides: tuple[int, int] = (256, 800), start: int = 0) -> Iterator[Lettered]:
    """`count` images with large strings, as where a radiograph is made small with its markers, or photographed."""
    for number in range(start, start + count):
        random = np.random.default_rng(split + 700_000 + number)
        behind = background(random, int(random.integers(*sides)))
        yield write(LARGE + number, behind, random, LARGE_CAPS)


def clean(split: int, count: int, sides: tuple[int, int] = (256, 800), start: int = 0) -> Iterator[Lettered]:
    """`count` images without writing."""
    for number in range(start, start + count):
        random = np.random.default_rng(split + 500_000 + number)
        behind = background(random, int(random.integers(*sides)))
        yield Lettered(number, behind.modality, behind.source, behind.pixels, ())


def marked(split: int, count: int, sides: tuple[int, int] = (256, 800), start: int = 0) -> Iterator[Lettered]:
    """`count` images without writing, but with what devices draw: callipers, rulers, bars, curves, flow."""
    for number in range(start, start + count):
        random = np.random.default_rng(split + 300_000 + number)
        behind = with_marks(background(random, int(random.integers(*sides))), random)
        yield Lettered(MARKED + number, behind.modality, behind.source, behind.pixels, ())


def annotated(split: int, count: int, sides: tuple[int, int] = (256, 800), start: int = 0) -> Iterator[Lettered]:
    """`count` images with strings and with what devices draw."""
    for number in range(start, start + count):
        random = np.random.default_rng(split + 400_000 + number)
        behind = with_marks(background(random, int(random.integers(*sides))), random)
        yield write(MARKED + number, behind, random)


def with_marks(behind: Background, random: np.random.Generator) -> Background:
    gray = behind.pixels.ndim == 2
    canvas = (cv2.cvtColor(behind.pixels, cv2.COLOR_GRAY2RGB) if gray else behind.pixels).astype(np.float32)
    for _ in range(int(random.integers(2, 9))):
        marks.draw(canvas, random, marks.OF_DEVICES)
    pixels = np.clip(canvas, 0, 255).astype(np.uint8)
    if gray and random.random() < MARKED_GRAY:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return replace(behind, pixels=pixels)


def write(number: int, behind: Background, random: np.random.Generator, caps: Mapping[int, float] = CAPS) -> Lettered:
    strings: list[String] = []
    pixels = behind.pixels
    taken = np.zeros(pixels.shape[:2], bool)
    for _ in range(int(random.integers(4, 10))):
        script = str(random.choice(["latin"] * 7 + ["cyrillic", "chinese", "arabic"]))
        fonts = [font for font in FONTS[script] if font not in TRUETYPE or font not in missing_fonts()]
        if not fonts:
            continue
        cap = int(random.choice(list(caps), p=list(caps.values())))
        if script in {"chinese", "arabic"}:
            cap = max(cap, 10)
        degrees, style = int(random.choice(TURNS)), str(random.choice(STYLES))
        made = letter(str(random.choice(TEXTS[script])), str(random.choice(fonts)), cap, degrees)
        place = str(random.choice(PLACES))
        spot = _spot(taken, made.ink, place, random)
        if spot is None:
            continue
        pixels, ink, contrast, noise = _draw(pixels, made.ink, spot, style, place, random)
        strings.append(String(made.text, script, made.font, made.cap, degrees, style, place, contrast, noise, ink))
        top, left = spot
        taken[max(0, top - 12) : top + made.ink.shape[0] + 12, max(0, left - 12) : left + made.ink.shape[1] + 12] = (
            True
        )
    return Lettered(number, behind.modality, behind.source, pixels, tuple(strings))


def _spot(taken: NDArray[np.bool_], ink: Ink, place: str, random: np.random.Generator) -> tuple[int, int] | None:
    """Top and left of a free place for the ink, or None."""
    rows, columns = taken.shape
    height, width = ink.shape
    if height + 8 > rows or width + 8 > columns:
        return None
    for _ in range(30):
        top, left = int(random.integers(rows - height + 1)), int(random.integers(columns - width + 1))
        near = int(random.integers(0, 4))
        if place in {"corner", "border"}:
            side = int(random.integers(4))
            top = (near, rows - height - near, top, top)[side]
            left = (left, left, near, columns - width - near)[side]
        if place == "corner":
            top = near if top < rows / 2 else rows - height - near
            left = near if left < columns / 2 else columns - width - near
        if not taken[top : top + height, left : left + width].any():
            return top, left
    return None


def _draw(  # noqa: PLR0917 - what varies in one string
    pixels: Pixels, ink: Ink, spot: tuple[int, int], style: str, place: str, random: np.random.Generator
) -> tuple[Pixels, NDArray[np.bool_], float, float]:
    """The image with the ink in it, the mask of the ink, its contrast, and the deviation of what is around it."""
    color = style == "yellow" or pixels.ndim == 3
    canvas = (cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if color and pixels.ndim == 2 else pixels).astype(np.float32)
    top, left = spot
    area = np.s_[top : top + ink.shape[0], left : left + ink.shape[1]]
    whole = np.zeros(pixels.shape[:2], np.float32)
    whole[area] = ink
    if place == "banner" or style == "inverted":
        around = np.s_[max(0, top - 5) : top + ink.shape[0] + 5, max(0, left - 5) : left + ink.shape[1] + 5]
        canvas[around] = random.uniform(180, 255) if style == "inverted" else random.uniform(0, 70)
    behind = float(np.median(canvas[area]))
    sign = -1.0 if behind > 140 else 1.0
    level: float | NDArray[np.float32] = {
        "white": 255.0, "outlined": 255.0, "inverted": random.uniform(0, 40), "dark": max(0.0, behind - 90.0),
        "gray": behind + sign * random.uniform(40, 110), "faint": behind + sign * random.uniform(15, 32),
        "yellow": 0.0, "transparent": 255.0 if behind < 170 else 0.0,
    }[style]  # fmt: skip
    if style == "yellow":
        level = np.array([255, 230, 40], np.float32)
    if style == "outlined":
        outline = np.asarray(cv2.dilate(whole, np.ones((3, 3), np.uint8)), np.float32)
        canvas = _blend(canvas, outline, 0.0)
    canvas = _blend(canvas, whole * (random.uniform(0.35, 0.6) if style == "transparent" else 1.0), level)
    written = np.clip(canvas, 0, 255).astype(np.uint8)
    mask = whole > 0.5
    ring = (cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~mask
    contrast = (
        float(np.max(np.abs(np.median(written[mask], axis=0) - np.median(written[ring], axis=0))))
        if mask.any()
        else 0.0
    )
    before = canvas if style in {"outlined", "inverted"} or place == "banner" else pixels
    return written, mask, contrast, 0.0 if before is canvas else float(np.mean(np.std(before[ring], axis=0)))


def _blend(canvas: NDArray[np.float32], alpha: Ink, level: float | NDArray[np.float32]) -> NDArray[np.float32]:
    share = alpha if canvas.ndim == 2 else alpha[:, :, np.newaxis]
    return np.asarray(canvas * (1 - share) + level * share, np.float32)
