"""Make ``src/scanscrub/detect/models/small_text.onnx``, which reckons in 8 bits, of what `train_small_text.py` wrote.

    python tests/bench/quantize_small_text.py [--of tests/bench/small_text_float.onnx] --out small_text.onnx

Needs onnx and sympy, beside what the project needs. Steps of numbers are chosen by the least and greatest values that
the detector meets on images of the corpus' tuning half. Weights have seven bits: a processor without the newest
instructions adds two products in sixteen. The first layer stays in floats, as a gray level is less than a step of its
input would be.
"""

import argparse
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import corpus
import encodings_of_scans as encodings
import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines.registry import DEFAULT, build_detector
from scanscrub.detect.models import small_text
from scanscrub.detect.models.small_text import shown

FLOAT = Path(__file__).with_name("small_text_float.onnx")
START = 400
"""The number of the first image: those before it are for choosing thresholds."""
LETTERED, CLEAN, MARKED = 40, 12, 10
EACH = 5
"""How many of the tiles that the detector shows the model of an image are taken, by lot."""
SMALLEST = 48


class Met(CalibrationDataReader):  # type: ignore[misc] # onnxruntime has no types
    """Inputs of the model, one by one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._inputs = inputs()

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        planes = next(self._inputs, None)
        return None if planes is None else {self._name: planes[np.newaxis]}


def inputs() -> Iterator[NDArray[np.float32]]:
    """What the detector shows the model of images of the corpus."""
    met: list[NDArray[np.float32]] = []

    def noted(area: NDArray[np.uint8]) -> NDArray[np.float32]:
        met.append(shown(area))
        return met[-1]

    small_text.shown = noted
    detector = build_detector(DEFAULT, DetectSettings(threads=2, memory=0))
    images = chain(
        corpus.lettered(corpus.TUNING, LETTERED, start=START),
        corpus.clean(corpus.TUNING, CLEAN, start=START),
        corpus.marked(corpus.TUNING, MARKED, start=START),
    )
    for image in images:
        stored = encodings.stored(image.pixels, np.random.default_rng(corpus.TUNING + image.number))[1]
        met.clear()
        detector.find(encodings.seen(stored))
        large = [planes for planes in met if min(planes.shape[1:]) >= SMALLEST]
        for place in np.random.default_rng(image.number).permutation(len(large))[:EACH]:
            yield large[place]


def quantize(source: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        quant_pre_process(source, plain, skip_symbolic_shape=True)
        model = onnx.load(plain)
        for node in model.graph.node:
            node.name = node.output[0]
        onnx.save(model, plain)
        quantize_static(
            plain,
            target,
            Met(model.graph.input[0].name),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Relu", "Add", "Resize"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=["first"],
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", type=Path, default=FLOAT)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    quantize(options.of, options.out)
