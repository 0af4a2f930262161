"""What lies on a disc beside its images is left out in peace; what may be an image is not."""

import io
import json
import random
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from factory_dicom import ct_file
from running_check import Ran, Workplace

NOISE = random.Random(3).randbytes(60_000)  # noqa: S311 - noise


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table studies (number)")
    return connection.serialize()


def icon(side: int) -> bytes:
    picture = struct.pack("<LllHHLLllLL", 40, side, 2 * side, 1, 32, 0, 0, 0, 0, 0, 0) + bytes(4 * side * side)
    return (
        struct.pack("<HHH", 0, 1, 1)
        + struct.pack("<BBBBHHLL", side % 256, side % 256, 0, 0, 1, 32, len(picture), 22)
        + picture
    )


def font() -> bytes:
    tables = b"".join(name + struct.pack(">LLL", 0, 200, 8) for name in (b"cmap", b"glyf", b"head", b"loca"))
    return struct.pack(">LHHHH", 0x00010000, 4, 64, 2, 0) + tables + NOISE[:9000]


def archive(*, encrypted: bool = False) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer:
        writer.writestr("one", NOISE[:5000])
    data = bytearray(packed.getvalue())
    if encrypted:
        data[6] |= 1
        data[data.rfind(b"PK\1\2") + 8] |= 1
    return bytes(data)


JUNK = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9000),
    ".DS_Store": b"\0\0\0\1Bud1" + bytes(6000),
    "viewer.sqlite": database(),
    "arial.ttf": font(),
    "viewer.exe": b"MZ" + NOISE,
    "viewer.class": b"\xca\xfe\xba\xbe" + NOISE,
    "dictation.wav": b"RIFF" + struct.pack("<L", 9000) + b"WAVEfmt " + NOISE[:9000],
    "viewer.ico": icon(32),
    "autorun.inf": b"[autorun]\r\nopen=viewer.exe\r\n",
    "wide.txt": "Bilder öffnen".encode("utf-16"),
    "latin.txt": "Zum Öffnen der Bilder auf das Gerät klicken.\r\n".encode("latin-1") * 9,
    "empty.dat": b"",
    "cut.docx": b"PK\3\4",
    "VIEWER.DAT": NOISE[:3000],
    "brief.rtf": b"{\\rtf1 Brief}",
}
IMAGES = {
    "volume.raw": NOISE,
    "film.mp4": b"\0\0\0\x18ftypmp42" + NOISE[:5000],
    "report.pdf": b"%PDF-1.7\n" + NOISE[:5000],
    "photo.heic": b"\0\0\0\x18ftypheic" + NOISE[:5000],
    "cut.dcm": ct_file()[:-20],
    "locked.zip": archive(encrypted=True),
    "cut.zip": archive()[:900],
    "shot.tga": NOISE[:3000] + b"TRUEVISION-XFILE.\0",
    "large.ico": icon(255) + NOISE,
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def cleaned(place: Workplace, *paths: str) -> Ran:
    call = ("-o", place.out / "out", "--text", "none", "--executor", "serial", "--no-progress", "-y")
    return place.run("clean", *(paths or (".",)), *call)


def statuses(place: Workplace) -> list[str]:
    journal = (place.out / "out" / "audit.jsonl").read_text(encoding="utf-8")
    return sorted(json.loads(line)["status"] for line in journal.splitlines())


@pytest.mark.parametrize(("name", "content"), JUNK.items(), ids=JUNK)
def test_what_is_no_image_is_left_out_in_peace(place: Workplace, name: str, content: bytes) -> None:
    place.write("scan.dcm")
    place.write(name, content)
    ran = cleaned(place)
    assert ran.code == 0, ran.stdout
    assert statuses(place) == ["IGNORED", "REVIEW"]
    assert "1 not an image, left out" in ran.stdout
    assert "not cleaned" not in ran.stdout


def test_named_by_hand_it_is_left_out_as_well(place: Workplace) -> None:
    place.write("scan.dcm")
    place.write("Thumbs.db", JUNK["Thumbs.db"])
    assert cleaned(place, "scan.dcm", "Thumbs.db").code == 0


def test_where_there_is_no_image_at_all_nothing_was_cleaned(place: Workplace) -> None:
    for name, content in JUNK.items():
        place.write(name, content)
    ran = cleaned(place)
    assert ran.code == 3
    assert "There is nothing to share." in ran.stdout


@pytest.mark.parametrize(("name", "content"), IMAGES.items(), ids=IMAGES)
def test_what_may_be_an_image_is_refused(place: Workplace, name: str, content: bytes) -> None:
    place.write("scan.dcm")
    place.write(name, content)
    ran = cleaned(place)
    assert ran.code == 3
    assert statuses(place) == ["REFUSED", "REVIEW"]
