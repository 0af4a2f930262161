"""Kinds of files that can hold a patient's pixels: each is a finding, as grave as what is seen in it."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from factory_check import commit, git
from factory_dicom import ct_file
from factory_pictures import color, gray, saved
from running_check import Workplace

HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(64)
TS = (b"\x47" + bytes(187)) * 30
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
STARTS_A_DISC = bytes(16 * 2048) + b"\1CD001\1"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def found(place: Workplace, content: bytes) -> list[str]:
    place.write("scan", content)
    return [" ".join(line.split(": ")[1:2]) for line in place.check("-f", "concise").lines]


def icon(*sizes: int, png: bool = False, behind: bytes = b"") -> bytes:
    made = io.BytesIO()
    kind = "png" if png else "bmp"
    picture = Image.fromarray(color()).resize((512, 512))
    picture.save(made, "ICO", sizes=[(size, size) for size in sizes], bitmap_format=kind)
    return made.getvalue() + behind


def icns(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack(">L", 8 + len(data)) + data for kind, data in parts)
    return b"icns" + struct.pack(">L", 8 + len(body)) + body


def pdf(*objects: bytes) -> bytes:
    numbered = (b"%d 0 obj %s endobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer <<>>\n%%EOF\n"


def image(columns: int, rows: int, subtype: bytes = b"/Subtype /Image", shade: int = 4) -> bytes:
    return b"<< /Type /XObject %s /Width %d /Height %d /Length 4 >> stream\n\1\2\3%c\nendstream" % (
        subtype,
        columns,
        rows,
        shade,
    )


def mgh() -> bytes:
    return struct.pack(">7lH", 1, 256, 256, 256, 1, 0, 0, 1) + bytes(254)


IMAGES = {
    "PCX": saved(gray(), "PCX"),
    "DCX": b"\xb1\x68\xde\x3a" + bytes(200),
    "TGA with its footer": saved(color(), "TGA"),
    "large Windows icon": icon(256, png=True)[:6]
    + struct.pack("<BBBBHHLL", 0, 0, 0, 0, 1, 32, len(saved(np.tile(gray(), (9, 9)), "PNG")), 22)
    + saved(np.tile(gray(), (9, 9)), "PNG"),
    "Windows icon and more": icon(32, behind=ct_file()),
    "macOS icon and more": icns((b"ic07", saved(color(), "PNG"))) + ct_file(),
    "EPS with an image": EPS + b"64 48 8 [64 0 0 48 0 0] {currentfile picstr readhexstring pop} image\n00ff00\n",
    "EPS with a color image": EPS + b"/f { currentfile s readhexstring pop } def\nfalse 3 colorimage\n00ff\n",
    "EPS with an image dictionary": EPS + b"<< /ImageType 1 /Width 64 /Height 48 >> image\n",
    "EPS with data": EPS + b"%%BeginData: 9 Binary Bytes\n\1\2\3\n%%EndData\n",
    "EPS with a preview": b"\xc5\xd0\xd3\xc6" + struct.pack("<6L", 30, 90, 0, 0, 120, 60) + b"\xff\xff" + EPS,
    "Matroska": b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86",
    "MPEG program stream": b"\0\0\1\xba\x44" + bytes(99),
    "MPEG elementary stream": b"\0\0\1\xb3\x14" + bytes(99),
    "MPEG transport stream": TS,
    "MPEG transport stream with time codes": (bytes(4) + b"\x47" + bytes(187)) * 30,
    "QuickTime without a type": struct.pack(">L", 99) + b"moov" + bytes(99),
    "QuickTime that begins wide": b"\0\0\0\x08wide" + struct.pack(">L", 99) + b"mdat" + bytes(99),
    "AVI": b"RIFF" + struct.pack("<L", 99) + b"AVI LIST" + bytes(99),
    "Flash video": b"FLV\1\5" + bytes(99),
    "Windows Media": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c" + bytes(99),
    "Theora": b"OggS\0\2" + bytes(22) + b"\x80theora" + bytes(99),
    "MINC in HDF5": HDF5 + b"minc-2.0" + bytes(99),
    "FreeSurfer": mgh(),
    "FITS": b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                   16".ljust(80) + b" " * 2720,
    "JPEG XR": b"II\xbc\1" + bytes(99),
    "DjVu": b"AT&TFORM\0\0\0\x20DJVU" + bytes(99),
    "SGI": saved(color(), "SGI"),
    "DDS": saved(color(), "DDS"),
    "OpenEXR": b"\x76\x2f\x31\1\2\0\0\0" + bytes(99),
    "DICOM behind zeros": bytes(512) + ct_file(),
    "DICOM behind many zeros": bytes(9 << 20) + ct_file(),
    "a bare data set behind zeros": bytes(64) + ct_file()[132 + 12 + 4 :][ct_file()[148:].find(b"\x08\0\5\0") :],
    "DICOM behind a few bytes": b"\1\2\3" + ct_file(),
    "DICOM without half of its preamble": ct_file()[77:],
    "DICOM in a container of somebody's": b"\x93BOX\0" + bytes(range(256)) * 50 + ct_file(),
    "a disc with DICOM": STARTS_A_DISC + bytes(5000) + ct_file(),
    "PDF in letters": pdf(b"<< /Subtype /Image /Width 99 /Height 99 /Length 2 >> stream\n~>\nendstream"),
    "NRRD whose pixels are elsewhere": b"NRRD0004\ntype: short\ndimension: 3\ndata file: scan.raw\n",
    "MetaImage whose pixels are elsewhere": b"ObjectType = Image\nNDims = 3\nElementDataFile = scan.raw\n",
    "PDF with an image": pdf(image(640, 480)),
    "PDF with an image in strips": pdf(*(image(400, 20, shade=shade // 8) for shade in range(10))),
    "PDF with an image in other words": pdf(image(640, 480, b"/Subty#70e/#49mage")),
    "PDF with an image of a size elsewhere": pdf(
        b"<< /Subtype/Image /Width 7 0 R /Height 8 0 R >> stream\n\1\nendstream"
    ),
}


@pytest.mark.parametrize("content", IMAGES.values(), ids=IMAGES)
def test_an_image_that_cannot_be_judged_counts_as_identity(place: Workplace, content: bytes) -> None:
    assert found(place, content) == ["R0 identity"]


UNKNOWN = {
    "HDF5": HDF5,
    "HDF5 behind 512 bytes": b"MATLAB 7.3".ljust(512) + HDF5,
    "HDF5 behind 4096 bytes": bytes(range(256)) * 16 + HDF5,
    "NetCDF": b"CDF\1" + bytes(99),
    "a disc": STARTS_A_DISC + bytes(5000),
    "PDF with a secret": pdf(b"<< /Encrypt 3 0 R >>"),
    "PDF with an attachment": pdf(b"<< /Type /EmbeddedFile /Length 4 >> stream\n\1\2\3\4\nendstream"),
    "Windows metafile": b"\xd7\xcd\xc6\x9a" + bytes(99),
}


@pytest.mark.parametrize("content", UNKNOWN.values(), ids=UNKNOWN)
def test_what_may_hold_an_image_and_is_not_looked_into_is_less(place: Workplace, content: bytes) -> None:
    assert found(place, content) == ["R0 quasi-identity"]


SEEN_THROUGH = {
    "icon": icon(16, 32, 48),
    "icon of PNG files": icon(16, 256, png=True),
    "macOS icon": icns((b"ic07", saved(color(), "PNG")), (b"il32", bytes(99))),
    "PDF without images": pdf(b"<< /Type /Page >>", b"<< /Length 4 >> stream\n\1\2\3\4\nendstream"),
    "PDF with a small logo": pdf(image(32, 32)),
    "PDF with small icons": pdf(*(image(48, 48, shade=shade) for shade in range(50))),
    "PDF with one logo on each page": pdf(*(image(300, 50) for _ in range(10))),
}


@pytest.mark.parametrize("content", SEEN_THROUGH.values(), ids=SEEN_THROUGH)
def test_where_a_look_saw_no_image_it_is_hygiene(place: Workplace, content: bytes) -> None:
    assert found(place, content) == ["R0 hygiene"]


ORDINARY = {
    "EPS of lines": EPS + b"/cairo_image { image cairo_flush_ascii85_file } def\n0 0 moveto 9 9 lineto stroke\n",
    "PostScript of words": b"%!PS\n% This image\n(an image) show\nshowpage\n",
    "compressed": zlib.compress(bytes(range(256)) * 999),
    "zeros": bytes(70_000),
    "numbers": np.arange(20_000, dtype="<f4").tobytes(),
    "sound": b"RIFF" + struct.pack("<L", 99) + b"WAVEfmt " + bytes(99),
    "a record of Fortran": struct.pack("<LdL", 8, 0.0, 8),
    "words about FITS": b"SIMPLE  = easy\n" * 20,
}


@pytest.mark.parametrize("content", ORDINARY.values(), ids=ORDINARY)
def test_what_holds_no_image_is_no_finding(place: Workplace, content: bytes) -> None:
    assert found(place, content) == []


@pytest.mark.parametrize("source", ["--staged", "--history"])
def test_what_a_file_ends_with_is_seen_in_git(place: Workplace, source: str) -> None:
    git(place.folder, "init", "-q", "-b", "main")
    place.write("scan.tga", saved(color(), "TGA"))
    git(place.folder, "add", "-A")
    if source == "--history":
        commit(place.folder)
    assert ": R0 identity" in place.check(source, "-f", "concise").stdout
