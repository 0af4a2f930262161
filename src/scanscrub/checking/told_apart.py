"""Which writing in the pixels may be somebody's: all in a scan, and in another picture what reads so."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from scanscrub.domain.finding import Finding
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.text.about_somebody import lines_about_somebody

_UNTOLD: Final = frozenset({Rule.WRITING, Rule.WRITING_UNREADABLE})
"""What `clean` masks wherever it stands."""


def told_apart(findings: Sequence[Finding], *, shows_scan: bool | None) -> Sequence[Finding]:
    """The findings of one file, where writing that matches no header says whether it may be somebody's.

    `shows_scan` is None for DICOM, which is a scan; there, what nobody could read keeps its own rule.
    """
    untold = _UNTOLD if shows_scan is not None else _UNTOLD - {Rule.WRITING_UNREADABLE}
    writing = [place for place, finding in enumerate(findings) if finding.rule in untold]
    about = lines_about_somebody([_text(findings[place]) for place in writing]) if shows_scan is False else None
    told = list(findings)
    for line, place in enumerate(writing):
        told[place] = _told(findings[place], is_somebodys=about is None or line in about)
    return told


def _told(finding: Finding, *, is_somebodys: bool) -> Finding:
    if is_somebodys:
        return replace(finding, rule=Rule.WRITING_OF_SOMEBODY)
    return replace(finding, rule=Rule.WRITING_OF_NOBODY, severity=Severity.HYGIENE)


def _text(finding: Finding) -> str:
    return finding.evidence.reveal() if finding.evidence is not None else ""
