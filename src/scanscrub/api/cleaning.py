"""`clean` as a generator: inputs, workers, and the output folder that one run at a time writes."""

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks, counting, logged
from scanscrub.api.clean_executors import executor_for, not_cleaned
from scanscrub.api.keywords import AnyPath, CleanKeywords, chosen_options, path_list
from scanscrub.api.options import CleanOptions
from scanscrub.api.resuming import EarlierCopies, earlier_copies
from scanscrub.api.run_monitor import naming_idle_rules, remark_idle_entries, until_too_many
from scanscrub.api.settings import settings_for
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import TooManyFailuresError, UsageError
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.execute.base import Crashed, Done, Executor, TimedOut
from scanscrub.inputs.find import Scope, find_inputs, require_there
from scanscrub.inputs.input import Input
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.output.journal import NAME as AUDIT
from scanscrub.output.journal import brief_records
from scanscrub.output.run_key import NOT_KEPT, RunKey
from scanscrub.output.run_log import run_log
from scanscrub.output.staging import clear_staging, make_output, prepare_output
from scanscrub.output.writer_lock import NAME as LOCK
from scanscrub.output.writer_lock import UNGUARDED, Lock, sole_writer
from scanscrub.pipeline.clean import clean_item, prepare_worker, release_worker
from scanscrub.pipeline.clean_job import CleanJob, DoneBefore
from scanscrub.pipeline.remote_worker import installed, prepare_remote_worker
from scanscrub.pipeline.worker_context import Settings, WorkerContext


def clean(
    paths: AnyPath | Iterable[AnyPath],
    output: AnyPath | None,
    options: CleanOptions | None = None,
    *,
    callbacks: RunCallbacks = NO_CALLBACKS,
    **keywords: Unpack[CleanKeywords],
) -> Iterator[AuditRecord]:
    """Clean every image below `paths` into the folder `output`; a record for each input, as they finish.

    The work is done as the records are asked for. `output` None is a dry run: what would be done. Of `callbacks`,
    `named` gets number and path of each input: no record has a path, as it may name the patient. Keywords change
    single `options`. Raises `UsageError`, `MissingDependencyError`, `OutputUnusableError`, `ClusterLostError` and
    `TooManyFailuresError`; a bad input is a record, no exception.
    """
    chosen = chosen_options(options or CleanOptions(), keywords)
    folder = None if output is None or chosen.dry_run else Path(output)
    return _copied(path_list(paths), folder, chosen, callbacks)


@dataclass(frozen=True, slots=True)
class _Run:
    """What was asked for, and all that was made ready for it."""

    paths: Sequence[Path]
    options: CleanOptions
    settings: Settings
    callbacks: RunCallbacks

    def inputs(self, output: Path | None) -> Iterator[Input]:
        return find_inputs(self.paths, Scope(outside=output))

    def records(self, job: CleanJob) -> Iterator[AuditRecord]:
        inputs = self.inputs(job.output)
        executor, settings, items = executor_for(self.options, self.settings, inputs, job.output)
        cleaned = cleaned_items(executor, settings, job, items, self.callbacks)
        watched = naming_idle_rules(cleaned, (rule.name for rule in settings.device_rules), self.callbacks.remark)
        return until_too_many(watched, self.options.max_failures)


def _copied(
    paths: Sequence[Path], output: Path | None, options: CleanOptions, callbacks: RunCallbacks
) -> Iterator[AuditRecord]:
    output = output.resolve() if output is not None else None
    kept = RunKey(output) if output is not None and options.key is None else None
    key = kept.read() if kept is not None and options.resume else None
    if options.resume and kept and output and key is None and (output / AUDIT).exists():
        raise _without_key()
    settings = settings_for(options, key)
    with ExitStack() as opened:
        if options.log_file is not None:
            _keep_log_apart(options.log_file, paths, output)
            log = opened.enter_context(run_log(options.log_file, WorkerContext(settings).policy.identity))
            callbacks = logged(log, callbacks)
        chosen = [path.absolute() for path in paths] if options.scheduler is not None else paths
        run = _Run(chosen, options, settings, callbacks)
        opened.enter_context(counting(partial(run.inputs, output), callbacks.counted))
        if output is None:
            job = CleanJob(None, form=options.form, is_flat=options.sort == "flat")
            planned: list[ReviewOutcome | None] = []
            for record in run.records(job):
                planned.append(record.review)
                yield record
            remark_idle_entries(settings, planned, callbacks.remark)
        else:
            yield from _cleaned_into(output, run, kept)


def _without_key() -> UsageError:
    """The refusal of a run that began in a folder, and of which no key is kept here."""
    return UsageError(
        "No key of the earlier run is kept here. If you began it on this machine without --key, it is complete, and"
        " nothing is left to do, unless it said that its key could not be kept.",
        "If it had --key FILE, give the same. If it began on another machine, resume it there. New files go into a"
        " new folder.",
    )


