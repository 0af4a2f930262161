"""Hiding places in standard attributes: L024 to L053, L073 to L078."""

from collections.abc import Iterator

from conftest import CANARY
from factory_dicom import IMPLICIT, Row, ct_rows, data_set, element, part10, with_rows
from hiding_place import TOKEN, Place, attribute_place

SECRET = CANARY.encode()
CREATOR: Row = (0x00090010, "LO", "ACME 1.0")


def attribute_places() -> Iterator[Place]:
    yield from _depths()
    yield from _unlisted()
    yield from _misused()
    yield from _names()
    yield from _descriptions()
    yield from _codes_and_addresses()
    yield from _identifiers()
    yield from _histories()
    yield from _circumstances()


def _nested(levels: int, row: Row) -> Row:
    for _ in range(levels):
        row = (0x00081140, "SQ", [[row]])
    return row


def _depths() -> Iterator[Place]:
    name: Row = (0x00100010, "PN", CANARY)
    for levels in (1, 2, 5, 30):
        yield attribute_place("L024", f"name at depth {levels}", _nested(levels, name))
    yield attribute_place("L024", "name in a private sequence", CREATOR, (0x00091010, "SQ", [[name]]))
    newer: list[Row] = [
        (0x00100011, "SQ", [[(0x00100012, "LT", CANARY), (0x00100013, "UT", CANARY)]]),
        (0x00100012, "LT", CANARY),
        (0x00100016, "UT", CANARY),
        (0x00102162, "UC", CANARY),
        (0x0040B03B, "LT", CANARY),
    ]
    rows = with_rows(ct_rows(), *newer)
    yield attribute_place("L025", "attributes of 2026, explicit", *newer)
    yield Place("L025", "attributes of 2026, implicit", part10(data_set(rows, IMPLICIT), IMPLICIT))
    yield attribute_place("L025", "attribute of 2026 as UN", (0x00100012, "UN", SECRET))
    yield attribute_place(
        "L026",
        "retired",
        (0x00101000, "LO", CANARY),
        (0x00101050, "LO", CANARY),
        (0x40080102, "PN", CANARY),
        (0x4008010B, "ST", CANARY),
        (0x00104000, "LT", CANARY),
    )


def _unlisted() -> Iterator[Place]:
    yield attribute_place(
        "L027",
        "text that the table does not list",
        (0x00189423, "LO", CANARY),
        (0x00400400, "LT", CANARY),
        (0x00620020, "UT", CANARY),
        (0x00283003, "LO", CANARY),
        (0x00420013, "LO", CANARY),
    )
    yield attribute_place("L028", "names", (0x00142006, "PN", CANARY), (0x00140104, "PN", CANARY))
    moments: list[Row] = [(0x0008041F, "DT", "19870605040302"), (0x00080407, "DT", "19870605040302")]
    yield attribute_place("L029", "moments", *moments, markers=(b"19870605",))
    yield attribute_place(
        "L030", "another calendar", (0x00100033, "LO", f"1376/{CANARY}"), (0x00100034, "LO", CANARY)
    )
    yield attribute_place("L046", "UIDs", (0x0018991E, "UI", "1.2.777.6"), markers=(b"1.2.777.6",))
    yield attribute_place("L067", "explanation of a table", (0x00283000, "SQ", [[(0x00283003, "LO", CANARY)]]))


def _misused() -> Iterator[Place]:
    yield attribute_place("L031", "body part", (0x00180015, "CS", CANARY.upper()))
    yield attribute_place("L032", "series number", series_number="19700101", markers=(b"19700101",))
    yield attribute_place("L032", "decimal", (0x00180060, "DS", CANARY), (0x00189073, "FD", "19700101"))
    yield attribute_place("L033", "age over 89", (0x00101010, "AS", "092Y"), markers=(b"092y",))


def _names() -> Iterator[Place]:
    three = f"{CANARY}^Tarou={CANARY}^\u592a\u90ce={CANARY}^\u305f\u308d\u3046".encode()
    yield attribute_place("L036", "three groups", patient_name=three, character_set="ISO_IR 192")
    yield attribute_place("L037", "several names", (0x00081050, "PN", f"Dr^{CANARY}^^Prof^MD\\Roe^{CANARY}"))
    escaped = b"Yamada^" + SECRET + b"=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"
    yield attribute_place(
        "L038",
        "ISO 2022",
        (0x00081048, "PN", escaped),
        (0x00321032, "PN", escaped),
        (0x00204000, "LT", b"seen by \x1b$B;3ED\x1b(B " + SECRET),
        patient_name=escaped,
        study_description=b"CT HEAD \x1b$B;3ED\x1b(B " + SECRET,
        character_set="\\ISO 2022 IR 87",
        markers=(b";3ed",),
    )
    foreign = f"M\u00fcller{CANARY}".encode()
    for declared in ("ISO_IR 6", "", "ISO_IR 100", "ISO_IR 999"):
        yield attribute_place(
            "L039",
            f"UTF-8 under {declared or 'none'}",
            (0x00081048, "PN", foreign),
            patient_name=foreign,
            study_description=b"CT HEAD " + foreign,
            character_set=declared,
            markers=("m\u00fcller".encode(),),
        )
    yield attribute_place(
        "L040",
        "spellings",
        patient_name=f"{CANARY}m\u00fcller^J\u00f6rg".encode("latin-1"),
        study_description=f"CT HEAD {CANARY.upper()}MUELLER JOERG",
        markers=(b"joerg",),
    )


