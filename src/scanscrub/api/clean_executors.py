"""Who cleans: this process, workers beside it, or a cluster; and the record of an input that went wrong there."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

from scanscrub.api.executors import local_executor, needs_no_workers, shares
from scanscrub.api.options import CleanOptions
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.plan import Refusal
from scanscrub.execute.base import Crashed, Executor, TimedOut
from scanscrub.inputs.input import Input
from scanscrub.output.writer_lock import PATIENCE_SECONDS, publishing
from scanscrub.pipeline.worker_context import Settings

FEW: Final = 4
"""Up to this many inputs are cleaned in this process: starting workers would take longer."""


def executor_for(
    options: CleanOptions, settings: Settings, items: Iterator[Input], output: Path | None = None
) -> tuple[Executor, Settings, Iterable[Input]]:
    """The executor asked for, or a fitting one; the settings with each worker's share of the processors."""
    first = list(islice(items, FEW + 1))
    items = chain(first, items)
    if options.executor == "dask":
        from scanscrub.execute.dask import DaskExecutor  # noqa: PLC0415 - only when asked for

        jobs, threads = shares(options.jobs)
        dask = DaskExecutor(options.jobs if options.scheduler else jobs, threads, options.scheduler)
        return dask, replace(settings, threads=threads), items
    few = len(first) <= FEW
    alone = options.executor == "serial" or (not options.executor and needs_no_workers(options.jobs, few=few))
    at_rest = partial(publishing, output, patience=PATIENCE_SECONDS) if output else nullcontext
    executor, threads = local_executor(options.jobs, alone=alone, limit=options.timeout_per_file, at_rest=at_rest)
    return executor, replace(settings, threads=threads), items


def not_cleaned(outcome: Crashed[Input], settings: Settings) -> AuditRecord:
    """A fault of ours or of a library took this item, or time did: it is in the report, not in the output."""
    if isinstance(outcome, TimedOut):
        status = Status.REFUSED
        refusal = Refusal(
            "It took longer than one file may take (--timeout-per-file).",
            "Allow more seconds, or leave the file out.",
        )
    else:
        status = Status.FAILED
        refusal = Refusal(
            f"A fault in scanscrub or one of its libraries ({outcome.kind}).",
            "Please report it; the file was left out.",
        )
    return AuditRecord(InputRef(outcome.item.number, ""), status, settings.profile.name, refusal=refusal)
