"""Why a file has no copy, or why its copy needs review, in words for all reports."""

from scanscrub.domain.audit import AuditRecord, AuditStep, Concern, Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import NO_WRITING_LEFT, Check
from scanscrub.domain.text_mode import TextMode

NOT_SEARCHED = "The pictures of this file were not searched for text: they may still show a name."
MUCH_COVERED = "Much of a picture is covered. Check that what you need is still visible."
LEFT_BEFORE = "An earlier run marked this file for review."
_OF_PIXELS = (
    Concern.MASK_STAYS,
    Concern.WRITING_LEFT,
    Concern.PAGES_TO_READ,
    Concern.TABLE_SPELLS_WORDS,
    Concern.LABELS_SPELL_WORDS,
    Concern.MASK_IN_DOUBT,
)


def reason(record: AuditRecord) -> str:
    """Why it did not end well; empty where there is nothing to say."""
    if record.refusal is not None:
        return record.refusal.reason
    if record.status is Status.REJECTED:
        failed = ", ".join(check_name(record, check) for check in record.checks if not check.passed)
        return f"The copy failed a check: {failed}."
    return review_reason(record)


def pixels_not_searched(record: AuditRecord) -> bool:
    """Whether there are pictures and nobody looked for writing in them."""
    unsure = record.status in {Status.REVIEW, Status.PLANNED} and record.frames > 0
    return unsure and not record.detectors and not any(step.rule for step in record.steps if _is_in_pixels(step))


def review_reason(record: AuditRecord) -> str:
    """Why a person should review the copy, or know that its dates can be shifted back; empty if neither applies.

    Reasons for a review: an identity was kept, no pixel was examined, a mask that a person removed stays, text was
    left, it is a letter, a table or labels spell words, a mask is in doubt, much of a frame is covered, or an earlier
    run marked it.
    """
    if Concern.IDENTITY_KEPT in record.notes:
        return Concern.IDENTITY_KEPT
    if pixels_not_searched(record):
        return NOT_SEARCHED
    if Concern.SHIFT_IN_UIDS in record.notes:
        return Concern.SHIFT_IN_UIDS
    if record.status is not Status.REVIEW:
        return ""
    for note in _OF_PIXELS:
        if note in record.notes:
            return note
    return MUCH_COVERED if _covers(record) else LEFT_BEFORE


def check_name(record: AuditRecord, check: Check) -> str:
    """What a person reads of a check. The audit's own name stays: programs know the check by it."""
    if record.text == TextMode.IDENTIFYING and check.name == NO_WRITING_LEFT:
        return "no identifying writing left"
    return check.name


def _covers(record: AuditRecord) -> bool:
    return any(map(_is_in_pixels, record.steps))


def _is_in_pixels(step: AuditStep) -> bool:
    return isinstance(step.where, PixelRegion)
