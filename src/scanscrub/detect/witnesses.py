"""Two models look, and each is a witness for the other; the reader is the third.

What one of them is sure of is writing. What one of them doubts is writing where the other sees something, too: the
two were taught differently and take different bits of anatomy for writing, hardly ever the same. What is left of
the doubted is for the reader (`readable.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scanscrub.detect.db import Line
from scanscrub.domain.geometry import Box

SURE = 0.55
"""Evidence (score times fill) of a line of the large model that needs no witness."""
SURE_FINE, SURE_THICK, THICK = 0.8, 0.9, 24.0
"""The score of a line of fine print that needs no witness, and of one thicker than so many pixels: the large model
would see that one, too.
"""
COMMON = 0.3
"""The share of a line that its witness sees, too."""


@dataclass(frozen=True, slots=True)
class FineLook:
    """What the fine print model saw: `lines`, and wherever it saw anything at all (`hints`)."""

    lines: tuple[Line, ...]
    hints: tuple[Line, ...]

    @classmethod
    def all_of(cls, looks: Sequence["FineLook"]) -> "FineLook":
        """What was seen in any of several looks."""
        return cls(
            tuple(line for look in looks for line in look.lines), tuple(line for look in looks for line in look.hints)
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """`counting` is writing; `doubted` is what one model saw alone, away from the counting, the strongest first."""

    counting: tuple[Line, ...]
    doubted: tuple[Line, ...]


def weigh(large: Sequence[Line], fine: FineLook, *, alike: bool = False) -> Verdict:
    """What counts of the lines of the large model and of the fine print.

    Where both see things `alike` that are no writing, as the edges of colours, neither is a witness.
    """
    hints = [] if alike else [Box.around(line.quad) for line in fine.hints]
    others = [] if alike else [Box.around(line.quad) for line in large]
    counting: list[Line] = []
    doubted: list[Line] = []
    for line in large:
        (counting if _is_sure(line) or _has_witness(line, hints) else doubted).append(line)
    for line in fine.lines:
        sure = line.score >= (SURE_FINE if line.across <= THICK else SURE_THICK)
        (counting if sure or _has_witness(line, others) else doubted).append(line)
    known = [Box.around(line.quad) for line in counting]
    alone = (line for line in doubted if not _lies_in(Box.around(line.quad), known))
    return Verdict(tuple(counting), tuple(sorted(alone, key=lambda line: -line.score * line.fill)))


def _is_sure(line: Line) -> bool:
    return line.score * line.fill >= SURE


def _has_witness(line: Line, others: Sequence[Box]) -> bool:
    box = Box.around(line.quad)
    return any(_common(box, other) >= COMMON * min(box.area, other.area) for other in others if box.meets(other))


def _lies_in(box: Box, others: Sequence[Box]) -> bool:
    return any(_common(box, other) >= 0.8 * box.area for other in others)


def _common(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0) * max(height, 0)
