"""Whatever `clean` takes away stops the documented hook where it holds a name, and nowhere else."""

import gzip
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageDraw

from conftest import CANARY
from factory_dicom import (
    DEFLATED,
    EXPLICIT,
    PIXELS,
    Row,
    ct_rows,
    data_set,
    deflated,
    element,
    item,
    part10,
    with_rows,
)
from factory_pictures import COLUMNS, NAME, color, exif, gray, jpeg, jpeg_segment, png, png_chunk, rows_of, saved
from hiding_place import Place
from scanscrub.checking.examine import examined
from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile
from scanscrub.policy.pseudonyms.uids import pseudonymous_uid
from test_dicom_hiding_places import PLACES

SECRET = f"{CANARY}^Brunhilde".encode()
_PERSONAL = {
    *(0x00080020, 0x00080030, 0x00080050, 0x00080070, 0x00080090),
    *(0x00100010, 0x00100020, 0x00100030, 0x00100040, 0x0020000D, 0x0020000E, 0x00200010),
}
UID = pseudonymous_uid(bytes(32), "1.2.3")


@pytest.fixture(scope="module")
def context() -> WorkerContext:
    return WorkerContext(Settings(load_profile("share"), bytes(32), TextMode.NONE, (), 1, ()))


def grave(content: bytes, context: WorkerContext) -> set[str]:
    """The places that the documented hook would stop at."""
    found, _ = examined(io.BytesIO(content), content[:4096], ("scan",), context)
    return {one.place for one in found.findings or () if one.severity.reaches(Severity.QUASI)}


def anonymous(*more: Row) -> list[Row]:
    rows = [row for row in ct_rows(sop_instance=UID) if row[0] not in _PERSONAL]
    return with_rows(rows, *more)


def slice_of(*more: Row, behind: bytes = b"", before: bytes = b"", preamble: bytes = bytes(128)) -> bytes:
    """A CT slice of nobody with more elements."""
    return part10(before + data_set(anonymous(*more)) + behind, preamble=preamble, sop_instance=UID)


def written(text: str, shape: tuple[int, int] = (16, 96)) -> np.ndarray:
    """Text drawn in ones on zeros."""
    image = Image.new("1", (shape[1], shape[0]))
    ImageDraw.Draw(image).text((2, 2), text, fill=1)
    return np.array(image, np.uint8)


def overlay(plane: np.ndarray) -> tuple[Row, ...]:
    return (
        (0x60000010, "US", plane.shape[0]),
        (0x60000011, "US", plane.shape[1]),
        (0x60000040, "CS", "G"),
        (0x60000100, "US", 1),
        (0x60000102, "US", 0),
        (0x60003000, "OW", np.packbits(plane, bitorder="little").tobytes()),
    )


def large(pixels: np.ndarray, *more: Row, behind: bytes = b"") -> bytes:
    rows: list[Row] = [(0x00280010, "US", pixels.shape[0]), (0x00280011, "US", pixels.shape[1])]
    return slice_of(*rows, *more, (0x7FE00010, "OW", pixels.astype("<u2").tobytes() + behind))


def profile(description: str, maker: str = "") -> bytes:
    """An ICC profile with two texts."""
    texts = [b"desc" + bytes(4) + struct.pack(">L", len(description) + 1) + description.encode() + bytes(80)]
    wide = maker.encode("utf-16-be")
    texts.append(b"mluc" + bytes(4) + struct.pack(">LL2s2sLL", 1, 12, b"en", b"US", len(wide), 28) + wide)
    start = 128 + 4 + 24
    table = struct.pack(">L", 2)
    for name, text in zip((b"desc", b"cprt"), texts, strict=True):
        table += name + struct.pack(">LL", start, len(text))
        start += len(text)
    head = bytes(8) + b"mntrRGB XYZ " + bytes(12) + b"acspAPPL" + bytes(84)
    return struct.pack(">L", start) + (head + bytes(128))[:124] + table + b"".join(texts)


