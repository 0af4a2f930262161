"""Crosses are taken out of a picture, letters are not."""

import string
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scanscrub.detect.callipers import crosses, without_callipers
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View

UPRIGHT, ASLANT = ((1, 0), (0, 1), (-1, 0), (0, -1)), ((1, 1), (-1, 1), (-1, -1), (1, -1))


def tissue(rows: int = 120, columns: int = 160) -> NDArray[np.uint8]:
    grain = cv2.GaussianBlur(np.random.default_rng(3).rayleigh(60, (rows, columns)), (0, 0), 1.2)
    return np.asarray(np.clip(grain, 0, 150), np.uint8)


def crossed(  # noqa: PLR0917 - as many as a cross has features
    pixels: NDArray[np.uint8],
    x: int,
    y: int,
    arm: int,
    arms: Sequence[tuple[int, int]] = UPRIGHT,
    gap: int = 0,
    thick: int = 1,
    level: int = 255,
) -> NDArray[np.bool_]:
    """Draw a cross; its ink."""
    before = pixels.copy()
    for dx, dy in arms:
        cv2.line(pixels, (x + gap * dx, y + gap * dy), (x + arm * dx, y + arm * dy), level, thick)
    return np.asarray(pixels != before)


def taken_out(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    (view,) = without_callipers(Picture((View("window", pixels),)))
    return view.pixels


@pytest.mark.parametrize("arms", [UPRIGHT, ASLANT])
@pytest.mark.parametrize(
    ("arm", "gap", "thick"), [(3, 0, 1), (4, 0, 1), (6, 2, 1), (7, 0, 3), (8, 3, 2), (12, 0, 3), (17, 4, 3)]
)
def test_a_cross_is_found_and_nothing_of_it_is_left(
    arms: tuple[tuple[int, int], ...], arm: int, gap: int, thick: int
) -> None:
    pixels = tissue()
    plain = pixels.copy()
    ink = crossed(pixels, 70, 60, arm, arms, gap, thick)
    (found,) = crosses(pixels)
    assert Box.around(((70, 60), (71, 60), (71, 61), (70, 61))).meets(found.box)
    filled = taken_out(pixels)
    assert (filled[ink] <= plain.max()).all()
    beyond = ~cv2.dilate(ink.view(np.uint8), np.ones((5, 5))).astype(np.bool_)
    assert np.array_equal(filled[beyond], plain[beyond])


def test_dark_and_outlined_and_coloured_crosses_and_those_at_dots_are_found() -> None:
    dark = tissue() // 3 + 150
    crossed(dark, 70, 60, 6, level=0)
    outlined = tissue()
    crossed(outlined, 70, 60, 8, thick=3, level=0)
    crossed(outlined, 70, 60, 7)
    at_dots = tissue()
    crossed(at_dots, 70, 60, 6)
    for away in range(10, 60, 6):
        at_dots[60 + away // 3 : 62 + away // 3, 70 + away : 72 + away] = 255
    for pixels in (dark, outlined, at_dots):
        assert len(crosses(pixels)) == 1
    coloured = np.dstack([tissue(), tissue(), tissue()])
    before = coloured.copy()
    for colour, level in enumerate((255, 230, 0)):
        plane = np.ascontiguousarray(coloured[..., colour])
        crossed(plane, 70, 60, 6, level=level)
        coloured[..., colour] = plane
    filled = taken_out(coloured)
    assert not np.array_equal(filled, coloured)
    assert np.abs(filled[60, 60:80].astype(int) - before[60, 60:80]).max() < 100


def test_a_white_cross_on_flow_is_found() -> None:
    flow = np.dstack([np.full((120, 160), 250, np.uint8), tissue() + 90, np.zeros((120, 160), np.uint8)])
    pixels = flow.copy()
    for plane in range(3):
        one = np.ascontiguousarray(pixels[..., plane])
        crossed(one, 70, 60, 6)
        pixels[..., plane] = one
    filled = taken_out(pixels)
    assert np.abs(filled.astype(int) - flow).max() < 120


def test_frames_that_are_shown_at_once_lose_their_own_crosses() -> None:
    frames = (tissue(), tissue(), tissue())
    ink = [crossed(frame, x, 60, 6) for frame, x in zip(frames, (30, 70, 110), strict=True)]
    (shown,) = without_callipers(Picture((View("frames", np.dstack(frames), frames),)))
    for place, mine in enumerate(ink):
        assert (shown.at_once[place][mine] < 200).all()
        assert np.array_equal(shown.pixels[..., place], shown.at_once[place])


def test_a_cross_seen_in_one_view_is_taken_out_of_all() -> None:
    window, faint = tissue(), np.full((120, 160), 215, np.uint8)
    crossed(window, 70, 60, 6)
    crossed(faint, 70, 60, 6, level=240)
    assert not crosses(faint)
    for view in without_callipers(Picture((View("window", window), View("faint", faint)))):
        assert view.pixels[54:67, 64:77].max() < 230


def test_crosses_at_the_border_and_in_tiny_pictures_do_no_harm() -> None:
    for x, y in ((0, 0), (3, 60), (159, 119), (70, 118)):
        pixels = tissue()
        crossed(pixels, x, y, 6)
        assert taken_out(pixels).shape == pixels.shape
    for rows, columns in ((1, 1), (4, 200), (11, 5), (200, 3)):
        assert not crosses(np.full((rows, columns), 9, np.uint8))


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


def test_a_plus_within_writing_stays() -> None:
    pixels = tissue()
    cv2.putText(pixels, "A+B", (50, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1)
    assert taken_out(pixels) is pixels


def test_lines_that_cross_and_flow_are_no_callipers() -> None:
    pixels = tissue()
    cv2.line(pixels, (0, 60), (159, 60), 255, 1)
    cv2.line(pixels, (70, 0), (70, 119), 255, 1)
    cv2.rectangle(pixels, (100, 20), (140, 50), 255, 1)
    assert not crosses(pixels)
