"""What `inspect` says is no more than what it looked at."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from conftest import CANARY
from factory_pictures import gray, saved
from running_check import Workplace
from scanscrub.cli.terminal.inspect_words import told
from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Inspection, Status
from scanscrub.domain.finding import HeaderElement, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.rules import Rule, Severity


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def test_pictures_that_were_not_searched_are_not_called_harmless(place: Workplace) -> None:
    place.write("export.png", saved(gray(), "PNG"))
    ran = place.run("inspect", ".", "--text", "none")
    assert ran.code == 0
    assert ran.lines == [
        "File 1, export.png (PNG): nothing found outside its pictures.",
        "The pictures were not searched for text, so burned-in names would not be found.",
    ]


def test_the_sorts_of_what_a_header_says_are_named_and_a_path_that_names_the_patient_is_withheld(
    place: Workplace,
) -> None:
    place.write(f"disc/{CANARY}_Jane/IM1.dcm")
    ran = place.run("inspect", ".", "--text", "none")
    assert re.match(r"File 1, disc/<withheld [0-9a-f]{8}>/IM1\.dcm \(DICOM\) would give away:", ran.lines[0])
    assert re.search(r"names and IDs of people in the header \(\d+ places: Patient Name, Patient ID", ran.stdout)
    assert "  - the name of the file or its folder" in ran.lines


def test_what_a_camera_wrote_is_named_by_its_sort(place: Workplace) -> None:
    exif = Image.Exif()
    exif[0x013B] = exif.get_ifd(0x8769)[0xA430] = "Somebody"
    exif.get_ifd(0x8825)[1] = "N"
    stream = BytesIO()
    Image.new("L", (64, 64)).save(stream, "JPEG", exif=exif)
    place.write("photo.jpg", stream.getvalue())
    (_, line, _) = place.run("inspect", "photo.jpg", "--text", "none").lines
    assert line.endswith("(1 place: JPEG EXIF, name of the camera's owner, GPS position, author)")


def test_where_the_writing_is_is_said_in_words() -> None:
    boxes = (Box(0, 0, 90, 20), Box(100, 0, 190, 20), Box(500, 480, 640, 500), Box(300, 240, 340, 260))
    steps = tuple(
        AuditStep(Rule.WRITING, Severity.QUASI, PixelRegion(box, frame), "Mask", "")
        for box in boxes
        for frame in (4, 7)
    )
    record = AuditRecord(InputRef(1, ""), Status.PLANNED, "share", frames=9, steps=steps)
    assert list(told(Inspection(record, size=(500, 640))))[1:] == [
        "    The text is on 2 of 9 pictures, in up to 3 places: in picture 5 top left, middle, bottom right.",
        "    This was a first look. clean examines its copies again and may cover more.",
    ]


def test_a_keyword_in_words_keeps_its_plural() -> None:
    steps = (AuditStep(Rule.IDENTITY, Severity.IDENTITY, HeaderElement((0x00101000,)), "Remove", ""),)
    record = AuditRecord(InputRef(1, ""), Status.PLANNED, "share", steps=steps)
    assert any("Other Patient IDs" in line for line in told(Inspection(record, size=(1, 1))))


def test_a_folder_without_an_image_is_said_to_have_none(place: Workplace) -> None:
    place.write("README.md", b"# Nothing to see\n")
    assert place.run("inspect", ".", "--text", "none").lines == ["No image was found."]


def test_the_help_does_not_say_that_inspect_masks(place: Workplace) -> None:
    assert not re.search("(?i)mask", place.run("inspect", "--help").stdout)