def _cleaned_into(output: Path, run: _Run, kept: RunKey | None) -> Iterator[AuditRecord]:
    options, remark = run.options, run.callbacks.remark
    crosswalk = Crosswalk(options.crosswalk.resolve()) if options.crosswalk else None
    require_there(run.paths)
    _keep_apart(run.paths, output, crosswalk)
    if options.review is not None and Path(os.path.realpath(options.review)).is_relative_to(output):
        raise UsageError(
            "The review lies inside the output folder, where whoever has an original could match it by its digest.",
            "Give it a place of its own, outside what you share.",
        )
    if any(path.is_dir() and output.is_relative_to(path.resolve()) for path in run.paths):
        remark("The output folder lies inside an input folder: what is in it is left out.")
    with _sole_writer(output, crosswalk, remark):
        clear_staging(output)
        prepare_output(output, resume=options.resume, passed_over={LOCK})
        earlier_rows = crosswalk.prepare(resume=options.resume) if crosswalk is not None else 0
        policy = WorkerContext(run.settings).policy.identity
        earlier = earlier_copies(output, policy, options) if options.resume else EarlierCopies()
        if kept is not None:
            run.callbacks.keyed(run.settings.key)
            if not kept.write(run.settings.key):
                remark(NOT_KEPT)
        job = CleanJob(
            output,
            crosswalk,
            options.form,
            earlier.done,
            earlier.orphans,
            earlier.recorded,
            keeps_journal=options.scheduler is None,
            is_flat=options.sort == "flat",
        )
        with _finished(job, earlier_rows):
            yield from run.records(job)
        if kept is not None:
            kept.destroy()
        known = brief_records(output / AUDIT) if (output / AUDIT).exists() else ()
        remark_idle_entries(run.settings, (record.review for record in known), remark)


@contextmanager
def _finished(job: CleanJob, earlier: int) -> Iterator[None]:
    """Leave output and crosswalk in order. Where a run is ended, workers of other machines may still write."""
    in_order = False
    try:
        try:
            yield
            in_order = True
        except TooManyFailuresError:
            in_order = True
            raise
    finally:
        if job.output is not None:
            clear_staging(job.output)
        if job.crosswalk is not None and (in_order or job.keeps_journal):
            with nullcontext() if in_order else suppress(OSError):
                job.crosswalk.finish(earlier)


@contextmanager
def _sole_writer(output: Path, crosswalk: Crosswalk | None, remark: Callable[[str], None]) -> Iterator[None]:
    make_output(output)
    with ExitStack() as held:
        locks = [held.enter_context(sole_writer(output))]
        if crosswalk is not None:
            crosswalk.make()
            locks.append(held.enter_context(sole_writer(crosswalk.folder)))
        if Lock.NONE in locks:
            remark(UNGUARDED)
        yield


def cleaned_items(
    executor: Executor, settings: Settings, job: CleanJob, items: Iterable[Input], callbacks: RunCallbacks
) -> Generator[AuditRecord, None, None]:
    """The records of all items but those that were done before: as many of the same bytes as have a copy."""
    left = Counter(digest for _, digest in job.done)
    alike: list[tuple[Input, str]] = []
    told = job.journal_size
    for outcome in _outcomes(executor, settings, job, items):
        callbacks.named(outcome.item.number, outcome.item.place)
        made = job.made_since(told, outcome.item.number) if isinstance(outcome, TimedOut) else None
        result = made or (not_cleaned(outcome, settings) if isinstance(outcome, Crashed) else outcome.result)
        if isinstance(result, AuditRecord):
            if made is None and (isinstance(outcome, Crashed) or not job.keeps_journal):
                job.keep(result, outcome.item.place)
            callbacks.recorded(result)
            yield result
        elif result.same:
            left[result.digest] -= 1
            _keep_done_before(job, outcome.item, result.digest, callbacks)
        else:
            alike.append((outcome.item, result.digest))
    again = []
    for item, digest in alike:
        if left[digest] > 0:
            left[digest] -= 1
            _keep_done_before(job, item, digest, callbacks)
        else:
            again.append(item)
    if again:
        yield from cleaned_items(executor, settings, replace(job, done=frozenset()), again, callbacks)


def _keep_done_before(job: CleanJob, item: Input, digest: str, callbacks: RunCallbacks) -> None:
    job.keep_done_before(item, digest)
    callbacks.done_before(item.number)


def _outcomes(
    executor: Executor, settings: Settings, job: CleanJob, items: Iterable[Input]
) -> Iterator[Done[Input, AuditRecord | DoneBefore] | Crashed[Input]]:
    is_local = job.keeps_journal
    prepare = partial(prepare_worker, settings, job)
    try:
        yield from executor.run(
            clean_item, items, prepare if is_local else partial(prepare_remote_worker, settings, job, installed())
        )
    finally:
        release_worker()


def _keep_apart(paths: Sequence[Path], output: Path, crosswalk: Crosswalk | None) -> None:
    if any(str(output) == os.path.realpath(path) for path in paths):
        raise UsageError("The output folder is one of the inputs.", "Give another folder after -o.")
    if crosswalk is not None and crosswalk.folder.is_relative_to(output):
        raise UsageError(
            "The crosswalk names the originals, so it cannot lie inside the output folder.",
            "Give --crosswalk a folder of its own, outside what you share.",
        )


def _keep_log_apart(log: Path, paths: Sequence[Path], output: Path | None) -> None:
    real = Path(os.path.realpath(log))
    if output is not None and real.is_relative_to(output):
        raise UsageError("The log file cannot lie inside the output folder.", "Give --log-file another place.")
    if any(os.path.realpath(path) == str(real) for path in paths):
        raise UsageError("The log file is one of the inputs.", "Give --log-file another place.")
