"""Frames looked at in groups: nothing of a frame is lost."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.cine import find_in_groups
from scanscrub.detect.engines import build_detector
from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture, View


class Bright:
    """Finds each view's box of pixels above 200, so that what is looked at can be seen."""

    identity = "bright"

    def __init__(self) -> None:
        self.looks = 0

    def find(self, picture: Picture) -> Sequence[TextBox]:
        self.looks += len(picture.views)
        boxes = []
        for view in picture.views:
            rows, columns = np.nonzero(view.pixels > 200)
            if rows.size:
                box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
                boxes.append(TextBox(box.corners, 1.0))
        return boxes


def frame(shape: tuple[int, int] = (40, 60), seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(20, 90, shape, dtype=np.uint8)


def picture(pixels: NDArray[np.uint8]) -> Picture:
    return Picture((View("window", pixels),))


def test_every_frame_is_in_one_group_and_in_order() -> None:
    groups = list(find_in_groups(Bright(), ((number, picture(frame(seed=number))) for number in range(37)), 16))
    assert [number for group in groups for number in group.frames] == list(range(37))
    assert [len(group.frames) for group in groups] == [16, 16, 5]


def test_writing_in_one_frame_of_many_is_found() -> None:
    frames = [frame(seed=number) for number in range(20)]
    frames[13][10:20, 30:50] = 255
    groups = list(find_in_groups(Bright(), enumerate(map(picture, frames)), 10))
    assert not groups[0].boxes
    assert [box.box for box in groups[1].boxes] == [Box(30, 10, 50, 20)]


def test_a_single_frame_is_looked_at_as_it_is() -> None:
    shown = picture(frame())
    [group] = find_in_groups(Bright(), [(0, shown)])
    assert group.picture is shown


def test_a_frame_of_another_size_begins_a_group() -> None:
    shown = [picture(frame()), picture(frame((50, 60))), picture(frame((50, 60)))]
    assert [group.frames for group in find_in_groups(Bright(), enumerate(shown))] == [(0,), (1, 2)]


def test_a_cine_that_stands_still_is_looked_at_once() -> None:
    detector = Bright()
    list(find_in_groups(detector, ((number, picture(frame())) for number in range(16)), 16))
    assert detector.looks == 1


def test_a_name_that_flashes_up_over_moving_speckle_is_found_by_the_model() -> None:
    frames = [
        np.random.default_rng(number).rayleigh(25, (240, 320)).clip(0, 255).astype(np.uint8) for number in range(8)
    ]
    cv2.putText(frames[5], "DOE JANE", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    detector = build_detector(("ppocr",), DetectSettings(threads=1))
    [group] = find_in_groups(detector, enumerate(map(picture, frames)))
    assert any(
        box.box.left <= 62 and box.box.right >= 165 and box.box.meets(Box(62, 104, 165, 120)) for box in group.boxes
    )
