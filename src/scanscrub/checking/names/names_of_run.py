"""Names that the header of one image knows, sought in the names of all others of a run, in any order.

Values leave no process and are not kept, so a process that did not examine a header itself, because a worker did or
because its findings were remembered, reads it again: only where a name is worth being judged, and only once, since
what came of it is remembered by the digests of the files.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanscrub.checking.cache import FindingCache, Remembered
from scanscrub.checking.check_file import CheckJob, NameReader
from scanscrub.checking.record import is_withheld, shown_parts, with_names_of_others
from scanscrub.domain.check import CheckFinding, CheckRecord, Remedy
from scanscrub.domain.finding import FileName, Identifier
from scanscrub.domain.rules import Rule, Severity
from scanscrub.inputs.file_names import is_numbered
from scanscrub.inputs.input import Input

Found = Sequence[tuple[Input, CheckRecord]]
Names = Mapping[str, tuple[Identifier, ...]]


def with_names_of_the_run(found: Found, job: CheckJob, names_here: Names) -> Iterator[CheckRecord]:
    """The records, in order, with a finding for each name that a header of the run knows.

    `names_here` were learned in this process, by the digests of the files: they need not be read again.
    """
    sources = {record.digest for _, record in found if record.names}
    parts = {part for _, record in found for part in shown_parts(record)} if sources else set()
    parts = {part for part in parts if not is_withheld(part) and not is_numbered(part)}
    said = _said(parts, sources, found, job, names_here) if parts else {}
    for source, record in found:
        places = {place: said[part] for place, part in enumerate(shown_parts(record)) if part in said}
        yield with_names_of_others(source, record, places) if places else record


def _said(
    parts: Iterable[str], sources: set[str], found: Found, job: CheckJob, names_here: Names
) -> Mapping[str, Severity]:
    """Those of the `parts` that name somebody."""
    from scanscrub.checking.names.name_words import may_tell  # noqa: PLC0415 - reads the vocabulary

    told = sorted(filter(may_tell, parts))
    return _judged(told, sources, found, job, names_here) if told else {}


def _judged(
    parts: Sequence[str], sources: set[str], found: Found, job: CheckJob, names_here: Names
) -> Mapping[str, Severity]:
    """The same of parts that are worth it, from memory where the same files were asked before."""
    cache = FindingCache(job.cache, job.examiner)
    run = "names " + hashlib.sha256("\n".join(sorted(sources)).encode("ascii")).hexdigest()
    remembered = cache.get(run, "\0".join(parts))
    if remembered is None:
        judged, complete = _read(parts, sources, found, job, names_here)
        findings = tuple(_finding(severity) for severity in judged.values())
        remembered = Remembered(findings, tuple(judged))
        if complete:
            cache.put(run, "\0".join(parts), remembered)
    severities = (finding.severity for finding in remembered.findings or ())
    return {parts[place]: severity for place, severity in zip(remembered.withheld, severities, strict=True)}


def _read(
    parts: Sequence[str], sources: set[str], found: Found, job: CheckJob, names_here: Names
) -> tuple[dict[int, Severity], bool]:
    """What the parts say, by their place; and whether all sources could be read."""
    from scanscrub.checking.names.name_words import NameWords  # noqa: PLC0415 - as above

    reader = NameReader(job)
    reader.names.update(names_here)
    try:
        for source, record in found:
            if record.names and record.digest not in reader.names:
                reader(source)
    finally:
        reader.close()
    names = NameWords(known for digest in sources for known in reader.names.get(digest, ()))
    judged = {place: names.judge(part) for place, part in enumerate(parts)}
    return (
        {place: severity for place, severity in judged.items() if severity is not None},
        sources <= reader.names.keys(),
    )


def _finding(severity: Severity) -> CheckFinding:
    return CheckFinding(Rule.NAME, severity, FileName(), Remedy.RENAME)
