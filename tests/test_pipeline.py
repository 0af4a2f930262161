"""The chain with detectors that misbehave: what fails is not in the output, and it is in the record."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from conftest import CANARY
from factory_pixels import image
from scanscrub import CheckOptions, check
from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.audit import AuditRecord, Concern, Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.plan import Plan
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.base import Crashed, Done
from scanscrub.execute.serial import SerialExecutor
from scanscrub.formats.base import Document
from scanscrub.inputs.input import Input
from scanscrub.output.staging import StagedFile
from scanscrub.pipeline import clean as clean_module
from scanscrub.pipeline.apply import Candidate
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.verify_copy import Copy, verify_copy
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile

NAME_BOX = Box(20, 10, 120, 30)


def text_box(box: Box, score: float = 0.9) -> TextBox:
    return TextBox(box.corners, score)


class Scripted:
    """A detector that answers from a list, its last answer for ever."""

    identity = "scripted"

    def __init__(self, *answers: Sequence[Box]) -> None:
        self._answers = list(answers)

    def find(self, picture: Picture) -> Sequence[TextBox]:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [text_box(box) for box in answer if box.right <= picture.columns]


class Careful:
    """A detector that sees whatever is brighter than gray, as a box."""

    identity = "careful"

    def find(self, picture: Picture) -> Sequence[TextBox]:
        bright = np.argwhere(np.atleast_3d(picture.views[0].pixels).max(axis=2) > 200)
        if not len(bright):
            return []
        top, left = bright.min(axis=0)
        bottom, right = bright.max(axis=0) + 1
        return [text_box(Box(int(left), int(top), int(right), int(bottom)))]


class Failing:
    identity = "failing"

    def find(self, picture: Picture) -> Sequence[TextBox]:  # noqa: ARG002 - it never gets that far
        raise RuntimeError(CANARY)


class Reader:
    identity = "reader"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - reads nothing
        return [Reading(Phi(f"{CANARY} 1234"), 0.9) for _ in boxes]


class BrightReader:
    """Reads what is bright."""

    identity = "bright"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:
        shown = picture.views[0].pixels
        return [
            Reading(Phi(f"{CANARY} 1234" if shown[each.box.top : each.box.bottom].max() > 200 else ""), 0.9)
            for each in boxes
        ]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A gray picture with a white bar where a name would be."""
    pixels = np.full((300, 300, 3), 90, np.uint8)
    pixels[NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right] = 255
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "scan.png"
    assert cv2.imwrite(str(path), pixels)
    return path


def cleaner(output: Path | None, first: object, second: object, reader: object | None = None) -> Cleaner:
    context = WorkerContext(Settings(load_profile("share"), bytes(32)))
    context.__dict__.update(detector=first, second_look=second, reader=reader or Reader())
    if output is not None:
        output.mkdir()
    return Cleaner(context, CleanJob(output))


def clean_one(scan: Path, output: Path, first: object, second: object) -> AuditRecord:
    record = cleaner(output, first, second)(Input(1, str(scan)))
    assert record is not None
    return record


def copies(output: Path) -> list[str]:
    """What lies in the output beside the audit."""
    return [path.name for path in output.iterdir() if path.name != "audit.jsonl"]


def test_what_was_found_is_masked_and_proved(scan: Path, tmp_path: Path) -> None:
    record = clean_one(scan, tmp_path / "out", Careful(), Careful())
    assert record.status is Status.CLEAN
    masked = [step for step in record.steps if step.action == "Mask"]
    assert [step.rule for step in masked] == [Rule.WRITING]
    copy = cv2.imread(str(tmp_path / "out" / str(record.output_name)))
    assert copy is not None
    assert copy[NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right].max() == 0
    assert (copy[60:] == 90).all()


@pytest.mark.parametrize(("score", "grain", "said", "status"), [
    (0.9, 12, Reading(Phi(""), 0.0), Status.REVIEW),
    (0.99, 12, Reading(Phi(""), 0.0), Status.CLEAN),
    (0.9, 0, Reading(Phi(""), 0.0), Status.CLEAN),
    (0.99, 12, Reading(Phi("YO"), 0.68), Status.REVIEW),
    (0.99, 12, Reading(Phi("YO"), 0.9), Status.CLEAN),
    (0.99, 12, Reading(Phi("YONDER"), 0.68), Status.CLEAN),
])  # fmt: skip
def test_a_mask_on_anatomy_that_is_neither_read_nor_sure_is_for_a_persons_look(
    score: float, grain: int, said: Reading, status: Status, tmp_path: Path
) -> None:
    class Unsure:
        identity = "unsure"

        def find(self, picture: Picture) -> Sequence[TextBox]:
            shown = picture.views[0].pixels[NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right]
            return [text_box(NAME_BOX, score)] if shown.mean() > 140 else []

    class ReadsLittle:
        identity = "little"

        def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - always the same
            return [said for _ in boxes]

    pixels = np.random.default_rng(1).normal(90, grain, (300, 300)).clip(0, 255).astype(np.uint8)
    pixels[: 2 * NAME_BOX.bottom, :] += 60
    pixels[200:] = 0  # the background
    pixels[:, 200:] = 0
    scan = tmp_path / "scan.png"
    assert cv2.imwrite(str(scan), pixels)
    record = cleaner(tmp_path / "out", Unsure(), Scripted([]), ReadsLittle())(Input(1, str(scan)))
    assert record is not None
    assert (record.status, Concern.MASK_IN_DOUBT in record.notes) == (status, status is Status.REVIEW)


