"""All samples, cleaned as a user would; then every byte of the output is searched for what was planted."""

import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from scanscrub.inputs.find import Scope, find_inputs
from shared_results import made_once

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = SAMPLES / "files"
PLANTED = json.loads((SAMPLES / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "samples", _clean) / "clean"


def _clean(folder: Path) -> None:
    call = [sys.executable, "-m", "scanscrub", "clean", str(FILES), "-o", str(folder / "clean")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def records(cleaned: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (cleaned / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_sample_has_a_copy(cleaned: Path) -> None:
    inputs = [path for path in FILES.rglob("*") if path.is_file()]
    assert len(inputs) >= 12
    names = [record["output_name"] for record in records(cleaned)]
    assert all(names)
    assert len(set(names)) == len(inputs)


def test_no_planted_header_value_is_in_any_byte_of_the_output(cleaned: Path) -> None:
    values = {value for planted in PLANTED.values() for value in planted["header"] if len(value) > 4}
    assert len(values) > 30
    for path in cleaned.rglob("*"):
        if path.is_file():
            for data in _inflated(path.read_bytes()):
                lowered = data.lower()
                for value in values:
                    for coded in {value.encode(), value.encode("utf-16-le"), value.replace("^", " ").encode()}:
                        assert coded.lower() not in lowered, path.name


def _inflated(data: bytes) -> Iterator[bytes]:
    """The bytes, and every deflated stream in them."""
    yield data
    for start in (match.start() for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data)):
        try:
            yield zlib.decompressobj().decompress(data[start:], 1 << 24)
        except zlib.error:
            continue


def test_no_name_of_the_output_tells_of_the_input(cleaned: Path) -> None:
    originals = {part.lower() for path in FILES.rglob("*") for part in path.relative_to(FILES).parts}
    for path in cleaned.rglob("*"):
        assert not originals & {part.lower() for part in path.relative_to(cleaned).parts}


def test_pixels_outside_the_masks_are_the_ones_of_the_input(cleaned: Path) -> None:
    """Looked at with pydicom alone: what differs is flat."""
    inputs = {item.number: item.path for item in find_inputs([FILES], Scope())}
    compared = 0
    for record in records(cleaned):
        name = str(record["output_name"])
        if not name.endswith(".dcm"):
            continue
        before = pydicom.dcmread(inputs[record["input_ref"]["number"]])
        after = pydicom.dcmread(cleaned / name)
        if before.file_meta.TransferSyntaxUID != after.file_meta.TransferSyntaxUID or "JPEG" in str(
            before.file_meta.TransferSyntaxUID.name
        ):
            continue
        old, new = before.pixel_array, after.pixel_array
        changed = old != new
        assert old.shape == new.shape
        assert changed.mean() < 0.7  # a page of text is mostly masked
        if changed.ndim == 2 and changed.any():
            assert len(np.unique(new[changed])) == 1
        compared += 1
    assert compared >= 5


def test_what_identifying_leaves_is_whole_and_left_again(tmp_path: Path) -> None:
    """The copy keeps the marks of the sample, and whoever looks at it once more comes to the same decision."""
    sample, output = FILES / "ct-head-2-rle.dcm", tmp_path / "clean"
    options = ["--text", "identifying"]
    for command in (["clean", str(sample), "-o", str(output), *options], ["verify", str(output), *options]):
        done = subprocess.run(
            [sys.executable, "-m", "scanscrub", *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    (copy,) = output.rglob("*.dcm")
    before, after = pydicom.dcmread(sample).pixel_array, pydicom.dcmread(copy).pixel_array
    assert (after[452:512] == before[452:512]).all()  # kV, mA, Im, mm, W and L
    assert (after[:85] != before[:85]).any()


def test_the_report_has_a_picture_of_every_copy(cleaned: Path) -> None:
    page = (cleaned / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/") >= len(records(cleaned))


def test_check_finds_nothing_in_the_cleaned_folder(cleaned: Path) -> None:
    """Nor in the pixels of the copies, but for the two largest, which take as long as all the others."""
    large = {"film-on-light-box.jpg", "us-heart-cine-jpeg.dcm"}
    inputs = {item.number: Path(item.path).name for item in find_inputs([FILES], Scope())}
    numbered = [(record["input_ref"]["number"], record) for record in records(cleaned)]
    small = [str(cleaned / str(record["output_name"])) for number, record in numbered if inputs[number] not in large]
    assert len(small) == len(numbered) - len(large)
    for looked_at in ([str(cleaned), "--text", "none"], small):
        call = [sys.executable, "-m", "scanscrub", "check", *looked_at, "--no-cache", "-f", "concise"]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
