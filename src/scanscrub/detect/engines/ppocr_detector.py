"""Looks for writing with PP-OCRv6-small detection, and asks the other judges of a line.

Passes look at every view of a picture as it is, and with its local contrast brought to one level, which shows writing
only a few gray levels above what lies behind it; a small one enlarged and at its own size. The small text model looks
as well, the line classifier judges what they saw, and all of it decides with the reader (`line_scoring.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from scanscrub.detect.base import TextBox
from scanscrub.detect.candidates.blocks import without_blocks
from scanscrub.detect.candidates.calipers import crosses_of, without_calipers
from scanscrub.detect.candidates.continued import seen_on, traced_on
from scanscrub.detect.candidates.crosses import Cross
from scanscrub.detect.frames.passes import Pass, separately
from scanscrub.detect.frames.tiles import grid, padded
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import different, without_repeats
from scanscrub.detect.models.line_classifier import LINE_CLASSIFIER, LineClassifier
from scanscrub.detect.models.runtime import Session
from scanscrub.detect.models.small_text import SMALL_TEXT, TALL, SmallTextDetector, SmallTextFound
from scanscrub.detect.models.tile_cache import TileMemory
from scanscrub.detect.models.weights import Model
from scanscrub.detect.reading.reader import PpocrReader
from scanscrub.detect.scoring.line_scoring import Looks, SeenLines, accepted_lines, gather, weights_digest
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETECTION = Model(
    "scanscrub",
    "detect/models/PP-OCRv6_det_small.onnx",
    "sha256",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    elsewhere=("rapidocr", "models/PP-OCRv6_det_small.onnx"),
)

Crosses: TypeAlias = Callable[[], Sequence[Sequence[Cross]]]
"""Tells the crosses in each picture of a view: they are looked for only where there is need."""
SPARE = 0.2
"""Of its height, what a line is lengthened by when it is decided: the tail of a last letter is seen least surely."""


@dataclass(frozen=True, slots=True)
class LineModels:
    """What is asked about the lines that the passes saw."""

    fine: SmallTextDetector
    close: LineClassifier
    reader: PpocrReader


class PpocrDetector:
    """Looks at every view with every pass. Remembers the tiles it saw last; a memory never changes a result.

    One that `is_sure` by its passes asks the others about calipers alone.
    """

    def __init__(
        self, session: Session, passes: Sequence[Pass], memory: int, line_models: LineModels, *, is_sure: bool = False
    ) -> None:
        self._session = session
        self._passes = tuple(passes)
        self._memory = TileMemory[tuple[db.Line, ...]](memory)
        self.line_models = line_models
        self._is_sure = is_sure

    @property
    def identity(self) -> str:
        names = "+".join(each.name for each in self._passes)
        weighing = "" if self._is_sure else f"+{weights_digest()}"
        models = f"{DETECTION.digest[:12]}+{SMALL_TEXT.digest[:12]}+{LINE_CLASSIFIER.digest[:12]}{weighing}"
        return f"ppocr {self._session.name} {models} {names} without callipers"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        found: list[TextBox] = []
        views = different(picture.views)
        for pixels in (view.pixels for view in views):
            if pixels.dtype != np.uint8 or pixels.shape[2:] not in {(), (3,)} or pixels.size == 0:
                raise TypeError("a detector looks at gray or RGB pictures of uint8")
        crosses = cache(partial(crosses_of, views))
        for number, view in enumerate(views):
            found += (TextBox(line.quad, line.score) for line in self._lines(view, partial(_nth, crosses, number)))
        return without_repeats(found)

    def _lines(self, view: View, crosses: Crosses) -> Iterator[db.Line]:
        if self._is_sure:
            seen = [line for each in self._passes_for(view) for line in self._look(view.pixels, each)]
            yield from self._without_calipers(seen, view, crosses)
            return
        for line in self._convincing(view, crosses):
            yield line.grown(SPARE * min(line.across, TALL), 0.0)

    def _without_calipers(self, lines: Sequence[db.Line], view: View, crosses: Crosses) -> list[db.Line]:
        return without_calipers(lines, view.pictures, crosses, self.line_models.fine, self.line_models.close)

    def _convincing(self, view: View, crosses: Crosses) -> Iterator[db.Line]:
        line_models = self.line_models
        seen_lines = self.look(view)
        seen = list(accepted_lines(seen_lines, line_models.close, line_models.reader))
        lines = self._without_calipers(seen, view, crosses)
        apart = without_blocks(lines, seen_lines.traces)
        yield from apart
        yield from traced_on(apart, seen_lines.traces)
        yield from seen_on(apart, seen_lines.pictures, line_models.close, lines)

    def look(self, view: View) -> SeenLines:
        """What both models say of a view."""
        fine, pictures = self.line_models.fine, view.pictures
        looks = [fine.look(each) for each in pictures]
        calmer = SmallTextFound.all_of([fine.calmer(each) for each in pictures])
        smaller = SmallTextFound.all_of([look for each in pictures for look in fine.smaller(each)])
        all_looks = SmallTextFound.all_of(looks)
        traces = [Box.around(hint.quad) for hint in (*all_looks.hints, *smaller.hints)]
        seen = [
            line
            for each in self._passes_for(view)
            for line in self._look(view.pixels, each, traces if each.at_traces else None)
        ]
        return SeenLines(pictures, gather(Looks(seen, all_looks, calmer, smaller), view), all_looks.hints)

    def _passes_for(self, view: View) -> list[Pass]:
        passes = self._different_passes(view.pixels)
        return [separately(each) for each in passes] if view.at_once else passes

    def _different_passes(self, pixels: "NDArray[np.uint8]") -> list[Pass]:
        """The passes less those that show a large image as an earlier one did: at its own size."""
        rows, columns = pixels.shape[:2]
        shown = {
            (each.prepare, grid(rows, columns, margin=each.margin, short_side=each.short_side).scale): each
            for each in reversed(self._passes)
        }
        return [each for each in self._passes if each in shown.values()]

    def _look(self, pixels: "NDArray[np.uint8]", each: Pass, places: Sequence[Box] | None = None) -> list[db.Line]:
        """The lines of a pass, in the parts that meet one of the places where some are given."""
        rows, columns = pixels.shape[:2]
        cut = grid(rows, columns, margin=each.margin, short_side=each.short_side)
        found: list[db.Line] = []
        for box in cut.boxes:
            if places is not None and not any(map(box.meets, places)):
                continue
            area = _with_margin(pixels, box, each.margin)
            if area.min() == area.max():
                continue
            look = partial(self._lines_of, area, each, cut.scale, min(rows, columns), whole=cut.is_whole)
            lines = self._memory.recall(area, f"{each.name} {cut.scale} {min(rows, columns)} {cut.is_whole}", look)
            found += (line.mapped(1.0, box.left - each.margin, box.top - each.margin) for line in lines)
        return found

    def _lines_of(
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


def _nth(crosses: Callable[[], Sequence[Sequence[Sequence[Cross]]]], view: int) -> Sequence[Sequence[Cross]]:
    return crosses()[view]


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
