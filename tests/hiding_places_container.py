"""Hiding places around and between the elements: L001 to L017, L085 to L094."""

import io
import struct
import zipfile
from collections.abc import Iterator

from conftest import CANARY
from factory_dicom import (
    BIG,
    CT,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    Row,
    ct_file,
    ct_rows,
    data_set,
    deflated,
    element,
    head,
    item,
    part10,
    raw_item,
    with_rows,
)
from hiding_place import TOKEN, Place, attribute_place

SECRET = CANARY.encode()
DIRECTORY = "1.2.840.10008.1.3.10"
PRIVATE_SQ = 0x00091010
CREATOR: Row = (0x00090010, "LO", "ACME 1.0")


def container_places() -> Iterator[Place]:
    yield from _around()
    yield from _meta()
    yield from _groups()
    yield from _forms()
    yield from _encodings()


def _around() -> Iterator[Place]:
    body = data_set(ct_rows())
    tiff = b"II*\0" + struct.pack("<LHHHLL", 8, 1, 0x010E, 2, len(SECRET), 24) + bytes(4) + SECRET
    yield Place("L001", "preamble", part10(body, preamble=SECRET))
    yield Place("L002", "preamble as TIFF", part10(body, preamble=tiff), (TOKEN, b"ii*\0"))
    yield Place("L003", "preamble as script", part10(body, preamble=b"#!/bin/sh\necho " + SECRET), (TOKEN, b"#!/bin"))
    yield Place("L014", "bytes after the end", part10(body) + b"NAME=" + SECRET)
    yield Place("L015", "a second file behind", part10(body) + ct_file(), (TOKEN,))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr(f"{CANARY}.txt", SECRET)
    yield Place("L015", "an archive behind", part10(body) + archive.getvalue(), (TOKEN, b"pk\3\4"))
    yield Place("L016", "deflated", part10(body, DEFLATED))
    yield Place("L016", "behind a deflated data set", part10(body, DEFLATED) + SECRET)
    trailing = deflated(body + element(0xFFFCFFFC, "OB", SECRET)) + bytes(40) + SECRET
    yield Place("L016", "inside and behind", part10(b"", EXPLICIT, meta=[(0x00020010, "UI", DEFLATED)]) + trailing)
    yield Place("L017", "no preamble, explicit", data_set(ct_rows()))
    yield Place("L017", "no preamble, implicit", data_set(ct_rows(), IMPLICIT))
    yield Place("L017", "no preamble, but a file meta group", part10(body)[132:])


def _meta() -> Iterator[Place]:
    body = data_set(ct_rows())
    titles: list[Row] = [(0x00020000 + number, "AE", CANARY) for number in (0x16, 0x17, 0x18)]
    addresses: list[Row] = [(0x00020000 + number, "UR", f"{CANARY}.local:104") for number in (0x26, 0x27, 0x28)]
    private: list[Row] = [(0x00020100, "UI", "1.2.3.777"), (0x00020102, "OB", SECRET)]
    versions: list[Row] = [(0x00020012, "UI", "1.2.3.19700101"), (0x00020013, "SH", CANARY)]
    yield Place("L004", "application titles", part10(body, meta=titles))
    yield Place("L005", "presentation addresses", part10(body, meta=addresses))
    yield Place("L006", "private information", part10(body, meta=private), (TOKEN, b"1.2.3.777"))
    yield Place("L007", "implementation", part10(body, meta=versions), (TOKEN, b"19700101"))
    yield Place("L008", "another instance UID", part10(body, sop_instance="1.2.888.777.1"), (TOKEN, b"1.2.888.777"))
    odd = part10(body, meta=[(0x00020099, "LO", CANARY)])
    yield Place("L009", "unknown element", odd)
    yield Place("L009", "wrong group length", odd[:140] + struct.pack("<L", 8) + odd[144:])


def _groups() -> Iterator[Place]:
    command = element(0x00000902, "LO", CANARY) + element(0x00001000, "UI", "1.2.777.1")
    yield Place("L010", "command group", part10(command + data_set(ct_rows())), (TOKEN, b"1.2.777"))
    yield attribute_place("L011", "directory record", (0x00041500, "CS", f"{CANARY.upper()}\\CT1"))
    records: Row = (0x00041220, "SQ", [[(0x00041430, "CS", "PATIENT"), (0x00100010, "PN", CANARY)]])
    directory = part10(data_set([records]), sop_class=DIRECTORY)
    yield Place("L012", "directory", directory, refused=True)
    yield attribute_place("L013", "trailing padding", (0xFFFCFFFC, "OB", SECRET))
    lengths = element(0x00080000, "UL", 0x5A5A5A5A) + data_set(ct_rows())
    yield Place("L088", "group length", part10(lengths), (TOKEN, b"zzzz"))


