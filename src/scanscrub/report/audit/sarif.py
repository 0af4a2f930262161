"""An audit as SARIF: what was found in each input, at the name of its clean copy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.check import CheckFinding, CheckRecord, CheckReport, JudgedFile, JudgedFinding, Remedy, refused
from scanscrub.report.findings import sarif

REMEDIES: Mapping[str, Remedy] = {
    "Remove": Remedy.REMOVE,
    "Empty": Remedy.EMPTY,
    "Replace": Remedy.REPLACE,
    "ShiftDate": Remedy.SHIFT,
    "RemapUid": Remedy.REMAP,
    "Clean": Remedy.CLEAN,
    "Mask": Remedy.MASK,
}


def write(records: Sequence[AuditRecord], stream: TextIO) -> None:
    """A result per finding. An input without a copy is named by its running number."""
    files = tuple(
        JudgedFile(
            CheckRecord(record.output_name or f"input-{record.input_ref.number}", record.input_ref.digest),
            tuple(map(JudgedFinding, _findings(record))),
        )
        for record in records
    )
    sarif.write(CheckReport(files, profile=records[0].profile if records else ""), stream)


def _findings(record: AuditRecord) -> Iterator[CheckFinding]:
    if record.refusal is not None:
        yield refused(record.refusal.reason, record.refusal.hint)
    for step in record.steps:
        if step.rule is not None and step.severity is not None:
            yield CheckFinding(step.rule, step.severity, step.where, REMEDIES[step.action])
