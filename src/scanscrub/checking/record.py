"""Findings -> the record of one image, its name judged: what may leave a worker of ``check``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scanscrub.checking.cache import Remembered
from scanscrub.domain.check import CheckFinding, CheckRecord, Remedy, refused
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import FileName, Segment
from scanscrub.domain.rules import Rule, Severity, most_severe
from scanscrub.inputs.file_names import Searched, is_numbered, judge_name
from scanscrub.inputs.input import Input

_PLACEHOLDER = re.compile(r"<withheld [0-9a-f]{1,8}>")


def with_name(findings: tuple[CheckFinding, ...], parts: Sequence[str], is_known: Searched) -> Remembered:
    """The findings, and one more where the file's name or a folder's points at a person."""
    judged = {place: _judged(part, is_known) for place, part in enumerate(parts)}
    severities = {place: severity for place, severity in judged.items() if severity is not None}
    if not severities:
        return Remembered(findings)
    return Remembered((*findings, _name_finding(severities.values())), tuple(severities))


def _judged(part: str, is_known: Searched) -> Severity | None:
    """How much a part of a path says: by its form, by the header, or by a list of names, which is less sure."""
    said = judge_name(part, is_known)
    if said in {None, Severity.HYGIENE} and not is_numbered(part):
        from scanscrub.checking.person_names import names_somebody  # noqa: PLC0415 - reads the vocabulary

        return Severity.QUASI if names_somebody(part) else said
    return said


def record(source: Input, digest: str, member: str, remembered: Remembered) -> CheckRecord:
    """The record of one image; the parts of its path that identify somebody are not in it.

    In their place stand the first digits of the digest, by which the file can be found.
    """
    parts = (*source.address.parts, *_split(member))
    hidden = frozenset(remembered.withheld)
    shown = [_placeholder(digest, place) if place in hidden else part for place, part in enumerate(parts)]
    outer = len(source.address.parts)
    member, own = "/".join(shown[outer:]), tuple(shown[:outer])
    findings = remembered.findings or ()
    address = (
        source.address.path(own),
        digest,
        findings,
        member,
        source.blob.commit if source.blob else "",
        own,
        source.address.ways,
    )
    return CheckRecord(*address, names=remembered.names)


def with_names_of_others(source: Input, record: CheckRecord, said: Mapping[int, Severity]) -> CheckRecord:
    """The record where parts of its name, by their places, name somebody whom another image knows."""
    others = [finding for finding in record.findings if finding.rule is not Rule.NAME]
    known = [finding.severity for finding in record.findings if finding.rule is Rule.NAME]
    named = _name_finding((*known, *said.values()))
    parts = (*source.address.parts, *_split(record.member))
    return replace(_withheld(source, parts, record, sorted(said)), findings=(*others, named))


def _name_finding(severities: Iterable[Severity]) -> CheckFinding:
    return CheckFinding(Rule.NAME, most_severe(severities), FileName(), Remedy.RENAME)


def shown_parts(record: CheckRecord) -> tuple[str, ...]:
    """The folder names and the file name, and those in an archive, as they may be shown."""
    return (*record.parts, *_split(record.member))


def is_withheld(part: str) -> bool:
    return _PLACEHOLDER.fullmatch(part) is not None


def has_withheld_part(name: str) -> bool:
    return _PLACEHOLDER.search(name) is not None


def with_withheld_folders(records: Iterable[tuple[Input, str, CheckRecord]]) -> Iterator[CheckRecord]:
    """The records, each with its input and its name in an archive; a folder that one withholds is withheld in all.

    A folder named as the header of one image says must not be told by the picture beside it.
    """
    known = [(source, (*source.address.parts, *_split(member)), record) for source, member, record in records]
    secret = {
        (source.address.anchor, parts[: place + 1])
        for source, parts, record in known
        for place, (part, shown) in enumerate(zip(parts, _shown(parts, record), strict=True))
        if part != shown
    }
    for source, parts, record in known:
        places = [place for place in range(len(parts)) if (source.address.anchor, parts[: place + 1]) in secret]
        yield _withheld(source, parts, record, places) if places else record


def _shown(parts: Sequence[str], record: CheckRecord) -> list[str]:
    own = list(record.parts)
    return own + record.member.split("/") if len(parts) > len(own) else own


def _withheld(source: Input, parts: Sequence[str], record: CheckRecord, places: Sequence[int]) -> CheckRecord:
    shown, outer = _shown(parts, record), len(source.address.parts)
    for place in places:
        shown[place] = _placeholder(record.digest, place)
    member, own = "/".join(shown[outer:]) or record.member, tuple(shown[:outer])
    return replace(record, path=source.address.path(own), member=member, parts=own)


def _placeholder(digest: str, place: int) -> str:
    return f"<withheld {digest[:8] or place + 1}>"


def of_archive(source: Input, digest: str, said: Sequence[tuple[Segment, Severity]], member: str) -> CheckRecord:
    """The record of an archive, of its own or the `member` of another, for what it says beside its files."""
    found = tuple(CheckFinding(Rule.SEGMENT, severity, where, Remedy.REMOVE) for where, severity in said)
    return record(source, digest, member, with_name(found, (*source.address.parts, *_split(member)), lambda _: False))


def unreadable(source: Input, error: RefusedFile, member: str = "", digest: str = "") -> CheckRecord:
    """The record of an input that could not be opened; without a digest where not even its bytes could be read."""
    found = (refused(error.reason, error.hint, error.severity),)
    return record(source, digest, member, with_name(found, (*source.address.parts, *_split(member)), lambda _: False))


def crashed(source: Input, kind: str) -> CheckRecord:
    """The record of an input that a fault of this program or of a library took; it is never left out."""
    reason = f"A fault in scanscrub or one of its libraries ({kind})."
    return unreadable(source, RefusedFile(reason, "Please report it; look at the file yourself."))


def _split(member: str) -> list[str]:
    return member.split("/") if member else []
