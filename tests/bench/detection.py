"""How much burned-in writing is found, what is masked in vain, and how long it takes.

    python tests/bench/detection.py recall --engine ppocr [--engine easyocr] [--images 300 --clean 150] [--misses]
    python tests/bench/detection.py speed --engine ppocr --runtime onnxruntime

Recall is counted on the hold-out of the seeded corpus; ``--tuning`` takes the other split. Several engines are
scored one by one and as their union. Speed is given as a ratio to one bare call of the detection model on a 736x736
image, in the same process, so that machines can be compared. `corpus.py` and `scoring.py` define what counts.
"""

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from itertools import chain

import corpus
import encodings_of_scans as encodings
import numpy as np
from backgrounds import Pixels
from lettering import missing_fonts
from scoring import Score

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines.ppocr import PpocrEngine
from scanscrub.detect.engines.registry import DEFAULT, build_detector
from scanscrub.detect.engines.second_look import DETECTION
from scanscrub.detect.models.runtime import open_session
from scanscrub.domain.picture import Picture, View

SHAPES = ((512, 512), (2000, 2500))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("recall", "speed"))
    parser.add_argument("--engine", action="append", default=[], help="repeat for the union")
    parser.add_argument("--runtime", choices=("auto", "onnxruntime", "openvino"), default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--clean", type=int, default=150)
    parser.add_argument("--marked", type=int, default=0, help="images with marks of devices and no writing as well")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--large", action="store_true", help="small images with large strings instead")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    settings = DetectSettings(options.threads, options.runtime, memory=0)
    (recall if options.what == "recall" else speed)(options, settings)
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def recall(options: argparse.Namespace, settings: DetectSettings) -> None:
    """Each image is stored in an encoding drawn by lot, and seen as `clean` sees the file."""
    detectors = [build_detector([name], settings) for name in options.engine or DEFAULT]
    names = [detector.identity for detector in detectors]
    print("fonts not installed:", missing_fonts() or "none")
    split = corpus.TUNING if options.tuning else corpus.HOLD_OUT
    scores = {name: Score() for name in (*names, *["union"][: len(names) - 1])}
    usual = chain(
        corpus.lettered(split, options.images),
        corpus.clean(split, options.clean),
        corpus.marked(split, options.marked),
    )
    for image in corpus.large(split, options.images) if options.large else usual:
        picture = encodings.seen(encodings.stored(image.pixels, np.random.default_rng(split + image.number))[1])
        found = [tuple(detector.find(picture)) for detector in detectors]
        for score, boxes in zip(scores.values(), (*found, sum(found, ())), strict=False):
            score.add(image, boxes)
    for name, score in scores.items():
        print(name, *score.lines(), sep="\n")
        if options.misses:
            print(*score.misses(), sep="\n")


def speed(options: argparse.Namespace, settings: DetectSettings) -> None:
    detector = build_detector(options.engine, settings)
    session = open_session(DETECTION.load(PpocrEngine.install_command), settings)
    batch = np.random.default_rng(0).normal(0, 0.5, (1, 3, 736, 736)).astype(np.float32)
    call = _seconds(lambda: session.run(batch))
    print(f"{detector.identity}: one call of the model {call:.3f} s")
    for rows, columns in SHAPES:
        image = next(corpus.lettered(corpus.TUNING, 1, (columns, columns + 1)))
        pixels = np.ascontiguousarray(np.resize(image.pixels, (rows, columns, *image.pixels.shape[2:])))
        taken = _seconds(partial(detector.find, _picture(pixels)))
        print(f"{columns}x{rows}: {taken:.2f} s, {taken / call:.1f} calls of the model")


def _seconds(work: Callable[[], object]) -> float:
    """The least of three, after a first one that warms up."""
    work()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _picture(pixels: Pixels) -> Picture:
    return Picture((View("window", pixels),))


if __name__ == "__main__":
    main()
