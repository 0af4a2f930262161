"""ICC profiles: their colors stay what they are, and nothing else of them does."""

import struct
from collections.abc import Callable, Mapping
from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom.data import get_testdata_file

from conftest import CANARY
from factory_pictures import BOX, NAME, clean, color, demand_clean_twice, gray, jpeg_segment, proof_of, saved
from scanscrub.formats.icc.profile import plain_profile, srgb_profile
from scanscrub.formats.icc.proof import means_the_same
from scanscrub.formats.jpeg import document as jpeg
from scanscrub.formats.other import webp
from scanscrub.formats.png import document as png
from scanscrub.formats.tiff import document as tiff

_HEADER = 128
_HIGHDICOM = files("highdicom").joinpath("_icc_profiles", "sRGB_v4_ICC_preference.icc").read_bytes()
_CAMERA = open(str(get_testdata_file("crayons.icc")), "rb").read()  # noqa: SIM115, PTH123 - the path is a library's
REAL = {
    "lut": _HIGHDICOM,
    "matrix": _CAMERA,
    "lcms": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
}


def tags_of(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, _HEADER)
    rows = [struct.unpack_from(">4sII", profile, _HEADER + 4 + 12 * place) for place in range(count)]
    return {name: profile[start : start + length] for name, start, length in rows}


def profile_of(tags: Mapping[bytes, bytes], header: bytes = b"", *, gap: bytes = b"") -> bytes:
    """A profile of these tags under the header of one that was made here."""
    at = _HEADER + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), gap
    for name, value in tags.items():
        table += struct.pack(">4sII", name, at + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = header or srgb_profile()[:_HEADER]
    return struct.pack(">I", at + len(body)) + head[4:] + table + body


def text_of(text: bytes) -> bytes:
    return b"text" + bytes(4) + text + b"\0"


def _written(**fields: tuple[int, bytes]) -> bytes:
    """A header with bytes of somebody's at these places."""
    head = bytearray(srgb_profile()[:_HEADER])
    for place, value in fields.values():
        head[place : place + len(value)] = value
    return bytes(head)


PLACES: dict[str, Callable[[], bytes]] = {
    "copyright": lambda: profile_of({**tags_of(srgb_profile()), b"cprt": text_of(NAME)}),
    "private tag": lambda: profile_of({**tags_of(srgb_profile()), b"zqca": text_of(NAME)}),
    "device text": lambda: profile_of({**tags_of(srgb_profile()), b"dmnd": text_of(NAME)}),
    "between tags": lambda: profile_of(tags_of(srgb_profile()), gap=NAME),
    "behind the profile": lambda: srgb_profile() + NAME,
    "behind an element": lambda: profile_of(
        {**tags_of(srgb_profile()), b"wtpt": tags_of(srgb_profile())[b"wtpt"] + NAME}
    ),
    "maker": lambda: profile_of(tags_of(srgb_profile()), _written(maker=(48, b"Zqca"), creator=(80, b"Zqca"))),
    "identifier": lambda: profile_of(tags_of(srgb_profile()), _written(identifier=(84, NAME[:16]))),
    "reserved": lambda: profile_of(tags_of(srgb_profile()), _written(reserved=(100, NAME[:16]))),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_color_goes(place: str) -> None:
    dirty = PLACES[place]()
    assert b"Zqca" in dirty
    assert plain_profile(dirty) == srgb_profile()


@pytest.mark.parametrize("name", REAL)
def test_a_real_profile_means_the_same_colors_and_comes_out_as_it_is_the_second_time(name: str) -> None:
    plain = plain_profile(REAL[name])
    assert plain is not None
    assert means_the_same(REAL[name], plain)
    assert plain_profile(plain) == plain
    assert set(tags_of(plain)) - {b"desc", b"cprt"} <= set(tags_of(REAL[name]))


def test_another_profile_does_not_mean_the_same() -> None:
    tags = tags_of(srgb_profile())
    assert not means_the_same(_CAMERA, srgb_profile())
    assert not means_the_same(srgb_profile(), profile_of({**tags, b"rXYZ": tags[b"bXYZ"], b"bXYZ": tags[b"rXYZ"]}))


def test_our_profile_of_srgb_is_srgb() -> None:
    y, x = np.mgrid[0:64, 0:64]
    picture = Image.fromarray(np.stack([4 * x, 4 * y, 2 * (x + y)], axis=-1).astype(np.uint8))
    lab = ImageCms.createProfile("LAB")
    ours = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    shown = [
        np.asarray(ImageCms.profileToProfile(picture, one, lab, outputMode="LAB")).astype(int)
        for one in (ours, ImageCms.createProfile("sRGB"))
    ]
    apart = (shown[0] - shown[1] + 128) % 256 - 128  # a* and b* are signed
    assert np.abs(apart).max() <= 1


def _broken() -> Mapping[str, bytes]:
    tags = tags_of(srgb_profile())
    letters = np.frombuffer(b"SCHMIDT^ZQCANARY", ">u2")
    curve = struct.pack(f">4s4xI{len(letters)}H", b"curv", len(letters), *letters.tolist())
    whole = srgb_profile()
    return {
        "no profile": NAME * 20,
        "cut": whole[:-200],
        "a curve that spells": profile_of({**tags, b"rTRC": curve}),
        "a color that spells": profile_of({**tags, b"rXYZ": b"XYZ " + bytes(4) + b"SCHMIDT^ZQCA"}),
        "a tag inside the table": whole[:140] + struct.pack(">I", 100) + whole[144:],
        "a color left out": profile_of({name: value for name, value in tags.items() if name != b"gTRC"}),
        "a link": whole[:12] + b"link" + whole[16:],
        "a table that is too large": profile_of(
            {**tags, b"A2B0": b"mft2" + bytes(4) + bytes((4, 3, 255, 0)) + bytes(40)}
        ),
    }


@pytest.mark.parametrize("kind", _broken())
def test_what_is_not_built_as_a_profile_is_none(kind: str) -> None:
    assert plain_profile(_broken()[kind]) is None


def _dirty() -> bytes:
    return PLACES["copyright"]()


def _with_profile(kind: str, profile: bytes) -> bytes:
    return saved(color(), kind, icc_profile=profile, **({"lossless": True} if kind == "WEBP" else {}))


FORMATS = {"PNG": png.FORMAT, "JPEG": jpeg.FORMAT, "TIFF": tiff.FORMAT, "WEBP": webp.FORMAT}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_keeps_its_colors_and_loses_the_texts_of_its_profile(kind: str) -> None:
    done = demand_clean_twice(_with_profile(kind, _dirty()), FORMATS[kind])
    assert not done.failed
    assert NAME not in done.copy
    assert CANARY in done.text
    assert Image.open(BytesIO(done.copy)).info["icc_profile"] == srgb_profile()
    assert any("color profile was kept" in note for note in done.notes)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "PNG"])
