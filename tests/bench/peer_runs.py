"""Clean a folder with another tool, in that tool's own environment: ``PYTHON peer_runs.py NAME INPUTS OUTPUT``.

Each copy lies below OUTPUT where its input lies below INPUTS; what the tool made no copy of is not there. Of this
project nothing is imported, so it runs wherever the tool is installed.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def _program(name: str) -> str:
    """What the tool's installation calls it, beside its Python."""
    return str(Path(sys.executable).with_name(name))


def _quietly(*command: str) -> None:
    """A tool that ends with an error has made the copies that are there."""
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def dentdeid(inputs: Path, output: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "out"
        _quietly(_program("dentdeid"), "run", str(inputs), "-o", str(made), "-p", "share", "--write-mapping")
        with (made / "KEEP-PRIVATE" / "mapping.csv").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                copy = made / row["output"]
                if row["output"] and copy.is_file():
                    _take(copy, output / Path(row["original_path"]).relative_to(inputs))


def dicom_anonymizer(inputs: Path, output: Path) -> None:
    """It does not look into folders: each is given by itself."""
    for folder in sorted({path.parent for path in _files(inputs)}):
        made = output / folder.relative_to(inputs)
        made.mkdir(parents=True, exist_ok=True)
        _quietly(_program("dicom-anonymizer"), str(folder), str(made))


def dicognito(inputs: Path, output: Path) -> None:
    """In place, on copies, as it would name its own by UIDs. It ends at the first error: what it had not come to is
    no copy, which shows by the time of the file.
    """
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "in"
        shutil.copytree(inputs, made)
        before = {path: path.stat().st_mtime_ns for path in _files(made)}
        _quietly(sys.executable, "-m", "dicognito", "--in-place", str(made))
        for path, time in before.items():
            if path.stat().st_mtime_ns != time:
                _take(path, output / path.relative_to(made))


def presidio(inputs: Path, output: Path) -> None:
    """With its patterns and what the header says. Its language model is in no package index, so names that only a
    model knows are not found: an empty English one stands in.
    """
    redactor, analyzer = import_module("presidio_image_redactor"), import_module("presidio_analyzer")
    engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine()
    engine.nlp = {"en": import_module("spacy").blank("en")}
    image_analyzer = redactor.ImageAnalyzerEngine(
        analyzer_engine=analyzer.AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    )
    of_dicom, of_pictures = (
        redactor.DicomImageRedactorEngine(image_analyzer),
        redactor.ImageRedactorEngine(image_analyzer),
    )

    def redact(path: Path, copy: Path) -> None:
        if _is_dicom(path):
            of_dicom.redact(import_module("pydicom").dcmread(path)).save_as(copy)
        else:
            of_pictures.redact(import_module("PIL.Image").open(path).convert("RGB"), (0, 0, 0)).save(copy)

    _each(redact, inputs, output)


def rapidocr(inputs: Path, output: Path) -> None:
    """What its detector finds is blackened: an engine as a redactor of a few lines would use it."""
    engine = import_module("rapidocr").RapidOCR()
    numpy, draw = import_module("numpy"), import_module("cv2").fillPoly

    def redact(path: Path, copy: Path) -> None:
        if not _is_dicom(path):
            image = import_module("PIL.Image").open(path).convert("RGB")
            pixels = numpy.array(image)
            _blacken(pixels, pixels)
            import_module("PIL.Image").fromarray(pixels).save(copy)
            return
        dataset = import_module("pydicom").dcmread(path)
        pixels = dataset.pixel_array.copy()
        low, high = int(pixels.min()), int(pixels.max())
        shown = ((pixels.astype("float32") - low) * (255 / max(1, high - low))).astype("uint8")
        _blacken(shown, pixels)
        dataset.PixelData = pixels.tobytes()
        dataset.save_as(copy)

    def _blacken(shown: Any, pixels: Any) -> None:  # noqa: ANN401 - numpy's, which only the tool's environment has
        found = engine(shown, use_det=True, use_cls=False, use_rec=False).boxes
        for box in found if found is not None else ():
            draw(pixels, [numpy.asarray(box).astype("int32")], int(pixels.min()) if pixels.ndim == 2 else (0, 0, 0))

    _each(redact, inputs, output)


def _each(redact: Callable[[Path, Path], None], inputs: Path, output: Path) -> None:
    for path in _files(inputs):
        copy = output / path.relative_to(inputs)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            redact(path, copy)
        except Exception as error:  # noqa: BLE001 - whatever a tool raises, it has made no copy
            copy.unlink(missing_ok=True)
            print(f"{path.name}: {type(error).__name__}", file=sys.stderr)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _take(copy: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(copy, place)


TOOLS = {
    "dentdeid": dentdeid,
    "dicom-anonymizer": dicom_anonymizer,
    "dicognito": dicognito,
    "presidio": presidio,
    "rapidocr": rapidocr,
}
"""By the names of the command line."""


if __name__ == "__main__":
    TOOLS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
