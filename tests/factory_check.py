"""Findings, records and repositories for the tests of `check`."""

import subprocess
from dataclasses import replace
from pathlib import Path

from scanscrub.domain.check import (
    BaselineState,
    CheckFinding,
    CheckRecord,
    CheckReport,
    JudgedFile,
    JudgedFinding,
    Obstacle,
    Remedy,
    refused,
)
from scanscrub.domain.finding import FileName, HeaderElement, Locator, PixelRegion, Segment
from scanscrub.domain.geometry import Box
from scanscrub.domain.rules import Rule, Severity

PATIENT_NAME = HeaderElement((0x00100010,))
DIGEST = "ab" * 32


def finding(
    rule: Rule = Rule.IDENTITY,
    where: Locator = PATIENT_NAME,
    severity: Severity = Severity.IDENTITY,
    remedy: Remedy = Remedy.EMPTY,
    keyword: str = "",
) -> CheckFinding:
    return CheckFinding(rule, severity, where, remedy, keyword)


def region(left: int = 10, top: int = 20, right: int = 110, bottom: int = 40, frame: int = 0) -> PixelRegion:
    return PixelRegion(Box(left, top, right, bottom), frame)


def record(*findings: CheckFinding, path: str = "data/ct.dcm", digest: str = DIGEST, member: str = "") -> CheckRecord:
    return CheckRecord(path, digest, findings, member)


def every_finding() -> tuple[CheckFinding, ...]:
    """One finding of each kind of place."""
    return (
        finding(keyword="PatientName"),
        finding(Rule.UID, HeaderElement((0x00081140, 0, 0x00081155)), Severity.HYGIENE, Remedy.REMAP),
        finding(Rule.DATE, HeaderElement((0x00080020,)), Severity.QUASI, Remedy.SHIFT, "StudyDate"),
        finding(Rule.WRITING_MATCHES_HEADER, region(), Severity.IDENTITY, Remedy.MASK),
        finding(Rule.WRITING, region(0, 0, 9, 9, frame=3), Severity.QUASI, Remedy.MASK),
        finding(Rule.SEGMENT, Segment("JPEG APP1"), Severity.QUASI, Remedy.REMOVE),
        finding(Rule.NAME, FileName(), Severity.IDENTITY, Remedy.RENAME),
    )


def report(*files: JudgedFile, unused: tuple[str, ...] = ()) -> CheckReport:
    return CheckReport(files, unused, "share", "all")


def judged(
    *findings: CheckFinding,
    path: str = "data/ct.dcm",
    member: str = "",
    accepted: str = "",
    obstacle: Obstacle | None = None,
) -> JudgedFile:
    state = BaselineState.UNCHANGED if accepted else BaselineState.NEW
    return JudgedFile(
        replace(record(*findings, path=path, member=member), obstacle=obstacle),
        tuple(JudgedFinding(each, state, accepted) for each in findings),
    )


def full_report() -> CheckReport:
    """Files with everything, with something accepted, damaged, in an archive under an odd name, and clean."""
    return report(
        judged(*every_finding()),
        judged(finding(Rule.UID, severity=Severity.HYGIENE), path="data/accepted.dcm", accepted="a phantom"),
        judged(refused("The file ends early.", "Export it again."), path="data/cut.dcm"),
        judged(finding(), path="data/odd %\n\x1b[31m:,<&>\udcff.zip", member="a/b\x00.dcm"),
        judged(path="data/clean.dcm"),
        unused=("Baseline: 1 unused for data/gone.dcm (H0).",),
    )


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(folder: Path, message: str = "change") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")
