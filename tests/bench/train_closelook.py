"""Train the close look and write its model, ``src/scanscrub/detect/models/line_classifier.onnx``.

    PYTHONPATH=tests python tests/bench/train_closelook.py gather --minutes 30 --lines L.npz [--volume HEAD.nii.gz]
    PYTHONPATH=tests python tests/bench/train_closelook.py gather --minutes 20 --lines C.npz --corpus 3000
    PYTHONPATH=tests python tests/bench/train_closelook.py train --minutes 25 --lines L.npz C.npz --out M.onnx

Needs what `train_fineprint.py` needs. `gather` shows pieces of training images, stored in encodings drawn by lot, to
the detector and keeps every line that either model took for writing, with what surrounds it and whether it is
writing; `train` learns from them, and prints how well it does on the tenth part it has not seen. The model of the
package took two times 26 minutes of gathering on two processors (140,000 lines), 29 more of the tuning half of the
corpus from number 3000 on (74,000 lines), twenty of it with marks of devices from numbers 9000 and 15,000 on (89,000
lines), and seven trainings, of 24, 24, 30, 26, 13, 14 and 15 minutes, each `--from` the one before. The first two
saw the image's edge repeated beyond it; the others, with large letters and without the 37,000 lines of the first
gathering that showed such an edge, see it plain; the last four learnt from the corpus as well: of lines on images
that it had not seen, the mean logarithmic loss went from 0.091 to 0.059 by the fourth, and of marks from 0.40 to
0.12 by the last.
"""

import argparse
import math
import multiprocessing
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import corpus
import cv2
import encodings_of_scans as encodings
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from train_fineprint import Block, Deeper, Graph
from training_images import SIDE, Piece, Pieces
from weighing import WRITING as WRITING_INK
from weighing import ink_share, inked

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.candidates.continued import beside
from scanscrub.detect.engines.ppocr_detector import PpocrDetector
from scanscrub.detect.engines.registry import build_detector
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import different
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models import small_text
from scanscrub.detect.models.line_classifier import HEIGHT, WIDTH, Sizes, proportions, shown
from scanscrub.detect.models.small_text import SmallTextFound
from scanscrub.detect.scoring.line_scoring import THICK

SEED, POOL, RENEW = 3_000_000, 160, 1500
SINGLES = 0.45
"""The share of single letters: they are what is hard."""
KINDS = {corpus.lettered: 0.15, corpus.annotated: 0.35, corpus.clean: 0.1, corpus.marked: 0.4}
"""The shares of images of the corpus: with writing, with writing and what devices draw, and without writing."""
BOTH = 0.2
"""The share of pieces that both models look at; the others only the fine print model, a tenth of the work."""
WRITING = 0.25
"""The share of a line that words must cover for it to be writing; one with less, but some, is neither."""
FAINTER = db.Thresholds(bitmap=0.1, box=0.1, unclip=0.0, evidence=0.0)
"""Hints for the close look to learn from: weaker than those that count, so that it meets more that is none."""
MARGIN = 8
"""Pixels kept around what the model is shown, so that it can be shown a little moved."""
BESIDE = 0.4
"""The share of lines of writing whose neighborhood is judged as well: does it go on, or end?"""
PLAIN = 0.3
"""Of the lines that are writing and seen most surely, this share is kept."""
BATCH, TEST = 192, 10

Sample = tuple[NDArray[np.uint8], NDArray[np.float32], bool]


