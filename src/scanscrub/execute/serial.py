"""One item after the other, in this process."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from scanscrub.execute.base import ENDS_RUN, Crashed, Done, ItemT, ResultT
from scanscrub.system.faults import fault_kind
from scanscrub.system.processors import SELDOM


class SerialExecutor:
    """See `Executor`."""

    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        setup()
        with _garbage_seldom():
            for item in items:
                try:
                    result = task(item)
                except ENDS_RUN:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever one item does, the next one gets its turn
                    yield Crashed(item, fault_kind(error))
                else:
                    yield Done(item, result)


@contextmanager
def _garbage_seldom() -> Iterator[None]:
    """This process's garbage is looked for as seldom as a worker's, as long as it is one."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
