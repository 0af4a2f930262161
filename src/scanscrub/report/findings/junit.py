"""Findings as JUnit XML: a test case for each image; one that nobody could read is an error."""

from typing import TextIO
from xml.etree import ElementTree as ET

from scanscrub.domain.check import CheckReport, JudgedFile
from scanscrub.domain.rules import Rule
from scanscrub.report.findings.formats import advice, by_rule, in_words, printable


def write(report: CheckReport, stream: TextIO) -> None:
    cases = [_context(file) for file in report.files]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
    }
    suites = ET.Element("testsuites", {"name": "scanscrub", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "scanscrub check", **counts, "skipped": "0"})
    suite.extend(cases)
    ET.indent(suites, " ")
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write(ET.tostring(suites, encoding="unicode") + "\n")


def _context(file: JudgedFile) -> ET.Element:
    commit = f" (commit {file.record.commit[:12]})" if file.record.commit else ""
    case = ET.Element("testcase", {"classname": "scanscrub.check", "name": _text(file.name) + commit})
    if not file.open:
        return case
    groups = by_rule(file.open)
    refused = any(rule is Rule.REFUSED for _, rule, _ in groups)
    codes = ", ".join(dict.fromkeys(rule.value for _, rule, _ in groups))
    attributes = {"type": codes, "message": f"{len(file.open)} found: {codes}"}
    outcome = ET.SubElement(case, "error" if refused else "failure", attributes)
    outcome.text = "\n".join(
        _text(f"{severity} {rule}: {in_words(findings, len(findings))}: {advice(file.record, findings)}")
        for severity, rule, findings in groups
    )
    return case


def _text(text: str) -> str:
    """Printable characters only: XML 1.0 has no way to write the others."""
    return printable(text).encode("utf-8", "backslashreplace").decode("utf-8")
