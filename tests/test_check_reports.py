import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from factory_check import every_finding, finding, full_report, judged, report
from factory_pictures import gray, saved
from scanscrub.checking.accepted.baseline import UNACCEPTABLE
from scanscrub.domain.check import (
    CheckFinding,
    CheckRecord,
    CheckReport,
    JudgedFile,
    JudgedFinding,
    Obstacle,
    Remedy,
    refused,
)
from scanscrub.domain.finding import HeaderElement, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.rule_texts import ACCEPT, RULE_TEXTS
from scanscrub.domain.rules import Rule, Severity
from scanscrub.report.findings.formats import FindingsFormat, notes_beside, write_findings
from scanscrub.report.page.crops import crops_of
from scanscrub.report.page.findings import write as write_page


def written(what: CheckReport, wanted: FindingsFormat) -> str:
    stream = io.StringIO()
    write_findings(what, wanted, stream)
    return stream.getvalue()


def test_every_rule_is_explained() -> None:
    assert list(RULE_TEXTS) == list(Rule)
    assert all(all((text.title, text.why, text.example, text.fix)) for text in RULE_TEXTS.values())
    assert all(len(text.title) < 50 for text in RULE_TEXTS.values())
    assert "baseline update --reason" in ACCEPT
    assert [rule for rule, text in RULE_TEXTS.items() if text.accept != ACCEPT] == [*UNACCEPTABLE]


@pytest.mark.parametrize("wanted", list(FindingsFormat))
def test_every_format_writes_any_report(wanted: FindingsFormat) -> None:
    for what in (full_report(), report()):
        text = written(what, wanted)
        text.encode("utf-8", "backslashreplace")
        assert text == written(what, wanted)


def test_text_groups_findings_by_file_and_rule_and_gives_totals() -> None:
    text = written(full_report(), FindingsFormat.text)
    assert "data/ct.dcm\n  identity        H0    PatientName\n" in text
    totals = re.search(r"5 images examined\. (\d+) findings in 3 files \((.+)\)\. 1 finding accepted\.", text)
    assert totals is not None
    assert totals.groups() == ("9", "5 identity, 3 quasi-identity, 1 hygiene")
    assert "data/accepted.dcm" not in text
    assert "data/clean.dcm" not in text
    assert "unused for data/gone.dcm" in text
    assert "The file ends early. Export it again." in text


def test_text_says_so_when_nothing_was_found() -> None:
    assert written(report(judged(), judged()), FindingsFormat.text) == "2 images examined. Nothing found.\n"


def test_text_says_when_pixels_were_not_looked_at() -> None:
    text = written(CheckReport((judged(),), text="none"), FindingsFormat.text)
    assert "Writing in the pixels was not looked for" in text


def test_text_names_a_few_places_and_counts_the_rest() -> None:
    many = [finding(where=HeaderElement((0x00100000 + number,))) for number in range(9)]
    assert "(0010,0003) and 5 more\n" in written(report(judged(*many)), FindingsFormat.text)


CLEAN = "scanscrub clean PATH -o DIR, and keep the copies."
REFUSED = "What clean refuses (R0): as it says beside the finding."


@pytest.mark.parametrize(
    ("obstacles", "fixes"),
    [
        ([None], CLEAN),
        ([Obstacle.PACKED], "What is packed: unpack it, and clean that."),
        ([Obstacle.DRAWING, None], f"{CLEAN} What is in a drawing: export the drawing as PNG, and clean that."),
        ([Obstacle.HISTORY] * 2, "rewrite the history, with git filter-repo for example, and take what was found"),
    ],
)
def test_text_ends_with_what_helps(obstacles: list[Obstacle | None], fixes: str) -> None:
    files = [judged(finding(), obstacle=obstacle) for obstacle in obstacles]
    last = written(report(*files), FindingsFormat.text).splitlines()[-1]
    assert last.startswith(f"To fix: {fixes}")
    assert last.endswith("To know why: scanscrub rule CODE.")
    assert ("scanscrub clean" in last) is (None in obstacles)


def test_text_sends_nobody_to_clean_with_what_clean_refuses() -> None:
    cut = refused("The file ends early.", "Export it again.")
    last = written(report(judged(cut)), FindingsFormat.text).splitlines()[-1]
    assert last == f"To fix: {REFUSED} To know why: scanscrub rule CODE."
    both = written(report(judged(cut, finding())), FindingsFormat.text).splitlines()[-1]
    assert both.startswith(f"To fix: {CLEAN} {REFUSED}")


@pytest.mark.parametrize("wanted", [each for each in FindingsFormat if each is not FindingsFormat.text])
def test_no_format_promises_what_clean_cannot_do(wanted: FindingsFormat) -> None:
    for obstacle in Obstacle:
        text = written(report(judged(finding(), obstacle=obstacle)), wanted)
        assert "clean would" not in text
        assert wanted is not FindingsFormat.json or f'"obstacle": "{obstacle}"' in text


def test_concise_is_one_line_a_finding() -> None:
    lines = written(full_report(), FindingsFormat.concise).splitlines()
    assert len(lines) == len(every_finding()) + 2
    assert lines[0] == "data/ct.dcm: H0 identity: PatientName (0010,0010): clean would empty it"


