"""What the large model, the small text model, the line classifier and the reader say of a line decides together.

The two models look at whole images. They were taught differently and take different bits of anatomy for writing,
hardly ever the same. The line classifier judges each line by itself, brought to one height; the reader makes letters
of writing and seldom of anatomy. What each says of a line is weighed by a logistic regression for the lines of either
model, for the faint traces of the second and for what it sees where the image is made smaller (`weights.json`,
fitted to the tuning half of the bench's corpus by `tests/bench/weighing.py`). A line is looked at closely, and read,
only where that can turn the decision.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from scanscrub.detect.candidates.blocks import not_under
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import SUREST, LineClassifier
from scanscrub.detect.models.small_text import NOTHING, SmallTextFound
from scanscrub.detect.reading.reader import PpocrReader
from scanscrub.detect.scoring.legibility import Legibility, legibility
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import View, ViewKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENOUGH = 0.65
"""The probability from which a line counts as writing: on the tuning half as many strings are found as from 0.4 on,
and a third as many clean images are hit.
"""
ENOUGH_IN_COLORS = 0.995
"""The same in a view of colors alone, whose edges look like writing to both models. Most of what is written in
color is seen in the other view, too: on the tuning half no string was lost. Both models see the same edge of Doppler
colors at 0.989.
"""
ENOUGH_SMALLER = 0.8
"""The same of what was seen only where the image was made smaller: from 0.9 on a few large letters of the tuning half
are lost, and as many clean images are hit.
"""
LEGIBLE, READ, PLAIN = Legibility(2, 0.9), Legibility(1, 0.6), Legibility(2, 0.98)
"""A huge line counts where it reads as well as the first whatever else is said, and never where it does not read as
well as the second: a reader makes nothing of an organ, and letters of that size are plain to it. A vast one counts
where it reads as well as the third.
"""
VAST = 0.25
"""Of the short side: a thicker line is vast, and as a rule half of the scan."""
COMMON = 0.3
"""The share of a line, or of what the other model saw, that both saw: enough to have seen the same. Where an image
was made smaller, of the line itself: a word within an area does not vouch for the area.
"""
MOST_CLOSE, MOST = 2048, 48
"""Lines of one image that are looked at closely, and that are read, the likeliest first; the others are left to what
the models say.
"""
NOT_ASKED = 0.0
"""What the line classifier is taken to have said of lines that it was not asked about: nothing, so that the models
decide, and a page is masked to its last line.
"""
THICK = 20.0
"""Pixels: thicker lines are seen better in an image made smaller by two, thinner ones do not count there."""
THICKEST = 0.9
"""Of the short side: what is thicker is the scan itself."""
USUAL, HUGE, MOST_HUGE = 12.0, 64.0, 128.0
"""Pixels: a usual thickness, from which others are counted; the one from which a line is huge; and the one beyond
which it makes no difference.
"""

MODELS = ("large", "fine", "trace", "calmer", "smaller", "huge")
"""What saw a line: the large model; the small text model; it as well, though fainter; where the image is made a
little smaller; or where it is made smaller by two, once or more: a large line, or a huge one, as a photograph of a
film's label has, and as organs and areas in color are taken for.
"""
SMALLER = MODELS[-3:]
Weights: TypeAlias = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """What was seen in one view: by the large model, and by the small text model at the view's own size, where it was
    made a little smaller, and where it was made smaller by two, once or more.
    """

    large: Sequence[Line]
    fine: SmallTextFound = NOTHING
    calmer: SmallTextFound = NOTHING
    smaller: SmallTextFound = NOTHING


@dataclass(frozen=True, slots=True)
class LineCandidate:
    """What is said of one line: `model` saw it, and `said` are its features by name."""

    line: Line
    model: str
    said: Mapping[str, float]
    is_vast: bool = False

    @property
    def enough(self) -> float:
        """The probability from which it counts."""
        if self.said["chroma"]:
            return ENOUGH_IN_COLORS
        return ENOUGH_SMALLER if self.model in SMALLER else ENOUGH

    def classified_as(self, odds: float) -> "LineCandidate":
        """The same with what the line classifier says."""
        return replace(self, said={**self.said, "close": odds / SUREST})

    def range(self) -> tuple[float, float]:
        """The probability that it is writing, as those not asked yet may say the worst or the best. A huge
        line is always read.
        """
        if self.model == "huge":
            return 0.0, 1.0
        looks = (self,) if "close" in self.said else (self.classified_as(-SUREST), self.classified_as(SUREST))
        possible = [each.probability(reading) for each in looks for reading in _EXTREMES]
        return min(possible), max(possible)

    def counts(self, reading: Legibility, probability: float) -> bool:
        """Whether it is writing, for what it reads as and the probability that this gives."""
        if self.model != "huge":
            return probability >= self.enough
        if self.is_vast:
            return reading.reaches(PLAIN)
        return reading.reaches(LEGIBLE) or (reading.reaches(READ) and probability >= self.enough)

    def probability(self, reading: Legibility) -> float:
        weights = weights_of(self.model)
        score = weights["bias"] + sum(weights[name] * value for name, value in {**self.said, **read(reading)}.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


@dataclass(frozen=True, slots=True, eq=False)
class SeenLines:
    """What the models say of the `pictures` of a view; `traces` is wherever the small text model saw anything."""

    pictures: "Sequence[NDArray[np.uint8]]"
    line_candidates: Sequence[LineCandidate]
    traces: Sequence[Line]


def gather(looks: Looks, view: View) -> list[LineCandidate]:
    """What is said of every line that was seen in any look at a view."""
    large, fine = looks.large, looks.fine
    seen_large = [(Box.around(line.quad), line.score * line.fill) for line in large]
    seen_fine = [(Box.around(line.quad), line.score) for line in fine.lines]
    hints = [Box.around(line.quad) for line in fine.hints]
    of_the_view = {kind.value: float(view.kind is kind) for kind in (ViewKind.CHROMA, ViewKind.FAINT)}
    candidates: list[LineCandidate] = []
    short_side = min(view.pixels.shape[:2])
    thickest = THICKEST * short_side
    calm = [line for line in (*looks.calmer.lines, *looks.calmer.faint) if line.across <= thickest]
    thick = [line for line in (*looks.smaller.lines, *looks.smaller.faint) if THICK <= line.across <= thickest]
    huge = [line for line in thick if line.across >= HUGE]
    thick = [line for line in thick if line.across < HUGE]
    seen = zip(MODELS, (large, fine.lines, fine.faint, calm, thick, huge), strict=True)
    for model, lines in seen:
        others = seen_fine if model == "large" else seen_large
        for line in lines:
            box = Box.around(line.quad)
            seen_too = (said for other, said in others if _common(box, other, whole=model in SMALLER) >= COMMON)
            beside = max(seen_too, default=0.0)
            hinted = max((_common(box, hint) for hint in hints), default=0.0)
            said = {**_shape(line), "beside": beside, "hinted": hinted, **of_the_view}
            candidates.append(LineCandidate(line, model, said, line.across > VAST * short_side))
    return candidates


def accepted_lines(seen: SeenLines, close: LineClassifier, reader: PpocrReader) -> Iterator[Line]:
    """The lines that are writing, as likely as is enough."""
    closely = [each for each in seen.line_candidates if each.model not in SMALLER]
    lines = list(_accepted_lines(closely, seen.pictures, close, reader))
    yield from lines
    smaller = {id(each.line): each for each in seen.line_candidates if each.model in SMALLER}
    alone = not_under([each.line for each in smaller.values()], lines, seen.traces)
    yield from _accepted_lines([smaller[id(line)] for line in alone], seen.pictures, close, reader)


def _accepted_lines(
    candidates: Sequence[LineCandidate],
    pictures: Sequence["NDArray[np.uint8]"],
    close: LineClassifier,
    reader: PpocrReader,
) -> Iterator[Line]:
    sure, doubted = _sorted_out(candidates)
    surely, doubted = _sorted_out(classified(doubted, pictures, close))
    yield from (lines := [each.line for each in (*sure, *surely)])
    known = [Box.around(line.quad) for line in lines]
    alone = [each for each in doubted if not _lies_in(Box.around(each.line.quad), known)]
    likeliest = sorted(alone, key=lambda each: -each.probability(UNREAD))
    yield from (each.line for each in likeliest[MOST:] if each.probability(UNREAD) >= each.enough)
    for each in likeliest[:MOST]:
        readings = (legibility(pixels, each.line, reader) for pixels in pictures)
        if any(each.counts(reading, each.probability(reading)) for reading in readings):
            yield each.line


def _sorted_out(candidates: Sequence[LineCandidate]) -> tuple[list[LineCandidate], list[LineCandidate]]:
    """What is writing whatever else is said, and what that will decide about."""
    sure: list[LineCandidate] = []
    doubted: list[LineCandidate] = []
    for each in candidates:
        least, most = each.range()
        if least >= each.enough:
            sure.append(each)
        elif most >= each.enough:
            doubted.append(each)
    return sure, doubted


def classified(
    candidates: Sequence[LineCandidate], pictures: Sequence["NDArray[np.uint8]"], close: LineClassifier
) -> list[LineCandidate]:
    """What is said of the lines, with what the line classifier says at the best picture of the likeliest of them."""
    ordered = sorted(candidates, key=lambda each: -each.classified_as(0.0).probability(UNREAD))
    lines = [each.line for each in ordered[:MOST_CLOSE]]
    odds = [max(each) for each in zip(*(close.look(pixels, lines) for pixels in pictures), strict=True)]
    odds += [NOT_ASKED] * (len(ordered) - len(lines))
    return [each.classified_as(said) for each, said in zip(ordered, odds, strict=True)]


@cache
def weights_of(model: str) -> Weights:
    """The weight of each feature for lines that one of the `MODELS` saw."""
    return {str(name): float(weight) for name, weight in json.loads(_weighing())[model].items()}


def weights_digest() -> str:
    """What tells one fit from another, where results are remembered: 12 hex digits."""
    return hashlib.sha256(_weighing()).hexdigest()[:12]


def _weighing() -> bytes:
    return files("scanscrub.detect.scoring").joinpath("weights.json").read_bytes()


def read(reading: Legibility) -> Mapping[str, float]:
    """The features of a reading."""
    return {
        "read": reading.score,
        "letters": min(reading.letters, 4) / 4,
        "unread": float(reading.letters == 0),
    }


UNREAD = Legibility(0, 0.0)
_EXTREMES = (UNREAD, *(Legibility(letters, score) for letters in (1, 4) for score in (0.0, 1.0)))


def _shape(line: Line) -> Mapping[str, float]:
    return {
        "score": line.score,
        "fill": line.fill,
        "thickness": math.log(min(max(line.across, 1.0), MOST_HUGE) / USUAL),
    }


def _lies_in(box: Box, others: Sequence[Box]) -> bool:
    return any(_overlap(box, other) >= 0.8 * box.area for other in others)


def _common(one: Box, other: Box, *, whole: bool = False) -> float:
    """The overlap as a share of the smaller one, or of the `whole` first one."""
    return _overlap(one, other) / max(1, one.area if whole else min(one.area, other.area))


def _overlap(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0) * max(height, 0)
