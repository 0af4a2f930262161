"""``review.json``: what is read, what is refused, and the command line with it."""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

import scanscrub
from conftest import CANARY
from factory_review import COLUMNS, PIXELS, ROWS, dicom
from running_check import Workplace
from scanscrub import Box, FileReview, Place, Review, UsageError, read_review, write_review
from scanscrub.policy.pixels.review_file import review_of, review_to_text

DIGEST = "ab" * 32
GUIDE = files("scanscrub").joinpath("docs/guide.md").read_text(encoding="utf-8")


def entry(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"sha256": DIGEST, **changes}


def of(*entries: object, **changes: object) -> bytes:
    return json.dumps({"review": 1, "files": list(entries), **changes}).encode()


def box(*corners: object, **changes: object) -> bytes:
    return of(entry(added=[{"box": list(corners), "frame": 0, **changes}]))


WRONG = {
    b"": "no JSON",
    b"[" * 100_000: "no JSON",
    b'{"review": 1, "files": [' + b'{"a":' * 100_000: "no JSON",
    b"\xff\xfe": "no JSON",
    b"[]": "no object of files, review",
    b"{}": "no object",
    of(review=2): "another version",
    of(review=True): "another version",
    of(files={}): "no list",
    of(more=1): "no object",
    b'{"review": 1, "review": 1, "files": []}': "twice",
    of(entry(), entry()): "one file twice",
    of(7): "File 1 of it is no object",
    of(entry(sha256="AB" * 32)): "no SHA-256",
    of(entry(sha256=7)): "no SHA-256",
    of(entry(name=CANARY)): "no object of added, looked_at, removed, sha256",
    of(entry(looked_at=1)): "neither true nor false",
    of(entry(added={})): "no list",
    of(entry(added=[7])): "File 1 of it: a place is no object",
    box(0, 0, 9): "four numbers",
    box(0, 0, 9, 9.5): "four numbers",
    of(entry(added=[{"box": [0, 0, 9, True]}])): "four numbers",
    box(-1, 0, 9, 9): "four numbers",
    box(0, 0, 9, 1 << 40): "four numbers",
    box(0, 0, 9, "9"): "four numbers",
    box(9, 0, 9, 9): "without a pixel",
    box(0, 9, 9, 3): "without a pixel",
    box(0, 0, 9, 9, frame=-1): "frame",
    box(0, 0, 9, 9, frame=1.0): "frame",
    box(0, 0, 9, 9, frame="all"): "frame",
    box(0, 0, 9, 9, confirmed=True): "confirms an added place",
    box(0, 0, 9, 9, confirmed="yes"): "neither true nor false",
    box(0, 0, 9, 9, why=CANARY): "no object of box, confirmed, frame",
    box(0, 0, 9, 9).replace(b"9, 9]", b"9, NaN]"): "four numbers",
    box(0, 0, 9, 9).replace(b"9, 9]", b"9, " + b"9" * 5000 + b"]"): "no JSON",
    of(entry(added=[{"box": [0, 0, 9, at]} for at in range(1, 300)])): "more than 200 places",
    b" " * (17 << 20): "larger than 16 MB",
}


def test_what_is_no_review_is_told_in_one_sentence_that_quotes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    for data, sentence in WRONG.items():
        path.write_bytes(data)
        with pytest.raises(UsageError, match=sentence) as caught:
            read_review(path)
        assert CANARY not in f"{caught.value.reason}{caught.value.hint}"
        assert "\n" not in caught.value.reason
    with pytest.raises(UsageError, match="cannot be read"):
        read_review(tmp_path)


def test_a_review_reads_as_it_was_written_a_line_a_place() -> None:
    places = (Place(Box(0, 0, 9, 9), None), Place(Box(1, 2, 3, 4), 7), Place(Box(1, 2, 3, 4), 1))
    review = Review((FileReview(DIGEST, places, (Place(Box(5, 5, 6, 6), 0, is_confirmed=True),), is_looked_at=True),))
    text = review_to_text(review)
    again = review_of(text.encode())
    assert review_to_text(again) == text
    assert {*again.files[0].added} == {*places}
    assert again.files[0].removed == review.files[0].removed
    assert text.count('"box"') == len([line for line in text.splitlines() if '"box"' in line]) == 4


def test_a_review_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    for wrong in (FileReview("x"), FileReview(DIGEST, (Place(Box(0, 0, 0, 0)),))):
        with pytest.raises(UsageError):
            write_review(path, Review((wrong,)))
    assert not path.exists()
    with pytest.raises(scanscrub.OutputUnusableError):
        write_review(tmp_path / "missing" / "review.json", Review())


def test_the_review_shown_in_the_guide_is_replayed(tmp_path: Path) -> None:
    shown = next(text for text in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL) if '"review"' in text)
    (known,) = review_of(shown.encode()).files
    assert known.removed[1].is_confirmed
    data = dicom()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.dcm").write_bytes(data)
    text = shown.replace(known.sha256, hashlib.sha256(data).hexdigest())
    path = tmp_path / "review.json"
    path.write_text(text.replace("[0, 440, 512, 512]", f"[0, {ROWS - 8}, {COLUMNS}, {ROWS}]"))
    (record,) = scanscrub.clean(tmp_path / "in", tmp_path / "out", text="none", review=path)
    pixels = dcmread(tmp_path / "out" / str(record.output_name)).pixel_array
    assert np.ptp(pixels[:, ROWS - 8 :]) == 0
    assert (pixels[:, : ROWS - 8] == PIXELS[:, : ROWS - 8]).all()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


BLIND = ("--text", "none", "--isolated")


def test_the_command_replays_a_review_and_names_what_matched_nothing(work: Workplace) -> None:
    data = dicom()
    work.write("1.dcm", data)
    digest = hashlib.sha256(data).hexdigest()
    review = work.out / "review.json"
    review.write_bytes(of({"sha256": digest, "added": [{"box": [0, 0, 9, 9]}]}, entry()))
    out, keyed, key = work.out / "out", work.out / "keyed", work.out / "key"
    work.run("key", "new", key)
    once = ("-o", keyed, "--key", key)
    for last in (("-o", out), ("--dry-run",), once, (*once, "--resume")):
        ran = work.run("clean", "1.dcm", *BLIND, "--review", review, *last)
        assert ran.code == 0, ran.stderr
        assert f"SHA-256 {DIGEST[:8]}: " in ran.stderr
        assert digest[:8] not in ran.stderr
    audit = (out / "audit.jsonl").read_text()
    assert digest not in audit
    assert DIGEST not in audit
    assert "drawn by a person" in (out / "report.html").read_text()
    assert work.run("verify", out, *BLIND).code == 0


def test_a_review_that_cannot_be_replayed_is_a_wrong_command(work: Workplace) -> None:
    work.write("1.dcm", dicom())
    out = work.out / "out"
    ran = work.run("clean", "1.dcm", *BLIND, "-o", out, "--review", work.out / "missing.json")
    assert ran.code == 2
    assert "The review cannot be read." in ran.stderr
    out.mkdir()
    (out / "review.json").write_bytes(of())
    ran = work.run("clean", "1.dcm", *BLIND, "-o", out, "--review", out / "review.json")
    assert ran.code == 2
    assert "inside the output folder" in ran.stderr
