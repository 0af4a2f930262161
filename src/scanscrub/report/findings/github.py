"""Findings as annotations of a GitHub Actions job, one for each rule in a file: GitHub shows few of them."""

from collections.abc import Mapping
from typing import TextIO

from scanscrub.domain.check import CheckReport
from scanscrub.domain.rule_texts import RULE_TEXTS
from scanscrub.domain.rules import Severity
from scanscrub.report.findings.formats import advice, by_rule, in_words, printable

_LEVELS: Mapping[Severity, str] = {
    Severity.IDENTITY: "error",
    Severity.QUASI: "warning",
    Severity.HYGIENE: "notice",
}


def write(report: CheckReport, stream: TextIO) -> None:
    for file in report.files:
        commit = f"commit {file.record.commit[:12]}: " if file.record.commit else ""
        for severity, rule, findings in by_rule(file.open):
            title = _property(f"{rule} {RULE_TEXTS[rule].title}")
            where = printable(file.record.member) + ": " if file.record.member else ""
            message = _data(f"{commit}{where}{in_words(findings)}: {advice(file.record, findings)}")
            stream.write(
                f"::{_LEVELS[severity]} file={_property(printable(file.record.path))},title={title}::{message}\n"
            )
    stream.writelines(f"::notice title=scanscrub::{_data(printable(line))}\n" for line in report.unused)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
