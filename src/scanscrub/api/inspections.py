"""`inspect` as a function: what would leak, for each input, in one pass."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks, counting
from scanscrub.api.clean_executors import executor_for, not_cleaned
from scanscrub.api.keywords import AnyPath, CleanKeywords, chosen_options, path_list
from scanscrub.api.options import CleanOptions
from scanscrub.api.settings import settings_for
from scanscrub.checking.check_file import CheckJob
from scanscrub.checking.inspect_file import (
    Inspected,
    inspect_input,
    names_here,
    prepare_inspector,
    release_inspector,
)
from scanscrub.checking.names.names_of_run import with_names_of_the_run
from scanscrub.checking.record import crashed, with_withheld_folders
from scanscrub.domain.audit import Inspection
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.base import Crashed
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.inputs.input import Input
from scanscrub.pipeline.worker_context import Settings


def inspect(
    paths: AnyPath | Iterable[AnyPath],
    options: CleanOptions | None = None,
    *,
    callbacks: RunCallbacks = NO_CALLBACKS,
    **keywords: Unpack[CleanKeywords],
) -> Iterator[Inspection]:
    """Tell of every input below `paths` what would leak, also of those that are no image, and write nothing.

    They come in order when all were looked at, since a name may be that of a patient whom only the last header knows.
    Raises `UsageError` and `MissingDependencyError`; a bad input is a record, no exception.
    """
    return _inspected(path_list(paths), chosen_options(options or CleanOptions(), keywords), callbacks)


def _inspected(paths: Sequence[Path], options: CleanOptions, callbacks: RunCallbacks) -> Iterator[Inspection]:
    settings = settings_for(options)
    found = partial(find_inputs, paths, Scope(named=True))
    executor, settings, inputs = executor_for(options, settings, found())
    looked: list[tuple[Input, Inspected]] = []
    try:
        with counting(found, callbacks.counted):
            for outcome in executor.run(inspect_input, inputs, partial(prepare_inspector, settings)):
                known = _fault(outcome, settings) if isinstance(outcome, Crashed) else outcome.result
                looked.append((outcome.item, known))
                callbacks.examined()
        looked.sort(key=lambda each: each[0].number)
        yield from _named(looked, settings)
    finally:
        release_inspector()


def _named(looked: Sequence[tuple[Input, Inspected]], settings: Settings) -> Iterator[Inspection]:
    """The inspections with their names, now that all headers are known."""
    job = CheckJob(settings.profile, TextMode.NONE, (), 0, None, "", settings.device_rules)
    found = [(source, inspected.named) for source, inspected in looked]
    records = with_names_of_the_run(found, job, names_here())
    named = with_withheld_folders(
        (source, source.member or "", record) for (source, _), record in zip(found, records, strict=True)
    )
    for (_, inspected), record in zip(looked, named, strict=True):
        yield inspected.called(record.name)


def _fault(outcome: Crashed[Input], settings: Settings) -> Inspected:
    return Inspected(Inspection(not_cleaned(outcome, settings)), crashed(outcome.item, outcome.kind))
