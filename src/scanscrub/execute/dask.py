"""Worker processes of a Dask cluster, on this machine or on several.

Dask runs the tasks, but which worker has which item is decided here. Dask itself gives an item whose worker died to
the next worker, with all that waited there, and so on until one file has ended four of them.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Final, Generic

from scanscrub.domain.errors import ClusterLostError, MissingDependencyError, ScanscrubError, UsageError
from scanscrub.execute.base import DIED, ITEMS_PER_WORKER, Crashed, Done, ItemT, ResultT
from scanscrub.execute.dask_cluster import (
    Client,
    Future,
    own_cluster,
    require,
    require_address,
    their_cluster,
)
from scanscrub.execute.dask_worker import Prepared, Raised, Result, Unprepared, attempt, prepare

LOOK_SECONDS: Final = 1.0
"""Between two looks at which workers are there."""
PATIENCE_SECONDS: Final = 60.0
"""Without any worker for so long a run ends. A new process in place of one that died takes two or three."""
FETCH_SECONDS: Final = 1.0
"""When a result that lies ready has not come for so long, a look is due whether its worker is still there."""

SETTLE_SECONDS: Final = 2.0


class DaskExecutor:
    """See `Executor`. Without an address, a cluster of our own with `jobs` processes of `threads` threads each;
    with one, that cluster's workers: `jobs` of them, or all where it is 0.

    Raises `MissingDependencyError` where Dask is not installed, and `UsageError` for what is no address.
    """

    def __init__(self, jobs: int, threads: int = 1, scheduler: str | None = None) -> None:
        require()
        if scheduler is not None:
            require_address(scheduler)
        elif jobs < 1:
            raise ValueError("at least one job")
        self._jobs = jobs
        self._threads = threads
        self._scheduler = scheduler

    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        """Raises `UsageError` where no cluster is found, and `ClusterLostError` where it goes away."""
        run: _Run[ItemT, ResultT] | None = None
        try:
            with self._cluster() as client:
                run = _Run(client, task, items, setup, self._jobs)
                yield from run.outcomes()
        finally:
            if run is not None:
                run.settle()

    def _cluster(self) -> AbstractContextManager[Client]:
        if self._scheduler is None:
            return own_cluster(self._jobs, self._threads)
        return their_cluster(self._scheduler)


@dataclass(frozen=True, slots=True)
class _Given(Generic[ItemT]):
    """An item and the worker that has it; `alone` where nothing else waits there, so that a death is its doing."""

    item: ItemT
    address: str
    future: Future
    alone: bool


class _Run(Generic[ItemT, ResultT]):
    """One run: who is there, who has what, what comes back."""

    def __init__(
        self,
        client: Client,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
        most: int,
    ) -> None:
        self._client = client
        self._task = task
        self._setup = setup
        self._most = most
        self._name = secrets.token_hex(8)
        self._numbers = count()
        self._waiting = iter(items)
        self._is_exhausted = False
        self._again: deque[ItemT] = deque()
        """Items that a worker gave back untouched."""
        self._suspects: deque[ItemT] = deque()
        """Items whose worker died. Each gets another one, alone."""
        self._preparing: dict[str, tuple[str, Future]] = {}
        """Address and future by key."""
        self._ready: dict[str, str] = {}
        """The process at each address that is set up for this run."""
        self._running: dict[str, _Given[ItemT]] = {}
        self._finished: SimpleQueue[str] = SimpleQueue()
        self._uncollected: set[str] = set()
        self._next_look = 0.0
        self._last_ready = time.monotonic()
        self._was_ready = False

    def outcomes(self) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        while True:
            yield from self._look()
            self._hand_out()
            if self._is_exhausted and not (self._running or self._again or self._suspects):
                return
            yield from self._collect()

    def _look(self) -> Iterator[Crashed[ItemT]]:
        """See which workers are there: what the missing ones had is lost, and new ones are set up."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        present = self._present()
        for key in [key for key, given in self._running.items() if given.address not in present]:
            yield from self._lost(self._running.pop(key))
        self._preparing = {key: pair for key, pair in self._preparing.items() if pair[0] in present}
        self._ready = {address: process for address, process in self._ready.items() if address in present}
        known = {*self._ready, *(address for address, _ in self._preparing.values())}
        for address in present:
            if address not in known and (not self._most or len(known) < self._most):
                known.add(address)
                future = self._submit(address, prepare, self._name, self._setup)
                self._preparing[future.key] = (address, future)
        self._despair(now)

    def _present(self) -> Mapping[str, int]:
        lost = ClusterLostError("The Dask scheduler is gone; finished copies stay.", "Start it, and add --resume.")
        try:
            present = self._client.nthreads() if self._client.status == "running" else None
        except (OSError, RuntimeError):
            raise lost from None
        if present is None:
            raise lost
        return present

    def _despair(self, now: float) -> None:
        """End the run where nobody has been there to work for too long."""
        if self._ready:
            self._last_ready = now
        elif now - self._last_ready > PATIENCE_SECONDS:
            hint = "Start some with: dask worker ADDRESS."
            if self._was_ready:
                raise ClusterLostError("All workers are gone; finished copies stay.", f"{hint} Then add --resume.")
            raise UsageError("The Dask scheduler has no workers.", hint)

    def _submit(self, address: str, function: Callable[..., object], *arguments: object, **more: object) -> Future:
        future = self._client.submit(
            function,
            *arguments,
            **more,
            key=f"scanscrub-{self._name}-{next(self._numbers)}",
            workers=[address],
            allow_other_workers=False,
            pure=False,
        )
        self._uncollected.add(future.key)
        future.add_done_callback(lambda done: self._finished.put(done.key))
        return future

    def _hand_out(self) -> None:
        """Give every worker its fill; as long as there are suspects, only these go out, one to an idle worker."""
        loads = dict.fromkeys(self._ready, 0)
        for given in self._running.values():
            if given.address in loads:
                loads[given.address] += ITEMS_PER_WORKER if given.alone else 1
        for address, load in loads.items():
            if self._suspects:
                if not load:
                    self._give(self._suspects.popleft(), address, alone=True)
                continue
            for item in self._take(ITEMS_PER_WORKER - load):
                self._give(item, address, alone=False)

    def _take(self, most: int) -> Iterator[ItemT]:
        for _ in range(most):
            if self._again:
                yield self._again.popleft()
                continue
            for item in self._waiting:
                yield item
                break
            else:
                self._is_exhausted = True
                return

    def _give(self, item: ItemT, address: str, *, alone: bool) -> None:
        future = self._submit(address, attempt, self._name, self._task, item, again=alone)
        self._running[future.key] = _Given(item, address, future, alone)

    def _collect(self) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        """Wait for something to finish, though not past the next look, and take whatever has."""
        for key in self._keys():
            if key in self._preparing:
                self._set_up(*self._preparing.pop(key))
            elif key in self._running:
                yield from self._outcome(self._running.pop(key))

    def _keys(self) -> Iterator[str]:
        wait = max(0.0, self._next_look - time.monotonic())
        with suppress(Empty):
            while True:
                key = self._finished.get(timeout=wait)
                self._uncollected.discard(key)
                yield key
                wait = 0.0

    def settle(self) -> None:
        """After the end, wait for Dask to call back about everything: what it gets to when the program has ended, it
        complains about on stderr.
        """
        with suppress(Empty):
            while self._uncollected:
                self._uncollected.discard(self._finished.get(timeout=SETTLE_SECONDS))

    def _set_up(self, address: str, future: Future) -> None:
        """Note that a worker is ready. Raises what its setup raised."""
        answer = self._answer(address, future)
        if isinstance(answer, Prepared):
            self._ready[address] = answer.process
            self._was_ready = True
        if isinstance(answer, ScanscrubError):
            raise answer
        if isinstance(answer, Raised):
            if answer.is_missing_module:
                raise MissingDependencyError(
                    "scanscrub is not installed where the workers run.",
                    "Install it there from the same folder, with its extra: python -m pip install '.[dask]'",
                )
            raise RuntimeError(answer.kind)  # noqa: TRY004 - the setup failed; nothing has a wrong type

    def _outcome(self, given: _Given[ItemT]) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        answer = self._answer(given.address, given.future)
        if isinstance(answer, Result):
            yield Done(given.item, answer.value)
        elif isinstance(answer, Raised):
            yield Crashed(given.item, answer.kind)
        elif isinstance(answer, ScanscrubError):
            raise answer
        elif isinstance(answer, Unprepared) and self._ready.pop(given.address, None) == answer.process:
            self._again.append(given.item)
        else:
            yield from self._lost(given)

    def _lost(self, given: _Given[ItemT]) -> Iterator[Crashed[ItemT]]:
        if given.alone:
            yield Crashed(given.item, DIED)
        else:
            self._suspects.append(given.item)

    def _answer(self, address: str, future: Future) -> object:
        """What the worker answered; None where it is gone. A result that comes slowly is waited for."""
        while future.status in {"finished", "error"}:
            try:
                return future.result(timeout=FETCH_SECONDS)
            except TimeoutError:
                if address not in self._present():
                    return None
            except Exception as error:  # noqa: BLE001 - Dask's own, of whatever class
                return None if type(error).__name__ == "KilledWorker" else Raised.of(error)
        return None