def test_a_mark_that_is_left_on_purpose_is_in_the_record(scan: Path, tmp_path: Path) -> None:
    class ReadsAMark:
        identity = "mark"

        def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - always R
            return [Reading(Phi("R"), 0.99) for _ in boxes]

    mark = Box(20, 10, 40, 30)
    context = WorkerContext(Settings(load_profile("share"), bytes(32), TextMode.IDENTIFYING))
    context.__dict__.update(detector=Scripted([mark]), second_look=Scripted([mark]), reader=ReadsAMark())
    (tmp_path / "out").mkdir()
    record = Cleaner(context, CleanJob(tmp_path / "out"))(Input(1, str(scan)))
    assert record is not None
    assert (record.status, record.text) == (Status.CLEAN, "identifying")
    assert [region.box for region in record.kept] == [mark]
    assert not any(step.action == "Mask" for step in record.steps)


def test_writing_that_only_the_second_look_sees_is_masked_too(scan: Path, tmp_path: Path) -> None:
    record = clean_one(scan, tmp_path / "out", Scripted([]), Careful())
    assert record.status is Status.CLEAN
    assert sum(step.action == "Mask" for step in record.steps) == 1


def test_writing_that_only_the_second_look_sees_in_one_frame_is_masked_there(tmp_path: Path) -> None:
    frames = np.full((5, 120, 200), 90, np.uint8)
    frames[3, NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right] = 255
    scan = tmp_path / "cine.dcm"
    scan.write_bytes(image((120, 200), frames.tobytes(), frames=5))
    record = cleaner(tmp_path / "out", Scripted([]), Careful(), BrightReader())(Input(1, str(scan)))
    assert record is not None
    assert record.status is Status.CLEAN
    copy = dcmread(tmp_path / "out" / str(record.output_name)).pixel_array
    assert copy[3, NAME_BOX.top : NAME_BOX.bottom, NAME_BOX.left : NAME_BOX.right].max() == 0
    assert np.array_equal(np.delete(copy, 3, axis=0), np.delete(frames, 3, axis=0))


def test_a_copy_in_which_writing_is_seen_for_ever_is_rejected(scan: Path, tmp_path: Path) -> None:
    places = (Box(10, 80, 60, 100), Box(200, 80, 250, 100), Box(10, 200, 60, 220), Box(200, 200, 250, 220))
    everywhere = Scripted(*([place] for place in places))
    record = clean_one(scan, tmp_path / "out", Careful(), everywhere)
    assert record.status is Status.REJECTED
    assert [check.name for check in record.checks if not check.passed] == ["no writing left"]
    assert copies(tmp_path / "out") == []


def test_an_engine_that_fails_takes_the_file_with_it_and_keeps_its_words(scan: Path, tmp_path: Path) -> None:
    outcomes = list(
        SerialExecutor().run(cleaner(tmp_path / "out", Failing(), Careful()), [Input(1, str(scan))], lambda: None)
    )
    assert [type(outcome) for outcome in outcomes] == [Crashed]
    assert isinstance(outcomes[0], Crashed)
    assert CANARY not in outcomes[0].kind
    assert copies(tmp_path / "out") == []


def test_an_engine_that_fails_at_the_second_look_leaves_no_copy(scan: Path, tmp_path: Path) -> None:
    outcomes = list(
        SerialExecutor().run(cleaner(tmp_path / "out", Careful(), Failing()), [Input(1, str(scan))], lambda: None)
    )
    assert not any(isinstance(outcome, Done) for outcome in outcomes)
    assert copies(tmp_path / "out") == []


def test_a_picture_that_is_mostly_masked_is_for_a_person_to_look_at(scan: Path, tmp_path: Path) -> None:
    record = clean_one(scan, tmp_path / "out", Scripted([Box(0, 0, 290, 290)], []), Scripted([]))
    assert record.status is Status.REVIEW
    assert record.masked_share > 0.8


