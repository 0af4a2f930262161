"""What workers are given to do in tests of executors: each process that is started imports this, and little else."""

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scanscrub.domain.errors import MissingDependencyError, OutputUnusableError

if TYPE_CHECKING:
    from scanscrub.pipeline.clean_job import CleanJob
    from scanscrub.pipeline.worker_context import Settings

CANARY = "Zqcanary"
here: list[str] = []
"""What this process was set up with."""
at_work: list[int] = []


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


def leave(number: int) -> int:
    if number == 3:
        os._exit(0)
    return number


def chatter(number: int) -> int:
    os.write(1, CANARY.encode())
    os.write(2, CANARY.encode())
    return number


def dawdle(_number: int) -> int:
    time.sleep(60)
    return 0


def hang(number: int) -> int:
    while number == 3:
        signal.pause()
    return number


def run_out(number: int) -> int:
    if number == 1:
        raise OutputUnusableError("The output cannot be written.", "Make room.")
    return number


def set_up(name: str) -> None:
    here.append(name)


def history(_number: int) -> tuple[int, tuple[str, ...]]:
    return os.getpid(), tuple(here)


def who(number: int) -> tuple[int, str]:
    return number, here[-1]


def crowd(number: int) -> int:
    at_work.append(number)
    time.sleep(0.02)
    most = len(at_work)
    at_work.remove(number)
    return most


def poison(number: int) -> int:
    if number == 3:
        os._exit(1)
    return number


def no_engine() -> None:
    raise MissingDependencyError("An engine is missing.", "Install it.")


def broken() -> None:
    raise ValueError(CANARY)


def dying_once_named(settings: "Settings", job: "CleanJob", marker: Path) -> None:
    """Set up to clean, in the one process that dies when it has named a copy, before anybody hears of it."""
    from scanscrub.output.staging import StagedFile  # noqa: PLC0415 - other tests start without it
    from scanscrub.pipeline.remote_worker import installed, prepare_remote_worker  # noqa: PLC0415 - the same

    whole = StagedFile.publish_as

    def published(staged: StagedFile, root: Path, name: str) -> bool:
        is_named = whole(staged, root, name)
        try:
            marker.touch(exist_ok=False)
        except FileExistsError:
            return is_named
        os.kill(os.getpid(), signal.SIGKILL)
        return is_named

    StagedFile.publish_as = published  # type: ignore[method-assign,assignment] # in a worker of the test alone
    prepare_remote_worker(settings, job, installed())
