"""A worker on another machine: it has to be alike, and it reaches what all share."""

import re
from dataclasses import replace
from importlib import metadata
from typing import TypeAlias

import scanscrub
from scanscrub.domain.errors import MissingDependencyError, OutputUnusableError
from scanscrub.execute.dask_worker import is_second_try, threads_of_worker
from scanscrub.pipeline.clean import prepare_worker
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings

Versions: TypeAlias = frozenset[tuple[str, str]]

_NAME = re.compile(r"[\w.-]+")
_BESIDE = re.compile(r"extra == .(dev|dask|all)\b")
"""What is not there to clean a file."""


def installed() -> Versions:
    """This program and the packages that decide about the bytes of a copy, with their versions."""
    found = {("scanscrub", scanscrub.__version__)}
    for requirement in _requirements():
        name = _NAME.match(requirement)
        if name is None or _BESIDE.search(requirement):
            continue
        try:
            found.add((name[0], metadata.version(name[0])))
        except metadata.PackageNotFoundError:
            continue
    return frozenset(found)


def _requirements() -> list[str]:
    try:
        return metadata.requires("scanscrub") or []
    except metadata.PackageNotFoundError:
        return []


def prepare_remote_worker(settings: Settings, job: CleanJob, expected: Versions) -> None:
    """Set this process up to clean, as `prepare_worker` does, with the threads that its worker was started with.

    Raises `MissingDependencyError` where other versions are installed than `expected`, which would give other bytes,
    and `OutputUnusableError` where this machine does not see the output folder.
    """
    differing = sorted({name for name, _ in installed() ^ expected})
    if differing:
        reason = f"A worker has other versions installed than this machine: {', '.join(differing)}."
        raise MissingDependencyError(reason, "Install the same ones on all machines.")
    if job.output is not None and not job.output.is_dir():
        raise OutputUnusableError(
            "A worker does not see the output folder.", "Give one that has the same path on all machines."
        )
    crosswalk = job.crosswalk.for_one_worker() if job.crosswalk else None
    job = replace(job, crosswalk=crosswalk, is_second_try=is_second_try)
    prepare_worker(replace(settings, threads=threads_of_worker()), job)
