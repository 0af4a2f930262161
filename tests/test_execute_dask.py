"""What only the Dask executor does: clusters of somebody else, and everything that can be wrong with them."""

import os
import signal
import socket  # noqa: TID251 - something that listens and is no scheduler
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conftest import CANARY
from dask_clusters import needs_dask, somebody_elses
from factory_dicom import ct_file
from scanscrub import CleanOptions, __version__, clean
from scanscrub.api.settings import settings_for
from scanscrub.domain.errors import (
    ClusterLostError,
    ExitCode,
    MissingDependencyError,
    OutputUnusableError,
    UsageError,
)
from scanscrub.execute import dask, dask_cluster
from scanscrub.execute.base import Crashed, Done
from scanscrub.execute.dask import DaskExecutor
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import clean_item
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.remote_worker import installed, prepare_remote_worker
from worker_tasks import (
    broken,
    crowd,
    dying_once_named,
    history,
    no_engine,
    nothing,
    poison,
    run_out,
    set_up,
    square,
    who,
)


def done(results: list[Done[int, int] | Crashed[int]]) -> list[int]:
    return sorted(result.result for result in results if isinstance(result, Done))


pytestmark = needs_dask


def test_every_one_of_many_items_comes_back_once() -> None:
    assert done(list(DaskExecutor(2).run(square, range(500), nothing))) == sorted(n * n for n in range(500))


def test_nothing_listens_beyond_this_machine_and_no_process_stays() -> None:
    psutil = pytest.importorskip("psutil", reason="comes with the extra scanscrub[dask]")
    run = DaskExecutor(2).run(square, range(4), nothing)
    next(run)
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening = [
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}
    workers = [process for process in processes[1:] if "spawn_main" in " ".join(process.cmdline())]
    assert len(workers) == 2
    run.close()  # type: ignore[attr-defined] # it is a generator
    assert psutil.wait_procs(workers, timeout=10)[1] == []


def test_only_who_has_the_certificate_speaks_to_a_cluster_of_our_own() -> None:
    with dask_cluster.own_cluster(1, 1) as client:
        address = client.scheduler.address  # type: ignore[attr-defined] # of a `distributed.Client`
        assert address.startswith("tls://127.0.0.1:")
        stranger = DaskExecutor(0, scheduler=address.replace("tls://", "tcp://")).run(square, range(1), nothing)
        with pytest.raises(UsageError, match="No Dask scheduler answers"):
            next(stranger)


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1:80", "tcp://host", "", "tcp://a b:1"])
def test_what_is_no_address_is_a_wrong_command(address: str) -> None:
    with pytest.raises(UsageError, match="another form"):
        DaskExecutor(0, scheduler=address)


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
@pytest.mark.parametrize("listens", [True, False])
def test_an_address_without_a_scheduler_is_a_wrong_command(
    scheme: str, listens: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_SECONDS", 0.5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listens:
            other.listen()
        scheduler = f"{scheme}://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(UsageError, match="No Dask scheduler answers") as caught:
            next(DaskExecutor(0, scheduler=scheduler).run(square, range(1), nothing))
    assert caught.value.exit_code == ExitCode.USAGE


def test_each_worker_is_set_up_once_and_has_one_item_at_a_time() -> None:
    with somebody_elses(2, threads=3) as cluster:
        executor = DaskExecutor(0, scheduler=cluster.scheduler_address)
        seen: list[tuple[int, tuple[str, ...]]] = []

        def items() -> Iterator[int]:
            """Forty, and as many more as it takes until the second worker is ready: late on a busy machine."""
            for number in range(20_000):
                if number >= 40 and len({process for process, _ in seen}) == 2:
                    return
                yield number

        for one in executor.run(history, items(), partial(set_up, "a")):
            assert isinstance(one, Done)
            seen.append(one.result)
        assert len(seen) >= 40
        assert {names for _, names in seen} == {("a",)}
        assert len({process for process, _ in seen}) == 2
        assert set(done(list(executor.run(crowd, range(20), nothing)))) == {1}


def test_no_more_workers_are_taken_than_asked_for() -> None:
    with somebody_elses(2) as cluster:
        executor = DaskExecutor(1, scheduler=cluster.scheduler_address)
        seen = [one.result for one in executor.run(history, range(20), partial(set_up, "a")) if isinstance(one, Done)]
    assert len({process for process, _ in seen}) == 1


def test_two_runs_on_one_cluster_do_not_mix() -> None:
    with somebody_elses(1) as cluster:
        executor = DaskExecutor(0, scheduler=cluster.scheduler_address)
        runs = {name: executor.run(who, range(12), partial(set_up, name)) for name in ("a", "b")}
        seen = {
            name: [one.result for one in each if isinstance(one, Done)]
            for name, each in zip(runs, alternated(runs), strict=True)
        }
    for name, results in seen.items():
        assert sorted(results) == [(number, name) for number in range(12)]


def test_a_death_in_a_cluster_of_somebody_else_takes_one_item() -> None:
    with somebody_elses(2) as cluster:
        results = list(DaskExecutor(0, scheduler=cluster.scheduler_address).run(poison, range(12), nothing))
    assert [result for result in results if isinstance(result, Crashed)] == [Crashed(3, "the worker process died")]
    assert Counter(type(result) for result in results) == {Done: 11, Crashed: 1}


def test_an_error_of_the_setup_is_raised_and_a_foreign_one_without_its_text() -> None:
    with pytest.raises(MissingDependencyError, match=r"An engine is missing\.") as caught:
        next(DaskExecutor(1).run(square, range(2), no_engine))
    assert caught.value.hint == "Install it."
    with pytest.raises(RuntimeError, match="ValueError in worker_tasks") as foreign:
        next(DaskExecutor(1).run(square, range(2), broken))
    assert CANARY not in str(foreign.value)


def test_what_no_other_item_would_survive_ends_the_run() -> None:
    with pytest.raises(OutputUnusableError) as caught:
        list(DaskExecutor(1).run(run_out, range(1000), nothing))
    assert caught.value.hint == "Make room."


def test_a_cluster_without_workers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "PATIENCE_SECONDS", 0.1)
    with somebody_elses(0) as cluster, pytest.raises(UsageError, match="has no workers"):
        next(DaskExecutor(0, scheduler=cluster.scheduler_address).run(square, range(2), nothing))


