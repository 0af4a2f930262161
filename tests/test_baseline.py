import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from factory_check import DIGEST, finding, record, region
from scanscrub.checking.accepted.acceptance import Acceptance
from scanscrub.checking.accepted.allow import Allow, parse_allows
from scanscrub.checking.accepted.baseline import Accepted, accept_all, baseline_text, read_baseline
from scanscrub.checking.accepted.places import same_place
from scanscrub.domain.check import BaselineState, CheckFinding, CheckRecord, refused
from scanscrub.domain.errors import UsageError
from scanscrub.domain.finding import FileName, HeaderElement
from scanscrub.domain.rules import Rule, Severity

TODAY = date(2026, 11, 22)
BOXES = ((0, 0, 90, 15), (0, 200, 12, 210))
ENTRY = Accepted(Rule.IDENTITY, "data/ct.dcm", "(0010,0010)", DIGEST, "a phantom")


def judged(entry: Accepted, seen: CheckRecord) -> tuple[BaselineState, str]:
    (one,) = Acceptance((entry,), (), TODAY).judge(seen, Severity.HYGIENE).findings
    return one.state, one.accepted


def test_an_entry_accepts_the_same_place_of_the_same_bytes() -> None:
    assert judged(ENTRY, record(finding())) == (BaselineState.UNCHANGED, "a phantom")


def test_an_entry_lapses_when_the_bytes_change() -> None:
    assert judged(ENTRY, record(finding(), digest="cd" * 32)) == (BaselineState.UPDATED, "")


@pytest.mark.parametrize(("until", "accepted"), [(date(2026, 11, 22), "a phantom"), (date(2026, 11, 21), "")])
def test_an_entry_holds_to_the_end_of_its_last_day(until: date, accepted: str) -> None:
    entry = Accepted(Rule.IDENTITY, "data/ct.dcm", "(0010,0010)", DIGEST, "a phantom", until)
    assert judged(entry, record(finding()))[1] == accepted


@pytest.mark.parametrize(
    "other",
    [
        record(finding(), path="data/other.dcm"),
        record(finding(Rule.DATE)),
        record(finding(where=HeaderElement((0x00100020,)))),
    ],
    ids=["another path", "another rule", "another place"],
)
def test_an_entry_accepts_nothing_else(other: CheckRecord) -> None:
    assert judged(ENTRY, other) == (BaselineState.NEW, "")


def test_a_region_is_the_same_place_when_the_box_moved_a_little() -> None:
    here = str(region(10, 20, 110, 40))
    assert same_place(here, str(region(12, 18, 108, 41)))
    assert not same_place(here, str(region(10, 20, 110, 40, frame=1)))
    assert not same_place(here, str(region(100, 20, 200, 40)))
    assert not same_place(here, str(region(10, 300, 110, 320)))
    assert same_place(here, str(region(20, 25, 60, 35)))
    assert not same_place(str(region(20, 25, 60, 35)), here)


def test_what_was_just_accepted_is_all_of_use_where_places_overlap() -> None:
    seen = record(
        *(finding(Rule.WRITING, where=region(*box)) for box in ((0, 0, 90, 40), (10, 5, 40, 30), (12, 6, 41, 30)))
    )
    accepted = accept_all([Acceptance((), (), TODAY).judge(seen, Severity.HYGIENE)], "looked at", None)
    acceptance = Acceptance(accepted, (), TODAY)
    acceptance.judge(seen, Severity.HYGIENE)
    assert acceptance.unused(everything=True) == ()
    assert acceptance.holding(everything=True) == accepted


def test_a_file_that_could_not_be_read_is_never_accepted() -> None:
    unreadable = record(refused("The file cannot be read.", ""), digest="")
    file = Acceptance((), (), TODAY).judge(unreadable, Severity.HYGIENE)
    assert accept_all([file], "because", None) == []
    entry = Accepted(Rule.REFUSED, "data/ct.dcm", "whole file", "", "because")
    assert judged(entry, unreadable)[1] == ""


def test_what_matters_less_is_not_judged() -> None:
    seen = record(finding(), finding(Rule.UID, severity=Severity.HYGIENE))
    assert len(Acceptance((), (), TODAY).judge(seen, Severity.QUASI).findings) == 1


def test_unused_entries_are_reported_for_what_was_examined() -> None:
    accepted = Acceptance((ENTRY,), (Allow(("x/*",), "why"),), TODAY)
    assert accepted.unused(everything=False) == ()
    accepted.judge(record(), Severity.HYGIENE)
    (line,) = accepted.unused(everything=False)
    assert "data/ct.dcm" in line
    assert len(accepted.unused(everything=True)) == 2


