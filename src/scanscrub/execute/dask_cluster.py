"""The Dask cluster of a run: one of our own on this machine, or the user's.

A cluster of our own listens on 127.0.0.1 only, serves no pages, and speaks TLS with a certificate that lives as long
as the run does: whoever can speak to a Dask scheduler can run code as its user, and other people may be logged in.
"""

import asyncio
import concurrent.futures
import logging
import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from importlib.util import find_spec
from typing import Any, Final, Protocol

from scanscrub.domain.errors import MissingDependencyError, UsageError
from scanscrub.execute.main_module import without_main_module

REQUIRES: Final = ("distributed", "cryptography")
INSTALL_COMMAND: Final = "python -m pip install distributed cryptography"
CONNECT_SECONDS: Final = 5.0

_ADDRESS: Final = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")
_LOGGERS: Final = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application", "asyncio")
_SETTINGS: Final[Mapping[str, Any]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.nanny.pre-spawn-environ": {},
    "distributed.admin.large-graph-warning-threshold": "1TB",
}
"""No pages; the same environment as under every other executor; no warning where a long run is resumed."""
_KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)


class Future(Protocol):
    """What is used of `distributed.Future`."""

    key: Any
    status: str

    def result(self, timeout: float | None = None) -> Any: ...  # noqa: ANN401 - the result of any task

    def add_done_callback(self, function: "Callable[[Future], None]") -> None: ...


class Client(Protocol):
    """What is used of `distributed.Client`."""

    status: str

    def nthreads(self) -> Mapping[str, int]:
        """The workers that are there, by address."""
        ...

    def submit(self, function: Callable[..., Any], *arguments: object, **options: object) -> Future: ...


def require() -> None:
    """Raise `MissingDependencyError` where Dask is not installed."""
    missing = [name for name in REQUIRES if find_spec(name) is None]
    if missing:
        reason = f"The executor dask cannot work: missing {', '.join(missing)}."
        raise MissingDependencyError(reason, INSTALL_COMMAND)


def require_address(scheduler: str) -> None:
    """Raise `UsageError` for what is no address of a scheduler."""
    if not _ADDRESS.fullmatch(scheduler):
        raise UsageError(
            "The scheduler's address has another form.", "Give it as tcp://host:port or tls://host:port."
        )


def own_cluster(jobs: int, threads: int) -> AbstractContextManager[Client]:
    """So many worker processes on this machine, of so many threads each, for as long as the context lasts."""
    return _own_cluster(jobs, threads)


@contextmanager
def _own_cluster(jobs: int, threads: int) -> Iterator[Client]:
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        distributed = stack.enter_context(_quiet_dask(scratch))
        stack.enter_context(without_main_module())  # to the end: a nanny starts a worker anew when it likes
        # In a thread, so that Ctrl-C interrupts the waiting and never a cluster that is half there or half gone.
        thread = stack.enter_context(concurrent.futures.ThreadPoolExecutor(1))
        started = thread.submit(
            distributed.LocalCluster,
            n_workers=jobs,
            threads_per_worker=threads,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            security=distributed.Security.temporary(),
            memory_limit=None,
            local_directory=scratch,
            preload="scanscrub.execute.dask_worker",
            silence_logs=logging.CRITICAL,
        )
        stack.callback(lambda: thread.submit(_end, started).result())
        yield stack.enter_context(distributed.Client(started.result(), set_as_default=False))


def _end(started: "concurrent.futures.Future[Any]") -> None:
    """End the workers now; what they had staged has no name and goes with them."""
    if started.exception() is not None:
        return
    cluster = started.result()
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        if nanny.pid is not None:
            with suppress(OSError):
                os.kill(nanny.pid, _KILL)
    cluster.close()


@contextmanager
def their_cluster(scheduler: str) -> Iterator[Client]:
    """The cluster at an address. Raises `UsageError` where nobody answers."""
    with _quiet_dask() as distributed:
        try:
            with concurrent.futures.ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _knock(distributed, scheduler)).result()
            client = distributed.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError):
            raise UsageError(
                "No Dask scheduler answers at that address.", "Check --scheduler, and its TLS if it has any."
            ) from None
        with client:
            yield client


async def _knock(distributed: Any, scheduler: str) -> None:  # noqa: ANN401 - an optional library's
    """See that a scheduler answers: a `Client` waits for ever where something else does, and complains when it is
    thrown away. Raises what Dask raises, and `TimeoutError`.
    """
    options = distributed.Security().get_connection_args("client")
    reached = distributed.comm.connect(scheduler, timeout=CONNECT_SECONDS, **options)
    (await asyncio.wait_for(reached, CONNECT_SECONDS)).abort()


@contextmanager
def _quiet_dask(scratch: str | None = None) -> Iterator[Any]:
    """The library, which logs nothing meanwhile: it names paths and quotes exceptions. What it puts down for a while
    lies in `scratch`.
    """
    import dask  # noqa: PLC0415 - an extra
    import distributed  # noqa: PLC0415 - the same

    before = {name: logging.getLogger(name).handlers[:] for name in _LOGGERS}
    for name in before:
        logging.getLogger(name).handlers[:] = [logging.NullHandler()]
    try:
        with dask.config.set({**_SETTINGS, **({} if scratch is None else {"temporary-directory": scratch})}):
            yield distributed
    finally:
        for name, handlers in before.items():
            logging.getLogger(name).handlers[:] = handlers
