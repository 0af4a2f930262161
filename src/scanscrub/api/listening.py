"""What whoever starts a run may hear of it beside its records. Nothing of it is written anywhere."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from scanscrub.domain.audit import AuditRecord
from scanscrub.inputs.input import Input

if TYPE_CHECKING:
    from scanscrub.output.run_log import RunLog

_OFTEN: Final = 256
"""Inputs after which it is told again how many there are."""


def _nothing(*_: object) -> None:
    """Nobody listens."""


class Counted(Protocol):
    def __call__(self, found: int, *, is_all: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Listening:
    """`done_before` gets the number of each input whose copy an earlier run made: that one has no record. `remark`
    gets a sentence where something that this machine cannot do matters. `named` gets number and path of an input
    before its record comes: it is a patient's name, perhaps. `looked_at` is called for each input where records come
    later. `counted` gets how many inputs were found by now; without it nobody counts.
    """

    done_before: Callable[[int], None] = _nothing
    told: Callable[[AuditRecord], None] = _nothing
    remark: Callable[[str], None] = _nothing
    named: Callable[[int, str], None] = _nothing
    looked_at: Callable[[], None] = _nothing
    counted: Counted | None = None


UNHEARD: Final = Listening()


def heard_by(log: "RunLog", listening: Listening) -> Listening:
    """Whoever listens, and the log."""

    def done_before(number: int) -> None:
        log.done_before(number)
        listening.done_before(number)

    def remark(sentence: str) -> None:
        log.write("remark", said=sentence)
        listening.remark(sentence)

    def told(record: AuditRecord) -> None:
        log.told(record)
        listening.told(record)

    return replace(listening, done_before=done_before, remark=remark, told=told)


@contextmanager
def counting(inputs: Callable[[], Iterator[Input]], counted: Counted | None) -> Iterator[None]:
    """Count the inputs beside the work, so that the first copy does not wait for the end of an archive."""
    if counted is None:
        yield
        return
    ended = threading.Event()

    def count() -> None:
        found = 0
        try:
            for found, _ in enumerate(inputs(), 1):
                if ended.is_set():
                    return
                if found % _OFTEN == 0:
                    counted(found, is_all=False)
            counted(found, is_all=True)
        except Exception:  # noqa: BLE001 - a traceback may quote; whoever works at them says what is wrong
            return

    thread = threading.Thread(target=count, name="scanscrub-counting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
