"""Candidates of lines: where they are looked for, which of them are writing, and how far their ink goes."""

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.candidates.extent import to_its_ink
from scanscrub.detect.candidates.judged import DOUBTED, ENOUGH, Judgment, judge, parts_beyond, written_lines
from scanscrub.detect.candidates.novel import Novelty
from scanscrub.detect.candidates.proposals import LARGER, LESS_GRAIN, Candidate, propose
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import LineClassifier
from scanscrub.detect.models.small_text import SmallTextDetector
from scanscrub.detect.reading.reader import PpocrReader
from scanscrub.domain.geometry import Box, Quad

BLANK = np.full((200, 400), 60, np.uint8)


class Judging(LineClassifier):
    """A classifier that says of each line what it is told."""

    def __init__(self, odds: float) -> None:
        self.odds = odds
        self.asked: list[Line] = []

    def look(self, pixels: NDArray[np.uint8], lines: Sequence[Line]) -> Iterator[float]:
        del pixels
        self.asked += lines
        return iter([self.odds] * len(lines))


def line(left: float, top: float, width: float, height: float, degrees: float = 0) -> Line:
    return Line(left + width / 2, top + height / 2, width, height, math.radians(degrees), 0.9)


def found(lines: Sequence[Line], odds_of_parts: float = -8, sizes: Sequence[float] = ()) -> list[Box]:
    """The boxes of candidates that were all judged writing, and of those of their parts that are."""
    each = zip(lines, sizes or [1.0] * len(lines), strict=True)
    judgments = [Judgment(Candidate(one, size, is_faint=False), BLANK, 5.0) for one, size in each]
    return [Box.around(written.line.quad) for written in written_lines(judgments, Judging(odds_of_parts))]


