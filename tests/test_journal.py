"""Which records of an audit stand when a run was resumed."""

from pathlib import Path

import pytest

from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.plan import Refusal
from scanscrub.output.journal import append, latest, latest_records


def absent(number: int, digest: str = "aa", reason: str = "The file is cut off.") -> AuditRecord:
    status = Status.REFUSED if digest else Status.FAILED
    return AuditRecord(InputRef(number, digest), status, "share", refusal=Refusal(reason, ""))


def copy(number: int, digest: str = "aa", name: str = "one.dcm") -> AuditRecord:
    return AuditRecord(InputRef(number, digest), Status.CLEAN, "share", output_name=name)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (absent(1), absent(1)),
        (absent(1), absent(1, reason="The file is damaged.")),
        (absent(1), copy(1)),
        (absent(1), copy(2)),
        (absent(1, ""), absent(1, "")),
        (absent(1, ""), copy(1)),
        (copy(1), copy(1)),
        (copy(1), copy(2)),
        (copy(1), absent(1)),
    ],
)
def test_the_last_record_of_an_input_stands(earlier: AuditRecord, later: AuditRecord, tmp_path: Path) -> None:
    other = copy(9, "ff", "other.dcm")
    assert latest([earlier, other, later]) == [other, later]
    for record in (earlier, other, later):
        append(tmp_path / "audit.jsonl", record)
    assert list(latest_records(tmp_path / "audit.jsonl")) == [other, later]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (absent(1), absent(2)),
        (absent(1), absent(1, "bb")),
        (absent(1, ""), absent(2, "")),
        (absent(1, ""), copy(2)),
        (copy(1), copy(2, name="one-2.dcm")),
        (copy(1), absent(1, "")),
        (copy(1), copy(1, "bb", "two.dcm")),
    ],
)
def test_records_of_two_inputs_both_stand(one: AuditRecord, other: AuditRecord) -> None:
    assert latest([one, other]) == [one, other]
