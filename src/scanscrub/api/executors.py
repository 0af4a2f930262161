"""Who does the work on this machine: this process, or workers beside it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from scanscrub.execute.base import Executor
from scanscrub.execute.serial import SerialExecutor
from scanscrub.system.processors import processors


def needs_no_workers(jobs: int, *, few: bool) -> bool:
    """Whether so many `jobs` (0: as many as processors) are one, or the inputs so `few` that starting workers would
    take longer.
    """
    return (jobs or processors()) == 1 or (few and not jobs)


def local_executor(
    jobs: int,
    *,
    alone: bool,
    limit: float | None = None,
    at_rest: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> tuple[Executor, int]:
    """The executor for so many `jobs`, or for one `alone`, and the threads of each worker's models (0: all).

    `limit` and `at_rest` are those of `ProcessExecutor`, which a limit asks for in any case.
    """
    if alone and limit is None:
        return SerialExecutor(), 0
    from scanscrub.execute.processes import ProcessExecutor  # noqa: PLC0415 - loads multiprocessing

    workers, threads = shares(1 if alone else jobs)
    return ProcessExecutor(workers, at_rest, limit), threads


def shares(jobs: int) -> tuple[int, int]:
    """How many workers, and how many threads each may take, for so many `jobs` (0: as many as processors)."""
    there = processors()
    return jobs or there, max(1, there // (jobs or there))
