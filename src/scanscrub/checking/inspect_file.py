"""One input -> what would leak of it and what it is called, in one pass: the unit of work of ``inspect``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from scanscrub.checking.examine import judged_name, known_in
from scanscrub.checking.record import has_withheld_part, record
from scanscrub.domain.audit import Inspection, Status
from scanscrub.domain.check import CheckRecord
from scanscrub.domain.errors import NotAnImage, RefusedFile, no_memory
from scanscrub.domain.finding import Identifier, PixelRegion
from scanscrub.domain.plan import Plan, Source
from scanscrub.execute.process_state import drop_from_process, keep_in_process, kept_in_process
from scanscrub.formats.heif.exif import exif_tags
from scanscrub.inputs.input import Input
from scanscrub.pipeline.decide import decide
from scanscrub.pipeline.inspect import Examination, examine
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.record import Outcome, Recorder
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.system.file_cache import clear_file_caches
from scanscrub.system.streams import sha256_of


@dataclass(frozen=True, slots=True)
class Inspected:
    """An inspection, and the record of the name that it will have once all names of the run are known."""

    inspection: Inspection
    named: CheckRecord

    def called(self, name: str) -> Inspection:
        """With its name as it may be shown."""
        return replace(self.inspection, name=name, is_name_withheld=has_withheld_part(name))


class Inspector:
    """Inspects one input at a time: opened once, its digest made once, examined once."""

    def __init__(self, settings: Settings) -> None:
        self._context = WorkerContext(settings)
        self.names: dict[str, tuple[Identifier, ...]] = {}
        """See `Checker.names`."""

    def __call__(self, source: Input) -> Inspected:
        """Whatever is wrong with the input ends in the record. Raises `MissingDependencyError`."""
        recorder = Recorder(Source(source.number, ""), self._context)
        try:
            with source.open() as stream:
                recorder.source = Source(source.number, sha256_of(stream))
                recorder.lap("read")
                return self._inspected(source, stream, recorder)
        except MemoryError:
            refusal = no_memory()
        except RefusedFile as error:
            refusal = error
        finally:
            clear_file_caches()
        return Inspected(Inspection(recorder.refused(refusal.refusal)), self._named(source, recorder, ()))

    def _inspected(self, source: Input, stream: BinaryIO, recorder: Recorder) -> Inspected:
        try:
            image_format = recognized(stream)
            with image_format.open(stream, recorder.source) as document:
                recorder.opened(document, image_format.name)
                examination = examine(document, self._context)
                recorder.lap("inspect")
                plan = decide(recorder.source, examination)
                recorder.lap("decide")
                planned = recorder.planned(plan, examination, Outcome(Status.PLANNED))
        except RefusedFile as error:
            status = Status.IGNORED if isinstance(error, NotAnImage) else Status.REFUSED
            named = self._named(source, recorder, known_in(stream, self._context))
            return Inspected(Inspection(recorder.refused(error.refusal, status)), named)
        inspection = Inspection(planned, "", exif_tags(stream), _size(plan, examination))
        return Inspected(inspection, self._named(source, recorder, examination.known))

    def _named(self, source: Input, recorder: Recorder, known: Sequence[Identifier]) -> CheckRecord:
        digest, member = recorder.source.digest, source.member or ""
        parts = (*source.address.parts, *(member.split("/") if member else ()))
        remembered, self.names[digest] = judged_name((), parts, known)
        return record(source, digest, member, remembered)


def _size(plan: Plan, examination: Examination) -> tuple[int, int] | None:
    """Of the first frame in which the plan masks or keeps writing."""
    frames = [step.where.frame for step in plan.changes if isinstance(step.where, PixelRegion)]
    if not frames:
        return None
    first = examination.frames[min(frames)]
    return first.rows, first.columns


def prepare_inspector(settings: Settings) -> None:
    """Set this process up to inspect: the `setup` of an executor."""
    keep_in_process(Inspector(settings))


def inspect_input(source: Input) -> Inspected:
    """Inspect one input with this process's worker context: the task of an executor."""
    (inspector,) = kept_in_process(Inspector)
    return inspector(source)


def names_here() -> Mapping[str, tuple[Identifier, ...]]:
    """What was learned of names in this process."""
    return {digest: names for inspector in kept_in_process(Inspector) for digest, names in inspector.names.items()}


def release_inspector() -> None:
    """Let go of what `prepare_inspector` and the files loaded in this process."""
    drop_from_process(Inspector)
