"""Boxes around several lines that were seen one by one as well, around a piece of a line, or around what was seen
more closely: what they hold beyond those lines is masked in vain.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanscrub.detect.lines.combine import SEVERAL
from scanscrub.detect.lines.db import Line
from scanscrub.domain.geometry import Box, Quad

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_COVERED = 0.5
"""The share of a block that lies under the lines in it."""
THINNER, APART = 1.3, 0.3
"""How many times thicker than its lines a block of two that lie one above the other is at least, and how far apart
their middles lie for its thickness: lines are seen higher than their letters, and two that follow closely overlap.
"""
ACROSS = 1.5
"""How often as long as thick a line is at least that lies across a block and is no letter of a line along it."""
SEEN_AS_LINES = 0.3
"""The share of a box seen in an image made smaller from which what was seen are the lines that cover it: there a
paragraph looks like a line, and its box is as wide as its longest one.
"""
SEEN_ALREADY = 0.7
"""The share of such a box that lies under lines of any thickness, from which it says nothing that they do not."""
SHORT = 2.5
"""How often as long as thick a piece of a line is at most that a model took for a line across it."""
OF_A_LINE = 0.9
"""The share of a piece's middle that lies in the line that it is a piece of."""
LONGER, LIKE = 1.5, 1.7
"""How often as long that line is at least, and how many times as thick or as thin at most."""
THICKEST = 64.0
"""Pixels: larger letters leave no trace in the small text model, so a thicker box is no block, and what is seen in it
may be strokes.
"""
MARGIN = 2.0
"""Pixels around a line that belong to it: less than its mask is padded by."""
LEAST_TRACE = 12
"""Pixels outside of all lines that make a trace."""


def without_blocks(lines: Sequence[Line], traces: Sequence[Line]) -> list[Line]:
    """The lines less those that are a block of thinner ones, beside which the small text model saw no trace in it, or
    a piece of a line taken for a line across it.
    """
    apart = [line for line in lines if not _is_block(line, lines, traces)]
    return [line for line in apart if not _is_piece(line, apart)]


def _is_piece(line: Line, lines: Sequence[Line]) -> bool:
    if line.along > SHORT * line.across:
        return False
    middle = replace(line, along=min(line.along, line.across))
    frame = Box.around(middle.quad)
    inside = filled([middle.quad], frame)
    wholes = (other for other in lines if _is_across(line, other) and Box.around(other.quad).meets(frame))
    return any(np.count_nonzero(inside & filled([other.quad], frame)) >= OF_A_LINE * inside.sum() for other in wholes)


def _is_across(line: Line, other: Line) -> bool:
    """Whether the other is a longer line about as thick, rather at right angles than in one direction, no piece."""
    alike = line.across <= LIKE * other.across and other.across <= LIKE * line.across
    longer = other.along >= LONGER * line.along and other.along > SHORT * other.across
    return longer and alike and _is_turned(line, other)


def _is_block(block: Line, lines: Sequence[Line], traces: Sequence[Line]) -> bool:
    thinner = [line for line in lines if SEVERAL * line.across < block.across]
    hardly = [line for line in lines if THINNER * line.across < block.across <= SEVERAL * line.across]
    if holds_stacked(block, hardly):
        thinner += hardly
    if block.across > THICKEST or not thinner:
        return False
    frame = Box.around(block.quad)
    inside = filled([block.quad], frame)
    under = filled([line.grown(MARGIN, MARGIN).quad for line in thinner], frame)
    if np.count_nonzero(inside & under) < LEAST_COVERED * np.count_nonzero(inside):
        return False
    single = [trace for trace in traces if not holds_stacked(trace, thinner)]
    return not _is_traced(inside & ~under, single, frame)


def holds_stacked(block: Line, lines: Sequence[Line]) -> bool:
    """Whether it holds the middles of two lines that lie one above the other."""
    held = [line for line in lines if _holds(block, line)]
    return any(_apart(*both, block.angle) >= APART * block.across for both in combinations(held, 2))


def joins_across(block: Line, lines: Sequence[Line]) -> bool:
    """Whether it holds the middles of two long lines, one above the other, that lie across it."""
    held = [line for line in lines if line.along >= ACROSS * line.across and _is_turned(line, block)]
    held = [line for line in held if _holds(block, line)]
    return any(_apart(*both, both[0].angle) >= APART * block.across for both in combinations(held, 2))


def _apart(one: Line, other: Line, angle: float) -> float:
    """How far apart the middles of two lines lie, across a direction."""
    return abs((other.y - one.y) * math.cos(angle) - (other.x - one.x) * math.sin(angle))


def _is_turned(line: Line, other: Line) -> bool:
    """Whether two lines lie rather at right angles than in one direction."""
    return abs(math.cos(line.angle - other.angle)) < math.sqrt(0.5)


def _is_traced(area: "NDArray[np.bool_]", traces: Sequence[Line], frame: Box) -> bool:
    """Whether the small text model saw anything in an area of `frame`."""
    traced = filled([trace.quad for trace in traces if Box.around(trace.quad).meets(frame)], frame)
    return bool(np.count_nonzero(area & traced) >= LEAST_TRACE)


def not_under(thick: Sequence[Line], lines: Sequence[Line], traces: Sequence[Line]) -> list[Line]:
    """The thick lines, seen in a smaller image, that are not several `lines` seen as one: those that neither hold two
    which lie apart nor are covered by them; nor what the lines, seen more closely, say already: those that lie under
    them but for places where the small text model saw nothing. Huge ones may hold lines: strokes of theirs.
    """
    return [line for line in thick if not _is_under(line, lines, traces)]


def _is_under(thick: Line, lines: Sequence[Line], traces: Sequence[Line]) -> bool:
    frame = Box.around(thick.quad)
    inside = filled([thick.quad], frame)
    near = [line for line in lines if Box.around(line.quad).meets(frame)]
    under = filled([line.grown(MARGIN, MARGIN).quad for line in near], frame)
    seen = np.count_nonzero(inside & under) >= SEEN_ALREADY * np.count_nonzero(inside)
    if seen and not _is_traced(inside & ~under, traces, frame):
        return True
    thinner = [line for line in near if SEVERAL * line.across < thick.across]
    if thick.across <= THICKEST and _holds_several(thick, thinner):
        return True
    covered = filled([line.quad for line in thinner], frame)
    return bool(np.count_nonzero(inside & covered) >= SEEN_AS_LINES * np.count_nonzero(inside))


def _holds_several(thick: Line, lines: Sequence[Line]) -> bool:
    """Whether it holds two of the lines that lie apart."""
    held = [Box.around(line.quad) for line in lines if _holds(thick, line)]
    return any(not one.meets(other) for one, other in combinations(held, 2))


def _holds(thick: Line, line: Line) -> bool:
    """Whether the middle of the line lies in the thick one."""
    quad = np.array(thick.quad, np.float32)
    return cv2.pointPolygonTest(quad, (line.x, line.y), measureDist=False) >= 0


def filled(quads: Sequence[Quad], frame: Box) -> "NDArray[np.bool_]":
    """Where any of the quads lies, in the pixels of `frame`: bool ``(rows, columns)``."""
    area = np.zeros((frame.height, frame.width), np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(area, np.round(np.array(quad) - (frame.left, frame.top)).astype(np.int32), 1)
    return area.astype(np.bool_)
