"""The parts of detection that need no model."""

import itertools
import math
import re
import struct
from dataclasses import replace
from operator import ne
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanscrub.detect.base import TextBox
from scanscrub.detect.engines import easyocr
from scanscrub.detect.engines.registry import ENGINES, build_detector
from scanscrub.detect.engines.second_look import DETECTION
from scanscrub.detect.frames.tiles import PADDED, grid, spans
from scanscrub.detect.lines import db
from scanscrub.detect.lines.combine import without_repeats
from scanscrub.detect.models.onnx_file import metadata, without_subnormals
from scanscrub.detect.reading.crops import sides, upright
from scanscrub.detect.reading.reader import RECOGNITION
from scanscrub.domain.errors import MissingDependencyError, UsageError
from scanscrub.domain.geometry import Box

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


def test_weights_too_small_for_a_float_are_zero_and_whole_numbers_stay() -> None:
    def tensor(kind: int, values: bytes) -> bytes:
        return b"\x10" + bytes([kind]) + b"\x4a" + bytes([len(values)]) + values

    def model(*tensors: bytes) -> bytes:
        graph = b"".join(b"\x2a" + bytes([len(each)]) + each for each in tensors)
        return b"\x08\x07\x3a" + bytes([len(graph)]) + graph

    whole = tensor(7, struct.pack("<2q", 3, 1))
    before = model(tensor(1, struct.pack("<5f", 1e-39, -1e-44, 1.2e-38, -2.0, 0.0)), whole)
    after = model(tensor(1, struct.pack("<5f", 0.0, 0.0, 1.2e-38, -2.0, 0.0)), whole)
    assert without_subnormals(before) == after


def test_the_second_look_answers_the_same_without_its_subnormal_weights() -> None:
    import onnxruntime  # noqa: PLC0415 - heavy: loaded where it is needed

    model = DETECTION.load("")
    quick = without_subnormals(model)
    assert sum(map(ne, model, quick)) > 100_000
    batch = np.random.default_rng(0).normal(0, 0.5, (1, 3, 64, 64)).astype(np.float32)
    answers = [onnxruntime.InferenceSession(each).run(None, {"x": batch})[0] for each in (model, quick)]
    assert np.array_equal(*answers)


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
    assert "pip install easyocr==" in caught.value.hint


def test_every_engine_names_its_models_with_digests() -> None:
    for engine in ENGINES.values():
        assert all(len(model.digest) in {32, 64} for model in engine.models())
