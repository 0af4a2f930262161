"""Coded concepts (PS3.3 8): which schemes are public, and what of a code may stay."""

import re
from typing import Final

from scanscrub.policy.claims import defined_words

PUBLIC_SCHEMES: Final = frozenset(
    "DCM SCT SRT SNM3 99SDM SDM SNM2 LN UCUM FMA NEU RADLEX NCIt UMLS MSH MA BI ACR BARI NDC RXNORM ISO639_1 ISO639_2 "
    "ISO3166_1 ISO_IR I9 I9C I10 I10P I11 ICDO3 ICPM CPT-4 C4 CD2 MDNS MDC HL7 IBSI UBERON ITIS_TSN POS PUBCHEM_CID "
    "RADELEMENT DCMUID NYUMCCG CTV3 FDC FDDC HPC NDA ASTM-sigpurpose".split()
) | {"NCDR [2.0b]", "NCDR [2.0]"}
"""Coding Scheme Designators of PS3.16 Table 8-1 and 8-2 whose codes are published; all others are local or private."""

_CODE: Final = re.compile(r"[A-Za-z0-9.+*/%{}()\[\]:'\"^_#~-]{1,16}")
_LONG_NUMBER: Final = re.compile(r"[0-9]{6,}")
_LETTERS: Final = re.compile(r"[A-Za-z]+")


def is_code_value(code: str, scheme: str) -> bool:
    """Whether a Code Value has the form of a code: for a local scheme without a long number or an unknown word."""
    if _CODE.fullmatch(code) is None:
        return False
    if scheme in PUBLIC_SCHEMES:
        return True
    return _LONG_NUMBER.search(code) is None and all(
        len(word) <= 3 or word.upper() in defined_words() for word in _LETTERS.findall(code)
    )


def is_scheme(designator: str) -> bool:
    """Whether a Coding Scheme Designator is a public one or has the form of a private one (``99...``, ``L``)."""
    return designator in PUBLIC_SCHEMES or is_code_value(designator, "")
