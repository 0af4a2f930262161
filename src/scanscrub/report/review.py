"""Why a person has to look at a copy, in words for ``report.html`` and for the terminal."""

from scanscrub.domain.audit import LABELS_SPELL_WORDS, AuditRecord, Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check

NOT_SEARCHED = "The pictures of this file were not searched for writing: they may still show a name."
MUCH_COVERED = "Much of a picture is covered: see whether what you need is still there."
LEFT_BEFORE = "An earlier cleaning left this file for a person to look at."


def not_searched(record: AuditRecord) -> bool:
    """Whether there are pictures and nobody looked for writing in them: then no detector stands beside the tool."""
    unsure = record.status in {Status.REVIEW, Status.PLANNED} and record.frames > 0
    return unsure and not _covers(record) and "; " not in record.tool


def why_look(record: AuditRecord) -> str:
    """The sentence for a copy that waits for a person's look; empty for every other record.

    Only four reasons exist: no pixel was examined, labels spell words, very much of a frame is covered, or it waited
    before.
    """
    if not_searched(record):
        return NOT_SEARCHED
    if record.status is not Status.REVIEW:
        return ""
    if LABELS_SPELL_WORDS in record.notes:
        return LABELS_SPELL_WORDS
    return MUCH_COVERED if _covers(record) else LEFT_BEFORE


def check_name(record: AuditRecord, check: Check) -> str:
    """What a person reads of a check. The audit's own name stays: programs know the check by it."""
    if record.text == "identifying" and check.name == "no writing left":
        return "no identifying writing left"
    return check.name


def _covers(record: AuditRecord) -> bool:
    return any(isinstance(step.where, PixelRegion) for step in record.steps)
