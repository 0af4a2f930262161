"""Writing in two places where it was missed: dark on the grain beside a body, and across the edge of a bone.

    python tests/bench/hard_places.py [--images 40] [--tuning] [--runtime openvino] [--misses]

Each image is stored with sixteen bits and seen as `clean` sees the file. A string counts as covered when 95 % of its
ink lies under masks.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import corpus
import cv2
import encodings_of_scans as encodings
import numpy as np
from backgrounds import background
from lettering import FONTS, TRUETYPE, letter, missing_fonts
from numpy.typing import NDArray
from scoring import COVERED, mask

from factory_pixels import image
from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines.registry import build_detector

Values = NDArray[np.uint16]
LINES = tuple(text for text in corpus.TEXTS["latin"] if len(text) > 3)
LETTERS = (8, 10, 12, 14, 17)
"""Pixels that capitals are high."""
APART = 8
"""Pixels between two strings at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Stored values ``(rows, columns)``, and the text and ink of each string in them."""

    values: Values
    strings: Sequence[tuple[str, NDArray[np.bool_]]]


def on_noise(random: np.random.Generator) -> Written:
    """Strings near zero among values of 3 to 32, beside a body of up to 1,600."""
    behind = _gray(random)
    rows, columns = behind.shape
    ys, xs = np.mgrid[:rows, :columns]
    body = ((ys / rows - 0.55) / 0.33) ** 2 + ((xs / columns - 0.5) / 0.36) ** 2 < 1
    low, high = int(random.integers(3, 8)), int(random.integers(20, 32))
    values = np.where(
        body,
        behind.astype(int) * int(random.integers(600, 1600)) // 255 + 40,
        random.integers(low, high + 1, body.shape),
    )
    return _written(values, body.copy(), int(random.integers(0, 2)), random)


def across_an_edge(random: np.random.Generator) -> Written:
    """White strings that begin on a bright bone and end on air, or the other way."""
    behind = _gray(random)
    rows, columns = behind.shape
    edge = np.clip(columns * random.uniform(0.35, 0.65) + np.cumsum(random.normal(0, 0.8, rows)), 40, columns - 40)
    turn = random.uniform(-0.4, 0.4) * np.arange(rows)
    bone = np.arange(columns)[None, :] < (edge + turn)[:, None]
    shades = np.where(bone, 175 + behind / 8.0, behind / 12.0)
    smooth = cv2.GaussianBlur(shades, (0, 0), random.uniform(0.6, 2.5))
    values = np.rint((smooth + random.normal(0, random.uniform(0.5, 4), smooth.shape)).clip(0, 220) * 4).astype(int)
    away = cv2.dilate((cv2.Laplacian(bone.astype(np.uint8), cv2.CV_8U) > 0).astype(np.uint8), np.ones((1, 41))) == 0
    return _written(values, away, 1020, random, crossing=True)


PLACES: dict[str, Callable[[np.random.Generator], Written]] = {
    "dark on noise": on_noise,
    "across an edge": across_an_edge,
}


def _gray(random: np.random.Generator) -> NDArray[np.uint8]:
    pixels = background(random, int(random.integers(256, 513))).pixels
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _written(
    values: NDArray[np.int_],
    taken: NDArray[np.bool_],
    level: int,
    random: np.random.Generator,
    *,
    crossing: bool = False,
) -> Written:
    """Up to four strings of one level where nothing is taken; those that cross have their middle there."""
    fonts = [font for font in FONTS["latin"] if font not in TRUETYPE or font not in missing_fonts()]
    strings: list[tuple[str, NDArray[np.bool_]]] = []
    for _ in range(int(random.integers(2, 5))):
        made = letter(str(random.choice(LINES)), str(random.choice(fonts)), int(random.choice(LETTERS)), 0)
        high, wide = made.ink.shape
        for _ in range(60):
            top, left = (
                int(random.integers(max(1, side - size)))
                for side, size in zip(values.shape, made.ink.shape, strict=True)
            )
            place = np.s_[top : top + high, left : left + wide]
            middle = np.s_[top : top + high, left + wide // 2 - 2 : left + wide // 2 + 2]
            if values[place].shape == (high, wide) and not taken[middle if crossing else place].any():
                break
        else:
            continue
        ink = np.zeros(values.shape, np.bool_)
        ink[place] = made.ink > 0.5
        values[ink] = level
        strings.append((made.text, ink))
        taken[max(0, top - APART) : top + high + APART, max(0, left - APART) : left + wide + APART] = True
    return Written(values.astype("<u2"), strings)


def images(place: str, split: int, count: int) -> Iterator[Written]:
    for number in range(count):
        yield PLACES[place](np.random.default_rng(split + 800_000 + number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--runtime", choices=("auto", "onnxruntime", "openvino"), default="auto")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    detector = build_detector(settings=DetectSettings(1, options.runtime, memory=0))
    for place in PLACES:
        covered = total = 0
        for written in images(place, corpus.TUNING if options.tuning else corpus.HOLD_OUT, options.images):
            shape = written.values.shape
            seen = encodings.seen(image(shape, written.values.tobytes(), bits=(16, 16, 15)))
            masked = mask(tuple(detector.find(seen)), shape)
            for text, ink in written.strings:
                total += 1
                covered += bool(masked[ink].mean() >= COVERED)
                if options.misses and masked[ink].mean() < COVERED:
                    print(f"  {text} {masked[ink].mean():.0%} in {[view.name for view in seen.views]}")
        print(f"{place}: {covered}/{total} ({100 * covered / max(total, 1):.1f} %)")


if __name__ == "__main__":
    main()
