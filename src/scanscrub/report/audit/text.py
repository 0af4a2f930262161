"""An audit as lines of plain words."""

from collections import Counter
from collections.abc import Sequence
from typing import TextIO

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.reasons import review_reason
from scanscrub.report.network_words import ENFORCED
from scanscrub.report.places import device_regions, most_in_a_frame, places


def write(records: Sequence[AuditRecord], stream: TextIO) -> None:
    """A line per input, in order: number, status, name of the copy, changes, checks passed, refusal and notes.

    A rule's number counts its changes, of which several can cover one place of a picture.
    """
    for record in sorted(records, key=lambda record: record.input_ref.number):
        parts = [f"[{record.input_ref.number}] {record.status}"]
        if record.output_name:
            parts.append(record.output_name)
        counts = Counter(step.rule.value for step in record.steps if step.rule)
        parts.extend(f"{rule}: {count}" for rule, count in sorted(counts.items()))
        if frames := places(record.steps):
            up_to = "up to " if len(frames) > 1 else ""
            parts.append(f"places covered: {up_to}{most_in_a_frame(frames)}")
        parts.extend(f"device rule {name}: {count}" for name, count in device_regions(record.steps).items())
        if record.checks:
            parts.append(f"checks passed: {sum(check.passed for check in record.checks)} of {len(record.checks)}")
        if sentence := review_reason(record):
            parts.append(sentence)
        if record.refusal:
            parts.append(f"{record.refusal.reason} {record.refusal.hint}")
        stream.write(" | ".join([*parts, *record.notes]) + "\n")
    totals = Counter(record.status.value for record in records)
    stream.write(", ".join(f"{status}: {count}" for status, count in sorted(totals.items())) + "\n")
    stream.write(f"{ENFORCED}\n")
