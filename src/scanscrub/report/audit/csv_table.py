"""An audit as a table: one row an input."""

import csv
from collections import Counter
from collections.abc import Sequence
from typing import TextIO

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.rules import Rule
from scanscrub.report.places import device_regions

COLUMNS = (
    "number", "digest", "status", "output_name", "output_sha256", "profile", "media_type", "frames", "masked_share",
    *(rule.value for rule in Rule), "checks_passed", "checks", "refusal", "notes", "tool", "seconds",
    "device_rules",
)  # fmt: skip


def write(records: Sequence[AuditRecord], stream: TextIO) -> None:
    """The header line, then a row per record; a column per rule counts its changes; device rules are named."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for record in records:
        counts = Counter(step.rule for step in record.steps)
        table.writerow(
            [
                record.input_ref.number,
                record.input_ref.digest,
                record.status.value,
                record.output_name or "",
                dict(record.sha256s).get("output", ""),
                record.profile,
                record.media_type,
                record.frames,
                record.masked_share,
                *(counts[rule] for rule in Rule),
                sum(check.passed for check in record.checks),
                len(record.checks),
                record.refusal.reason if record.refusal else "",
                "; ".join(record.notes),
                record.tool,
                record.seconds,
                "; ".join(device_regions(record.steps)),
            ]
        )
