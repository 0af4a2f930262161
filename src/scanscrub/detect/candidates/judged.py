"""Which candidates are writing, and what of each is to be masked: the line classifier decides, and asks the reader.

One line is seen at several sizes and in several views. Seen closest it is tightest, so the sizes are gone through
from the largest on. A coarser candidate that holds lines known already is judged by what it holds beyond them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.candidates.extent import to_its_ink
from scanscrub.detect.candidates.proposals import Candidate
from scanscrub.detect.lines import db
from scanscrub.detect.lines.db import Line, turned
from scanscrub.detect.models.line_classifier import LineClassifier
from scanscrub.detect.reading.reader import PpocrReader
from scanscrub.domain.geometry import Box, Quad, shared_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 1.0
"""The logarithm of the odds from which a candidate is writing, chosen on the tuning half of the bench's corpus."""
DOUBTED, MOST_READ = -1.0, 12
"""The odds from which a candidate is doubted, and is writing where it can be read: of 242 less likely ones of the
tuning half none was, and two of grain read as words. And how many are read, the likeliest first.
"""
READ, LETTERS, STROKES = 0.9, 2, frozenset("1Il|iJj!-一二丨十oO0")
"""How sure a reader must be, of how many different letters or figures; mere strokes and rings are none."""
PLAIN, HUGE = 16.0, 64.0
"""Pixels of ink from which the classifier must be surer, in proportion, and from which it must be read: large letters
are plain to both, and teeth and organs made small look like letters.
"""
UNCLIP = 0.6
"""How far ink is grown before it is judged, as in training."""
LOWEST = 6.0
"""Pixels of the size that is shown: lower ink is seen better at a larger size, where there is one."""
SAME, SEPARATE = 0.85, 0.1
"""The share of a candidate under known lines from which it is one of them, and up to which it is one of its own."""
LIKE, TURNED, ASIDE = 1.6, 0.2, 0.4
"""How many times as high a candidate is at most that goes on with a known line, the sine of the angle between them,
and how far its middle lies aside, for the known line's height.
"""
BESIDE = 0.3
"""Of a known line's height, how much around it is part of it."""
FREE, LEAST = 0.2, 5
"""The share of a column, or of a row, that may lie under known lines where it is beyond them, and the pixels that
what is beyond them is wide or high at least.
"""
NARROWEST = 8.0
"""Pixels: no mask is narrower, so that it is known as one when a copy is looked at again."""
MARGIN, ROUNDING = 0.05, 1.0
"""How much a mask is larger than the ink at each side: of the line's height, and in pixels."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line of writing as it is masked, and the logarithm of the odds that it is one."""

    line: Line
    odds: float


@dataclass(frozen=True, slots=True, eq=False)
class Judgment:
    """A candidate of an image, and what the classifier said of it."""

    candidate: Candidate
    pixels: "NDArray[np.uint8]"
    odds: float

    @property
    def order(self) -> tuple[bool, float, bool, float]:
        """The one that is seen best comes first."""
        candidate = self.candidate
        low = candidate.line.across * candidate.size < LOWEST
        return low, -candidate.size, candidate.is_faint, -self.odds


def judge(
    candidates: Sequence[Candidate], pixels: "NDArray[np.uint8]", classifier: LineClassifier, reader: PpocrReader
) -> Iterator[Judgment]:
    """The candidates of an image that are writing: those in doubt, and huge ones, where they read as such."""
    lines = [db.unclipped(candidate.line, UNCLIP) for candidate in candidates]
    judged = list(map(Judgment, candidates, [pixels] * len(lines), classifier.look(pixels, lines)))
    sure = [each for each in judged if each.odds >= _needed(each.candidate.line.across)]
    yield from sure
    boxes = [Box.around(each.candidate.line.quad) for each in sure]
    doubted = sorted(
        (each for each in judged if each.odds >= DOUBTED and each not in sure), key=lambda each: -each.odds
    )
    for each in doubted[:MOST_READ]:
        line = each.candidate.line
        box = Box.around(line.quad)
        if shared_area(box, boxes) < SAME * box.area:
            text, score = reader.read_area(pixels, line.quad)
            letters = {letter for letter in text if letter.isalnum() and letter not in STROKES}
            if score >= READ and len(letters) >= LETTERS:
                yield each


def _needed(across: float) -> float:
    """The odds from which ink of that height is writing even if nobody can read it."""
    return ENOUGH * max(1.0, across / PLAIN) if across < HUGE else math.inf


