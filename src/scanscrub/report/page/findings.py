"""``check -f html``: what was found, for people who would rather look. Without network and scripts.

Crops of the places show patient values. They are there only where they were asked for, and such a page is for the
eyes of whoever asked; it is not sealed, so that `check` finds it as it finds the pictures.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TextIO, TypeAlias

from scanscrub.domain.check import CheckFinding, CheckReport, JudgedFile
from scanscrub.domain.finding import Locator
from scanscrub.domain.rule_texts import RULE_TEXTS
from scanscrub.domain.rules import Severity, most_severe
from scanscrub.report.findings.formats import advice, by_rule, in_words, printable, totals
from scanscrub.report.page.card import Badge
from scanscrub.report.page.html import environment, policy_of, style_of

FILES: Final = 1000
"""So many files have a card, the most_severe first."""
CROPS, CROPS_OF_A_FILE = 300, 12
_TONES: Final[Mapping[Severity, str]] = {Severity.IDENTITY: "bad", Severity.QUASI: "look", Severity.HYGIENE: "quiet"}

Crops: TypeAlias = Callable[[JudgedFile, int], Mapping[Locator, bytes]]
"""At most so many places of a file, as PNG, in the order of its findings."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one rule in a file."""

    badge: Badge
    rule: str
    title: str
    places: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Crop:
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class _Card:
    name: str
    groups: tuple[_Group, ...]
    crops: tuple[_Crop, ...]


def write(report: CheckReport, stream: TextIO, crops: Crops | None = None) -> None:
    """Write the page; with the places as they look, where `crops` gives them."""
    files = sorted((file for file in report.files if file.open), key=lambda file: _rank(file.open))
    style = style_of()
    page = (
        environment()
        .get_template("findings.html")
        .generate(
            style=style,
            policy=policy_of(style),
            summary=totals(report),
            notes=[*report.notes, *map(printable, report.unused)],
            is_private=crops is not None,
            cards=_cards(files[:FILES], crops),
            rest=len(files[FILES:]),
        )
    )
    stream.writelines(page)
    stream.write("\n")


def _rank(findings: Sequence[CheckFinding]) -> int:
    return most_severe(finding.severity for finding in findings).rank


def _cards(files: Sequence[JudgedFile], crops: Crops | None) -> Iterator[_Card]:
    left = CROPS
    for file in files:
        found = crops(file, min(left, CROPS_OF_A_FILE)) if crops is not None and left else {}
        left -= len(found)
        commit = f" (commit {file.record.commit[:12]})" if file.record.commit else ""
        groups = tuple(
            _Group(
                Badge(_TONES[severity], severity),
                rule,
                RULE_TEXTS[rule].title,
                in_words(findings),
                advice(file.record, findings),
            )
            for severity, rule, findings in by_rule(file.open)
        )
        yield _Card(
            f"{printable(file.name)}{commit}", groups, tuple(_crop(where, png) for where, png in found.items())
        )


def _crop(where: Locator, png: bytes) -> _Crop:
    return _Crop("data:image/png;base64," + base64.b64encode(png).decode("ascii"), str(where))
