"""What of the corpus lies under masks: recall by slice, and what is masked of images without writing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from backgrounds import UNSEEN
from corpus import MARKED, Lettered, String
from numpy.typing import NDArray

from scanscrub.detect.base import TextBox

PADDING = 1
"""Pixels around a box that are masked as well, as `clean` does."""
COVERED = 0.95
AROUND = 0.35

SLICES: Mapping[str, Callable[[String], bool]] = {
    "visible": lambda string: string.visible,
    "main": lambda string: string.main,
    "cap 6-7": lambda string: string.cap <= 7,
    "cap 6-9": lambda string: string.cap <= 9,
    "contrast 15-30": lambda string: string.contrast < 30,
    "rotated 90/270": lambda string: string.degrees in {90, 270},
    "rotated 30/45": lambda string: string.degrees in {30, 45},
    "rotated": lambda string: string.degrees != 0,
    "non-Latin": lambda string: string.script != "latin",
    "cyrillic": lambda string: string.script == "cyrillic",
    "chinese": lambda string: string.script == "chinese",
    "arabic": lambda string: string.script == "arabic",
    "three or fewer": lambda string: len(string.text) <= 3,
    "one character": lambda string: len(string.text) == 1,
    "corner, border": lambda string: string.place in {"corner", "border"},
    "bitmap font": lambda string: string.font == "bitmap-5x7",
    "transparent": lambda string: string.style == "transparent",
}
NEW = "new background"


@dataclass
class Score:
    """Counts over a corpus."""

    strings: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    covered: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    missed: list[tuple[Lettered, String, float]] = field(default_factory=list)
    clean_shares: list[float] = field(default_factory=list)
    marked_shares: list[float] = field(default_factory=list)
    excesses: list[float] = field(default_factory=list)

    def add(self, image: Lettered, boxes: Sequence[TextBox]) -> None:
        masked = mask(boxes, image.pixels.shape[:2])
        if not image.strings:
            (self.marked_shares if image.number >= MARKED else self.clean_shares).append(float(masked.mean()))
        else:
            self.excesses.append(excess(image, boxes))
        for string in image.strings:
            if not string.visible:
                continue
            share = float(masked[string.ink].mean())
            slices = [name for name, holds in SLICES.items() if holds(string)]
            slices += [image.modality] + [NEW] * (image.source in UNSEEN)
            for name in slices:
                self.strings[name] += 1
                self.covered[name] += share >= COVERED
            if share < COVERED:
                self.missed.append((image, string, share))

    def lines(self) -> Iterable[str]:
        for name in (*SLICES, NEW, *sorted(self.strings.keys() - SLICES.keys() - {NEW})):
            if self.strings[name]:
                percent = 100 * self.covered[name] / self.strings[name]
                yield f"{name:16} {percent:6.1f} %  ({self.covered[name]}/{self.strings[name]})"
        if self.excesses:
            mean, most = np.mean(self.excesses), np.percentile(self.excesses, 90)
            yield f"masked beyond ideal boxes: {mean:.2f} of their area, 90 % of images up to {most:.2f}"
        for name, some in (("clean images", self.clean_shares), ("with marks alone", self.marked_shares)):
            if some:
                shares = np.array(some)
                yield f"{name}: {100 * shares.mean():.2f} % masked, {100 * (shares > 0).mean():.1f} % hit"

    def misses(self) -> Iterable[str]:
        for image, string, share in self.missed:
            yield (
                f"image {image.number} {image.modality} {image.pixels.shape[:2]}: {string.text!r} {string.font} "
                f"cap {string.cap} {string.degrees} degrees {string.style} {string.place} "
                f"contrast {string.contrast:.0f} noise {string.noise:.0f}: {share:.0%} covered"
            )


def excess(image: Lettered, boxes: Sequence[TextBox]) -> float:
    """What is masked outside of the smallest upright rectangles around the strings' ink, grown by `AROUND` of the
    letters' height, as a share of those.
    """
    ideal = np.zeros(image.pixels.shape[:2], np.bool_)
    for string in image.strings:
        rows, columns = np.nonzero(string.ink)
        if rows.size:
            grown = round(AROUND * string.cap)
            top, left = max(0, rows.min() - grown), max(0, columns.min() - grown)
            ideal[top : rows.max() + grown + 1, left : columns.max() + grown + 1] = True
    beyond = int(np.count_nonzero(mask(boxes, image.pixels.shape[:2]) & ~ideal))
    return beyond / max(1, int(np.count_nonzero(ideal)))


def mask(boxes: Sequence[TextBox], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    filled = np.zeros(shape, np.uint8)
    for box in boxes:
        cv2.fillConvexPoly(filled, np.round(np.array(box.quad)).astype(np.int32), 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * PADDING + 1, 2 * PADDING + 1))
    return np.asarray(cv2.dilate(filled, disc) > 0)
