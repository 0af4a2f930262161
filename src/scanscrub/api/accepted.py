"""What an owner has accepted: the baseline and the patterns, as `check` judges by them; and where it may report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scanscrub.checking.accepted.acceptance import Acceptance
from scanscrub.checking.accepted.allow import parse_allows
from scanscrub.checking.accepted.baseline import (
    BASELINE_NAME,
    UNACCEPTABLE,
    Accepted,
    accept_all,
    baseline_text,
    read_baseline,
)
from scanscrub.checking.report_path import require_unused
from scanscrub.config import paths_begin

__all__ = [
    "BASELINE_NAME",
    "UNACCEPTABLE",
    "Acceptance",
    "Accepted",
    "accept_all",
    "acceptance",
    "baseline_text",
    "read_baseline",
    "require_unused",
]


def acceptance(
    baseline: Path | None,
    today: date,
    patterns: Iterable[tuple[Path, Sequence[Mapping[str, Any]]]] = (),
    *,
    required: bool = True,
) -> Acceptance:
    """What is accepted `today` by a baseline and by the patterns of each folder.

    Raises `UsageError` where the baseline cannot be read or is not there, unless it is not `required`, and where a
    pattern says nonsense.
    """
    is_read = baseline is not None and (required or baseline.exists())
    entries = read_baseline(baseline) if baseline is not None and is_read else ()
    allows = [allow for folder, tables in patterns for allow in parse_allows(tables, folder)]
    return Acceptance(entries, allows, today, None if baseline is None else paths_begin(baseline.parent))
