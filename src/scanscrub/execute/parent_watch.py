"""A worker ends with its parent, whatever ended that: it must not go on writing for nobody."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2)."""


def end_with_parent(*, at_once: bool) -> None:
    """Watch this process's parent from now on. With `at_once`, on Linux, the kernel ends us as well, which needs
    nobody to run: for a parent that starts its workers in its main thread, as it counts for the thread's end.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()
    if at_once and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent.pid:  # it was gone before
            os._exit(1)


def _watch(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)
