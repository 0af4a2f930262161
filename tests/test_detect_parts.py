"""The parts of detection that need no model."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scanscrub.detect.base import TextBox
from scanscrub.detect.candidates.blocks import not_under, without_blocks
from scanscrub.detect.candidates.continued import seen_on, traced_on
from scanscrub.detect.engines import easyocr
from scanscrub.detect.engines.ppocr_detector import DETECTION
from scanscrub.detect.engines.registry import ENGINES, build_detector
from scanscrub.detect.frames.tiles import PADDED, grid, spans
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import without_repeats
from scanscrub.detect.models.line_classifier import SUREST, LineClassifier
from scanscrub.detect.models.onnx_metadata import metadata
from scanscrub.detect.models.small_text import NOTHING, SmallTextFound
from scanscrub.detect.reading.crops import sides, upright
from scanscrub.detect.reading.reader import RECOGNITION, PpocrReader
from scanscrub.detect.scoring.legibility import Legibility, legibility
from scanscrub.detect.scoring.line_scoring import (
    MOST,
    MOST_CLOSE,
    UNREAD,
    Looks,
    SeenLines,
    accepted_lines,
    gather,
    read,
    weights_of,
)
from scanscrub.domain.errors import MissingDependencyError, UsageError
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import View, ViewKind

THRESHOLDS = db.Thresholds(0.12, 0.2, 2.4)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 6000), st.integers(100, 800), st.integers(0, 99), st.sampled_from([1, 8, 32]))
def test_spans_cover_a_length_and_are_no_longer_than_that_takes(
    length: int, largest: int, overlap: int, multiple: int
) -> None:
    cut = list(spans(length, largest, overlap, multiple))
    (side,) = {end - start for start, end in cut}
    assert cut[0][0] == 0
    assert cut[-1][1] == length
    assert side <= largest
    assert all(before[1] - after[0] >= overlap for before, after in itertools.pairwise(cut))
    if len(cut) > 1:
        assert len(cut) * (side - multiple - overlap) < length - overlap
        assert (len(cut) - 1) * (largest - overlap) < length - overlap


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([0, 8, 24]))
def test_tiles_cover_the_image_and_fit_the_shapes_the_model_is_shown(rows: int, columns: int, margin: int) -> None:
    cut = grid(rows, columns, margin=margin)
    for box in cut.boxes:
        assert max(box.width + 2 * margin, box.height + 2 * margin) * cut.scale <= PADDED[-1]
        assert box.clipped(columns, rows) == box
    lefts = sorted({(box.left, box.right) for box in cut.boxes})
    tops = sorted({(box.top, box.bottom) for box in cut.boxes})
    for cuts, length in ((lefts, columns), (tops, rows)):
        assert cuts[0][0] == 0
        assert cuts[-1][1] == length
        assert all(after[0] < before[1] for before, after in itertools.pairwise(cuts))


def test_the_number_of_tiles_grows_with_the_pixels_alone() -> None:
    small, large = len(grid(2500, 2500).boxes), len(grid(10_000, 10_000).boxes)
    assert large <= 16 * small * 1.3


def test_a_strip_of_extreme_aspect_is_not_enlarged_without_bound() -> None:
    assert len(grid(8, 2000).boxes) < 20


def test_a_line_on_the_map_is_found_where_it_is_and_grown_back() -> None:
    probability = np.zeros((200, 300), np.float32)
    probability[100:108, 50:150] = 0.9
    [line] = db.lines(probability, THRESHOLDS, lambda _: True)
    assert (line.x, line.y) == (100, 104)
    assert math.isclose(line.score, 0.9, rel_tol=1e-5)
    assert line.across > 8
    assert Box.around(line.quad).joined(Box(50, 100, 150, 108)) == Box.around(line.quad)


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135])
def test_a_turned_line_keeps_its_direction(degrees: int) -> None:
    probability = np.zeros((300, 300), np.uint8)
    corners = cv2.boxPoints(((150, 150), (160, 12), degrees)).astype(np.int32)
    cv2.fillConvexPoly(probability, corners, 1)
    [line] = db.lines(probability.astype(np.float32), THRESHOLDS, lambda _: True)
    turned = math.degrees(line.angle) - degrees
    assert abs((turned + 90) % 180 - 90) < 2


def test_a_line_inside_a_blob_too_thick_for_one_is_kept() -> None:
    probability = np.full((400, 400), 0.25, np.float32)
    probability[200:212, 100:300] = 0.97
    found = db.lines(probability, THRESHOLDS, lambda line: line.across < 60)
    assert any(Box.around(line.quad).joined(Box(100, 200, 300, 212)) == Box.around(line.quad) for line in found)


def test_an_island_inside_a_ring_is_a_region_of_its_own() -> None:
    probability = np.zeros((400, 400), np.float32)
    cv2.rectangle(probability, (20, 20), (380, 380), 0.5, 10)
    probability[200:210, 150:250] = 0.9
    found = db.lines(probability, THRESHOLDS, lambda line: line.across < 60)
    assert len(found) == 1


def test_what_lies_inside_another_box_is_left_out_and_nothing_is_uncovered() -> None:
    outer, inner, beside = (TextBox(Box(*each).corners, score) for each, score in (
        ((0, 0, 100, 20), 0.5), ((10, 4, 60, 17), 0.9), ((90, 0, 140, 20), 0.7),
    ))  # fmt: skip
    kept = without_repeats([inner, beside, outer])
    assert [box.quad for box in kept] == [outer.quad, beside.quad]
    assert kept[0].score == 0.9


@pytest.mark.parametrize("degrees", [0, 30, 90])
def test_boxes_that_saw_the_same_are_one_that_holds_both(degrees: float) -> None:
    angle = math.radians(degrees)
    one, other = db.Line(100, 100, 80, 20, angle, 0.5), db.Line(103, 101, 81, 19, angle + 0.02, 0.9)
    (kept,) = without_repeats([TextBox(one.quad, one.score), TextBox(other.quad, other.score)])
    assert kept.score == 0.9
    _, (width, height), _ = cv2.minAreaRect(np.array(kept.quad, np.float32))
    assert width * height <= 1.2 * 80 * 20
    held = np.array(kept.quad, np.float32)
    assert all(cv2.pointPolygonTest(held, corner, measureDist=True) > -0.01 for corner in (*one.quad, *other.quad))


@pytest.mark.parametrize("right", [120, 150])
def test_boxes_of_which_one_goes_on_stay_apart(right: int) -> None:
    one, other = TextBox(Box(0, 0, 80, 20).corners, 0.5), TextBox(Box(45, 0, right, 20).corners, 0.5)
    assert set(without_repeats([one, other])) == {one, other}


def test_a_line_inside_a_box_of_several_lines_stays_for_the_reader() -> None:
    block, line = TextBox(Box(0, 0, 120, 60).corners, 0.9), TextBox(Box(4, 4, 100, 18).corners, 0.8)
    assert set(without_repeats([block, line])) == {block, line}


def _line(left: float, top: float, width: float, height: float, score: float = 0.9) -> db.Line:
    return db.Line(left + width / 2, top + height / 2, width, height, 0.0, score, fill=0.78)


BLANK = np.zeros((140, 120), np.uint8)


def _heard(looks: Looks, view: ViewKind = ViewKind.SHADES, blank: NDArray[np.uint8] = BLANK) -> SeenLines:
    return SeenLines([blank], gather(looks, View(view.value, blank, kind=view)), [])


def _counting(
    large: Sequence[db.Line],
    fine: SmallTextFound,
    *readings: tuple[str, float],
    view: ViewKind = ViewKind.SHADES,
    odds: float = 0.0,
) -> list[db.Line]:
    reader = _Reader(*(readings or [("", 0.0)]))
    return list(accepted_lines(_heard(Looks(large, fine), view), _Close(odds), reader))


def test_a_line_that_one_model_doubts_counts_where_the_other_sees_it_too() -> None:
    doubted = _line(10, 10, 80, 12, 0.3)
    fine = _line(12, 11, 70, 9, 0.95)
    assert _counting([doubted], NOTHING, odds=-0.5) == []
    assert doubted in _counting([doubted], SmallTextFound((fine,), (), (fine,)), odds=-0.5)


def test_fine_print_that_is_doubted_counts_where_the_large_model_sees_it_too_or_it_can_be_read() -> None:
    faint, clear = _line(10, 10, 40, 9, 0.6), _line(10, 60, 40, 9, 0.97)
    assert _counting([], SmallTextFound((clear,), (), (clear,)), odds=0.0) == [clear]
    alone = SmallTextFound((faint,), (), (faint,))
    assert _counting([], alone, odds=-0.5) == []
    assert faint in _counting([_line(8, 8, 20, 14, 0.9)], alone, odds=-0.5)
    assert _counting([], alone, ("OKAFOR", 0.95), odds=-0.5) == [faint]


def test_a_block_goes_where_its_lines_and_nothing_else_were_seen() -> None:
    lines = [_line(10, 10, 100, 16), _line(10, 28, 90, 16), _line(10, 46, 96, 16)]
    block, at_the_end = _line(8, 8, 112, 56), _line(112, 30, 6, 8)
    assert without_blocks([block, *lines], lines) == lines
    assert without_blocks([block, *lines], [*lines, at_the_end]) == [block, *lines]
    assert without_blocks([block, lines[0]], []) == [block, lines[0]]
    assert without_blocks([_line(8, 8, 220, 80), _line(10, 10, 200, 48)], [])[0].across == 80  # large letters


def test_a_block_of_two_lines_that_overlap_goes_though_a_trace_holds_both() -> None:
    lines = [_line(34, 10, 84, 26), _line(10, 29, 108, 26)]
    block, both, at_the_start = _line(12, 12, 104, 41), _line(27, 17, 75, 31), _line(14, 14, 12, 10)
    assert without_blocks([block, *lines], [both]) == lines
    assert without_blocks([block, *lines], [both, at_the_start]) == [block, *lines]
    words = [_line(12, 20, 48, 26), _line(64, 20, 50, 26)]
    assert without_blocks([block, *words], []) == [block, *words]  # the letters may be as high as the block


def test_a_line_that_holds_pieces_taken_for_lines_across_it_stays() -> None:
    upright = replace(_line(0, 0, 200, 36), x=60.0, y=110.0, angle=math.pi / 2)
    pieces = [_line(35, top, 50, 25) for top in range(20, 190, 25)]
    assert without_blocks([upright, *pieces], [])[0] == upright


def test_a_piece_of_a_line_that_was_taken_for_a_line_across_it_goes() -> None:
    line, piece = _line(10, 30, 120, 24), replace(_line(0, 0, 48, 26), x=110.0, y=44.0, angle=math.pi / 2)
    assert without_blocks([line, piece], []) == [line]
    assert without_blocks([piece], []) == [piece]
    others = [
        replace(piece, angle=0.0),  # goes on where the line ends
        replace(piece, x=150.0),  # beside it
        replace(piece, along=120.0),  # a line that crosses it
        replace(piece, across=60.0, along=70.0),  # larger writing
    ]
    for other in others:
        assert without_blocks([line, other], []) == [line, other]
    # A piece of what is dropped itself would have nothing that covers it.
    short, shorter = replace(line, along=57.0, x=110.0), replace(piece, along=36.0)
    assert without_blocks([short, shorter], []) == [short, shorter]


def test_a_paragraph_seen_in_an_image_made_smaller_is_masked_line_by_line() -> None:
    lines = [_line(10, 10, 100, 16), _line(10, 28, 40, 16), _line(10, 46, 96, 16)]
    paragraph, alone, again = _line(2, 2, 116, 58), _line(0, 80, 100, 50), _line(8, 8, 112, 20)
    scan = _line(-100, -100, 400, 240)  # hardly covered, though it holds lines that lie apart
    longer = _line(8, 8, 180, 22)
    assert not_under([paragraph, alone, again, scan, longer], lines, []) == [alone, scan, longer]  # it may be strokes
    assert not_under([_line(-100, 6, 400, 60)], lines, []) == []
    assert not_under([scan], lines[:1], []) == [scan]
    assert not_under([again], lines, [_line(114, 12, 6, 10)]) == [again]  # something is seen beyond the lines
    large = SmallTextFound((paragraph, alone), (), ())
    heard = _heard(Looks([], SmallTextFound(tuple(lines), (), tuple(lines)), smaller=large))
    found = list(accepted_lines(heard, _Close(SUREST), _Reader(("OKAFOR", 0.99))))
    assert paragraph not in found
    assert {*lines, alone} <= set(found)


@pytest.mark.parametrize(
    ("side", "reading", "count"),
    [
        (400, ("", 0.0), 0), (400, ("OKAFOR", 0.5), 0), (400, ("OKAFOR", 0.95), 1), (400, ("R", 0.95), 0),
        (200, ("OKAFOR", 0.95), 0), (200, ("OKAFOR", 0.99), 1),
    ],
)  # fmt: skip
def test_a_huge_line_counts_where_it_can_be_read_and_a_vast_one_where_that_is_plain(
    side: int, reading: tuple[str, float], count: int
) -> None:
    huge = _line(10, 30, 100, 80, 0.5)
    heard = _heard(Looks([], smaller=SmallTextFound((huge,), (), ())), blank=np.zeros((side, side), np.uint8))
    assert [each.model for each in heard.line_candidates] == ["huge"]
    assert list(accepted_lines(heard, _Close(-SUREST), _Reader(reading))) == [huge] * count


def test_a_line_goes_on_as_far_as_a_trace_of_its_own_height_does() -> None:
    line, beyond = _line(10, 10, 60, 12), _line(40, 11, 90, 10)
    assert list(traced_on([line], [beyond])) == [beyond]
    assert not list(traced_on([line], [_line(12, 11, 50, 10)]))  # nothing new
    assert not list(traced_on([line, _line(60, 10, 80, 12)], [beyond]))  # another line has it
    assert not list(traced_on([line], [_line(120, 11, 50, 10)]))  # apart
    assert not list(traced_on([line], [_line(40, 0, 90, 60), _line(60, 11, 400, 10)]))  # something else
    stacked = [_line(10, 10, 80, 12), _line(10, 20, 80, 12)]
    assert not list(traced_on(stacked, [_line(10, 12, 100, 17)]))  # two lines taken for one
    upright = replace(_line(0, 0, 80, 20), x=40.0, y=50.0, angle=math.pi / 2)
    along, beyond = replace(upright, along=50.0), replace(upright, along=110.0)
    assert list(traced_on([along], [beyond])) == [beyond]
    words = [_line(22, 20, 36, 12), _line(22, 80, 36, 12)]
    assert not list(traced_on([along, *words], [beyond]))  # two words at the ends of a bar, say
    letters = [_line(34, 20, 12, 12), _line(34, 80, 12, 12)]
    assert list(traced_on([along, *letters], [beyond])) == [beyond]


def test_a_line_goes_on_as_far_as_a_close_look_sees_writing_beyond_its_ends() -> None:
    line, other = _line(40, 10, 30, 12), _line(10, 100, 30, 12)
    assert not list(seen_on([line], [BLANK], _Close(-SUREST), [line]))
    beyond = list(seen_on([line], [BLANK], _Close(SUREST), [line, other]))
    assert all(0 <= each.x < 120 and each.y == line.y and each.along == line.across for each in beyond)
    assert min(each.x for each in beyond) < 20
    assert max(each.x for each in beyond) > 100
    assert not list(seen_on([line], [BLANK], _Close(SUREST), [_line(0, 0, 120, 30)]))  # known already


def test_steps_made_large_need_more_than_one_witness() -> None:
    clear = SmallTextFound((_line(10, 60, 40, 9, 0.85),), (), (_line(10, 60, 40, 9, 0.2),))
    assert _counting([], clear, odds=1.0)
    assert not _counting([], clear, odds=1.0, view=ViewKind.FAINT)


def test_the_edges_of_colors_that_both_models_see_need_more_than_writing_does() -> None:
    seen, fine = replace(_line(10, 10, 40, 9, 0.4), fill=0.6), _line(10, 10, 40, 9, 0.6)
    assert _counting([seen], SmallTextFound((fine,), (), (fine,)))
    assert not _counting([seen], SmallTextFound((fine,), (), (fine,)), view=ViewKind.CHROMA)


def test_the_weights_are_of_the_features_and_no_others() -> None:
    look = SmallTextFound((_line(10, 10, 80, 12),), (_line(10, 40, 80, 12),), ())
    calmer = SmallTextFound((_line(10, 100, 50, 9), _line(0, 0, 118, 112)), (), ())
    smaller = SmallTextFound(
        (_line(10, 70, 80, 12), _line(10, 70, 80, 30), _line(0, 0, 118, 112), _line(5, 20, 100, 70)),
        (_line(10, 80, 80, 40),),
        (),
    )
    heard = gather(Looks([_line(10, 10, 80, 12)], look, calmer, smaller), View("full", BLANK))
    assert [each.model for each in heard] == ["large", "fine", "trace", "calmer", "smaller", "smaller", "huge"]
    # Neither thin ones, which are seen better as they are, nor nearly the whole image.
    assert [each.line.across for each in heard[3:]] == [9, 30, 40, 70]
    for each in heard:
        assert set(weights_of(each.model)) == {"bias", "close", *each.said, *read(UNREAD)}


def test_a_word_within_an_area_does_not_vouch_for_the_area() -> None:
    word, area = _line(10, 10, 40, 12), _line(5, 5, 110, 60)
    smaller = SmallTextFound((area, _line(10, 8, 50, 24)), (), ())
    said = [each.said["beside"] for each in gather(Looks([word], smaller=smaller), View("full", BLANK))]
    assert said[1:] == [0.0, word.score * word.fill]


def test_a_faint_trace_counts_where_a_close_look_is_sure() -> None:
    faint = _line(10, 10, 9, 9, 0.3)
    look = SmallTextFound((), (faint,), (faint,))
    assert _counting([], look, odds=SUREST) == [faint]
    assert _counting([], look, odds=-SUREST) == []


def test_an_image_of_many_doubted_lines_costs_a_bounded_number_of_looks_and_readings() -> None:
    doubted = tuple(_line(20 * n % 2000, 20 * (n // 100), 12, 9, 0.3) for n in range(2 * MOST_CLOSE))
    reader, close = _Reader(("", 0.0)), _Close(0.0)
    heard = _heard(Looks([], SmallTextFound(doubted, (), doubted)))
    assert not list(accepted_lines(heard, close, reader))
    assert 0 < close.count <= MOST_CLOSE
    assert 0 < reader.count <= 2 * MOST


def test_a_page_of_more_lines_than_are_looked_at_closely_or_read_is_masked_to_the_last() -> None:
    page = tuple(_line(60 * (n % 30), 20 * (n // 30), 40, 12, 0.9) for n in range(2 * MOST_CLOSE))
    heard = _heard(Looks([], SmallTextFound(page, (), page)))
    reader, close = _Reader(("", 0.0)), _Close(SUREST / 2)
    assert {each.range()[0] >= each.enough for each in heard.line_candidates} == {False}
    assert set(accepted_lines(heard, close, reader)) >= set(page)


class _Close(LineClassifier):
    def __init__(self, odds: float) -> None:
        self._odds = odds
        self.count = 0

    def look(self, _pixels: object, lines: Sequence[db.Line]) -> Iterator[float]:
        self.count += len(lines)
        return iter([self._odds] * len(lines))


class _Reader(PpocrReader):
    def __init__(self, *readings: tuple[str, float]) -> None:
        self._readings = itertools.cycle(readings)
        self.count = 0

    def read_area(self, _pixels: object, _quad: object) -> tuple[str, float]:
        self.count += 1
        return next(self._readings)


@pytest.mark.parametrize(
    ("readings", "letters", "score"),
    [
        ([("DOE", 0.8), ("D0E", 0.78)], 3, 0.78),
        ([("DOE", 0.8), ("DO", 0.3)], 2, 0.3),
        ([("R", 0.99), ("R", 0.97)], 1, 0.97),
        ([("ll", 0.99), ("ll", 0.97)], 0, 0.0),
        ([("1", 0.99), ("1", 0.99)], 0, 0.0),
        ([("DOE", 0.9), ("", 0.0)], 0, 0.0),
    ],
)
def test_a_line_is_as_legible_as_the_worse_of_two_readings_and_strokes_are_no_letters(
    readings: list[tuple[str, float]], letters: int, score: float
) -> None:
    line = _line(10, 10, 40, 9, 0.65)
    assert legibility(np.zeros((50, 80), np.uint8), line, _Reader(*readings)) == Legibility(letters, score)


def test_a_crop_is_turned_upright() -> None:
    pixels = np.zeros((100, 100), np.uint8)
    pixels[20:80, 40:50] = 255
    quad = next(sides(Box(40, 20, 50, 80).corners))
    crop = upright(pixels, quad, 48)
    assert crop.shape == (48, 288)
    assert crop[8:-8, 8:-8].min() == 255


def test_the_alphabet_is_read_from_the_model_itself() -> None:
    message = b"\x08\x07\x72\x08" + b"\x0a\x01c\x12\x03A\nB"
    assert metadata(message) == {"c": "A\nB"}
    with pytest.raises(ValueError, match="not an ONNX model"):
        metadata(b"\x0f\xff")


def test_a_model_that_is_not_the_known_one_is_not_loaded() -> None:
    other = replace(DETECTION, digest="0" * 64)
    assert not other.describe().digest_ok
    with pytest.raises(MissingDependencyError, match="not the one this program knows"):
        other.load("pip install it")


def test_the_build_takes_the_models_that_are_asked_for() -> None:
    """What the hook of the build checks is what the program checks."""
    hook = (Path(__file__).parents[1] / ".ci" / "take_models.py").read_text(encoding="utf-8")
    assert dict(re.findall(r'"(PP-OCRv6_\w+\.onnx)": "([0-9a-f]{64})"', hook)) == {
        model.name: model.digest for model in (DETECTION, RECOGNITION)
    }
    for model in (DETECTION, RECOGNITION):
        assert f"{model.package}/{model.path}".rpartition("/")[0] in hook


def test_where_the_package_has_no_model_an_installed_rapidocr_has_it() -> None:
    nowhere = replace(DETECTION, path="detect/models/nothing.onnx")
    assert nowhere.describe().digest_ok or nowhere.locate() is None
    assert replace(nowhere, elsewhere=None).locate() is None


def test_an_unknown_engine_is_a_wrong_command_and_a_missing_one_says_how_it_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(UsageError):
        build_detector(("tesseract",))
    monkeypatch.setattr(easyocr.EasyocrEngine, "missing", lambda _self: ("torch",))
    with pytest.raises(MissingDependencyError) as caught:
        build_detector(("ppocr", "easyocr"))
    assert "scanscrub[easyocr]" in caught.value.hint


def test_every_engine_names_its_models_with_digests() -> None:
    for engine in ENGINES.values():
        assert all(len(model.digest) in {32, 64} for model in engine.models())
