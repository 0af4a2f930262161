"""Workers never run the program that starts them.

A spawned process is told to import its parent's main module, for what may be defined there. Our tasks are not, and a
script without a ``__main__`` guard would begin anew in each worker.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Final

_MAIN: Final = "__main__"
_LOCK: Final = threading.Lock()
_HIDDEN: list[ModuleType] = []
"""The program, as often as it is hidden now: several threads may start workers."""


class _StandIn(ModuleType):
    """A main module without a file. What else it is asked for, by another thread meanwhile, the real one answers."""

    def __init__(self, program: ModuleType) -> None:
        super().__init__(_MAIN)
        self._program = program

    def __getattr__(self, name: str) -> object:
        if name == "__file__":
            raise AttributeError(name)
        return getattr(self._program, name)


@contextmanager
def without_main_module() -> Iterator[None]:
    """Processes that are started meanwhile are not told which program this is. At the end all is as before."""
    with _LOCK:
        program = _HIDDEN[-1] if _HIDDEN else sys.modules[_MAIN]
        _HIDDEN.append(program)
        if len(_HIDDEN) == 1:
            sys.modules[_MAIN] = _StandIn(program)
    try:
        yield
    finally:
        with _LOCK:
            _HIDDEN.pop()
            if not _HIDDEN:
                sys.modules[_MAIN] = program