def written_lines(judgments: Sequence[Judgment], classifier: LineClassifier) -> list[WrittenLine]:
    """What is to be masked for all that was judged writing in the views of one frame."""
    known: list[WrittenLine] = []
    for judgment in sorted(judgments, key=lambda each: each.order):
        line, pixels = judgment.candidate.line, judgment.pixels
        box = Box.around(line.quad)
        near = [each for each in known if Box.around(each.line.quad).meets(box)]
        lines = [each.line for each in near]
        covered = float(_under(line, lines).mean()) if near else 0.0
        along = next((each for each in near if _goes_on(each.line, line)), None)
        if covered < SEPARATE:
            known.append(WrittenLine(to_its_ink(line, pixels), judgment.odds))
        elif along is not None:
            known[known.index(along)] = replace(along, line=_joined(along.line, line))
        elif covered < SAME:
            known += _beyond(line, lines, pixels, classifier)
    return [replace(each, line=_with_margin(each.line)) for each in known]


def _goes_on(line: Line, other: Line) -> bool:
    """Whether the other one is a piece of the same line of writing, as high and in its direction."""
    alike = max(line.across, other.across) <= LIKE * min(line.across, other.across)
    (_, y), *_ = _level(((other.x, other.y),) * 4, line)
    return alike and abs(math.sin(line.angle - other.angle)) <= TURNED and abs(y) <= ASIDE * line.across


def _joined(line: Line, other: Line) -> Line:
    """The line, lengthened to hold the ends of the other one."""
    ends = _level(other.quad, line)[:, 0]
    start, end = min(-line.along / 2, float(ends.min())), max(line.along / 2, float(ends.max()))
    middle = (start + end) / 2
    return replace(
        line,
        x=line.x + math.cos(line.angle) * middle,
        y=line.y + math.sin(line.angle) * middle,
        along=end - start,
    )


def _beyond(
    line: Line, near: Sequence[Line], pixels: "NDArray[np.uint8]", classifier: LineClassifier
) -> Iterator[WrittenLine]:
    """What a candidate holds beyond known lines, where that is writing by itself."""
    parts = list(parts_beyond(line, near))
    judged = classifier.look(pixels, [db.unclipped(part, UNCLIP) for part in parts])
    for part, odds in zip(parts, judged, strict=True):
        if odds >= ENOUGH:
            yield WrittenLine(to_its_ink(part, pixels), odds)


def _under(line: Line, others: Sequence[Line]) -> "NDArray[np.uint8]":
    """Which pixels of a line, turned level, lie under others: ``(rows, columns)`` of 0 and 1."""
    rows, columns = max(1, math.ceil(line.across)), max(1, math.ceil(line.along))
    under = np.zeros((rows, columns), np.uint8)
    for other in others:
        points = np.round(_level(other.quad, line) + np.array([columns / 2 - 0.5, rows / 2 - 0.5]))
        cv2.fillConvexPoly(under, points.astype(np.int32), 1)
    return under


def parts_beyond(line: Line, others: Sequence[Line]) -> Iterator[Line]:
    """What of a line lies under no other, and not right beside one: between them and at the ends, above and below."""
    under = _under(line, [each.grown(BESIDE * each.across, BESIDE * each.across) for each in others])
    free = under.mean(0) <= FREE
    for start, end in _runs(free):
        yield _part(line, (start, end), (0, len(under)))
    if not free.all():
        for start, end in _runs(under[:, ~free].mean(1) <= FREE):
            taken = np.flatnonzero(~free)
            yield _part(line, (int(taken[0]), int(taken[-1]) + 1), (start, end))


def _runs(free: "NDArray[np.bool_]") -> Iterator[tuple[int, int]]:
    """Where it is free for long enough: starts and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    yield from (
        (int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= LEAST
    )


def _part(line: Line, along: tuple[int, int], across: tuple[int, int]) -> Line:
    """The part of a line between two places along it, and two across."""
    x, y = (sum(along) - math.ceil(line.along)) / 2, (sum(across) - math.ceil(line.across)) / 2
    cosine, sine = math.cos(line.angle), math.sin(line.angle)
    part = replace(
        line,
        x=line.x + cosine * x - sine * y,
        y=line.y + sine * x + cosine * y,
        along=float(along[1] - along[0]),
        across=float(across[1] - across[0]),
    )
    return part if part.along >= part.across else turned(part)


def _level(quad: Quad, line: Line) -> "NDArray[np.float64]":
    """Corners as seen from a line's middle, along it and across."""
    cosine, sine = math.cos(line.angle), math.sin(line.angle)
    return np.asarray((np.array(quad) - (line.x, line.y)) @ np.array([[cosine, -sine], [sine, cosine]]))


def _with_margin(line: Line) -> Line:
    more = 2 * (MARGIN * line.across + ROUNDING)
    return line.grown(max(more, NARROWEST - line.along), max(more, NARROWEST - line.across))
