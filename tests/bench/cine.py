"""Cines: what looking at frames together finds and costs, against looking at every frame for itself, in the same run.

    python tests/bench/cine.py coverage [--cines 4 --frames 24 --seed 0 --runtime openvino] [--misses]
    python tests/bench/cine.py speed

``coverage`` cleans seeded cines made of real ultrasound and a radiograph, with strings that are in one frame, in some
frames or drift; the first two move as they were recorded, of the others one gets fresh speckle in every frame and one
drifts. It counts the frames in which a visible string lies under the masks of the copy, and the CPU time. ``speed``
cleans pydicom's 120-frame cine. Both are whole runs of `clean`, verification and all, in three ways: frames looked at
``together``; one by one, but ``remembered``, so that equal tiles are looked at and equal crops read once; and each
``alone``, as if it were a file of its own.
"""

import argparse
import resource
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from backgrounds import Pixels
from lettering import FONTS, Ink, letter, missing_fonts
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage

from scanscrub.detect.adapter import DetectSettings
from scanscrub.detect.frames import cine
from scanscrub.detect.reading import reader
from scanscrub.domain.audit import AuditRecord
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.profile import load_profile

WAYS = ("together", "remembered", "alone")
TEXTS = (
    "DOE^JANE",
    "MRN 4711-8805",
    "21.03.1987",
    "Smith, John A.",
    "ST MARY HOSPITAL",
    "ID: 00923817",
    "Dr. Okafor",
)
CAPS = (7, 8, 9, 10, 12, 14, 17, 22)
COVERED = 0.95
SEEN_BESIDE = 12
"""Pixels between strings."""


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """A string of a cine: where its ink is in each frame that it is in, and how it stands out there."""

    text: str
    style: str
    length: str
    cap: int
    ink: dict[int, NDArray[np.bool_]]
    visible: dict[int, bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("coverage", "speed"))
    parser.add_argument("--runtime", choices=("auto", "onnxruntime", "openvino"), default="auto")
    parser.add_argument("--cines", type=int, default=4)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=WAYS)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    ways = [way for way in WAYS if options.only is None or options.only == way]
    with tempfile.TemporaryDirectory() as folder:
        (coverage if options.what == "coverage" else speed)(options, ways, Path(folder))
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def speed(options: argparse.Namespace, ways: Sequence[str], folder: Path) -> None:
    path = Path(str(get_testdata_file("color3d_jpeg_baseline.dcm")))
    taken = {}
    for way in ways:
        record, taken[way] = _clean(path, folder / way, way, options.runtime)
        size = (folder / way / str(record.output_name)).stat().st_size
        print(f"{way}: {taken[way]:.1f} CPU s, {record.status.value}, {size / path.stat().st_size:.3f} of the size")
    _print_ratios(taken)


def coverage(options: argparse.Namespace, ways: Sequence[str], folder: Path) -> None:
    seen: dict[str, defaultdict[str, list[bool]]] = {way: defaultdict(list) for way in ways}
    total = dict.fromkeys(ways, 0.0)
    for number in range(options.cines):
        kind = tuple(KINDS)[number % len(KINDS)]
        random = np.random.default_rng([options.seed, number])
        frames, strings = _planted(list(KINDS[kind](random, options.frames)), random)
        path = folder / f"{number}.dcm"
        _write(frames, path)
        masked_share = {}
        for way in ways:
            record, taken = _clean(path, folder / f"{number} {way}", way, options.runtime)
            total[way] += taken
            if record.output_name is None:
                print(f"cine {number} {way}: {record.status.value}, counted as missed: {record.refusal}")
                masks = np.zeros(frames.shape[:3], bool)
            else:
                masks = _masked(frames, folder / f"{number} {way}" / record.output_name)
            masked_share[way] = float(masks.mean())
            for string in strings:
                for frame, covered in _covered(string, masks).items():
                    for name in (
                        "all",
                        kind,
                        string.style,
                        string.length,
                        "cap 7-9" if string.cap < 10 else "larger",
                    ):
                        seen[way][name].append(covered)
                    if options.misses and not covered:
                        print(f"  {kind} {way} missed in {frame}: {string.text} cap {string.cap} {string.style}")
        shares = ", ".join(f"{way} {share:.1%}" for way, share in masked_share.items())
        print(f"cine {number} {kind} {frames.shape}: masked {shares}", flush=True)
    for name in seen[ways[0]]:
        counts = (f"{way} {sum(seen[way][name])}/{len(seen[way][name])}" for way in ways)
        print(f"{name:12}", *counts)
    print("CPU s", *(f"{way} {seconds:.1f}" for way, seconds in total.items()))
    _print_ratios(total)


