"""Hiding places in private elements: L079 to L084, L095, L096."""

import gzip
import struct
from collections.abc import Iterator

from conftest import CANARY
from factory_dicom import IMPLICIT, Row, ct_rows, data_set, item, part10, with_rows
from hiding_place import Place, attribute_place

SECRET = CANARY.encode()
SPOOFED = "GEMS_ACQU_01"


def private_places() -> Iterator[Place]:
    date = struct.pack("<l", 20000101)
    ident: Row = (0x00090010, "LO", "GEMS_IDEN_01")
    yield attribute_place("L079", "date as a number", ident, (0x00091027, "SL", date), markers=(date,))
    yield attribute_place("L080", "creator", (0x00110010, "LO", CANARY), (0x00111010, "LO", "x"))
    shifted: list[Row] = [
        (0x00190010, "LO", "ACME"),
        (0x00190011, "LO", SPOOFED),
        (0x0019109E, "LO", CANARY),
        (0x00191123, "DS", CANARY),
    ]
    yield attribute_place("L081", "block of another creator", *shifted)
    twice: list[Row] = [(0x00190010, "LO", SPOOFED), (0x00190011, "LO", SPOOFED), (0x0019119E, "LO", CANARY)]
    yield attribute_place("L081", "creator twice", *twice)
    yield attribute_place("L082", "no creator", (0x00131010, "LO", CANARY), (0x00130008, "LO", CANARY))
    spoof: list[Row] = [(0x00190010, "LO", SPOOFED), (0x0019109E, "LO", CANARY), (0x00191023, "LO", CANARY)]
    yield attribute_place("L083", "borrowed creator", *spoof)
    rows = with_rows(ct_rows(), *spoof)
    yield Place("L083", "borrowed creator, implicit", part10(data_set(rows, IMPLICIT), IMPLICIT))
    philips: Row = (0x20050014, "LO", "Philips MR Imaging DD 005")
    inner: list[Row] = [(0x00100010, "PN", CANARY), (0x00081030, "LO", CANARY), (0x00200011, "IS", "1")]
    yield attribute_place("L084", "safe sequence", philips, (0x2005140F, "SQ", [inner]))
    yield attribute_place("L084", "safe sequence as UN", philips, (0x2005140F, "UN", item(inner, IMPLICIT)))
    csa: Row = (0x00290010, "LO", "SIEMENS CSA HEADER")
    blob = b"SV10\4\3\2\1" + struct.pack("<L", 1) + b"tPatientName\0" + SECRET
    yield attribute_place("L095", "CSA header", csa, (0x00291010, "OB", blob), (0x00291020, "OB", blob))
    ge: Row = (0x00250010, "LO", "GEMS_SERS_01")
    packed = gzip.compress(b"PATIENT " + SECRET, mtime=0)
    yield attribute_place(
        "L096", "packed protocol", ge, (0x0025101B, "OB", packed), (0x0025101A, "SH", CANARY), markers=(packed[:12],)
    )
