"""Several processes on this machine. A worker that dies, or takes too long, takes one item with it, not the batch."""

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final

from scanscrub.execute.base import Crashed, Done, ItemT, ResultT
from scanscrub.execute.worker_process import Worker, begin

ENDING_SECONDS: Final = 5.0
"""What was killed ends in less, unless the system itself hangs."""


class ProcessExecutor:
    """See `Executor`. Workers are spawned, never forked: native libraries keep threads."""

    def __init__(
        self,
        jobs: int,
        at_rest: Callable[[], AbstractContextManager[None]] = nullcontext,
        limit: float | None = None,
    ) -> None:
        """`at_rest` is entered before workers are ended: in it none is where it may not be stopped. With a `limit`, a
        worker that is at one item for so many seconds is ended, and another one takes its place.
        """
        if jobs < 1:
            raise ValueError("at least one job")
        self._jobs = jobs
        self._at_rest = at_rest
        self._limit = limit

    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        waiting = iter(items)
        suspects: deque[ItemT] = deque()
        """Items whose worker died. Each gets another one, alone."""
        workers = [Worker(task, partial(self._pool, setup)) for _ in range(self._jobs)]
        try:
            while self._hand_out(workers, waiting, suspects):
                yield from self._collect(workers, suspects)
        finally:
            self._stop(workers)

    def _hand_out(
        self, workers: Sequence[Worker[ItemT, ResultT]], waiting: Iterator[ItemT], suspects: deque[ItemT]
    ) -> bool:
        """Give every idle worker an item; a suspect only when nobody else is there. Whether anything is under way."""
        idle = [worker for worker in workers if worker.future is None]
        if not suspects:
            for worker, item in zip(idle, waiting, strict=False):
                worker.give(item)
        elif len(idle) == len(workers):
            self._stop(workers)
            workers[0].give(suspects.popleft(), alone=True)
        return any(worker.future is not None for worker in workers)

    def _collect(
        self, workers: Sequence[Worker[ItemT, ResultT]], suspects: deque[ItemT]
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        """Wait for something to finish, or for the time of something to be over."""
        busy = {worker.future: worker for worker in workers if worker.future is not None}
        finished, running = wait(busy, timeout=self._patience(busy.values()), return_when=FIRST_COMPLETED)
        overdue = [future for future in running if self._left(busy[future]) <= 0]
        if overdue:
            self._stop([busy[future] for future in overdue])
        for future in (*finished, *overdue):
            outcome = busy[future].outcome(too_late=future in overdue)
            if isinstance(outcome, (Done, Crashed)):
                yield outcome
            else:
                suspects.append(outcome.item)

    def _patience(self, busy: Iterable[Worker[ItemT, ResultT]]) -> float | None:
        return None if self._limit is None else max(0.0, min(map(self._left, busy)))

    def _left(self, worker: Worker[ItemT, ResultT]) -> float:
        """Seconds that a worker may be at its item yet."""
        return float("inf") if self._limit is None else self._limit - worker.seconds

    def _stop(self, workers: Iterable[Worker[ItemT, ResultT]]) -> None:
        """End the workers now; what they had staged has no name and goes with them."""
        processes = [process for worker in workers for process in worker.leave()]
        for process in processes:
            process.join(0.2)
        running = [process for process in processes if process.is_alive()]
        if running:
            with self._at_rest():
                for process in running:
                    process.kill()
                for process in running:
                    process.join(ENDING_SECONDS)

    def _pool(self, setup: Callable[[], None]) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        at_once = threading.current_thread() is threading.main_thread()
        return ProcessPoolExecutor(1, mp_context=context, initializer=begin, initargs=(setup, at_once))