def test_a_plain_profile_is_needed_and_nothing_is_done(kind: str) -> None:
    done = clean(_with_profile(kind, srgb_profile()), FORMATS[kind])
    assert not [name for name in done.kinds if "ICC" in name or "iCCP" in name]
    assert Image.open(BytesIO(done.copy)).info["icc_profile"] == srgb_profile()
    assert not [note for note in done.notes if "profile" in note]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_profile_of_other_colors_goes(kind: str) -> None:
    done = demand_clean_twice(_with_profile(kind, NAME * 20), FORMATS[kind])
    assert "icc_profile" not in Image.open(BytesIO(done.copy)).info
    assert any("color profile was removed" in note for note in done.notes)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_copy_with_another_profile_fails_its_proof(kind: str) -> None:
    other = plain_profile(_CAMERA)
    assert other is not None
    failed = proof_of(_with_profile(kind, _dirty()), FORMATS[kind], _with_profile(kind, other))
    assert "the color profile means the same" in failed


def test_a_gray_picture_does_not_keep_a_profile_of_colors() -> None:
    done = demand_clean_twice(saved(gray(), "PNG", icc_profile=_dirty()), png.FORMAT)
    assert "icc_profile" not in Image.open(BytesIO(done.copy)).info


def test_a_profile_in_several_segments_of_a_jpeg_is_put_together() -> None:
    long = plain_profile(_HIGHDICOM + bytes(2))
    assert long is not None
    dirty = profile_of({**tags_of(_HIGHDICOM), b"zqca": text_of(NAME * 4000)}, _HIGHDICOM[:_HEADER])
    done = demand_clean_twice(_with_profile("JPEG", dirty), jpeg.FORMAT)
    assert Image.open(BytesIO(done.copy)).info["icc_profile"] == long


def test_a_profile_of_which_a_segment_is_missing_goes() -> None:
    data = saved(color(), "JPEG")
    part = jpeg_segment(0xE2, b"ICC_PROFILE\0\1\2" + _dirty())
    done = demand_clean_twice(data[:2] + part + data[2:], jpeg.FORMAT)
    assert "icc_profile" not in Image.open(BytesIO(done.copy)).info
    assert NAME not in done.copy


def test_a_masked_jpeg_that_becomes_a_png_keeps_its_colors() -> None:
    progressive = saved(color(), "JPEG", icc_profile=_dirty(), progressive=True)
    done = clean(progressive, jpeg.FORMAT, BOX)
    assert Image.open(BytesIO(done.copy)).format == "PNG"
    assert Image.open(BytesIO(done.copy)).info["icc_profile"] == srgb_profile()
