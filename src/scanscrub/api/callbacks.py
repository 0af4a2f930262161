"""What whoever starts a run may be called with beside its records. Nothing of it is written anywhere."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from scanscrub.domain.audit import AuditRecord

if TYPE_CHECKING:
    from scanscrub.inputs.input import Input
    from scanscrub.output.run_log import RunLog

_COUNTED_EVERY: Final = 256
"""Inputs after which it is told again how many there are."""


def _ignore(*_: object) -> None:
    """Nobody asked."""


class Counted(Protocol):
    """How many inputs were found by now, and whether these are all."""

    def __call__(self, found: int, *, is_all: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class RunCallbacks:
    """Functions that a run calls, in the process and thread that takes its records; `counted` from another thread.

    `done_before` gets the number of each input whose copy an earlier run made: that one has no record. `remark`
    gets a sentence where something that this machine cannot do matters. `named` gets number and path of an input
    before its record comes: it is a patient's name, perhaps. `recorded` gets each record. `examined` is called for
    each input where records come later, as those of `check` and `inspect` do. `counted` gets how many inputs were
    found by now; without it nobody counts. `keyed` gets the key that was made for a run without one: whoever keeps it
    as long as the copies are corrected can have single ones made anew.
    """

    done_before: Callable[[int], None] = _ignore
    recorded: Callable[[AuditRecord], None] = _ignore
    remark: Callable[[str], None] = _ignore
    named: Callable[[int, str], None] = _ignore
    examined: Callable[[], None] = _ignore
    counted: Counted | None = None
    keyed: Callable[[bytes], None] = _ignore


NO_CALLBACKS: Final = RunCallbacks()


def logged(log: "RunLog", callbacks: RunCallbacks) -> RunCallbacks:
    """The same calls, written to the log first."""

    def done_before(number: int) -> None:
        log.done_before(number)
        callbacks.done_before(number)

    def remark(sentence: str) -> None:
        log.write("remark", said=sentence)
        callbacks.remark(sentence)

    def recorded(record: AuditRecord) -> None:
        log.recorded(record)
        callbacks.recorded(record)

    return replace(callbacks, done_before=done_before, remark=remark, recorded=recorded)


@contextmanager
def counting(inputs: "Callable[[], Iterator[Input]]", counted: Counted | None) -> Iterator[None]:
    """Count the inputs beside the work, so that the first copy does not wait for the end of an archive.

    Where the work is faster, few inputs are counted to their end, so that the last of what is told is true.
    """
    if counted is None:
        yield
        return
    ended, stopped = threading.Event(), threading.Event()

    def count() -> None:
        found = 0
        try:
            for found, _ in enumerate(inputs(), 1):
                if stopped.is_set() or (ended.is_set() and found % _COUNTED_EVERY == 0):
                    return
                if found % _COUNTED_EVERY == 0:
                    counted(found, is_all=False)
            counted(found, is_all=True)
        except Exception:  # noqa: BLE001 - a traceback may quote; whoever works at them says what is wrong
            return

    thread = threading.Thread(target=count, name="scanscrub-counting", daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        stopped.set()
        raise
    finally:
        ended.set()
        thread.join()
