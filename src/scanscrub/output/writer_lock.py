"""Who may write to a folder: one run at a time; and in a run one process at a time names a copy and records it.

Locks are the system's (flock, or byte ranges on Windows): they end with their process, however it ends.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Final

from scanscrub.domain.errors import OutputUnusableError
from scanscrub.output import journal

NAME: Final = ".scanscrub-lock"
"""Lies in a folder while a run writes to it; it says which process that is, and since when."""
UNGUARDED: Final = (
    "This file system has no locks, so nothing keeps a second run from writing to the same folder at the same time."
)
PATIENCE_SECONDS: Final = 3.0
"""So long the end of a run waits for what is just being published."""

_FAR: Final = 1 << 30
"""Windows keeps others from reading what is locked, so a byte far behind the end is."""


class Lock(Enum):
    OURS = "ours"
    THEIRS = "theirs"
    NONE = "none"
    """The file system has no locks."""


if sys.platform == "win32":  # pragma: no cover - not the system of the tests
    import msvcrt

    def _locked(descriptor: int, *, wait: bool) -> Lock:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return Lock.THEIRS
        return Lock.OURS

else:
    import fcntl

    def _locked(descriptor: int, *, wait: bool) -> Lock:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return Lock.THEIRS
        except OSError:
            return Lock.NONE
        return Lock.OURS


@contextmanager
def sole_writer(folder: Path) -> Iterator[Lock]:
    """Be the only run that writes to `folder`, which exists, as long as the context lasts; nothing is left of it.

    Gives `Lock.NONE` where that cannot be had. Raises `OutputUnusableError` where another run writes there.
    """
    path = folder / NAME
    try:
        descriptor, lock = _opened(path)
    except OSError:
        yield Lock.NONE
        return
    try:
        if lock is Lock.THEIRS:
            reason = f"Another run writes to that folder: {_who(descriptor)}."
            raise OutputUnusableError(reason, "Wait for its end, or give another folder.")
        os.ftruncate(descriptor, 0)
        since = datetime.now().astimezone().isoformat(" ", "seconds")
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, f"{os.getpid()} {since}\n".encode("ascii"))
        yield lock
    finally:
        if lock is not Lock.THEIRS:
            with suppress(OSError):
                path.unlink()
        os.close(descriptor)


def _opened(path: Path) -> tuple[int, Lock]:
    """The lock's file, which whoever had it may take away between opening and locking."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        lock = _locked(descriptor, wait=False)
        if lock is not Lock.OURS or _is(path, descriptor):
            return descriptor, lock
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _who(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    process, _, since = os.read(descriptor, 64).decode("ascii", "replace").strip().partition(" ")
    return f"process {process}, since {since}" if process.isdecimal() else "it has just begun"


@contextmanager
def publishing(output: Path, *, patience: float | None = None) -> Iterator[None]:
    """Be the only process that publishes to `output` and writes its audit; with `patience`, wait no longer than that.

    A line of the audit that whoever had the right before was killed at is cut off.
    """
    path = output / journal.NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:  # a folder that is full or gone: whoever writes next says so
        yield
        return
    try:
        lock = _locked(descriptor, wait=True) if patience is None else _in_time(descriptor, patience)
        if lock is Lock.OURS:
            journal.drop_torn_line(path)
        yield
    finally:
        os.close(descriptor)


def _in_time(descriptor: int, patience: float) -> Lock:
    until = monotonic() + patience
    while (lock := _locked(descriptor, wait=False)) is Lock.THEIRS and monotonic() < until:
        sleep(0.01)
    return lock


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Put off what a signal does until the end: between a record and its copy no Ctrl-C may come."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    handlers = {number: signal.getsignal(number) for number in _ends()}
    mine = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in mine:
        signal.signal(number, lambda *seen: came.append(seen))
    try:
        yield
    finally:
        for number, handler in mine.items():
            signal.signal(number, handler)
    for seen, frame in came[:1]:
        mine[signal.Signals(seen)](seen, frame)


def _ends() -> Iterator[signal.Signals]:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            yield signal.Signals[name]