def written(pixels: NDArray[np.uint8], text: str, left: int, baseline: int, gray: int = 200) -> Box:
    ink = np.zeros_like(pixels)
    cv2.putText(ink, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
    pixels[ink > 127] = gray
    ys, xs = np.nonzero(ink > 127)
    return Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


class Reading(PpocrReader):
    """A reader that reads the same wherever it is asked."""

    def __init__(self, text: str, score: float) -> None:
        self.answer = text, score

    def read_area(self, pixels: NDArray[np.uint8], quad: Quad, sure: float = 1.0) -> tuple[str, float]:
        del pixels, quad, sure
        return self.answer


@pytest.mark.parametrize(("odds", "text", "score", "counts"), [
    (ENOUGH, "", 0.0, True),
    (ENOUGH - 0.01, "", 0.0, False),
    (ENOUGH - 0.01, "LAT", 0.95, True),
    (ENOUGH - 0.01, "LAT", 0.8, False),
    (ENOUGH - 0.01, "Il1", 0.99, False),
    (DOUBTED - 0.01, "LAT", 0.95, False),
])  # fmt: skip
def test_a_candidate_counts_from_one_threshold_on_and_a_doubted_one_where_it_reads(
    odds: float, text: str, score: float, *, counts: bool
) -> None:
    candidate = Candidate(line(10, 10, 60, 12), 1.0, is_faint=False)
    assert bool(list(judge([candidate], BLANK, Judging(odds), Reading(text, score)))) is counts


def test_a_line_seen_at_several_sizes_is_masked_once_and_as_tightly_as_it_was_seen() -> None:
    close, coarse = line(100, 100, 80, 12), line(92, 92, 96, 28)
    (box,) = found([coarse, close], sizes=[0.25, 1.0])
    assert box.top > coarse.y - coarse.across / 2
    assert box.height < 20


def test_what_a_coarse_candidate_holds_beyond_a_known_line_is_masked_where_it_is_writing_by_itself() -> None:
    close, coarse = line(100, 100, 80, 12), line(100, 98, 200, 16)
    assert len(found([coarse, close], sizes=[0.25, 1.0])) == 1
    boxes = found([coarse, close], odds_of_parts=5, sizes=[0.25, 1.0])
    assert max(box.right for box in boxes) >= 300


def test_two_lines_one_above_the_other_are_judged_apart() -> None:
    above, block = line(100, 100, 80, 12), line(100, 98, 80, 36)
    (part,) = parts_beyond(block, [above])
    assert Box.around(part.quad).top >= 112
    assert Box.around(part.quad).bottom >= 133


@pytest.mark.parametrize("degrees", [0, 30, 90])
def test_parts_lie_where_the_line_does_however_it_is_turned(degrees: int) -> None:
    angle = math.radians(degrees)
    whole = Line(200, 100, 100, 10, angle, 0.9)
    known = Line(200 - 25 * math.cos(angle), 100 - 25 * math.sin(angle), 50, 10, angle, 0.9)
    (part,) = parts_beyond(whole, [known])
    assert math.dist((part.x, part.y), (200 + 26 * math.cos(angle), 100 + 26 * math.sin(angle))) < 3
    assert part.across == pytest.approx(10, abs=1)


def test_a_mask_is_never_too_narrow_to_be_known_as_one() -> None:
    (box,) = found([line(100, 100, 4, 4)])
    assert min(box.width, box.height) >= 8


def test_a_line_goes_on_as_far_as_its_ink_and_no_further() -> None:
    pixels = BLANK.copy()
    ink = written(pixels, "OKAFOR", 100, 120)
    seen = Line(ink.left + 20, (ink.top + ink.bottom) / 2, 40, ink.height, 0.0, 0.9)
    box = Box.around(to_its_ink(seen, pixels).quad)
    assert box.left <= ink.left
    assert ink.left + 48 <= box.right <= ink.right + 2
    assert box.height <= ink.height + 4


def test_a_line_never_becomes_smaller_however_faint_its_ink() -> None:
    seen = line(100, 100, 80, 12)
    assert to_its_ink(seen, BLANK) == seen


def test_ink_in_color_on_another_color_as_bright_is_ink() -> None:
    pixels = np.full((100, 300, 3), (200, 60, 60), np.uint8)
    pixels[40:52, 100:160:3] = (60, 60, 200)
    box = Box.around(to_its_ink(line(100, 40, 50, 12), pixels).quad)
    assert box.right >= 158


def test_a_view_that_shows_the_same_in_another_window_is_not_looked_at_again() -> None:
    pixels = BLANK.copy()
    written(pixels, "OKAFOR", 100, 120)
    novelty = Novelty()
    assert novelty.of(pixels).any()
    assert not novelty.of((pixels // 2 + 40).astype(np.uint8)).any()


def test_a_view_is_looked_at_where_an_earlier_one_was_clipped() -> None:
    clipped, whole = np.full((200, 400), 255, np.uint8), np.full((200, 400), 180, np.uint8)
    ink = written(whole, "OKAFOR", 100, 120, 240)
    novelty = Novelty()
    assert not novelty.of(clipped).any()
    new = novelty.of(whole)
    assert new[ink.top : ink.bottom, ink.left : ink.right].mean() > 0.8
    new[ink.top - 4 : ink.bottom + 4, ink.left - 4 : ink.right + 4] = False
    assert not new.any()


class Seeing:
    """A model that sees a line of a tenth of the image's rows at any size, and what it was shown."""

    name = "seeing"

    def __init__(self) -> None:
        self.shown: list[tuple[int, ...]] = []

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns = batch.shape[2] // 2, batch.shape[3] // 2
        self.shown.append((batch.shape[2], batch.shape[3]))
        answer = np.zeros((1, 1, rows, columns), np.float32)
        answer[0, 0, rows // 2 : rows // 2 + rows // 10, columns // 4 : columns // 2] = 0.9
        return answer


def test_candidates_of_every_size_lie_in_the_image_own_pixels() -> None:
    model, pixels = Seeing(), np.random.default_rng(1).integers(0, 255, (256, 320), np.uint8)
    seen = list(propose(SmallTextDetector(model, 0), pixels, np.ones(pixels.shape, np.bool_), is_first=True))
    assert {candidate.size for candidate in seen} == {LARGER, 1.0, LESS_GRAIN, 0.5, 0.25, 0.125}
    whole = [candidate.line for candidate in seen if candidate.size not in {LARGER, LESS_GRAIN}]
    assert all(abs(each.y - 140) < 8 and abs(each.x - 120) < 8 for each in whole)


def test_what_shows_nothing_new_is_not_shown_to_the_model() -> None:
    model, pixels = Seeing(), np.random.default_rng(1).integers(0, 255, (1024, 1024), np.uint8)
    where = np.zeros(pixels.shape, np.bool_)
    list(propose(SmallTextDetector(model, 0), pixels, where, is_first=True))
    assert model.shown == []
    where[500, 500] = True
    list(propose(SmallTextDetector(model, 0), pixels, where, is_first=True))
    assert max(rows * columns for rows, columns in model.shown) <= 256 * 256


@pytest.mark.parametrize(("is_first", "led"), [(True, LESS_GRAIN), (False, 1.0)])
def test_one_of_two_sizes_is_looked_at_where_the_other_one_has_a_hint_alone(*, is_first: bool, led: float) -> None:
    model, pixels = Seeing(), np.random.default_rng(1).integers(0, 255, (512, 512), np.uint8)
    everywhere = np.ones(pixels.shape, np.bool_)
    list(propose(SmallTextDetector(model, 0), pixels, everywhere, is_first=is_first))
    whole = {(round(512 * size),) * 2 for size in (1.0, LESS_GRAIN)}
    assert whole - set(model.shown) == {(round(512 * led),) * 2}

    class Blind(Seeing):
        """A model that sees nothing anywhere."""

        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return super().run(batch) * 0

    model = Blind()
    assert list(propose(SmallTextDetector(model, 0), pixels, everywhere, is_first=is_first)) == []
    sizes = {0.5, 0.25, 0.125, 0.0625, 1.0, LESS_GRAIN} - {led}
    assert set(model.shown) == {(round(512 * size),) * 2 for size in sizes}


def test_pieces_of_one_line_seen_apart_are_one_mask_from_end_to_end() -> None:
    (box,) = found([line(100, 100, 50, 12), line(140, 101, 90, 13)])
    assert box.left <= 100
    assert box.right >= 230
