"""The default engine: PP-OCRv6-small detection from the installed rapidocr wheel, with our own processing.

RapidOCR itself is never imported: its pipeline drops boxes whose text it cannot read, turns its errors into an
empty result and remembers the arguments of earlier calls. Here nothing is dropped unread and errors propagate.

Passes look at every view of a picture as it is, and with its local contrast brought to one level, which shows writing
only a few grey levels above what lies behind it; a small one enlarged and at its own size. Small marks that read as
words or letters are added.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect import db
from scanscrub.detect.adapter import DetectSettings, ModelFile
from scanscrub.detect.base import TextBox, TextDetector, TextReader
from scanscrub.detect.combine import different, without_repeats
from scanscrub.detect.legible import Legible
from scanscrub.detect.marks import Mark, marks
from scanscrub.detect.models import Model, missing_parts
from scanscrub.detect.onnx_metadata import metadata
from scanscrub.detect.passes import PASSES, SECOND_LOOK, Pass
from scanscrub.detect.reader import PpocrReader
from scanscrub.detect.runtime import Session, open_session
from scanscrub.detect.tiles import grid, padded
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETECTION = Model(
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "sha256",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNITION = Model(
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "sha256",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)


LETTER = 0.98
LETTER_MARGINS = (3, 5)
"""An isolated mark is a letter where it is read with this score, with either margin of pixels around it."""
WORD, PAIR = 0.9, 0.95
"""The same for what reads as three letters or more, and as two; these need not stand alone."""


class PpocrEngine:
    name = "ppocr"
    REQUIRES: tuple[str, ...] = ("rapidocr", "onnxruntime", "opencv-python-headless")
    install_command = "python -m pip install --force-reinstall scanscrub"

    def is_available(self) -> bool:
        return not self.missing()

    def missing(self) -> tuple[str, ...]:
        modules = zip(self.REQUIRES, ("rapidocr", "onnxruntime", "cv2"), strict=True)
        return missing_parts(modules, (DETECTION, RECOGNITION))

    def models(self) -> Sequence[ModelFile]:
        return (DETECTION.describe(), RECOGNITION.describe())

    def build(self, settings: DetectSettings) -> TextDetector:
        return PpocrDetector(_session(DETECTION, settings), PASSES, settings.memory, _reader(settings))

    def build_second_look(self, settings: DetectSettings) -> TextDetector:
        """A detector with another setting than `build`'s, precise enough to doubt a cleaned copy by."""
        detector = PpocrDetector(_session(DETECTION, settings), SECOND_LOOK, settings.memory)
        return Legible(detector, _reader(settings))

    def build_reader(self, settings: DetectSettings) -> TextReader:
        return _reader(settings)


@cache
def _session(model: Model, settings: DetectSettings) -> Session:
    """One session of a model for all that need it: the detector, the second look, the reader."""
    return open_session(model.load(PpocrEngine.install_command), settings)


@cache
def _reader(settings: DetectSettings) -> PpocrReader:
    alphabet = metadata(RECOGNITION.load(PpocrEngine.install_command))["character"].splitlines()
    return PpocrReader(_session(RECOGNITION, settings), alphabet, RECOGNITION.digest)


