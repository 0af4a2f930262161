"""An audit as one JSON array."""

import json
from collections.abc import Sequence
from typing import TextIO

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.audit_json import record_to_json


def write(records: Sequence[AuditRecord], stream: TextIO) -> None:
    """Every record with all its fields, in order."""
    json.dump([record_to_json(record) for record in records], stream, indent=1)
    stream.write("\n")
