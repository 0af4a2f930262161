"""The fine print detector: what it sees that the passes do not, its tiles, and its memory."""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.lines import db
from scanscrub.detect.models.runtime import open_session
from scanscrub.detect.models.small_text import (
    ENLARGED,
    NOTHING,
    SMALL_TEXT,
    TALL,
    TILE,
    SmallTextDetector,
    _places,
    shown,
)
from scanscrub.domain.geometry import Box


@cache
def fine_print(memory: int = 0) -> SmallTextDetector:
    return SmallTextDetector(open_session(SMALL_TEXT.load(""), DetectSettings(threads=1)), memory)


def grain(rows: int, columns: int, deviation: float = 4) -> NDArray[np.uint8]:
    return np.random.default_rng(1).normal(70, deviation, (rows, columns)).clip(0, 255).astype(np.uint8)


def written(pixels: NDArray[np.uint8], text: str, left: int, baseline: int, gray: int) -> NDArray[np.bool_]:
    """Writes in small capitals (8 pixels high) and says which pixels are ink."""
    ink = np.zeros(pixels.shape, np.uint8)
    cv2.putText(ink, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.37, 255, 1)
    pixels[ink > 127] = gray
    return ink > 127


def covered(lines: Sequence[db.Line], ink: NDArray[np.bool_]) -> float:
    mask = np.zeros(ink.shape, np.uint8)
    for line in lines:
        box = Box.around(line.quad).grown(4).clipped(ink.shape[1], ink.shape[0])
        mask[box.top : box.bottom, box.left : box.right] = 1
    return float(mask[ink].mean())


@pytest.mark.parametrize("gray", [92, 255, 20])
def test_small_writing_is_found_however_faint(gray: int) -> None:
    pixels = grain(300, 400)
    ink = written(pixels, "OKAFOR 1970", 120, 200, gray)
    assert covered(fine_print().look(pixels).lines, ink) > 0.95


def test_writing_across_the_edges_of_tiles_is_covered_whole() -> None:
    pixels = grain(600, 1400)
    ink = written(pixels, "RADIOLOGY WEST WING  OKAFOR MIRIAM  1970-03-21  " * 4, 40, 508, 255)
    assert covered(fine_print().look(pixels).lines, ink) > 0.95


def test_noise_and_an_even_picture_hold_no_writing() -> None:
    assert fine_print().look(grain(400, 500, 12)).lines == ()
    assert fine_print().look(np.full((400, 500), 90, np.uint8)) == NOTHING


def test_a_memory_gives_the_same_lines_and_runs_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = SmallTextDetector(open_session(SMALL_TEXT.load(""), DetectSettings(threads=1)), 8)
    pixels = grain(200, 300)
    written(pixels, "OKAFOR", 40, 100, 255)
    first = detector.look(pixels)
    assert first.lines
    monkeypatch.setattr(SmallTextDetector, "probability", lambda *_: pytest.fail("looked at the same tile twice"))
    assert detector.look(pixels.copy()) == first


def test_an_answer_of_another_shape_is_an_error_and_not_an_empty_result() -> None:
    class Broken:
        name = "broken"

        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.zeros((1, 1, batch.shape[2], 8), np.float32)

    with pytest.raises(RuntimeError, match="no usable map"):
        SmallTextDetector(Broken(), 0).look(grain(300, 300))


