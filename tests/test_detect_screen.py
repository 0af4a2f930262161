"""The screen before the detector: what it lets through, and that it spares what holds nothing."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.engines.registry import build_detector
from scanscrub.detect.engines.screen import Screened
from scanscrub.detect.models.runtime import open_session
from scanscrub.detect.models.small_text import SMALL_TEXT, SmallTextDetector
from scanscrub.domain.picture import Picture, View

FINE = SmallTextDetector(open_session(SMALL_TEXT.load(""), DetectSettings(threads=1)), 0)


class Asked:
    """Counts how often it is asked."""

    identity = "asked"

    def __init__(self) -> None:
        self.pictures: list[Picture] = []

    def find(self, picture: Picture) -> Sequence[TextBox]:
        self.pictures.append(picture)
        return ()


def asked(*views: NDArray[np.uint8]) -> int:
    detector = Asked()
    Screened(detector, FINE).find(Picture(tuple(View(str(number), each) for number, each in enumerate(views))))
    return len(detector.pictures)


def smooth() -> NDArray[np.uint8]:
    down, across = np.mgrid[0:480, 0:512]
    return np.asarray(60 + 50 * np.sin(across / 60) * np.cos(down / 45), np.uint8)


@pytest.mark.parametrize(("scale", "thick"), [(0.35, 1), (0.8, 2), (2.5, 5), (5.0, 10)])
def test_writing_of_any_size_reaches_the_detector(scale: float, thick: int) -> None:
    pixels = smooth()
    cv2.putText(pixels, "ROE 7", (20, 300), cv2.FONT_HERSHEY_SIMPLEX, scale, 230, thick)
    assert asked(pixels) == 1


def test_writing_in_the_last_view_reaches_the_detector() -> None:
    pixels = smooth()
    cv2.putText(pixels, "ROE", (20, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 230, 1)
    assert asked(smooth(), pixels) == 1


def test_a_smooth_picture_and_an_even_one_are_spared() -> None:
    assert asked(smooth(), np.full((480, 512), 40, np.uint8)) == 0


def test_only_the_engine_whose_model_it_is_is_screened() -> None:
    settings = DetectSettings(threads=1)
    assert build_detector(("ppocr",), settings, screened=True).identity.endswith("screened")
    assert not build_detector(("ppocr",), settings).identity.endswith("screened")
