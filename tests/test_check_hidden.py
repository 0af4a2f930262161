"""What a picture holds that no viewer shows, and DICOM that passes for something else, are findings of `check`."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom import uid

from conftest import CANARY
from factory_dicom import ct_file
from factory_pictures import COLUMNS, color, gray, jpeg, png, png_chunk, rows_of, saved
from factory_pixels import compressed
from running_check import Workplace
from scanscrub.formats.icc.profile import srgb_profile

ROWS = rows_of(gray())
REAL_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TWO = np.tile(np.arange(2, dtype=np.uint8), (48, COLUMNS // 2))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def two_colors(*palette: int) -> bytes:
    return png(rows_of(TWO), colors=3, before=png_chunk(b"PLTE", bytes(palette)))


def transparent() -> bytes:
    return saved(np.dstack([color(), np.zeros_like(gray())]), "PNG")


def gif_with_codes_behind() -> bytes:
    name = CANARY.encode()
    return saved(gray(), "GIF")[:-2] + bytes((len(name),)) + name + b"\0\x3b"


def gif_with_unused_colors() -> bytes:
    data = saved(Image.fromarray(color()).quantize(50), "GIF", optimize=False)
    unused = 13 + 3 * 50
    return data[:unused] + CANARY.encode()[:6] + data[unused + 6 :]


def bmp_of_other_header() -> bytes:
    """With a name for the end points of its colors (BITMAPV5HEADER)."""
    plain = saved(color(), "BMP")
    head = struct.pack("<I", 124) + plain[18:54] + bytes(16) + b"BGRs" + (CANARY.encode() * 8)[:48] + bytes(16)
    start = struct.pack("<2sIII", b"BM", len(plain) + 84, 0, 138)
    return start + head + plain[54:]


def bmp_with_hidden_bits() -> bytes:
    fourth = np.dstack([color(), gray()])[..., [2, 1, 0, 3]]
    head = struct.pack("<2sIIIIiiHHIIiiII", b"BM", 54 + fourth.size, 0, 54, 40, COLUMNS, -48, 1, 32, 0, 0, 0, 0, 0, 0)
    return head + fourth.tobytes()


def tiff_with_unused_colors() -> bytes:
    picture = Image.fromarray(color()).quantize(20)
    data = saved(picture, "TIFF")
    at = data.find(np.array(picture.getpalette(), np.uint8).reshape(-1, 3)[:4, 0].astype("<u2").tobytes()[1:7]) + 300
    return data[:at] + CANARY.encode() + data[at + len(CANARY) :]


def tiff_with_a_small_page() -> bytes:
    first, second = Image.fromarray(gray()), Image.fromarray(255 - gray())
    second.encoderinfo = {"tiffinfo": {254: 1}}
    return saved(first, "TIFF", save_all=True, append_images=[second])


def tiff_under_transparency() -> bytes:
    return saved(Image.fromarray(np.dstack([color(), np.zeros_like(gray())]), "RGBA"), "TIFF")


def jpeg_with_codes_behind() -> bytes:
    return jpeg()[:-2] + CANARY.encode() + b"\xff\xd9"


def bmp_with(place: int, text: bytes) -> bytes:
    data = saved(color(), "BMP")
    return data[:place] + text + data[place + len(text) :]


def bmp_with_padded_rows() -> bytes:
    """Of 63 columns, so that three bytes of each row are nobody's."""
    data = saved(np.ascontiguousarray(color()[:, :63]), "BMP")
    text = (CANARY.encode() * 20)[: 3 * 48]
    rows = (data[54 + 192 * row :][:189] + text[3 * row :][:3] for row in range(48))
    return data[:54] + b"".join(rows)


def bmp_with_more_than_its_runs() -> bytes:
    runs = (b"\x40\1\0\0" + b"\0\4\1\1\0\1\x3c\0\0\0") * 24
    stored = runs + b"\0\1" + CANARY.encode()
    head = struct.pack("<2sIII", b"BM", 62 + len(stored), 0, 62)
    info = struct.pack("<IiiHHIIiiII", 40, COLUMNS, 48, 1, 8, 1, len(stored), 0, 0, 2, 0)
    return head + info + b"\0\0\0\0\x50\x60\x70\0" + stored


