"""The default detector: the small text model proposes, the line classifier judges, the reader decides in doubt."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scanscrub.detect.base import TextBox
from scanscrub.detect.candidates.judged import Judgment, judge, written_lines
from scanscrub.detect.candidates.novel import Novelty
from scanscrub.detect.candidates.proposals import propose
from scanscrub.detect.lines.combine import different
from scanscrub.detect.models.line_classifier import LINE_CLASSIFIER, LineClassifier
from scanscrub.detect.models.small_text import SMALL_TEXT, SmallTextDetector
from scanscrub.detect.reading.reader import PpocrReader
from scanscrub.domain.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LineDetector:
    """Looks at every view where it shows something new, at all sizes."""

    def __init__(
        self, fine: SmallTextDetector, classifier: LineClassifier, reader: PpocrReader, runtime: str
    ) -> None:
        self._fine = fine
        self._classifier = classifier
        self._reader = reader
        self._runtime = runtime

    @property
    def identity(self) -> str:
        return f"ppocr {self._runtime} {SMALL_TEXT.digest[:12]}+{LINE_CLASSIFIER.digest[:12]} seven sizes"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        judgments: list[Judgment] = []
        known: defaultdict[int, Novelty] = defaultdict(Novelty)
        for view in different(picture.views):
            for number, pixels in enumerate(view.pictures):
                judgments += self._judged(pixels, known[number])
        found = [
            TextBox(each.line.quad, 1 / (1 + math.exp(-each.odds)))
            for each in written_lines(judgments, self._classifier)
        ]
        return tuple(sorted(found, key=lambda box: (box.box.top, box.box.left, box.quad)))

    def _judged(self, pixels: "NDArray[np.uint8]", novelty: Novelty) -> Iterator[Judgment]:
        """What is writing where one picture shows something new."""
        if pixels.dtype != np.uint8 or pixels.shape[2:] not in {(), (3,)} or pixels.size == 0:
            raise TypeError("a detector looks at gray or RGB pictures of uint8")
        is_first = novelty.is_empty
        new = novelty.of(pixels)
        if new.any():
            candidates = list(propose(self._fine, pixels, new, is_first=is_first))
            yield from judge(candidates, pixels, self._classifier, self._reader)
