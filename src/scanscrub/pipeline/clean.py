"""The way of one file from its path to its record: an executor's unit of work."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from scanscrub.domain.audit import AuditRecord, Concern, Status
from scanscrub.domain.errors import NO_SPACE, NotAnImage, OutputUnusableError, RefusedFile, no_memory, no_space
from scanscrub.domain.finding import Finding
from scanscrub.domain.plan import Plan, Refusal, Source
from scanscrub.domain.review.decided import FileReview
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.process_state import drop_from_process, keep_in_process, kept_in_process
from scanscrub.formats.base import Document
from scanscrub.inputs.input import Input
from scanscrub.output import journal
from scanscrub.output.staging import staged_file
from scanscrub.pipeline.apply import apply
from scanscrub.pipeline.clean_job import CleanJob, DoneBefore, EarlierRecords
from scanscrub.pipeline.convert import EXTENSION, as_png, in_form
from scanscrub.pipeline.decide import attests, decide
from scanscrub.pipeline.inspect import Examination, examine
from scanscrub.pipeline.masked_again import costs_little, with_residual_text
from scanscrub.pipeline.publish import Published, publish
from scanscrub.pipeline.read import keyed_digest, recognized
from scanscrub.pipeline.record import Outcome, Recorder
from scanscrub.pipeline.verify import Rejected, Verified, verify
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.pixels.review_marks import entry_mark
from scanscrub.system.file_cache import clear_file_caches
from scanscrub.system.streams import sha256_of

ATTEMPTS, ALL_FROM = 4, 2
"""Writing that is still seen in the copy is masked as well, three times at most; then the file is rejected. From the
second time on it is masked in every frame, and all other writing with it; of pages at the last time alone.
"""


class Cleaner:
    """Cleans one item at a time with one worker context."""

    def __init__(self, context: WorkerContext, job: CleanJob) -> None:
        self._context = context
        self._job = job
        self._done = frozenset(digest for _, digest in job.done)
        self._earlier = EarlierRecords(job.output / journal.NAME) if job.output and job.keeps_journal else None

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
            clear_file_caches()
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
                review = self._review_of(stream, recorder)
                recorder.lap("read")
                if recorder.source.digest in self._done:
                    same = (item.number, recorder.source.digest) in self._job.done
                    return DoneBefore(recorder.source.digest, same)
                image_format = recognized(stream)
                with image_format.open(stream, recorder.source) as opened:
                    recorder.opened(opened, image_format.name)
                    document = in_form(opened, self._job.form, self._context.settings.key)
                    recorder.opened(document, image_format.name)
                    return self._clean(item, document, review, recorder)
        except NotAnImage as error:
            return recorder.refused(error.refusal, Status.IGNORED)
        except RefusedFile as error:
            return recorder.refused(error.refusal)
        except MemoryError:
            return recorder.refused(no_memory().refusal)

    def _review_of(self, stream: BinaryIO, recorder: Recorder) -> FileReview | None:
        """What a person decided of these bytes."""
        settings = self._context.settings
        review = settings.review.of(sha256_of(stream)) if settings.review is not None else None
        recorder.mark = entry_mark(review.sha256, settings.key) if review is not None else ""
        return review

    def _clean(self, item: Input, document: Document, review: FileReview | None, recorder: Recorder) -> AuditRecord:
        if document.shows_pages and not self._context.looks:
            raise RefusedFile(
                "The pages of a letter can only be cleaned by looking at them.", "Clean it without --text none."
            )
        examination = examine(document, self._context, review=review, mark=recorder.mark)
        recorder.lap("inspect")
        residual: list[Finding] = []
        for attempt in range(1, ATTEMPTS + 1):
            plan = decide(recorder.source, examination)
            recorder.lap("decide")
            if self._job.output is None:
                return recorder.planned(plan, examination, Outcome(Status.PLANNED))
            planned = _Planned(item, document, examination, plan, recorder)
            outcome = self._publish(self._job.output, planned, last=attempt == ATTEMPTS)
            if isinstance(outcome, AuditRecord):
                return outcome
            if not outcome.writing:
                break
            residual += outcome.writing
            last = ATTEMPTS - 1 if examination.pages else ALL_FROM
            examination = with_residual_text(examination, residual, everywhere=attempt >= last)
        return recorder.planned(plan, examination, Outcome(Status.REJECTED, outcome.checks))

    def _publish(self, output: Path, planned: "_Planned", *, last: bool) -> AuditRecord | Rejected:
        """Stage, verify and publish one plan; the rejection where the copy did not hold.

        All but the `last` copy is sent back as well where cleaning it again would mask a little more.
        """
        document, recorder = planned.document, planned.recorder
        with ExitStack() as staging:
            candidate = apply(document, planned.plan, staging.enter_context(staged_file(output)))
            recorder.lap("apply")
            verdict = verify(document, planned.examination, candidate, self._context)
            recorder.lap("verify")
            extension, prefix = document.extension, ""
            if isinstance(verdict, Verified) and self._job.form == "png" and extension != EXTENSION:
                second = staging.enter_context(staged_file(output))
                (verdict, prefix), extension = as_png(verdict, second), EXTENSION
            if isinstance(verdict, Rejected):
                return verdict
            if not last and verdict.unstable and self._is_masked_too(verdict.unstable, planned):
                return Rejected(verdict.checks, verdict.unstable)
            name = planned.examination.decisions.output_name(recorder.source.digest, extension, prefix)
            name = name.replace("/", "_") if self._job.is_flat else name
            try:
                return publish(
                    verdict,
                    output,
                    name,
                    partial(self._recorded, planned, verdict),
                    partial(self._is_ours, recorder.source),
                )
            except OutputUnusableError:
                with suppress(OutputUnusableError):
                    failed = recorder.refused(Refusal("The copy could not be written.", ""), Status.FAILED)
                    self._job.keep(failed, planned.item.place)
                raise

    def _recorded(self, planned: "_Planned", verdict: Verified, published: Published) -> AuditRecord:
        """The record of a copy that is about to get its name, written to the journal and the crosswalk."""
        recorder, decisions = planned.recorder, planned.examination.decisions
        if self._job.crosswalk is not None:
            self._job.crosswalk.add_ids(decisions.crosswalk())
        recorder.lap("publish")
        status = Status.CLEAN if planned.is_sure else Status.REVIEW
        outcome = Outcome(status, verdict.checks, published)
        made = recorder.planned(planned.plan, planned.examination, outcome)
        if self._job.keeps_journal:
            self._job.append(made, planned.item.place)
        return made

    def _is_ours(self, source: Source, name: str) -> bool:
        """Whether a copy of that name is this input's own: nobody recorded it, or whoever did was this input's
        worker, which died then.
        """
        if name in self._job.orphans or self._job.is_second_try():
            return self._job.output is None or name not in journal.owners(self._job.output / journal.NAME)
        return self._earlier is not None and self._earlier.made(source, name)

    def _is_masked_too(self, writing: Sequence[Finding], planned: "_Planned") -> bool:
        """Whether what the first detector still sees is worth another attempt: always where some writing stays, since
        whoever looks at the copy must come to the same decision.
        """
        is_exact = self._context.settings.text == TextMode.IDENTIFYING or planned.examination.pages
        return is_exact or costs_little(writing, planned.plan, planned.examination)


@dataclass(frozen=True, slots=True)
class _Planned:
    """One attempt at one item: what was seen of it, and what is to be done."""

    item: Input
    document: Document
    examination: Examination
    plan: Plan
    recorder: Recorder

    @property
    def is_sure(self) -> bool:
        """Whether its copy, once verified, needs nobody's look."""
        if self.plan.review is not None and self.plan.review.refused:
            return False
        remarks = self.examination.decisions.remarks
        attested = not self.document.frames or attests(self.plan, self.examination)
        return attested and not {Concern.IDENTITY_KEPT, Concern.TABLE_SPELLS_WORDS} & {*remarks}


def prepare_worker(settings: Settings, job: CleanJob) -> None:
    """Set this process up to clean: the `setup` of an executor."""
    keep_in_process(Cleaner(WorkerContext(settings), job))


def clean_item(item: Input) -> AuditRecord | DoneBefore:
    """Clean one item with this process's worker context: the task of an executor."""
    (cleaner,) = kept_in_process(Cleaner)
    return cleaner.outcome(item)


def release_worker() -> None:
    """Let go of what `prepare_worker` and the files loaded in this process."""
    drop_from_process(Cleaner)
