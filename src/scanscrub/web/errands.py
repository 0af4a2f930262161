"""Work that belongs to the main thread: there Ctrl-C comes, and there a run of ours takes its signals."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from scanscrub import ScanscrubError, fault_kind

_HEARTBEAT: Final = 0.5
"""Seconds after which a waiting thread sees a signal, on systems where waiting hides it."""

Work: TypeAlias = Callable[["Progress"], Any]


class StoppedError(Exception):
    """The person wanted an errand to end. No fault."""


@dataclass
class Progress:
    """How far the one errand is, for the page."""

    name: str = ""
    done: int = 0
    total: int = 0
    is_running: bool = False
    error: str = ""
    result: Any = None
    stop: threading.Event = field(default_factory=threading.Event)

    def counted(self, found: int, *, is_all: bool) -> None:
        """As `RunCallbacks.counted`."""
        del is_all
        self.total = found

    def told(self) -> dict[str, Any]:
        fields = ("name", "done", "total", "error", "result")
        return {"running": self.is_running, **{name: getattr(self, name) for name in fields}}


class Errands:
    """A queue of one: what the page asks for is done by whoever called `run`, until `end`."""

    def __init__(self) -> None:
        self.progress = Progress()
        self._asked: queue.SimpleQueue[tuple[Work, Progress] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()

    def begin(self, name: str, work: Work) -> bool:
        """Have it done. False where something is being done already."""
        with self._lock:
            if self.progress.is_running:
                return False
            self.progress = Progress(name, is_running=True)
            self._asked.put((work, self.progress))
        return True

    def end(self) -> None:
        self.progress.stop.set()
        self._asked.put(None)

    def run(self) -> None:
        """Do what is asked for, until the end is."""
        for work, progress in self._taken():
            try:
                progress.result = work(progress)
            except StoppedError:
                continue  # `finally` comes first
            except ScanscrubError as error:
                progress.error = f"{error.reason} {error.hint}".strip()
            except Exception as error:  # noqa: BLE001 - no traceback, no value
                progress.error = f"A fault in scanscrub ({fault_kind(error)}). Please report it."
            finally:
                progress.is_running = False

    def _taken(self) -> Iterator[tuple[Work, Progress]]:
        while True:
            with suppress(queue.Empty):
                asked = self._asked.get(timeout=_HEARTBEAT)
                if asked is None:
                    return
                yield asked