def test_an_update_keeps_what_holds_and_what_was_not_examined() -> None:
    elsewhere = Accepted(Rule.IDENTITY, "other.dcm", "(0010,0010)", DIGEST, "another")
    stale = Accepted(Rule.DATE, "data/ct.dcm", "(0008,0020)", DIGEST, "stale")
    accepted = Acceptance((ENTRY, elsewhere, stale), (), TODAY)
    accepted.judge(record(finding()), Severity.HYGIENE)
    assert accepted.holding(everything=False) == [ENTRY, elsewhere]
    assert accepted.holding(everything=True) == [ENTRY]


def test_the_file_reads_back_and_is_sorted(tmp_path: Path) -> None:
    later = Accepted(Rule.WRITING, "a.dcm", str(region()), DIGEST, "a marker", date(2027, 1, 31))
    path = tmp_path / "scanscrub-baseline.json"
    path.write_text(baseline_text([ENTRY, later]), encoding="utf-8")
    assert read_baseline(path) == (later, ENTRY)
    assert baseline_text([later, ENTRY]) == baseline_text([ENTRY, later])


def test_the_places_of_a_rule_share_a_line(tmp_path: Path) -> None:
    places = [finding(Rule.WRITING, where=region(0, 20 * row, 90, 20 * row + 15)) for row in range(9)]
    text = baseline_text([*entries(*places), *entries(finding(keyword="PatientName"))])
    assert text.count("\n") == 4
    path = tmp_path / "scanscrub-baseline.json"
    path.write_text(text, encoding="utf-8")
    assert len(read_baseline(path)) == 10
    assert baseline_text(read_baseline(path)) == text


def test_a_file_of_the_first_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scanscrub-baseline.json"
    row = {"rule": "H0", "path": "data/ct.dcm", "place": "(0010,0010)", "digest": DIGEST, "reason": "a phantom"}
    path.write_text(json.dumps({"version": 1, "accepted": [row]}), encoding="utf-8")
    assert read_baseline(path) == (ENTRY,)


def test_what_another_runtime_outlines_otherwise_is_still_of_use() -> None:
    first, other = (Accepted(Rule.WRITING, "data/ct.dcm", str(region(*box)), DIGEST, "ok") for box in BOXES)
    accepted = Acceptance((first, other), (), TODAY)
    accepted.judge(record(finding(Rule.WRITING, where=region(*BOXES[0]))), Severity.HYGIENE)
    assert accepted.unused(everything=True) == ()


def test_an_entry_of_before_that_says_no_severity_holds(tmp_path: Path) -> None:
    path = tmp_path / "scanscrub-baseline.json"
    path.write_text(baseline_text([ENTRY]), encoding="utf-8")
    assert "severity" not in path.read_text(encoding="utf-8")
    assert judged(read_baseline(path)[0], record(finding()))[1] == "a phantom"
    (told,) = entries(finding(keyword="PatientName"))
    path.write_text(baseline_text([told]), encoding="utf-8")
    assert read_baseline(path) == (told,)
    assert (told.keyword, told.severity) == ("PatientName", Severity.IDENTITY)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 3, "accepted": []}', '{"version": 1, "accepted": [{}]}', "[" * 200_000]
)
def test_a_broken_baseline_is_an_error_and_accepts_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scanscrub-baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_baseline(path)


