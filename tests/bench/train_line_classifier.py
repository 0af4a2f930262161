"""Train the line classifier and write its model, ``src/scanscrub/detect/models/line_classifier.onnx``.

    python tests/bench/train_line_classifier.py gather --minutes 30 --lines L.npz
    python tests/bench/train_line_classifier.py train --minutes 25 --lines L.npz --out M.onnx [--from M.onnx]

Needs what `train_small_text.py` needs. `gather` shows images, stored in encodings drawn by lot, to the small text
model and keeps every candidate, with what surrounds it and whether it is writing: pieces of `training_images.py`, the
tuning half of the corpus, and `hard_backgrounds.py` with and without writing. Of those that the model of the package
judges rightly and surely a quarter is kept. `train` learns from them, and prints how well it does on the tenth part
that it has not seen. How long the model of the package took is told in `src/scanscrub/docs/contributing.md`.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import corpus
import cv2
import encodings_of_scans as encodings
import hard_backgrounds as hard
import numpy as np
import onnx
import torch
from backgrounds import background
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn
from torch.nn import functional
from train_small_text import Graph
from training_images import SIDE, Piece, Pieces

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.candidates import proposals
from scanscrub.detect.candidates.judged import UNCLIP, parts_beyond
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import different
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import (
    HEIGHT,
    LINE_CLASSIFIER,
    WIDTH,
    LineClassifier,
    Sizes,
    proportions,
    shown,
)
from scanscrub.detect.models.runtime import open_session
from scanscrub.detect.models.small_text import SMALL_TEXT, SmallTextDetector

SEED, POOL, RENEW = 8_000_000, 120, 600
SINGLES = 0.45
"""The share of single letters: they are what is hard."""
OF_THE_TUNING_HALF = corpus.TUNING + 50_000_000
PIECES, HARD = 0.3, 0.24
"""The shares of pieces, and of hard backgrounds; the rest is the corpus, in these shares."""
NOISE = 0.1
"""The share of hard images that are grain, and mostly written on."""
KINDS = {corpus.lettered: 0.45, corpus.annotated: 0.3, corpus.clean: 0.1, corpus.marked: 0.15}
SIDES = ((180, 420), (256, 800))
"""Columns of an image, drawn from the one or the other."""
WRITING, WRITING_INK = 0.25, 0.12
"""The share of a line that words, or ink, must cover for it to be writing; one with less, but some, is neither."""
FAINTER = db.Thresholds(bitmap=0.1, box=0.1, unclip=0.0, evidence=0.03)
"""Weaker candidates than those that count, so that it meets more that is none."""
MARGIN = 8
"""Pixels kept around what the model is shown, so that it can be shown a little moved."""
BESIDE = 0.3
"""The share of lines of writing whose neighborhood is judged as well: does it go on, or end?"""
RIGHTLY, PLAIN = 3.0, 0.27
"""The odds from which a line is judged surely, and the share of those judged so, and rightly, that is kept."""
BATCH, TEST = 192, 10
FAST = torch.channels_last
"""With this order, and in single precision, a step takes a quarter of the time that half precision takes."""

Sample = tuple[NDArray[np.uint8], NDArray[np.float32], bool]
Truth = Callable[[Line], bool | None]


class Convolved(nn.Sequential):  # type: ignore[misc] # torch is no dependency of the project
    """3x3 convolution and ReLU; what was once normalized is in its weights."""

    def __init__(self, incoming: int, outgoing: int, stride: int = 1) -> None:
        super().__init__(nn.Conv2d(incoming, outgoing, 3, stride=stride, padding=1), nn.ReLU(inplace=True))


class Judge(nn.Module):  # type: ignore[misc] # the same
    """``(n, 5, HEIGHT, WIDTH)`` to logits ``(n, 1)``."""

    SIZES = ((5, 24, 2), (24, 48, 1), (48, 48, 2), (48, 72, 1), (72, 80, 2))

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.ModuleList([Convolved(*each) for each in self.SIZES])
        self.first = nn.ModuleList([Convolved(80, 80), Convolved(80, 80)])
        self.second = nn.ModuleList([nn.Conv2d(80, 80, 3, padding=1), nn.Conv2d(80, 80, 3, padding=1)])
        self.narrow = Convolved(80, 24)
        self.weighed = nn.Linear(24 * (HEIGHT // 8) * (WIDTH // 8), 64)
        self.answer = nn.Linear(64, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        for each in self.seen:
            pixels = each(pixels)
        for first, second in zip(self.first, self.second, strict=True):
            pixels = functional.relu(pixels + second(first(pixels)))
        flat = functional.dropout(self.narrow(pixels).flatten(1), 0.2, self.training)
        answer: torch.Tensor = self.answer(functional.relu(self.weighed(flat)))
        return answer

    def layers(self) -> Iterator[tuple[str, nn.Conv2d | nn.Linear]]:
        """The layers by the names that the model gives their weights."""
        for number, each in enumerate(self.seen):
            yield f"seen{number}", each[0]
        for number, (first, second) in enumerate(zip(self.first, self.second, strict=True)):
            yield f"deeper{number}.first", first[0]
            yield f"deeper{number}.second", second
        yield "narrow0", self.narrow[0]
        yield "weighed", self.weighed
        yield "odds", self.answer

    def take(self, model: bytes) -> None:
        """Go on from a model that was written."""
        kept = {each.name: numpy_helper.to_array(each) for each in onnx.load_from_string(model).graph.initializer}
        with torch.no_grad():
            for name, layer in self.layers():
                layer.weight.copy_(torch.from_numpy(kept[f"{name}.w.half"].astype(np.float32)))
                layer.bias.copy_(torch.from_numpy(kept[f"{name}.b"].copy()))

    def exported(self) -> onnx.ModelProto:
        """The model as ONNX, its kernels in half precision."""
        self.eval()
        graph, named = Graph(), dict(self.layers())

        def convolved(name: str, source: str) -> str:
            return graph.add("Relu", [graph.convolution(name, source, named[name], None)], f"{name}.on")

        source = "pixels"
        for number in range(len(self.seen)):
            source = convolved(f"seen{number}", source)
        for number in range(len(self.first)):
            name = f"deeper{number}"
            second = graph.convolution(
                f"{name}.second", convolved(f"{name}.first", source), named[f"{name}.second"], None, rectified=False
            )
            source = graph.add("Relu", [graph.add("Add", [source, second], f"{name}.sum")], f"{name}.on")
        flat = graph.add("Flatten", [convolved("narrow0", source)], "flat")
        linear(graph, "odds", graph.add("Relu", [linear(graph, "weighed", flat, self.weighed)], "on"), self.answer)
        return graph.model("line classifier", ("pixels", "n", 5, HEIGHT, WIDTH), ("odds", "n", 1))


def linear(graph: Graph, name: str, source: str, layer: nn.Linear) -> str:
    kernel = graph.kernel(f"{name}.w", layer.weight.detach().numpy())
    bias = graph.constant(f"{name}.b", layer.bias.detach().numpy())
    return graph.add("Gemm", [source, kernel, bias], name, transB=1)


def gather(options: argparse.Namespace) -> None:
    cv2.setNumThreads(1)
    settings = DetectSettings(1, memory=0)
    fine = SmallTextDetector(open_session(SMALL_TEXT.load(""), settings), 0)
    classifier = LineClassifier(open_session(LINE_CLASSIFIER.load(""), settings))
    proposals.FAINT = FAINTER
    random = np.random.default_rng(SEED + options.seed)
    samples: list[Sample] = []
    begin = told = time.monotonic()
    for pixels, truth_of in images(random, options.seed):
        samples += lines_of(pixels, truth_of, fine, classifier, random)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{told - begin:5.0f} s: {len(samples)} lines", flush=True)
        if time.monotonic() - begin > 60 * options.minutes:
            break
    near, said, truth = zip(*samples, strict=True)
    np.savez(options.lines[0], near=np.stack(near), said=np.stack(said), truth=np.array(truth))
    print(f"{len(truth)} lines, {np.mean(truth):.0%} writing")


def images(random: np.random.Generator, seed: int) -> Iterator[tuple[NDArray[np.uint8], Truth]]:
    """Images without end, and what tells whether a line of each is writing."""
    split, number = OF_THE_TUNING_HALF + seed * 1_000_000, 0
    pieces = Pieces(SEED + seed, POOL, None, SINGLES)
    while True:
        number += 1
        if number % RENEW == 0:
            pieces = Pieces(SEED + seed * 1000 + number, POOL, None, SINGLES)
        draw = random.random()
        if draw < PIECES:
            piece = pieces.piece()
            yield piece.pixels, of_a_piece(piece)
            continue
        if draw < PIECES + HARD:
            image = hard_image(number, random)
        else:
            kind = list(KINDS)[int(random.choice(len(KINDS), p=list(KINDS.values())))]
            image = next(kind(split, 1, SIDES[number % 2], start=number))
        yield image.pixels, of_ink(image)


def hard_image(number: int, random: np.random.Generator) -> corpus.Lettered:
    """A hard background, spoiled or drawn, with marks or writing by lot."""
    side = int(random.integers(256, 640))
    behind = background(random, side)
    kind = random.random()
    if kind < 0.45:
        pixels = hard.spoiled(behind.pixels, random)
    elif kind < 0.45 + NOISE:
        pixels = hard.noise(random, side, int(side * random.uniform(0.6, 1.2)))
        if random.random() < 0.7:
            return corpus.write(number, replace(behind, pixels=pixels), random)
    else:
        pixels = hard.scene(random, side, int(side * random.uniform(0.6, 1.2)))
    behind, draw = replace(behind, pixels=np.ascontiguousarray(pixels)), random.random()
    if draw < 0.25:
        behind = corpus.with_marks(behind, random)
    if draw > 0.72:
        return corpus.write(number, behind, random)
    return corpus.Lettered(number, behind.modality, behind.source, behind.pixels, ())


def lines_of(
    pixels: NDArray[np.uint8],
    truth_of: Truth,
    fine: SmallTextDetector,
    classifier: LineClassifier,
    random: np.random.Generator,
) -> Iterator[Sample]:
    """Every candidate of an image, in one of the views of a file that holds it."""
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., 0])
    views = different(encodings.seen(encodings.stored(pixels, random)[1]).views)
    view = views[int(random.integers(len(views)))].pixels
    everywhere = np.ones(view.shape[:2], np.bool_)
    kernels = [each.line for each in proposals.propose(fine, view, everywhere, is_first=True)]
    writing = [line for line in kernels if truth_of(db.unclipped(line, UNCLIP))]
    beside = [_beside(line, random) for line in writing if random.random() < BESIDE]
    lines = [db.unclipped(line, UNCLIP) for line in (*kernels, *beside, *_beyond_others(writing, random))]
    sizes = Sizes(view)
    for line, odds in zip(lines, classifier.look(view, lines), strict=True):
        truth = truth_of(line)
        if truth is None or ((odds if truth else -odds) >= RIGHTLY and random.random() > PLAIN):
            continue
        near = sizes.near(line, MARGIN)
        yield near if near.ndim == 3 else np.repeat(near[..., np.newaxis], 3, 2), proportions(line), truth


def _beside(line: Line, random: np.random.Generator) -> Line:
    """A square beyond an end of a line, or partly on it."""
    side = int(random.choice([-1, 1]))
    away = side * ((line.along + line.across) / 2 + random.uniform(-0.4, 0.7) * line.across)
    x, y = line.x + away * math.cos(line.angle), line.y + away * math.sin(line.angle)
    return replace(line, x=x, y=y, along=line.across)


def _beyond_others(writing: Sequence[Line], random: np.random.Generator) -> Iterator[Line]:
    """What candidates hold beyond thinner ones, as the detector has it judged."""
    for line in writing:
        thinner = [other for other in writing if other is not line and other.across < line.across]
        if thinner and random.random() < 0.5:
            yield from parts_beyond(line, thinner)


def of_a_piece(piece: Piece) -> Truth:
    def truth(line: Line) -> bool | None:
        inside = _filled(line, (SIDE, SIDE))
        if not inside.any():
            return None
        share = float(piece.target[inside].mean())
        doubtful = float((piece.weight[inside] == 0).mean())
        return True if share >= WRITING else False if share == 0 and doubtful < 0.02 else None

    return truth


def of_ink(image: corpus.Lettered) -> Truth:
    ink = np.zeros(image.pixels.shape[:2], np.uint8)
    for string in image.strings:
        ink |= string.ink.view(np.uint8)
    wide = np.asarray(cv2.dilate(ink, np.ones((5, 5), np.uint8)), np.uint8)

    def truth(line: Line) -> bool | None:
        inside = _filled(line, wide.shape)
        share = float(wide[inside].mean()) if inside.any() else 0.0
        return True if share >= WRITING_INK else False if share == 0 else None

    return truth


def _filled(line: Line, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(np.array(line.quad)).astype(np.int32), 1)
    return area > 0


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    stored = [np.load(path) for path in options.lines]
    near, said, truth = (np.concatenate([each[name] for each in stored]) for name in ("near", "said", "truth"))
    tested = np.concatenate([np.arange(n) >= n * (TEST - 1) // TEST for n in (len(each["truth"]) for each in stored)])
    places, random = np.flatnonzero(~tested), np.random.default_rng(SEED + options.seed)
    model = Judge().to(memory_format=FAST)
    if options.start:
        model.take(options.start.read_bytes())
    report(model, near[tested], said[tested], truth[tested])
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=1e-2)
    begin, told, step, mean = time.monotonic(), 0.0, 0, 0.0
    while (share := (time.monotonic() - begin) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * share)) + 1e-6
        chosen = random.choice(places, BATCH)
        pixels = torch.from_numpy(np.stack([changed(near[each], said[each], random) for each in chosen]))
        target = torch.from_numpy(truth[chosen]).float()[:, None] * 0.98 + 0.01
        value = functional.binary_cross_entropy_with_logits(model(pixels.to(memory_format=FAST)), target)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        step += 1
        mean = 0.99 * mean + 0.01 * value.item() if mean else value.item()
        if time.monotonic() - told > 120:
            told = time.monotonic()
            print(f"{told - begin:5.0f} s, step {step}, loss {mean:.4f}", flush=True)
            report(model, near[tested], said[tested], truth[tested])
            options.out.write_bytes(model.exported().SerializeToString())
            model.train()
    report(model, near[tested], said[tested], truth[tested])
    options.out.write_bytes(model.exported().SerializeToString())


def changed(near: NDArray[np.uint8], said: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """What the model is shown of a kept line: a little moved and stretched, turned round, noisy or inverted."""
    rows, columns = near.shape[:2]
    matrix = np.array([[random.uniform(0.88, 1.14), random.normal(0, 0.03), 0], [0, random.uniform(0.88, 1.14), 0]])
    if random.random() < 0.25:
        matrix[:, :2] *= -1
    middle = np.array([columns / 2, rows / 2])
    matrix[:, 2] = np.array([WIDTH / 2, HEIGHT / 2]) - matrix[:, :2] @ middle + random.uniform(-3, 3, 2)
    moved = cv2.warpAffine(near, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    if random.random() < 0.3:
        moved = 255 - moved
    if random.random() < 0.3:
        moved += random.normal(0, random.uniform(1, 6), moved.shape)
    if random.random() < 0.15:
        moved = np.repeat(moved.mean(axis=2, keepdims=True), 3, 2)
    return shown(moved, said + random.normal(0, 0.05, 2).astype(np.float32))


def report(model: Judge, near: NDArray[np.uint8], said: NDArray[np.float32], truth: NDArray[np.bool_]) -> None:
    middle = near[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    model.eval()
    logits: list[float] = []
    with torch.no_grad():
        for start in range(0, len(truth), BATCH):
            some = range(start, min(start + BATCH, len(truth)))
            batch = torch.from_numpy(np.stack([shown(middle[each], said[each]) for each in some]))
            logits += model(batch)[:, 0].tolist()
    model.train()
    odds = np.array(logits)
    loss = np.logaddexp(0, np.where(truth, -odds, odds)).mean()
    kept = {share: (odds[~truth] > np.quantile(odds[truth], 1 - share)).mean() for share in (0.95, 0.98, 0.99)}
    print(
        f"unseen: loss {loss:.4f};",
        ", ".join(f"{a:.0%} kept with {b:.1%} in vain" for a, b in kept.items()),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("gather", "train"))
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--lines", type=Path, required=True, nargs="+", help="where the lines are kept (.npz)")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--from", dest="start", type=Path, help="go on from a written model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-3)
    options = parser.parse_args()
    (gather if options.what == "gather" else train)(options)


if __name__ == "__main__":
    main()
