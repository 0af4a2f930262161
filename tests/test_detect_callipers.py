"""A line of a calliper's cross goes; one of a letter, or with anything else in it, stays."""

import string
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scanscrub.detect.candidates.calipers import crosses_of, without_calipers
from scanscrub.detect.candidates.crosses import MOST_CROSSES, crosses
from scanscrub.detect.lines.db import Line
from scanscrub.detect.models.line_classifier import LineClassifier
from scanscrub.detect.models.small_text import NOTHING, SmallTextDetector, SmallTextFound
from scanscrub.domain.picture import View

UPRIGHT, ASLANT = ((1, 0), (0, 1), (-1, 0), (0, -1)), ((1, 1), (-1, 1), (-1, -1), (1, -1))
SEEN = 160
"""Gray levels from which the fine print model below sees something: tissue is darker."""


class Fine(SmallTextDetector):
    def __init__(self) -> None:
        pass

    def look(self, pixels: NDArray[np.uint8]) -> SmallTextFound:
        ys, xs = np.nonzero(pixels > SEEN)
        if not ys.size:
            return NOTHING
        return SmallTextFound((), (), (line(int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1),))


class Close(LineClassifier):
    def __init__(self, odds: float) -> None:
        self._odds = odds

    def look(self, pixels: NDArray[np.uint8], lines: Sequence[Line]) -> Iterator[float]:  # noqa: ARG002 - is sure
        yield from [self._odds] * len(lines)


def line(left: int, top: int, width: int, height: int) -> Line:
    return Line(left + width / 2, top + height / 2, width, height, 0.0, 0.9, 0.9)


AROUND_IT = line(45, 45, 50, 30)


def staying(pixels: NDArray[np.uint8], *lines: Line, odds: float = -4.0) -> list[Line]:
    """The lines that are left of those seen in one gray picture."""
    ((own,),) = crosses_of([View("window", pixels)])
    return without_calipers(lines, [pixels], lambda: [own], Fine(), Close(odds))


def tissue(rows: int = 120, columns: int = 160) -> NDArray[np.uint8]:
    grain = cv2.GaussianBlur(np.random.default_rng(3).rayleigh(60, (rows, columns)), (0, 0), 1.2)
    return np.asarray(np.clip(grain, 0, 150), np.uint8)


def crossed(  # noqa: PLR0917 - as many as a cross has features
    pixels: NDArray[np.uint8],
    x: int = 70,
    y: int = 60,
    arm: int = 6,
    arms: Sequence[tuple[int, int]] = UPRIGHT,
    gap: int = 0,
    thick: int = 1,
    level: int = 255,
) -> NDArray[np.uint8]:
    """The pixels, in which a cross is drawn."""
    for dx, dy in arms:
        cv2.line(pixels, (x + gap * dx, y + gap * dy), (x + arm * dx, y + arm * dy), level, thick)
    return pixels


@pytest.mark.parametrize("arms", [UPRIGHT, ASLANT])
@pytest.mark.parametrize(
    ("arm", "gap", "thick"), [(3, 0, 1), (4, 0, 1), (6, 2, 1), (7, 0, 3), (8, 3, 2), (12, 0, 3), (17, 4, 3)]
)
def test_the_line_of_a_cross_goes(arms: tuple[tuple[int, int], ...], arm: int, gap: int, thick: int) -> None:
    pixels = crossed(tissue(), 70, 60, arm, arms, gap, thick)
    around = line(70 - 2 * arm, 60 - 2 * arm, 4 * arm, 4 * arm)
    assert len(crosses(pixels)) == 1
    assert staying(pixels, around) == []
    assert staying(pixels, around, odds=1.0) == [around]  # a close look doubts it
    assert staying(tissue(), around) == [around]  # no cross


