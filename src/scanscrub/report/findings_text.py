"""Findings for people: by file and rule, then the totals and what to do."""

from collections import Counter
from typing import TextIO

from scanscrub.domain.check import CheckReport
from scanscrub.domain.rule_texts import RULE_TEXTS
from scanscrub.domain.rules import Rule, Severity
from scanscrub.report.findings import by_rule, in_words, shown


def write(report: CheckReport, stream: TextIO) -> None:
    for file in report.files:
        if not file.open:
            continue
        commit = f" (commit {file.record.commit[:12]})" if file.record.commit else ""
        stream.write(f"{shown(file.name)}{commit}\n")
        for severity, rule, findings in by_rule(file.open):
            reasons = "".join(f": {finding.message}" for finding in findings if finding.message)
            stream.write(f"  {severity:<14}  {rule:<4}  {in_words(findings)}{reasons}\n")
        stream.write("\n")
    stream.writelines(f"{shown(line)}\n" for line in report.unused)
    stream.write(_totals(report))


def _totals(report: CheckReport) -> str:
    found = [finding for file in report.files for finding in file.open]
    files = sum(bool(file.open) for file in report.files)
    accepted = sum(bool(judged.accepted) for file in report.files for judged in file.findings)
    looked = "" if report.text != "none" else " Writing in the pixels was not looked for (--text none)."
    known = f" {_count(accepted, 'finding')} accepted." if accepted else ""
    examined = f"{_count(len(report.files), 'image')} examined."
    if not found:
        return f"{examined} Nothing found.{known}{looked}\n"
    severities = Counter(finding.severity for finding in found)
    share = ", ".join(f"{severities[severity]:,} {severity}" for severity in Severity if severities[severity])
    lines = [f"{examined} {_count(len(found), 'finding')} in {_count(files, 'file')} ({share}).{known}{looked}"]
    rules = Counter(finding.rule for finding in found)
    lines += [f"  {rule:<4} {rules[rule]:>7,}  {RULE_TEXTS[rule].title}" for rule in Rule if rules[rule]]
    lines.append("To fix: scanscrub clean PATH -o DIR, and keep the copies. To know why: scanscrub rule CODE.")
    return "\n".join(lines) + "\n"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
