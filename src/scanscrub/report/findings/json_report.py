"""Findings as one JSON object (its field names are a contract)."""

import json
from collections import Counter
from typing import Any, TextIO

import scanscrub
from scanscrub.domain.audit_json import locator_to_json
from scanscrub.domain.check import CheckReport, JudgedFile, JudgedFinding


def write(report: CheckReport, stream: TextIO) -> None:
    found = [finding for file in report.files for finding in file.open]
    document = {
        "tool": f"scanscrub {scanscrub.__version__}",
        "profile": report.profile,
        "text": report.text,
        "examined": len(report.files),
        "found": len(found),
        "severities": dict(Counter(finding.severity for finding in found)),
        "rules": dict(sorted(Counter(finding.rule for finding in found).items())),
        "files": [_file(file) for file in report.files if file.findings],
        "unused": list(report.unused),
    }
    json.dump(document, stream, indent=1)
    stream.write("\n")


def _file(file: JudgedFile) -> dict[str, Any]:
    return {
        "path": file.record.path,
        "member": file.record.member,
        "commit": file.record.commit,
        "obstacle": file.record.obstacle,
        "findings": [_finding(judged) for judged in file.findings],
    }


def _finding(judged: JudgedFinding) -> dict[str, Any]:
    finding = judged.finding
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "place": finding.place,
        "keyword": finding.keyword,
        "where": locator_to_json(finding.where),
        "remedy": finding.remedy,
        "message": finding.message,
        "state": judged.state,
        "accepted": judged.accepted,
    }
