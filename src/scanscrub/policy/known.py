"""Which values of a header identify somebody, to be searched everywhere else in the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from scanscrub.domain.finding import BETWEEN_GUESSES, Attribute, Known, KnownKind, Observation
from scanscrub.domain.secret import Phi
from scanscrub.policy.dates import is_dummy, shifted
from scanscrub.policy.dummies import is_placeholder
from scanscrub.policy.uids import is_coding_scheme, is_pseudonymous, is_registered, is_well_formed

_KINDS: Final = {
    # ids
    0x00100020: KnownKind.ID,  # Patient ID
    0x00101000: KnownKind.ID,  # Other Patient IDs (retired)
    0x00101001: KnownKind.NAME,  # Other Patient Names
    0x00101090: KnownKind.ID,  # Medical Record Locator
    0x00101050: KnownKind.ID,  # Insurance Plan Identification (retired)
    0x00102180: KnownKind.TEXT,  # Occupation
    0x00102154: KnownKind.ID,  # Patient's Telephone Numbers
    0x00102155: KnownKind.TEXT,  # Patient's Telecom Information
    0x00100012: KnownKind.NAME,  # Name to Use
    0x00100033: KnownKind.DATE,  # Patient's Birth Date in Alternative Calendar
    0x00100034: KnownKind.DATE,  # Patient's Death Date in Alternative Calendar
    0x00080050: KnownKind.ID,  # Accession Number
    0x00080094: KnownKind.ID,  # Referring Physician's Telephone Numbers
    0x00120040: KnownKind.ID,  # Clinical Trial Subject ID
    0x00120042: KnownKind.ID,  # Clinical Trial Subject Reading ID
    0x00200010: KnownKind.ID,  # Study ID
    0x00380010: KnownKind.ID,  # Admission ID
    0x00380060: KnownKind.ID,  # Service Episode ID
    0x00400009: KnownKind.ID,  # Scheduled Procedure Step ID
    0x00400253: KnownKind.ID,  # Performed Procedure Step ID
    0x00400512: KnownKind.ID,  # Container Identifier
    0x00400551: KnownKind.ID,  # Specimen Identifier
    0x00401001: KnownKind.ID,  # Requested Procedure ID
    0x00402016: KnownKind.ID,  # Placer Order Number
    0x00402017: KnownKind.ID,  # Filler Order Number
    0x00402010: KnownKind.ID,  # Order Callback Phone Number
    0x22000005: KnownKind.ID,  # Barcode Value
    # places
    0x00080080: KnownKind.PLACE,  # Institution Name
    0x00080081: KnownKind.PLACE,  # Institution Address
    0x00080092: KnownKind.PLACE,  # Referring Physician's Address
    0x00081040: KnownKind.PLACE,  # Institutional Department Name
    0x00100021: KnownKind.PLACE,  # Issuer of Patient ID
    0x00101040: KnownKind.PLACE,  # Patient's Address
    0x00102150: KnownKind.PLACE,  # Country of Residence
    0x00102152: KnownKind.PLACE,  # Region of Residence
    0x00120031: KnownKind.PLACE,  # Clinical Trial Site Name
    0x00380300: KnownKind.PLACE,  # Current Patient Location
    0x00380400: KnownKind.PLACE,  # Patient's Institution Residence
    0x00401102: KnownKind.PLACE,  # Person's Address
    # other
    0x00081010: KnownKind.TEXT,  # Station Name
    0x00181000: KnownKind.ID,  # Device Serial Number
}
_BY_VR: Final = {
    "PN": KnownKind.NAME,
    "DA": KnownKind.DATE,
    "DT": KnownKind.DATE,
    "UI": KnownKind.UID,
}


def known_values(seen: Sequence[Observation], stays: Callable[[Attribute], bool]) -> tuple[Known, ...]:
    """Every identifying value once, in file order; none of an attribute that the policy lets stay as it is.

    Placeholders, dummies, pseudonyms of ours and DICOM's own UIDs identify nobody.
    """
    found: dict[tuple[KnownKind, str], Known] = {}
    for one in seen:
        if not isinstance(one, Attribute) or (one.value is None and one.guesses is None):
            continue
        kind = kind_of_known(one)
        if kind is None or stays(one):
            continue
        for value in _values(kind, one):
            if (kind, value) not in found:
                found[kind, value] = Known(kind, Phi(value))
    return tuple(found.values())


def kind_of_known(one: Attribute) -> KnownKind | None:
    """Which sort of identifying value the attribute holds; None where it holds none."""
    return _KINDS.get(one.where.path[-1]) or _BY_VR.get(one.vr)


def without_moved(known: tuple[Known, ...], days: int) -> tuple[Known, ...]:
    """The values without those dates that another date of the file becomes when it is moved by `days`.

    Nobody could tell the one from the other in the copy.
    """
    dates = [one.value.reveal() for one in known if one.kind is KnownKind.DATE]
    moved = {shifted("DA", day, days) for day in dates} & {day.replace(".", "") for day in dates}
    if not moved:
        return known
    return tuple(
        one for one in known if one.kind is not KnownKind.DATE or one.value.reveal().replace(".", "") not in moved
    )


def _values(kind: KnownKind, seen: Attribute) -> Iterator[str]:
    guesses = seen.guesses if seen.value is None or seen.vr == "PN" else None
    texts = (text.reveal() for text in (seen.value, guesses) if text is not None)
    for part in "\\".join(texts).replace(BETWEEN_GUESSES, "\\").split("\\"):
        value = part.strip(" \0")
        if not value:
            continue
        if kind is KnownKind.UID:
            if is_well_formed(value) and not _is_public(value):
                yield value
        elif kind is KnownKind.DATE:
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
