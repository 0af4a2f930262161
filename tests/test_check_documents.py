"""Pictures and DICOM in documents, messages and texts: opened, or named as not examined; other texts cost nothing."""

import base64
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest

from conftest import CANARY
from factory_dicom import ct_file
from factory_pictures import NAME, color, gray, jpeg, jpeg_segment, png, png_chunk, rows_of
from running_check import Workplace
from scanscrub.domain.sealed_page import seal
from scanscrub.formats.dicom.encoding.pydicom_quiet import dcmread
from scanscrub.formats.documents.registry import is_document, members_of
from scanscrub.formats.documents.text_contents import TOKENS

PICTURE = png(rows_of(gray()), before=png_chunk(b"tEXt", b"Comment\0Patient " + NAME))
PHOTO = jpeg(jpeg_segment(0xFE, b"Patient " + NAME), picture=np.tile(color(), (3, 3, 1)))
SCAN = ct_file()
SECTOR = 512


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def compound(content: bytes, name: str = "Data") -> bytes:
    """An OLE compound file with one stream; a short one lies in the small sectors."""
    small = len(content) < 4096
    unit = 64 if small else SECTOR
    padded = content.ljust(-(-len(content) // unit) * unit, b"\0")
    body = padded.ljust(-(-len(padded) // SECTOR) * SECTOR, b"\0")
    count = len(body) // SECTOR
    chain = [*range(3, 2 + count), 0xFFFFFFFE]
    table = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    mini = [*range(1, len(padded) // 64), 0xFFFFFFFE] if small else []
    first_mini = len(table) if small else 0xFFFFFFFE
    if small:
        table.append(0xFFFFFFFE)
    entries = entry("Root Entry", 5, 2 if small else 0xFFFFFFFE, len(padded) if small else 0)
    entries += entry(name, 2, 0 if small else 2, len(content)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<LLLLLLLL", 1, 1, 0, 4096, first_mini, 1 if small else 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    numbers = struct.pack(f"<{len(table)}L", *table).ljust(SECTOR, b"\xff")
    smalls = struct.pack(f"<{len(mini)}L", *mini).ljust(SECTOR, b"\xff") if small else b""
    return header + numbers + entries + body + smalls


def entry(name: str, kind: int, start: int, length: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<LLL", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<LLL", start, length, 0)
    )


def message(*attached: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "images"
    mail.set_content("see below")
    for content in attached:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="scan")
    return mail.as_bytes()


def office() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/media/image1.png", PICTURE)
    return packed.getvalue()


def text(content: bytes) -> bytes:
    return base64.b64encode(content)


def as_json() -> bytes:
    return str(dcmread(io.BytesIO(SCAN)).to_json()).encode()


XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">
<DicomAttribute tag="00080016" vr="UI"><Value number="1">1.2.840.10008.5.1.4.1.1.2</Value></DicomAttribute>
<DicomAttribute tag="00100010" vr="PN"><PersonName number="1"><Alphabetic><FamilyName>{CANARY}</FamilyName>
</Alphabetic></PersonName></DicomAttribute>
<DicomAttribute tag="00280010" vr="US"><Value number="1">8</Value></DicomAttribute>
</NativeDicomModel>""".encode()
DCMTK_XML = f"""<?xml version="1.0"?>
<!DOCTYPE file-format SYSTEM "dcm2xml.dtd">
<file-format><data-set xfer="1.2.840.10008.1.2.1">
<sequence tag="0008,1140" vr="SQ" card="0"></sequence>
<element tag="0010,0010" vr="PN" vm="1" len="8" name="PatientName">{CANARY}</element>
</data-set></file-format>""".encode()

OPENED: dict[str, Callable[[], bytes]] = {
    "thumbnails of Windows": lambda: compound(b"\x0c\0\0\0\1\0\0\0" + struct.pack("<L", len(PHOTO)) + PHOTO),
    "old Word document": lambda: compound(bytes(700) + PICTURE + bytes(6000), "Data"),
    "old slides": lambda: compound(bytes(25) + PHOTO + bytes(25) + PICTURE + bytes(5000), "Pictures"),
    "Outlook message": lambda: compound(SCAN + bytes(5000), "__substg1.0_37010102"),
    "new Word document": office,
    "rich text": lambda: b"{\\rtf1 {\\pict\\pngblip\\picw9 " + PICTURE.hex(" ", 40).encode() + b"}}",
    "rich text, binary": lambda: b"{\\rtf1 {\\pict\\jpegblip\\bin%d " % len(PHOTO) + PHOTO + b"}}",
    "rich text with an object": lambda: b"{\\rtf1 {\\object\\objdata " + compound(PHOTO).hex().encode() + b"}}",
    "mail with DICOM": lambda: message(SCAN),
    "mail with an archive": lambda: message(office()),
    "mailbox": lambda: b"From a@b Mon\n" + message() + b"\nFrom c@d Tue\n" + message(PICTURE),
    "page saved as one file": lambda: b"From: <Saved by Blink>\r\n" + message(PHOTO),
    "page": lambda: b"<html><img src='data:image/png;base64," + text(PICTURE) + b"'></html>",
    "page in UTF-16": lambda: ("<img src='data:image/png;base64," + text(PICTURE).decode() + "'>").encode("utf-16"),
    "style sheet": lambda: b"a{background:url(data:image/jpeg;base64," + text(PHOTO) + b")}",
    "Markdown": lambda: b"![scan](data:image/png;base64," + text(PICTURE) + b")\n",
    "notebook": lambda: json.dumps(
        {"cells": [{"outputs": [{"data": {"image/png": base64.encodebytes(PICTURE).decode()}}]}]}
    ).encode(),
    "picture in JSON": lambda: json.dumps({"image": text(PHOTO).decode()}).encode(),
    "DICOM in JSON": lambda: json.dumps({"file": text(SCAN).decode()}).encode(),
    "DICOM as JSON": as_json,
    "answer of a query": lambda: b'[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"' + NAME + b'"}]}}]',
    "DICOM as lines of JSON": lambda: as_json() + b"\n" + as_json(),
    "DICOM as JSON in a program": lambda: b"const scan = " + as_json() + b";\n",
    "DICOM as XML": lambda: XML,
    "DICOM as DCMTK's XML": lambda: DCMTK_XML,
}


@pytest.mark.parametrize("made", OPENED.values(), ids=OPENED)
def test_what_is_in_it_is_judged(place: Workplace, made: Callable[[], bytes]) -> None:
    place.write("letter", made())
    ran = place.check("-f", "concise", "--min-severity", "quasi-identity")
    assert ran.code == 1
    assert all("letter!" in line and ": R0 " not in line for line in ran.lines)


NAMED: dict[str, tuple[str, bytes]] = {
    "damaged document": ("quasi-identity", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)),
    "document that leads round": ("quasi-identity", compound(bytes(9000))[:512] + bytes(9000)),
    "protected document": ("quasi-identity", compound(bytes(5000), "EncryptedPackage")),
    "metafile in rich text": ("quasi-identity", b"{\\rtf1{\\pict\\wmetafile8 " + b"0123456789abcdef" * 9 + b"}}"),
    "database with pictures": ("quasi-identity", b"SQLite format 3\0" + bytes(84) + PICTURE),
    "array": (
        "quasi-identity",
        b"\x93NUMPY\1\0v\0{'descr': '<u2', 'fortran_order': False, 'shape': (9, 256, 256), }\n",
    ),
    "DICOM as broken JSON": ("identity", b'{"00100010": {"vr": "PN", "Value": [' + b"{" * 9),
    "XML with entities": ("identity", b'<!DOCTYPE a [<!ENTITY b "c">]><NativeDicomModel>&b;</NativeDicomModel>'),
    "deep JSON": ("identity", b'{"00080005":{"vr":"SQ","Value":' + b'[{"00080005":{"vr":"SQ","Value":' * 5000),
}


@pytest.mark.parametrize(("severity", "content"), NAMED.values(), ids=NAMED)
def test_what_cannot_be_opened_is_named(place: Workplace, severity: str, content: bytes) -> None:
    place.write("letter", content)
    (line,) = place.check("-f", "concise").lines
    assert f": R0 {severity}:" in line


SILENT = {
    "source that imports base64": b"import base64\nfor name in names:\n    print(base64.b64encode(name))\n",
    "rich text of words": b"{\\rtf1\\ansi Dear colleague, \\par}",
    "document of words": compound(b"only words " * 600, "WordDocument"),
    "mail of words": message(),
    "empty database": b"SQLite format 3\0" + bytes(4000),
    "array of numbers": b"\x93NUMPY\1\0v\0{'descr': '<f8', 'fortran_order': False, 'shape': (900, 3), }\n"
    + bytes(99),
    "documentation of data URLs": b'Write <img src="data:image/png;base64,..."> into the page.\n',
    "JSON of a program": b'{"vr": "headset", "items": [1, 2, 3]}',
    "page with a font": b"<style>@font-face{src:url(data:font/woff2;base64," + text(bytes(300)) + b")}</style>",
    "hexadecimal": b"digest = '" + b"0123456789abcdef" * 60 + b"'\n",
}


@pytest.mark.parametrize("content", SILENT.values(), ids=SILENT)
def test_texts_without_pictures_are_not_accused(place: Workplace, content: bytes) -> None:
    place.write("letter", content)
    ran = place.check("-f", "concise")
    assert (ran.code, ran.stdout) == (0, "")


def test_a_text_without_a_token_is_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(*_: object) -> None:
        raise AssertionError("a text was parsed")

    monkeypatch.setattr("scanscrub.formats.documents.registry.members_of", parsed)
    source = b"def total(values):\n    return sum(values)\n" * 9000
    assert not any(token in source for token in TOKENS)
    assert not is_document(source[:4096], io.BytesIO(source))


def test_a_picture_in_a_stream_ends_where_it_ends() -> None:
    slides = compound(bytes(25) + PHOTO + bytes(25) + PICTURE + bytes(5000))
    found = [
        one.content.read()
        for one in members_of(slides[:4096], io.BytesIO(slides))
        if isinstance(one.content, io.BytesIO)
    ]
    assert found == [PHOTO, PICTURE]


def test_a_report_of_ours_that_nobody_changed_is_not_looked_into() -> None:
    before = text(png(rows_of(gray())))
    sealed = before + seal(hashlib.sha256(before).hexdigest()).encode()
    assert is_document(before, io.BytesIO(before))
    assert not is_document(sealed, io.BytesIO(sealed))
    as_on_windows = sealed.replace(b"\n", b"\r\n")
    assert not is_document(as_on_windows, io.BytesIO(as_on_windows))
    changed = b"\n" + sealed
    assert is_document(changed, io.BytesIO(changed))