def _forms() -> Iterator[Place]:
    """Forms of one element that hide it from a reader in a hurry."""
    inner = item([(0x00100010, "PN", CANARY)], IMPLICIT)
    yield attribute_place("L085", "private sequence as UN", CREATOR, (PRIVATE_SQ, "UN", inner))
    open_end = head(PRIVATE_SQ, "UN", 0xFFFFFFFF) + inner + bytes.fromhex("feffdde000000000")
    yield _with_bytes("L085", "private sequence as UN, open end", PRIVATE_SQ, element(*CREATOR) + open_end)
    request: Row = (0x00400275, "UN", item([(0x00400007, "LO", CANARY)], IMPLICIT))
    yield attribute_place("L085", "standard sequence as UN", request)
    yield attribute_place("L086", "name as UN", (0x00100010, "UN", SECRET))
    yield attribute_place("L087", "patient id as OB", (0x00100020, "OB", SECRET))
    yield attribute_place("L087", "name as CS", (0x00100010, "CS", CANARY.upper()))
    yield attribute_place("L089", "text behind a NUL", study_description=f"CT HEAD\0{CANARY}")
    yield attribute_place("L089", "odd length", (0x00080080, "LO", CANARY + "x"))
    yield attribute_place("L090", "four megabytes of text", (0x00404000 + 0xA160, "UT", f"{CANARY} " * 460_000))
    yield attribute_place("L090", "a long description", study_description=f"{CANARY} CT HEAD " * 40)
    again = element(0x00100010, "PN", f"Other^{CANARY}")
    yield _with_bytes("L091", "a second name", 0x00100020, again)
    yield _with_bytes("L091", "a name out of order", 0x00280002, element(0x00101001, "PN", CANARY))
    part = element(0x00180015, "CS", "HEAD") + element(0x00180015, "CS", CANARY.upper())
    yield _with_bytes("L091", "a second body part", 0x00180050, part)
    yield Place("L091", "a name behind the pixels", part10(data_set(ct_rows()) + again))
    slack = raw_item(element(0x00400007, "LO", CANARY) + SECRET[:6])
    slack_sequence = head(0x00400275, "SQ", len(slack)) + slack
    yield _with_bytes("L092", "bytes behind an item's elements", 0x7FE00010, slack_sequence, refused=True)
    between = raw_item(b"") + SECRET
    yield _with_bytes(
        "L092", "bytes between items", 0x7FE00010, head(0x00400275, "SQ", len(between)) + between, refused=True
    )


def _encodings() -> Iterator[Place]:
    nested: Row = (0x00400275, "SQ", [[(0x00400007, "LO", CANARY), (0x00321032, "PN", CANARY)]])
    for syntax, name in ((IMPLICIT, "implicit"), (BIG, "big endian"), (EXPLICIT, "explicit")):
        yield Place("L093", name, part10(data_set(with_rows(ct_rows(), nested), syntax), syntax))
    mixed = item([(0x00400007, "LO", CANARY)], IMPLICIT)
    yield _with_bytes("L093", "an implicit item", 0x7FE00010, head(0x00400275, "SQ", len(mixed)) + mixed)
    stated = part10(data_set(ct_rows(), IMPLICIT), EXPLICIT)
    yield Place("L093", "implicit where explicit is stated", stated)
    private_class = "1.3.46.670589.2.3.1.1"
    private_body = data_set(ct_rows(sop_class=private_class))
    yield Place("L094", "private object", part10(private_body, sop_class=private_class), refused=True)
    yield Place("L094", "private transfer syntax", part10(data_set(ct_rows()), "1.2.840.113619.5.2"), refused=True)
    yield Place("L094", "video", part10(data_set(ct_rows()), "1.2.840.10008.1.2.4.102"), refused=True)
    yield Place("L094", "truncated", part10(data_set(ct_rows()), sop_class=CT)[:-9], refused=True)


def _with_bytes(code: str, name: str, before: int, raw: bytes, *, refused: bool = False) -> Place:
    """The CT slice with `raw` in front of the element `before`."""
    rows = ct_rows()
    first = [row for row in rows if row[0] < before]
    rest = [row for row in rows if row[0] >= before]
    return Place(code, name, part10(data_set(first) + raw + data_set(rest)), refused=refused)