def profile_with(place: int, text: bytes) -> bytes:
    profile = srgb_profile()
    return profile[:place] + text + profile[place + len(text) :]


def png_with_a_profile(profile: bytes, behind: bytes = b"", kind: bytes = b"iCCP") -> bytes:
    head = b"ICC\0\0" if kind == b"iCCP" else b"Software\0\0"
    return png(ROWS, before=png_chunk(kind, head + zlib.compress(profile) + behind))


def png_with_a_full_end() -> bytes:
    return saved(gray(), "PNG")[:-12] + png_chunk(b"IEND", CANARY.encode())


HEADER = {"flags": 44, "maker": 48, "model": 52, "attributes": 56, "creator": 80, "identifier": 84, "reserved": 112}
IN_HEADERS = {
    f"{name}-{kind}": saved(color(), kind, icc_profile=profile_with(at, b"Zqca"))
    for name, at in HEADER.items()
    for kind in ("PNG", "JPEG", "WEBP", "TIFF")
}


def test_a_name_in_the_header_of_a_color_profile_is_one(place: Workplace) -> None:
    for name, content in IN_HEADERS.items():
        place.write(name, content)
    place.write("plain", saved(color(), "JPEG", icc_profile=REAL_PROFILE))
    said = place.check("-f", "concise").stdout.splitlines()
    found = {line.partition(":")[0] for line in said if "quasi-identity" in line}
    assert found == set(IN_HEADERS)


HIDDEN = {
    "quasi-identity: PNG IEND": png_with_a_full_end(),
    "quasi-identity: PNG iCCP": png_with_a_profile(srgb_profile(), CANARY.encode()),
    "quasi-identity: PNG zTXt": png_with_a_profile(b"GIMP 2.10.8", CANARY.encode(), b"zTXt"),
    "quasi-identity: BMP bytes after the end": bmp_with_more_than_its_runs(),
    "quasi-identity: BMP row padding": bmp_with_padded_rows(),
    "quasi-identity: BMP numbers that are not used #1": bmp_with(6, b"Zqca"),
    "quasi-identity: BMP numbers that are not used": bmp_with(50, b"Zqca"),
    "quasi-identity: PNG rows below the picture": png(ROWS + b"\0" + CANARY.encode().ljust(COLUMNS)),
    "quasi-identity: PNG palette entries of equal color": two_colors(50, 50, 50, 50, 50, 50),
    "quasi-identity: PNG palette entries that are not used": two_colors(9, 9, 9, 200, 200, 200, *CANARY.encode()[:6]),
    "quasi-identity: PNG colors under full transparency": transparent(),
    "quasi-identity: JPEG bytes behind the image data": jpeg_with_codes_behind(),
    "quasi-identity: GIF details #1": gif_with_unused_colors(),
    "quasi-identity: GIF details": gif_with_codes_behind(),
    "quasi-identity: BMP header and colors": bmp_of_other_header(),
    "quasi-identity: BMP pixels that are not shown": bmp_with_hidden_bits(),
    "quasi-identity: TIFF palette entries that are not used": tiff_with_unused_colors(),
    "quasi-identity: TIFF reduced page": tiff_with_a_small_page(),
    "quasi-identity: TIFF image data that is not shown": tiff_under_transparency(),
    "quasi-identity: WebP pixels that are not shown": saved(
        np.dstack([color(), TWO * 255]), "WEBP", lossless=True, exact=True
    ),
}


@pytest.mark.parametrize(("said", "content"), HIDDEN.items(), ids=HIDDEN)
def test_what_no_viewer_shows_is_a_finding_and_gone_from_the_copy(
    place: Workplace, said: str, content: bytes
) -> None:
    place.write("scan", content)
    assert f"scan: S0 {said}" in place.check("-f", "concise").stdout
    assert place.check(place.clean()).code == 0


