"""What an executor is: it runs one task over items and gives every result back, whatever happens to a worker."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from scanscrub.domain.errors import MissingDependencyError, OutputUnusableError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Done(Generic[ItemT, ResultT]):
    """The task's result for one item."""

    item: ItemT
    result: ResultT


@dataclass(frozen=True, slots=True)
class Crashed(Generic[ItemT]):
    """The task raised, or its worker died. `kind` is the exception's type name and place, never its text."""

    item: ItemT
    kind: str


@dataclass(frozen=True, slots=True)
class TimedOut(Crashed[ItemT]):
    """The task took longer than it may, so its worker was ended."""


class Executor(Protocol):
    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        """Run `setup` once per worker, then `task` on every item; results come as they finish.

        Items are taken as needed: an endless iterable is fine. An error in `setup`, and `ENDS_RUN`, are raised here.
        """
        ...


ENDS_RUN: Final = (OutputUnusableError, MissingDependencyError)
"""What a task raises that no other item would survive either: it ends the run."""
DIED = "the worker process died"
"""The `kind` of an item that took its worker with it, twice."""
TIMED_OUT = "it took too long"
ITEMS_PER_WORKER = 2
"""Items handed out per worker of a cluster: enough to keep it busy, few enough to stop soon and to bound memory."""


def silence_streams() -> None:
    """Send what is printed in this process from now on nowhere: native libraries and warnings quote values."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.close(silence)
