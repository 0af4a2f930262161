"""What a process works with, from an executor's setup to the end of the run."""

from typing import TypeVar

from scanscrub.system.file_cache import forget_patient

WorkerT = TypeVar("WorkerT")

_workers: dict[type, object] = {}
"""By its kind, as one process may clean and check at once."""


def keep_in_process(worker: object) -> None:
    """Let this process work with it: what the `setup` of an executor does."""
    _workers[type(worker)] = worker


def kept_in_process(kind: type[WorkerT]) -> tuple[WorkerT, ...]:
    """The one of this kind, or none where others work."""
    return tuple(worker for worker in _workers.values() if isinstance(worker, kind))


def drop_from_process(kind: type) -> None:
    """Forget it, and what the files loaded."""
    _workers.pop(kind, None)
    forget_patient()
