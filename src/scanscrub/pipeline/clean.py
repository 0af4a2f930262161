"""The way of one file from its path to its record: an executor's unit of work."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from scanscrub.domain.audit import IDENTITY_KEPT, TABLE_SPELLS_WORDS, AuditRecord, Status
from scanscrub.domain.errors import NO_SPACE, NotAnImage, OutputUnusableError, RefusedFile, no_memory, no_space
from scanscrub.domain.finding import Finding, PixelRegion
from scanscrub.domain.plan import Plan, Refusal, Source
from scanscrub.domain.remembering import forget
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.this_process import here, let_go, set_up
from scanscrub.formats.base import Document
from scanscrub.inputs.input import Input
from scanscrub.output import journal
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.output.staging import staged_file
from scanscrub.output.writer_lock import publishing, undisturbed
from scanscrub.pipeline.apply import apply
from scanscrub.pipeline.convert import EXTENSION, Form, as_png, in_form
from scanscrub.pipeline.decide import MASKED_SHARE_CAP, attests, decide
from scanscrub.pipeline.inspect import Examination, examine
from scanscrub.pipeline.masked_share import largest_masked_share
from scanscrub.pipeline.publish import Published, publish
from scanscrub.pipeline.read import keyed_digest, recognized
from scanscrub.pipeline.record import Outcome, Recorder
from scanscrub.pipeline.verify import Rejected, Verified, verify
from scanscrub.pipeline.worker_context import Settings, WorkerContext

ATTEMPTS, ALL_FROM = 4, 2
"""Writing that is still seen in the copy is masked as well, three times at most; then the file is rejected. From the
second time on it is masked in every frame.
"""
LITTLE = 0.05
"""Share of a frame. What only the first detector sees beside masks is masked as well if it is no larger, or if so
much is masked already that a person looks at the copy anyway."""


@dataclass(frozen=True, slots=True)
class CleanJob:
    """Where copies go. No `output`: a dry run."""

    output: Path | None
    crosswalk: Crosswalk | None = None
    form: Form | None = None
    """What copies are written as; None: each as its input."""
    done: frozenset[tuple[int, str]] = frozenset()
    """Numbers and keyed digests of the inputs that an earlier run finished."""
    orphans: frozenset[str] = frozenset()
    """Names of copies that an earlier run published, but did not live to record."""
    said: frozenset[journal.Gist] = frozenset()
    """What the journal of an earlier run says of inputs without a copy, which are tried again."""
    keeps_journal: bool = True
    """Whether the worker writes the journal; where workers are on several machines, whoever started them does, since
    lines appended over a network file system can get lost."""
    is_flat: bool = False
    """Copies lie in one folder, the parts of their names joined."""

    @property
    def journal_size(self) -> int:
        """Bytes of the journal by now; 0 without one."""
        path = self.output / journal.NAME if self.output is not None else None
        return path.stat().st_size if path is not None and path.exists() else 0

    def made_since(self, size: int, number: int) -> AuditRecord | None:
        """What the journal tells of a copy of the input of this number, behind its first `size` bytes."""
        if self.output is None or self.journal_size <= size:
            return None
        made = journal.brief_records(self.output / journal.NAME, since=size)
        return next((one for one in made if one.output_name is not None and one.input_ref.number == number), None)

    def keep(self, record: AuditRecord, place: str) -> None:
        """Append a record to the journal, unless it says the same as one of an earlier run, and to the crosswalk of
        what became of the input at that place. A dry run has neither.
        """
        if self.output is not None:
            with undisturbed(), publishing(self.output):
                self.append(record, place)

    def append(self, record: AuditRecord, place: str) -> None:
        """The same, by whoever publishes already."""
        if self.crosswalk is not None:
            self.crosswalk.add(place, record)
        if self.output is not None and journal.gist(record) not in self.said:
            journal.append(self.output / journal.NAME, record)

    def keep_done_before(self, item: Input, digest: str) -> None:
        """Append to the crosswalk that an earlier run made the copy of this input."""
        if self.output is not None and self.crosswalk is not None:
            with undisturbed(), publishing(self.output):
                self.crosswalk.add_done_before(item.place, item.number, digest)


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """An earlier run made a copy of an input of this keyed digest; `same`: of the input of this number."""

    digest: str
    same: bool


class Cleaner:
    """Cleans one item at a time with one worker context."""

    def __init__(self, context: WorkerContext, job: CleanJob) -> None:
        self._context = context
        self._job = job
        self._done = frozenset(digest for _, digest in job.done)
        self._earlier = Earlier(job.output / journal.NAME) if job.output and job.keeps_journal else None

    def __call__(self, item: Input) -> AuditRecord | None:
        """The record of an item; None where it was done before."""
        outcome = self.outcome(item)
        return outcome if isinstance(outcome, AuditRecord) else None

    def outcome(self, item: Input) -> AuditRecord | DoneBefore:
        """Clean one item, and write its record to the journal at once, so that a killed run has all it published.

        Raises `OutputUnusableError` where the disk is full.
        """
        try:
            record = self._record(item)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise no_space() from None
            raise
        finally:
            forget()
        if isinstance(record, AuditRecord) and record.output_name is None and self._job.keeps_journal:
            self._job.keep(record, item.place)
        return record

    def _record(self, item: Input) -> AuditRecord | DoneBefore:
        """Clean one item; whatever is wrong with the file ends in the record.

        Raises `OutputUnusableError` and `MissingDependencyError`, which no other file would survive either.
        """
        recorder = Recorder(Source(item.number, ""), self._context)
        try:
            with item.open() as stream:
                recorder.source = Source(item.number, keyed_digest(stream, self._context.settings.key))
                recorder.lap("read")
                if recorder.source.digest in self._done:
                    same = (item.number, recorder.source.digest) in self._job.done
                    return DoneBefore(recorder.source.digest, same)
                image_format = recognized(stream)
                with image_format.open(stream, recorder.source) as opened:
                    recorder.opened(opened, image_format.name)
                    document = in_form(opened, self._job.form, self._context.settings.key)
                    recorder.opened(document, image_format.name)
                    return self._clean(item, document, recorder)
        except NotAnImage as error:
            return recorder.refused(error.refusal, Status.IGNORED)
        except RefusedFile as error:
            return recorder.refused(error.refusal)
        except MemoryError:
            return recorder.refused(no_memory().refusal)

    def _clean(self, item: Input, document: Document, recorder: Recorder) -> AuditRecord:
        examination = examine(document, self._context)
        recorder.lap("inspect")
        doubts: list[Finding] = []
        for attempt in range(1, ATTEMPTS + 1):
            plan = decide(recorder.source, examination)
            recorder.lap("decide")
            if self._job.output is None:
                return recorder.planned(plan, examination, Outcome(Status.PLANNED))
            outcome = self._publish(
                self._job.output, item, document, examination, plan, recorder, last=attempt == ATTEMPTS
            )
            if isinstance(outcome, AuditRecord):
                return outcome
            if not outcome.writing:
                break
            doubts += outcome.writing
            examination = doubting(examination, doubts, all_of_it=attempt >= ALL_FROM)
        return recorder.planned(plan, examination, Outcome(Status.REJECTED, outcome.checks))

    def _publish(  # noqa: PLR0913, PLR0917 - the values of the chain, each made by an earlier stage
        self,
        output: Path,
        item: Input,
        document: Document,
        examination: Examination,
        plan: Plan,
        recorder: Recorder,
        *,
        last: bool,
    ) -> AuditRecord | Rejected:
        """Stage, verify and publish one plan; the rejection where the copy did not hold.

        All but the `last` copy is sent back as well where cleaning it again would mask a little more.
        """
        with staged_file(output) as staged, staged_file(output) as second:
            candidate = apply(document, plan, staged)
            recorder.lap("apply")
            verdict = verify(document, examination, candidate, self._context)
            recorder.lap("verify")
            extension, decisions = document.extension, examination.decisions
            if isinstance(verdict, Verified) and self._job.form == "png" and extension != EXTENSION:
                verdict, extension = as_png(verdict, second), EXTENSION
            if isinstance(verdict, Rejected):
                return verdict
            if not last and verdict.unstable and self._is_masked_too(verdict.unstable, plan, examination):
                return Rejected(verdict.checks, verdict.unstable)
            name = decisions.output_name(plan.source.digest, extension)
            name = name.replace("/", "_") if self._job.is_flat else name
            sure = not document.frames or attests(plan, examination)
            sure = sure and not {IDENTITY_KEPT, TABLE_SPELLS_WORDS} & {*decisions.remarks}
            status, checks = Status.CLEAN if sure else Status.REVIEW, verdict.checks

            def record(published: Published) -> AuditRecord:
                if self._job.crosswalk is not None:
                    self._job.crosswalk.add_ids(decisions.crosswalk())
                recorder.lap("publish")
                made = recorder.planned(plan, examination, Outcome(status, checks, published))
                if self._job.keeps_journal:
                    self._job.append(made, item.place)
                return made

            try:
                return publish(verdict, output, name, record, partial(self._is_ours, plan.source))
            except OutputUnusableError:
                with suppress(OutputUnusableError):
                    failed = recorder.refused(Refusal("The copy could not be written.", ""), Status.FAILED)
                    self._job.keep(failed, item.place)
                raise

    def _is_ours(self, source: Source, name: str) -> bool:
        """Whether a copy of that name is this input's own: nobody recorded it, or whoever did was this input's
        worker, which died then.
        """
        if name in self._job.orphans:
            return self._job.output is None or name not in journal.owners(self._job.output / journal.NAME)
        return self._earlier is not None and self._earlier.made(source, name)

    def _is_masked_too(self, writing: Sequence[Finding], plan: Plan, examination: Examination) -> bool:
        """Whether what the first detector still sees is worth another attempt: always where some writing stays, since
        whoever looks at the copy must come to the same decision.
        """
        return self._context.settings.text == TextMode.IDENTIFYING or costs_little(writing, plan, examination)


class Earlier:
    """What was recorded before this process began, and so what a worker recorded that died before it could say so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size if path.exists() else 0

    def made(self, source: Source, name: str) -> bool:
        """Whether the copy of that name was made of this input by then, and has not become another one's since."""
        return (source.number, source.digest) in self._inputs and _is_of(journal.owners(self._path).get(name), source)

    @cached_property
    def _inputs(self) -> frozenset[tuple[int, str]]:
        if not self._size:
            return frozenset()
        return frozenset(
            (record.input_ref.number, record.input_ref.digest)
            for record in journal.brief_records(self._path, self._size)
            if record.output_name is not None
        )