def _print_ratios(taken: Mapping[str, float]) -> None:
    for way in WAYS[1:]:
        if way in taken and "together" in taken:
            print(f"together is {taken[way] / taken['together']:.2f} times as fast as {way}")


def _clean(path: Path, output: Path, way: str, runtime: str) -> tuple[AuditRecord, float]:
    """Clean one file; CPU seconds, models loaded before."""
    output.mkdir()
    context = WorkerContext(Settings(load_profile("share"), bytes(32)))
    settings = DetectSettings(2, runtime)  # type: ignore[arg-type] # one of argparse's
    context.__dict__["_detect_settings"] = replace(settings, memory=0) if way == "alone" else settings
    assert context.detector.identity + context.second_look.identity + context.reader.identity
    start = time.process_time()
    group, colors = (cine.GROUP, cine.COLORS) if way == "together" else (1, 1)
    with (
        patch.object(cine, "GROUP", group),
        patch.object(cine, "COLORS", colors),
        patch.object(reader, "MEMORY", 0 if way == "alone" else reader.MEMORY),
    ):
        record = Cleaner(context, CleanJob(output))(Input(1, str(path)))
    assert record is not None
    return record, time.process_time() - start


def _covered(string: Planted, masks: NDArray[np.bool_]) -> dict[int, bool]:
    return {
        frame: float(masks[frame][ink].mean()) >= COVERED
        for frame, ink in string.ink.items()
        if string.visible[frame]
    }


def _masked(frames: Pixels, copy: Path) -> NDArray[np.bool_]:
    """Where the copy is black, as the cine is nowhere."""
    after = np.asarray(dcmread(copy).pixel_array).reshape(frames.shape)
    black = after == 0
    return black if black.ndim == 3 else np.asarray(black.all(axis=3))


def _write(frames: Pixels, path: Path) -> None:
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID = UltrasoundMultiFrameImageStorage
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID = "1.2.3"
    header.NumberOfFrames, header.Rows, header.Columns = frames.shape[:3]
    header.SamplesPerPixel = 1 if frames.ndim == 3 else 3
    header.PhotometricInterpretation = "MONOCHROME2" if frames.ndim == 3 else "RGB"
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    if frames.ndim == 4:
        header.PlanarConfiguration = 0
    data = frames.tobytes()
    header.PixelData = data + b"\0" * (len(data) % 2)
    header["PixelData"].VR = "OB"
    header.save_as(path, enforce_file_format=True)


@cache
def _recorded(name: str) -> Pixels:
    header = dcmread(str(get_testdata_file(name)))
    stored = header.pixel_array
    if stored.ndim == 2:
        low, high = np.percentile(stored, (0.5, 99.7))
        stored = np.clip((stored.astype(np.float32) - low) / (high - low) * 255, 0, 255)
    return np.asarray(stored, np.uint8)


def _heart(random: np.random.Generator, count: int) -> Iterator[Pixels]:
    """A beating heart in gray; without the scanner's own writing."""
    frames = _recorded("color3d_jpeg_baseline.dcm")
    first = int(random.integers(len(frames) - count + 1))
    for frame in frames[first : first + count]:
        yield np.ascontiguousarray(frame[40:440, 80:590, 1])


def _doppler(random: np.random.Generator, count: int) -> Iterator[Pixels]:
    frames = _recorded("examples_ybr_color.dcm")
    first = int(random.integers(len(frames)))
    for number in range(count):
        yield frames[(first + number) % len(frames)]


def _speckle(random: np.random.Generator, count: int) -> Iterator[Pixels]:
    """A still ultrasound with speckle that is new in every frame: the worst that can lie behind writing."""
    still = _recorded("JPGLosslessP14SV1_1s_1f_8b.dcm")[150:620, 200:560]
    still = still if still.ndim == 2 else still[..., 1]
    for _ in range(count):
        grain = cv2.GaussianBlur(random.rayleigh(0.8, still.shape).astype(np.float32), (0, 0), 1.2)
        yield np.asarray(np.clip(still * (0.3 + 0.7 * grain), 0, 255), np.uint8)