SRGB = profile("sRGB IEC61966-2.1", "Copyright (c) 1998 Hewlett-Packard Company")
PIXELS_12 = np.arange(16 * 96).reshape(16, 96) % 4096


@dataclass(frozen=True)
class Pair:
    """One hiding place with a name in it, and the same with what is harmless there."""

    name: str
    hiding: bytes
    harmless: bytes

    def __str__(self) -> str:
        return self.name


def of_bytes(name: str, made: Callable[[bytes], bytes], harmless: bytes = bytes(32)) -> Pair:
    return Pair(name, made(SECRET), made(harmless))


def pairs() -> Iterator[Pair]:
    yield from around()
    yield from elements()
    yield from in_pixels()
    yield from in_pictures()


TIFF = b"II*\0" + struct.pack("<LHHHLLL", 8, 1, 0x0100, 4, 1, 8, 0)


def around() -> Iterator[Pair]:
    yield of_bytes("preamble", lambda data: slice_of(preamble=data))
    yield Pair("preamble as TIFF", slice_of(preamble=TIFF + SECRET), slice_of(preamble=TIFF))
    yield Pair("preamble in UTF-16", slice_of(preamble=CANARY.encode("utf-16-le")), slice_of())
    yield of_bytes("behind the data set", lambda data: slice_of(behind=data))
    yield of_bytes("trailing padding", lambda data: slice_of((0xFFFCFFFC, "OB", data)))
    for encoding, name in (
        ("gb18030", "\u738b\u5c0f\u660e"),
        ("shift_jis", "\u5c71\u7530\u592a\u90ce"),
        ("ascii", "LEE"),
    ):
        short = name.encode(encoding)
        yield Pair(f"a short name in {encoding}", slice_of((0xFFFCFFFC, "OB", short + bytes(20))), slice_of())
        yield Pair(f"a comment in {encoding}", jpeg(jpeg_segment(0xFE, short)), jpeg(jpeg_segment(0xFE, b"\0\1\2\3")))
    yield of_bytes("trailing padding of one value", lambda data: slice_of((0xFFFCFFFC, "OB", data)), b"\xff" * 64)
    packed = deflated(data_set(anonymous()))
    meta = with_rows([(0x00020010, "UI", DEFLATED)])
    whole = part10(b"", EXPLICIT, meta=meta, sop_instance=UID)
    yield of_bytes("behind a deflated data set", lambda data: whole + packed + data)
    inside = data_set(anonymous())
    yield of_bytes("inside a deflated data set", lambda data: whole + deflated(inside + data))
    for code, vr in ((0x00020016, "AE"), (0x00020102, "OB"), (0x00020099, "UN")):
        row: list[Row] = [(0x00020100, "UI", UID), (code, vr, NAME)]
        holding = part10(inside, meta=row, sop_instance=UID)
        yield Pair(f"meta information {code & 0xFFFF:04X}", holding, part10(inside, sop_instance=UID))
    length = element(0x00080000, "UL", 0x5A5A5A5A)
    yield Pair("group length", slice_of(before=length), slice_of(before=element(0x00080000, "UL", 300)))


