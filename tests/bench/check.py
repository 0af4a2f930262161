"""How long `check` takes, as ratios: against a bare pydicom loop, and a second run against the first.

    python tests/bench/check.py [SLICES]

Prints one line a figure. The slices are made in a temporary folder: 512 by 512 pixels, some 300 elements. Seconds are
those of the processor, so that other work on the machine counts little.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import Dataset, FileMetaDataset, dcmread
from pydicom.datadict import dictionary_VR, keyword_dict
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from scanscrub import CheckOptions, check

ELEMENTS = 300
_FILLERS = {"LO": "TEXT", "SH": "TEXT", "CS": "CODE", "DS": "1.5", "IS": "3", "DA": "20200102", "TM": "101112"}


def slices(folder: Path, count: int) -> None:
    """CT slices of one series, with as many elements as scanners write."""
    header = Dataset()
    for keyword, tag in sorted(keyword_dict.items(), key=lambda pair: pair[1]):
        vr = dictionary_VR(tag)
        if vr in _FILLERS and 0x00080000 < tag < 0x00400000 and tag >> 16 not in {0x0028, 0x0012}:
            setattr(header, keyword, _FILLERS[vr])
        if len(header) >= ELEMENTS:
            break
    header.SOPClassUID, header.Modality = CTImageStorage, "CT"
    header.PatientName, header.PatientID = "Bench^Patient", "BENCH 0001"
    header.Rows = header.Columns = 512
    header.SamplesPerPixel, header.PhotometricInterpretation, header.PixelRepresentation = 1, "MONOCHROME2", 0
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, 12, 11
    header.PixelData = np.random.default_rng(1).integers(0, 4096, (512, 512), dtype=np.uint16).tobytes()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for number in range(count):
        header.SOPInstanceUID = f"1.2.826.0.1.999.{number}"
        header.InstanceNumber = number
        header.save_as(folder / f"{number:05}.dcm", enforce_file_format=True)


def bare(folder: Path) -> None:
    """What the ratio is against: every value touched, nothing done with it."""
    for path in sorted(folder.iterdir()):
        for element in dcmread(path, stop_before_pixels=True).iterall():
            _ = element.value


def checked(folder: Path, *, cache: bool = False) -> None:
    check([folder], CheckOptions(text="none", cache=cache, jobs=1))


def seconds(*works: Callable[[], None]) -> list[float]:
    """The fastest of three runs of each, in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(3):
        for taken, work in zip(times, works, strict=True):
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def started(*arguments: str) -> float:
    """Seconds of a whole process, the fastest of nine."""
    times = []
    for _ in range(9):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=False, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "slices"
        folder.mkdir()
        os.environ["XDG_CACHE_HOME"] = place
        slices(folder, count)
        reference, headers = seconds(lambda: bare(folder), lambda: checked(folder))
        print(f"{count} CT slices, bare dcmread loop: {reference:.2f} s")
        print(f"check --text none, one process: {headers:.2f} s, ratio {headers / reference:.2f} (goal 1.5)")
        start = time.process_time()
        checked(folder, cache=True)
        first = time.process_time() - start
        (second,) = seconds(lambda: checked(folder, cache=True))
        print(f"again, all unchanged: {second:.2f} s, ratio to the first run {second / first:.3f} (goal 0.1)")
        one = str(folder / "00000.dcm")
        for library in ("typer", "numpy", "pydicom"):
            print(f"a process that imports {library}: {started('-c', f'import {library}'):.2f} s")
        for said, options in (("a remembered", ()), ("a new", ("--no-cache",))):
            whole = started("-m", "scanscrub", "check", "--text", "none", *options, one)
            print(f"check --text none of {said} slice, the whole process: {whole:.2f} s (goal 0.3)")


if __name__ == "__main__":
    main()