def _drift(random: np.random.Generator, count: int) -> Iterator[Pixels]:
    """A radiograph under which the table moves, as in an angiography: bright, and everything moves."""
    still = cv2.resize(_recorded("RG3_UNCR.dcm"), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    top, left = int(random.integers(150, 200)), int(random.integers(150, 200))
    for number in range(count):
        y, x = top + 3 * number, left + 5 * number
        shown = still[y : y + 420, x : x + 420].astype(np.float32) + random.normal(0, 4, (420, 420))
        yield np.asarray(np.clip(shown, 0, 255), np.uint8)


KINDS = {"heart": _heart, "doppler": _doppler, "speckle": _speckle, "drift": _drift}


def _planted(frames: list[Pixels], random: np.random.Generator) -> tuple[Pixels, list[Planted]]:
    """The frames with strings in them, two thirds in one frame alone. No pixel is 0: only masks are black."""
    cine_, strings = np.maximum(np.stack(frames), 1), []
    taken = np.zeros(cine_.shape[:3], bool)
    for number in range(3 * len(frames) // 4):
        length = ("one frame", "one frame", "some frames", "one frame", "one frame", "drifting")[number % 6]
        style = ("white", "gray", "faint", "dark")[int(random.integers(4))]
        cap = int(random.choice(CAPS))
        fonts = [font for font in FONTS["latin"] if font not in missing_fonts()]
        text = str(random.choice(TEXTS))
        ink = letter(text, str(random.choice(fonts)), cap).ink
        first = int(random.integers(len(frames)))
        last = first if length == "one frame" else min(first + int(random.integers(2, 9)), len(frames) - 1)
        step = (2, 1) if length == "drifting" else (0, 0)
        spots = _spots(taken, ink, range(first, last + 1), step, random)
        if spots is None:
            continue
        made = Planted(text, style, length, cap, {}, {})
        for frame, (top, left) in spots.items():
            taken[frame, max(0, top - SEEN_BESIDE) : top + ink.shape[0] + SEEN_BESIDE,
                  max(0, left - SEEN_BESIDE) : left + ink.shape[1] + SEEN_BESIDE] = True  # fmt: skip
            made.ink[frame], made.visible[frame] = _draw(cine_[frame], ink, (top, left), style, random)
        strings.append(made)
    return cine_, strings


def _spots(
    taken: NDArray[np.bool_], ink: Ink, frames: range, step: tuple[int, int], random: np.random.Generator
) -> dict[int, tuple[int, int]] | None:
    """Where the ink's top left lies in each frame; None where there is no free place."""
    rows, columns = taken.shape[1] - ink.shape[0], taken.shape[2] - ink.shape[1]
    if rows - step[1] * len(frames) <= 0 or columns - step[0] * len(frames) <= 0:
        return None
    for _ in range(30):
        top = int(random.integers(rows - step[1] * len(frames)))
        left = int(random.integers(columns - step[0] * len(frames)))
        spots = {frame: (top + step[1] * place, left + step[0] * place) for place, frame in enumerate(frames)}
        if not any(taken[f, y : y + ink.shape[0], x : x + ink.shape[1]].any() for f, (y, x) in spots.items()):
            return spots
    return None


def _draw(
    frame: Pixels, ink: Ink, spot: tuple[int, int], style: str, random: np.random.Generator
) -> tuple[NDArray[np.bool_], bool]:
    """Write into the frame. The ink's mask, and whether it stands out by 15 levels and by the grain around it."""
    top, left = spot
    area = np.s_[top : top + ink.shape[0], left : left + ink.shape[1]]
    whole = np.zeros(frame.shape[:2], np.float32)
    whole[area] = ink
    behind = float(np.median(frame[area]))
    sign = -1.0 if behind > 140 else 1.0
    level = {
        "white": 255.0,
        "gray": behind + sign * random.uniform(50, 100),
        "faint": behind + sign * random.uniform(18, 32),
        "dark": max(behind - 90.0, 0.0) if behind > 60 else 200.0,
    }[style]
    mask = whole > 0.5
    ring = (cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & ~mask
    noise = float(np.mean(np.std(frame[ring], axis=0)))
    share = whole if frame.ndim == 2 else whole[..., np.newaxis]
    frame[:] = np.clip(frame * (1 - share) + level * share, 1, 255).astype(np.uint8)
    contrast = float(np.max(np.abs(np.median(frame[mask], axis=0) - np.median(frame[ring], axis=0))))
    return mask, contrast >= max(15.0, noise)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
