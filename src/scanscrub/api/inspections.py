"""`inspect` as a function: what would leak, for each input, in one pass.

from scanscrub.api.inspections import inspect

for inspection in inspect([Path("scans")], CleanOptions(text="none")):
    print(inspection.name, len(inspection.record.steps))
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from scanscrub.api.cleaning import CleanOptions, executor_for, not_cleaned, settings_for
from scanscrub.api.listening import UNHEARD, Listening, counting
from scanscrub.checking.check_file import CheckJob
from scanscrub.checking.inspect_file import (
    Inspected,
    inspect_input,
    names_here,
    prepare_inspector,
    release_inspector,
)
from scanscrub.checking.names.names_of_run import with_names_of_the_run
from scanscrub.checking.record import alike, crashed
from scanscrub.domain.inspection import Inspection
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.base import Crashed
from scanscrub.formats.dicom.encoding.dictionary import keyword_of
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.inputs.input import Input
from scanscrub.pipeline.worker_context import Settings

__all__ = ["inspect", "keyword_of"]


def inspect(paths: Sequence[Path], options: CleanOptions, listening: Listening = UNHEARD) -> Iterator[Inspection]:
    """An inspection of every input below `paths`, also of those that are no image. Writes nothing.

    They come in order when all were looked at, since a name may be that of a patient whom only the last header knows.
    Raises `UsageError` and `MissingDependencyError`; a bad input is a record.
    """
    settings = settings_for(options)
    found = partial(find_inputs, paths, Scope(named=True))
    executor, settings, inputs = executor_for(options, settings, found())
    looked: list[tuple[Input, Inspected]] = []
    try:
        with counting(found, listening.counted):
            for outcome in executor.run(inspect_input, inputs, partial(prepare_inspector, settings)):
                known = _fault(outcome, settings) if isinstance(outcome, Crashed) else outcome.result
                looked.append((outcome.item, known))
                listening.looked_at()
        looked.sort(key=lambda each: each[0].number)
        yield from _named(looked, settings)
    finally:
        release_inspector()


def _named(looked: Sequence[tuple[Input, Inspected]], settings: Settings) -> Iterator[Inspection]:
    """The inspections with their names, now that all headers are known."""
    job = CheckJob(settings.profile, TextMode.NONE, (), 0, None, "", settings.device_rules)
    found = [(source, inspected.named) for source, inspected in looked]
    records = with_names_of_the_run(found, job, names_here())
    named = alike((source, source.member or "", record) for (source, _), record in zip(found, records, strict=True))
    for (_, inspected), record in zip(looked, named, strict=True):
        yield inspected.called(record.name)


def _fault(outcome: Crashed[Input], settings: Settings) -> Inspected:
    return Inspected(Inspection(not_cleaned(outcome, settings)), crashed(outcome.item, outcome.kind))