@pytest.mark.parametrize(
    "content",
    [
        saved(gray(), "PNG"),
        saved(color(), "JPEG"),
        saved(gray(), "GIF"),
        saved(color(), "WEBP"),
        jpeg(),
        saved(color(), "BMP"),
        saved(np.dstack([color(), np.full_like(gray(), 255)]), "BMP"),
        *(saved(color(), "TIFF", compression=kind) for kind in (None, "tiff_lzw", "packbits", "jpeg")),
    ],
)
def test_an_ordinary_picture_is_none(place: Workplace, content: bytes) -> None:
    place.write("scan", content)
    ran = place.check("-f", "concise")
    assert (ran.code, ran.stdout) == (0, "")


SAYS = {"check": "PatientName", "inspect": "people in the header"}


@pytest.mark.parametrize("preamble", [b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"PK\x03\x04"])
@pytest.mark.parametrize("command", ["check", "inspect"])
def test_dicom_that_begins_like_something_else_is_dicom(place: Workplace, preamble: bytes, command: str) -> None:
    place.write("scan", preamble + ct_file()[len(preamble) :])
    ran = place.run(command, ".", "--text", "none")
    assert SAYS[command] in ran.stdout


@pytest.mark.parametrize("command", ["check", "inspect"])
def test_dicom_that_is_an_archive_as_well_is_dicom_with_bytes_behind_it(place: Workplace, command: str) -> None:
    packed = io.BytesIO(b"PK\x03\x04" + ct_file()[4:])
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("nothing.txt", b"nothing")
    place.write("scan", packed.getvalue())
    ran = place.run(command, ".", "--text", "none")
    assert SAYS[command] in ran.stdout
    assert "bytes after the end" in ran.stdout


def with_offsets(offsets: bytes) -> bytes:
    """A DICOM file of one JPEG frame, with that for its table of extended offsets."""
    more = {"ExtendedOffsetTable": offsets, "ExtendedOffsetTableLengths": struct.pack("<Q", len(jpeg()))}
    size = Image.open(io.BytesIO(jpeg())).size[::-1]
    colors = {"photometric": "YBR_FULL_422", "planar": 0}
    return compressed(size, [jpeg()], uid.JPEGBaseline8Bit, has_bot=False, more=more, **colors)


WRITTEN = CANARY.upper().encode() + bytes(len(CANARY) % 2)
IN_DICOM: dict[str, tuple[bytes, str]] = {
    "burned-in annotation": (ct_file((0x00280301, "CS", WRITTEN)), "H9 identity: BurnedInAnnotation"),
    "identity removed": (ct_file((0x00120062, "CS", WRITTEN)), "H9 identity: PatientIdentityRemoved"),
    "transfer syntax": (
        ct_file((0x00020010, "UI", b"1.2.840.10008.1.2.1\0" + WRITTEN)),
        "H0 quasi-identity: TransferSyntaxUID",
    ),
    "offsets": (with_offsets(CANARY.encode()), "S0 quasi-identity: bytes outside the frames"),
    "bytes behind offsets": (with_offsets(bytes(8) + CANARY.encode()), "S0 quasi-identity: bytes outside the frames"),
}


@pytest.mark.parametrize(("content", "said"), IN_DICOM.values(), ids=IN_DICOM)
def test_what_a_copy_says_anew_is_a_finding_where_it_says_something_else(
    place: Workplace, content: bytes, said: str
) -> None:
    place.write("scan", content)
    assert said in place.check("-f", "concise", "--text", "none").stdout
    assert place.check(place.clean(), "--text", "none").code == 0


@pytest.mark.parametrize("word", [b"YES ", b"NO"])
def test_a_word_that_is_one_is_less_grave(place: Workplace, word: bytes) -> None:
    place.write("scan", ct_file((0x00120062, "CS", word), (0x00280301, "CS", word)))
    said = place.check("-f", "concise", "--text", "none").stdout
    assert "StudyID" in said
    assert not any(grave in said for grave in ("H9 identity", "H9 quasi-identity"))
