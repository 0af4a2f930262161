"""A cleaned folder opened beside its originals, looked at, corrected, and verified."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread

import scanscrub
from conftest import CANARY
from factory_pictures import color, gray, saved
from factory_pixels import image
from scanscrub import (
    AuditRecord,
    AuditStep,
    Box,
    FileReview,
    MaskKind,
    PixelRegion,
    Place,
    Removal,
    Review,
    ReviewSession,
    Rule,
    Status,
    UsageError,
)
from scanscrub.api.reviewing.places import mask_places
from scanscrub.domain.audit import InputRef
from scanscrub.domain.plan import Plan, Step
from scanscrub.formats.base import Document
from scanscrub.output.staging import StagedFile
from scanscrub.pipeline import clean as cleaning
from scanscrub.pipeline.apply import Candidate, apply

KEY = bytes(range(32))
SIDES: Final[tuple[Literal["before", "after"], ...]] = ("before", "after")
DRAWN = Box(8, 8, 24, 16)
ROWS, COLUMNS = 40, 56


def slice_of(number: int, frames: int | None = None) -> bytes:
    pixels = (np.indices((frames or 1, ROWS, COLUMNS)).sum(axis=0) * 5 + 3 * number) % 200 + 20
    more = {
        "PatientName": f"{CANARY}^Jane",
        "SOPInstanceUID": f"1.2.3.{number}",
        "SeriesInstanceUID": f"1.2.4.{bool(frames)}".replace("True", "1").replace("False", "0"),
        "StudyInstanceUID": "1.2.5",
        "InstanceNumber": str(9 - number),
    }
    return image((ROWS, COLUMNS), pixels.astype(np.uint8).tobytes(), frames=frames, more=more)


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """A series of three slices in the other order than their files, a cine, two pictures, and a page."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.dcm").write_bytes(slice_of(number))
    (folder / "4.dcm").write_bytes(slice_of(4, frames=3))
    (folder / "5.png").write_bytes(saved(gray(), "PNG"))
    (folder / "6.jpg").write_bytes(saved(color(), "JPEG", quality=90))
    (folder / "7.html").write_text("<html></html>")
    return folder


def cleaned(originals: Path, name: str = "out", **options: object) -> Path:
    folder = originals.parent / name
    list(scanscrub.clean(originals, folder, text="none", **{"key": KEY, "jobs": 1, **options}))  # type: ignore[arg-type]
    scanscrub.write_report(folder)
    return folder


def opened(folder: Path, key: bytes | None = KEY) -> ReviewSession:
    return scanscrub.open_review(folder, folder.parent / "in", key=key, jobs=1)


def drawn(session: ReviewSession, *numbers: int, box: Box = DRAWN, frame: int | None = 0) -> Review:
    """What was decided before, with a place in each of those copies."""
    review = session.review
    for item in session.items:
        if item.number in numbers:
            review = review.with_file(FileReview(item.sha256, (Place(box, frame),)))
    return review


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failed(folder: Path) -> list[str]:
    return [check.name for _, checks in scanscrub.verify(folder, text="none") for check in checks if not check.passed]