class Judge(nn.Module):  # type: ignore[misc] # torch is no dependency of the project
    """``(n, 5, HEIGHT, WIDTH)`` to logits ``(n, 1)``."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Sequential(
            Block(5, 24, stride=2), Block(24, 48), Block(48, 48, stride=2), Block(48, 72), Block(72, 80, stride=2)
        )
        self.deeper = nn.ModuleList([Deeper(80, 1), Deeper(80, 1)])
        self.narrow = Block(80, 24)
        self.weighed = nn.Linear(24 * (HEIGHT // 8) * (WIDTH // 8), 64)
        self.answer = nn.Linear(64, 1)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        seen = self.seen(pixels)
        for more in self.deeper:
            seen = more(seen)
        flat = functional.dropout(self.narrow(seen).flatten(1), 0.2, self.training)
        answer: torch.Tensor = self.answer(functional.relu(self.weighed(flat)))
        return answer


def gather(options: argparse.Namespace) -> None:
    queue: multiprocessing.Queue[list[Sample]] = multiprocessing.Queue(64)
    seed = SEED + options.seed * 100_000
    makers = [
        multiprocessing.Process(
            target=make if options.corpus is None else make_of_corpus,
            args=(queue, seed + 1000 * number, options.volume)
            if options.corpus is None
            else (queue, options.corpus + number, options.processes),
            daemon=True,
        )
        for number in range(options.processes)
    ]
    for maker in makers:
        maker.start()
    samples: list[Sample] = []
    begin = told = time.monotonic()
    while time.monotonic() - begin < 60 * options.minutes:
        samples += queue.get()
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{told - begin:5.0f} s: {len(samples)} lines", flush=True)
    for maker in makers:
        maker.terminate()
    near, said, truth = zip(*samples, strict=True)
    np.savez(options.lines[0], near=np.stack(near), said=np.stack(said), truth=np.array(truth))
    print(f"{len(truth)} lines, {np.mean(truth):.0%} writing")


def make(queue: "multiprocessing.Queue[list[Sample]]", seed: int, volume: Path | None) -> None:
    detector = a_detector()
    while True:
        random = np.random.default_rng(seed)
        pieces = Pieces(seed, POOL, volume, SINGLES)
        seed += 1
        for _ in range(RENEW):
            piece = pieces.piece()
            queue.put(list(lines_of(piece.pixels, partial(is_writing, piece), detector, random)))


def make_of_corpus(queue: "multiprocessing.Queue[list[Sample]]", start: int, step: int) -> None:
    """Lines of the tuning half of the corpus."""
    detector = a_detector()
    for number in count(start, step):
        random = np.random.default_rng(corpus.TUNING + number)
        several = list(KINDS)[int(random.choice(len(KINDS), p=list(KINDS.values())))]
        for image in several(corpus.TUNING, 1, start=number):
            queue.put(list(lines_of(image.pixels, partial(covers_ink, inked(image)), detector, random)))


def a_detector() -> PpocrDetector:
    """One that takes more for a trace of writing than is asked about in use."""
    cv2.setNumThreads(1)
    small_text.HINTS, small_text.LEAST_EVIDENCE = FAINTER, 0.03
    detector = build_detector((), DetectSettings(1, memory=0))
    assert isinstance(detector, PpocrDetector)
    return detector


def lines_of(
    pixels: NDArray[np.uint8],
    truth_of: Callable[[Line], bool | None],
    detector: PpocrDetector,
    random: np.random.Generator,
) -> Iterator[Sample]:
    """Every line that is seen in an image, in one of the views of a file that holds it."""
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., 0])
    views = list(different(encodings.seen(encodings.stored(pixels, random)[1]).views))
    view = views[int(random.integers(len(views)))]
    if random.random() < BOTH:
        heard = detector.look(view)
        seen = [each.line for each in heard.line_candidates]
    else:
        fine = detector.line_models.fine
        look = SmallTextFound.all_of([fine.look(view.pixels), fine.calmer(view.pixels)])
        smaller = SmallTextFound.all_of([*fine.smaller(view.pixels)])
        seen = [
            *look.lines,
            *look.faint,
            *(line for line in (*smaller.lines, *smaller.faint) if line.across >= THICK),
        ]
    sizes = Sizes(view.pixels)
    writing = [line for line in seen if truth_of(line)]
    beyond = [beside(line, int(random.choice([-1, 1])), random.uniform(-0.4, 0.7)) for line in writing]
    for line in (*seen, *(line for line in beyond if random.random() < BESIDE)):
        truth = truth_of(line)
        if truth is None or (truth and line.score > 0.9 and random.random() > PLAIN):
            continue
        near = sizes.near(line, MARGIN)
        yield near if near.ndim == 3 else np.repeat(near[..., np.newaxis], 3, 2), proportions(line), truth


def is_writing(piece: Piece, line: Line) -> bool | None:
    """Whether a line is writing; None where that cannot be said."""
    area = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(area, np.round(np.array(line.quad)).astype(np.int32), 1)
    if not area.any():
        return None
    inside = area > 0
    share = float(piece.target[inside].mean())
    doubtful = float((piece.weight[inside] == 0).mean())
    if share >= WRITING:
        return True
    return False if share == 0 and doubtful < 0.02 else None


def covers_ink(ink: NDArray[np.uint8], line: Line) -> bool | None:
    """The same by the ink of an image of the corpus."""
    share = ink_share(line, ink)
    return share >= WRITING_INK if share >= WRITING_INK or share == 0 else None


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(SEED)
    stored = [np.load(path) for path in options.lines]
    near, said, truth = (np.concatenate([each[name] for each in stored]) for name in ("near", "said", "truth"))
    tested = np.concatenate([np.arange(n) >= n * (TEST - 1) // TEST for n in (len(each["truth"]) for each in stored)])
    places, random = np.flatnonzero(~tested), np.random.default_rng(SEED + options.seed)
    model = Judge()
    if options.start:
        model.load_state_dict(torch.load(options.start))
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=1e-2)
    begin, step, mean = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - begin) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * share)) + 1e-6
        chosen = random.choice(places, BATCH)
        pixels = torch.from_numpy(np.stack([changed(near[each], said[each], random) for each in chosen]))
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(pixels)
        target = torch.from_numpy(truth[chosen]).float()[:, None] * 0.98 + 0.01
        value = functional.binary_cross_entropy_with_logits(logits.float(), target)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        step += 1
        mean = 0.99 * mean + 0.01 * value.item() if mean else value.item()
        if step % 200 == 0:
            print(f"{time.monotonic() - begin:5.0f} s, step {step}, loss {mean:.4f}", flush=True)
        if step % 2000 == 0:
            report(model, near[tested], said[tested], truth[tested])
    report(model, near[tested], said[tested], truth[tested])
    torch.save(model.state_dict(), options.out.with_suffix(".pt"))
    options.out.write_bytes(exported(model).SerializeToString())


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


def exported(model: Judge) -> onnx.ModelProto:
    """The model as ONNX, its kernels in half precision."""
    model.eval()
    graph = Graph()
    seen = graph.deeper("deeper", graph.blocks("seen", "pixels", model.seen), model.deeper)
    flat = graph.add("Flatten", [graph.blocks("narrow", seen, model.narrow)], "flat")
    weighed = graph.add("Relu", [linear(graph, "weighed", flat, model.weighed)], "weighed.on")
    linear(graph, "odds", weighed, model.answer)
    return graph.model("closelook", ("pixels", "n", 5, HEIGHT, WIDTH), ("odds", "n", 1))


def linear(graph: Graph, name: str, source: str, layer: nn.Linear) -> str:
    kernel = graph.kernel(f"{name}.w", layer.weight.detach().numpy())
    bias = graph.constant(f"{name}.b", layer.bias.detach().numpy())
    return graph.add("Gemm", [source, kernel, bias], name, transB=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("gather", "train"))
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--lines", type=Path, required=True, nargs="+", help="where the lines are kept (.npz)")
    parser.add_argument("--corpus", type=int, help="gather from the corpus' tuning half, from that image on")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--volume", type=Path, help="a head in MR for more backgrounds (NIfTI, gzipped)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--from", dest="start", type=Path, help="go on from the state saved beside a model (.pt)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=2e-3)
    options = parser.parse_args()
    (gather if options.what == "gather" else train)(options)


if __name__ == "__main__":
    main()
