"""Random pieces of images with burned-in writing, and where it is: what the fine print detector learns from.

Another set than `corpus.py` scores with: other fonts (the machine's own, free ones: Debian's fonts-freefont-ttf,
fonts-roboto, fonts-croscore, xfonts-base and so on), random words instead of its texts, other seeds, and none of the
real images in `backgrounds.UNSEEN`, so that a score on those and on that file's fonts is one on things never met.
"""

import gzip
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import marks
import numpy as np
from backgrounds import REAL, UNSEEN, real, synthetic
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE = 256
"""Rows and columns of a piece."""
LEAST_CONTRAST = 11.0
"""Fainter strings, and those that the texture drowns, are neither writing nor none: they do not count."""

Gray = NDArray[np.float32]
FONT_FOLDERS = ("/usr/share/fonts",)
OF_THE_CORPUS = ("dejavu", "liberation", "droid", "NotoSansMono", "Math", "Emoji", "Symbol")
"""Fonts that `lettering.py` scores with, or without letters."""
BITMAP_FONTS = {
    "4x6": 6, "5x7": 7, "5x8": 8, "6x10": 10, "6x12": 12, "6x13": 13, "7x13": 13, "7x13B": 13, "7x14": 14, "8x13": 13,
    "9x15": 15, "9x18": 18, "10x20": 20, "clR6x8": 8, "clR8x8": 8, "clB6x10": 10, "helvR08": 8, "helvR10": 10,
    "helvB12": 12, "timR10": 10, "courR10": 10, "lutRS08": 8, "lutRS10": 10, "charR10": 10,
}  # fmt: skip
HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_COMPLEX_SMALL, cv2.FONT_HERSHEY_TRIPLEX,
)  # fmt: skip
SCRIPTS: dict[str, Sequence[tuple[int, int]]] = {
    "latin": (),
    "accented": ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x17E)),
    "greek": ((0x391, 0x3A9), (0x3B1, 0x3C9)),
    "cyrillic": ((0x410, 0x44F),),
    "hebrew": ((0x5D0, 0x5EA),),
    "arabic": ((0x621, 0x63A), (0x641, 0x64A)),
    "chinese": ((0x4E00, 0x8FFF),),
    "kana": ((0x3041, 0x3093), (0x30A1, 0x30F6)),
    "hangul": ((0xAC00, 0xD7A0),),
    "thai": ((0xE01, 0xE2E),),
    "devanagari": ((0x905, 0x939),),
}
FEW_STROKES = "LLLL777TVJFY"
"""Letters that corners and frames are mistaken for; the first stands beside every other image of a limb."""
SCRIPT_WEIGHTS = np.array([62, 6, 3, 8, 1, 7, 7, 2, 2, 1, 1]) / 100


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """``pixels`` (rows, columns, 3) uint8; ``target`` and ``weight`` (rows, columns) float32."""

    pixels: NDArray[np.uint8]
    target: Gray
    weight: Gray


class Pieces:
    """An endless row of pieces. `volume` is a head in MR, one more background: NIfTI, uint8 or int16, gzipped.

    `singles` is the share of lines that are a single letter.
    """

    def __init__(self, seed: int, count: int, volume: Path | None = None, singles: float = 0.2) -> None:
        self._random = np.random.default_rng(seed)
        self._singles = singles
        self._pool = [_background(self._random, volume) for _ in range(count)]

    def piece(self) -> Piece:
        random = self._random
        canvas = _setting(self._pool[int(random.integers(len(self._pool)))], random)
        for _ in range(int(random.choice([0, 0, 0, 1, 2, 4]))):
            marks.draw(canvas, random)
        target, weight = np.zeros((SIDE, SIDE), np.float32), np.ones((SIDE, SIDE), np.float32)
        for _ in range(int(random.choice([0, 1, 2, 3, 4, 6, 8]))):
            canvas = _write(canvas, target, weight, random, self._singles)
        shown = np.clip(canvas, 0, 255).astype(np.uint8)
        return Piece(_stored(shown, random), target, weight)


