"""What a whole `clean` costs beyond the models: ``python tests/bench/overhead.py [--runtime openvino] [FILE...]``.

Cleans a slice of 512 x 512, a radiograph, an ultrasound capture and a cine of 120 frames of pydicom's data, or the
files given, verification and all. Prints CPU seconds, how many of them a model took (all passes and readings), and
what the rest adds to that, in per cent.
"""

import argparse
import resource
import tempfile
import time
import warnings
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from pydicom.data import get_testdata_file

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.engines import ppocr
from scanscrub.detect.models.runtime import Session, open_session
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile

FILES = ("693_UNCR.dcm", "RG1_UNCR.dcm", "US1_UNCR.dcm", "color3d_jpeg_baseline.dcm")


class Timed:
    """A session that adds up the CPU seconds of its runs."""

    seconds = 0.0
    runs = 0

    def __init__(self, session: Session) -> None:
        self._session = session
        self.name = session.name

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        start = time.process_time()
        found = self._session.run(batch)
        Timed.seconds += time.process_time() - start
        Timed.runs += 1
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runtime", choices=("auto", "onnxruntime", "openvino"), default="auto")
    options = parser.parse_args()
    context = WorkerContext(Settings(load_profile("share"), bytes(32)))
    context.__dict__["_detect_settings"] = DetectSettings(2, options.runtime)
    timed = patch.object(ppocr, "open_session", lambda *given, **more: Timed(open_session(*given, **more)))
    at_once = patch.object(ppocr, "SessionOnDemand", lambda opened, _: opened())
    with timed, at_once:
        print(context.detector.identity, context.second_look.identity, context.reader.identity, sep="\n")
    for number, path in enumerate(options.files or [Path(str(get_testdata_file(name))) for name in FILES]):
        _measure(path, context, number)
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _measure(path: Path, context: WorkerContext, number: int) -> None:
    Timed.seconds, Timed.runs = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        record = Cleaner(context, CleanJob(Path(folder)))(Input(number, str(path)))
        taken = time.process_time() - start
    assert record is not None
    beyond = 100 * (taken / Timed.seconds - 1) if Timed.seconds else float("nan")
    print(
        f"{path.name}: {record.status.value}, {taken:.2f} CPU s, {Timed.seconds:.2f} of them in {Timed.runs} runs "
        f"of the models; {beyond:.0f} % beyond",
        flush=True,
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
