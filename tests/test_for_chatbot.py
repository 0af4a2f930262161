"""``clean --for chatbot``: pictures in the order of the body, made of the copies alone."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from factory_dicom import ct_file
from factory_pictures import color, saved
from running_check import Ran, Workplace
from scanscrub import verify, write_for_chatbot
from scanscrub.domain.errors import OutputUnusableError
from scanscrub.pipeline.chatbot import pictures, slices
from scanscrub.pipeline.chatbot.slices import Slice

AXIAL = "1\\0\\0\\0\\1\\0"
NAME = "Zqcanary^Jane"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def slice_at(place: float, number: int, shade: int, spacing: str = "1\\1", age: str = "063Y") -> bytes:
    """A slice of 16 x 16 of one shade in its window."""
    samples = np.full((16, 16), shade, "<u2").tobytes()
    return ct_file(
        (0x00080018, "UI", f"1.2.3.{number}"),
        (0x00100010, "PN", NAME),
        (0x00101010, "AS", age),
        (0x00180015, "CS", "HEAD"),
        (0x00200013, "IS", str(number)),
        (0x00200032, "DS", f"0\\0\\{place}"),
        (0x00200037, "DS", AXIAL),
        (0x00280010, "US", 16),
        (0x00280011, "US", 16),
        (0x00280030, "DS", spacing),
        (0x00281050, "DS", "500"),
        (0x00281051, "DS", "1000"),
        (0x7FE00010, "OW", samples),
    )


def cleaned(work: Workplace, *more: object) -> tuple[Path, Ran]:
    output = work.out / "clean"
    ran = work.run("clean", ".", "-o", output, "--text", "none", "--executor", "serial", "--for", "chatbot", *more)
    return output, ran


def shades(series: Path) -> list[int]:
    found = sorted(series.glob("[0-9]*.png"))
    assert [path.name for path in found] == [f"{number:03}.png" for number in range(1, len(found) + 1)]
    return [int(np.asarray(Image.open(path)).mean()) for path in found]


def test_slices_are_in_the_order_of_the_body_whatever_their_numbers_and_names(work: Workplace) -> None:
    for name, place, number in (("a", 30.0, 1), ("b", -10.5, 2), ("c", 10.0, 3), ("d", 0.0, 4)):
        work.write(f"{name}.dcm", slice_at(place, number, 200 * number))
    output, ran = cleaned(work)
    assert ran.code == 0, ran.stderr
    assert "for-chatbot/ has the pictures" in ran.stderr
    order = shades(output / "for-chatbot" / "series-1")
    assert [round(shade / 255 * 5) for shade in order] == [2, 4, 3, 1]
    with Image.open(output / "for-chatbot" / "series-1" / "contact-sheet.png") as sheet:
        assert sheet.size == (4 * 16, 16)
    about = (output / "for-chatbot" / "about.txt").read_text(encoding="utf-8")
    assert "series-1: CT, HEAD" in about
    assert "4 pictures, in the order of the body. contact-sheet.png shows 001, 002, 003, 004" in about


def test_a_pixel_that_is_no_square_is_made_one(work: Workplace) -> None:
    work.write("a.dcm", slice_at(0, 1, 500, "2\\1"))
    work.write("b.dcm", slice_at(1, 2, 500, "0.5\\1"))
    output, _ = cleaned(work)
    sizes = [Image.open(output / "for-chatbot" / "series-1" / name).size for name in ("001.png", "002.png")]
    assert sizes == [(16, 32), (32, 16)]


def test_only_what_says_that_it_belongs_together_is_a_series(work: Workplace) -> None:
    work.write("1.png", saved(color(), "PNG"))
    work.write("2.png", saved(color()[::-1], "PNG"))
    work.write("3.dcm", slice_at(0, 1, 500))
    pages = [Image.fromarray(color()[:, ::-1]), Image.fromarray(color()[::-1, ::-1])]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    work.write("4.tif", buffer.getvalue())
    output, ran = cleaned(work)
    assert ran.code == 0, ran.stderr
    found = {path.relative_to(output / "for-chatbot").as_posix() for path in (output / "for-chatbot").rglob("*.png")}
    tiff = {"series-2/001.png", "series-2/002.png", "series-2/contact-sheet.png"}
    assert found == {"series-1/001.png", *tiff, "pictures/001.png", "pictures/002.png"}
    shown = [np.asarray(Image.open(output / "for-chatbot" / "pictures" / f"00{at}.png")) for at in (1, 2)]
    assert sorted(each.tobytes() for each in shown) == sorted((color().tobytes(), color()[::-1].tobytes()))
    about = (output / "for-chatbot" / "about.txt").read_text(encoding="utf-8")
    assert "pictures: 2 pictures. Nothing says what they show, or that one belongs to another." in about


def test_the_folder_is_verified_by_making_it_again(work: Workplace) -> None:
    work.write("1.dcm", slice_at(0, 1, 500))
    work.write("2.dcm", slice_at(1, 2, 700))
    output, _ = cleaned(work)

    def failed() -> list[str]:
        return [name for name, checks in verify(output, text="none") if not all(check.passed for check in checks)]

    assert failed() == []
    series = output / "for-chatbot" / "series-1"
    (series / "001.png").write_bytes((series / "002.png").read_bytes())
    (series / "another.png").write_bytes(saved(color(), "PNG"))
    (output / "for-chatbot" / "about.txt").write_text("Jane", encoding="utf-8")
    assert failed() == ["for-chatbot/series-1/001.png", "for-chatbot/about.txt", "for-chatbot/series-1/another.png"]
    write_for_chatbot(output)
    assert failed() == []


def test_a_run_goes_on_beside_the_folder_and_makes_it_anew(work: Workplace) -> None:
    work.write("1.dcm", slice_at(0, 1, 500))
    key = work.out / "study.key"
    work.run("key", "new", key)
    cleaned(work, "--key", key)
    work.write("2.dcm", slice_at(1, 2, 700))
    output, ran = cleaned(work, "--key", key, "--resume")
    assert ran.code == 0, ran.stderr
    assert len(shades(output / "for-chatbot" / "series-1")) == 2
    assert work.run("verify", output, "--text", "none").code == 0


def test_what_cannot_be_made_is_said_and_leaves_nothing(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    work.write("1.dcm", slice_at(0, 1, 500))
    output, _ = cleaned(work)
    monkeypatch.setattr("scanscrub.api.cleaned_folder.png_of", lambda _: saved(color(), "PNG"))
    with pytest.raises(OutputUnusableError, match="could not be made"):
        write_for_chatbot(output)
    assert not list(output.glob("*for-chatbot"))


def test_a_folder_for_a_chatbot_needs_the_copies_as_they_are(work: Workplace) -> None:
    work.write("1.dcm", slice_at(0, 1, 500))
    assert cleaned(work, "--as", "png")[1].code == 2


def test_names_of_pngs_sort_as_the_slices_lie_in_the_body(work: Workplace) -> None:
    for name, place, number in (("a", 30.0, 1), ("b", -10.5, 2), ("c", 10.0, 3), ("d", 0.0, 4), ("e", 0.0, 5)):
        work.write(f"{name}.dcm", slice_at(place, number, 160 * number))
    work.run("clean", ".", "-o", work.out / "pngs", "--text", "none", "--executor", "serial", "--as", "png")
    found = sorted((work.out / "pngs").rglob("IM-*.png"))
    assert [path.name[3:16] for path in found] == [
        "049895-00002-", "050000-00004-", "050000-00005-", "050100-00003-", "050300-00001-",
    ]  # fmt: skip
    order = [round(np.asarray(Image.open(path)).mean() / 255 * 1000 / 160) for path in found]
    assert order == [2, 4, 5, 3, 1]


@pytest.mark.parametrize(
    ("header", "prefix"),
    [
        ({}, ""),
        ({0x00200013: "7"}, "00007-"),
        ({0x00200013: "19440229"}, ""),
        ({0x00200032: "0\\0\\19440229", 0x00200037: AXIAL, 0x00200013: "7"}, "00007-"),
    ],
)
def test_a_name_tells_no_number_that_is_no_place(header: dict[int, str], prefix: str) -> None:
    assert slices.sorting_prefix(Slice("", 0, header)) == prefix


def test_a_contact_sheet_shows_few_slices_spread_evenly() -> None:
    keys = pictures._key_slices(300)
    assert len(keys) == pictures.KEY_SLICES
    assert (keys[0], keys[-1]) == (8, 293)
    assert pictures._key_slices(3) == [1, 2, 3]


def test_an_age_is_told_as_a_decade_and_of_the_oldest_not_at_all() -> None:
    told = {age: pictures._decade(age) for age in ("063Y", "009Y", "011M", "090Y", "104Y", "", "Jane")}
    assert list(told.values()) == [
        "60 to 69 years old", "0 to 9 years old", "0 to 9 years old", "90 or older", "90 or older", "", "",
    ]  # fmt: skip


def test_numbers_that_are_no_geometry_decide_nothing() -> None:
    for value in ("", "x\\y", "1", "0\\1", "1\\0", "nan\\1", "1e9\\1", "1\\900", "-1\\1"):
        assert Slice("a", 0, {0x00280030: value}).aspect == 1
    assert slices._numbers("1\\inf\\3", 3) == ()
    assert Slice("a", 0, {0x00200032: "1\\2", 0x00200037: AXIAL}).along is None


def test_planes_that_differ_by_rounding_alone_are_one() -> None:
    turned = ("1\\0\\0\\0\\1\\0", "0.999999\\1e-6\\-0.0\\0\\1\\-1e-7", "1.0\\0\\0\\0\\0.99999\\0")
    places = [{0x00200032: f"0\\0\\{place}", 0x00200037: turned[place % 3]} for place in (5, 1, 4, 0, 3, 2)]
    ordered = slices._ordered([Slice(str(at), 0, place) for at, place in enumerate(places)])
    assert [round(each.along or 0) for each in ordered] == [0, 1, 2, 3, 4, 5]


def test_a_dynamic_series_has_the_times_of_each_place_together() -> None:
    def at(place: float, number: int) -> Slice:
        return Slice(str(number), 0, {0x00200032: f"0\\0\\{place}", 0x00200037: AXIAL, 0x00200013: str(number)})

    mixed = [at(1, 1), at(0, 2), at(1, 3), at(0, 4)]
    assert [each.number for each in slices._ordered(mixed)] == [2, 4, 1, 3]
