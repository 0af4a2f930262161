"""How long cleaning headers takes, as ratios against a bare pydicom loop over the same files in the same run.

    python tests/bench/headers.py [SLICES] [--rounds 3]

Each count is of whole processes: ``scanscrub clean --text none``, from its start to the proof, audit and report of
the last copy, and a loop that reads each file, touches every element's value at every depth, and saves it. With one
process CPU seconds are compared, with two (`-j 2`) the time that passes, which asks for a machine that does nothing
else. The rounds alternate, and the fastest of each counts.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pydicom
from pydicom.datadict import dictionary_VR, keyword_dict
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

SAMPLE = Path(__file__).parents[2] / "samples" / "files" / "ct-head-1.dcm"
ELEMENTS = 262
_FILLERS = {"LO": "STANDARD", "SH": "B30F", "CS": "NONE", "DS": "1.5", "IS": "3", "FD": 1.5, "US": 2, "TM": "101112"}
BARE = """
import sys
from pathlib import Path
import pydicom
for path in sorted(Path(sys.argv[1]).iterdir()):
    dataset = pydicom.dcmread(path)
    for element in dataset.iterall():
        element.value
    dataset.save_as(Path(sys.argv[2]) / path.name)
"""


def slices(folder: Path, files: int) -> None:
    """CT slices of one series with 262 elements each, nested ones included; ten of them are each slice's own."""
    dataset = pydicom.dcmread(SAMPLE)
    missing = ELEMENTS - sum(1 for _ in dataset.iterall()) - len(_own(0).keys() - dataset.keys())
    numbers = (tag for tag in sorted(keyword_dict.values()) if tag >> 16 in {0x0008, 0x0018, 0x0020, 0x0040})
    fillers = (tag for tag in numbers if tag not in dataset and dictionary_VR(tag) in _FILLERS)
    for tag in islice(fillers, missing):
        dataset.add_new(tag, dictionary_VR(tag), _FILLERS[dictionary_VR(tag)])
    for number in range(files):
        dataset.update(_own(number))
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(folder / f"{number:05}.dcm")


def _own(number: int) -> Dataset:
    """What differs from slice to slice."""
    own = Dataset()
    own.SOPInstanceUID = generate_uid(entropy_srcs=[str(number)])
    own.AcquisitionTime = own.ContentTime = f"1011{number // 60 % 60:02}.{number:06}"
    own.InstanceNumber = number + 1
    own.ImagePositionPatient = [-120.5, -133.25, number * 0.75]
    own.SliceLocation = number * 0.75
    own.XRayTubeCurrent, own.Exposure = 200 + number % 90, 150 + number % 40
    own.WindowCenter, own.WindowWidth = 40 + number % 3, 400
    return own


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


class Taken(NamedTuple):
    """Seconds of a process and those that it started."""

    processor: float
    passed: float


def bare_loop(inputs: Path, output: Path) -> Taken:
    output.mkdir()
    return _taken([sys.executable, "-c", BARE, str(inputs), str(output)])


def ours(inputs: Path, output: Path, jobs: int) -> Taken:
    program = [sys.executable, "-m", "scanscrub", "clean", str(inputs), "-o", str(output), "-j", str(jobs)]
    taken = _taken([*program, "--text", "none", "--isolated", "-y", "-q", "--no-progress"])
    copies, files = sum(1 for _ in output.rglob("*.dcm")), sum(1 for _ in inputs.iterdir())
    if copies != files:
        raise SystemExit(" ".join(map(str, (copies, "copies of", files, "files"))))
    return taken


def _taken(command: list[str]) -> Taken:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    passed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, passed)


def measure(title: str, make: Callable[[Path, int], None], files: int, rounds: int) -> None:
    bare, one, two = [], [], []
    with tempfile.TemporaryDirectory() as place:
        inputs = Path(place) / "in"
        inputs.mkdir()
        make(inputs, files)
        for number in range(rounds):
            bare.append(bare_loop(inputs, Path(place) / f"bare-{number}"))
            one.append(ours(inputs, Path(place) / f"one-{number}", 1))
            two.append(ours(inputs, Path(place) / f"two-{number}", 2))
    loop, single = min(each.processor for each in bare), min(each.processor for each in one)
    print(f"{title}: bare pydicom loop {loop:.2f} CPU s, clean {single:.2f}, ratio {single / loop:.2f} (goal 1.1)")
    loop, double = min(each.passed for each in bare), min(each.passed for each in two)
    print(f"  bare loop {loop:.2f} s, clean -j 2 {double:.2f} s, ratio {double / loop:.2f} (goal 0.6)", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slices", nargs="?", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    count = given.slices
    measure(f"{count} CT slices of {ELEMENTS} elements", slices, count, given.rounds)
    measure(f"{max(1, count // 100)} Enhanced MR files of 500 frames", enhanced, max(1, count // 100), given.rounds)
