"""Which values of a header identify somebody, to be searched everywhere else in the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute, Identifier, IdentifierKind, Observation
from scanscrub.domain.phi import Phi
from scanscrub.policy.pseudonyms.dates import is_dummy, shifted
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.uids import is_coding_scheme, is_pseudonymous, is_registered, is_well_formed
from scanscrub.system.file_cache import cached_per_patient

_KINDS: Final = {
    # ids
    tags.PatientID: IdentifierKind.ID,
    tags.OtherPatientIDs: IdentifierKind.ID,
    tags.OtherPatientNames: IdentifierKind.NAME,
    tags.MedicalRecordLocator: IdentifierKind.ID,
    tags.InsurancePlanIdentification: IdentifierKind.ID,
    tags.Occupation: IdentifierKind.TEXT,
    tags.PatientTelephoneNumbers: IdentifierKind.ID,
    tags.PatientTelecomInformation: IdentifierKind.TEXT,
    tags.NameToUse: IdentifierKind.NAME,
    tags.PatientBirthDateInAlternativeCalendar: IdentifierKind.DATE,
    tags.PatientDeathDateInAlternativeCalendar: IdentifierKind.DATE,
    tags.AccessionNumber: IdentifierKind.ID,
    tags.ReferringPhysicianTelephoneNumbers: IdentifierKind.ID,
    tags.ClinicalTrialSubjectID: IdentifierKind.ID,
    tags.ClinicalTrialSubjectReadingID: IdentifierKind.ID,
    tags.StudyID: IdentifierKind.ID,
    tags.AdmissionID: IdentifierKind.ID,
    tags.ServiceEpisodeID: IdentifierKind.ID,
    tags.ScheduledProcedureStepID: IdentifierKind.ID,
    tags.PerformedProcedureStepID: IdentifierKind.ID,
    tags.ContainerIdentifier: IdentifierKind.ID,
    tags.SpecimenIdentifier: IdentifierKind.ID,
    tags.RequestedProcedureID: IdentifierKind.ID,
    tags.PlacerOrderNumberImagingServiceRequest: IdentifierKind.ID,
    tags.FillerOrderNumberImagingServiceRequest: IdentifierKind.ID,
    tags.OrderCallbackPhoneNumber: IdentifierKind.ID,
    tags.BarcodeValue: IdentifierKind.ID,
    # places
    tags.InstitutionName: IdentifierKind.PLACE,
    tags.InstitutionAddress: IdentifierKind.PLACE,
    tags.ReferringPhysicianAddress: IdentifierKind.PLACE,
    tags.InstitutionalDepartmentName: IdentifierKind.PLACE,
    tags.IssuerOfPatientID: IdentifierKind.PLACE,
    tags.PatientAddress: IdentifierKind.PLACE,
    tags.CountryOfResidence: IdentifierKind.PLACE,
    tags.RegionOfResidence: IdentifierKind.PLACE,
    tags.ClinicalTrialSiteName: IdentifierKind.PLACE,
    tags.CurrentPatientLocation: IdentifierKind.PLACE,
    tags.PatientInstitutionResidence: IdentifierKind.PLACE,
    tags.PersonAddress: IdentifierKind.PLACE,
    # other
    tags.StationName: IdentifierKind.TEXT,
    tags.DeviceSerialNumber: IdentifierKind.ID,
}
_FEWEST_DOTS: Final = 2
"""A shorter UID ("0", "1.2") stands for none, and is in many a text."""
_BY_VR: Final = {
    "PN": IdentifierKind.NAME,
    "DA": IdentifierKind.DATE,
    "DT": IdentifierKind.DATE,
    "UI": IdentifierKind.UID,
}


def known_values(seen: Sequence[Observation], stays: Callable[[Attribute], bool]) -> tuple[Identifier, ...]:
    """Every identifying value once, in file order; none of an attribute that the policy lets stay as it is.

    Placeholders, dummies, pseudonyms of ours and DICOM's own UIDs identify nobody.
    """
    found: dict[tuple[IdentifierKind, str], Identifier] = {}
    for one in seen:
        if not isinstance(one, Attribute) or (one.value is None and one.guesses is None):
            continue
        kind = kind_of_known(one)
        identifiers = () if kind is None else _identifiers(kind, one)
        if identifiers and not stays(one):
            for value, identifier in identifiers:
                found.setdefault((identifier.kind, value), identifier)
    return tuple(found.values())


@cached_per_patient(1024)
def _identifiers(kind: IdentifierKind, seen: Attribute) -> tuple[tuple[str, Identifier], ...]:
    """The values of an attribute, and what they are as identifiers."""
    return tuple((value, Identifier(kind, Phi(value))) for value in _values(kind, seen))


def kind_of_known(one: Attribute) -> IdentifierKind | None:
    """Which sort of identifying value the attribute holds; None where it holds none."""
    return _KINDS.get(one.where.path[-1]) or _BY_VR.get(one.vr)


def without_moved(known: tuple[Identifier, ...], days: int) -> tuple[Identifier, ...]:
    """The values without those dates that another date of the file becomes when it is moved by `days`.

    Nobody could tell the one from the other in the copy.
    """
    dates = [one.value.reveal() for one in known if one.kind is IdentifierKind.DATE]
    moved = {shifted("DA", day, days) for day in dates} & {day.replace(".", "") for day in dates}
    if not moved:
        return known
    return tuple(
        one
        for one in known
        if one.kind is not IdentifierKind.DATE or one.value.reveal().replace(".", "") not in moved
    )


def _values(kind: IdentifierKind, seen: Attribute) -> Iterator[str]:
    guesses = seen.guesses if seen.value is None or seen.vr == "PN" else None
    texts = (text.reveal() for text in (seen.value, guesses) if text is not None)
    for part in "\\".join(texts).replace(BETWEEN_GUESSES, "\\").split("\\"):
        value = part.strip(" \0")
        if not value:
            continue
        if kind is IdentifierKind.UID:
            if is_well_formed(value) and value.count(".") >= _FEWEST_DOTS and not _is_public(value):
                yield value
        elif kind is IdentifierKind.DATE:
            yield from _dates(seen.vr, value)
        elif not is_placeholder(value):
            yield value


def _is_public(uid: str) -> bool:
    return is_registered(uid) or is_pseudonymous(uid) or is_coding_scheme(uid)


def _dates(vr: str, value: str) -> Iterator[str]:
    for one in value.split("-", 1) if vr == "DA" else (value,):
        day = one[:8] if vr == "DT" else one
        if len(day) >= 8 and not is_dummy(day):
            yield day
