"""What `check` found, in the format that was asked for; and what its formats share."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from typing import Protocol, TextIO, TypeAlias

from scanscrub.domain.check import CheckFinding, CheckRecord, CheckReport, Obstacle, Remedy
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.report.plural import plural

FindingsWriter: TypeAlias = Callable[[CheckReport, TextIO], None]


class FindingsFormat(StrEnum):
    """The formats of ``check -f``; each is the module of the reports that `_MODULES` names."""

    text = "text"
    concise = "concise"
    json = "json"
    sarif = "sarif"
    github = "github"
    junit = "junit"
    html = "html"


_MODULES: Mapping[FindingsFormat, str] = {
    FindingsFormat.text: "findings.text",
    FindingsFormat.concise: "findings.concise",
    FindingsFormat.json: "findings.json_report",
    FindingsFormat.sarif: "findings.sarif",
    FindingsFormat.github: "findings.github",
    FindingsFormat.junit: "findings.junit",
    FindingsFormat.html: "page.findings",
}

_WITHOUT_NOTES = frozenset({FindingsFormat.concise, FindingsFormat.junit})
"""Formats that have no place for what is said of no image."""

_WOULD_IT: Mapping[Remedy, str] = {
    Remedy.REMOVE: "remove",
    Remedy.EMPTY: "empty",
    Remedy.REPLACE: "replace",
    Remedy.MASK: "blacken",
    Remedy.LOOK: "refuse",
}
_WOULD: Mapping[Remedy, str] = {
    Remedy.SHIFT: "move the date",
    Remedy.REMAP: "give it a new UID",
    Remedy.CLEAN: "keep the harmless words",
    Remedy.RENAME: "name the copy anew",
}
_INSTEAD: Mapping[Obstacle, str] = {
    Obstacle.HISTORY: "It stays in the history until that is rewritten.",
    Obstacle.PACKED: "Unpack the file, and clean what is in it.",
    Obstacle.DOCUMENT: "Save the picture as a file of its own, and clean that.",
    Obstacle.DRAWING: "Export the drawing as PNG, and clean that.",
}

_HARMLESS = "it says nothing of anybody: leave it, or accept it"


def advice(record: CheckRecord, findings: Iterable[CheckFinding]) -> str:
    """What to do about some findings of a record, each thing once."""
    found = list(findings)
    said = list(dict.fromkeys(finding.message for finding in found if finding.message))
    harmless = [finding for finding in found if finding.rule is Rule.WRITING_OF_NOBODY]
    if harmless:
        said.append(_HARMLESS)
    remedies = dict.fromkeys(each.remedy for each in found if not each.message and each not in harmless)
    if record.obstacle and (remedies or record.obstacle is Obstacle.HISTORY):
        said.append(_INSTEAD[record.obstacle])
    elif remedies:
        said.append(f"clean would {_deeds(remedies)}")
    return " ".join(said)


def _deeds(remedies: Iterable[Remedy]) -> str:
    """What `clean` would do, after "would"."""
    asked = list(remedies)
    to_it = _either([_WOULD_IT[remedy] for remedy in asked if remedy in _WOULD_IT])
    deeds = [_WOULD[remedy] for remedy in asked if remedy in _WOULD]
    return _either([f"{to_it} it", *deeds] if to_it else deeds)


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def write_findings(report: CheckReport, wanted: FindingsFormat, stream: TextIO) -> None:
    """Write the whole report to `stream`, which takes UTF-8."""
    writer: FindingsWriter = import_module(f"scanscrub.report.{_MODULES[wanted]}").write
    writer(report, stream)


def notes_beside(report: CheckReport, wanted: FindingsFormat) -> tuple[str, ...]:
    """What is to be said beside a report in this format, in lines that a terminal can show."""
    unused = report.unused if wanted in _WITHOUT_NOTES else ()
    return (*report.notes, *map(printable, unused))


def totals(report: CheckReport) -> str:
    """In sentences on one line: how much was examined, found and accepted, and what was not looked for."""
    found = [finding for file in report.files for finding in file.open]
    files = sum(bool(file.open) for file in report.files)
    accepted = sum(bool(judged.accepted) for file in report.files for judged in file.findings)
    said = [f"{plural(len(report.files), 'image')} examined."]
    if found:
        severities = Counter(finding.severity for finding in found)
        share = ", ".join(f"{severities[severity]:,} {severity}" for severity in Severity if severities[severity])
        said.append(f"{plural(len(found), 'finding')} in {plural(files, 'file')} ({share}).")
    else:
        said.append("Nothing found." if report.files else "There was nothing to look at.")
    if accepted:
        said.append(f"{plural(accepted, 'finding')} accepted.")
    if report.text == TextMode.NONE:
        said.append("Writing in the pixels was not looked for (--text none).")
    return " ".join(said)


def by_rule(findings: Iterable[CheckFinding]) -> list[tuple[Severity, Rule, list[CheckFinding]]]:
    """The findings of one file grouped by severity and rule, the gravest first."""
    groups: dict[tuple[Severity, Rule], list[CheckFinding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.rule), []).append(finding)
    rules = list(Rule)
    ordered = sorted(groups, key=lambda group: (group[0].rank, rules.index(group[1])))
    return [(severity, rule, groups[severity, rule]) for severity, rule in ordered]


class Placed(Protocol):
    """What has a place, and perhaps a keyword of the dictionary: a finding, or what a baseline says of one."""

    @property
    def keyword(self) -> str | None: ...
    @property
    def place(self) -> str: ...


def in_words(findings: Iterable[Placed], most: int = 4) -> str:
    """The places of some findings on one line, `most` of them by name."""
    names = list(dict.fromkeys(printable(finding.keyword or finding.place) for finding in findings))
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def printable(name: str) -> str:
    """A name that can do nothing to a terminal, a log, a line-based format or a CI runner that reads lines.

    Runners take a line that begins with ``::`` or ``##`` for a command: a file of such a name gets ``./`` before it.
    """
    plain = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)
    return f"./{plain}" if plain.lstrip().startswith(("::", "##")) else plain
