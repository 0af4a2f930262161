"""Candidate -> Verified | Rejected: the staged bytes reopened as a stranger would, and proved.

Four proofs: the format compares the copy with the input and the plan; no known value of the input is in the
copy's decoded text or raw bytes; the policy, asked anew, would change nothing; and a second, different look at
the pixels finds no writing that was not planned to stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Finding, Observation
from scanscrub.domain.plan import NO_WRITING_LEFT, Check, Plan
from scanscrub.formats.base import Document
from scanscrub.pipeline.apply import Candidate
from scanscrub.pipeline.copy_search import search
from scanscrub.pipeline.decide import attests
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.residual_text import ResidualText, find_residual_text
from scanscrub.pipeline.worker_context import WorkerContext


@dataclass(frozen=True, slots=True)
class Verified:
    """A candidate every check passed. Only this can be published.

    `unstable` is what the first detector sees in the masked frames: nothing, as a rule. It is no leak, since the
    second look is clean, but cleaning the copy again would mask it.
    """

    candidate: Candidate
    checks: tuple[Check, ...]
    unstable: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that failed. `writing` is what the second look still saw."""

    checks: tuple[Check, ...]
    writing: tuple[Finding, ...] = ()


def verify(
    original: Document, examination: Examination, candidate: Candidate, context: WorkerContext
) -> Verified | Rejected:
    """Prove the staged copy."""
    checks: list[Check] = []
    looks = ResidualText()
    try:
        with (
            candidate.staged.reopened() as stream,
            recognized(stream).open(stream, candidate.plan.source) as copy,
        ):
            seen = tuple(copy.inspect())
            checks.extend(original.prove(candidate.plan, copy))
            checks.extend(search(copy, seen, stream, candidate.plan, examination.decisions.search))
            checks.append(_planned_again(seen, examination, candidate.plan, context))
            if examination.frames:
                looks = find_residual_text(copy, examination.decisions, candidate.plan, context)
                left = len(looks.left)
                checks.append(Check(NO_WRITING_LEFT, not left, f"{left} regions" if left else ""))
    except RefusedFile:
        checks.append(Check("the copy can be opened", passed=False))
    if all(check.passed for check in checks):
        return Verified(candidate, tuple(checks), looks.unstable)
    return Rejected(tuple(checks), (*looks.left, *looks.unstable))


def _planned_again(
    seen: Sequence[Observation], examination: Examination, plan: Plan, context: WorkerContext
) -> Check:
    """Cleaning the copy once more must change nothing: what is clean is what `clean` leaves alone."""
    name = "cleaning again changes nothing"
    again = context.policy.decide(plan.source, seen, (), attest=attests(plan, examination))
    places = ", ".join(sorted({str(step.where) for step in again.changes})[:5])
    return Check(name, not again.changes, places)
