"""``--as dicom``: a picture becomes a Secondary Capture object that holds exactly what it shows, or is refused."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread

from conftest import CANARY
from factory_pictures import (
    BOX,
    COLUMNS,
    NAME,
    ROWS,
    color,
    exif,
    gray,
    jpeg,
    png,
    png_chunk,
    rows_of,
    saved,
)
from factory_pixels import image
from scanscrub import CheckOptions, check, write_dicomdir
from scanscrub.detect.base import Reading, TextBox
from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.text_mode import TextMode
from scanscrub.execute.serial import SerialExecutor
from scanscrub.formats.dicom.convert.picture_as_dicom import PictureAsDicom
from scanscrub.formats.dicom.convert.virtual_file import VirtualFile
from scanscrub.inputs.input import Input
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.verify_copy import Copy, verify_copy
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT
from scanscrub.policy.pseudonyms.uids import is_pseudonymous
from test_other_pictures import few_colors
from test_tiff import numbers, tiff

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
KEY = bytes(32)

NEVER_EMPTY = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "ConversionType"),
    *("SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"),
    *("PixelRepresentation", "PixelData"),
)
ALWAYS_THERE = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID"),
    *("ReferringPhysicianName", "AccessionNumber", "SeriesNumber", "InstanceNumber", "PatientOrientation"),
    "Laterality",
)
"""Type 1 and 2 attributes of the modules that PS3.3 Table A.8-1 makes mandatory."""
OF_PAGES = ("NumberOfFrames", "FrameIncrementPointer", "PageNumberVector", "BurnedInAnnotation")
OF_GRAY_PAGES = (*OF_PAGES, "PresentationLUTShape", "RescaleIntercept", "RescaleSlope", "RescaleType")
"""Those of Type 1 and 1C that Tables A.8-3 to A.8-5 add."""


class Seer:
    """Sees writing in these boxes of every frame, unless they are black, and can read it."""

    identity = "seer"

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def find(self, picture: Picture) -> list[TextBox]:
        shown = picture.views[0].pixels
        return [
            TextBox(box.corners, 0.9)
            for box in self._boxes
            if shown[box.top : box.bottom, box.left : box.right].any()
        ]

    def read(self, picture: Picture, boxes: list[TextBox]) -> list[Reading]:  # noqa: ARG002 - the same
        return [Reading(Phi(f"{CANARY} 1234"), 0.9) for _ in boxes]


def cleaner(
    output: Path | None,
    *boxes: Box,
    form: Literal["dicom", "png"] = "dicom",
    key: bytes = KEY,
    text: TextMode = TextMode.ALL,
    crosswalk: Crosswalk | None = None,
) -> Cleaner:
    context = WorkerContext(Settings(load_profile("share"), key, text=text))
    context.__dict__.update(detector=Seer(*boxes), second_look=Seer(), reader=Seer())
    if output is not None:
        output.mkdir(exist_ok=True)
    return Cleaner(context, CleanJob(output, crosswalk, form))


def source(tmp_path: Path, data: bytes) -> Input:
    path = tmp_path / "in" / "picture"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return Input(1, str(path))


def record_of(tmp_path: Path, data: bytes, *boxes: Box, **options: Any) -> AuditRecord:  # noqa: ANN401 - those of `cleaner`
    record = cleaner(tmp_path / "out", *boxes, **options)(source(tmp_path, data))
    assert record is not None
    return record


def copy_of(tmp_path: Path, record: AuditRecord) -> Dataset:
    assert record.status in {Status.CLEAN, Status.REVIEW}, record
    assert all(one.passed for one in record.checks)
    return dcmread(tmp_path / "out" / str(record.output_name))


def converted(tmp_path: Path, data: bytes, *boxes: Box, **options: Any) -> Dataset:  # noqa: ANN401 - those of `cleaner`
    return copy_of(tmp_path, record_of(tmp_path, data, *boxes, **options))


def deep_gray() -> NDArray[np.uint16]:
    return gray().astype(np.uint16) * 200 + 7


def decoded(data: bytes, mode: str | None = None) -> NDArray[Any]:
    with Image.open(io.BytesIO(data)) as opened:
        return np.array(opened.convert(mode) if mode else opened)


def pages(*each: NDArray[Any], **options: object) -> bytes:
    images = [Image.fromarray(one) for one in each]
    return saved(images[0], "TIFF", save_all=True, append_images=images[1:], **options)


def four_bit_gray() -> bytes:
    packed = (gray() >> 4).reshape(ROWS, -1, 2)
    return png(rows_of((packed[..., 0] << 4 | packed[..., 1]).astype(np.uint8)), depth=4)


def bitfields(*fields: int) -> bytes:
    """A BMP of 32 bits a pixel with fields of our own and every bit set in turn."""
    values = (np.arange(16, dtype=np.uint32) * 0x0F0F0F0F & sum(fields)).astype("<u4")
    head = struct.pack("<IiiHHIIiiII", 56, 4, 4, 1, 32, 3, 64, 0, 0, 0, 0)
    head += struct.pack("<4I", *fields, *(0,) * (4 - len(fields)))
    return struct.pack("<2sIII", b"BM", 70 + 64, 0, 70) + head + values.tobytes()


def big_endian() -> bytes:
    return saved(Image.frombytes("I;16B", (COLUMNS, ROWS), deep_gray().astype(">u2").tobytes()), "TIFF")


def opaque(light: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([light, np.full(light.shape[:2], 255, np.uint8)])


LOSSLESS: dict[str, tuple[bytes, NDArray[Any]]] = {
    "PNG gray": (saved(gray(), "PNG"), gray()),
    "PNG gray of 16 bits": (png(rows_of(deep_gray()), depth=16), deep_gray()),
    "PNG gray of 4 bits": (four_bit_gray(), (gray() >> 4) * 17),
    "PNG of one bit": (saved(Image.fromarray(gray() > 99), "PNG"), (gray() > 99) * np.uint8(255)),
    "PNG RGB": (saved(color(), "PNG"), color()),
    "PNG RGB and alpha, opaque": (saved(opaque(color()), "PNG"), color()),
    "PNG gray and alpha, opaque": (saved(opaque(gray()), "PNG"), gray()),
    "PNG palette": (saved(few_colors(), "PNG"), np.array(few_colors().convert("RGB"))),
    "PNG with a transparent color that no pixel has": (
        png(rows_of(gray()), before=png_chunk(b"tRNS", b"\0\0")),
        gray(),
    ),
    "TIFF gray": (saved(gray(), "TIFF"), gray()),
    "TIFF gray of 16 bits": (saved(deep_gray(), "TIFF"), deep_gray()),
    "TIFF big-endian": (big_endian(), deep_gray()),
    "TIFF white is 0": (tiff(numbers(262, 0, kind=3)), 255 - gray()),
    "TIFF fax": (saved(Image.fromarray(gray() > 99), "TIFF", compression="group4"), (gray() > 99) * np.uint8(255)),
    "TIFF RGB": (saved(color(), "TIFF", compression="tiff_lzw"), color()),
    "TIFF palette": (saved(few_colors(), "TIFF"), np.array(few_colors().convert("RGB"))),
    "GIF": (saved(few_colors(), "GIF"), np.array(few_colors().convert("RGB"))),
    "BMP gray": (saved(gray(), "BMP"), np.dstack([gray()] * 3)),
    "BMP RGB": (saved(color(), "BMP"), color()),
    "WebP lossless": (saved(color(), "WEBP", lossless=True, exact=True), color()),
}  # fmt: skip


@pytest.mark.parametrize(("data", "shown"), LOSSLESS.values(), ids=LOSSLESS)
def test_every_pixel_keeps_its_value(tmp_path: Path, data: bytes, shown: NDArray[Any]) -> None:
    copy = converted(tmp_path, data)
    assert copy.SOPClassUID == SECONDARY_CAPTURE
    assert copy.BitsStored == 8 * shown.dtype.itemsize
    assert copy.PhotometricInterpretation == ("RGB" if shown.ndim == 3 else "MONOCHROME2")
    assert copy.pixel_array.dtype == shown.dtype
    assert np.array_equal(copy.pixel_array, shown)
    assert "LossyImageCompression" not in copy


LOSSY = {
    "JPEG gray": (jpeg(picture=gray()), True),
    "JPEG RGB": (jpeg(), True),
    "progressive JPEG": (jpeg(progressive=True), True),
    "WebP": (saved(color(), "WEBP", quality=60), False),
    "TIFF in JPEG compression": (saved(color(), "TIFF", compression="jpeg"), True),
}


@pytest.mark.parametrize("box", [(), (BOX,)], ids=["as it is", "masked"])
@pytest.mark.parametrize(("data", "has_term"), LOSSY.values(), ids=LOSSY)
def test_the_lossy_past_of_the_pixels_is_said(
    tmp_path: Path, data: bytes, *, has_term: bool, box: tuple[Box, ...]
) -> None:
    copy = converted(tmp_path, data, *box)
    shown = decoded(data)
    assert np.array_equal(copy.pixel_array[BOX.bottom + 16 :], shown[BOX.bottom + 16 :])
    assert copy.LossyImageCompression == "01"
    if has_term:
        assert copy.LossyImageCompressionMethod == "ISO_10918_1"
        assert 1 < copy.LossyImageCompressionRatio < 40
    else:
        assert "LossyImageCompressionMethod" not in copy
        assert "LossyImageCompressionRatio" not in copy


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_upright_as_dicom_cannot_turn_it(tmp_path: Path, orientation: int) -> None:
    data = saved(color(), "PNG", exif=exif(orientation))
    with Image.open(io.BytesIO(data)) as opened:
        turned = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
        seen = opened.transpose(Image.Transpose(turned[orientation])) if orientation > 1 else opened
        expected = np.array(seen)
    assert np.array_equal(converted(tmp_path, data).pixel_array, expected)


PAGED: dict[str, tuple[bytes, NDArray[Any], str]] = {
    "gray": (pages(gray(), gray()[::-1], gray()[:, ::-1]), np.stack([gray(), gray()[::-1], gray()[:, ::-1]]), "2"),
    "gray of 16 bits": (pages(deep_gray(), deep_gray()[::-1]), np.stack([deep_gray(), deep_gray()[::-1]]), "3"),
    "RGB": (pages(color(), color()[::-1]), np.stack([color(), color()[::-1]]), "4"),
}


@pytest.mark.parametrize(("data", "shown", "sort"), PAGED.values(), ids=PAGED)
def test_pages_become_frames_of_the_class_for_them(
    tmp_path: Path, data: bytes, shown: NDArray[Any], sort: str
) -> None:
    copy = converted(tmp_path, data)
    assert copy.SOPClassUID == f"{SECONDARY_CAPTURE}.{sort}"
    assert np.array_equal(copy.pixel_array, shown)
    assert list(copy.PageNumberVector) == list(range(1, len(shown) + 1))
    assert copy.FrameIncrementPointer == 0x00182001
    demanded = OF_GRAY_PAGES if shown.ndim == 3 else OF_PAGES
    assert [keyword for keyword in demanded if copy.get(keyword) in (None, "")] == []


def test_an_animation_becomes_what_a_viewer_shows_at_each_time(tmp_path: Path) -> None:
    frames = [few_colors(shift) for shift in (0, 9, 18)]
    for kind in ("GIF", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        images = [one.convert("RGB") for one in frames] if kind == "WEBP" else frames
        data = saved(images[0], kind, save_all=True, append_images=images[1:], **options)
        record = record_of(tmp_path, data)
        copy = copy_of(tmp_path, record)
        assert np.array_equal(copy.pixel_array, np.stack([np.array(one.convert("RGB")) for one in frames]))
        assert any("How long" in note for note in record.notes)


@pytest.mark.parametrize(
    "data", [saved(gray(), "PNG"), PAGED["gray"][0], PAGED["RGB"][0]], ids=["one", "gray", "RGB"]
)
def test_the_object_has_all_that_its_class_demands(tmp_path: Path, data: bytes) -> None:
    copy = converted(tmp_path, data)
    assert [keyword for keyword in NEVER_EMPTY if copy.get(keyword) in (None, "")] == []
    assert [keyword for keyword in ALWAYS_THERE if keyword not in copy] == []
    assert copy.ConversionType == "WSD"
    assert copy.file_meta.MediaStorageSOPClassUID == copy.SOPClassUID
    assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID
    assert not {"PixelSpacing", "NominalScannedPixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"} & set(
        copy.dir()
    )


def test_nobody_is_named_and_nothing_of_the_file_but_its_pixels_comes_along(tmp_path: Path) -> None:
    data = png(rows_of(gray()), before=png_chunk(b"tEXt", b"Patient\0" + NAME), after=png_chunk(b"zzZz", NAME)) + NAME
    record = record_of(tmp_path, data)
    copy = copy_of(tmp_path, record)
    assert PATIENT.made(copy.PatientID)
    assert copy.PatientName == f"ANON^{copy.PatientID.removeprefix('ANON-')}"
    empty = ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "ReferringPhysicianName", "AccessionNumber")
    assert [keyword for keyword in empty if copy[keyword].value] == []
    uids = (copy.StudyInstanceUID, copy.SeriesInstanceUID, copy.SOPInstanceUID)
    assert len(set(uids)) == 3
    assert all(map(is_pseudonymous, uids))
    assert str(record.output_name).startswith(f"{copy.PatientID}/ST-")
    assert record.media_type == "PNG"
    gone = {str(step.where).rsplit(" #")[0] for step in record.steps if step.authority == "segment allow-list"}
    assert gone == {"PNG tEXt", "PNG private chunk", "PNG bytes after the end"}


def test_the_same_key_gives_the_same_bytes_and_another_one_nothing_in_common(tmp_path: Path) -> None:
    first, again, other = (record_of(tmp_path, saved(gray(), "PNG"), key=key) for key in (KEY, KEY, bytes(range(32))))
    assert dict(first.sha256s)["output"] == dict(again.sha256s)["output"]
    one, two = copy_of(tmp_path, first), copy_of(tmp_path, other)
    for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        assert one[keyword].value != two[keyword].value


@pytest.mark.parametrize("data", [saved(gray(), "PNG"), PAGED["gray"][0]], ids=["one", "pages"])
def test_only_who_looked_says_that_the_pixels_are_clean(tmp_path: Path, data: bytes) -> None:
    seen, unseen = record_of(tmp_path, data, BOX), record_of(tmp_path, data, text=TextMode.NONE)
    assert (seen.status, unseen.status) == (Status.CLEAN, Status.REVIEW)
    copy, other = copy_of(tmp_path, seen), copy_of(tmp_path, unseen)
    assert (copy.PatientIdentityRemoved, other.PatientIdentityRemoved) == ("YES", "YES")
    assert copy.BurnedInAnnotation == "NO"
    assert other.get("BurnedInAnnotation") == ("YES" if "NumberOfFrames" in other else None)
    assert "113101" in [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]
    assert "113101" not in [item.CodeValue for item in other.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize("data", [LOSSLESS["PNG RGB"][0], PAGED["gray of 16 bits"][0], LOSSY["progressive JPEG"][0]])
def test_writing_is_black_and_all_else_is_untouched(tmp_path: Path, data: bytes) -> None:
    bare, masked = (converted(tmp_path, data, *box).pixel_array for box in ((), (BOX,)))
    rows, columns = (1, 2) if len(bare) < ROWS else (0, 1)
    bare, masked = (np.moveaxis(each, (rows, columns), (0, 1)) for each in (bare, masked))
    assert not masked[BOX.top : BOX.bottom, BOX.left : BOX.right].any()
    around = np.ones((ROWS, COLUMNS), np.bool_)
    around[: BOX.bottom + 8, : BOX.right + 8] = False
    assert np.array_equal(bare[around], masked[around])


@pytest.mark.parametrize("data", [LOSSLESS["PNG gray of 16 bits"][0], PAGED["RGB"][0], LOSSY["JPEG gray"][0]])
def test_who_looks_later_finds_nothing_to_clean(tmp_path: Path, data: bytes) -> None:
    record = record_of(tmp_path, data, BOX)
    out, name = tmp_path / "out", str(record.output_name)
    context = WorkerContext(Settings(load_profile("share"), bytes(range(32))))
    context.__dict__.update(detector=Seer(), second_look=Seer(), reader=Seer())
    checks = verify_copy(Copy(1, out, name, dict(record.sha256s)["output"]), context)
    assert [one.name for one in checks if not one.passed] == []
    report = check([out], CheckOptions(text="none", cache=False, jobs=1, ignore=False))
    assert [one for file in report.files for one in file.open] == []
    (tmp_path / "again").mkdir()
    again = Cleaner(context, CleanJob(tmp_path / "again", form="dicom"))(Input(1, str(out / name)))
    assert again is not None
    assert again.steps == ()
    assert (tmp_path / "again" / str(again.output_name)).read_bytes() == (out / name).read_bytes()


def test_a_dicom_file_stays_what_it_is(tmp_path: Path) -> None:
    data = image((30, 30), bytes(900))
    record = record_of(tmp_path, data)
    context = WorkerContext(Settings(load_profile("share"), KEY))
    context.__dict__.update(detector=Seer(), second_look=Seer(), reader=Seer())
    (tmp_path / "plain").mkdir()
    plain = Cleaner(context, CleanJob(tmp_path / "plain"))(Input(1, str(tmp_path / "in" / "picture")))
    assert plain is not None
    assert (plain.output_name, plain.sha256s) == (record.output_name, record.sha256s)


def test_pixels_that_are_no_squares_say_so_and_no_size_is_made_up(tmp_path: Path) -> None:
    fax = saved(Image.fromarray(gray() > 99), "TIFF", compression="group4", dpi=(204, 98))
    copy = converted(tmp_path, fax)
    across, down = (int(part) for part in copy.PixelAspectRatio)
    assert across / down == pytest.approx(204 / 98, rel=0.001)
    square = converted(tmp_path, saved(gray(), "PNG", dpi=(300, 300)))
    assert "PixelAspectRatio" not in square
    assert "PixelSpacing" not in copy


def transparent_color() -> bytes:
    return png(rows_of(gray()), before=png_chunk(b"tRNS", struct.pack(">H", int(gray()[5, 5]))))


def holes(light: NDArray[np.uint8]) -> bytes:
    samples = opaque(light)
    samples[4:9, 4:9, -1] = 128
    return saved(samples, "PNG")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "RGB of 16 bits": (lambda: png(rows_of(color().astype(np.uint16) * 257), depth=16, colors=2), "8 bits each"),
    "BMP of 10 bits a color": (lambda: bitfields(0x3FF00000, 0xFFC00, 0x3FF), "8 bits each"),
    "JPEG in inks": (lambda: saved(Image.fromarray(color()).convert("CMYK"), "JPEG"), "printing inks"),
    "TIFF in inks": (lambda: saved(Image.fromarray(color()).convert("CMYK"), "TIFF"), "printing inks"),
    "RGB and holes": (lambda: holes(color()), "transparent"),
    "gray and holes": (lambda: holes(gray()), "transparent"),
    "transparent color": (transparent_color, "transparent"),
    "transparent GIF": (lambda: saved(few_colors(), "GIF", transparency=3), "transparent"),
    "fractions": (lambda: saved(gray().astype(np.float32) / 7, "TIFF"), "signed, fractions or wider"),
    "32 bits": (lambda: saved(gray().astype(np.int32) * 70000, "TIFF"), "signed, fractions or wider"),
    "pages of two sizes": (lambda: pages(gray(), gray()[:20]), "differ in size or colors"),
    "pages in gray and in color": (lambda: pages(gray(), color()), "differ in size or colors"),
}


@pytest.mark.parametrize("dry", [False, True], ids=["clean", "dry run"])
@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_dicom_cannot_hold_is_refused_with_the_reason_and_a_way_out(
    tmp_path: Path, data: Callable[[], bytes], reason: str, *, dry: bool
) -> None:
    output = None if dry else tmp_path / "out"
    record = cleaner(output)(source(tmp_path, data()))
    assert record is not None
    assert record.status is Status.REFUSED
    assert record.refusal is not None
    assert reason in record.refusal.reason
    assert record.refusal.hint.startswith("Clean it without --as dicom, or ")
    assert record.media_type
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == ({"picture"} if dry else {"picture", "audit.jsonl"})


def test_a_dry_run_plans_what_a_run_does(tmp_path: Path) -> None:
    data = saved(gray(), "PNG")
    done = record_of(tmp_path, data, BOX)
    planned = cleaner(None, BOX)(source(tmp_path, data))
    assert planned is not None
    assert planned.status is Status.PLANNED
    assert planned.steps == done.steps


@pytest.mark.parametrize("data", [LOSSLESS["PNG RGB"][0], PAGED["gray of 16 bits"][0]])
def test_a_frame_that_is_not_the_picture_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    right = PictureAsDicom._drawn

    def wrong(document: PictureAsDicom, frame: int) -> bytes:
        drawn = right(document, frame)
        return drawn[:-1] + bytes((drawn[-1] ^ 1,))

    monkeypatch.setattr(PictureAsDicom, "_drawn", wrong)
    record = record_of(tmp_path, data)
    assert record.status is Status.REJECTED
    assert [one.name for one in record.checks if not one.passed] == ["the DICOM image shows the picture"]


def test_copies_are_listed_where_dicom_files_are(tmp_path: Path) -> None:
    crosswalk = Crosswalk(tmp_path / "in" / "secret")
    crosswalk.prepare(resume=False)
    clean = cleaner(tmp_path / "out", crosswalk=crosswalk)
    (outcome,) = SerialExecutor().run(clean, [source(tmp_path, saved(gray(), "PNG"))], lambda: None)
    record = outcome.result  # type: ignore[union-attr] # it did not crash
    crosswalk.finish()
    assert record is not None
    assert str(record.output_name) in (tmp_path / "in" / "secret" / "files.csv").read_text(encoding="utf-8")
    write_dicomdir(tmp_path / "out")
    index = dcmread(tmp_path / "out" / "DICOMDIR")
    assert [one.DirectoryRecordType for one in index.DirectoryRecordSequence] == [
        "PATIENT",
        "STUDY",
        "SERIES",
        "IMAGE",
    ]


def test_a_png_of_a_dicom_picture_shows_it_and_a_cine_is_refused(tmp_path: Path) -> None:
    one = record_of(tmp_path, image((ROWS, COLUMNS), gray().tobytes()), form="png")
    copy = decoded((tmp_path / "out" / str(one.output_name)).read_bytes())
    assert (one.status, copy.shape) == (Status.CLEAN, (ROWS, COLUMNS))
    many = record_of(tmp_path, image((ROWS, COLUMNS), gray().tobytes() * 2, frames=2), form="png")
    assert many.status is Status.REFUSED
    assert many.refusal is not None
    assert many.refusal.hint == "Clean it without --as png."


def test_a_drawn_file_reads_like_any_other() -> None:
    frames = [bytes((number,)) * 7 for number in range(5)]
    whole = io.BytesIO(b"head" + b"".join(frames) + b"\0")
    drawn = VirtualFile(b"head", 7, 5, frames.__getitem__)
    random = np.random.default_rng(0)
    assert drawn.read() == whole.getvalue()
    for offset, length in random.integers(0, 45, (200, 2)).tolist():
        whole.seek(offset)
        assert drawn.seek(offset) == offset
        assert drawn.read(length) == whole.read(length)
        assert drawn.tell() == whole.tell()
    assert drawn.seek(0, io.SEEK_END) == 40
