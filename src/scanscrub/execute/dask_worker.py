"""The part of the Dask executor that runs in a worker: set up once per run, then one item after the other.

Nothing raises here. Dask logs what a task raises, and its arguments: paths, and values that an exception quotes.
So what goes wrong is an answer, too.
"""

import secrets
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Self

from scanscrub.domain.errors import ScanscrubError
from scanscrub.execute.base import ENDS_RUN, ItemT, ResultT, silence_streams
from scanscrub.offline import guard
from scanscrub.offline.allowed import Allowed
from scanscrub.system.faults import fault_kind

PROCESS: Final = secrets.token_hex(8)
"""Tells this process from one that comes after it at the same address."""
_TURN: Final = threading.Lock()
_set_up_for: list[str] = []
"""The run that this process is set up for; another run of the same cluster would have another key and output."""
_second_try = [False]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The worker is set up for the run; `process` is its `PROCESS`."""

    process: str


@dataclass(frozen=True, slots=True)
class Unprepared:
    """The worker is not set up for the run (any more), so it did not touch the item."""

    process: str


@dataclass(frozen=True, slots=True)
class Result(Generic[ResultT]):
    value: ResultT


@dataclass(frozen=True, slots=True)
class Raised:
    """`kind` is that of `Crashed`; `is_missing_module`: something that is to run there is not installed."""

    kind: str
    is_missing_module: bool = False

    @classmethod
    def of(cls, error: BaseException) -> Self:
        return cls(fault_kind(error), isinstance(error, ModuleNotFoundError))


def dask_setup(_worker: object) -> None:
    """What Dask calls in a worker of our own at its start: no more of the network than the cluster, leave Ctrl-C to
    the parent, and print nothing.
    """
    guard.enforce(Allowed.OWN_CLUSTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence_streams()


def threads_of_worker() -> int:
    """The number of threads that the worker has which runs this task."""
    import distributed  # noqa: PLC0415 - an extra

    return int(distributed.get_worker().state.nthreads)


def prepare(run: str, setup: Callable[[], None]) -> Prepared | ScanscrubError | Raised:
    """Set this process up for a run, in place of any other. An error for the user comes back as it is."""
    with _TURN:
        silence_streams()
        _set_up_for.clear()
        try:
            setup()
        except ScanscrubError as error:
            return error
        except BaseException as error:  # noqa: BLE001 - Dask would log it
            return Raised.of(error)
        _set_up_for.append(run)
        return Prepared(PROCESS)


def is_second_try() -> bool:
    """Whether the item that this worker is at has ended another one, which may have been nearly done with it."""
    return _second_try[0]


def attempt(
    run: str, task: Callable[[ItemT], ResultT], item: ItemT, *, again: bool = False
) -> Result[ResultT] | ScanscrubError | Raised | Unprepared:
    """Run the task on one item. A worker with several threads has one item at a time all the same: tasks are
    written for one per process. What no other item would survive either comes back as it is. `again`: see
    `is_second_try`.
    """
    with _TURN:
        if _set_up_for != [run]:
            return Unprepared(PROCESS)
        _second_try[0] = again
        try:
            return Result(task(item))
        except ENDS_RUN as error:
            return error
        except BaseException as error:  # noqa: BLE001 - whatever one item does, the next one gets its turn
            return Raised.of(error)
