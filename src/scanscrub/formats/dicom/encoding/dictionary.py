"""Which VR applies to an element: the standard's dictionary, private dictionaries by creator, then what the
file says.

Sources: PS3.5 6.2 (value representations), PS3.5 6.2.2 (UN), PS3.5 7.8.1 (private creators), PS3.6 (in
`element_tables`), and the attributes of edition 2026d that pydicom 3.0 does not know (PS3.15 Table E.1-1, PS3.6).
"""

from scanscrub.formats.dicom.encoding.element_tables import private_elements, repeating_element, standard_elements
from scanscrub.system.file_cache import cached_per_file

UNDEFINED_LENGTH = 0xFFFFFFFF

TEXT_VRS = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
)
CHARSET_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Text whose bytes depend on Specific Character Set (PS3.5 6.1.2.3)."""
NUMBER_CODES = {
    "FD": ("d", 8),
    "FL": ("f", 4),
    "SL": ("l", 4),
    "SS": ("h", 2),
    "SV": ("q", 8),
    "UL": ("L", 4),
    "US": ("H", 2),
    "UV": ("Q", 8),
}
"""struct's code and the size in bytes of one number."""
WORD_SIZES = {"AT": 2, "OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2} | {
    vr: size for vr, (_, size) in NUMBER_CODES.items()
}
"""Bytes that turn round together when the byte order changes."""
LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
"""VRs with a reserved field and a length of 32 bits in explicit encodings (PS3.5 Table 7.1-1)."""
SHORT_VRS = frozenset({*TEXT_VRS, *NUMBER_CODES, "AT"}) - LONG_VRS
VR_NAMES = LONG_VRS | SHORT_VRS
VR_FORMS = {vr.encode(): (vr, vr in LONG_VRS) for vr in sorted(VR_NAMES)}
"""By the two bytes in the file: the VR and whether it has the long form."""

_NEWER = {
    0x00081301: "SQ",  # Principal Diagnosis Code Sequence
    0x00081302: "SQ",  # Primary Diagnosis Code Sequence
    0x00081303: "SQ",  # Secondary Diagnoses Code Sequence
    0x00081304: "SQ",  # Histological Diagnoses Code Sequence
    0x00100011: "SQ",  # Person Names to Use Sequence
    0x00100012: "LT",  # Name to Use
    0x00100013: "UT",  # Name to Use Comment
    0x00100014: "SQ",  # Third Person Pronouns Sequence
    0x00100015: "SQ",  # Pronoun Code Sequence
    0x00100016: "UT",  # Pronoun Comment
    0x00100041: "SQ",  # Gender Identity Sequence
    0x00100042: "UT",  # Sex Parameters for Clinical Use Category Comment
    0x00100043: "SQ",  # Sex Parameters for Clinical Use Category Sequence
    0x00100044: "SQ",  # Gender Identity Code Sequence
    0x00100045: "UT",  # Gender Identity Comment
    0x00100046: "SQ",  # Sex Parameters for Clinical Use Category Code Sequence
    0x00100047: "UR",  # Sex Parameters for Clinical Use Category Reference
    0x00102162: "UC",  # Ethnic Groups
    0x3004007F: "LO",  # Dose Calculation Model Name
    0x0040A034: "DT",  # Effective Start DateTime
    0x0040A035: "DT",  # Effective Stop DateTime
    0x0040B034: "DT",  # Annotation DateTime
    0x0040B036: "DT",  # Segment Definition DateTime
    0x0040B03B: "LT",  # Montage Name
    0x0040B03F: "LO",  # Montage Channel Label
    0x0040E012: "UR",  # Display URI
}
STANDARD: dict[int, str] = _NEWER | {tag: vr for tag, (vr, _) in standard_elements().items()}
"""By tag: the VR, or several as in ``"US or SS"``."""


def keyword_of(tag: int) -> str:
    """The keyword of an element of the standard; empty for any other."""
    entry = None if tag & 0x10000 else standard_elements().get(tag) or repeating_element(tag)
    return entry[1] if entry else ""


def applicable_vr(tag: int, stored: str, creator: str | None, *, signed: bool) -> str:
    """The VR by which an element is understood.

    `stored` is the VR in the file, empty in implicit encodings. `creator` is the private creator of the element's
    block. `signed` says how ``US or SS`` is meant (Pixel Representation).

    Numbers under an even tag that no standard knows are bytes that nobody can judge: UN. What the standard calls a
    text is one, whatever the file says; only IS and DS are sometimes stored as the numbers that they are.
    """
    known = STANDARD.get(tag) or _unlisted(tag, creator) or "UN"
    if stored in ("", "UN"):
        return _one_of(known, signed=signed)
    if known == "UN" and not tag & 0x10000 and stored in WORD_SIZES:
        return "UN"
    if known in TEXT_VRS and stored != "SQ" and not (known in ("DS", "IS") and stored in NUMBER_CODES):
        return known
    return stored


def _one_of(known: str, *, signed: bool) -> str:
    if known in VR_NAMES:
        return known
    if "US or SS" in known:
        return "SS" if signed else "US"
    return "OW" if "OW" in known else "UN"


@cached_per_file(4096)
def _unlisted(tag: int, creator: str | None) -> str | None:
    """The VR of a repeating group, group length or private element; None where nobody knows it."""
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return "UL"
    if group % 2:
        if 0x10 <= element <= 0xFF:
            return "LO"
        return _private(group, element, creator) if creator else None
    entry = repeating_element(tag)
    return entry[0] if entry else None


def _private(group: int, element: int, creator: str) -> str | None:
    entries = private_elements(creator)
    for key in (
        f"{group:04X}{element:04X}",
        f"{group:04X}xx{element & 0xFF:02X}",
        f"{group >> 8:02X}xxxx{element & 0xFF:02X}",
    ):
        if key in entries:
            return entries[key]
    return None