def shown(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_items_come_in_series_with_their_sizes_and_show_both_sides(originals: Path) -> None:
    with opened(cleaned(originals)) as session:
        items = {item.number: item for item in session.items}
        assert sorted(items) == [1, 2, 3, 4, 5, 6]
        first, second, third = (items[number] for number in (3, 2, 1))
        assert [(each.series, each.position) for each in (first, second, third)] == [
            (first.series, 1),
            (first.series, 2),
            (first.series, 3),
        ]
        assert len({items[4].series, items[5].series, first.series}) == 3
        assert (items[4].frames, items[4].rows, items[4].columns) == (3, ROWS, COLUMNS)
        assert not session.makes_all_anew
        for item in session.items:
            for frame in range(item.frames):
                before, after = (shown(session.picture(item, frame, side)) for side in SIDES)
                assert (before == after).all()


def test_applying_makes_the_changed_copies_alone_anew_as_a_run_with_the_review_would(originals: Path) -> None:
    folder = cleaned(originals)
    before = bytes_of(folder)
    with opened(folder) as session:
        records = list(session.apply(drawn(session, 2, 4, 6)))
        assert sorted(record.input_ref.number for record in records) == [2, 4, 6]
        assert all(record.output_name in before for record in records)
        (place,) = session.places(next(item for item in session.items if item.number == 4), 0)
        assert (place.kind, place.removal, place.place) == (MaskKind.PERSON, Removal.FREE, Place(DRAWN, 0))
        assert session.review_path == originals.parent / "review.json"
        review = session.review_path
    after = bytes_of(folder)
    assert "report.html" in before
    assert {name for name in before if before[name] != after.get(name)} == {
        *(str(record.output_name) for record in records),
        "audit.jsonl",
        "report.html",
    }
    assert failed(folder) == []
    fresh = cleaned(originals, "fresh", review=review)
    assert {name: data for name, data in bytes_of(fresh).items() if name not in {"audit.jsonl", "report.html"}} == {
        name: data for name, data in after.items() if name != "audit.jsonl"
    }
    known, new = ({record.output_name: record for record in scanscrub.read_audit(each)} for each in (folder, fresh))
    assert {name: replace(record, seconds=0, times=()) for name, record in known.items()} == {
        name: replace(record, seconds=0, times=()) for name, record in new.items()
    }
    resumed = scanscrub.clean(originals, folder, text="none", key=KEY, jobs=1, review=review, resume=True)
    assert [record for record in resumed if record.status is not Status.IGNORED] == []
    with pytest.raises(UsageError, match="another"):
        list(scanscrub.clean(originals, folder, text="none", key=KEY, jobs=1, resume=True))


def test_a_place_that_is_taken_back_gives_the_copy_that_there_was(originals: Path) -> None:
    folder = cleaned(originals)
    scanscrub.write_for_chatbot(folder)
    scanscrub.write_dicomdir(folder)
    before = bytes_of(folder)
    with opened(folder) as session:
        list(session.apply(drawn(session, 1, 5)))
    assert failed(folder) == []
    assert any(bytes_of(folder)[name] != before[name] for name in before if name.startswith("for-chatbot/"))
    with opened(folder) as session:
        assert len(session.review.files) == 2
        undone = Review(tuple(FileReview(file.sha256) for file in session.review.files))
        assert len(list(session.apply(undone))) == 2
        assert list(session.apply(undone)) == []
    after = bytes_of(folder)
    assert {name for name in after if before[name] != after[name]} <= {"audit.jsonl", "DICOMDIR"}


def test_a_review_that_was_lost_is_in_the_audit(originals: Path) -> None:
    folder = cleaned(originals)
    with opened(folder) as session:
        list(session.apply(review := drawn(session, 1, 5)))
        session.review_path.unlink()
    with opened(folder) as session:
        assert {*session.review.files} == {*review.files}
        assert [record.input_ref.number for record in session.apply(drawn(session, 2))] == [2]


def test_a_file_of_that_name_that_is_no_review_is_left_alone(originals: Path) -> None:
    folder = cleaned(originals)
    foreign = originals.parent / "review.json"
    foreign.write_text('{"stars": 5}')
    with opened(folder) as session:
        assert len(list(session.apply(drawn(session, 1)))) == 1
        assert session.review_path.name == "out-review.json"
    assert foreign.read_text() == '{"stars": 5}'
    with pytest.raises(UsageError, match="no review"):
        scanscrub.open_review(folder, originals, key=KEY, review=foreign)


def test_what_was_looked_at_is_kept_and_comes_last(originals: Path) -> None:
    folder = cleaned(originals)
    with opened(folder) as session:
        first = session.items[0]
        review = session.review.with_file(FileReview(first.sha256, is_looked_at=True))
        assert list(session.apply(review)) == []
        assert session.items[-1] == replace(first, is_looked_at=True)
    (record,) = [one for one in scanscrub.read_audit(folder) if one.input_ref.number == first.number]
    assert record.review is not None
    assert record.review.is_looked_at
    assert failed(folder) == []


def test_without_the_key_all_copies_are_made_anew_or_none(originals: Path) -> None:
    folder = cleaned(originals)
    (folder / "mine.txt").write_text("mine")
    before = bytes_of(folder)
    with opened(folder, key=None) as session:
        assert session.makes_all_anew
        assert {item.number for item in session.items} == {1, 2, 3, 4, 5, 6}
        records = list(session.apply(drawn(session, 3)))
        assert {record.input_ref.number for record in records} == {1, 2, 3, 4, 5, 6, 7}
        (place,) = session.places(next(item for item in session.items if item.number == 3), 0)
        assert place.kind is MaskKind.PERSON
    after = bytes_of(folder)
    assert set(before) & set(after) == {"audit.jsonl", "mine.txt"}
    assert len([name for name in after if name.endswith(".dcm")]) == 4
    (folder / "mine.txt").unlink()
    assert failed(folder) == []
    assert [path.name for path in originals.parent.iterdir() if path.name.startswith(".")] == []


def test_whoever_keeps_the_key_that_was_made_corrects_single_copies(originals: Path) -> None:
    keys: list[bytes] = []
    folder = cleaned(originals, key=None, callbacks=scanscrub.RunCallbacks(keyed=keys.append))
    (key,) = keys
    before = bytes_of(folder)
    with opened(folder, key=key) as session:
        assert not session.makes_all_anew
        (record,) = session.apply(drawn(session, 3))
        assert record.input_ref.number == 3
    changed = {name for name, data in bytes_of(folder).items() if before.get(name) != data}
    assert len([name for name in changed if name.endswith(".dcm")]) == 1
    assert failed(folder) == []


def test_who_stops_before_the_end_leaves_the_folder_as_it_was(originals: Path) -> None:
    folder = cleaned(originals)
    before = bytes_of(folder)
    for key in (KEY, None):
        with opened(folder, key) as session:
            records = iter(session.apply(drawn(session, 1, 4, 6)))
            assert next(records).output_name
            records.close()  # type: ignore[attr-defined]
    assert bytes_of(folder) == before
    with opened(folder) as session:
        assert len(list(session.apply(session.review))) == 3
    assert failed(folder) == []


def test_without_the_key_originals_in_another_order_are_noticed(originals: Path) -> None:
    folder = cleaned(originals)
    (originals / "0.dcm").write_bytes(slice_of(8))
    before = bytes_of(folder)
    with opened(folder, key=None) as session:
        second = next(item for item in session.items if item.number == 2)
        with pytest.raises(UsageError, match="Copy 2 does not show what original 2 shows"):
            session.picture(second, 0, "before")
        with pytest.raises(UsageError, match="does not show"):
            list(session.apply(drawn(session, 2)))
    assert bytes_of(folder) == before
    with opened(folder) as session:  # by their digests they are found
        assert {item.number for item in session.items} == {1, 2, 3, 4, 5, 6}


def test_a_copy_whose_proof_fails_leaves_the_old_one(originals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(document: Document, plan: Plan, staged: StagedFile) -> Candidate:
        steps = tuple(step for step in plan.steps if not isinstance(step.where, PixelRegion))
        return Candidate(plan, apply(document, replace(plan, steps=steps), staged).staged)

    folder = cleaned(originals)
    before = bytes_of(folder)
    monkeypatch.setattr(cleaning, "apply", forgetful)
    for key in (KEY, None):
        with opened(folder, key) as session:
            review = drawn(session, 1, 5, 6)
            if key is None:
                with pytest.raises(UsageError, match="the folder was left as it was"):
                    list(session.apply(review))
            else:
                assert {record.status for record in session.apply(review)} == {Status.REJECTED}
        after = bytes_of(folder)
        assert {name for name in after if after[name] != before[name]} <= {"audit.jsonl"}
    monkeypatch.undo()
    assert failed(folder) == []


def grown(step: Step) -> Step:
    if not isinstance(step.where, PixelRegion):
        return step
    return replace(step, where=PixelRegion(step.where.box.grown(20), step.where.frame))


def test_a_change_outside_the_places_fails_the_proof(originals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(document: Document, plan: Plan, staged: StagedFile) -> Candidate:
        more = tuple(map(grown, plan.steps))
        return Candidate(plan, apply(document, replace(plan, steps=more), staged).staged)

    folder = cleaned(originals)
    monkeypatch.setattr(cleaning, "apply", careless)
    with opened(folder) as session:
        records = list(session.apply(drawn(session, 1, 4, 5)))
    assert {record.status for record in records} == {Status.REJECTED}
    for record in records:
        assert "outside" in " ".join(check.name for check in record.checks if not check.passed)


def test_an_original_that_changed_meanwhile_is_not_taken(originals: Path) -> None:
    folder = cleaned(originals)
    with opened(folder) as session:
        review = drawn(session, 1)
        (originals / "1.dcm").write_bytes(slice_of(7))
        with pytest.raises(UsageError, match="changed since"):
            list(session.apply(review))
    assert failed(folder) == []


def test_two_originals_of_the_same_bytes_are_corrected_together(originals: Path) -> None:
    (originals / "8.dcm").write_bytes(slice_of(1))
    folder = cleaned(originals)
    with opened(folder) as session:
        assert len(list(session.apply(drawn(session, 1)))) == 2
        assert [len(session.places(item, 0)) for item in session.items if item.number in {1, 8}] == [1, 1]
    assert failed(folder) == []


def test_members_of_an_archive_are_originals(originals: Path) -> None:
    packed = originals / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(originals.glob("[1-6].*")):
            archive.write(path, path.name)
            path.unlink()
    folder = cleaned(originals)
    with opened(folder) as session:
        (record,) = session.apply(drawn(session, 4, box=Box(0, 0, 9999, 5), frame=None))
    pixels = dcmread(folder / str(record.output_name)).pixel_array
    assert all(np.ptp(pixels[frame, :5]) == 0 for frame in range(3))
    assert failed(folder) == []


@pytest.mark.parametrize("form", ["dicom", "png"])
def test_a_folder_in_another_form_is_opened_as_it_was_made(originals: Path, form: str) -> None:
    (originals / "4.dcm").unlink()
    folder = cleaned(originals, form=form)
    for key in (KEY, None):
        with opened(folder, key) as session:
            for item in session.items:
                before, after = (shown(session.picture(item, 0, side)) for side in SIDES)
                assert before.shape == after.shape
            list(session.apply(drawn(session, 1, 5 if form == "png" else 4, box=Box(int(key is None), 3, 9, 9))))
        assert failed(folder) == []


def test_what_is_not_that_folders_is_refused(originals: Path, tmp_path: Path) -> None:
    folder = cleaned(originals)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    cases: list[tuple[Path, Path, dict[str, Any], str]] = [
        (folder, elsewhere, {}, "None of the copies"),
        (folder, originals, {"key": bytes(32)}, "The key is not"),
        (folder, originals, {"key": b"short"}, "holds no key"),
        (folder, originals, {"profile": "research"}, "other options"),
        (elsewhere, originals, {}, "no audit"),
        (folder, tmp_path / "not there", {}, "does not exist"),
    ]
    for made, given, options, sentence in cases:
        with pytest.raises(UsageError, match=sentence):
            scanscrub.open_review(made, given, **{"key": KEY, "jobs": 1, **options})
    inside = scanscrub.open_review(folder, originals, key=KEY, review=folder / "review.json")
    with pytest.raises(UsageError, match="inside"):
        list(inside.apply(inside.review))


def step(rule: Rule | None, box: Box) -> AuditStep:
    return AuditStep(rule, None, PixelRegion(box), "Mask", "")


def test_outlines_of_one_line_are_one_place_of_the_gravest_kind() -> None:
    steps = (
        step(Rule.WRITING, Box(0, 0, 40, 10)),
        step(Rule.WRITING_UNREADABLE, Box(60, 0, 90, 30)),
        step(Rule.WRITING_MATCHES_HEADER, Box(2, 1, 60, 11)),
        step(Rule.WRITING, Box(0, 40, 40, 50)),
    )
    record = AuditRecord(InputRef(1, ""), Status.CLEAN, "share", steps=steps)
    found = {place.kind: (place.place.box, place.removal) for place in mask_places(record, 0)}
    assert found == {
        MaskKind.HEADER: (Box(0, 0, 60, 11), Removal.REFUSED),
        MaskKind.UNREAD: (Box(60, 0, 90, 30), Removal.FREE),
        MaskKind.WRITING: (Box(0, 40, 40, 50), Removal.ASKS),
    }
    assert mask_places(record, 1) == ()
