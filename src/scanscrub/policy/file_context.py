"""What the rules need to know of one file: its object, its patient, its known values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Identifier, IdentifierKind, Observation
from scanscrub.domain.plan import Step
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.identifiers.search import IdentifierSearch
from scanscrub.policy.pseudonyms.listed import PseudonymList, as_written_anyhow
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT, patient_id_of
from scanscrub.policy.pseudonyms.uids import is_pseudonymous, is_registered, pseudonymous_uid
from scanscrub.policy.tables.iod_types import ObjectTypes
from scanscrub.system.file_cache import LONGEST_SHARED, MOST_SHARED

_WANTED: Final = frozenset(
    {
        tags.SOPClassUID,
        tags.SOPInstanceUID,
        tags.StudyInstanceUID,
        tags.SeriesInstanceUID,
        tags.PatientName,
        tags.PatientID,
        tags.IssuerOfPatientID,
        tags.PatientBirthDate,
        tags.LongitudinalTemporalInformationModified,
        tags.Rows,
    }
)

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ContentItem:
    """A content item of a structured report as far as a rule needs it: its concept name and its value type."""

    scheme: str = ""
    code: str = ""
    value_type: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """The values of the top level that decide about others, and the codes and content items at every depth.

    Holds patient values as they are: it has no representation that could print them.
    """

    top: Mapping[int, str]
    schemes: Mapping[Path, str]
    """Coding Scheme Designator by the path of its code's item."""
    codes: Mapping[Path, str]
    """Code Value by the path of its item."""
    value_types: Mapping[Path, str]
    """Value Type by the path of its content item."""

    @property
    def sop_class(self) -> str:
        return self.top.get(tags.SOPClassUID, "")

    @property
    def has_pixels(self) -> bool:
        return tags.Rows in self.top

    def item(self, path: Path) -> ContentItem:
        """The content item whose path (of the item, not of an element) is given."""
        concept = (*path, tags.ConceptNameCodeSequence, 0)
        return ContentItem(self.schemes.get(concept, ""), self.codes.get(concept, ""), self.value_types.get(path, ""))


def header_of(seen: Sequence[Observation]) -> Header:
    """Gathers in one pass; of a duplicated element the first counts."""
    top: dict[int, str] = {}
    schemes: dict[Path, str] = {}
    codes: dict[Path, str] = {}
    value_types: dict[Path, str] = {}
    deep = {
        tags.CodeValue: codes,
        tags.LongCodeValue: codes,
        tags.CodingSchemeDesignator: schemes,
        tags.ValueType: value_types,
    }
    for one in seen:
        if not isinstance(one, Attribute):
            continue
        path = one.where.path
        tag = path[-1]
        if len(path) == 1:
            if tag in _WANTED:
                top.setdefault(tag, _text(one))
        elif tag in deep:
            deep[tag].setdefault(path[:-1], _text(one))
    return Header(top, schemes, codes, value_types)


def _text(one: Attribute) -> str:
    return "" if one.value is None else one.value.reveal().strip(" \0")


def patient_of(header: Header) -> tuple[str, ...]:
    """What tells this patient from others: the id; else name and birth date; else the study.

    Compared as people write them. The issuer of an id does not count: the files of one study may have it or not, and
    one patient is one.
    """
    top = header.top
    patient_id = top.get(tags.PatientID, "")
    if not is_placeholder(patient_id):
        return by_id(patient_id)
    name = top.get(tags.PatientName, "")
    if not is_placeholder(name):
        return (
            "name",
            as_written_anyhow(name.split("=", maxsplit=1)[0]),
            top.get(tags.PatientBirthDate, "").replace(".", ""),
        )
    return (
        "study",
        top.get(tags.StudyInstanceUID, ""),
        "" if top.get(tags.StudyInstanceUID) else top.get(tags.SOPInstanceUID, ""),
    )


def by_id(patient_id: str) -> tuple[str, ...]:
    """What tells the patient of an id from others. Leading zeros count: they may be another patient's."""
    return ("id", as_written_anyhow(patient_id), "")


def earlier_pseudonym(header: Header, listed: PseudonymList | None = None) -> str:
    """The pseudonymous Patient ID that an earlier run gave, under whichever key; empty where none did.

    In a file without Patient ID the name tells it, and so it does where the id came from a list of the user's.
    """
    patient_id, name = header.top.get(tags.PatientID, ""), header.top.get(tags.PatientName, "")
    if PATIENT.made(patient_id) or (listed is not None and patient_id in listed):
        return patient_id
    named = patient_id_of(name)
    return named if not patient_id or patient_id == named else ""


def pseudonymous_patient(key: bytes, header: Header, listed: PseudonymList | None = None) -> str:
    """The Patient ID of the copy: that of the list, one that an earlier run gave, or one that is made.

    Raises `RefusedFile` where the list has none and none is to be made.
    """
    patient_id, earlier = header.top.get(tags.PatientID, ""), earlier_pseudonym(header, listed)
    new = "" if listed is None or (earlier and earlier in listed) else listed.new_id(patient_id)
    return new or earlier or PATIENT.make(key, *patient_of(header))


class SharedDecisions:
    """The steps of attributes that are the same in all files before the rules whose context is the same but for UIDs:
    those of a series, as a rule.
    """

    def __init__(self) -> None:
        self._steps: dict[Attribute, Step] = {}

    def get(self, one: Attribute) -> Step | None:
        return self._steps.get(one)

    def add(self, one: Attribute, step: Step) -> None:
        """Remember the step of an attribute, unless its value is long, or of UIDs, which are decided about by those
        of the file.
        """
        if len(self._steps) < MOST_SHARED and one.vr != "UI" and one.length <= LONGEST_SHARED:
            self._steps[one] = step


@dataclass(frozen=True, slots=True, repr=False)
class FileContext:
    """One file before the rules; never printed.

    `days` is None where dates are not moved (or have been moved already).
    """

    key: bytes
    header: Header
    types: ObjectTypes
    """Of which Type its attributes are."""
    patient: str
    days: int | None
    holds_known: IdentifierSearch
    words: frozenset[str]
    """Words of names, lower case, three letters and more."""
    decided: SharedDecisions = field(default_factory=SharedDecisions)
    _uids: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> IdentifierMatcher:
        """The known values as they are found in a text to be cleaned."""
        return self.holds_known.text

    @property
    def numbers(self) -> frozenset[str]:
        """Ids and dates that are numbers, without leading zeros."""
        return self.holds_known.numbers

    def uid(self, uid: str) -> str:
        """The UID of the copy; DICOM's own and pseudonymous ones stay."""
        new = self._uids.get(uid)
        if new is None:
            stays = not uid or is_registered(uid) or is_pseudonymous(uid)
            new = self._uids[uid] = uid if stays else pseudonymous_uid(self.key, uid)
        return new


def known_words(known: Sequence[Identifier]) -> frozenset[str]:
    """The words of known names, lower case."""
    return frozenset(
        word
        for one in known
        if one.kind is IdentifierKind.NAME
        for word in one.value.reveal().lower().replace("^", " ").replace("=", " ").replace(",", " ").split()
        if len(word) > 2
    )
