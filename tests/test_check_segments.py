"""How much the things beside a picture matter: a file hidden there, a program's name, padding."""

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import CANARY
from factory_dicom import ct_file
from factory_pictures import color, gray, jpeg, jpeg_segment, png, png_chunk, rows_of, saved
from running_check import Workplace
from scanscrub.domain.finding import Segment, SegmentRole, SegmentSeen
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Severity
from scanscrub.leftovers.stray_bytes import holds_a_file, unneeded_bytes
from scanscrub.policy.segments import severity_of

GRAY_PNG = saved(gray(), "PNG")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("ct", b"nothing")
    return made.getvalue()


FILES = {
    "DICOM": ct_file(),
    "DICOM without a preamble": ct_file()[100:],
    "PNG": GRAY_PNG,
    "JPEG": jpeg(),
    "GIF": saved(gray(), "GIF"),
    "TIFF": saved(gray(), "TIFF"),
    "WebP": saved(color(), "WEBP"),
    "ZIP": zipped(),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "NIfTI": b"\x5c\x01\0\0" + bytes(340) + b"n+1\0",
}


@pytest.mark.parametrize("hidden", FILES.values(), ids=FILES)
@pytest.mark.parametrize(
    ("kind", "carrier"),
    {
        "PNG": GRAY_PNG,
        "JPEG": jpeg(),
        "GIF": saved(gray(), "GIF"),
        "TIFF": saved(gray(), "TIFF"),
        "WebP": saved(color(), "WEBP"),
        "BMP": saved(gray(), "BMP"),
        "DICOM": ct_file(),
    }.items(),
)
def test_a_file_behind_a_picture_is_as_bad_as_an_identity(
    place: Workplace, kind: str, carrier: bytes, hidden: bytes
) -> None:
    place.write("scan", carrier + (b"\0\0\0" if kind in ("PNG", "JPEG") else b"") + hidden)
    said = [line for line in place.check("-f", "concise").lines if "after the end" in line]
    assert [line.split(": ")[1] for line in said] == ["S0 identity"]


@pytest.mark.parametrize("padding", [bytes(700), b"\xff" * 9, b"\r\n\r\n\r\n  "], ids=["zeros", "ones", "blanks"])
def test_padding_behind_a_picture_is_hygiene(place: Workplace, padding: bytes) -> None:
    place.write("scan.png", GRAY_PNG + padding)
    place.write("scan.jpg", jpeg() + padding)
    ran = place.check("-f", "concise")
    assert [line.split(": ")[1] for line in ran.lines] == ["S0 hygiene", "S0 hygiene"]


def test_the_empty_header_before_a_further_page_of_pillows_is_hygiene(place: Workplace) -> None:
    page = Image.fromarray(gray())
    place.write("scan.tif", saved(page, "TIFF", save_all=True, append_images=[page, page]))
    ran = place.check("-f", "concise")
    assert [line.split(": ")[1] for line in ran.lines] == ["S0 hygiene", "S0 hygiene"]
    assert place.check(place.clean()).code == 0


def test_a_file_in_a_segment_that_nobody_knows_is_as_bad_as_an_identity(place: Workplace) -> None:
    place.write("scan.png", png(rows_of(gray()), before=png_chunk(b"prVt", GRAY_PNG)))
    place.write("scan.jpg", jpeg(jpeg_segment(0xE7, b"\1\2" + jpeg())))
    ran = place.check("-f", "concise")
    assert [line.split(": ")[1] for line in ran.lines] == ["S0 identity", "S0 identity"]


def test_compressed_data_looks_like_no_file() -> None:
    noise = np.random.default_rng(7).integers(0, 256, 1 << 22, dtype=np.uint8).tobytes()
    assert not holds_a_file(noise)
    assert not holds_a_file(zlib.compress(b"words and words" * 999))


def text(kind: str, said: str, role: SegmentRole = SegmentRole.OTHER) -> Severity:
    return severity_of(SegmentSeen(Segment(kind, role=role), needed=False, length=len(said), text=Phi(said)))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("PNG tEXt", "Software\nMatplotlib version3.8.2, https://matplotlib.org/"),
        ("PNG tEXt", "Software\nAdobe ImageReady"),
        ("PNG tEXt", "Software\nwww.inkscape.org"),
        ("PNG tEXt", "Software\nAcme Viewer 2.1"),
        ("PNG tEXt", "Comment\nCreated with GIMP"),
        ("PNG tEXt", "date:modify\n2010-08-17T12:05:28+02:00"),
        ("JPEG comment", "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n"),
        ("JPEG APP12", "Ducky"),
        ("GIF comment", "Created with The GIMP"),
        ("TIFF software", "ImageMagick 6.4.1 06/19/08 Q16 http://www.imagemagick.org"),
    ],
)
def test_what_names_only_a_program_is_hygiene(kind: str, said: str) -> None:
    assert text(kind, said) is Severity.HYGIENE


def test_what_names_only_a_color_space_is_hygiene() -> None:
    profile = "sRGB IEC61966-2.1 Copyright 1999 Adobe"
    assert text("PNG iCCP", profile, SegmentRole.COLOR_PROFILE) is Severity.HYGIENE


