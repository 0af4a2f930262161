"""A box is read in several views: the surest reading counts, and what another view shows instead is told as well."""

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.engines.registry import build_reader
from scanscrub.detect.reading.crops import turned
from scanscrub.detect.reading.views import read_views
from scanscrub.domain.geometry import Box, Quad
from scanscrub.domain.picture import Picture, View

QUAD = Box(10, 10, 150, 40).corners


def written(text: str, ink: int = 230, paper: int = 20) -> NDArray[np.uint8]:
    pixels = np.full((60, 240), paper, np.uint8)
    cv2.putText(pixels, text, (14, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.8, ink, 2)
    return pixels


class Reads:
    """Reads each of some images as it is told, what it was told nothing of as nothing, and counts the former."""

    def __init__(self, said: Mapping[int, tuple[str, float]]) -> None:
        self.said = said
        self._asked: set[int] = set()

    @property
    def asked(self) -> int:
        return len(self._asked)

    def __call__(self, pixels: NDArray[np.uint8], _quad: Quad) -> tuple[str, float]:
        self._asked |= {id(pixels)} & self.said.keys()
        return self.said.get(id(pixels), ("", 0.0))


def read(*views: tuple[NDArray[np.uint8], tuple[str, float]]) -> tuple[str, float, int]:
    reads = Reads({id(pixels): said for pixels, said in views})
    reading = read_views([View(str(number), pixels) for number, (pixels, _) in enumerate(views)], QUAD, reads)
    return reading.text.reveal(), reading.score, reads.asked


def test_the_surest_view_counts() -> None:
    view, brighter = written("OKAFOR", 90), written("OKAFOR")
    assert read((view, ("0KAF0", 0.5)), (brighter, ("OKAFOR", 0.96))) == ("OKAFOR", 0.96, 2)


@pytest.mark.parametrize(("shown", "instead", "sureness"), [
    ("ERECT", "SMITH", 0.95),
    ("AXIAL BONE WINDOW", "AXIAL BONE WINDOW KIM", 0.85),
    ("R LAT", "ANNA LI", 0.85),
])  # fmt: skip
def test_what_another_view_shows_instead_is_told_as_well(shown: str, instead: str, sureness: float) -> None:
    text, _, asked = read((written(shown), (shown, 0.96)), (written(instead), (instead, sureness)))
    assert {*shown.split(), *instead.split()} == set(text.split())
    assert asked == 2


def test_the_same_writing_misread_in_another_view_is_not_told_twice() -> None:
    assert read((written("OKAFOR"), ("OKAFOR", 0.96)), (written("OKAF0B"), ("0KAF0B", 0.85)))[0] == "OKAFOR"
    assert read((written("ERECT"), ("ERECT", 0.96)), (written("IIWLM"), ("iiwlm", 0.4)))[0] == "ERECT"


@pytest.mark.parametrize(("sureness", "count"), [(0.7, 4 + 1 + 1), (0.3, 4 + 4 + 4)])
def test_the_side_that_reads_well_is_the_only_one_that_is_read_once_more(sureness: float, count: int) -> None:
    pixels, quad = written("R"), Box(10, 10, 40, 40).corners
    asked: list[Quad] = []

    def read_line(_: NDArray[np.uint8], side: Quad) -> tuple[str, float]:
        asked.append(side)
        return ("R", sureness) if side == turned(quad, 2) else ("K", sureness / 2)

    assert read_views([View("window", pixels)], quad, read_line).score == sureness
    assert set(asked[:4]) == {turned(quad, quarters) for quarters in range(4)}
    assert len(asked) == count


def test_a_marker_in_one_window_does_not_hide_a_name_in_another() -> None:
    reader = build_reader((), DetectSettings(1))
    views = (View("window", written("ERECT")), View("full", written("OKAFOR")))
    (reading,) = reader.read(Picture(views), [TextBox(QUAD, 1.0)])
    assert {"ERECT", "OKAFOR"} <= set(reading.text.reveal().split())


def test_a_faint_name_beside_a_bright_mark_is_told_where_the_contrast_is_brought_to_one_level() -> None:
    pixels = np.random.default_rng(4).normal(90, 3, (60, 260)).clip(0, 255).astype(np.uint8)
    for text, left, gray in (("ERECT", 14, 255), ("OKAFOR", 110, 112)):
        ink = np.zeros(pixels.shape, np.uint8)
        cv2.putText(ink, text, (left, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
        pixels[ink > 127] = gray
    (reading,) = build_reader((), DetectSettings(1)).read(
        Picture((View("window", pixels),)), [TextBox(Box(6, 6, 240, 44).corners, 1.0)]
    )
    assert "OKAFOR" in reading.text.reveal().split()
