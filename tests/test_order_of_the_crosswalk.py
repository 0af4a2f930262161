"""`files.csv` says the same however many workers there were, whoever of them was first, and whoever was killed."""

import csv
import errno
from itertools import permutations
from pathlib import Path

import pytest

from factory_dicom import ct_file
from scanscrub import CleanOptions, clean
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.plan import Check, Refusal
from scanscrub.output import sorting
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.output.files_table import FileRow

ALIKE = ("S/IM-A-12345678.dcm", "S/IM-A-12345678-2.dcm", "S/IM-A-12345678-10.dcm")


@pytest.fixture
def crosswalk(tmp_path: Path) -> Crosswalk:
    made = Crosswalk(tmp_path / "secret")
    made.prepare(resume=False)
    return made


def copied(number: int, name: str, digest: str = "d") -> AuditRecord:
    return AuditRecord(InputRef(number, digest), Status.CLEAN, "share", name)


def rows(crosswalk: Crosswalk) -> list[FileRow]:
    with (crosswalk.folder / "files.csv").open(newline="", encoding="utf-8") as stream:
        header, *found = csv.reader(stream)
    assert header == ["number", "input", "output", "status", "reason", "digest"]
    return [FileRow(*row) for row in found]


def brief(crosswalk: Crosswalk) -> list[tuple[str, str, str]]:
    return [row[:3] for row in rows(crosswalk)]


@pytest.mark.parametrize("order", list(permutations(ALIKE)))
def test_inputs_of_the_same_bytes_have_their_copies_in_order(order: tuple[str, ...], crosswalk: Crosswalk) -> None:
    for number, name in zip((2, 1, 11), order, strict=True):
        crosswalk.add(f"in/{number}", copied(number, name))
    crosswalk.add("in/3", copied(3, "S/IM-B-87654321.dcm", "e"))
    crosswalk.finish()
    assert brief(crosswalk) == [
        ("1", "in/1", ALIKE[0]),
        ("2", "in/2", ALIKE[1]),
        ("3", "in/3", "S/IM-B-87654321.dcm"),
        ("11", "in/11", ALIKE[2]),
    ]


def test_a_name_that_ends_in_a_number_of_its_own_keeps_its_input(crosswalk: Crosswalk) -> None:
    crosswalk.add("in/2", copied(2, "S/IM-A-12345678.dcm", "d"))
    crosswalk.add("in/1", copied(1, "S/IM-A-22345678.dcm", "e"))
    crosswalk.finish()
    assert brief(crosswalk) == [("1", "in/1", "S/IM-A-22345678.dcm"), ("2", "in/2", "S/IM-A-12345678.dcm")]


def test_a_name_that_an_input_gave_up_is_not_its_any_more(crosswalk: Crosswalk) -> None:
    """Its worker died between row and copy; another input of the same bytes took the name, and it got the next."""
    for number, name in ((2, ALIKE[0]), (1, ALIKE[0]), (2, ALIKE[1])):
        crosswalk.add(f"in/{number}", copied(number, name))
    crosswalk.finish()
    assert brief(crosswalk) == [("1", "in/1", ALIKE[0]), ("2", "in/2", ALIKE[1])]


def test_each_row_says_how_it_ended_and_why(crosswalk: Crosswalk) -> None:
    refused = AuditRecord(InputRef(2, "e"), Status.REFUSED, "share", refusal=Refusal("The file is cut off.", "Mend."))
    failed = Check("no known value", passed=False)
    rejected = AuditRecord(InputRef(3, "f"), Status.REJECTED, "share", checks=(Check("same", passed=True), failed))
    unseen = AuditRecord(InputRef(4, "g"), Status.REVIEW, "share", "P/IM.dcm", frames=1)
    for record in (unseen, rejected, refused, copied(1, "P/a.dcm")):
        crosswalk.add(f"in/{record.input_ref.number}", record)
    crosswalk.finish()
    assert [(row.status, row.reason, row.digest) for row in rows(crosswalk)] == [
        ("CLEAN", "", "d"),
        ("REFUSED", "The file is cut off.", "e"),
        ("REJECTED", "The copy failed a check: no known value.", "f"),
        ("REVIEW", "The pictures of this file were not searched for text: they may still show a name.", "g"),
    ]