def test_a_cluster_that_goes_away_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with somebody_elses(1) as cluster:
        run = DaskExecutor(0, scheduler=cluster.scheduler_address).run(square, iter(int, 1), nothing)
        next(run)  # patience counts once its worker is there, however long that takes
        monkeypatch.setattr(dask, "PATIENCE_SECONDS", 1.0)
        cluster.close()
        with pytest.raises(ClusterLostError) as caught:
            list(run)
    assert caught.value.exit_code == ExitCode.NOT_CLEANED


def test_a_worker_that_is_not_alike_is_told_so(tmp_path: Path) -> None:
    settings = settings_for(CleanOptions(text="none"))
    others = installed() - {("scanscrub", __version__)} | {("scanscrub", "0.0")}
    with pytest.raises(MissingDependencyError, match=r"than this machine: scanscrub\."):
        prepare_remote_worker(settings, CleanJob(tmp_path), others)
    with pytest.raises(OutputUnusableError, match="does not see the output folder"):
        prepare_remote_worker(settings, CleanJob(tmp_path / "elsewhere"), installed())


def test_a_copy_whose_worker_died_before_it_could_tell_is_taken_over(tmp_path: Path) -> None:
    inputs = slices(tmp_path / "in", 3)
    (tmp_path / "out").mkdir()
    job = CleanJob(tmp_path / "out", keeps_journal=False)
    settings = replace(settings_for(CleanOptions(text="none")), key=bytes(32))
    with somebody_elses(2) as cluster:
        run = DaskExecutor(0, scheduler=cluster.scheduler_address).run(
            clean_item, inputs, partial(dying_once_named, settings, job, tmp_path / "in" / "died")
        )
        names = {str(getattr(done.result, "output_name", "")) for done in run if isinstance(done, Done)}
    assert (tmp_path / "in" / "died").exists()
    assert len(names) == 3
    assert set(copies(tmp_path / "out")) == names


def test_killed_workers_and_a_resumed_run_give_the_bytes_of_an_undisturbed_one(tmp_path: Path) -> None:
    slices(tmp_path / "in", 40)
    here = CleanOptions(text="none", jobs=1, key=b"7" * 32)
    list(clean([tmp_path / "in"], tmp_path / "whole", here))
    with somebody_elses(2) as cluster:
        there = replace(here, jobs=0, executor="dask", scheduler=cluster.scheduler_address)
        run = clean([tmp_path / "in"], tmp_path / "killed", there)
        for _ in range(5):
            next(run)
        for worker in cluster.workers.values():
            os.kill(worker.pid, signal.SIGKILL)
        next(run)
        run.close()  # type: ignore[attr-defined] # it is a generator
        wait_until_idle(cluster)
        done_before = len(copies(tmp_path / "killed"))
        list(clean([tmp_path / "in"], tmp_path / "killed", replace(there, resume=True)))
    assert 0 < done_before < 40
    assert copies(tmp_path / "killed") == copies(tmp_path / "whole")


def wait_until_idle(cluster: Any) -> None:  # noqa: ANN401 - of an extra
    """A worker that lives ends its file, whoever asked for it is gone."""
    from distributed import Client  # noqa: PLC0415 - an extra

    with Client(cluster, set_as_default=False) as client:
        while any(client.run(lambda dask_worker: dask_worker.state.executing_count).values()):
            time.sleep(0.05)


def slices(folder: Path, count: int) -> list[Input]:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.dcm").write_bytes(ct_file((0x00080018, "UI", f"1.2.3.{number}")))
    return [Input(number + 1, str(folder / f"{number}.dcm")) for number in range(count)]


def copies(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*.dcm")}


def alternated(
    runs: dict[str, Iterator[Done[int, tuple[int, str]] | Crashed[int]]],
) -> list[list[Done[int, tuple[int, str]] | Crashed[int]]]:
    """What each run gives, taken in turns, so that they are under way together."""
    taken: dict[str, list[Done[int, tuple[int, str]] | Crashed[int]]] = {name: [] for name in runs}
    open_ones = dict(runs)
    while open_ones:
        for name, each in list(open_ones.items()):
            outcome = next(each, None)
            if outcome is None:
                del open_ones[name]
            else:
                taken[name].append(outcome)
    return list(taken.values())
