"""Several processes on this machine. A worker that dies takes one item with it, not the batch."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Final

from scanscrub.execute.base import AHEAD, DIED, Crashed, Done, ItemT, ResultT, kind_of, silence_streams
from scanscrub.execute.lifeline import end_with_parent
from scanscrub.offline import guard

ENDING_SECONDS: Final = 5.0
"""What was killed ends in less, unless the system itself hangs."""


class ProcessExecutor:
    """See `Executor`. Workers are spawned, never forked: native libraries keep threads."""

    def __init__(self, jobs: int, at_rest: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """`at_rest` is entered before workers are ended: in it none is where it may not be stopped."""
        if jobs < 1:
            raise ValueError("at least one job")
        self._jobs = jobs
        self._at_rest = at_rest

    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        waiting = iter(items)
        while True:
            suspects: list[ItemT] = []
            yield from self._run_pool(task, waiting, setup, suspects)
            if not suspects:
                return
            for item in suspects:
                yield from self._run_alone(task, item, setup)

    def _run_pool(
        self,
        task: Callable[[ItemT], ResultT],
        waiting: Iterator[ItemT],
        setup: Callable[[], None],
        suspects: list[ItemT],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        """Run until all is done or a worker dies; then `suspects` holds the items that were under way."""
        pool = self._pool(self._jobs, setup)
        running: dict[Future[ResultT], ItemT] = {}
        try:
            while True:
                for item in islice(waiting, self._jobs * AHEAD - len(running)):
                    try:
                        running[pool.submit(task, item)] = item
                    except BrokenProcessPool:
                        suspects.append(item)
                        break
                if not running:
                    return
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    outcome = _outcome(future, running.pop(future))
                    if isinstance(outcome, (Done, Crashed)):
                        yield outcome
                    else:
                        suspects.append(outcome[0])
                if suspects:
                    suspects.extend(running.values())
                    return
        finally:
            self._stop(pool)

    def _run_alone(
        self, task: Callable[[ItemT], ResultT], item: ItemT, setup: Callable[[], None]
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        pool = self._pool(1, setup)
        try:
            outcome = _outcome(pool.submit(task, item), item)
            yield outcome if isinstance(outcome, (Done, Crashed)) else Crashed(item, DIED)
        finally:
            self._stop(pool)

    def _pool(self, workers: int, setup: Callable[[], None]) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        at_once = threading.current_thread() is threading.main_thread()
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(setup, at_once))

    def _stop(self, pool: ProcessPoolExecutor) -> None:
        """End the workers now; what they had staged has no name and goes with them."""
        processes = list((pool._processes or {}).values())  # noqa: SLF001 - no public way until Python 3.14
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.join(0.2)
        running = [process for process in processes if process.is_alive()]
        if running:
            with self._at_rest():
                for process in running:
                    process.kill()
                for process in running:
                    process.join(ENDING_SECONDS)


def _outcome(future: "Future[ResultT]", item: ItemT) -> "Done[ItemT, ResultT] | Crashed[ItemT] | tuple[ItemT]":
    """The item's outcome; the item itself, in a tuple, where the pool broke and nobody knows by whom."""
    try:
        return Done(item, future.result())
    except BrokenProcessPool:
        return (item,)
    except Exception as error:  # noqa: BLE001 - whatever one item does, the next one gets its turn
        return Crashed(item, kind_of(error))


def _begin(setup: Callable[[], None], at_once: bool) -> None:  # noqa: FBT001 - as a pool passes it
    """In a new worker: no network, end with the parent, leave Ctrl-C to it, print nothing, then set up."""
    guard.enforce()
    end_with_parent(at_once=at_once)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence_streams()
    setup()