class PpocrDetector:
    """Looks at every view with every pass. Remembers the tiles it saw last; a memory never changes a result."""

    def __init__(
        self, session: Session, passes: Sequence[Pass], memory: int, reader: PpocrReader | None = None
    ) -> None:
        self._session = session
        self._reader = reader
        self._passes = tuple(passes)
        self._memory: OrderedDict[bytes, tuple[db.Line, ...]] = OrderedDict()
        self._memory_size = memory

    @property
    def identity(self) -> str:
        names = "+".join(each.name for each in self._passes)
        return f"ppocr {self._session.name} {DETECTION.digest[:12]} {names}"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        found: list[TextBox] = []
        for view in different(picture.views):
            pixels = view.pixels
            if pixels.dtype != np.uint8 or pixels.shape[2:] not in {(), (3,)} or pixels.size == 0:
                raise TypeError("a detector looks at grey or RGB pictures of uint8")
            seen = [line for each in self._different_passes(pixels) for line in self._look(pixels, each)]
            found += (TextBox(line.quad, line.score) for line in seen)
            if self._reader is not None:
                found += _written_marks(pixels, seen, self._reader)
        return without_repeats(found)

    def _different_passes(self, pixels: "NDArray[np.uint8]") -> list[Pass]:
        """The passes less those that show a large image as an earlier one did: at its own size."""
        rows, columns = pixels.shape[:2]
        shown = {
            (each.prepare, grid(rows, columns, margin=each.margin, short_side=each.short_side).scale): each
            for each in reversed(self._passes)
        }
        return [each for each in self._passes if each in shown.values()]

    def _look(self, pixels: "NDArray[np.uint8]", each: Pass) -> list[db.Line]:
        rows, columns = pixels.shape[:2]
        cut = grid(rows, columns, margin=each.margin, short_side=each.short_side)
        found: list[db.Line] = []
        for box in cut.boxes:
            area = _with_margin(pixels, box, each.margin)
            if area.min() == area.max():
                continue
            lines = self._remembered(area, each, cut.scale, min(rows, columns), whole=cut.is_whole)
            found += (line.mapped(1.0, box.left - each.margin, box.top - each.margin) for line in lines)
        return found

    def _remembered(
        self, area: "NDArray[np.uint8]", each: Pass, scale: float, short_side: int, *, whole: bool
    ) -> tuple[db.Line, ...]:
        """What `_lines` gives, from memory where the same area was seen under the same conditions."""
        digest = hashlib.blake2b(f"{each.name} {scale} {short_side} {whole} {area.shape} ".encode(), digest_size=32)
        digest.update(area.tobytes())
        key = digest.digest()
        if key in self._memory:
            self._memory.move_to_end(key)
            return self._memory[key]
        found = self._lines(area, each, scale, short_side, whole=whole)
        self._memory[key] = found
        if len(self._memory) > self._memory_size:
            self._memory.popitem(last=False)
        return found

    def _lines(
        self, area: "NDArray[np.uint8]", each: Pass, scale: float, short_side: int, *, whole: bool
    ) -> tuple[db.Line, ...]:
        """The lines in one area of an image whose short side is given, in the area's own pixels."""
        probability = self._probability(cv2.resize(each.prepare(area), None, fx=scale, fy=scale))
        limit = each.limit(short_side, whole=whole)
        lines = db.lines(probability, each.thresholds, lambda line: limit.allows(line.mapped(scale, 0.0, 0.0)))
        return tuple(
            line.grown(each.lengthen * line.across, 0.0).mapped(scale, 0.0, 0.0)
            for line in lines
            if line.across >= each.thinnest * scale
        )

    def _probability(self, image: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """The model's map for one ``(rows, columns, 3)`` BGR image no larger than the largest shape."""
        rows, columns = image.shape[:2]
        below, beside = padded(rows) - rows, padded(columns) - columns
        whole = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        batch = (whole.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[np.newaxis]
        probability = self._session.run(np.ascontiguousarray(batch))
        if probability.shape != (1, 1, *whole.shape[:2]) or not np.isfinite(probability).all():
            raise RuntimeError("the detection model gave no usable map")
        return probability[0, 0, :rows, :columns]


def _with_margin(pixels: "NDArray[np.uint8]", box: Box, margin: int) -> "NDArray[np.uint8]":
    """The box with `margin` pixels around it, the image's edge repeated outside of it."""
    rows, columns = pixels.shape[:2]
    wide = box.grown(margin)
    inside = wide.clipped(columns, rows)
    area = pixels[inside.top : inside.bottom, inside.left : inside.right]
    bordered = cv2.copyMakeBorder(
        area,
        inside.top - wide.top,
        wide.bottom - inside.bottom,
        inside.left - wide.left,
        wide.right - inside.right,
        cv2.BORDER_REPLICATE,
    )
    return np.asarray(bordered, np.uint8)


def _written_marks(pixels: "NDArray[np.uint8]", seen: Sequence[db.Line], reader: PpocrReader) -> Iterator[TextBox]:
    """The small marks, away from the lines seen, that the recogniser is sure are writing."""
    covered = np.zeros(pixels.shape[:2], np.uint8)
    for line in seen:
        cv2.fillConvexPoly(covered, np.round(np.array(line.grown(8.0, 8.0).quad)).astype(np.int32), 1)
    for mark in marks(pixels, covered.astype(bool)):
        corners = (mark.box.grown(margin).corners for margin in LETTER_MARGINS)
        if all(_is_writing(mark, *reader.read_area(pixels, each)) for each in corners):
            yield TextBox(mark.box.grown(max(LETTER_MARGINS)).corners, LETTER)


def _is_writing(mark: Mark, text: str, score: float) -> bool:
    match sum(character.isalnum() for character in text):
        case 0:
            return False
        case 1:
            return mark.alone and score >= LETTER
        case 2:
            return score >= PAIR
        case _:
            return score >= WORD


ENGINE = PpocrEngine()
