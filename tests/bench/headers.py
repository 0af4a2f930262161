"""How long cleaning headers takes, as ratios against a bare pydicom loop over the same files in the same run.

    python tests/bench/headers.py [FILES]

The bare loop reads each file, touches every element's value at every depth, and saves it: no policy, no proof.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pydicom
from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from scanscrub import CleanOptions, clean

SAMPLE = Path(__file__).parents[2] / "samples" / "files" / "ct-head-1.dcm"
ELEMENTS = 300


def slices(folder: Path, files: int) -> None:
    """CT slices with 300 elements each, nested ones included."""
    dataset = pydicom.dcmread(SAMPLE)
    missing = ELEMENTS - sum(1 for _ in dataset.iterall())
    numbers = (
        tag for tag in DicomDictionary if tag >> 16 == 0x0018 and dictionary_VR(tag) in {"FD", "DS", "FL", "IS"}
    )
    for tag in islice((tag for tag in sorted(numbers) if tag not in dataset), missing):
        dataset.add_new(tag, dictionary_VR(tag), 1)
    for number in range(files):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(
            entropy_srcs=[str(number)]
        )
        dataset.InstanceNumber = number + 1
        dataset.save_as(folder / f"{number:05}.dcm")


def enhanced(folder: Path, files: int, frames: int = 500) -> None:
    """Enhanced MR files with per-frame functional groups."""
    dataset = pydicom.dcmread(SAMPLE)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    dataset.NumberOfFrames = frames
    dataset.Rows = dataset.Columns = 16
    dataset.PixelData = bytes(16 * 16 * 2 * frames)
    dataset.PerFrameFunctionalGroupsSequence = [_groups(frame) for frame in range(frames)]
    for number in range(files):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(
            entropy_srcs=[str(number)]
        )
        dataset.save_as(folder / f"{number:05}.dcm")


def _groups(frame: int) -> Dataset:
    content, position, orientation, measures, groups = (Dataset() for _ in range(5))
    content.StackID = "1"
    content.InStackPositionNumber = frame + 1
    content.TemporalPositionIndex = 1
    content.DimensionIndexValues = [1, frame + 1]
    content.FrameAcquisitionDateTime = "20251107084512.000000"
    position.ImagePositionPatient = [0.0, 0.0, float(frame)]
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing = [1, 1]
    measures.SliceThickness = 1
    groups.FrameContentSequence = [content]
    groups.PlanePositionSequence = [position]
    groups.PlaneOrientationSequence = [orientation]
    groups.PixelMeasuresSequence = [measures]
    return groups


def bare_loop(inputs: Path, output: Path) -> None:
    for path in sorted(inputs.iterdir()):
        dataset = pydicom.dcmread(path)
        for element in dataset.iterall():
            element.value  # noqa: B018 - touching it is the point
        dataset.save_as(output / path.name)


def ours(inputs: Path, output: Path) -> None:
    options = CleanOptions(text="none", executor="serial")
    bad = [record.status for record in clean([inputs], output / "clean", options) if record.output_name is None]
    if bad:
        raise SystemExit("not cleaned: " + ", ".join(bad[:3]))


def timed(work: Callable[[Path, Path], None], inputs: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        work(inputs, Path(folder))
        return time.perf_counter() - start


def measure(title: str, make: Callable[[Path, int], None], files: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder)
        make(inputs, files)
        timed(ours, inputs)
        rounds = [(timed(bare_loop, inputs), timed(ours, inputs)) for _ in range(3)]
    bare, own = min(bare for bare, _ in rounds), min(own for _, own in rounds)
    print(f"{title}: bare pydicom loop {bare:.2f} s, clean with verification {own:.2f} s, ratio {own / bare:.2f}")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    measure(f"{count} CT slices of {ELEMENTS} elements", slices, count)
    measure(f"{max(1, count // 100)} Enhanced MR files of 500 frames", enhanced, max(1, count // 100))
