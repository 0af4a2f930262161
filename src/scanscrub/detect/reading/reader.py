"""Reads the lines a detector found, with PP-OCRv6-small recognition from the rapidocr wheel.

A box is read along its long side in both directions; one about as high as wide from all four sides. The reading
that the model is surest of counts. Reading comes after masking is decided and can never take a mask away.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.base import Reading, TextBox
from scanscrub.detect.lines.combine import different
from scanscrub.detect.models.runtime import Session
from scanscrub.detect.models.weights import Model
from scanscrub.detect.reading.crops import LARGEST_WIDTH, upright
from scanscrub.detect.reading.views import SURE, best_side, read_views
from scanscrub.domain.geometry import Quad
from scanscrub.domain.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECOGNITION = Model(
    "scanscrub",
    "detect/models/PP-OCRv6_rec_small.onnx",
    "sha256",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    elsewhere=("rapidocr", "models/PP-OCRv6_rec_small.onnx"),
)
HEIGHT = 48
WIDTHS = (32, 64, 96, 128, 160, 192, 320, 640, 800, 960, 1120, 1280, 1600, 2000, LARGEST_WIDTH)
"""What a crop is padded to; a runtime compiles its kernels anew for every width it meets."""
MEMORY = 2048
"""How many readings are remembered: those of the crops that were read last."""


class PpocrReader:
    """`load` gives the model and its characters in the order of its classes, after the CTC blank.

    It is asked when the first line is read: many a picture of a repository has none.
    """

    def __init__(self, load: Callable[[], tuple[Session, Sequence[str]]], digest: str) -> None:
        self._load = load
        self._digest = digest
        self._memory: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    @cached_property
    def _model(self) -> tuple[Session, tuple[str, ...]]:
        session, alphabet = self._load()
        return session, ("", *alphabet, " ")

    @property
    def identity(self) -> str:
        return f"ppocr reader {self._model[0].name} {self._digest[:12]}"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        views = different(picture.views)
        return [read_views(views, box.quad, self._read_line) for box in boxes]

    def read_area(self, pixels: "NDArray[np.uint8]", quad: Quad, sure: float = SURE) -> tuple[str, float]:
        """The text and score of a quad of one gray or RGB image, from the side it reads best; the others are read
        where the first one is less than `sure`.
        """
        best = best_side(pixels, quad, self._read_line, sure)
        return best.text, best.score

    def _read_line(self, pixels: "NDArray[np.uint8]", quad: Quad) -> tuple[str, float]:
        """What `_line` gives, from memory where the same crop was read: of another frame, or in a second look."""
        crop = upright(pixels, quad, HEIGHT)
        digest = hashlib.blake2b(repr(crop.shape).encode(), digest_size=32)
        digest.update(crop.tobytes())
        key = digest.digest()
        found = self._memory.pop(key, None) or self._line(crop)
        self._memory[key] = found
        if len(self._memory) > MEMORY:
            self._memory.popitem(last=False)
        return found

    def _line(self, crop: "NDArray[np.uint8]") -> tuple[str, float]:
        """Greedy CTC decoding (Graves et al. 2006): the text and its mean probability."""
        image = cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR if crop.ndim == 2 else cv2.COLOR_RGB2BGR)
        beside = next(width for width in WIDTHS if image.shape[1] <= width) - image.shape[1]
        padded = cv2.copyMakeBorder(image, 0, 0, 0, beside, cv2.BORDER_REPLICATE)
        batch = (padded.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis]
        session, alphabet = self._model
        likely = session.run(np.ascontiguousarray(batch))[0]
        if likely.shape[-1] != len(alphabet):
            raise RuntimeError("the recognition model and its alphabet do not belong together")
        classes = likely.argmax(axis=1)
        new = np.flatnonzero((classes != 0) & (np.diff(classes, prepend=-1) != 0))
        if not new.size:
            return "", 0.0
        return "".join(alphabet[classes[place]] for place in new), float(likely[new, classes[new]].mean())
