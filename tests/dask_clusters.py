"""Dask clusters for tests: somebody else's, on this machine."""

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from scanscrub.execute.dask_cluster import REQUIRES

MISSING = [name for name in REQUIRES if find_spec(name) is None]
needs_dask = [
    pytest.mark.loopback,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra scanscrub[dask] is not installed: {', '.join(MISSING)}"),
]


@contextmanager
def somebody_elses(workers: int, threads: int = 1) -> Iterator[Any]:
    """A cluster that knows nothing of scanscrub, without TLS; its address is ``scheduler_address``."""
    from distributed import LocalCluster  # noqa: PLC0415 - an extra

    scratch = tempfile.mkdtemp()
    try:
        with LocalCluster(
            n_workers=workers,
            threads_per_worker=threads,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            memory_limit=None,
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        ) as cluster:
            yield cluster
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def in_processes_of_its_own(folder: Path) -> Iterator[str]:
    """The address of a cluster of one worker, as its user starts it: a test without a network may ask for it."""
    told = folder / "scheduler.json"
    begin = [sys.executable, "-m"]
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--nworkers", "1", "--no-dashboard", "--no-nanny"]
    where = ["--scheduler-file", str(told)]
    started = []
    try:
        for program in (scheduler, [*worker, "--host", "127.0.0.1", "--local-directory", str(folder)]):
            started.append(subprocess.Popen([*begin, *program, *where], cwd=folder, stderr=subprocess.DEVNULL))
            while not told.exists() and started[0].poll() is None:
                time.sleep(0.1)
        yield str(json.loads(told.read_text(encoding="utf-8"))["address"])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
