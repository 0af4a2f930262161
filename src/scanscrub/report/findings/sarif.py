"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020)."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, TextIO
from urllib.parse import quote

import scanscrub
from scanscrub.domain.check import CheckFinding, CheckReport, JudgedFile, JudgedFinding
from scanscrub.domain.finding import HeaderElement, PixelRegion
from scanscrub.domain.rule_texts import RULE_TEXTS
from scanscrub.domain.rules import Rule, Severity
from scanscrub.report.findings.formats import advice

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "scanscrubPlace/v1"

_LEVELS: Mapping[Severity, str] = {
    Severity.IDENTITY: "error",
    Severity.QUASI: "warning",
    Severity.HYGIENE: "note",
}


def write(report: CheckReport, stream: TextIO) -> None:
    # Files whose names are withheld can be called alike, and a history has many versions of a file.
    called: Counter[tuple[str, str]] = Counter()
    results: list[dict[str, Any]] = []
    for file in report.files:
        results += _results(file, called[file.name, file.record.commit])
        called[file.name, file.record.commit] += 1
    run = {
        "tool": {"driver": _driver()},
        "automationDetails": {"id": "scanscrub/check"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notes(report)}],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that check was run in."}}},
        "results": results,
        "properties": {"profile": report.profile, "text": report.text, "examined": len(report.files)},
    }
    json.dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, stream, indent=1)
    stream.write("\n")


def _driver() -> dict[str, Any]:
    return {
        "name": "scanscrub",
        "version": scanscrub.__version__,
        "rules": [
            {
                "id": rule.value,
                "name": rule.name.title().replace("_", ""),
                "shortDescription": {"text": RULE_TEXTS[rule].title},
                "fullDescription": {"text": RULE_TEXTS[rule].why},
                "help": {"text": f"{RULE_TEXTS[rule].fix} {RULE_TEXTS[rule].accept}"},
            }
            for rule in Rule
        ],
    }


def _notes(report: CheckReport) -> list[dict[str, Any]]:
    return [{"level": "note", "message": {"text": line}} for line in report.unused]


def _results(file: JudgedFile, namesakes: int) -> Iterator[dict[str, Any]]:
    """The results of one file, before which `namesakes` were called the same."""
    seen: Counter[tuple[Rule, str]] = Counter()
    rules = list(Rule)
    for judged in file.findings:
        finding = judged.finding
        base = _fingerprint_place(finding)
        number = seen[finding.rule, base]
        seen[finding.rule, base] += 1
        title = RULE_TEXTS[finding.rule].title
        result: dict[str, Any] = {
            "ruleId": finding.rule.value,
            "ruleIndex": rules.index(finding.rule),
            "level": _LEVELS[finding.severity],
            "message": {"text": f"{title}: {finding.label}: {advice(file.record, [finding])}"},
            "locations": [_location(file, finding)],
            "partialFingerprints": {FINGERPRINT: _fingerprint(file, namesakes, finding.rule, base, number)},
            "baselineState": judged.state.value,
            "suppressions": _suppressions(judged),
            "properties": {"severity": finding.severity.value, "remedy": finding.remedy.value},
        }
        if isinstance(finding.where, PixelRegion):
            result["attachments"] = [_picture(file, finding.where)]
        if file.record.commit:
            result["properties"]["commit"] = file.record.commit
        yield result


def _suppressions(judged: JudgedFinding) -> list[dict[str, str]]:
    if not judged.accepted:
        return []
    return [{"kind": "external", "status": "accepted", "justification": judged.accepted}]


def _location(file: JudgedFile, finding: CheckFinding) -> dict[str, Any]:
    kind = "element" if isinstance(finding.where, HeaderElement) else "member"
    place = f"{file.record.member}!{finding.place}" if file.record.member else finding.place
    return {
        # Viewers of source code insist on a line; an image has none, so it is always the first.
        "physicalLocation": {"artifactLocation": _artifact(file), "region": {"startLine": 1}},
        "logicalLocations": [{"name": finding.label, "fullyQualifiedName": _unicode(place), "kind": kind}],
    }


def _artifact(file: JudgedFile) -> dict[str, str]:
    path = PurePath(file.record.path)
    if path.is_absolute():
        return {"uri": "file://" + quote(os.fsencode(path.as_posix()))}
    return {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": "%SRCROOT%"}


def _picture(file: JudgedFile, where: PixelRegion) -> dict[str, Any]:
    """The region as a rectangle (3.30) on the image itself, which is the attachment; frames from 1."""
    box = where.box
    rectangle = {"top": box.top, "left": box.left, "bottom": box.bottom, "right": box.right}
    description = {"text": f"frame {where.frame + 1}"}
    return {"description": description, "artifactLocation": _artifact(file), "rectangles": [rectangle]}


def _fingerprint_place(finding: CheckFinding) -> str:
    """The place less what changes with a detector's release: regions count within their frame."""
    if isinstance(finding.where, PixelRegion):
        return f"frame {finding.where.frame + 1}"
    return finding.place


def _fingerprint(file: JudgedFile, namesakes: int, rule: Rule, place: str, number: int) -> str:
    parts = [rule.value, file.name, place, str(number)]
    if file.record.commit or namesakes:
        parts += [file.record.commit, str(namesakes)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _unicode(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
