"""Fit what the witnesses' words weigh, and write ``src/scanscrub/detect/scoring/weights.json``.

    PYTHONPATH=tests python tests/bench/weighing.py hear --heard HEARD [--images 240 --clean 200 --start 0 ...]
    PYTHONPATH=tests python tests/bench/weighing.py fit --heard HEARD --out weights.json

`hear` looks at the tuning half of the corpus, every image stored in an encoding drawn by lot, and keeps in a folder
what the models say of every line that any of them saw, how it reads, and what the close look is shown of it (15
minutes on two processors). A line is writing where its rectangle holds a string's ink. `fit` asks the close look,
fits a logistic regression with a small ridge penalty to the lines of each model, by Newton's method, and prints the
mean logarithmic loss on the images that a fit has not seen (four parts), and at several thresholds the recall and
what is masked in vain. After another training of the close look a `fit` is enough.
"""

import argparse
import json
import multiprocessing
import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import corpus
import cv2
import encodings_of_scans as encodings
import numpy as np
from numpy.typing import NDArray
from scoring import Score

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.candidates.blocks import not_under, without_blocks
from scanscrub.detect.candidates.continued import traced_on
from scanscrub.detect.engines.ppocr_detector import PpocrDetector
from scanscrub.detect.engines.registry import build_detector
from scanscrub.detect.lines.combine import different, without_repeats
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import Sizes
from scanscrub.detect.scoring.legibility import Legibility, legibility
from scanscrub.detect.scoring.line_scoring import ENOUGH, MODELS, SMALLER, LineCandidate, read

WRITING, PARTS, RIDGE = 0.12, 4, 1.0
"""The share of ink, made two pixels wider, from which a line is writing; one with less, but some, is neither."""
CLEAN_WEIGHS = 1.5
"""What a line weighs that is no writing, in an image without any."""
LARGE, LARGE_WEIGHS = 4000.0, 4.0
"""The pixels that add one to the weight of a line, as it masks so much, and the most that is added."""
THRESHOLDS = (0.4, 0.5, 0.6, 0.7)
SHOWN = ("visible", "main", "cap 6-9", "contrast", "rotated", "three", "one", "clean", "with")
KINDS = {"lettered": corpus.lettered, "large": corpus.large, "clean": corpus.clean, "marked": corpus.marked}
PART = 20
"""Images heard by one process before they are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class HeardLine:
    """One line: the view it was seen in, what the models say, how it reads, how much of it is ink, how it looks."""

    view: int
    testimony: LineCandidate
    reading: Legibility
    ink: float
    near: tuple[NDArray[np.uint8], ...]

    @property
    def features(self) -> dict[str, float]:
        return {"bias": 1.0, **self.testimony.said, **read(self.reading)}


@dataclass(frozen=True, slots=True, eq=False)
class HeardImage:
    """One image of the corpus without its pixels, the lines of all of its views, and each view's traces."""

    image: corpus.Lettered
    lines: list[HeardLine]
    traces: dict[int, Sequence[Line]]

    @property
    def part(self) -> int:
        return self.image.number % PARTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("hear", "fit"))
    parser.add_argument("--heard", type=Path, required=True, help="the folder where what was heard is kept")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--images", dest="lettered", type=int, default=240)
    parser.add_argument("--clean", type=int, default=200)
    parser.add_argument("--large", type=int, default=40, help="small images with large strings")
    parser.add_argument("--marked", type=int, default=60, help="images with marks of devices and no writing")
    parser.add_argument("--start", type=int, default=0, help="the number of the first image of each kind")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.what == "hear":
        options.heard.mkdir(exist_ok=True)
        parts = [
            (options.heard, kind, options.start + start)
            for kind in KINDS
            for start in range(0, vars(options)[kind], PART)
        ]
        with multiprocessing.Pool(options.processes) as processes:
            processes.starmap(keep, parts, 1)
    else:
        heard = list(closely_seen(options.heard))
        report(heard)
        options.out.write_text(json.dumps(table(heard), indent=1) + "\n", "ascii")


def keep(folder: Path, kind: str, start: int) -> None:
    """Hear some images, and keep what was heard; what is kept already is not heard again."""
    if (folder / f"{kind}{start}").exists():
        return
    cv2.setNumThreads(1)
    heard = [hear(image) for image in KINDS[kind](corpus.TUNING, PART, start=start)]
    (folder / f"{kind}{start}").write_bytes(pickle.dumps(heard))
    print(kind, start, sum(len(each.lines) for each in heard), "lines", flush=True)


def hear(image: corpus.Lettered) -> HeardImage:
    """What is said of every line in an image."""
    split = np.random.default_rng(corpus.TUNING + image.number)
    picture = encodings.seen(encodings.stored(image.pixels, split)[1])
    detector = build_detector((), DetectSettings(1, memory=0))
    assert isinstance(detector, PpocrDetector)
    ink = inked(image)
    heard = HeardImage(replace(image, pixels=np.zeros_like(ink)), [], {})
    for view, shown in enumerate(different(picture.views)):
        said = detector.look(shown)
        heard.traces[view] = said.traces
        sizes = [Sizes(plane) for plane in said.pictures]
        for each in said.line_candidates:
            readings = [legibility(plane, each.line, detector.line_models.reader) for plane in said.pictures]
            best = max(readings, key=lambda reading: reading.score)
            near = tuple(size.near(each.line) for size in sizes)
            heard.lines.append(HeardLine(view, each, best, ink_share(each.line, ink), near))
    return heard


