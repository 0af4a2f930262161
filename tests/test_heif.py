"""HEIC and AVIF: the pictures that viewers show become a PNG, and nothing else of the file is in it."""

import io
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pi_heif
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, features

from conftest import CANARY
from factory_pictures import BOX, NAME, SOURCE, clean, color, demand_clean_twice, exif, pixels, plain, saved
from running_check import Workplace
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.formats.heif.boxes import HeifFile, boxes_in
from scanscrub.formats.heif.document import FORMAT as HEIF
from scanscrub.formats.heif.exif import exif_tags
from scanscrub.formats.raster import limits
from scanscrub.formats.raster.orientation import upright

INSIDE = np.s_[BOX.top : BOX.bottom, BOX.left : BOX.right]


def heic(*pictures: NDArray[np.uint8], **options: object) -> bytes:
    """A file of these pictures, and one that can be told from them by its metadata alone."""
    first, *others = pictures or (color(),)
    file = pillow_heif.from_pillow(Image.fromarray(first))
    for other in others:
        file.add_from_pillow(Image.fromarray(other))
    target = io.BytesIO()
    file.save(target, quality=80, **options)
    return target.getvalue()


def avif(**options: object) -> bytes:
    return saved(color(), "AVIF", **options)


def seen_by_others(data: bytes) -> NDArray[np.uint8]:
    """The first picture as a viewer shows it."""
    if b"avif" in data[:32]:
        return pixels(data, "RGB")
    return np.asarray(pi_heif.open_heif(io.BytesIO(data))[0].to_pillow().convert("RGB"))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def of_kind(data: bytes, kind: bytes, *more: bytes) -> bytes:
    """The file with other letters at the first place where an item has that type."""
    (other,) = more
    at = data.index(kind, data.index(b"infe"))
    return data[:at] + other + data[at + 4 :]


MADE: dict[str, Callable[..., bytes]] = {"HEIC": heic, "AVIF": avif}


@pytest.mark.parametrize("kind", MADE)
def test_the_copy_is_a_png_of_the_decoded_pixels_and_nothing_else(kind: str) -> None:
    data = MADE[kind](exif=exif(), xmp=b"<x:xmpmeta>" + NAME + b"</x:xmpmeta>")
    assert CANARY.encode() in data
    done = demand_clean_twice(data, HEIF, BOX)
    assert done.extension == ".png"
    assert {f"{kind} EXIF", f"{kind} XMP", f"{kind} coding"} <= set(done.kinds)
    assert done.text.count(CANARY) == 2
    shown, copy = seen_by_others(data), pixels(done.copy)
    assert not copy[INSIDE].any()
    copy[INSIDE] = shown[INSIDE]
    assert np.array_equal(copy, shown)


@pytest.mark.parametrize("kind", MADE)
def test_what_is_known_of_the_camera_is_told(kind: str) -> None:
    block = Image.Exif()
    block[0xA430] = CANARY
    block.get_ifd(0x8825)[1] = "N"
    assert {0xA430, 0x8825} <= exif_tags(io.BytesIO(MADE[kind](exif=block.tobytes())))


@pytest.mark.parametrize("turn", range(2, 9))
@pytest.mark.parametrize("kind", MADE)
def test_a_photo_that_was_turned_is_upright_in_the_copy(kind: str, turn: int) -> None:
    """By the container's own rotation; that of EXIF, which viewers pass over, does not count twice."""
    corner = np.zeros((48, 64, 3), np.uint8)
    corner[:16, :32] = 255
    image = Image.fromarray(corner)
    target = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(target, quality=90, exif=exif(turn))
    else:
        image.save(target, "AVIF", exif=exif(turn), quality=90)
    copy = pixels(demand_clean_twice(target.getvalue(), HEIF).copy)
    assert np.abs(copy.astype(int) - upright(corner, turn)).mean() < 10


def test_a_thumbnail_is_not_in_the_copy_and_is_told() -> None:
    data = heic(thumbnails=[16])
    done = demand_clean_twice(data, HEIF)
    assert "HEIC thumbnail" in done.kinds
    assert done.extension == ".png"


def test_pictures_that_viewers_do_not_show_are_told_and_gone() -> None:
    two = heic(color(), color()[::-1])
    file = HeifFile.parse(two)
    second = next(number for number in file.items if number != file.primary)
    done = demand_clean_twice(_hidden(two), HEIF)
    assert "HEIC second picture" in done.kinds
    assert done.extension == ".png"
    assert file.roles(1) == {file.primary: "", second: "second picture"}
    assert file.roles(2) == {file.primary: "", second: ""}


def _hidden(data: bytes) -> bytes:
    """The file with its second picture hidden (ISO 23008-12, 6.4.2)."""
    at = data.index(b"infe", data.index(b"infe") + 4)
    return data[: at + 7] + b"\1" + data[at + 8 :]


def test_several_pictures_become_pages() -> None:
    data = heic(color(), color()[:32, :40])
    done = clean(data, HEIF, PixelRegion(BOX, 1))
    assert not done.failed
    assert done.extension == ".tif"
    with Image.open(io.BytesIO(done.copy)) as image:
        assert getattr(image, "n_frames", 1) == 2
        image.seek(1)
        assert image.size == (40, 32)
        assert not np.asarray(image)[INSIDE].any()


def test_a_moving_avif_keeps_all_its_frames() -> None:
    more = [Image.fromarray(color()[::-1])]
    data = saved(Image.fromarray(color()), "AVIF", save_all=True, append_images=more)
    done = demand_clean_twice(data, HEIF, BOX)
    assert done.extension == ".tif"
    assert len(done.pictures) == 2