def _background(random: np.random.Generator, volume: Path | None) -> NDArray[np.uint8]:
    if volume is not None and random.random() < 0.2:
        return _slice(_volume(volume), random)
    side = int(random.integers(300, 700))
    if random.random() < 0.6:
        seen = [entry for entry in REAL if entry[1] not in UNSEEN]
        return real(random, side, seen[int(random.integers(len(seen)))]).pixels
    return synthetic(random, side).pixels


@cache
def _volume(path: Path) -> NDArray[np.uint8]:
    data = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(data, "<i2", 3, 42)
    kind = {2: "u1", 4: "<i2", 16: "<f4"}[int(np.frombuffer(data, "<i2", 1, 70)[0])]
    start = int(np.frombuffer(data, "<f4", 1, 108)[0])
    values = np.frombuffer(data, kind, int(np.prod(shape)), start).reshape(shape, order="F").astype(np.float32)
    return np.asarray(np.clip(values * 255 / max(values.max(), 1), 0, 255), np.uint8)


def _slice(volume: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    axis = int(random.integers(3))
    place = int(volume.shape[axis] * random.uniform(0.25, 0.75))
    plane = np.rot90(np.take(volume, place, axis))
    scale = random.uniform(1.2, 3.0)
    return np.asarray(
        cv2.resize(np.ascontiguousarray(plane), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    )


def _setting(pool: NDArray[np.uint8], random: np.random.Generator) -> Gray:
    """A piece of a background, changed: ``(SIDE, SIDE, 3)`` from 0 to 255."""
    draw = random.random()
    if draw < 0.06:
        color = random.uniform(0, 255) if random.random() < 0.5 else random.uniform(0, 255, 3)
        return np.zeros((SIDE, SIDE, 3), np.float32) + np.float32(color)
    scale = random.uniform(0.6, 1.6)
    side = min(int(SIDE / scale), *pool.shape[:2])
    top, left = (int(random.integers(size - side + 1)) for size in pool.shape[:2])
    crop = pool[top : top + side, left : left + side]
    crop = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR)
    piece = (crop if crop.ndim == 3 else cv2.cvtColor(crop, cv2.COLOR_GRAY2RGB)).astype(np.float32)
    piece = np.rot90(piece, int(random.integers(4)))
    if random.random() < 0.5:
        piece = piece[:, ::-1]
    piece = np.ascontiguousarray(piece)
    piece = 255 * (piece / 255) ** random.uniform(0.6, 1.6)
    piece = piece * random.uniform(0.4, 1.1) + random.uniform(0, 40)
    if random.random() < 0.25:
        piece = 255 - piece
    if random.random() < 0.35:
        grain = random.normal(0, 1, (SIDE, SIDE)).astype(np.float32)
        if random.random() < 0.4:
            grain = cv2.GaussianBlur(grain, (0, 0), random.uniform(0.5, 1.2)) * 2
        piece += random.uniform(1, 14) * grain[:, :, np.newaxis]
    if random.random() < 0.35:  # the scan ends, a black border begins
        edge = int(random.integers(SIDE // 5, SIDE))
        level = 0.0 if random.random() < 0.8 else random.uniform(0, 255)
        piece = np.rot90(piece, int(random.integers(4))).copy()
        piece[edge:] = level
    return np.asarray(np.clip(piece, 0, 255), np.float32)


def _faces(script: str) -> tuple[str, ...]:
    """Font files with the script's letters."""
    files = sorted(
        str(path)
        for folder in FONT_FOLDERS
        for path in Path(folder).rglob("*")
        if path.suffix in {".ttf", ".otf", ".ttc"} and not any(word in str(path) for word in OF_THE_CORPUS)
    )
    probe = "Ag5" if script == "latin" else chr(SCRIPTS[script][0][0] + 3) + chr(SCRIPTS[script][0][0] + 9)
    return tuple(file for file in files if _has(file, probe))


def _has(file: str, probe: str) -> bool:
    try:
        font = ImageFont.truetype(file, 24)
        drawn = {bytes(font.getmask(each)) for each in (*probe, "\uffff")}
    except (OSError, ValueError):
        return False
    return len(drawn) == len(probe) + 1 and all(any(each) for each in drawn if each)


@cache
def _face(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


@cache
def _bitmap_files() -> tuple[tuple[str, int], ...]:
    folder = Path("/usr/share/fonts/X11")
    return tuple(
        (str(path), size)
        for name, size in BITMAP_FONTS.items()
        for path in sorted(folder.rglob(f"{name}-ISO8859-1.pcf.gz"))
    )


def _word(random: np.random.Generator, script: str) -> str:
    length = int(random.choice([1, 2, 3, 4, 5, 6, 8, 11]))
    if script != "latin":
        ranges = SCRIPTS[script]
        low, high = ranges[int(random.integers(len(ranges)))]
        return "".join(chr(int(each)) for each in random.integers(low, high, min(length, 6)))
    kinds = (
        string.ascii_uppercase, string.ascii_lowercase, string.digits, string.digits + "./-:",
        string.ascii_letters + string.digits, string.ascii_letters + string.digits + string.punctuation,
    )  # fmt: skip
    letters = kinds[int(random.choice(6, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05]))]
    word = "".join(letters[int(each)] for each in random.integers(len(letters), size=length))
    return word.capitalize() if random.random() < 0.3 else word


def _line(random: np.random.Generator, singles: float) -> tuple[str, list[str]]:
    script = str(random.choice(list(SCRIPTS), p=SCRIPT_WEIGHTS))
    if random.random() < singles:
        few = script == "latin" and random.random() < 0.4
        return script, [FEW_STROKES[int(random.integers(len(FEW_STROKES)))] if few else _word(random, script)[0]]
    return script, [_word(random, script) for _ in range(int(random.choice([1, 1, 1, 2, 3, 4])))]


def _lettered(random: np.random.Generator, singles: float) -> tuple[Gray, Gray, int] | None:
    """Ink, the words' rectangles, and the height of a capital; ``(rows, columns)`` from 0 to 1."""
    script, words = _line(random, singles)
    cap = int(random.choice([5, 6, 7, 8, 9, 10, 12, 14, 18, 24, 32, 44, 60], p=_CAPS))
    draw = random.random()
    if script == "latin" and draw < 0.28:
        face = HERSHEY[int(random.integers(len(HERSHEY)))]
        thick = 1 if cap < 14 or random.random() < 0.5 else 2
        return _spaced([_hershey(word, face, cap, thick) for word in words], cap)
    if script in {"latin", "accented"} and draw < 0.55 and _bitmap_files():
        file, size = _bitmap_files()[int(random.integers(len(_bitmap_files())))]
        factor = 2 if random.random() < 0.2 else 1
        inks = [np.kron(_drawn(word, _face(file, size)), np.ones((factor, factor), np.float32)) for word in words]
        return _spaced([np.asarray(ink > 0.5, np.float32) for ink in inks], size * factor)
    files = _faces(script)
    if not files:
        return None
    cap = max(cap, 9) if script in {"chinese", "arabic", "hangul"} else cap
    font = _face(files[int(random.integers(len(files)))], max(6, round(cap / 0.71)))
    inks = [_drawn(word, font) for word in words]
    if random.random() < 0.15:  # drawn without smoothing
        inks = [np.asarray(ink > 0.5, np.float32) for ink in inks]
    return _spaced(inks, cap)


_CAPS = np.array([5, 12, 12, 11, 10, 10, 10, 8, 6, 6, 4, 3, 3]) / 100


def _hershey(word: str, face: int, cap: int, thick: int) -> Gray:
    scale = cap / cv2.getTextSize("H", face, 1.0, 1)[0][1]
    (width, height), below = cv2.getTextSize(word, face, scale, thick)
    ink = np.zeros((height + below + 4, width + 4), np.uint8)
    cv2.putText(ink, word, (2, height + 2), face, scale, 255, thick, cv2.LINE_AA)
    return np.asarray(ink / 255, np.float32)


def _drawn(word: str, font: ImageFont.FreeTypeFont) -> Gray:
    left, _, right, bottom = font.getbbox(word)
    ink = Image.new("L", (max(1, int(right - left)) + 2, max(1, int(bottom)) + 2))
    ImageDraw.Draw(ink).text((1 - left, 1), word, 255, font)
    return np.asarray(np.asarray(ink) / 255, np.float32)


def _spaced(inks: Sequence[Gray], cap: int) -> tuple[Gray, Gray, int] | None:
    gap = max(2, round(0.5 * cap))
    height = max(ink.shape[0] for ink in inks)
    width = sum(ink.shape[1] + gap for ink in inks)
    line, rectangles, left = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32), 0
    for ink in inks:
        line[: ink.shape[0], left : left + ink.shape[1]] = ink
        rows, columns = np.flatnonzero((ink > 0.3).any(axis=1)), np.flatnonzero((ink > 0.3).any(axis=0))
        if rows.size:
            rectangles[rows[0] : rows[-1] + 1, left + columns[0] : left + columns[-1] + 1] = 1
        left += ink.shape[1] + gap
    # Words of a line belong together where the gap is one of words.
    rectangles = cv2.morphologyEx(rectangles, cv2.MORPH_CLOSE, np.ones((1, 2 * gap + 1), np.uint8))
    return (line, np.asarray(rectangles, np.float32), cap) if rectangles.any() else None


def _turned(planes: Sequence[Gray], random: np.random.Generator) -> list[Gray]:
    degrees = float(random.choice([0, 90, 180, 270, -1, -2], p=[0.6, 0.1, 0.05, 0.1, 0.1, 0.05]))
    if degrees >= 0:
        return [np.ascontiguousarray(np.rot90(plane, int(degrees // 90))) for plane in planes]
    angle = random.uniform(-60, 60) if degrees == -1 else random.uniform(-6, 6)
    rows, columns = planes[0].shape
    side = int(np.hypot(rows, columns)) + 4
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    turn[:, 2] += (side - columns) / 2, (side - rows) / 2
    return [np.asarray(cv2.warpAffine(plane, turn, (side, side)), np.float32) for plane in planes]


def _cropped(planes: Sequence[Gray]) -> list[Gray]:
    rows, columns = (np.flatnonzero((planes[1] > 0.2).any(axis=axis)) for axis in (1, 0))
    return [plane[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] for plane in planes]


def _write(canvas: Gray, target: Gray, weight: Gray, random: np.random.Generator, singles: float) -> Gray:
    """The canvas with one more line of writing; `target` and `weight` are brought up to date."""
    lettered = _lettered(random, singles)
    if lettered is None:
        return canvas
    ink, words, cap = lettered
    ink, words = _cropped(_turned((ink, words), random))
    ink, words = ink[:SIDE, :SIDE], words[:SIDE, :SIDE]
    height, width = ink.shape
    for _ in range(12):
        # A piece may cut a line off, as a tile does.
        top, left = int(random.integers(-height // 4, SIDE - 3 * height // 4 + 1)), 0
        left = int(random.integers(-width // 4, SIDE - 3 * width // 4 + 1))
        if random.random() < 0.4:
            top = int(random.choice([0, 1, 2, 3, SIDE - height - 2, SIDE - height]))
        if random.random() < 0.4:
            left = int(random.choice([0, 1, 2, 3, SIDE - width - 2, SIDE - width]))
        whole_ink, whole_words = _placed(ink, top, left), _placed(words, top, left)
        gap = max(2, cap // 4)
        if not target[_around(top, left, height, width, gap)].any():
            break
    else:
        return canvas
    if whole_ink.max() < 0.4:
        return canvas
    near = _around(top, left, height, width, int(random.integers(2, 7)))
    canvas, plain = _inked(canvas, whole_ink, near, random)
    contrast, noise = _contrast(canvas, plain, whole_ink)
    there = whole_words > 0.5
    if contrast < LEAST_CONTRAST or contrast < 0.8 * noise:
        weight[cv2.dilate(there.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0] = 0
    else:
        target[there] = 1
        weight[there] = float(np.clip(np.sqrt(600 / max(1, there.sum())), 0.5, 3.0))
    return canvas


def _placed(plane: Gray, top: int, left: int) -> Gray:
    whole = np.zeros((SIDE, SIDE), np.float32)
    part = plane[max(0, -top) : SIDE - top, max(0, -left) : SIDE - left]
    whole[max(0, top) : max(0, top) + part.shape[0], max(0, left) : max(0, left) + part.shape[1]] = part
    return whole


def _around(top: int, left: int, height: int, width: int, gap: int) -> tuple[slice, slice]:
    return np.s_[max(0, top - gap) : max(0, top + height + gap), max(0, left - gap) : max(0, left + width + gap)]


def _inked(canvas: Gray, ink: Gray, near: tuple[slice, slice], random: np.random.Generator) -> tuple[Gray, Gray]:
    """The canvas written on, and what it was before the ink."""
    draw = random.random()
    alpha = ink[:, :, np.newaxis]
    behind = np.median(canvas[ink > 0.3], axis=0) if (ink > 0.3).any() else canvas.mean(axis=(0, 1))
    sign = -1.0 if float(behind.mean()) > 140 else 1.0
    if random.random() < 0.15:
        sign = -sign
    if random.random() < 0.22:  # of its own, as bright as the writing's opposite or hardly another shade
        canvas = canvas.copy()
        canvas[near] = random.uniform(0, 255) if random.random() < 0.7 else random.uniform(0, 255, 3)
        behind = canvas[near].reshape(-1, 3)[0]
        sign = -1.0 if float(behind.mean()) > 128 else 1.0
    if draw < 0.22:
        level: Gray | float = 255.0 if sign > 0 else 0.0
    elif draw < 0.45:
        level = np.asarray(behind + sign * random.uniform(40, 140), np.float32)
    elif draw < 0.75:
        level = np.asarray(behind + sign * random.uniform(12, 45), np.float32)
    elif draw < 0.85:
        level = np.asarray(random.uniform(0, 255, 3), np.float32)
    elif draw < 0.92:  # half transparent
        level, alpha = 255.0 if sign > 0 else 0.0, alpha * random.uniform(0.2, 0.65)
    else:  # outlined or shadowed
        level = 255.0 if sign > 0 else 0.0
        kernel = np.ones((3, 3), np.uint8) if random.random() < 0.5 else np.array([[1, 0], [0, 1]], np.uint8)
        outline = cv2.dilate(ink, kernel)[:, :, np.newaxis]
        canvas = canvas * (1 - outline) + (255.0 - level) * outline
    level = np.clip(level, 0, 255)
    return np.asarray(canvas * (1 - alpha) + level * alpha, np.float32), canvas


def _contrast(canvas: Gray, plain: Gray, ink: Gray) -> tuple[float, float]:
    mask = ink > 0.5
    if not mask.any():
        mask = ink > 0.25
    ring = (cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~mask
    if not mask.any() or not ring.any():
        return 0.0, 0.0
    shown = np.clip(canvas, 0, 255)
    contrast = np.abs(np.median(shown[mask], axis=0) - np.median(shown[ring], axis=0)).max()
    return float(contrast), float(plain[ring].std(axis=0).mean())


def _stored(shown: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """As a lossy codec or a rescaling viewer leaves it, sometimes; sometimes without its colors."""
    changes: Sequence[Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = (
        lambda each: cv2.cvtColor(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB),
        lambda each: cv2.GaussianBlur(each, (0, 0), random.uniform(0.3, 0.7)),
        lambda each: _few_levels(each, random),
        lambda each: _jpeg(each, int(random.integers(50, 96))),
    )
    for change, share in zip(changes, (0.25, 0.12, 0.08, 0.25), strict=True):
        if random.random() < share:
            shown = np.asarray(change(shown), np.uint8)
    return shown


def _few_levels(shown: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """As a view that stretches a few stored values over all grays."""
    values = shown.astype(np.float32) / 255
    if random.random() < 0.5:
        values = np.log1p(values * 20) / np.log(21)
    steps = int(random.integers(6, 40))
    return np.asarray(np.round(values * steps) * 255 / steps, np.uint8)


def _jpeg(shown: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    stored = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)
