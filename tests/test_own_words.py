"""A file is never rejected for what this program writes itself, whoever is called like it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from factory_clean import cleaned
from factory_dicom import Row, ct_rows, data_set, part10, with_rows
from scanscrub.domain.plan import Keep, Plan, Source
from scanscrub.policy.file_decisions import FileDecisions
from scanscrub.policy.profile import load_profile

WORDS = (
    *(
        "ANON",
        "anon",
        "ANONYMIZED",
        "ANONYMOUS",
        "Annex",
        "scanscrub",
        "Research",
        "share",
        "Basic",
        "Confidentiality",
    ),
    *("Option", "Temporal", "MODIFIED", "YES", "NO", "CT", "HEAD", "MONOCHROME2", "AXIAL", "OTHER", "DCM", "ACME"),
    *("2026d", "19000101", "2.25", "A", "7", "deadbeef", "Retain", "Li", "PS3.15", "REMOVED", "Unknown"),
)


def _is_cleaned(folder: Path, profile: str, *more: Row) -> bool:
    record, copy = cleaned(part10(data_set(with_rows(ct_rows(), *more))), folder, profile)
    assert all(check.passed for check in record.checks)
    return bool(copy)


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("word", WORDS)
def test_a_patient_may_be_called_like_a_word_of_ours(word: str, profile: str, tmp_path: Path) -> None:
    for name in (f"{word}^Zqcanary", f"Zqcanary^{word}", f"{word}^{word}", word):
        assert _is_cleaned(tmp_path, profile, (0x00100010, "PN", name))


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("tag", [0x00080050, 0x00080080, 0x00081010, 0x00100020])
def test_a_number_or_a_place_may_be_a_word_of_ours(tag: int, profile: str, tmp_path: Path) -> None:
    assert all(_is_cleaned(tmp_path, profile, (tag, "LO", word)) for word in WORDS)


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize(
    "row",
    [
        (0x00181002, "UI", "1.2.826.0.1.999.77"),  # Device UID
        (0x00321001, "TM", "101112"),  # Scheduled Study Start Time
    ],
)
def test_what_an_option_retains_is_not_sought_in_the_copy(row: Row, profile: str, tmp_path: Path) -> None:
    assert _is_cleaned(tmp_path, profile, row)


def test_a_name_that_the_copy_took_over_is_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = FileDecisions.plan

    def keeping(decisions: FileDecisions, source: Source, *given: Any, **more: Any) -> Plan:  # noqa: ANN401 - passed on
        plan = made(decisions, source, *given, **more)
        kept = (replace(step, action=Keep("")) if str(step.where) == "(0010,0010)" else step for step in plan.steps)
        return replace(plan, steps=tuple(kept))

    monkeypatch.setattr(FileDecisions, "plan", keeping)
    record, copy = cleaned(part10(data_set(ct_rows())), tmp_path)
    failed = {check.name for check in record.checks if not check.passed}
    assert not copy
    assert failed == {"no known value in the text", "no known value in the bytes"}


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("retain", ["", "full-dates"])
def test_an_id_may_be_a_day_or_a_time_and_a_patient_may_be_newborn(profile: str, retain: str, tmp_path: Path) -> None:
    chosen = load_profile(profile).with_options((retain,) if retain else (), ())
    dates: tuple[Row, ...] = tuple((tag, "DA", "20190305") for tag in (0x00080020, 0x00080021, 0x00100030))
    times: tuple[Row, ...] = tuple((tag, "TM", "101112") for tag in (0x00080030, 0x00080032))
    ids: tuple[Row, ...] = (
        (0x00100020, "LO", "101112"),
        (0x00200010, "SH", "20190305"),
        (0x00080050, "SH", "101112"),
    )
    record, copy = cleaned(part10(data_set(with_rows(ct_rows(), *dates, *times, *ids))), tmp_path, chosen)
    assert all(check.passed for check in record.checks)
    assert copy


def test_a_uid_that_is_none_is_not_sought(tmp_path: Path) -> None:
    assert _is_cleaned(
        tmp_path, "share", (0x00081155, "UI", "0"), (0x00200052, "UI", "1.2"), (0x00081030, "LO", "Observation 0")
    )


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("word", ["ACME_MEC", "Plumage", "TORSO_FIX", "ABCDEFG", "Zq Canary"])
def test_an_id_of_letters_alone_refuses_no_file(word: str, profile: str, tmp_path: Path) -> None:
    texts: tuple[Row, ...] = tuple((tag, "LO", word) for tag in (0x00080070, 0x00081090, 0x0008103E, 0x00181020))
    for tag in (0x00100020, 0x00080050, 0x00181000):
        assert _is_cleaned(tmp_path, profile, *texts, (tag, "LO", word))
