"""Plan -> Candidate: the planned copy, staged, without a name."""

from dataclasses import dataclass

from scanscrub.domain.plan import Plan
from scanscrub.formats.base import Document
from scanscrub.output.staging import StagedFile


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staged copy that nobody has proved yet."""

    plan: Plan
    staged: StagedFile


def apply(document: Document, plan: Plan, staged: StagedFile) -> Candidate:
    """Write the copy. A file for which nothing is planned is copied as it is by its format."""
    document.apply(plan, staged.stream)
    staged.stream.flush()
    return Candidate(plan, staged)
