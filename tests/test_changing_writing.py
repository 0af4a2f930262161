"""Frames of one group that show different writing in the same place: each is read for itself."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.audit import Status
from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.residual_text import _is_kept, _is_masked, _legible
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile

DETECTOR = Origin(OriginKind.DETECTOR, "test")
PLACE = Box(40, 20, 140, 44)
MARK, NAME = 200, 240
"""Gray levels of a bar, and what it stands for."""
SAYS = {MARK: "120 kV", NAME: "SMITH"}


class Bars:
    """Finds the bar where there is one, and reads it by its level, of all views the likeliest mark first."""

    identity = "bars"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        is_there = any(view.pixels[30, 60].max() >= MARK for view in picture.views)
        return [TextBox(PLACE.corners, 0.95)] if is_there else []

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        levels = {int(view.pixels[30, 60].max()) for view in picture.views}
        text = next((SAYS[level] for level in (MARK, NAME) if level in levels), "")
        return [Reading(Phi(text), 0.99) for _ in boxes]


@pytest.mark.parametrize("count", [2, 3, 9])
def test_a_name_where_other_frames_have_a_harmless_mark_is_masked(tmp_path: Path, count: int) -> None:
    pages = [np.full((200, 300), 90, np.uint8) for _ in range(count)]
    for number, page in enumerate(pages):
        page[PLACE.top : PLACE.bottom, PLACE.left : PLACE.right] = NAME if number == 1 else MARK
    first, *others = map(Image.fromarray, pages)
    first.save(tmp_path / "pages.tif", save_all=True, append_images=others)
    context = WorkerContext(Settings(load_profile("share"), bytes(32), text=TextMode.IDENTIFYING))
    context.__dict__.update(detector=Bars(), second_look=Bars(), reader=Bars())
    (tmp_path / "out").mkdir()
    record = Cleaner(context, CleanJob(tmp_path / "out"))(Input(1, str(tmp_path / "pages.tif")))
    assert record is not None
    assert record.status is Status.CLEAN, record
    with Image.open(tmp_path / "out" / str(record.output_name)) as copy:
        left = [np.asarray(page)[30, 60].max() for page in ImageSequence.Iterator(copy)]
    assert left == [0 if number == 1 else MARK for number in range(count)]


def test_only_what_is_black_counts_as_masked_and_not_the_corners_beside_a_turned_mask() -> None:
    turned = ((100.0, 50.0), (150.0, 100.0), (100.0, 150.0), (50.0, 100.0))
    masks = {3: ((PixelRegion(Box(50, 50, 150, 150), 3, turned), 4),)}

    def is_masked(box: Box, frame: int = 3) -> bool:
        return _is_masked(Finding(Rule.WRITING, PixelRegion(box, frame), Severity.QUASI, 0.9, DETECTOR), masks)

    assert is_masked(Box(90, 90, 110, 110))
    assert not is_masked(Box(52, 52, 70, 66))
    assert not is_masked(Box(90, 90, 160, 110))
    assert not is_masked(Box(90, 90, 110, 110), frame=2)


def test_what_lies_in_a_mark_that_stays_is_passed_over_unless_it_has_a_word_more() -> None:
    kept = [(Box(40, 20, 140, 44), "120 kV")]

    def is_kept(text: str, box: Box = PLACE) -> bool:
        return _is_kept(Finding(Rule.WRITING, PixelRegion(box, 0), Severity.QUASI, 0.9, DETECTOR, Phi(text)), kept)

    assert is_kept("120 kV")
    assert is_kept("12O KV")
    assert not is_kept("120 kV LI")
    assert not is_kept("120 kV", Box(200, 22, 300, 44))


@pytest.mark.parametrize(
    ("reading", "score", "width", "counts"),
    [
        ("十1", 0.59, 40, False),
        ("10", 0.62, 30, False),
        ("R1", 0.95, 40, True),
        ("SMITH", 0.5, 100, True),
        ("A", 0.99, 30, False),
    ],
)
def test_what_a_curve_reads_as_is_no_writing_left(reading: str, score: float, width: int, *, counts: bool) -> None:
    where = PixelRegion(Box(0, 0, width, 20), 0)
    assert _legible(Finding(Rule.WRITING, where, Severity.IDENTITY, score, DETECTOR, Phi(reading))) is counts
