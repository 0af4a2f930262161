"""One item after the other, in this process."""

from collections.abc import Callable, Iterable, Iterator

from scanscrub.domain.faults import kind_of
from scanscrub.execute.base import FOR_ALL, Crashed, Done, ItemT, ResultT


class SerialExecutor:
    """See `Executor`."""

    def run(
        self,
        task: Callable[[ItemT], ResultT],
        items: Iterable[ItemT],
        setup: Callable[[], None],
    ) -> Iterator[Done[ItemT, ResultT] | Crashed[ItemT]]:
        setup()
        for item in items:
            try:
                result = task(item)
            except FOR_ALL:
                raise
            except Exception as error:  # noqa: BLE001 - whatever one item does, the next one gets its turn
                yield Crashed(item, kind_of(error))
            else:
                yield Done(item, result)