def _is_of(record: AuditRecord | None, source: Source) -> bool:
    return record is not None and (record.input_ref.number, record.input_ref.digest) == (source.number, source.digest)


def doubting(examination: Examination, doubts: Sequence[Finding], *, all_of_it: bool) -> Examination:
    """The examination with all that was still seen in copies. That is masked whatever it says; in the end so is
    everything, and in every frame: the frames of a cine are alike, and what was doubted in one would be in another
    when that one's masks are there.
    """
    if not all_of_it:
        return replace(examination, writing=(*examination.writing, *_unread(doubts)))
    return replace(
        examination, writing=(*_unread(examination.writing), *_in_every_frame(_unread(doubts), examination))
    )


def _in_every_frame(doubts: Iterable[Finding], examination: Examination) -> Iterator[Finding]:
    """The doubts, repeated in the frames that are as large as theirs."""
    sizes = [(each.rows, each.columns) for each in examination.frames]
    known: set[PixelRegion] = set()
    for doubt in doubts:
        where = doubt.where
        if not isinstance(where, PixelRegion):
            yield doubt
            continue
        for frame, size in enumerate(sizes):
            there = replace(where, frame=frame)
            if size == sizes[where.frame] and there not in known:
                known.add(there)
                yield replace(doubt, where=there)


def _unread(writing: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(finding, evidence=None, always_masked=True) for finding in writing)


def costs_little(writing: Sequence[Finding], plan: Plan, examination: Examination) -> bool:
    """Whether masking it costs at most `LITTLE` of any frame, or hardly matters any more."""
    if largest_masked_share(plan, examination) > MASKED_SHARE_CAP:
        return True
    areas: Counter[int] = Counter()
    for one in writing:
        if isinstance(one.where, PixelRegion):
            areas[one.where.frame] += one.where.box.area
    return all(area <= LITTLE * examination.frames[frame].pixels for frame, area in areas.items())


def prepare_worker(settings: Settings, job: CleanJob) -> None:
    """Set this process up to clean: the `setup` of an executor."""
    set_up(Cleaner(WorkerContext(settings), job))


def clean_item(item: Input) -> AuditRecord | DoneBefore:
    """Clean one item with this process's worker context: the task of an executor."""
    (cleaner,) = here(Cleaner)
    return cleaner.outcome(item)


def release_worker() -> None:
    """Let go of what `prepare_worker` and the files loaded in this process."""
    let_go(Cleaner)
