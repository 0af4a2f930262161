"""Findings for people: by file and rule, then the totals and what to do."""

from collections import Counter
from collections.abc import Mapping
from typing import TextIO

from scanscrub.domain.check import CheckReport, Obstacle
from scanscrub.domain.rule_texts import RULE_TEXTS
from scanscrub.domain.rules import Rule
from scanscrub.report.findings.formats import by_rule, in_words, printable, totals

_FIX = "scanscrub clean PATH -o DIR, and keep the copies."
_FIX_ORDINARY = (
    "Writing in an ordinary picture (P005) needs no cleaning: --min-severity quasi-identity passes over it; or accept"
    " it (scanscrub help checking)."
)
_FIX_REFUSED = "What clean refuses (R0): as it says beside the finding."
_FIX_BEYOND: Mapping[Obstacle, str] = {
    Obstacle.HISTORY: "rewrite the history, with git filter-repo for example, and take what was found for leaked:"
    " every clone has it.",
    Obstacle.PACKED: "What is packed: unpack it, and clean that.",
    Obstacle.DOCUMENT: "What is in a document: save the picture as a file of its own, and clean that.",
    Obstacle.DRAWING: "What is in a drawing: export the drawing as PNG, and clean that.",
}
"""Where `clean` alone does not help."""


def write(report: CheckReport, stream: TextIO) -> None:
    for file in report.files:
        if not file.open:
            continue
        commit = f" (commit {file.record.commit[:12]})" if file.record.commit else ""
        stream.write(f"{printable(file.name)}{commit}\n")
        for severity, rule, findings in by_rule(file.open):
            reasons = "".join(f": {finding.message}" for finding in findings if finding.message)
            stream.write(f"  {severity:<14}  {rule:<4}  {in_words(findings)}{reasons}\n")
        stream.write("\n")
    stream.writelines(f"{printable(line)}\n" for line in report.unused)
    stream.write(_totals(report))


def _totals(report: CheckReport) -> str:
    lines = [totals(report)]
    rules = Counter(finding.rule for file in report.files for finding in file.open)
    lines += [f"  {rule:<4} {rules[rule]:>7,}  {RULE_TEXTS[rule].title}" for rule in Rule if rules[rule]]
    if rules:
        lines.append(f"To fix: {_fixes(report)} To know why: scanscrub rule CODE.")
    return "\n".join(lines) + "\n"


def _fixes(report: CheckReport) -> str:
    """What helps against the findings, each thing once, that which helps most first."""
    needed = {_fix(file.record.obstacle, finding.rule) for file in report.files for finding in file.open}
    fixes = (_FIX, *_FIX_BEYOND.values(), _FIX_REFUSED, _FIX_ORDINARY)
    return " ".join(fix for fix in fixes if fix in needed)


def _fix(obstacle: Obstacle | None, rule: Rule) -> str:
    if rule is Rule.REFUSED and obstacle is not Obstacle.HISTORY:
        return _FIX_REFUSED
    if rule is Rule.WRITING_OF_NOBODY:
        return _FIX_ORDINARY
    return _FIX_BEYOND[obstacle] if obstacle else _FIX
