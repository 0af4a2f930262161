"""What happened -> AuditRecord: from here on no patient value exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import scanscrub
from scanscrub.domain.audit import AuditRecord, AuditStep, Concern, InputRef, Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check, Clean, Keep, Mask, Plan, Refusal, Source, Step
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.formats.base import Document
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.masked_share import doubtful_masks, leaves_writing, masked_shares
from scanscrub.pipeline.publish import Published
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.pixels.reviewed_masks import is_left_by_a_person

TOOL = f"scanscrub {scanscrub.__version__}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a planned file ended."""

    status: Status
    checks: tuple[Check, ...] = ()
    published: Published | None = None


class Recorder:
    """Gathers what the record of one item will say; a stopwatch by stage."""

    def __init__(self, source: Source, context: WorkerContext) -> None:
        self.source = source
        self.mark = ""
        """By which the audit knows what a person decided of the item."""
        self._context = context
        self._document: Document | None = None
        self._media_type = ""
        self._times: dict[str, float] = {}
        self._start = self._last = perf_counter()

    def opened(self, document: Document, media_type: str) -> None:
        self._document = document
        self._media_type = media_type

    def lap(self, stage: str) -> None:
        """The time since the last lap belongs to `stage`."""
        now = perf_counter()
        self._times[stage] = self._times.get(stage, 0.0) + now - self._last
        self._last = now

    def refused(self, refusal: Refusal, status: Status = Status.REFUSED) -> AuditRecord:
        return AuditRecord(
            InputRef(self.source.number, self.source.digest),
            status,
            self._context.policy.identity,
            media_type=self._media_type,
            refusal=refusal,
            review=ReviewOutcome(self.mark) if self.mark else None,
            tool=TOOL,
            seconds=self._seconds,
        )

    def planned(self, plan: Plan, examination: Examination, outcome: Outcome) -> AuditRecord:
        """The record of a file that was planned, and perhaps published."""
        digests = [("input", self.source.digest)]
        if outcome.published is not None:
            digests.append(("output", outcome.published.sha256))
        shares = masked_shares(plan, examination)
        return AuditRecord(
            InputRef(self.source.number, self.source.digest),
            outcome.status,
            self._context.policy.identity,
            output_name=outcome.published.name if outcome.published else None,
            sha256s=tuple(digests),
            media_type=self._media_type,
            frames=self._document.frames if self._document else 0,
            masked_share=round(sum(shares) / len(shares), 6) if shares else 0.0,
            steps=tuple(_audited(step, self._document) for step in plan.changes),
            checks=outcome.checks,
            notes=self._notes(plan, examination),
            tool="; ".join((TOOL, *(self._context.identities() if examination.frames else ()))),
            seconds=self._seconds,
            times=tuple((stage, round(seconds, 4)) for stage, seconds in self._times.items()),
            text=self._context.settings.text,
            kept=tuple(_kept(plan)),
            person=examination.decisions.person,
            device_rules=examination.rules,
            review=plan.review,
        )

    def _notes(self, plan: Plan, examination: Examination) -> tuple[str, ...]:
        written: list[str] = [Concern.PAGES_TO_READ] if examination.pages else []
        written += [*(self._document.notes if self._document else ()), *examination.decisions.remarks]
        if examination.labels and examination.writing:
            written.append(Concern.LABELS_SPELL_WORDS)
        if doubtful_masks(plan, examination):
            written.append(Concern.MASK_IN_DOUBT)
        if plan.review is not None and plan.review.refused:
            written.append(Concern.MASK_STAYS)
        if leaves_writing(plan):
            written.append(Concern.WRITING_LEFT)
        return tuple(written)

    @property
    def _seconds(self) -> float:
        return round(perf_counter() - self._start, 4)


def _kept(plan: Plan) -> Iterator[PixelRegion]:
    for step in plan.steps:
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Keep) and not is_left_by_a_person(step):
            yield step.where


def _audited(step: Step, document: Document | None) -> AuditStep:
    finding, masked = step.because, None
    if document is not None and isinstance(step.where, PixelRegion) and isinstance(step.action, Mask):
        masked = document.covered(step.where, step.action.padding)
    return AuditStep(
        finding.rule if finding else None,
        finding.severity if finding else None,
        step.where,
        type(step.action).__name__,
        step.authority,
        finding.origin if finding else None,
        step.action.words if isinstance(step.action, Clean) else 0,
        masked,
    )
