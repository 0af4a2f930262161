"""Bar codes and QR codes: found in every picture, masked whole, and never told."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread

from conftest import CANARY
from factory_dicom import ct_file
from running_check import Workplace
from scanscrub.detect.engines.codes import find_codes
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.picture import Picture, View
from scanscrub.formats.raster.masking import rasterize
from test_writing_told_apart import smooth

Pixels = NDArray[np.uint8]
PAYLOAD = f"{CANARY}-4711880"
CODES = {"QRCode": PAYLOAD, "DataMatrix": PAYLOAD, "Code128": "MRN4711880", "Code39": "MRN4711880", "PDF417": PAYLOAD}


def ink(kind: str, says: str = "", scale: int = 3) -> NDArray[np.bool_]:
    made = zxingcpp.create_barcode(says or CODES[kind], getattr(zxingcpp.BarcodeFormat, kind))
    return np.asarray(zxingcpp.write_barcode_to_image(made, scale=scale)) < 128


def placed(code: NDArray[np.bool_], side: int = 640) -> NDArray[np.bool_]:
    whole = np.zeros((side, side), np.bool_)
    top, left = (side - code.shape[0]) // 2, (side - code.shape[1]) // 2
    whole[top : top + code.shape[0], left : left + code.shape[1]] = code
    return whole


def turned(code: NDArray[np.bool_], degrees: float) -> NDArray[np.bool_]:
    center = code.shape[1] / 2, code.shape[0] / 2
    drawn = code.astype(np.float32)
    return np.asarray(cv2.warpAffine(drawn, cv2.getRotationMatrix2D(center, degrees, 1), drawn.shape[::-1]) > 0.5)


def colored(code: NDArray[np.bool_]) -> Pixels:
    """Red on a green that is as bright."""
    return np.where(code[..., np.newaxis], (200, 90, 60), (90, 146, 60)).astype(np.uint8)


WAYS: dict[str, Callable[[NDArray[np.bool_]], Pixels]] = {
    "dark on white": lambda code: np.where(code, 0, 255).astype(np.uint8),
    "bright on dark": lambda code: np.where(code, 240, 10).astype(np.uint8),
    "dark on gray": lambda code: np.where(code, 70, 130).astype(np.uint8),
    "in color": colored,
    "turned by 90": lambda code: np.where(np.rot90(code), 0, 255).astype(np.uint8),
}


def uncovered(code: NDArray[np.bool_], shown: Pixels) -> int:
    """How much of the ink no mask would cover; all of it where no code is found."""
    found = find_codes(Picture((View("natural", shown),)))
    return int((code & ~rasterize([(PixelRegion(box.box, 0, box.quad), 1) for box in found], *code.shape)).sum())


@pytest.mark.parametrize("way", WAYS)
def test_codes_are_found_whole_whatever_their_colors(way: str) -> None:
    for kind in CODES:
        code = placed(ink(kind))
        shown = WAYS[way](code)
        assert uncovered(np.rot90(code) if "turned" in way else code, shown) == 0, kind


def test_slanting_codes_are_found_whole() -> None:
    for kind in ("QRCode", "Code128", "Code39"):
        code = turned(placed(ink(kind)), 20)
        assert uncovered(code, np.where(code, 20, 200).astype(np.uint8)) == 0, kind


def test_stripes_grids_and_anatomy_are_no_codes() -> None:
    random = np.random.default_rng(7)
    for width in (2, 3, 5, 8):
        stripes = np.tile((np.arange(320) // width % 2 * 255).astype(np.uint8), (320, 1))
        bars = np.repeat((random.random(320 // width) > 0.5) * 255, width)[np.newaxis].repeat(240, 0).astype(np.uint8)
        squares = np.kron(random.random((300 // width, 300 // width)) > 0.5, np.ones((width, width)))
        for texture in (stripes, stripes & stripes.T, bars, (squares * 255).astype(np.uint8), smooth()):
            assert find_codes(Picture((View("natural", np.ascontiguousarray(texture)),))) == ()


def scan(code: NDArray[np.bool_], patient: str = "4711880") -> bytes:
    """A slice of twelve bits with a code in dark gray on gray."""
    samples = np.full((256, 256), 900, "<u2")
    samples[20:236, 20:236] += np.random.default_rng(1).integers(0, 40, (216, 216)).astype("<u2")
    samples[40 : 40 + code.shape[0], 60 : 60 + code.shape[1]][code] = 500
    return ct_file(
        (0x00100020, "LO", patient),
        (0x00280010, "US", 256),
        (0x00280011, "US", 256),
        (0x00281050, "DS", "1000"),
        (0x00281051, "DS", "2000"),
        (0x7FE00010, "OW", samples.tobytes()),
    )


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


@pytest.mark.parametrize("mode", ["all", "identifying"])
def test_a_code_in_a_scan_is_masked_whole_and_the_rest_is_as_it_was(work: Workplace, mode: str) -> None:
    code = ink("QRCode", "4711880")
    data = scan(code)
    work.write("a.dcm", data)
    ran = work.run("clean", ".", "-o", work.out / "clean", "--text", mode, "--executor", "serial")
    assert ran.code == 0, ran.stderr
    (copy,) = (work.out / "clean").rglob("*.dcm")
    before, after = dcmread(io.BytesIO(data)).pixel_array, dcmread(copy).pixel_array
    there = np.s_[40 : 40 + code.shape[0], 60 : 60 + code.shape[1]]
    assert len(np.unique(after[there][code])) == 1
    assert (before != after).mean() < 1.5 * code.size / before.size
    audit = (work.out / "clean" / "audit.jsonl").read_text(encoding="utf-8")
    assert "P001" in audit
    assert "4711880" not in audit
    assert work.run("check", work.out / "clean").code == 0


def test_check_says_whose_a_code_may_be(work: Workplace) -> None:
    page = np.full((300, 420), 255, np.uint8)
    slice_ = smooth()
    code = ink("QRCode", "https://example.org/docs", scale=2)
    for shown, left in ((page, 300), (slice_, 150)):
        shown[20 : 20 + code.shape[0], left : left + code.shape[1]] = np.where(code, 0, 255)
    Image.fromarray(page).save(work.folder / "poster.png")
    Image.fromarray(slice_).save(work.folder / "slice.png")
    work.write("match.dcm", scan(ink("QRCode", "4711880")))
    ran = work.run("check", ".", "-f", "json", "--exit-zero")
    found = {
        (file["path"].rpartition("/")[2], each["rule"])
        for file in json.loads(ran.stdout)["files"]
        for each in file["findings"]
        if each["rule"].startswith("P")
    }
    assert ("match.dcm", "P001") in found
    assert ("slice.png", "P004") in found
    assert {rule for name, rule in found if name == "poster.png"} == {"P005"}