@pytest.mark.parametrize("wanted", [FindingsFormat.text, FindingsFormat.concise, FindingsFormat.github])
def test_a_file_name_cannot_drive_a_terminal_or_break_a_line(wanted: FindingsFormat) -> None:
    text = written(full_report(), wanted)
    assert "\x1b" not in text
    assert not any(line.startswith(("\x1b", "[31m")) for line in text.splitlines())
    assert "\x00" not in text


def test_json_holds_every_finding_with_its_place() -> None:
    document = json.loads(written(full_report(), FindingsFormat.json))
    assert document["examined"] == 5
    assert document["found"] == 9
    first = document["files"][0]["findings"][0]
    assert first["where"] == {"element": "(0010,0010)", "path": [0x00100010]}
    assert first["remedy"] == "empty"
    assert [file["path"] for file in document["files"]][1] == "data/accepted.dcm"
    assert document["files"][1]["findings"][0]["accepted"] == "a phantom"


def test_github_annotations_are_grouped_and_escaped() -> None:
    lines = written(full_report(), FindingsFormat.github).splitlines()
    assert lines[0] == ("::error file=data/ct.dcm,title=H0 identity in the header::PatientName: clean would empty it")
    assert all(re.match(r"::(error|warning|notice) file=[^,:]+,title=[^,:]+::.", line) for line in lines[:-1])
    assert lines[-1] == "::notice title=scanscrub::Baseline: 1 unused for data/gone.dcm (H0)."
    assert not any("accepted.dcm" in line for line in lines)


@pytest.mark.parametrize(
    ("remedies", "would"),
    [
        ([Remedy.EMPTY], "empty it"),
        ([Remedy.REPLACE, Remedy.REMOVE, Remedy.EMPTY], "replace, remove or empty it"),
        ([Remedy.SHIFT, Remedy.REMOVE], "remove it or move the date"),
        ([Remedy.CLEAN, Remedy.SHIFT, Remedy.REPLACE, Remedy.REMOVE], "replace or remove it, "),
        (list(Remedy), "remove, empty, replace, blacken or refuse it, move the date, "),
    ],
)
def test_several_remedies_make_one_sentence(remedies: list[Remedy], would: str) -> None:
    found = [finding(where=HeaderElement((0x00100010 + place,)), remedy=each) for place, each in enumerate(remedies)]
    assert f": clean would {would}" in written(report(judged(*found)), FindingsFormat.github)


def test_junit_is_xml_with_a_case_for_each_image() -> None:
    suites = ET.fromstring(written(full_report(), FindingsFormat.junit))  # noqa: S314 - our own text
    assert suites.attrib == {"name": "scanscrub", "tests": "5", "failures": "2", "errors": "1"}
    cases = suites.findall("testsuite/testcase")
    assert cases[0].get("name") == "data/ct.dcm"
    failures = [case.find("failure") for case in cases]
    assert failures[0] is not None
    assert "H0: PatientName: clean would empty it" in str(failures[0].text)
    assert failures[4] is None
    assert cases[2].find("error") is not None


@pytest.mark.parametrize("wanted", list(FindingsFormat))
def test_what_is_unused_is_said_once_in_or_beside_every_format(wanted: FindingsFormat) -> None:
    what = full_report()
    said = [written(what, wanted), *notes_beside(what, wanted)]
    assert sum(text.count("1 unused for data/gone.dcm") for text in said) == 1


def test_what_matters_less_than_wanted_is_left_out_of_the_verdict() -> None:
    only_hygiene = report(judged(finding(severity=Severity.HYGIENE)))
    assert only_hygiene.found
    assert not report(judged(finding(), accepted="why")).found


def test_the_page_escapes_every_name_and_shows_no_picture_unasked() -> None:
    odd = judged(*every_finding(), path="<script>alert(1)</script>.png")
    text = written(report(odd), FindingsFormat.html)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "data:image" not in text
    assert "For your eyes only" not in text


def test_the_page_shows_the_places_only_where_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And only so many, of files that can be opened by the name that is shown."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scan.png").write_bytes(saved(gray(), "PNG"))
    place = CheckFinding(Rule.WRITING_OF_SOMEBODY, Severity.QUASI, PixelRegion(Box(8, 8, 24, 16)), Remedy.MASK)
    hidden = CheckRecord("<withheld 12345678>.png", "ab" * 32, (place,))
    packed = CheckRecord("scan.png", "ab" * 32, (place,), member="inner.png")
    shown = CheckRecord("scan.png", "ab" * 32, (place,) * 40)
    files = tuple(JudgedFile(one, tuple(map(JudgedFinding, one.findings))) for one in (hidden, packed, shown))
    stream = io.StringIO()
    write_page(CheckReport(files), stream, crops_of)
    assert "For your eyes only" in stream.getvalue()
    assert stream.getvalue().count("data:image/png") == 1
    assert not crops_of(files[0], 9)
    assert not crops_of(files[1], 9)
    assert not crops_of(files[2], 0)