def _descriptions() -> Iterator[Place]:
    yield attribute_place("L041", "name", study_description=f"XR CHEST for {CANARY} Davidson", markers=(b"davidson",))
    yield attribute_place(
        "L042",
        "orders",
        (0x00102000, "LO", f"Ordered for 8371727310 by {CANARY}"),
        (0x00181030, "LO", f"Ordered for Amy {CANARY} by Dr. {CANARY}"),
        markers=(b"8371727310",),
    )
    yield attribute_place(
        "L043",
        "dates",
        (0x0008103E, "LO", "AX T2 Sep1999 2001 Jul 05"),
        study_description="CT HEAD 20140321",
        accession="20010706E403961",
        markers=(b"20140321", b"1999", b"jul 05", b"20010706"),
    )
    yield attribute_place(
        "L044",
        "number of the patient",
        patient_id="8371727310",
        study_id="7172731",
        study_description="CT 8371727310 HEAD",
        markers=(b"7172731",),
    )


def _codes_and_addresses() -> Iterator[Place]:
    code: list[Row] = [
        (0x00080100, "SH", f"X{CANARY}"),
        (0x00080102, "SH", "99LOCAL"),
        (0x00080104, "LO", f"per Dr {CANARY}"),
    ]
    yield attribute_place("L034", "local code", (0x00081032, "SQ", [code]), (0x00081084, "SQ", [code]))
    url = f"http://pacs.{CANARY}.org/wado"
    long_code: list[Row] = [(0x00080119, "UC", CANARY), (0x00080120, "UR", url), (0x00080104, "LO", CANARY)]
    yield attribute_place(
        "L035",
        "addresses",
        (0x00080109 + 1, "UR", url),
        (0x00081190, "UR", url),
        (0x0040E010, "UR", url),
        (0x0040E012, "UR", url),
        (0x00081032, "SQ", [long_code]),
    )


def _identifiers() -> Iterator[Place]:
    references: Row = (0x00081115, "SQ", [[(0x0020000E, "UI", "1.2.826.19700101.3")]])
    yield attribute_place(
        "L045", "UID of a birthday", references, sop_instance="1.2.826.19700101.12345", markers=(b"19700101",)
    )
    yield attribute_place("L046", "private UID", CREATOR, (0x00091020, "UI", "1.2.777.6"), markers=(b"1.2.777.6",))


def _histories() -> Iterator[Place]:
    before: list[Row] = [(0x00100010, "PN", CANARY)]
    modified: Row = (0x04000550, "SQ", [before])
    nonconforming: Row = (0x04000551, "SQ", [[(0x04000552, "UN", SECRET)]])
    yield attribute_place("L050", "encrypted attributes", (0x04000500, "SQ", [[(0x04000520, "OB", SECRET)]]))
    original: Row = (0x04000561, "SQ", [[modified, (0x04000563, "LO", CANARY), (0x04000564, "LO", CANARY)]])
    yield attribute_place("L051", "original attributes", original)
    yield attribute_place("L052", "nonconforming attributes", (0x04000561, "SQ", [[nonconforming]]), nonconforming)
    signature: list[Row] = [(0x04000115, "OB", b"CN=" + SECRET), (0x04000120, "OB", SECRET)]
    yield attribute_place("L053", "signatures", (0x4FFE0001, "SQ", [signature]), (0xFFFAFFFA, "SQ", [signature]))


def _circumstances() -> Iterator[Place]:
    equipment: list[Row] = [
        (0x00080080, "LO", CANARY),
        (0x00081010, "SH", CANARY),
        (0x00081070, "PN", CANARY),
        (0x0018A003, "ST", CANARY),
    ]
    yield attribute_place("L073", "contributing equipment", (0x0018A001, "SQ", [equipment]))
    request: list[Row] = [
        (0x00080050, "SH", CANARY),
        (0x00321032, "PN", CANARY),
        (0x00321060, "LO", CANARY),
        (0x00400007, "LO", CANARY),
        (0x00401001, "SH", CANARY),
    ]
    yield attribute_place("L074", "requests", (0x00400275, "SQ", [request]), (0x00400100, "SQ", [request]))
    trial: list[Row] = [(tag, "LO", CANARY) for tag in (0x00120010, 0x00120020, 0x00120030, 0x00120040, 0x00120060)]
    yield attribute_place("L075", "clinical trial", *trial)
    claims: list[Row] = [(0x00120062, "CS", "YES"), (0x00120063, "LO", f"by {CANARY} for MRN 1")]
    yield attribute_place("L076", "method of an earlier cleaning", *claims)
    yield attribute_place("L077", "time zone", (0x00080201, "SH", "+0530"), markers=(b"+0530",))
    yield attribute_place(
        "L078",
        "odd dates",
        (0x00080021, "DA", "1999.01.31"),
        (0x00080022, "DA", "19990131-"),
        (0x0008002A, "DT", "19990131235959.99+0530"),
        (0x00080025, "DA", "199901 "),
        markers=(b"19990131", b"1999.01.31", b"199901 "),
    )
    extra = element(0x00101060, "PN", CANARY)
    body = data_set(ct_rows())
    yield Place("L023", "mother's name, behind the pixels", part10(body + extra), (TOKEN,))