def elements() -> Iterator[Pair]:
    yield Pair("overlay plane", slice_of(*overlay(written(CANARY))), slice_of(*overlay(0 * written(""))))
    one_word = slice_of(*overlay(written("LEE", (12, 24))))
    yield Pair("small overlay", one_word, slice_of(*overlay(1 + 0 * written(""))))
    letters, mark = np.zeros((2, 8, 24), np.uint8)
    letters[1:6, 1] = letters[1:6, 4] = letters[5, 5:7] = 1  # IL
    mark[3:5, 10:12] = 1
    yield Pair("overlay of two letters", slice_of(*overlay(letters)), slice_of(*overlay(mark)))
    yield of_bytes("overlay of a high group", lambda data: slice_of((0x60FE3000, "OW", data)))
    yield of_bytes("odd overlay group", lambda data: slice_of((0x60013000, "OW", data)), b"")
    yield of_bytes("curve", lambda data: slice_of((0x50003000, "OW", data)), b"")
    yield of_bytes("sound", lambda data: slice_of((0x5000200C, "OW", data)), b"")
    yield of_bytes("unknown group", lambda data: slice_of((0x7AA00010, "UN", data)))
    signature = slice_of((0xFFFAFFFA, "SQ", [[(0x04000115, "OB", b"CN=" + SECRET)]]))
    yield Pair("digital signature", signature, slice_of((0xFFFAFFFA, "SQ", [])))
    encrypted = slice_of((0x04000500, "SQ", [[(0x04000520, "OB", bytes(range(7, 250)))]]))
    yield Pair("encrypted attributes", encrypted, slice_of((0x04000500, "SQ", [])))
    mac = slice_of((0x4FFE0001, "SQ", [[(0x04000005, "US", 1), (0x04000015, "CS", CANARY.upper())]]))
    yield Pair("message authentication", mac, slice_of((0x4FFE0001, "SQ", [])))
    creator: Row = (0x00090010, "LO", "ACME")
    yield Pair("private bytes", slice_of(creator, (0x00091010, "OB", SECRET)), slice_of((0x00091010, "OB", b"")))
    blob = gzip.compress(SECRET * 3, mtime=0)
    yield Pair("private and packed", slice_of(creator, (0x00091010, "UN", blob)), slice_of())
    yield Pair(
        "color profile",
        slice_of((0x00282000, "OB", profile(f"Display of {CANARY}"))),
        slice_of((0x00282000, "OB", SRGB)),
    )
    icon: list[Row] = [(0x00280010, "US", 1), (0x00280011, "US", len(SECRET)), (0x7FE00010, "OB", SECRET)]
    yield Pair("icon", slice_of((0x00880200, "SQ", [icon])), slice_of((0x00880200, "SQ", [])))
    un = item([(0x00100010, "PN", CANARY)], EXPLICIT)
    yield Pair("sequence of an unknown group", slice_of((0x7AA00010, "SQ", un)), slice_of((0x7AA00010, "SQ", [])))


