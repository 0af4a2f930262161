"""Which values of a header identify somebody, to be searched everywhere else in the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute, Identifier, IdentifierKind, Observation
from scanscrub.domain.phi import Phi
from scanscrub.policy.pseudonyms.dates import is_dummy, shifted
from scanscrub.policy.pseudonyms.placeholders import is_placeholder
from scanscrub.policy.pseudonyms.uids import is_coding_scheme, is_pseudonymous, is_registered, is_well_formed

_KINDS: Final = {
    # ids
    0x00100020: IdentifierKind.ID,  # Patient ID
    0x00101000: IdentifierKind.ID,  # Other Patient IDs (retired)
    0x00101001: IdentifierKind.NAME,  # Other Patient Names
    0x00101090: IdentifierKind.ID,  # Medical Record Locator
    0x00101050: IdentifierKind.ID,  # Insurance Plan Identification (retired)
    0x00102180: IdentifierKind.TEXT,  # Occupation
    0x00102154: IdentifierKind.ID,  # Patient's Telephone Numbers
    0x00102155: IdentifierKind.TEXT,  # Patient's Telecom Information
    0x00100012: IdentifierKind.NAME,  # Name to Use
    0x00100033: IdentifierKind.DATE,  # Patient's Birth Date in Alternative Calendar
    0x00100034: IdentifierKind.DATE,  # Patient's Death Date in Alternative Calendar
    0x00080050: IdentifierKind.ID,  # Accession Number
    0x00080094: IdentifierKind.ID,  # Referring Physician's Telephone Numbers
    0x00120040: IdentifierKind.ID,  # Clinical Trial Subject ID
    0x00120042: IdentifierKind.ID,  # Clinical Trial Subject Reading ID
    0x00200010: IdentifierKind.ID,  # Study ID
    0x00380010: IdentifierKind.ID,  # Admission ID
    0x00380060: IdentifierKind.ID,  # Service Episode ID
    0x00400009: IdentifierKind.ID,  # Scheduled Procedure Step ID
    0x00400253: IdentifierKind.ID,  # Performed Procedure Step ID
    0x00400512: IdentifierKind.ID,  # Container Identifier
    0x00400551: IdentifierKind.ID,  # Specimen Identifier
    0x00401001: IdentifierKind.ID,  # Requested Procedure ID
    0x00402016: IdentifierKind.ID,  # Placer Order Number
    0x00402017: IdentifierKind.ID,  # Filler Order Number
    0x00402010: IdentifierKind.ID,  # Order Callback Phone Number
    0x22000005: IdentifierKind.ID,  # Barcode Value
    # places
    0x00080080: IdentifierKind.PLACE,  # Institution Name
    0x00080081: IdentifierKind.PLACE,  # Institution Address
    0x00080092: IdentifierKind.PLACE,  # Referring Physician's Address
    0x00081040: IdentifierKind.PLACE,  # Institutional Department Name
    0x00100021: IdentifierKind.PLACE,  # Issuer of Patient ID
    0x00101040: IdentifierKind.PLACE,  # Patient's Address
    0x00102150: IdentifierKind.PLACE,  # Country of Residence
    0x00102152: IdentifierKind.PLACE,  # Region of Residence
    0x00120031: IdentifierKind.PLACE,  # Clinical Trial Site Name
    0x00380300: IdentifierKind.PLACE,  # Current Patient Location
    0x00380400: IdentifierKind.PLACE,  # Patient's Institution Residence
    0x00401102: IdentifierKind.PLACE,  # Person's Address
    # other
    0x00081010: IdentifierKind.TEXT,  # Station Name
    0x00181000: IdentifierKind.ID,  # Device Serial Number
}
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
        if kind is None or stays(one):
            continue
        for value in _values(kind, one):
            if (kind, value) not in found:
                found[kind, value] = Identifier(kind, Phi(value))
    return tuple(found.values())


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
            if is_well_formed(value) and not _is_public(value):
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
