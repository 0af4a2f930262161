"""Masks are filled in before a detector looks, so that their edges are not taken for writing."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanscrub.detect.base import Reading, TextBox
from scanscrub.detect.frames import mask_inpainting
from scanscrub.detect.frames.cine import as_colors
from scanscrub.detect.frames.mask_inpainting import (
    MasksInpainted,
    black_near,
    fill,
    find_around,
    in_a_row,
    like_masks,
)
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture, View

MASK = Box(40, 60, 120, 84)


def anatomy(seed: int = 1) -> NDArray[np.uint8]:
    """A smooth gray field with a little grain."""
    rows, columns = np.mgrid[0:200, 0:240]
    field = 110 + 40 * np.sin(rows / 60) + 30 * np.cos(columns / 80)
    grain = np.random.default_rng(seed).normal(0, 2, field.shape)
    return np.asarray(np.clip(field + grain, 0, 255), np.uint8)


def picture(*planes: NDArray[np.uint8]) -> Picture:
    return Picture(tuple(View(f"view {number}", plane) for number, plane in enumerate(planes)))


def masked(pixels: NDArray[np.uint8], *boxes: Box) -> NDArray[np.uint8]:
    pixels = pixels.copy()
    for box in boxes:
        pixels[box.top : box.bottom, box.left : box.right] = 0
    return pixels


def inside(area: NDArray[np.bool_], box: Box) -> float:
    return float(area[box.top : box.bottom, box.left : box.right].mean())


def test_a_black_box_on_anatomy_is_like_a_mask() -> None:
    area = like_masks(picture(masked(anatomy(), MASK)))
    assert inside(area, MASK) == 1
    assert area.sum() == MASK.area


def test_overlapping_boxes_and_one_at_the_border_are_like_masks() -> None:
    boxes = [MASK, Box(100, 70, 180, 100), Box(0, 180, 90, 200)]
    area = like_masks(picture(masked(anatomy(), *boxes)))
    assert all(inside(area, box) == 1 for box in boxes)


def test_the_black_background_of_writing_is_not_like_a_mask() -> None:
    pixels = np.zeros((200, 240), np.uint8)
    cv2.putText(pixels, "ABCD 1234", (10, 100), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
    assert not like_masks(picture(pixels)).any()


def test_black_is_looked_for_only_around_planned_masks() -> None:
    shown = picture(masked(anatomy(), MASK, Box(150, 150, 200, 190)))
    area = black_near(shown, [Box(44, 64, 116, 80)])
    assert inside(area, MASK) == 1
    assert area.sum() == MASK.area


def test_the_filling_goes_on_as_its_surroundings_do() -> None:
    whole = anatomy()
    mask_inpainting = fill(picture(masked(whole, MASK)), like_masks(picture(masked(whole, MASK))))
    difference = mask_inpainting.views[0].pixels.astype(int) - whole
    assert np.abs(difference).max() < 40
    assert (difference[:50] == 0).all()


def test_every_view_is_filled_in_color_too() -> None:
    gray = masked(anatomy(), MASK)
    color = np.stack([gray, gray, gray], axis=2)
    mask_inpainting = fill(picture(color, gray), like_masks(picture(color, gray)))
    assert all(view.pixels[70, 80].min() > 50 for view in mask_inpainting.views)


def test_frames_that_are_shown_at_once_are_filled_as_well() -> None:
    shown = picture(masked(anatomy(), MASK))
    [view] = fill(as_colors([shown, picture(masked(anatomy(2), MASK))]), like_masks(shown)).views
    assert [pixels[70, 80] > 50 for pixels in view.pictures] == [True, True]


class Everything:
    """A detector that always reports the same places."""

    identity = "everything"

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def find(self, picture: Picture) -> Sequence[TextBox]:  # noqa: ARG002 - always the same
        return [TextBox(box.corners, 0.9) for box in self._boxes]


class Reads:
    """Reads the same in every box, surely."""

    identity = "reads"

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - always the same
        return [Reading(Phi(self._text), 0.9) for _ in boxes]


class OnlyBlack:
    """Finds what is black, as it is shown."""

    identity = "only black"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        rows, columns = np.nonzero(picture.views[0].pixels == 0)
        if not rows.size:
            return []
        box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
        return [TextBox(box.corners, 0.9)]


def test_black_block_letters_that_can_be_read_are_writing_and_masks_in_a_row_are_none() -> None:
    letters = [Box(20, 60, 32, 110), Box(44, 60, 56, 110), Box(68, 60, 80, 110)]
    shown = picture(masked(anatomy(), *letters))
    assert like_masks(shown).any()
    assert [each.box for each in MasksInpainted(OnlyBlack(), Reads("III")).find(shown)] == [Box(20, 60, 80, 110)]
    assert list(MasksInpainted(OnlyBlack(), Reads("")).find(shown)) == []


def test_what_is_seen_with_and_without_the_filling_is_told_once() -> None:
    pixels = masked(anatomy(), Box(20, 60, 32, 110), Box(44, 60, 56, 110))
    pixels[64:80, 80:110:6] = 255
    shown = picture(pixels)
    assert in_a_row(like_masks(shown))
    assert [each.box for each in MasksInpainted(Everything(MASK), Reads("III")).find(shown)] == [MASK]


def test_a_piece_of_the_background_that_a_curve_and_ticks_cut_off_is_no_mask() -> None:
    pixels = np.zeros((240, 320), np.uint8)
    cv2.circle(pixels, (160, 20), 130, 90, cv2.FILLED)
    cv2.rectangle(pixels, (60, 180), (180, 230), 220, 2)
    cv2.line(pixels, (0, 205), (319, 205), 220, 2)
    assert not like_masks(picture(pixels)).any()
    pixels[40:64, 100:180] = 0
    area = like_masks(picture(pixels))
    assert area[40:64, 100:180].all()
    assert area.sum() == 24 * 80


def test_one_mask_is_no_row_of_letters() -> None:
    assert not in_a_row(like_masks(picture(masked(anatomy(), MASK))))
    assert not in_a_row(like_masks(picture(masked(anatomy(), MASK, Box(40, 130, 200, 190)))))


def test_a_strip_that_is_black_in_the_natural_view_alone_is_not_filled() -> None:
    natural = masked(anatomy(), Box(0, 150, 240, 200))
    other = natural.copy()
    cv2.putText(other, "ROE JANE 1970", (10, 182), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 180, 1)
    assert inside(like_masks(picture(natural, natural)), Box(0, 150, 240, 200)) == 1
    assert inside(like_masks(picture(natural, other)), Box(10, 165, 190, 184)) < 0.5


def test_a_smooth_place_beside_a_mask_is_no_writing_but_one_with_strokes_is() -> None:
    pixels = masked(anatomy(), MASK)
    cv2.putText(pixels, "DOE", (130, 80), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 230, 1)
    smooth, written = Box(40, 90, 120, 110), Box(126, 62, 180, 86)
    found = MasksInpainted(Everything(smooth, written), Reads("")).find(picture(pixels))
    assert [box.box for box in found] == [written]


def test_far_from_masks_every_box_counts() -> None:
    far = Box(10, 150, 60, 170)
    shown = picture(masked(anatomy(), MASK))
    assert len(find_around(Everything(far), shown, like_masks(shown))) == 1
    assert len(MasksInpainted(Everything(far), Reads("")).find(picture(anatomy()))) == 1


def test_masks_of_a_large_picture_are_filled_as_those_of_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.tile(np.linspace(40, 200, 300).astype(np.uint8), (200, 1))
    area = np.zeros(pixels.shape, np.bool_)
    area[20:40, 30:90] = area[100:140, 200:290] = True
    whole = fill(picture(pixels), area).views[0].pixels
    monkeypatch.setattr(mask_inpainting, "LARGE", 1000)
    parts = fill(picture(pixels), area).views[0].pixels
    assert np.abs(parts.astype(int) - whole)[area].max() <= 24
    assert np.abs(parts.astype(int) - pixels)[area].max() <= 40
    around = cv2.dilate(area.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.array_equal(parts[~around], pixels[~around])
