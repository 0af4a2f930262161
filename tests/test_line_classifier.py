"""The line classifier: every line is shown at one height, in batches of one shape, and what it answers is bounded."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import (
    ACROSS,
    BATCH,
    HEIGHT,
    LINE_CLASSIFIER,
    SUREST,
    WIDTH,
    LineClassifier,
    Sizes,
    proportions,
    shown,
)
from scanscrub.detect.models.runtime import open_session


@cache
def classifier() -> LineClassifier:
    return LineClassifier(open_session(LINE_CLASSIFIER.load(""), DetectSettings(threads=1)))


def grain(rows: int, columns: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).normal(70, 4, (rows, columns)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("degrees", [0, 30, 90, 135])
@pytest.mark.parametrize("across", [6.0, 24.0, 200.0])
def test_a_line_of_any_size_and_direction_is_shown_level_at_one_height(across: float, degrees: int) -> None:
    pixels = np.zeros((900, 900), np.uint8)
    line = Line(430.0, 460.0, 3 * across, across, np.radians(degrees), 0.9)
    cv2.fillConvexPoly(pixels, np.round(np.array(line.quad)).astype(np.int32), 255)
    near = Sizes(pixels).near(line)
    assert near.shape == (HEIGHT, WIDTH)
    rows, columns = np.flatnonzero(near[:, WIDTH // 2] > 127), np.flatnonzero(near[HEIGHT // 2] > 127)
    blur = 2 + ACROSS / across
    assert abs(len(rows) - ACROSS) <= 2 * blur
    assert abs(len(columns) - 3 * ACROSS) <= 2 * blur
    assert abs(rows.mean() - HEIGHT / 2) <= blur
    assert abs(columns.mean() - WIDTH / 2) <= blur


def test_a_long_line_is_pressed_together_until_all_of_it_is_seen() -> None:
    pixels = np.zeros((60, 900), np.uint8)
    line = Line(450.0, 30.0, 800.0, 12.0, 0.0, 0.9)
    pixels[24:36, 50:850] = 255
    seen = Sizes(pixels).near(line)[HEIGHT // 2]
    assert seen[WIDTH // 2] == 255
    assert seen[0] == seen[-1] == 0


def test_beyond_the_image_nothing_of_it_is_repeated() -> None:
    pixels = np.full((200, 300, 3), (40, 50, 60), np.uint8)
    pixels[90:112, :2] = 255  # a stroke along the border
    near = Sizes(pixels).near(Line(6.0, 101.0, 12.0, 22.0, 0.0, 0.9))
    beyond = near[:, : WIDTH // 2 - 12]
    assert (beyond == (40, 50, 60)).all()
    assert (near[HEIGHT // 2, WIDTH // 2 - 10 : WIDTH // 2] == 255).any()


def test_it_tells_a_letter_from_the_grain_and_from_a_frame() -> None:
    pixels = grain(300, 400)
    cv2.putText(pixels, "R", (100, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 160, 1)
    cv2.rectangle(pixels, (250, 150), (390, 290), 160, 1)
    lines = [Line(x, y, 18.0, 18.0, 0.0, 0.5) for x, y in ((105, 95), (60, 200), (256, 156))]
    letter, nothing, corner = classifier().look(pixels, lines)
    assert letter > 2 > -2 > max(nothing, corner)


def test_a_line_is_judged_alike_whatever_is_judged_beside_it() -> None:
    pixels = grain(300, 400)
    cv2.putText(pixels, "OKAFOR", (100, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 160, 1)
    line, others = (
        Line(130.0, 95.0, 70.0, 16.0, 0.0, 0.5),
        [Line(20.0 * n, 200.0, 20.0, 10.0, 0.0, 0.5) for n in range(30)],
    )
    (alone,) = classifier().look(pixels, [line])
    judged = list(classifier().look(pixels, [*others, line]))
    assert len(judged) == 31
    assert judged[-1] == pytest.approx(alone, abs=1e-3)
    assert all(abs(odds) <= SUREST for odds in judged)
    assert list(classifier().look(pixels, [])) == []


def test_gray_and_the_same_gray_in_color_are_shown_alike() -> None:
    line, gray = Line(130.0, 95.0, 70.0, 16.0, 0.0, 0.5), grain(HEIGHT, WIDTH)
    said = proportions(line)
    assert np.array_equal(shown(gray, said), shown(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), said))


def test_an_answer_of_another_shape_is_an_error_and_not_an_empty_result() -> None:
    class Broken:
        name = "broken"

        def run(self, _: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.full((BATCH, 1), np.nan, np.float32)

    with pytest.raises(RuntimeError, match="no usable answer"):
        list(LineClassifier(Broken()).look(grain(60, 60), [Line(30.0, 30.0, 20.0, 10.0, 0.0, 0.5)]))
