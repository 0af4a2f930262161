"""Plan -> findings without values, and the name of the input judged: what may leave a worker of ``check``."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from scanscrub.domain.check import CheckFinding, CheckRecord, Remedy, refused
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import FileName, HeaderElement, Known, KnownKind, Locator, Observation
from scanscrub.domain.plan import Add, Clean, Empty, Mask, Plan, RemapUid, Remove, Replace, ShiftDate
from scanscrub.domain.rules import Rule, Severity
from scanscrub.pipeline.check_inputs import Subject
from scanscrub.policy.file_names import judge_name
from scanscrub.policy.gravity import Gravity
from scanscrub.policy.spellings import Spellings
from scanscrub.repository.cache import Remembered

_REMEDIES: Mapping[type, Remedy] = {
    Remove: Remedy.REMOVE,
    Empty: Remedy.EMPTY,
    Replace: Remedy.REPLACE,
    Add: Remedy.REPLACE,
    ShiftDate: Remedy.SHIFT,
    RemapUid: Remedy.REMAP,
    Clean: Remedy.CLEAN,
    Mask: Remedy.MASK,
}
"""By the type of the action; `Keep` is no finding."""
_NAMING = frozenset({KnownKind.NAME, KnownKind.ID})


def plan_findings(plan: Plan, seen: Sequence[Observation]) -> Iterator[CheckFinding]:
    """What clean would change because of a finding: what it only adds to a clean file accuses nobody."""
    gravity = Gravity(seen)
    for step in plan.changes:
        if step.because is not None:
            remedy = _REMEDIES[type(step.action)]
            yield CheckFinding(step.because.rule, gravity.of(step.because), step.where, remedy, _keyword(step.where))


def _keyword(where: Locator) -> str:
    if not isinstance(where, HeaderElement):
        return ""
    from pydicom.datadict import keyword_for_tag  # noqa: PLC0415 - loaded with the DICOM file already

    return str(keyword_for_tag(where.tag))


def refused_with_name(error: RefusedFile, parts: Sequence[str]) -> Remembered:
    return with_name((refused(error.reason, error.hint),), parts, ())


def with_name(findings: tuple[CheckFinding, ...], parts: Sequence[str], known: Sequence[Known]) -> Remembered:
    """The findings, and one more where the file's name or a folder's points at a person."""
    spellings = _spellings(tuple(entry for entry in known if entry.kind in _NAMING))
    judged = {place: judge_name(part, spellings.in_text) for place, part in enumerate(parts)}
    severities = {place: severity for place, severity in judged.items() if severity is not None}
    if not severities:
        return Remembered(findings)
    gravest = min(severities.values(), key=tuple(Severity).index)
    named = CheckFinding(Rule.NAME, gravest, FileName(), Remedy.RENAME)
    return Remembered((*findings, named), tuple(severities))


@lru_cache(maxsize=16)
def _spellings(known: tuple[Known, ...]) -> Spellings:
    return Spellings(known)


def record(subject: Subject, digest: str, member: str, remembered: Remembered) -> CheckRecord:
    """The record of one image; the parts of its path that identify somebody are not in it.

    In their place stand the first digits of the digest, by which the file can be found.
    """
    parts = (*subject.parts, *_split(member))
    hidden = frozenset(remembered.withheld)
    shown = [f"<withheld {digest[:8] or place + 1}>" if place in hidden else part for place, part in enumerate(parts)]
    outer = len(subject.parts)
    path = subject.anchor + "/".join(shown[:outer])
    return CheckRecord(path, digest, remembered.findings or (), "/".join(shown[outer:]), subject.commit)


def unreadable(subject: Subject, error: RefusedFile, member: str = "") -> CheckRecord:
    """The record of an input that could not even be opened."""
    return record(subject, "", member, refused_with_name(error, (*subject.parts, *_split(member))))


def crashed(subject: Subject) -> CheckRecord:
    """The record of an input that a fault of this program or of a library took; it is never left out."""
    return unreadable(
        subject,
        RefusedFile("A fault in scanscrub or one of its libraries.", "Please report it; look at the file yourself."),
    )


def _split(member: str) -> list[str]:
    return member.split("/") if member else []
