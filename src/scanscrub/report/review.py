"""Why a person has to look at a copy, in words for ``report.html`` and for the terminal."""

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.finding import PixelRegion

NOT_SEARCHED = "The pictures of this file were not searched for writing."
MUCH_COVERED = "Much of a picture is covered: see whether what you need is still there."


def why_look(record: AuditRecord) -> str:
    """The sentence for a copy that waits for a person's look; empty for every other record.

    Only two reasons exist: no pixel was examined (then nothing is covered), or very much of a frame is covered.
    """
    if record.status is not Status.REVIEW:
        return ""
    covered = any(isinstance(step.where, PixelRegion) for step in record.steps)
    return MUCH_COVERED if covered else NOT_SEARCHED
