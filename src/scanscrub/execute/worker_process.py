"""One worker process of a `ProcessExecutor`: begun when there is something to do, and at one item at a time."""

import gc
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Final, Generic

from scanscrub.execute.base import (
    DIED,
    ENDS_RUN,
    TIMED_OUT,
    Crashed,
    Done,
    ItemT,
    ResultT,
    TimedOut,
    silence_streams,
)
from scanscrub.execute.main_module import without_main_module
from scanscrub.execute.parent_watch import end_with_parent
from scanscrub.offline import guard
from scanscrub.system.faults import fault_kind
from scanscrub.system.processors import SELDOM

SETTLE_SECONDS: Final = 5.0
"""What a process that was ended had left to say is there by then."""


@dataclass(frozen=True, slots=True)
class Suspect(Generic[ItemT]):
    """The worker died, and it is not sure whether the item did that."""

    item: ItemT


class _NothingToDoError(Exception):
    """An outcome was asked for where no item was given."""


class Worker(Generic[ItemT, ResultT]):
    """A place for a process, which is begun anew after it ended."""

    def __init__(self, task: Callable[[ItemT], ResultT], pool: Callable[[], ProcessPoolExecutor]) -> None:
        """`pool` makes a pool of one process."""
        self._task = task
        self._make_pool = pool
        self._pool: ProcessPoolExecutor | None = None
        self._given: tuple[Future[ResultT], ItemT, bool] | None = None
        self._since: float | None = None

    @property
    def future(self) -> "Future[ResultT] | None":
        """Of the item that the worker is at; None where it is idle."""
        return None if self._given is None else self._given[0]

    @property
    def seconds(self) -> float:
        """For how long it is at its item; the start of the process is not the item's doing."""
        return 0.0 if self._since is None else monotonic() - self._since

    def give(self, item: ItemT, *, alone: bool = False) -> None:
        """Begin with an item; `alone` where nobody else is there, so that a death is its doing."""
        try:
            future = self._submitted(item)
        except BrokenProcessPool:  # it was ended while it was idle
            self.leave()
            future = self._submitted(item)
        self._given = future, item, alone

    def _submitted(self, item: ItemT) -> "Future[ResultT]":
        if self._pool is None:
            self._pool = self._make_pool()
            self._since = None
            with without_main_module():  # a pool starts its process when it is given work
                self._pool.submit(_nothing).add_done_callback(self._begun)
        else:
            self._since = monotonic()
        return self._pool.submit(self._task, item)

    def _begun(self, _ready: "Future[None]") -> None:
        self._since = monotonic()

    def outcome(self, *, too_late: bool) -> Done[ItemT, ResultT] | Crashed[ItemT] | Suspect[ItemT]:
        """What became of the item; `too_late`: the process was ended at it, though it may have been done by then.

        Raises `_NothingToDoError` where no item was given: a fault of ours.
        """
        if self._given is None:
            raise _NothingToDoError
        (future, item, alone), self._given = self._given, None
        try:
            return Done(item, future.result(SETTLE_SECONDS if too_late else None))
        except BrokenProcessPool:
            self.leave()
            if too_late:
                return TimedOut(item, TIMED_OUT)
            return Crashed(item, DIED) if alone else Suspect(item)
        except ENDS_RUN:
            raise
        except (CancelledError, TimeoutError) as error:
            return TimedOut(item, TIMED_OUT) if too_late else Crashed(item, fault_kind(error))
        except Exception as error:  # noqa: BLE001 - whatever one item does, the next one gets its turn
            return Crashed(item, fault_kind(error))

    def leave(self) -> Sequence[BaseProcess]:
        """Want nothing more of the process, which is for the caller to end; another one is begun when needed."""
        if self._pool is None:
            return ()
        processes = list((self._pool._processes or {}).values())  # noqa: SLF001 - no public way until Python 3.14
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None
        return processes


def begin(setup: Callable[[], None], at_once: bool) -> None:  # noqa: FBT001 - as a pool passes it
    """In a new worker: no network, end with the parent, leave Ctrl-C to it, print nothing, then set up."""
    gc.set_threshold(*SELDOM)
    guard.enforce()
    end_with_parent(at_once=at_once)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence_streams()
    setup()


def _nothing() -> None:
    pass
