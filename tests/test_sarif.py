import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factory_check import every_finding, finding, full_report, judged, region, report
from scanscrub.domain.check import CheckReport, JudgedFile
from scanscrub.domain.rules import Rule
from scanscrub.report.findings import sarif

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))


def log(what: CheckReport) -> dict[str, Any]:
    stream = io.StringIO()
    sarif.write(what, stream)
    document: dict[str, Any] = json.loads(stream.getvalue())
    return document


def results(what: CheckReport) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(what)["runs"][0]["results"]
    return found


@pytest.mark.parametrize("what", [full_report(), report()], ids=["everything", "nothing"])
def test_the_log_is_valid_sarif(what: CheckReport) -> None:
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log(what))


def test_the_schema_refuses_what_is_no_sarif() -> None:
    broken = log(full_report())
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert not jsonschema.Draft4Validator(SCHEMA).is_valid(broken)


def test_every_rule_of_a_result_is_described() -> None:
    run = log(full_report())["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(Rule)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_uris_are_relative_and_quoted() -> None:
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results(full_report())
    ]
    assert uris[0] == "data/ct.dcm"
    assert uris[-1] == "data/odd%20%25%0A%1B%5B31m%3A%2C%3C%26%3E%FF.zip"


def test_a_region_is_a_rectangle_on_the_image() -> None:
    masked = [result for result in results(report(judged(*every_finding()))) if result["ruleId"] == "P001"]
    attachment = masked[0]["attachments"][0]
    assert attachment["rectangles"] == [{"top": 20, "left": 10, "bottom": 40, "right": 110}]
    assert attachment["artifactLocation"]["uri"] == "data/ct.dcm"


def test_what_was_accepted_is_suppressed_with_its_reason() -> None:
    accepted = [result for result in results(full_report()) if result["baselineState"] == "unchanged"]
    assert [result["suppressions"] for result in accepted] == [
        [{"kind": "external", "status": "accepted", "justification": "a phantom"}]
    ]
    assert all(result["suppressions"] == [] for result in results(full_report()) if result not in accepted)


def test_fingerprints_differ_within_a_run_and_stay_across_runs() -> None:
    prints = [result["partialFingerprints"][sarif.FINGERPRINT] for result in results(full_report())]
    assert len(set(prints)) == len(prints)
    assert prints == [result["partialFingerprints"][sarif.FINGERPRINT] for result in results(full_report())]


def test_a_fingerprint_survives_a_detector_that_draws_the_box_a_little_differently() -> None:
    one, other = (
        results(report(judged(finding(Rule.WRITING, box))))[0]["partialFingerprints"]
        for box in (region(10, 20, 110, 40), region(9, 21, 112, 41))
    )
    assert one == other


def test_fingerprints_of_files_called_alike_differ() -> None:
    withheld = judged(finding(Rule.NAME), path="data/<withheld abababab>")
    first, second = (
        result["partialFingerprints"][sarif.FINGERPRINT] for result in results(report(withheld, withheld))
    )
    assert first != second
    assert results(report(withheld))[0]["partialFingerprints"][sarif.FINGERPRINT] == first


def test_fingerprints_of_one_file_in_two_commits_differ() -> None:
    versions = [
        JudgedFile(replace(judged(finding()).record, commit=c * 40), judged(finding()).findings) for c in "ab"
    ]
    first, second = (result["partialFingerprints"][sarif.FINGERPRINT] for result in results(report(*versions)))
    assert first != second
