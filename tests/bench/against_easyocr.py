"""How much faster the default detector looks than EasyOCR reads: ``python tests/bench/against_easyocr.py``.

Runs EasyOCR's `readtext`, detection and recognition with its own defaults, and our detector, all its passes and the
marks it reads, on the same images of the corpus, in one process, on both runtimes where OpenVINO is installed. Needs
the `easyocr` extra. CPU seconds after a first run that warms up; ratios are what counts.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import corpus
import numpy as np
from backgrounds import Pixels

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines.easyocr import CRAFT
from scanscrub.detect.engines.registry import build_detector
from scanscrub.domain.picture import Picture, View

SHAPES = ((512, 512), (2000, 2500))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=3)
    parser.add_argument("--large", type=int, default=1, help="images of the largest shape")
    options = parser.parse_args()
    runtimes = ("onnxruntime", *(("openvino",) if find_spec("openvino") else ()))
    detectors = {name: build_detector((), DetectSettings(2, name, memory=0)) for name in runtimes}
    readtext = _readtext()
    for shape in SHAPES:
        images = list(_images(shape, options.images if shape == SHAPES[0] else options.large))
        theirs = [_seconds(partial(readtext, image)) for image in images]
        print(f"{shape[1]}x{shape[0]}: EasyOCR readtext {statistics.mean(theirs):.2f} CPU s", flush=True)
        for name, detector in detectors.items():
            ours = [_seconds(partial(detector.find, Picture((View("window", image),)))) for image in images]
            ratio = sum(theirs) / sum(ours)
            print(f"  {name}: {statistics.mean(ours):.2f} CPU s, {ratio:.1f} times faster", flush=True)


def _images(shape: tuple[int, int], count: int) -> list[Pixels]:
    rows, columns = shape
    images = corpus.lettered(corpus.TUNING, count, (columns, columns + 1))
    return [np.ascontiguousarray(np.resize(each.pixels, (rows, columns, *each.pixels.shape[2:]))) for each in images]


def _readtext() -> Callable[[Pixels], object]:
    import easyocr  # noqa: PLC0415 - heavy, and of an extra

    path = CRAFT.locate()
    assert path is not None, "the easyocr extra brings its weights"
    folder = str(path.parent)
    reader = easyocr.Reader(
        ["en"],
        gpu=False,
        model_storage_directory=folder,
        user_network_directory=folder,
        download_enabled=False,
        verbose=False,
    )
    return reader.readtext  # type: ignore[no-any-return] # EasyOCR has no types


def _seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the second of two runs of a small image; of the only one of a large one."""
    start = time.process_time()
    work()
    first = time.process_time() - start
    if first > 30:
        return first
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
