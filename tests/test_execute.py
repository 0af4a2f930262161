import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from conftest import CANARY
from scanscrub.execute.base import Crashed, Done, Executor
from scanscrub.execute.processes import ProcessExecutor
from scanscrub.execute.serial import SerialExecutor

FACTORIES: list[Callable[[], Executor]] = [SerialExecutor, lambda: ProcessExecutor(2)]


class Stopped(Exception):  # noqa: N818 - what Ctrl-C would be
    pass


def nothing() -> None:
    pass


def square(number: int) -> int:
    return number * number


def stumble(number: int) -> int:
    if number == 3:
        raise ValueError(CANARY)
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def chatter(number: int) -> int:
    os.write(1, CANARY.encode())
    os.write(2, CANARY.encode())
    return number


def dawdle(_number: int) -> int:
    time.sleep(60)
    return 0


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


def test_a_worker_that_is_killed_takes_one_item() -> None:
    results = list(ProcessExecutor(2).run(die, range(12), nothing))
    assert [result.item for result in results if isinstance(result, Crashed)] == [3]
    assert sorted(result.item for result in results if isinstance(result, Done)) == [0, 1, 2, *range(4, 12)]


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert len(list(ProcessExecutor(2).run(chatter, range(4), nothing))) == 4
    assert capfd.readouterr() == ("", "")


def test_items_are_taken_as_needed() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    run = ProcessExecutor(2).run(square, endless(), nothing)
    next(run)
    assert len(taken) < 20
    run.close()  # type: ignore[attr-defined] # it is a generator


def test_an_abandoned_run_does_not_wait_for_its_workers() -> None:
    run = ProcessExecutor(1).run(dawdle, range(2), nothing)
    started = time.monotonic()
    with pytest.raises(Stopped):
        _interrupted(run)
    assert time.monotonic() - started < 45


def _interrupted(run: Iterator[Done[int, int] | Crashed[int]]) -> None:
    previous = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1.5)
    try:
        next(run)
    finally:
        signal.signal(signal.SIGALRM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise Stopped
