"""What a person decided of masks, replayed: what is masked, what comes back, what stays masked all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from factory_review import (
    ELSEWHERE,
    NAME,
    PIXELS,
    READ,
    REMARK,
    TOOTH,
    Reads,
    Sees,
    cleaned,
    confirmed,
    context,
    decided,
    dicom,
)
from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.audit import Concern, Status
from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box, shared_area
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Keep, Mask, Step
from scanscrub.domain.review.decided import FileReview, Place
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.pixels import reviewed_masks
from scanscrub.policy.pixels.reviewed_masks import reviewed

ALL = sorted(str(box) for box in READ)


def inside(box: Box, frame: int = 0) -> tuple[int, slice, slice]:
    return frame, slice(box.top, box.bottom), slice(box.left, box.right)


def test_an_added_place_is_black_and_nothing_beside_it_changes(tmp_path: Path) -> None:
    data = dicom()
    for text in ("all", "identifying", "none"):
        plain = cleaned(data, tmp_path, context(text=text))
        made = cleaned(data, tmp_path, context(decided(data, added=[Place(ELSEWHERE, 1)]), text=text))
        assert ("review", "frame 2 at (10,44)-(50,60)") in made.masks
        assert (made.pixels[inside(ELSEWHERE, 1)] == made.pixels[inside(ELSEWHERE, 1)].flat[0]).all()
        expected = plain.pixels.copy()
        expected[inside(ELSEWHERE, 1)] = made.pixels[inside(ELSEWHERE, 1)]
        assert (made.pixels == expected).all()
        assert made.verified(context(text=text)) == ()


def test_a_large_mask_that_a_person_drew_is_not_for_a_persons_look(tmp_path: Path) -> None:
    data = dicom()
    seeing: dict[str, Any] = {"detector": Sees((NAME,)), "second_look": Sees((NAME,))}
    made = cleaned(data, tmp_path, context(decided(data, added=[Place(Box(0, 16, 128, 64))]), **seeing))
    assert made.record.masked_share > 0.5
    assert made.record.status is Status.CLEAN
    assert made.verified(context(**seeing)) == ()


def test_a_place_of_all_frames_is_masked_in_each(tmp_path: Path) -> None:
    data = dicom()
    made = cleaned(data, tmp_path, context(decided(data, added=[Place(Box(0, 56, 9999, 64))])))
    assert all(np.ptp(made.pixels[frame, 56:]) == 0 for frame in range(2))


def test_a_removed_false_mask_brings_back_exactly_the_stored_values(tmp_path: Path) -> None:
    data = dicom()
    review = decided(data, removed=[Place(TOOTH, 0)])
    made = cleaned(data, tmp_path, context(review))
    assert (made.pixels[inside(TOOTH)] == PIXELS[inside(TOOTH)]).all()
    assert np.ptp(made.pixels[inside(TOOTH, 1)]) == 0
    assert made.record.review is not None
    assert made.record.review.removed == (Place(TOOTH, 0),)
    assert made.record.kept == ()
    assert made.verified() == ()
    unknown = replace(made, record=replace(made.record, review=None))
    assert [check.name for check in unknown.verified()] == ["nothing to clean"]


def test_what_nobody_read_leaves_the_copy_clean_unless_a_detector_is_sure(tmp_path: Path) -> None:
    data = dicom()
    review = decided(data, removed=[Place(TOOTH)])
    made = cleaned(data, tmp_path, context(review))
    assert cleaned(data, tmp_path, context()).record.status is Status.REVIEW  # the mask lies on anatomy, perhaps
    assert made.record.status is Status.CLEAN
    sure = cleaned(data, tmp_path, context(review, detector=Sees(tuple(READ), score=0.99)))
    assert sure.record.status is Status.REVIEW
    assert Concern.WRITING_LEFT in sure.record.notes


def test_writing_stays_only_where_that_is_confirmed_and_the_copy_does_not_attest_clean_pixels(tmp_path: Path) -> None:
    data = dicom()
    asked = cleaned(data, tmp_path, context(decided(data, removed=[Place(REMARK)])))
    assert np.ptp(asked.pixels[inside(REMARK)]) == 0
    assert asked.record.review is not None
    assert (asked.record.review.removed, asked.record.review.refused) == ((), (Place(REMARK),))
    assert asked.record.status is Status.REVIEW
    assert Concern.MASK_STAYS in asked.record.notes
    made = cleaned(data, tmp_path, context(decided(data, removed=[confirmed(REMARK)])))
    assert (made.pixels[inside(REMARK)] == PIXELS[inside(REMARK)]).all()
    assert made.record.status is Status.REVIEW
    assert Concern.WRITING_LEFT in made.record.notes
    assert b"113101" not in made.copy.read_bytes()
    assert b"113101" in cleaned(data, tmp_path, context(detector=Sees((NAME, REMARK)))).copy.read_bytes()
    assert made.verified() == ()


@pytest.mark.parametrize("box", [NAME, Box(6, 6, 20, 12), Box(0, 0, 128, 64), NAME.grown(3).clipped(128, 64)])
def test_a_reading_that_matches_the_header_stays_masked_whatever_is_confirmed(tmp_path: Path, box: Box) -> None:
    data = dicom()
    made = cleaned(data, tmp_path, context(decided(data, removed=[confirmed(box)])))
    assert np.ptp(made.pixels[inside(NAME)]) == 0
    assert made.record.review is not None
    assert made.record.review.refused == (confirmed(box),)
    assert made.record.status is Status.REVIEW
    assert Concern.MASK_STAYS in made.record.notes


def test_what_only_the_second_look_reads_as_the_name_is_masked_again(tmp_path: Path) -> None:
    data = dicom()
    misread = {**READ, NAME: "J4NE D0E"}
    first, second = Sees(tuple(READ)), Sees(tuple(READ), identity="second")

    class ReadsBoth(Reads):
        """The second look is at the copy, where the masks are black: only what was left is not flat."""

        def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
            texts = READ if len(boxes) < len(READ) else misread
            return Reads(texts).read(picture, boxes)

    looking = context(
        decided(data, removed=[confirmed(NAME)]), detector=first, second_look=second, reader=ReadsBoth()
    )
    made = cleaned(data, tmp_path, looking)
    assert np.ptp(made.pixels[inside(NAME)]) == 0
    assert Concern.MASK_STAYS in made.record.notes


def test_what_only_the_second_look_reads_is_writing_that_nobody_confirmed(tmp_path: Path) -> None:
    data = dicom()

    class ReadsLate(Reads):
        def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
            alone = len(boxes) < len(READ)
            return Reads({**READ, TOOTH: "SOMEBODY ELSE"} if alone else READ).read(picture, boxes)

    for place, stays in ((Place(TOOTH), False), (confirmed(TOOTH), True)):
        made = cleaned(data, tmp_path, context(decided(data, removed=[place]), reader=ReadsLate()))
        assert bool(np.ptp(made.pixels[inside(TOOTH)])) is stays
        assert (Concern.MASK_STAYS in made.record.notes) is not stays


def found(rule: Rule, box: Box, frame: int = 0, *, device: bool = False) -> Step:
    origin = Origin(OriginKind.DEVICE_RULE if device else OriginKind.DETECTOR, "a name")
    finding = Finding(rule, PixelRegion(box, frame), Severity.QUASI, 0.9, origin)
    return Step(PixelRegion(box, frame), Mask(1), finding, "PS3.15 E.3.1")


def test_a_devices_region_stays_masked_whatever_is_confirmed() -> None:
    steps = (found(Rule.WRITING_UNREADABLE, TOOTH, device=True), found(Rule.WRITING_UNREADABLE, NAME))
    decided_of = FileReview("", removed=(confirmed(TOOTH), Place(NAME)))
    kept, outcome = reviewed(steps, decided_of, "", [(64, 128)])
    assert [type(step.action) for step in kept] == [Mask, Keep]
    assert (outcome.removed, outcome.refused) == ((Place(NAME),), (confirmed(TOOTH),))


def test_thousands_of_masks_and_places_are_weighed_frame_by_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [Box(30 * at, 0, 30 * at + 20, 9) for at in range(20)]
    steps = tuple(found(Rule.WRITING_UNREADABLE, box, frame) for frame in range(100) for box in boxes)
    removed = tuple(Place(box, frame) for frame in range(100) for box in boxes)
    asked: list[Box] = []

    def counted(box: Box, others: Iterable[Box]) -> int:
        asked.append(box)
        return shared_area(box, others)

    monkeypatch.setattr(reviewed_masks, "shared_area", counted)
    kept, outcome = reviewed(steps, FileReview("", removed=removed), "", [(9, 600)] * 100)
    assert all(isinstance(step.action, Keep) for step in kept)
    assert outcome.refused == ()
    assert len(asked) <= 2 * len(removed)


def test_a_part_of_a_larger_mask_does_not_go(tmp_path: Path) -> None:
    data = dicom()
    part = Place(Box(84, 24, 90, 30))
    made = cleaned(data, tmp_path, context(decided(data, removed=[part])))
    assert np.ptp(made.pixels[inside(TOOTH)]) == 0
    assert made.record.review is not None
    assert made.record.review.refused == (part,)


@pytest.mark.parametrize(
    "place", [Place(Box(0, 0, 9, 9), 2), Place(Box(128, 0, 140, 9), 0), Place(Box(0, 64, 9, 70))]
)
@pytest.mark.parametrize("kind", ["added", "removed"])
def test_a_place_outside_the_picture_refuses_the_file(tmp_path: Path, place: Place, kind: str) -> None:
    data = dicom()
    made = cleaned(data, tmp_path, context(decided(data, **{kind: [place]}), text="none"))  # type: ignore[arg-type]
    assert made.record.status is Status.REFUSED
    assert made.record.refusal is not None
    assert "in none of its pictures" in made.record.refusal.reason
    assert made.record.review is not None


def test_a_review_of_other_bytes_changes_nothing(tmp_path: Path) -> None:
    data = dicom()
    other = decided(dicom(StudyDescription="other"), added=[Place(ELSEWHERE)])
    made, plain = cleaned(data, tmp_path, context(other)), cleaned(data, tmp_path, context())
    assert made.record.review is None
    assert made.copy.read_bytes() == plain.copy.read_bytes()
    assert made.record.profile != plain.record.profile


def test_cleaning_again_leaves_an_added_mask_and_a_copy_as_they_are(tmp_path: Path) -> None:
    data = dicom()
    first = cleaned(data, tmp_path, context(decided(data, added=[Place(ELSEWHERE)])))
    again = cleaned(first.copy.read_bytes(), tmp_path, context())
    assert again.record.steps == ()
    assert again.copy.read_bytes() == first.copy.read_bytes()