@pytest.mark.parametrize("kind", MADE)
def test_opacity_is_kept_and_nothing_hides_under_it(kind: str) -> None:
    samples = np.dstack([color(), np.where(np.arange(64) < 32, 255, 0).astype(np.uint8)[None].repeat(48, 0)])
    data = heic(samples) if kind == "HEIC" else saved(samples, "AVIF")
    done = demand_clean_twice(data, HEIF, BOX)
    copy = pixels(done.copy)
    assert copy.shape == (48, 64, 4)
    assert not copy[copy[..., 3] == 0].any()


@pytest.mark.parametrize("kind", MADE)
def test_the_color_profile_is_the_plain_one(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    done = demand_clean_twice(MADE[kind](icc_profile=profile), HEIF)
    assert f"{kind} ICC profile" in done.kinds
    assert b"iCCP" in done.copy


PLACES = {
    "a box of its own": lambda data: data + box(b"free", NAME),
    "behind the end": lambda data: data + b"\0\0\0" + NAME,
    "a name of an item": lambda data: data.replace(b"hvc1\0", b"hvc1\0", 1) + box(b"uuid", bytes(16) + NAME),
    "image data that is no item's": lambda data: data + box(b"mdat", NAME),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_lies_beside_the_items_is_told_and_gone(place: str) -> None:
    done = demand_clean_twice(PLACES[place](heic()), HEIF)
    assert CANARY in done.text
    assert CANARY.encode() not in plain(done.copy)


@pytest.mark.parametrize("kind", MADE)
def test_a_damaged_file_is_refused_with_a_sentence(kind: str) -> None:
    """Cut anywhere, or with other bytes anywhere in its head: it is refused, or the copy passes its proof."""
    data = MADE[kind](exif=exif())
    cut = [data[:length] for length in range(24, len(data), len(data) // 40)]
    struck = [data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :] for at in range(24, len(data), len(data) // 60)]
    refused = 0
    for damaged in (*cut, *struck):
        try:
            failed = clean(damaged, HEIF).failed
        except RefusedFile:
            refused += 1
        else:
            assert not failed
    assert refused > len(cut) // 2


def test_a_huge_picture_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PIXELS", 1000)
    for made in MADE.values():
        with pytest.raises(RefusedFile, match="too many pixels"):
            clean(made(), HEIF)


@pytest.mark.parametrize("length", [0, 4])
def test_places_that_are_named_over_and_over_end_the_reading(length: int) -> None:
    """65,535 places of no bytes, or of the whole file: a small file would take hours or all memory."""
    data = heic()
    count = 200
    entry = struct.pack(">HHH", 1, 0, 0xFFFF) + (struct.pack(">II", 0, len(data)) * 0xFFFF if length else b"")
    sizes = bytes((length << 4 | length, 0))
    content = bytes(4) + sizes + struct.pack(">H", count) + entry * (1 if length else count)
    meta = next(one for one in boxes_in(data) if one.kind == b"meta")
    others = b"".join(box(one.kind, one.content) for one in boxes_in(meta.content, 4) if one.kind != b"iloc")
    hostile = data[: meta.start] + box(b"meta", bytes(4) + others + box(b"iloc", content))
    with pytest.raises(RefusedFile, match="damaged"):
        HeifFile.parse(hostile)


def test_another_coding_is_refused_as_a_variant() -> None:
    with pytest.raises(RefusedFile, match="variant"):
        clean(of_kind(heic(), b"hvc1", b"vvc1"), HEIF)


def test_without_the_library_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    monkeypatch.setattr(features, "check", lambda _: False)
    for made in MADE.values():
        with pytest.raises(RefusedFile, match="cannot be read by what is installed") as refused:
            clean(made(), HEIF)
        assert "JPEG or PNG" in refused.value.hint


def test_a_picture_that_is_put_together_of_tiles_is_whole() -> None:
    """As telephones write it."""
    big = np.ascontiguousarray(np.kron(color(), np.ones((16, 16, 1), np.uint8)))
    with HEIF.open(io.BytesIO(heic(big)), SOURCE) as document:
        assert document.size(0) == (768, 1024)
        assert document.covered(PixelRegion(Box(1, 1, 2, 2)), 0)


def test_an_item_of_no_known_type_that_describes_a_picture_ends_no_process() -> None:
    """libheif's binding takes its type for a text, and there is none."""
    done = clean(of_kind(heic(exif=exif()), b"Exif", b"Exi\xb3"), HEIF)
    assert not done.failed
    assert "HEIC other item" in done.kinds


def test_a_photo_goes_all_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As a hook meets it, and as a patient cleans it."""
    place = Workplace(tmp_path, monkeypatch, capfd)
    block = Image.Exif()
    block[0xA430] = CANARY
    block.get_ifd(0x8825)[2] = (52.0, 1.0, 2.0)
    place.write("IMG_0001.HEIC", heic(exif=block.tobytes(), thumbnails=[16]))
    ran = place.check("--min-severity", "quasi-identity")
    assert (ran.code, "GPS position" in ran.stdout) == (1, True)
    told = place.run("inspect", ".", "--text", "none").stdout
    assert "name of the camera's owner, GPS position" in told
    copies = place.clean()
    (copy,) = copies.glob("*.png")
    assert copy.name.startswith("picture-")
    monkeypatch.chdir(copies)
    assert place.check().code == 0
    assert place.run("verify", copies, "--text", "none").code == 0


def test_a_sequence_whose_clock_stands_is_damaged() -> None:
    data = saved(Image.fromarray(color()), "AVIF", save_all=True, append_images=[Image.fromarray(color()[::-1])])
    at = data.index(b"mdhd") + 4
    wide = 8 if data[at] else 4
    clock = at + 4 + 2 * wide
    with pytest.raises(RefusedFile, match="damaged"):
        clean(data[:clock] + bytes(4) + data[clock + 4 :], HEIF)
