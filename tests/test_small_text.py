"""The small text detector: what it sees, its tiles, and its memory."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.models.runtime import open_session
from scanscrub.detect.models.small_text import SMALL_TEXT, TILE, SmallTextDetector, places, shown
from scanscrub.domain.geometry import Box


@cache
def small_text(memory: int = 0) -> SmallTextDetector:
    return SmallTextDetector(open_session(SMALL_TEXT.load(""), DetectSettings(threads=1)), memory)


def grain(rows: int, columns: int, deviation: float = 4) -> NDArray[np.uint8]:
    return np.random.default_rng(1).normal(70, deviation, (rows, columns)).clip(0, 255).astype(np.uint8)


def written(pixels: NDArray[np.uint8], text: str, left: int, baseline: int, gray: int) -> NDArray[np.bool_]:
    """Writes in small capitals (8 pixels high) and says which pixels are ink."""
    ink = np.zeros(pixels.shape, np.uint8)
    cv2.putText(ink, text, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.37, 255, 1)
    pixels[ink > 127] = gray
    return ink > 127


def looked_at(detector: SmallTextDetector, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return detector.probability(pixels, np.ones(pixels.shape[:2], np.bool_))


@pytest.mark.parametrize("gray", [92, 255, 20])
def test_small_writing_is_found_however_faint(gray: int) -> None:
    pixels = grain(300, 400)
    ink = written(pixels, "OKAFOR 1970", 120, 200, gray)
    assert (looked_at(small_text(), pixels)[ink] > 0.4).mean() > 0.95


def test_writing_across_the_edges_of_tiles_is_covered_whole() -> None:
    pixels = grain(600, 1400)
    ink = written(pixels, "RADIOLOGY WEST WING  OKAFOR MIRIAM  1970-03-21  " * 4, 40, 508, 255)
    assert (looked_at(small_text(), pixels)[ink] > 0.4).mean() > 0.95


def test_noise_and_an_even_picture_hold_no_writing() -> None:
    assert (looked_at(small_text(), grain(400, 500, 12)) > 0.4).mean() < 0.001
    assert not looked_at(small_text(), np.full((400, 500), 90, np.uint8)).any()


def test_a_memory_gives_the_same_map_and_runs_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = SmallTextDetector(open_session(SMALL_TEXT.load(""), DetectSettings(threads=1)), 8)
    pixels = grain(200, 300)
    written(pixels, "OKAFOR", 40, 100, 255)
    first = looked_at(detector, pixels)
    assert first.any()
    monkeypatch.setattr(SmallTextDetector, "_seen", lambda *_: pytest.fail("looked at the same tile twice"))
    assert np.array_equal(looked_at(detector, pixels.copy()), first)


def test_an_answer_of_another_shape_is_an_error_and_not_an_empty_result() -> None:
    class Broken:
        name = "broken"

        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.zeros((1, 1, batch.shape[2], 8), np.float32)

    with pytest.raises(RuntimeError, match="no usable map"):
        looked_at(SmallTextDetector(Broken(), 0), grain(300, 300))


def test_places_apart_are_shown_one_by_one_and_places_that_meet_together() -> None:
    seen = np.zeros((500, 500), np.bool_)
    seen[40, 40] = seen[40, 400] = True
    assert places(seen) == [Box(0, 0, 128, 128), Box(320, 0, 448, 128)]
    seen[200, 40:300] = True  # its cells meet those of the first, and their common box meets those of the second
    assert places(seen) == [Box(0, 0, 448, 256)]
    seen[:] = False
    assert places(seen) == []


def test_gray_and_the_same_gray_in_color_are_shown_alike() -> None:
    gray = grain(TILE, TILE)
    assert np.array_equal(shown(gray), shown(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB)))
