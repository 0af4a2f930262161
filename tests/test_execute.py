import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import pytest

from conftest import CANARY
from dask_clusters import needs_dask
from scanscrub import CleanOptions
from scanscrub.api.settings import settings_for
from scanscrub.domain.errors import ExitCode, MissingDependencyError, OutputUnusableError, UsageError
from scanscrub.execute import dask_cluster
from scanscrub.execute.base import TIMED_OUT, Crashed, Done, Executor, TimedOut
from scanscrub.execute.dask import DaskExecutor
from scanscrub.execute.processes import ProcessExecutor
from scanscrub.execute.serial import SerialExecutor
from worker_tasks import chatter, dawdle, die, hang, leave, nothing, run_out, square, stumble

SPREAD = [
    pytest.param(lambda: ProcessExecutor(2), id="processes"),
    pytest.param(lambda: DaskExecutor(2), id="dask", marks=needs_dask),
]
FACTORIES = [pytest.param(SerialExecutor, id="serial"), *SPREAD]


class Stopped(BaseException):
    """What Ctrl-C would be: no `Exception`, so that nothing takes it for the failure of an item."""


@pytest.mark.parametrize("make", FACTORIES)
def test_every_item_comes_back_once(make: Callable[[], Executor]) -> None:
    results = list(make().run(square, iter(range(20)), nothing))
    assert sorted(done.result for done in results if isinstance(done, Done)) == [n * n for n in range(20)]


@pytest.mark.parametrize("make", FACTORIES)
def test_an_error_takes_one_item_and_its_text_stays_behind(make: Callable[[], Executor]) -> None:
    results = list(make().run(stumble, range(8), nothing))
    crashed = [result for result in results if isinstance(result, Crashed)]
    assert [(result.item, result.kind.split()[0]) for result in crashed] == [(3, "ValueError")]
    assert CANARY not in crashed[0].kind
    assert len(results) == 8


@pytest.mark.parametrize("make", SPREAD)
@pytest.mark.parametrize("end", [die, leave])
def test_a_worker_that_is_killed_takes_one_item(make: Callable[[], Executor], end: Callable[[int], int]) -> None:
    results = list(make().run(end, range(12), nothing))
    crashed = [result for result in results if isinstance(result, Crashed)]
    assert crashed == [Crashed(3, "the worker process died")]
    assert sorted(result.item for result in results if isinstance(result, Done)) == [0, 1, 2, *range(4, 12)]


@pytest.mark.parametrize("make", SPREAD)
def test_what_a_worker_prints_goes_nowhere(make: Callable[[], Executor], capfd: pytest.CaptureFixture[str]) -> None:
    assert len(list(make().run(chatter, range(4), nothing))) == 4
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("make", SPREAD)
def test_items_are_taken_as_needed(make: Callable[[], Executor]) -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    run = make().run(square, endless(), nothing)
    for done in range(1, 100):
        next(run)
        assert len(taken) < done + 20
    run.close()  # type: ignore[attr-defined] # it is a generator


@pytest.mark.parametrize("make", SPREAD)
def test_an_abandoned_run_does_not_wait_for_its_workers(make: Callable[[], Executor]) -> None:
    run = make().run(dawdle, range(2), nothing)
    started = time.monotonic()
    with pytest.raises(Stopped):
        _interrupted(run)
    assert time.monotonic() - started < 45
    while multiprocessing.active_children() and time.monotonic() - started < 45:
        time.sleep(0.05)  # what was killed takes a moment to end where much else is done
    assert not multiprocessing.active_children()


def _interrupted(run: Iterator[Done[int, int] | Crashed[int]]) -> None:
    previous = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1.5)
    try:
        next(run)
    finally:
        signal.signal(signal.SIGALRM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise Stopped


def test_without_dask_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "find_spec", lambda _name: None)
    for make in (lambda: DaskExecutor(1), lambda: settings_for(CleanOptions(text="none", executor="dask"))):
        with pytest.raises(MissingDependencyError, match="missing distributed, cryptography") as caught:
            make()
        assert caught.value.hint == "python -m pip install distributed cryptography"
        assert caught.value.exit_code == ExitCode.MISSING_DEPENDENCY


@pytest.mark.parametrize("executor", [None, "serial", "processes"])
def test_the_address_of_a_scheduler_is_for_dask_only(executor: Literal["serial", "processes"] | None) -> None:
    with pytest.raises(UsageError, match="--scheduler"):
        settings_for(CleanOptions(text="none", executor=executor, scheduler="tcp://127.0.0.1:1"))


def test_what_takes_too_long_takes_one_item_and_the_others_go_on() -> None:
    results = list(ProcessExecutor(2, limit=2).run(hang, range(8), nothing))
    assert [result for result in results if isinstance(result, Crashed)] == [TimedOut(3, TIMED_OUT)]
    assert sorted(result.result for result in results if isinstance(result, Done)) == [0, 1, 2, 4, 5, 6, 7]


def test_workers_are_at_rest_when_one_is_ended_for_its_time() -> None:
    entered: list[str] = []

    @contextmanager
    def at_rest() -> Iterator[None]:
        entered.append("rest")
        yield

    (outcome,) = ProcessExecutor(1, at_rest, limit=0.5).run(hang, [3], nothing)
    assert outcome == TimedOut(3, TIMED_OUT)
    assert entered == ["rest"]


@pytest.mark.parametrize("make", [SerialExecutor, lambda: ProcessExecutor(2)])
def test_what_no_other_item_would_survive_ends_the_run(make: Callable[[], Executor]) -> None:
    with pytest.raises(OutputUnusableError) as caught:
        list(make().run(run_out, range(1000), nothing))
    assert caught.value.hint == "Make room."