def in_pixels() -> Iterator[Pair]:
    plane = written(CANARY).astype(np.uint16)
    yield Pair("one unused bit", large(PIXELS_12 | plane << 12), large(PIXELS_12))
    yield Pair("the unused bits, all set", large(PIXELS_12 | plane << 15), large(PIXELS_12 | 0xF000))
    second = (plane * 4095).astype("<u2").tobytes()
    yield Pair("a second frame", large(PIXELS_12, behind=second), large(PIXELS_12, behind=bytes(len(second))))
    part = second[: len(second) // 2 // 2 * 2]
    gray_part = np.full(700, 0x0820, "<u2").tobytes()
    yield Pair("half a frame", large(PIXELS_12, behind=part), large(PIXELS_12, behind=gray_part))
    yield of_bytes("text behind the pixels", lambda data: slice_of((0x7FE00010, "OW", PIXELS + data)))


def in_pictures() -> Iterator[Pair]:
    rows = rows_of(gray())
    plain = png(rows)
    drawn = zlib.compress(written(CANARY).tobytes())
    for kind, body in (
        (b"tEXt", b"Comment\0" + SECRET),
        (b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)),
        (b"iTXt", b"Comment\0\0\0\0\0" + SECRET),
        (b"eXIf", exif(text=SECRET)),
        (b"iCCP", b"screen\0\0" + zlib.compress(profile(CANARY))),
        (b"prVt", drawn),
        (b"fdAT", drawn),
        (b"prVt", SECRET),
    ):
        yield Pair(f"PNG {kind.decode()} {len(body)}", png(rows, before=png_chunk(kind, body)), plain)
    harmless = png_chunk(b"tEXt", b"Software\0GIMP 2.10") + png_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB))
    harmless += png_chunk(b"tIME", bytes((7, 230, 11, 30, 12, 30, 1))) + png_chunk(b"prVt", bytes(40))
    yield Pair("PNG behind IEND", plain + SECRET, png(rows, before=harmless) + bytes(100))
    yield Pair("PNG pixels behind IEND", plain + written(CANARY).tobytes(), plain + b"\n")
    unused = bytes((9, 9, 9, 200, 200, 200)) + SECRET[:18].ljust(18, b"\0")
    numbers = bytes((9, 9, 9, 200, 200, 200, 1, 77, 254, 31, 20, 160))
    two = rows_of(np.tile(np.arange(2, dtype=np.uint8), (48, COLUMNS // 2)))
    yield Pair(
        "PNG palette",
        png(two, colors=3, before=png_chunk(b"PLTE", unused)),
        png(two, colors=3, before=png_chunk(b"PLTE", numbers)),
    )
    usual = jpeg(jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1" + SRGB), jpeg_segment(0xFE, b"Lavc58.54.100"))
    for marker, body in (
        (0xFE, SECRET),
        (0xE1, b"Exif\0\0" + exif(text=SECRET)),
        (0xE2, b"ICC_PROFILE\0\1\1" + profile(CANARY)),
        (0xE2, b"MPF\0" + SECRET),
        (0xE4, drawn),
        (0xE0, b"JFXX\0\x13\x60\x10" + written(CANARY).tobytes()),
        (0xED, b"Photoshop 3.0\0" + SECRET),
    ):
        yield Pair(f"JPEG segment {marker:02X} {len(body)}", jpeg(jpeg_segment(marker, body)), usual)
    yield Pair("JPEG behind the end", jpeg() + SECRET, jpeg() + bytes(64))
    yield Pair("JPEG behind the picture", jpeg()[:-2] + SECRET + b"\xff\xd9", saved(gray(), "JPEG"))
    tiff = saved(gray(), "TIFF")
    yield Pair("TIFF bytes of nobody", tiff + SECRET, tiff + bytes(64))
    yield Pair("TIFF private field", saved(gray(), "TIFF", tiffinfo={40000: SECRET}), tiff)
    yield Pair("TIFF drawing", saved(gray(), "TIFF", tiffinfo={40001: written(CANARY).tobytes()}), tiff)
    named = saved(gray(), "TIFF", icc_profile=profile(CANARY))
    yield Pair("TIFF profile", named, saved(gray(), "TIFF", icc_profile=SRGB))
    gif = saved(gray(), "GIF")
    yield Pair("GIF comment", saved(gray(), "GIF", comment=SECRET), saved(gray(), "GIF", comment=b"GIMP"))
    yield Pair("GIF behind the end", gif + SECRET, gif + bytes(64))
    webp = saved(color(), "WEBP")
    for kind, body in ((b"XMP ", SECRET), (b"ABCD", SECRET), (b"ABCD", drawn)):
        odd = kind + struct.pack("<L", len(body)) + body + bytes(len(body) % 2)
        both = webp + odd
        longer = both[:4] + struct.pack("<L", len(both) - 8) + both[8:]
        yield Pair(f"WebP {kind.decode()} {len(body)}", longer, webp)
    yield Pair("WebP EXIF", saved(color(), "WEBP", exif=b"Exif\0\0" + exif(text=SECRET)), webp)
    yield Pair(
        "WebP profile",
        saved(color(), "WEBP", icc_profile=profile(CANARY)),
        saved(color(), "WEBP", icc_profile=SRGB),
    )
    bitmap = saved(gray(), "BMP")
    yield Pair("BMP behind the end", bitmap + SECRET, bitmap + bytes(64))


PAIRS = tuple(pairs())


def test_a_slice_of_nobody_says_nothing(context: WorkerContext) -> None:
    assert not grave(slice_of(), context)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_a_name_in_the_place_stops_the_hook(pair: Pair, context: WorkerContext) -> None:
    assert grave(pair.hiding, context)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_what_is_harmless_there_does_not(pair: Pair, context: WorkerContext) -> None:
    assert not grave(pair.harmless, context)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_hiding_place_of_the_list_stops_the_hook(place: Place, context: WorkerContext) -> None:
    assert grave(place.file, context)
