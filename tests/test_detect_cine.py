"""Frames looked at in groups: nothing of a frame is lost."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.base import TextBox
from scanscrub.detect.engines.registry import build_detector, build_second_look
from scanscrub.detect.frames.cine import FrameGroup, as_colors, find_in_groups, in_threes
from scanscrub.detect.frames.colors import strongest
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
        for pixels in (pixels for view in picture.views for pixels in view.pictures):
            rows, columns = np.nonzero(strongest(pixels) > 200)
            if rows.size:
                box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
                boxes.append(TextBox(box.corners, 1.0))
        return boxes


class Shown:
    """Finds nothing, and keeps the views that it was shown."""

    identity = "shown"

    def __init__(self) -> None:
        self.views: list[View] = []

    def find(self, picture: Picture) -> Sequence[TextBox]:
        self.views += picture.views
        return ()


def frame(shape: tuple[int, int] = (40, 60), seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(20, 90, shape, dtype=np.uint8)


def picture(pixels: NDArray[np.uint8]) -> Picture:
    return Picture((View("window", pixels),))


def grained(seed: int) -> NDArray[np.uint8]:
    """The same frame with other grain."""
    return frame() + np.random.default_rng(seed).integers(0, 6, (40, 60), dtype=np.uint8)


def found(group: FrameGroup) -> tuple[TextBox, ...]:
    return (*group.still, *group.changing)


def test_every_frame_is_in_one_group_and_in_order() -> None:
    groups = list(find_in_groups(Bright(), ((number, picture(grained(number))) for number in range(37)), 16))
    assert [number for group in groups for number in group.frames] == list(range(37))
    assert [len(group.frames) for group in groups] == [16, 16, 5]


def test_where_much_moves_a_group_is_three_frames_seen_as_they_are() -> None:
    frames = [frame(seed=number) for number in range(8)]
    frames[4][10:20, 30:50] = 255
    groups = list(find_in_groups(Bright(), enumerate(map(picture, frames))))
    assert [group.frames for group in groups] == [(0, 1, 2), (3, 4, 5), (6, 7)]
    assert [len(found(group)) for group in groups] == [0, 1, 0]


def test_writing_in_one_frame_of_many_is_found() -> None:
    frames = [grained(number) for number in range(20)]
    frames[13][10:14, 30:50] = 255
    groups = list(find_in_groups(Bright(), enumerate(map(picture, frames)), 10))
    assert not found(groups[0])
    assert {box.box for box in found(groups[1])} == {Box(30, 10, 50, 14)}


def test_what_frames_show_alike_is_told_from_what_changes() -> None:
    frames = [grained(number) for number in range(6)]
    for each in frames:
        each[10:14, 30:50] = 255
    [group] = find_in_groups(Bright(), enumerate(map(picture, frames)))
    assert group.still
    assert not group.changing
    frames[4][11:13, 35:40] = 160
    [group] = find_in_groups(Bright(), enumerate(map(picture, frames)))
    assert group.changing
    assert not group.still
    [pair] = find_in_groups(Bright(), enumerate(map(picture, frames[3:5])))
    assert pair.changing
    assert not pair.still


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


def test_groups_that_nobody_wants_are_not_looked_at() -> None:
    detector = Bright()
    shown = enumerate(picture(frame(seed=number)) for number in range(9))
    groups = find_in_groups(detector, shown, 3, lambda frames: 4 in frames)
    assert [group.frames for group in groups] == [(3, 4, 5)]
    assert detector.looks == 1


def test_frames_go_by_threes_and_one_of_another_size_begins_anew() -> None:
    sizes = [(40, 60)] * 4 + [(50, 60)] * 3
    threes = in_threes(enumerate(picture(frame(size)) for size in sizes))
    assert [[number for number, _ in few] for few in threes] == [[0, 1, 2], [3], [4, 5, 6]]


def test_each_of_three_frames_is_one_color() -> None:
    frames = [frame(seed=number) for number in range(3)]
    [view] = as_colors(list(map(picture, frames))).views
    assert np.array_equal(np.moveaxis(view.pixels, -1, 0), frames)
    [view] = as_colors(list(map(picture, frames[:2]))).views
    assert np.array_equal(view.pixels[..., 1], frames[1])


def test_frames_in_color_are_seen_by_their_brightness_and_by_their_strongest_color() -> None:
    red = np.zeros((40, 60, 3), np.uint8)
    red[..., 0] = 200
    dim, strong = as_colors([picture(red), picture(np.zeros_like(red))]).views
    assert dim.pixels[0, 0].tolist() == [60, 0, 0]
    assert strong.pixels[0, 0].tolist() == [200, 0, 0]
    assert [each[0, 0].tolist() for each in dim.pictures] == [[200, 0, 0], [0, 0, 0]]


def test_a_group_in_color_is_seen_in_its_colors() -> None:
    frames = [np.dstack([grained(number)] * 3) for number in range(8)]
    frames[5][10:14, 30:50] = (0, 0, 255)
    detector = Shown()
    list(find_in_groups(detector, enumerate(map(picture, frames))))
    [view] = detector.views
    brightest, darkest = view.pictures
    assert np.array_equal(brightest, np.max(frames, axis=0))
    assert np.array_equal(darkest, np.min(frames, axis=0))
    assert np.array_equal(view.pixels[..., 1], strongest(brightest))


def test_what_is_no_color_is_shown_once() -> None:
    detector = Shown()
    list(find_in_groups(detector, ((number, picture(grained(number))) for number in range(8))))
    [view] = detector.views
    assert len(view.pictures) == 2
    assert np.array_equal(view.pixels[..., 0], view.pixels[..., 1])


def test_blue_writing_in_one_frame_of_many_is_found() -> None:
    frames = [np.dstack([grained(number)] * 3) for number in range(8)]
    frames[5][10:14, 30:50] = (0, 0, 255)
    [group] = find_in_groups(Bright(), enumerate(map(picture, frames)))
    assert [box.box for box in found(group)] == [Box(30, 10, 50, 14)]


def test_a_name_in_one_of_three_frames_is_read_by_the_second_look() -> None:
    frames = [
        np.random.default_rng(number).rayleigh(25, (240, 320)).clip(0, 255).astype(np.uint8) for number in range(3)
    ]
    cv2.putText(frames[2], "DOE JANE", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 200, 2)
    second = build_second_look(("ppocr",), DetectSettings(threads=1))
    boxes = second.find(as_colors(list(map(picture, frames))))
    assert any(box.box.left <= 66 and box.box.right >= 160 and box.box.meets(Box(62, 104, 165, 120)) for box in boxes)


def test_a_name_that_flashes_up_over_moving_speckle_is_found_by_the_model() -> None:
    frames = [
        np.random.default_rng(number).rayleigh(25, (240, 320)).clip(0, 255).astype(np.uint8) for number in range(8)
    ]
    cv2.putText(frames[5], "DOE JANE", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    detector = build_detector(("ppocr",), DetectSettings(threads=1))
    groups = find_in_groups(detector, enumerate(map(picture, frames)))
    [group] = [each for each in groups if 5 in each.frames]
    assert any(
        box.box.left <= 61 and box.box.right >= 158 and box.box.meets(Box(61, 105, 158, 121)) for box in found(group)
    )