@pytest.mark.parametrize(
    ("table", "covered"),
    [
        ({"paths": ["data/*.dcm"], "reason": "phantoms"}, True),
        ({"paths": ["data/*"], "rules": ["H0", "H2"], "reason": "phantoms"}, True),
        ({"paths": ["data/*"], "rules": ["H2"], "reason": "phantoms"}, False),
        ({"paths": ["data/*"], "places": ["PatientName *"], "reason": "phantoms"}, True),
        ({"paths": ["data/*"], "places": ["StudyDate *"], "reason": "phantoms"}, False),
        ({"paths": ["docs/*"], "reason": "phantoms"}, False),
        ({"paths": ["*"], "reason": "phantoms"}, False),
        ({"paths": ["**"], "reason": "phantoms"}, True),
        ({"paths": ["**/ct.dcm"], "reason": "phantoms"}, True),
        ({"paths": ["data/**/ct.dcm"], "reason": "phantoms"}, True),
        ({"paths": ["data/c?.d[c]m"], "reason": "phantoms"}, False),
        ({"paths": ["data/*"], "reason": "phantoms", "until": date(2026, 1, 1)}, False),
    ],
)
def test_a_pattern_accepts_rules_in_paths(table: dict[str, object], *, covered: bool) -> None:
    accepted = Acceptance((), parse_allows([table]), TODAY)
    (one,) = accepted.judge(record(finding(keyword="PatientName")), Severity.HYGIENE).findings
    assert one.accepted == ("phantoms" if covered else "")


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ({"paths": ["data/*"]}, "lacks its reason."),
        ({"paths": ["data/*"], "reason": " "}, "lacks its reason."),
        ({"paths": [], "reason": "why"}, "lacks its paths."),
        ({"reason": "why"}, "lacks its paths."),
        ({"paths": "data/*", "reason": "why"}, "needs a list of texts as paths"),
        ({"paths": ["data/*"], "rules": ["H7"], "reason": "why"}, "names a rule that there is not (there are H0, "),
        ({"paths": ["data/*"], "rule": ["H0"], "reason": "why"}, "has an unknown key: 'rule'."),
        ({"paths": ["data/*"], "until": "soon", "reason": "why"}, "needs a day as until: YYYY-MM-DD."),
        ({"paths": ["data/*"], "until": datetime(2030, 12, 31, tzinfo=UTC), "reason": "why"}, "needs a day as until"),
    ],
)
def test_a_pattern_that_is_not_understood_is_an_error(table: dict[str, object], mistake: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_allows([{"paths": ["data/*"], "reason": "why"}, table])
    assert raised.value.reason.startswith(f"[[tool.scanscrub.allow]] number 2 {mistake}")


def test_a_pattern_reaches_neither_into_folders_nor_into_archives() -> None:
    (allow,) = parse_allows([{"paths": ["pub/*.png"], "reason": "icons"}])
    names = ("pub/x.png", "pub/deep/x.png", "pub/q.zip!y.png", "pub/q.zip!in/y.png")
    assert [name for name in names if allow.covers(name, finding())] == ["pub/x.png"]


def entries(*findings: CheckFinding) -> list[Accepted]:
    return accept_all([Acceptance((), (), TODAY).judge(record(*findings), Severity.HYGIENE)], "why", None)


def test_accepting_all_leaves_nothing_open() -> None:
    seen = record(finding(), finding(Rule.WRITING, region()))
    after = Acceptance(entries(*seen.findings), (), TODAY).judge(seen, Severity.HYGIENE)
    assert after.open == ()


def test_a_name_is_never_accepted() -> None:
    """Its entry could not tell it from another name of the same file, as it may hold neither."""
    named = record(finding(Rule.NAME, FileName()), path="data/<withheld abababab>")
    assert entries(*named.findings) == []
    entry = Accepted(Rule.NAME, "data/<withheld abababab>", "file name", DIGEST, "looked at")
    assert judged(entry, named) == (BaselineState.NEW, "")
    allow = Allow(("data/*",), "phantoms", frozenset({Rule.NAME}))
    assert Acceptance((), (allow,), TODAY).judge(named, Severity.HYGIENE).open == ()


def test_names_begin_at_the_folder_of_the_file_that_has_them() -> None:
    top, inner, other = Path("/top"), Path("/top/inner"), Path("/other")
    seen = CheckRecord(
        "ct.dcm", DIGEST, (finding(),), parts=("inner", "deep", "ct.dcm"), ways=((0, 0), (0, 1), (0, -1), (2, 1))
    )
    assert [seen.name_from(folder) for folder in range(5)] == [
        "inner/deep/ct.dcm",
        "deep/ct.dcm",
        "ct.dcm",
        "../../deep/ct.dcm",
        "ct.dcm",
    ]
    entry = Accepted(Rule.IDENTITY, "inner/deep/ct.dcm", "(0010,0010)", DIGEST, "a phantom")
    assert not Acceptance((entry,), (), TODAY, top).judge(seen, Severity.HYGIENE).open
    for paths, folder, covered in (("deep/*", inner, True), ("inner/*", inner, False), ("*.dcm", other, True)):
        allows = (Allow(("gone/*",), "x", folder=inner), Allow((paths,), "why", folder=folder))
        places = Acceptance((), (*allows, Allow(("gone",), "x", folder=other)), TODAY, top)
        assert places.folders == (top, inner, other)
        assert bool(places.judge(seen, Severity.HYGIENE).open) is not covered
