"""Lines that go on: a line's mask ends where the writing does, and not where a model stopped seeing it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scanscrub.detect.candidates.blocks import LEAST_TRACE, MARGIN, filled, holds_stacked, joins_across
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import LineClassifier
from scanscrub.domain.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

THICKER = 1.5
"""How much thicker than the line a trace may be: what is still thicker is something else."""
LONGER = 2.0
"""How often as long as the line a trace may be."""
SHARED = 0.3
"""The share of the smaller one of both that both must cover."""
SURE = 2.0
"""The logarithm of the odds from which what lies beyond an end goes on with the writing, by the line classifier."""
GAP = 0.1
"""Heights between an end and what is looked at."""
FARTHEST = 4
"""Heights beyond an end that are looked at, as long as the writing goes on."""


def traced_on(lines: Sequence[Line], traces: Sequence[Line]) -> Iterator[Line]:
    """The traces of the small text model by which a line goes on beyond all of them; not those of several lines."""
    for trace in traces:
        frame = Box.around(trace.quad)
        near = [line for line in lines if Box.around(line.quad).meets(frame)]
        if not any(_is_of(trace, line, frame) for line in near):
            continue
        if holds_stacked(trace, near) or joins_across(trace, near):
            continue
        new = filled([trace.quad], frame) & ~filled([line.grown(MARGIN, MARGIN).quad for line in near], frame)
        if np.count_nonzero(new) >= LEAST_TRACE:
            yield trace


def _is_of(trace: Line, line: Line, frame: Box) -> bool:
    if trace.across > THICKER * line.across or trace.along > LONGER * (line.along + line.across):
        return False
    shared = np.count_nonzero(filled([line.quad], frame) & filled([trace.quad], frame))
    return bool(shared >= SHARED * min(line.along * line.across, trace.along * trace.across))


def seen_on(
    lines: Sequence[Line], pictures: Sequence["NDArray[np.uint8]"], close: LineClassifier, known: Sequence[Line]
) -> Iterator[Line]:
    """What lies beyond the ends of lines and is writing by the line classifier; not what lies in `known` lines."""
    rows, columns = pictures[0].shape[:2]
    image, boxes = Box(0, 0, columns, rows), [Box.around(line.quad) for line in known]
    ends = [(line, side) for line in lines for side in (-1, 1)]
    for _ in range(FARTHEST):
        further = [(beside(line, side, GAP), side) for line, side in ends]
        further = [
            each for each in further if _lies_in(each[0], image) and not any(_lies_in(each[0], box) for box in boxes)
        ]
        squares = [line for line, _ in further]
        odds = zip(*(close.look(pixels, squares) for pixels in pictures), strict=True)
        ends = [end for end, each in zip(further, odds, strict=True) if max(each) >= SURE]
        yield from (line for line, _ in ends)


def beside(line: Line, side: int, gap: float = 0.0) -> Line:
    """A square as high as the line, beyond its end (`side` 1) or before its start (-1), `gap` heights away."""
    away = side * ((line.along + line.across) / 2 + gap * line.across)
    return replace(
        line, x=line.x + away * math.cos(line.angle), y=line.y + away * math.sin(line.angle), along=line.across
    )


def _lies_in(line: Line, box: Box) -> bool:
    return box.left <= line.x < box.right and box.top <= line.y < box.bottom