@pytest.mark.parametrize(("mask", "status"), [(Box(195, 195, 270, 270), Status.REVIEW), (NAME_BOX, Status.CLEAN)])
def test_a_small_mask_over_most_of_the_anatomy_is_for_a_person_to_look_at(
    tmp_path: Path, mask: Box, status: Status
) -> None:
    scan = tmp_path / "scan.dcm"
    frame = np.zeros((300, 300), np.uint8)
    frame[200:264, 200:264] = np.random.default_rng(0).integers(60, 200, (64, 64))
    frame[NAME_BOX.top : NAME_BOX.bottom : 4, NAME_BOX.left : NAME_BOX.right] = 255
    scan.write_bytes(image((300, 300), frame.tobytes()))
    record = cleaner(tmp_path / "out", Scripted([mask], []), Scripted([]))(Input(1, str(scan)))
    assert record is not None
    assert record.status is status
    assert 0 < record.masked_share < 0.1
    copy = dcmread(tmp_path / "out" / str(record.output_name))
    codes = [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]
    assert ("113101" in codes) is (status is Status.CLEAN)
    assert copy.get("BurnedInAnnotation") == ("NO" if status is Status.CLEAN else None)


def test_a_copy_whose_pixels_were_not_looked_at_says_nothing_of_writing(tmp_path: Path) -> None:
    scan = tmp_path / "scan.dcm"
    scan.write_bytes(image((30, 30), bytes(900), more={"BurnedInAnnotation": "NO"}))
    (tmp_path / "out").mkdir()
    context = WorkerContext(Settings(load_profile("share"), bytes(32), text=TextMode.NONE))
    record = Cleaner(context, CleanJob(tmp_path / "out"))(Input(1, str(scan)))
    assert record is not None
    assert record.status is Status.REVIEW
    copy = dcmread(tmp_path / "out" / str(record.output_name))
    assert "BurnedInAnnotation" not in copy
    assert "113101" not in [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]


def untrue(path: Path) -> set[str]:
    """The statements that `check` calls untrue when it does not look at the pixels."""
    report = check([path], CheckOptions(text="none", cache=False, jobs=1, ignore=False))
    return {one.keyword for file in report.files for one in file.open if one.rule is Rule.UNTRUE_STATUS}


def test_who_does_not_look_takes_our_word_and_does_not_repeat_it(tmp_path: Path) -> None:
    scan, out = tmp_path / "scan.dcm", tmp_path / "out"
    scan.write_bytes(image((30, 30), bytes(900), more={"BurnedInAnnotation": "NO"}))
    assert "BurnedInAnnotation" in untrue(scan)
    record = cleaner(out, Scripted([]), Scripted([]))(Input(1, str(scan)))
    assert record is not None
    assert record.status is Status.CLEAN
    name = str(record.output_name)
    assert untrue(out / name) == set()
    blind = WorkerContext(Settings(load_profile("share"), bytes(32), text=TextMode.NONE))
    assert all(one.passed for one in verify_copy(Copy(1, out, name, dict(record.sha256s)["output"]), blind))
    (tmp_path / "again").mkdir()
    again = Cleaner(blind, CleanJob(tmp_path / "again"))(Input(1, str(out / name)))
    assert again is not None
    copy = dcmread(tmp_path / "again" / str(again.output_name))
    assert "BurnedInAnnotation" not in copy
    assert "113101" not in [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]


def test_a_cine_is_not_held_in_memory(tmp_path: Path) -> None:
    scan = tmp_path / "cine.dcm"
    frames, size = 400, 300 * 300
    scan.write_bytes(image((300, 300), np.random.default_rng(0).bytes(frames * size), frames=frames))
    clean = cleaner(tmp_path / "out", Scripted([NAME_BOX], []), Scripted([]))
    tracemalloc.start()
    record = clean(Input(1, str(scan)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert record is not None
    assert record.status is Status.CLEAN
    assert peak < frames * size / 2


def test_a_mask_that_was_planned_and_not_made_is_noticed(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(document: Document, plan: Plan, staged: StagedFile) -> Candidate:
        steps = tuple(step for step in plan.steps if not isinstance(step.where, PixelRegion))
        document.apply(replace(plan, steps=steps), staged.stream)
        return Candidate(plan, staged)

    monkeypatch.setattr(clean_module, "apply", forgetful)
    record = clean_one(scan, tmp_path / "out", Careful(), Scripted([]))
    assert record.status is Status.REJECTED
    assert copies(tmp_path / "out") == []


def test_an_empty_copy_is_noticed(scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean_module, "apply", lambda _document, plan, staged: Candidate(plan, staged))
    record = clean_one(scan, tmp_path / "out", Careful(), Careful())
    assert record.status is Status.REJECTED
    assert [check.name for check in record.checks if not check.passed] == ["the copy can be opened"]


def test_a_dry_run_plans_and_writes_nothing(scan: Path, tmp_path: Path) -> None:
    record = cleaner(None, Careful(), Careful())(Input(1, str(scan)))
    assert record is not None
    assert record.status is Status.PLANNED
    assert any(step.action == "Mask" for step in record.steps)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
