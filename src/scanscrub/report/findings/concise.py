"""Findings one to a line, for grep."""

from typing import TextIO

from scanscrub.domain.check import CheckReport
from scanscrub.report.findings.formats import advice, printable


def write(report: CheckReport, stream: TextIO) -> None:
    for file in report.files:
        commit = f"{file.record.commit[:12]}:" if file.record.commit else ""
        for finding in file.open:
            what = f"{finding.rule} {finding.severity}: {printable(finding.label)}"
            stream.write(f"{commit}{printable(file.name)}: {what}: {advice(file.record, [finding])}\n")