def test_a_position_on_earth_is_identity_whatever_it_says() -> None:
    assert text("TIFF GPS directory", "any", SegmentRole.POSITION) is Severity.IDENTITY


@pytest.mark.parametrize(
    "said",
    [
        "Software\nJane Doe",
        "Software\nJane Doe 19700101",
        "Software\nDoe 1970-01-01 1.2",
        "Software\nMatplotlib for Jane Doe",
        "Software\nGIMP 8371727310",
        "Comment\nscan of 2014-03-21",
        "Author\nGIMP Doe",
        "date:create\n2010-08-17 Doe",
        "Comment\n",
    ],
)
def test_what_may_name_a_person_is_more_than_hygiene(said: str) -> None:
    assert text("PNG tEXt", said) is not Severity.HYGIENE


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("PNG tEXt", "PatientID\nZQ-4471902"),
        ("PNG tEXt", "Comment\nQuillfeather, Zelda geb. 14.03.1958"),
        ("JPEG comment", "Zelda Quillfeather 19580314"),
        ("TIFF description", "QUILLFEATHER^ZELDA 1958-03-14"),
        ("TIFF artist", "Zelda Quillfeather"),
        ("PNG tEXt", "Author\nZelda Quillfeather"),
        ("PNG iTXt", "XML:com.adobe.xmp\n<exif:GPSLatitude>52,31.2N</exif:GPSLatitude>"),
    ],
)
def test_what_points_at_a_person_or_a_place_is_identity(kind: str, said: str) -> None:
    assert text(kind, said) is Severity.IDENTITY


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("PNG tEXt", "Comment\nZelda Quillfeather"),
        ("PNG tEXt", "Copyright\n2015 Acmetron Gizmotic"),
        ("JPEG EXIF", "Make\nACMETRON GIZMOTIC\nDateTime\n2015:03:14 10:11:12"),
    ],
)
def test_other_words_that_nobody_knows_are_quasi_identity(kind: str, said: str) -> None:
    assert text(kind, said) is Severity.QUASI


def exif_of(*tags: int, value: object = "", place: bool = False) -> bytes:
    made = Image.Exif()
    made.update(dict.fromkeys(tags, value))
    if place:
        made.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return made.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("exif", "severity"),
    [
        (exif_of(0x131, value="gimp"), "hygiene"),
        (exif_of(0x13B, value="Zelda Quillfeather"), "identity"),
        (exif_of(0x10E, value="X-ray of Zelda Quillfeather"), "quasi-identity"),
        (exif_of(0x10E, value="Quillfeather, Zelda geb 19580314"), "identity"),
        (exif_of(place=True), "identity"),
    ],
    ids=["program", "artist", "description", "patient", "place"],
)
def test_the_same_exif_is_as_grave_in_every_format(place: Workplace, kind: str, exif: bytes, severity: str) -> None:
    place.write("scan", saved(color(), kind, exif=exif))
    said = [line.split(": S0 ")[1].split(":")[0] for line in place.check("-f", "concise").lines]
    assert min(said, key=[*Severity].index) == severity


def test_what_lies_between_the_directories_of_exif_is_no_program(place: Workplace) -> None:
    place.write("scan.png", png(rows_of(gray()), before=png_chunk(b"eXIf", exif_of(0x131, value="gimp") + b"Doe 12")))
    assert [line.split(": ")[1] for line in place.check("-f", "concise").lines] == ["S0 quasi-identity"]


def test_a_stray_text_is_quasi_identity() -> None:
    assert severity_of(unneeded_bytes(Segment("PNG bytes after the end"), CANARY.encode())) is Severity.QUASI


def hidden_under_transparency(*colors: int) -> bytes:
    hidden = np.resize(np.array(colors, dtype=np.uint8), gray().shape)
    return saved(np.dstack([hidden, hidden, hidden, np.zeros_like(hidden)]), "PNG")


def test_one_color_under_full_transparency_hides_nothing(place: Workplace) -> None:
    place.write("icon.png", hidden_under_transparency(255))
    place.write("scan.png", hidden_under_transparency(255, 254))
    ran = place.check("-f", "concise")
    assert [line.split(": ")[1] for line in ran.lines] == ["S0 hygiene", "S0 quasi-identity"]


def test_how_many_bits_count_may_stay(place: Workplace) -> None:
    place.write("plain.png", png(rows_of(gray()), before=png_chunk(b"sBIT", b"\x08")))
    place.write("text.png", png(rows_of(gray()), before=png_chunk(b"sBIT", b"D")))
    place.write("long.png", png(rows_of(gray()), before=png_chunk(b"sBIT", b"\1\2\3\4\5")))
    ran = place.check("-f", "concise")
    assert [line.split(": ")[0] for line in ran.lines] == ["long.png", "text.png"]


def test_a_photograph_with_a_position_says_gps(place: Workplace) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    for kind in ("JPEG", "WEBP"):
        stream = io.BytesIO()
        Image.fromarray(gray()).save(stream, kind, exif=exif)
        place.write(f"photo.{kind.lower()}", stream.getvalue())
    ran = place.check()
    assert sum("identity" in line and "GPS position" in line for line in ran.lines) == 2
