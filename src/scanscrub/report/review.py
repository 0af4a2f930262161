"""Why a person has to look at a copy, in words for ``report.html`` and for the terminal."""

from collections.abc import Iterable

from scanscrub.domain.audit import (
    IDENTITY_KEPT,
    LABELS_SPELL_WORDS,
    SHIFT_IN_UIDS,
    TABLE_SPELLS_WORDS,
    AuditRecord,
    Status,
)
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check

NOT_SEARCHED = "The pictures of this file were not searched for writing: they may still show a name."
MUCH_COVERED = "Much of a picture is covered: see whether what you need is still there."
LEFT_BEFORE = "An earlier cleaning left this file for a person to look at."


SPLIT_STUDY = (
    "{studies} of more than one patient: their files disagree about the patient's id or name, so that one person may "
    "have got two pseudonyms and two shifts of dates. Make the ids agree, and clean again."
)

MIXED_PATIENTS = (
    "{patients} may stand for more than one person: files with the same patient id disagree about the birth date or "
    "the name, as two hospitals may give one id. Clean the files of each by themselves, with a key of their own."
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


class MixedPatients:
    """Notes the records of copies, and knows which pseudonyms stand for people who cannot be one."""

    def __init__(self, records: Iterable[AuditRecord] = ()) -> None:
        self._marks: dict[str, set[str]] = {}
        self._mixed: set[str] = set()
        for record in records:
            self.note(record)

    def note(self, record: AuditRecord) -> None:
        patient, _, study = (record.output_name or "").partition("/")
        if study and record.person:
            known, marks = self._marks.setdefault(patient, set()), set(record.person)
            if _differ(known, marks):
                self._mixed.add(patient)
            known |= marks

    @property
    def warning(self) -> str:
        """A sentence; empty where each pseudonym is of one person."""
        count = len(self._mixed)
        return (
            MIXED_PATIENTS.format(patients="1 pseudonym" if count == 1 else f"{count:,} pseudonyms") if count else ""
        )


def _differ(known: set[str], marks: set[str]) -> bool:
    """Whether two birth dates were given; where not both sides have one, whether no word of the names agrees."""
    for kind in "bn":
        ours, theirs = ({mark for mark in some if mark[0] == kind} for some in (known, marks))
        if ours and theirs:
            return ours.isdisjoint(theirs)
    return False


def not_searched(record: AuditRecord) -> bool:
    """Whether there are pictures and nobody looked for writing in them: then no detector stands beside the tool."""
    unsure = record.status in {Status.REVIEW, Status.PLANNED} and record.frames > 0
    return unsure and not _covers(record) and "; " not in record.tool


def why_look(record: AuditRecord) -> str:
    """The sentence for a copy that waits for a person's look, or whose dates can be moved back; else empty.

    Of the former there are six: an identity was kept, no pixel was examined, a table or labels spell words, very much
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
    for reason in (TABLE_SPELLS_WORDS, LABELS_SPELL_WORDS):
        if reason in record.notes:
            return reason
    return MUCH_COVERED if _covers(record) else LEFT_BEFORE


def check_name(record: AuditRecord, check: Check) -> str:
    """What a person reads of a check. The audit's own name stays: programs know the check by it."""
    if record.text == "identifying" and check.name == "no writing left":
        return "no identifying writing left"
    return check.name


def _covers(record: AuditRecord) -> bool:
    return any(isinstance(step.where, PixelRegion) for step in record.steps)