class Saying:
    """A model that sees one line, 80 pixels long, at the image's own size and enlarged, as likely as it is told."""

    name = "saying"

    def __init__(self, own: float, enlarged: float, high: int = 10) -> None:
        self.said, self.high = iter((own, enlarged)), high
        self.shown: list[tuple[int, ...]] = []

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        size = ENLARGED if self.shown else 1.0
        self.shown.append(batch.shape[2:])
        answer = np.zeros((1, 1, batch.shape[2] // 2, batch.shape[3] // 2), np.float32)
        bottom = round((20 + self.high) * size)
        answer[0, 0, round(20 * size) : bottom, round(30 * size) : round(70 * size)] = next(self.said)
        return answer


@pytest.mark.parametrize(("own", "enlarged", "looks", "found"), [
    (0.9, 0.9, 2, True),
    (0.9, 0.3, 2, True),
    (0.9, 0.0, 2, True),
    (0.6, 0.0, 2, False),
    (0.0, 0.9, 1, False),
])  # fmt: skip
def test_what_is_seen_at_two_sizes_counts_by_its_mean(
    own: float, enlarged: float, looks: int, *, found: bool
) -> None:
    session = Saying(own, enlarged)
    assert bool(SmallTextDetector(session, 0).look(grain(200, 300)).lines) is found
    assert len(session.shown) == looks


@pytest.mark.parametrize(("rows", "columns", "sides"), [(200, 300, (128, 192)), (100, 150, (100, 150))])
def test_only_what_is_around_something_seen_is_shown_again(rows: int, columns: int, sides: tuple[int, int]) -> None:
    session = Saying(0.9, 0.9)
    SmallTextDetector(session, 0).look(grain(rows, columns))
    first, second = session.shown
    assert first == (-(-rows // 8) * 8, -(-columns // 8) * 8)
    assert second == tuple(-(-round(side * ENLARGED) // 8) * 8 for side in sides)


def test_places_apart_are_shown_again_one_by_one_and_places_that_meet_together() -> None:
    seen = np.zeros((500, 500), np.bool_)
    seen[40, 40] = seen[40, 400] = True
    assert _places(seen) == [Box(0, 0, 128, 128), Box(320, 0, 448, 128)]
    seen[200, 40:300] = True  # its cells meet those of the first, and their common box meets those of the second
    assert _places(seen) == [Box(0, 0, 448, 256)]
    seen[:] = False
    assert _places(seen) == []


def test_several_lines_seen_as_one_are_lengthened_no_more_than_one_line() -> None:
    (line,) = SmallTextDetector(Saying(0.95, 0.95, high=24), 0).look(grain(200, 300)).lines
    box = Box.around(line.quad)
    assert box.height >= 48
    assert 60 - TALL < box.left < 60
    assert 140 < box.right < 140 + TALL


def test_gray_and_the_same_gray_in_color_are_shown_alike() -> None:
    gray = grain(TILE, TILE)
    assert np.array_equal(shown(gray), shown(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)))


def test_letters_too_large_for_the_model_are_seen_where_the_image_is_made_smaller() -> None:
    pixels = grain(501, 701)
    ink = np.zeros(pixels.shape, np.uint8)
    cv2.putText(ink, "LOW", (300, 300), cv2.FONT_HERSHEY_SIMPLEX, 4.0, 255, 8)
    pixels[ink > 127] = 200
    looks = list(fine_print().smaller(pixels))
    assert len(looks) == 3  # from 250 x 350 to 62 x 87
    assert covered([line for look in looks for line in look.lines], ink > 127) > 0.95
    assert all(290 < line.x < 650 and 180 < line.y < 320 for look in looks[:2] for line in look.lines)


def test_a_letter_in_grain_is_seen_more_often_where_the_image_is_a_little_smaller() -> None:
    letter = np.zeros((160, 160), np.uint8)
    cv2.putText(letter, "R", (70, 90), cv2.FONT_HERSHEY_COMPLEX, 0.75, 20, 2)
    usual, calmer = 0, 0
    for seed in range(8):
        noise = np.random.default_rng(seed).normal(90, 10, letter.shape)
        pixels = (noise + letter).clip(0, 255).astype(np.uint8)
        usual += covered(fine_print().look(pixels).lines, letter > 10) > 0.95
        calmer += covered(fine_print().calmer(pixels).lines, letter > 10) > 0.95
    assert calmer > usual


def test_an_image_of_a_few_pixels_is_not_made_smaller() -> None:
    tiny = grain(40, 84)
    written(tiny, "OKAFOR", 10, 30, 255)
    assert fine_print().calmer(tiny) == NOTHING
    assert list(fine_print().smaller(tiny)) == []
