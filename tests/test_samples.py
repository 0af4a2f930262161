"""The samples: made by their program, as a hospital would give them, and full of what must not come out again."""

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_voi_lut

from make_samples import HERE, make, planted
from making.lettering import coverage

FILES = HERE / "files"
PLANTED = planted()
PICTURES = (".jpg", ".png", ".tif")
NO_DICOM = (*PICTURES, ".pdf")


def dicom(path: Path) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path)
        dataset.decode()
    return dataset


def texts(dataset: Dataset) -> Iterator[str]:
    """Every value of every element at any depth, as text."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from texts(item)
        elif isinstance(element.value, bytes):
            if element.tag != 0x7FE00010:
                yield element.value.decode("utf-8", "replace")
        else:
            yield str(element.value)


def picture_texts(path: Path) -> str:
    with Image.open(path) as image:
        image.load()
        found = [*map(str, image.info.values()), *map(str, getattr(image, "text", {}).values())]
        exif = image.getexif()
        for tags in (exif, exif.get_ifd(0x8769), exif.get_ifd(0x8825)):
            found.extend(str(value) for value in tags.values())
    return "\n".join(found)


def shown(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The first frame as a person sees it."""
    if path.suffix in PICTURES:
        with Image.open(path) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    dataset = dicom(path)
    pixels = dataset.pixel_array
    if dataset.SamplesPerPixel == 3:
        return np.asarray(pixels[0] if pixels.ndim == 4 else pixels, np.uint8)
    gray = apply_voi_lut(pixels.astype(np.float64) + float(dataset.get("RescaleIntercept", 0)), dataset)
    gray = (gray - gray.min()) / (gray.max() - gray.min()) * 255
    return np.asarray(255 - gray if dataset.PhotometricInterpretation == "MONOCHROME1" else gray, np.uint8)


def decoded(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    if data[128:132] == b"DICM":
        return np.asarray(dcmread(io.BytesIO(data)).pixel_array, np.int64)
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image, np.int64)


def test_the_program_makes_the_committed_files_again(tmp_path: Path) -> None:
    # Another FreeType, codec or processor may round a pixel differently; all else must be the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        make(tmp_path / "in")
    assert (tmp_path / "in/planted.json").read_bytes() == (HERE / "planted.json").read_bytes()
    for name in PLANTED:
        made, kept = (tmp_path / "in/files" / name).read_bytes(), (FILES / name).read_bytes()
        if made != kept:
            difference = np.abs(decoded(made) - decoded(kept))
            assert np.mean(difference > 8) < 0.01, name


def test_there_is_a_dozen_of_small_files_and_each_is_listed() -> None:
    paths = [path for path in FILES.rglob("*") if path.is_file()]
    assert {path.relative_to(FILES).as_posix() for path in paths} == set(PLANTED)
    assert len(paths) >= 12
    assert max(path.stat().st_size for path in paths) < 1_000_000
    assert sum(path.stat().st_size for path in HERE.rglob("*") if "__pycache__" not in path.parts) < 6_000_000


@pytest.mark.parametrize("name", [name for name in PLANTED if not name.endswith(NO_DICOM)])
def test_every_planted_value_is_in_the_header(name: str) -> None:
    found = "\n".join(texts(dicom(FILES / name)))
    assert [value for value in PLANTED[name]["header"] if value not in found] == []


@pytest.mark.parametrize("name", [name for name in PLANTED if name.endswith(PICTURES)])
def test_every_planted_value_is_in_a_segment(name: str) -> None:
    found = picture_texts(FILES / name)
    assert [value for value in PLANTED[name]["header"] if value not in found] == []


def test_the_letter_tells_of_somebody_in_its_text_and_beside_it() -> None:
    data = (FILES / "letter.pdf").read_bytes().decode("cp1252")
    planted_in_it = (value for values in PLANTED["letter.pdf"].values() for value in values)
    assert [value for value in planted_in_it if value not in data] == []


@pytest.mark.parametrize("name", ["ct-head-1.dcm", "mr-brain-t2.dcm"])
def test_a_header_is_as_rich_as_a_scanner_s(name: str) -> None:
    dataset = dicom(FILES / name)
    assert sum(1 for _ in dataset.iterall()) >= 100
    assert any(element.tag.is_private for element in dataset)
    assert dataset.RequestAttributesSequence[0].AccessionNumber == dataset.AccessionNumber


def test_the_samples_cover_the_usual_encodings_and_kinds() -> None:
    datasets = [dicom(FILES / name) for name in PLANTED if not name.endswith(NO_DICOM)]
    assert len({dataset.file_meta.TransferSyntaxUID for dataset in datasets}) >= 7
    assert {dataset.Modality for dataset in datasets} == {"CT", "MR", "CR", "US"}
    assert {"MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL_422"} == {d.PhotometricInterpretation for d in datasets}
    assert any(int(dataset.get("NumberOfFrames", 1)) > 1 for dataset in datasets)


def test_the_phone_photo_lies_on_its_side_and_says_where_it_was_taken() -> None:
    with Image.open(FILES / "film-on-light-box.jpg") as image:
        exif = image.getexif()
        assert exif[0x0112] == 6
        assert exif.get_ifd(0x8825)[2] == (44.0, 34.0, 12.61)
        assert image.width > image.height


@pytest.mark.parametrize("name", ["ct-export.png", "mr-brain-t2.dcm", "us-heart-colour-rle.dcm"])
def test_what_is_burned_in_can_be_read(name: str) -> None:
    """In a small one of each face of lettering."""
    from scanscrub.detect.engines.registry import build_detector, build_reader  # noqa: PLC0415 - loads the models
    from scanscrub.domain.picture import Picture, View  # noqa: PLC0415 - the same

    picture = Picture((View("shown", shown(FILES / name)),))
    boxes = build_detector().find(picture)
    read = "".join(reading.text.reveal() for reading in build_reader().read(picture, boxes))
    letters = "".join(filter(str.isalnum, read.upper()))
    number = max(PLANTED[name]["burned_in"], key=lambda text: sum(map(str.isdigit, text)))
    family = next(text for text in PLANTED[name]["burned_in"] if "," in text).split(",")[0]
    assert family.upper().replace("Ü", "U") in letters.replace("Ü", "U")
    assert "".join(filter(str.isalnum, number.upper())) in letters


@pytest.mark.parametrize("face", ["sans", "plotter", "terminal"])
def test_an_umlaut_has_its_dots_above_the_letter_in_every_face(face: str) -> None:
    plain, dotted = coverage("U", 33, face), coverage("Ü", 33, face)  # type: ignore[arg-type]
    assert dotted.shape == plain.shape
    top = int(np.flatnonzero(plain.max(axis=1) > 0.3)[0])
    assert plain[:top].max() < 0.3
    columns = np.flatnonzero(dotted[:top].max(axis=0) > 0.3)
    letter = np.flatnonzero(plain.max(axis=0) > 0.3)
    assert len(columns) >= 2
    assert letter[0] <= columns[0] < columns[-1] <= letter[-1]


@pytest.mark.parametrize("name", ["ct-head-1.dcm", "mr-brain-t1.dcm"])
def test_nothing_is_taken_for_writing_where_none_is(name: str) -> None:
    from scanscrub.detect.engines.registry import build_detector  # noqa: PLC0415 - loads the models
    from scanscrub.domain.picture import Picture, View  # noqa: PLC0415 - the same

    assert PLANTED[name]["burned_in"] == []
    assert build_detector().find(Picture((View("shown", shown(FILES / name)),))) == ()
