"""Dask clusters for tests: somebody else's, on this machine."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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
