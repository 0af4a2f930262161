"""What the copies of a run say together that no single one does: who may be two people, or one under two names."""

import re
from collections.abc import Iterable
from typing import Final

from scanscrub.domain.audit import AuditRecord

_COPY: Final = re.compile(r"([^/]+)/(ST-[^/]+)/|([^/]+)_(ST-[A-Z2-7]+)_SE-")

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
        patient, study = _parts(name)
        if study and self._patients.setdefault(study, patient) != patient:
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
        patient, study = _parts(record.output_name)
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


def _parts(name: str | None) -> tuple[str, str]:
    """Patient and study in the name of a DICOM copy, under every --sort; else nothing."""
    found = _COPY.match(name or "")
    return (found[1] or found[3], found[2] or found[4]) if found else ("", "")


def _differ(known: set[str], marks: set[str]) -> bool:
    """Whether two birth dates were given; where not both sides have one, whether no word of the names agrees."""
    for kind in "bn":
        ours, theirs = ({mark for mark in some if mark[0] == kind} for some in (known, marks))
        if ours and theirs:
            return ours.isdisjoint(theirs)
    return False