def inked(image: corpus.Lettered) -> NDArray[np.uint8]:
    """Where the ink of an image is, and two pixels around it: 1."""
    ink = np.zeros(image.pixels.shape[:2], np.uint8)
    for string in image.strings:
        ink |= string.ink.view(np.uint8)
    return np.asarray(cv2.dilate(ink, np.ones((5, 5), np.uint8)), np.uint8)


def ink_share(line: Line, ink: NDArray[np.uint8]) -> float:
    """How much of a line's rectangle is ink."""
    area = np.zeros_like(ink)
    cv2.fillConvexPoly(area, np.round(np.array(line.quad)).astype(np.int32), 1)
    return float(ink[area > 0].mean()) if area.any() else 0.0


def closely_seen(folder: Path) -> Iterator[HeardImage]:
    """What was kept in a folder, with what the close look says of each line."""
    detector = build_detector((), DetectSettings(2, memory=0))
    assert isinstance(detector, PpocrDetector)
    close = detector.line_models.close
    for path in sorted(folder.iterdir()):
        for each in pickle.loads(path.read_bytes()):
            crops = [(near, line.testimony.line) for line in each.lines for near in line.near]
            odds = iter(close.judge(crops))
            seen = [max(next(odds) for _ in line.near) for line in each.lines]
            lines = [
                replace(line, testimony=line.testimony.classified_as(said), near=())
                for line, said in zip(each.lines, seen, strict=True)
            ]
            yield replace(each, lines=lines)


def table(heard: Sequence[HeardImage]) -> dict[str, dict[str, float]]:
    fitted = {model: fit(heard, model) for model in MODELS}
    return {model: {name: round(weight, 4) for name, weight in each.items()} for model, each in fitted.items()}


def fit(heard: Sequence[HeardImage], model: str) -> dict[str, float]:
    """The weights of the features of a model's lines, by name."""
    lines = [(line, each) for each in heard for line in each.lines if line.testimony.model == model]
    names = list(lines[0][0].features)
    values = np.array([list(line.features.values()) for line, _ in lines])
    truth = np.array([line.ink >= WRITING for line, _ in lines], float)
    counts = np.array([_counts(line, each) for line, each in lines])
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


def _counts(line: HeardLine, each: HeardImage) -> float:
    if 0 < line.ink < WRITING:
        return 0.0
    seen = line.testimony.line
    size = 1 + min(LARGE_WEIGHS, seen.along * seen.across / LARGE)
    return size * (CLEAN_WEIGHS if not each.image.strings else 1.0)


def report(heard: Sequence[HeardImage]) -> None:
    """Print how well fits do on images that they have not seen."""
    fits = [
        {model: fit([each for each in heard if each.part != part], model) for model in MODELS}
        for part in range(PARTS)
    ]
    chances = [[_chance(line, fits[each.part]) for line in each.lines] for each in heard]
    said = [
        (line, chance)
        for each, some in zip(heard, chances, strict=True)
        for line, chance in zip(each.lines, some, strict=True)
    ]
    for model in MODELS:
        losses = [
            -np.log(max(chance if line.ink >= WRITING else 1 - chance, 1e-9))
            for line, chance in said
            if line.testimony.model == model
        ]
        share = np.mean([line.ink >= WRITING for line, _ in said if line.testimony.model == model])
        print(f"{model}: {len(losses)} lines, {share:.1%} writing, mean logarithmic loss {np.mean(losses):.4f}")
    for threshold in THRESHOLDS:
        scores = {"usual": Score(), "large": Score()}
        for each, some in zip(heard, chances, strict=True):
            is_large = corpus.LARGE <= each.image.number < corpus.MARKED
            scores["large" if is_large else "usual"].add(each.image, _boxes(each, some, threshold))
        for name, score in scores.items():
            lines = [line.rsplit("(", 1)[0] for line in score.lines() if line.startswith(SHOWN)]
            print(f"threshold {threshold}, {name}:", "; ".join(" ".join(line.split()) for line in lines))


def _chance(line: HeardLine, weights: dict[str, dict[str, float]]) -> float:
    score = sum(weights[line.testimony.model][name] * value for name, value in line.features.items())
    return float(1 / (1 + np.exp(-np.clip(score, -50, 50))))


def _boxes(each: HeardImage, chances: Sequence[float], threshold: float) -> Sequence[TextBox]:
    """What is masked of an image where lines count from that probability."""
    of_views: dict[int, list[Line]] = defaultdict(list)
    thick: dict[int, list[Line]] = defaultdict(list)
    for line, chance in zip(each.lines, chances, strict=True):
        said = line.testimony
        if chance >= threshold if said.enough == ENOUGH else said.counts(line.reading, chance):
            (thick if line.testimony.model in SMALLER else of_views)[line.view].append(line.testimony.line)
    boxes: list[TextBox] = []
    for view, traces in each.traces.items():
        lines = of_views[view] + not_under(thick[view], of_views[view], traces)
        boxes += (
            TextBox(line.quad, line.score) for line in (*without_blocks(lines, traces), *traced_on(lines, traces))
        )
    return without_repeats(boxes)


if __name__ == "__main__":
    main()
