"""Each input is opened once, its digest is made once, and what was seen stays with the input it was seen in."""

from collections import Counter
from pathlib import Path
from typing import BinaryIO

import pytest

from conftest import CANARY
from factory_dicom import ct_file
from factory_pictures import gray, saved
from running_check import Workplace
from scanscrub import CheckOptions, CleanOptions, check, clean, inspect
from scanscrub.checking import check_file
from scanscrub.domain.audit import Status
from scanscrub.inputs.git_blobs import BlobStores
from scanscrub.inputs.input import Input
from scanscrub.pipeline import read
from scanscrub.policy import file_decisions
from scanscrub.system import streams

HEADERS = CleanOptions(text="none", jobs=1)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    made = Workplace(tmp_path, monkeypatch, capfd)
    made.write("a/scan.dcm")
    made.write("a/same.dcm")
    made.write("picture.png", saved(gray(), "PNG"))
    made.write("bad.dcm", ct_file()[:-40])
    return made


class Counts:
    """How often each input was opened, and how often a digest of it was made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: Counter[str] = Counter()
        self.hashed: Counter[str] = Counter()
        names: list[tuple[BinaryIO, str]] = []
        opening, digesting = Input.open, streams.digest_of

        def open_(source: Input, blobs: BlobStores | None = None) -> BinaryIO:
            stream = opening(source, blobs)
            if source.number:  # what is found is only looked at
                self.opened[Path(source.path).name] += 1
                names.append((stream, Path(source.path).name))
            return stream

        def digest_of(stream: BinaryIO, digest: streams.Digest) -> str:
            self.hashed.update(name for each, name in names if each is stream)
            return digesting(stream, digest)

        monkeypatch.setattr(Input, "open", open_)
        monkeypatch.setattr(streams, "digest_of", digest_of)
        monkeypatch.setattr(read, "digest_of", digest_of)

    @property
    def are_one_each(self) -> bool:
        each = Counter({"scan.dcm": 1, "same.dcm": 1, "picture.png": 1, "bad.dcm": 1})
        return self.opened == each and self.hashed == each


def test_clean_opens_and_hashes_each_input_once(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts(monkeypatch)
    assert len(list(clean([place.folder], place.out / "clean", HEADERS))) == 4
    assert counts.are_one_each


@pytest.mark.parametrize("cache", [False, True])
def test_check_opens_and_hashes_each_input_once(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, *, cache: bool
) -> None:
    counts = Counts(monkeypatch)
    assert len(check([place.folder], CheckOptions(text="none", cache=cache)).files) == 4
    assert counts.are_one_each


def test_inspect_opens_and_hashes_each_input_once(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts(monkeypatch)
    assert len(list(inspect([place.folder], HEADERS))) == 4
    assert counts.are_one_each


def test_inspections_come_in_order_and_hold_what_their_own_input_shows(place: Workplace) -> None:
    found = list(inspect([place.folder], HEADERS))
    assert [one.record.input_ref.number for one in found] == [1, 2, 3, 4]
    assert [one.name for one in found] == ["bad.dcm", "picture.png", "a/same.dcm", "a/scan.dcm"]
    assert [one.record.status for one in found] == [Status.REFUSED, *[Status.PLANNED] * 3]
    assert CANARY not in repr(found)


def test_equal_files_keep_their_own_names(place: Workplace) -> None:
    place.write("zz/zz.dcm")
    place.write("zz/b/aa.dcm")
    ran = place.run("inspect", "zz", "--text", "none")
    titles = [line.split(" (")[0] for line in ran.lines if line.startswith("File ")]
    assert titles == ["File 1, zz/zz.dcm", "File 2, zz/b/aa.dcm"]


def test_a_picture_named_after_a_patient_whom_a_later_header_knows_is_withheld(place: Workplace) -> None:
    place.write(f"lone/{CANARY}_Jane.png", saved(gray(), "PNG"))
    place.write("lone/z/1.dcm")
    first, second = inspect([place.folder / "lone"], HEADERS)
    assert first.name.startswith("lone/<withheld ")
    assert second.name == "lone/z/1.dcm"


def test_workers_find_what_one_process_finds(place: Workplace) -> None:
    place.write(f"{CANARY}_Jane.png", saved(gray(), "PNG"))

    def told(jobs: int) -> list[tuple[str, Status, int]]:
        found = inspect([place.folder], CleanOptions(text="none", jobs=jobs))
        return [(one.name, one.record.status, len(one.record.steps)) for one in found]

    assert told(2) == told(1)


def test_what_the_rules_need_of_a_file_is_found_once_for_its_plan_and_once_for_its_copy(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()

    def counting(name: str) -> None:
        real = getattr(file_decisions, name)

        def counted(*given: object) -> object:
            asked[name] += 1
            return real(*given)

        monkeypatch.setattr(file_decisions, name, counted)

    for name in ("header_of", "known_values", "header_steps", "IdentifierSearch"):
        counting(name)
    (record,) = clean([place.folder / "a" / "scan.dcm"], place.out / "clean", HEADERS)
    assert record.status is Status.CLEAN or record.status is Status.REVIEW
    assert asked == dict.fromkeys(asked, 2)
    assert len(asked) == 4


def test_what_is_remembered_is_told_without_what_looks_into_images(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = place.run("check", "--text", "none", "-j", "1", ".")

    def loaded(_: bytes) -> bool:
        raise AssertionError

    monkeypatch.setattr(check_file, "is_image", loaded)
    again = place.run("check", "--text", "none", "-j", "1", ".")
    assert (again.code, again.lines) == (first.code, first.lines) == (1, first.lines)
