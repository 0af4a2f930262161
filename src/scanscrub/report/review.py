"""Why a person has to look at a copy, in words for ``report.html`` and for the terminal."""

from collections.abc import Iterable

from scanscrub.domain.audit import IDENTITY_KEPT, LABELS_SPELL_WORDS, SHIFT_IN_UIDS, AuditRecord, Status
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check

NOT_SEARCHED = "The pictures of this file were not searched for writing: they may still show a name."
MUCH_COVERED = "Much of a picture is covered: see whether what you need is still there."
LEFT_BEFORE = "An earlier cleaning left this file for a person to look at."


SPLIT_STUDY = (
    "{studies} of more than one patient: their files disagree about the patient's id or name, so that one person may "
    "have got two pseudonyms and two shifts of dates. Make the ids agree, and clean again."
)


class SplitStudies:
    """Notes the names of copies, and knows of which studies there are copies under two patients."""

    def __init__(self, names: Iterable[str | None] = ()) -> None:
        self._patients: dict[str, str] = {}
        self._split: set[str] = set()
        for name in names:
            self.note(name)

    def note(self, name: str | None) -> None:
        patient, _, rest = (name or "").partition("/")
        study = rest.partition("/")[0]
        if study.startswith("ST-") and self._patients.setdefault(study, patient) != patient:
            self._split.add(study)

    @property
    def warning(self) -> str:
        """A sentence; empty where no study was split."""
        count = len(self._split)
        return SPLIT_STUDY.format(studies="1 study is" if count == 1 else f"{count:,} studies are") if count else ""


def not_searched(record: AuditRecord) -> bool:
    """Whether there are pictures and nobody looked for writing in them: then no detector stands beside the tool."""
    unsure = record.status in {Status.REVIEW, Status.PLANNED} and record.frames > 0
    return unsure and not _covers(record) and "; " not in record.tool


def why_look(record: AuditRecord) -> str:
    """The sentence for a copy that waits for a person's look, or whose dates can be moved back; else empty.

    Of the former there are five reasons: an identity was kept, no pixel was examined, labels spell words, very much
    of a frame is covered, or it waited before.
    """
    if IDENTITY_KEPT in record.notes:
        return IDENTITY_KEPT
    if not_searched(record):
        return NOT_SEARCHED
    if SHIFT_IN_UIDS in record.notes:
        return SHIFT_IN_UIDS
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