def test_dark_and_outlined_crosses_and_those_at_dots_are_found() -> None:
    dark = crossed(tissue() // 3 + 150, level=0)
    outlined = crossed(crossed(tissue(), arm=8, thick=3, level=0))
    at_dots = crossed(tissue())
    for away in range(10, 60, 6):
        at_dots[60 + away // 3 : 62 + away // 3, 70 + away : 72 + away] = 255
    for pixels in (dark, outlined, at_dots):
        assert len(crosses(pixels)) == 1
    assert staying(outlined, AROUND_IT) == []


def test_crosses_in_color_and_white_ones_on_flow_are_found() -> None:
    yellow = np.dstack([crossed(tissue(), level=level) for level in (255, 230)] + [tissue()])
    flow = (np.full((120, 160), 250, np.uint8), tissue() + 90, np.zeros((120, 160), np.uint8))
    white = np.dstack([crossed(plane) for plane in flow])
    for pixels in (yellow, white):
        ((found,),) = crosses_of([View("color", pixels)])
        assert len(found) >= 1


def test_fainter_writing_beside_or_under_a_cross_is_writing() -> None:
    for left, baseline in ((77, 66), (58, 74), (66, 64)):
        pixels = tissue() // 2
        cv2.putText(pixels, "KUHN", (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 200, 1)
        assert staying(crossed(pixels), AROUND_IT) == [AROUND_IT]


def test_the_line_of_a_cross_stays_where_another_line_or_cross_is_near() -> None:
    pixels = crossed(tissue())
    assert staying(pixels, AROUND_IT, line(100, 50, 40, 16)) == [AROUND_IT, line(100, 50, 40, 16)]
    assert staying(pixels, AROUND_IT, line(0, 100, 40, 16)) == [line(0, 100, 40, 16)]
    assert staying(pixels, long := line(0, 52, 150, 16)) == [long]
    assert staying(pixels, apart := line(90, 52, 40, 16)) == [apart]
    assert staying(crossed(pixels, 95), AROUND_IT) == [AROUND_IT]


def test_a_cross_of_one_frame_is_none_in_another_and_one_of_one_view_is_in_all() -> None:
    crossed_frame, other = crossed(tissue()), tissue()
    at_once = View("frames", np.dstack([crossed_frame, other, other]), (crossed_frame, other))
    ((own, none),) = crosses_of([at_once])
    assert (len(own), len(none)) == (1, 0)
    assert without_calipers([AROUND_IT], at_once.pictures, lambda: (own, none), Fine(), Close(-4.0)) == []
    cv2.putText(other, "K", (66, 64), cv2.FONT_HERSHEY_SIMPLEX, 0.35, 255, 1)
    assert without_calipers([AROUND_IT], at_once.pictures, lambda: (own, none), Fine(), Close(-4.0)) == [AROUND_IT]
    faint = crossed(np.full((120, 160), 215, np.uint8), level=240)
    assert not crosses(faint)
    (of_the_window,), (of_the_faint,) = crosses_of([View("window", crossed_frame), View("faint", faint)])
    assert len(of_the_window) == 1
    assert of_the_faint == of_the_window


def test_crosses_at_the_border_and_in_tiny_pictures_do_no_harm() -> None:
    for x, y in ((0, 0), (3, 60), (159, 119), (70, 118)):
        assert isinstance(staying(crossed(tissue(), x, y), line(x - 20, y - 10, 40, 20)), list)
    for rows, columns in ((1, 1), (4, 200), (11, 5), (200, 3)):
        assert not crosses(np.full((rows, columns), 9, np.uint8))


def test_a_grid_of_crosses_has_no_callipers() -> None:
    pixels = np.zeros((400, 400), np.uint8)
    for place in range(MOST_CROSSES + 16):
        crossed(pixels, 20 + 40 * (place % 9), 20 + 40 * (place // 9))
    assert crosses(pixels) == []


@pytest.mark.parametrize("capitals", [7, 9, 12, 16, 22, 30])
def test_no_letter_is_a_cross(capitals: int) -> None:
    letters = set(string.ascii_letters + string.digits + string.punctuation + "ХхЖжИК") - set("+")
    font = ImageFont.load_default(capitals)
    for letter in sorted(letters):
        canvas = Image.new("L", (100, 100), 20)
        ImageDraw.Draw(canvas).text((40, 30), letter, 235, font)
        assert not crosses(np.array(canvas)), letter
        if letter.isascii():
            for face in range(8):
                pixels = np.full((100, 100), 20, np.uint8)
                cv2.putText(pixels, letter, (40, 60), face, capitals / 21, 235, max(1, capitals // 10))
                assert not crosses(pixels), (letter, face)


def test_a_plus_within_writing_and_lines_that_cross_are_no_callipers() -> None:
    pixels = tissue()
    cv2.putText(pixels, "A+B", (50, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
    assert not crosses(pixels)
    pixels = tissue()
    cv2.line(pixels, (0, 60), (159, 60), 255, 1)
    cv2.line(pixels, (70, 0), (70, 119), 255, 1)
    cv2.rectangle(pixels, (100, 20), (140, 50), 255, 1)
    assert not crosses(pixels)
