"""Masks are filled in before a detector looks, so that their edges are not taken for writing."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.base import TextBox
from scanscrub.detect.filled import MasksFilled, black_near, fill, find_around, like_masks
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View

MASK = Box(40, 60, 120, 84)


def anatomy(seed: int = 1) -> NDArray[np.uint8]:
    """A smooth grey field with a little grain."""
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
    filled = fill(picture(masked(whole, MASK)), like_masks(picture(masked(whole, MASK))))
    difference = filled.views[0].pixels.astype(int) - whole
    assert np.abs(difference).max() < 40
    assert (difference[:50] == 0).all()


def test_every_view_is_filled_in_colour_too() -> None:
    grey = masked(anatomy(), MASK)
    colour = np.stack([grey, grey, grey], axis=2)
    filled = fill(picture(colour, grey), like_masks(picture(colour, grey)))
    assert all(view.pixels[70, 80].min() > 50 for view in filled.views)


class Everything:
    """A detector that always reports the same places."""

    identity = "everything"

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def find(self, picture: Picture) -> Sequence[TextBox]:  # noqa: ARG002 - always the same
        return [TextBox(box.corners, 0.9) for box in self._boxes]


def test_a_smooth_place_beside_a_mask_is_no_writing_but_one_with_strokes_is() -> None:
    pixels = masked(anatomy(), MASK)
    cv2.putText(pixels, "DOE", (130, 80), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 230, 1)
    smooth, written = Box(40, 90, 120, 110), Box(126, 62, 180, 86)
    found = MasksFilled(Everything(smooth, written)).find(picture(pixels))
    assert [box.box for box in found] == [written]


def test_far_from_masks_every_box_counts() -> None:
    far = Box(10, 150, 60, 170)
    shown = picture(masked(anatomy(), MASK))
    assert len(find_around(Everything(far), shown, like_masks(shown))) == 1
    assert len(MasksFilled(Everything(far)).find(picture(anatomy()))) == 1
