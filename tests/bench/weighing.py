"""Fit what the witnesses' words weigh, and write ``src/scanscrub/detect/weighing.json``.

    PYTHONPATH=tests python tests/bench/weighing.py --out weighing.json [--images 220 --clean 150]

Looks at the tuning half of the corpus, every image stored in an encoding drawn by lot, and hears of every line that
either model saw. A line is writing where its rectangle holds a string's ink. Fits a logistic regression with a small
ridge penalty to the lines of each model, by Newton's method, and prints the mean logarithmic loss on the images that
a fit has not seen (four parts), and at several thresholds the recall and what is masked in vain.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import corpus
import cv2
import encodings_of_scans as encodings
import numpy as np
from numpy.typing import NDArray
from scoring import Score

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.combine import different, without_repeats
from scanscrub.detect.engines import build_detector
from scanscrub.detect.ppocr_detector import PpocrDetector
from scanscrub.detect.readable import Legibility, legibility
from scanscrub.detect.witnesses import ENOUGH_IN_COLOURS, Testimony, looked_at_closely, read

WRITING, PARTS, RIDGE = 0.12, 4, 1.0
"""The share of ink, made two pixels wider, from which a line is writing; one with less, but some, is neither."""
CLEAN_WEIGHS = 1.5
"""What a line weighs that is no writing, in an image without any."""
LARGE, LARGE_WEIGHS = 4000.0, 4.0
"""The pixels that add one to the weight of a line, as it masks so much, and the most that is added."""
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
SHOWN = ("visible", "main", "cap 6-9", "contrast", "three", "clean")
MODELS = ("large", "fine", "trace")
CLEAN = 10_000
"""What is added to the number of an image without writing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One line: the image's place in the row, what the models say, how it reads, and how much of it is ink."""

    image: int
    testimony: Testimony
    reading: Legibility
    ink: float

    @property
    def features(self) -> dict[str, float]:
        return {"bias": 1.0, **self.testimony.said, **read(self.reading)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=int, default=220)
    parser.add_argument("--clean", type=int, default=150)
    options = parser.parse_args()
    images = [*corpus.lettered(corpus.TUNING, options.images), *corpus.clean(corpus.TUNING, options.clean)]
    heard = [*chain.from_iterable(map(hear, images))]
    report(images, heard)
    options.out.write_text(json.dumps(table(heard), indent=1) + "\n", "ascii")


def table(heard: Sequence[Heard]) -> dict[str, dict[str, float]]:
    fitted = {model: fit([each for each in heard if each.testimony.model == model]) for model in MODELS}
    return {model: {name: round(weight, 4) for name, weight in each.items()} for model, each in fitted.items()}


def hear(image: corpus.Lettered) -> list[Heard]:
    """What is said of every line in an image."""
    split = np.random.default_rng(corpus.TUNING + image.number)
    picture = encodings.seen(encodings.stored(image.pixels, split)[1])
    detector = build_detector((), DetectSettings(2, memory=0))
    assert isinstance(detector, PpocrDetector)
    assert detector.witnesses is not None
    ink = np.zeros(image.pixels.shape[:2], np.uint8)
    for string in image.strings:
        ink |= string.ink.view(np.uint8)
    ink = np.asarray(cv2.dilate(ink, np.ones((5, 5), np.uint8)), np.uint8)
    found = []
    for view in different(picture.views):
        said = detector.hear(view, detector.witnesses.fine)
        for each in looked_at_closely(said.testimonies, said.planes, detector.witnesses.close):
            readings = [legibility(plane, each.line, detector.witnesses.reader) for plane in said.planes]
            best = max(readings, key=lambda reading: reading.score)
            found.append(Heard(_place(image), each, best, _share(each, ink)))
    return found


def _place(image: corpus.Lettered) -> int:
    return image.number if image.strings else CLEAN + image.number


def _share(each: Testimony, ink: NDArray[np.uint8]) -> float:
    area = np.zeros_like(ink)
    cv2.fillConvexPoly(area, np.round(np.array(each.line.quad)).astype(np.int32), 1)
    return float(ink[area > 0].mean()) if area.any() else 0.0


def fit(heard: Sequence[Heard]) -> dict[str, float]:
    """The weights of the features, by name."""
    names = list(heard[0].features)
    values = np.array([[each.features[name] for name in names] for each in heard])
    truth = np.array([each.ink >= WRITING for each in heard], float)
    counts = np.array([_counts(each) for each in heard])
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    mean[0], deviation = 0.0, np.where(deviation == 0, 1.0, deviation)
    scaled = (values - mean) / deviation
    weights = np.zeros(len(names))
    for _ in range(40):
        probability = 1 / (1 + np.exp(-np.clip(scaled @ weights, -50, 50)))
        slope = scaled.T @ (counts * (probability - truth)) + RIDGE * weights
        curve = (scaled * (counts * probability * (1 - probability))[:, np.newaxis]).T @ scaled
        weights -= np.linalg.solve(curve + RIDGE * np.eye(len(names)), slope)
    plain = weights / deviation
    plain[0] -= float((weights * mean / deviation)[1:].sum())
    return dict(zip(names, (float(weight) for weight in plain), strict=True))


def _counts(each: Heard) -> float:
    if 0 < each.ink < WRITING:
        return 0.0
    line = each.testimony.line
    size = 1 + min(LARGE_WEIGHS, line.along * line.across / LARGE)
    return size * (CLEAN_WEIGHS if each.ink == 0 and each.image >= CLEAN else 1.0)


def report(images: Sequence[corpus.Lettered], heard: Sequence[Heard]) -> None:
    """Print how well fits do on images that they have not seen."""
    likely = np.zeros(len(heard))
    for part in range(PARTS):
        for model in MODELS:
            rest = [each for each in heard if each.image % PARTS != part and each.testimony.model == model]
            weights = fit(rest)
            for place, each in enumerate(heard):
                if each.image % PARTS == part and each.testimony.model == model:
                    score = sum(weights[name] * value for name, value in each.features.items())
                    likely[place] = 1 / (1 + np.exp(-np.clip(score, -50, 50)))
    truth = np.array([each.ink >= WRITING for each in heard])
    loss = -np.log(np.clip(np.where(truth, likely, 1 - likely), 1e-9, 1))
    print(f"{len(heard)} lines, {truth.mean():.0%} writing, mean logarithmic loss {loss.mean():.4f}")
    for threshold in THRESHOLDS:
        counted = Score()
        for image in images:
            boxes = [
                TextBox(each.testimony.line.quad, each.testimony.line.score)
                for each, chance in zip(heard, likely, strict=True)
                if each.image == _place(image)
                and chance >= (ENOUGH_IN_COLOURS if each.testimony.said["chroma"] else threshold)
            ]
            counted.add(image, without_repeats(boxes))
        print(f"threshold {threshold}:", *(line for line in counted.lines() if line.startswith(SHOWN)), sep="\n  ")


if __name__ == "__main__":
    main()