def resumed(crosswalk: Crosswalk, *changes: AuditRecord, done: tuple[tuple[str, int, str], ...] = ()) -> None:
    crosswalk.finish()
    earlier = crosswalk.prepare(resume=True)
    for record in changes:
        crosswalk.add(f"in/{record.input_ref.number}", record)
    for place, number, digest in done:
        crosswalk.add_done_before(place, number, digest)
    crosswalk.finish(earlier)


def test_what_an_earlier_run_did_keeps_its_row(crosswalk: Crosswalk) -> None:
    crosswalk.add("in/1", copied(1, "P/a.dcm"))
    resumed(crosswalk, copied(2, "P/b.dcm", "e"), done=(("in/1", 1, "d"),))
    assert brief(crosswalk) == [("1", "in/1", "P/a.dcm"), ("2", "in/2", "P/b.dcm")]
    assert rows(crosswalk)[0].status == "CLEAN"


def test_an_input_that_has_another_number_now_has_one_row(crosswalk: Crosswalk) -> None:
    crosswalk.add("in/x", copied(1, "P/a.dcm", "d"))
    crosswalk.add("in/y", AuditRecord(InputRef(2, "e"), Status.REFUSED, "share"))
    crosswalk.finish()
    earlier = crosswalk.prepare(resume=True)
    crosswalk.add("in/new", copied(1, "P/new.dcm", "n"))
    crosswalk.add("in/y", AuditRecord(InputRef(3, "e"), Status.REFUSED, "share"))
    crosswalk.add_done_before("in/x", 2, "d")
    crosswalk.finish(earlier)
    assert brief(crosswalk) == [("1", "in/new", "P/new.dcm"), ("2", "in/x", "P/a.dcm"), ("3", "in/y", "")]


def test_the_name_of_an_input_that_is_gone_stays_beside_its_copy(crosswalk: Crosswalk) -> None:
    crosswalk.add("in/gone", copied(1, "P/a.dcm", "d"))
    resumed(crosswalk, copied(1, "P/b.dcm", "e"))
    assert sorted(brief(crosswalk)) == [("1", "in/1", "P/b.dcm"), ("1", "in/gone", "P/a.dcm")]


def test_an_input_that_was_named_twice_has_two_rows(crosswalk: Crosswalk) -> None:
    for number, name in enumerate(ALIKE[:2], 1):
        crosswalk.add("in/a", copied(number, name))
    crosswalk.finish()
    assert brief(crosswalk) == [("1", "in/a", ALIKE[0]), ("2", "in/a", ALIKE[1])]


@pytest.mark.parametrize("name", ["a,b", 'a"b', "a\nb", "a\rb", "\udce9", " a "])
def test_every_name_that_a_file_can_have_is_read_back(crosswalk: Crosswalk, name: str) -> None:
    crosswalk.add(name, copied(1, "P/a.dcm"))
    crosswalk.finish()
    with (crosswalk.folder / "files.csv").open(newline="", encoding="utf-8", errors="surrogateescape") as stream:
        assert [row["input"] for row in csv.DictReader(stream)] == [name]


def test_a_row_that_could_not_be_written_whole_ends_the_run(
    crosswalk: Crosswalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.write", lambda *_: 3)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - its number says which
        crosswalk.add("in/1", copied(1, "P/a.dcm"))
    assert caught.value.errno == errno.ENOSPC


def test_rows_are_in_order_whatever_fits_into_memory(tmp_path: Path) -> None:
    unordered = [(str(number % 7), "a\rb") for number in range(50)]
    assert list(sorting.in_order(unordered, tmp_path, at_once=3)) == sorted(set(unordered))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_its_caller_leaves_has_rows_in_order(tmp_path: Path, jobs: int) -> None:
    folder = tmp_path / "in" / "files"
    folder.mkdir(parents=True)
    for number in range(12):
        (folder / f"{number:02}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number + 1}")))
    options = CleanOptions(text="none", crosswalk=tmp_path / "in" / "secret", jobs=jobs)
    records = clean([folder], tmp_path / "out", options)
    for _ in range(4):
        next(records)
    records.close()  # type: ignore[attr-defined] # a generator
    numbers = [int(row.number) for row in rows(Crosswalk(tmp_path / "in" / "secret"))]
    assert len(numbers) >= 4
    assert numbers == sorted(set(numbers))
