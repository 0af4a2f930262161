"""What other tools do with the same files in the same run: one table.

    python tests/bench/peers.py --peer dentdeid=VENV/bin/python [--peer dicognito=...] [--items 60] [--keep DIR]

Peers are dentdeid, dicom-anonymizer, dicognito, presidio and rapidocr (`peer_runs.py`), each in an environment of its
own; those not given are named as absent. Two corpora are cleaned with each tool's own defaults by one process:

- pictures: the seeded benchmark of dentdeid, which its environment makes (`dentdeid synth --seed 2026`): radiographs
  and screenshots as DICOM, PNG and JPEG, with a key of what is written where. A line of somebody's identity is
  legible where more than a tenth of it shows the pattern that it showed. Damage is the share of the pixels away from
  all writing that differ by more than 6 % of the image's range, the mean over the copies.
- headers: files of pydicom's data, and one file for each of our list of hiding places. A place leaks where the copy
  has what was hidden there. Numbers are the public elements of numeric VRs in pydicom's files. DICOM only.

CPU seconds are those of the tool's processes, start and models included; files/s are by the clock.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pydicom
from numpy.typing import NDArray
from PIL import Image
from pydicom.data import get_testdata_file

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import CANARY
from factory_dicom import plain_bytes
from hiding_place import Place
from hiding_places_attributes import attribute_places
from hiding_places_container import container_places
from hiding_places_objects import object_places
from hiding_places_private import private_places

Run: TypeAlias = Callable[[Path, Path], "Taken"]
"""From a folder of inputs to a folder of copies."""
Samples = NDArray[np.float32]
"""``(rows, columns)``: stored values, of colors the mean."""

PEERS: Final = ("dentdeid", "dicom-anonymizer", "dicognito", "presidio", "rapidocr")
OURS: Final = {"scanscrub": (), "scanscrub --text none": ("--text", "none")}
PUBLIC: Final = (
    "CT_small.dcm", "MR_small.dcm", "693_UNCR.dcm", "RG1_UNCR.dcm", "US1_UNCR.dcm", "MR2_UNCR.dcm", "rtplan.dcm",
    "rtdose.dcm", "JPEG2000.dcm", "SC_rgb_jpeg_dcmtk.dcm", "liver_1frame.dcm", "waveform_ecg.dcm",
)  # fmt: skip
NUMERIC: Final = frozenset({"DS", "IS", "FD", "FL", "US", "SS", "UL", "SL"})
CHANGED: Final = 0.06
"""Of the range of the image: more than JPEG adds when a picture is stored anew."""
ALIKE: Final = 0.5
AROUND: Final = 6
"""Pixels around a line of writing that count as its own, as in dentdeid's measure."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tool took for a corpus: CPU seconds and seconds."""

    cpu: float
    clock: float


@dataclass(frozen=True, slots=True)
class OnPictures:
    copies: int
    inputs: int
    lines: int
    legible: Sequence[str]
    """Of which input, by its number, and which kind of line."""
    damage: float
    marks: int
    """Writing that is nobody's: sides, exposure."""
    marks_left: int
    told: int
    """Copies whose bytes say who it is."""


@dataclass(frozen=True, slots=True)
class OnHeaders:
    copies: int
    inputs: int
    places: int
    leaking: Sequence[str]
    numbers: int
    numbers_left: int


# --- the corpora


def header_files(folder: Path) -> dict[str, Place]:
    """The hiding places by the name of the file. Files of pydicom's data lie beside them."""
    folder.mkdir()
    places = {}
    every = (*container_places(), *attribute_places(), *object_places(), *private_places())
    for number, place in enumerate(every):
        name = f"place-{number:03}.dcm"
        (folder / name).write_bytes(place.file)
        places[name] = place
    for name in PUBLIC:
        dataset = pydicom.dcmread(str(get_testdata_file(name)))
        dataset.PatientName, dataset.InstitutionName = f"{CANARY}^Ilse", f"{CANARY} Hospital"
        dataset.save_as(folder / name)
    return places


def pictures(folder: Path, python: str, items: int, seed: int) -> list[dict[str, Any]]:
    """The keys of what was made, without photographs of faces and teeth, on which nothing is written."""
    program = str(Path(python).with_name("dentdeid"))
    given = ("-o", str(folder), "-n", str(items), "--seed", str(seed), "--no-cbct")
    subprocess.run((program, "synth", *given), check=True, stdout=subprocess.DEVNULL)
    keys = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "answer_keys").glob("*.json"))]
    (folder / "in").mkdir()
    chosen = [key for key in keys if key["kind"] not in {"intraoral_photo", "cbct_volume"}]
    for key in chosen:
        for place in (key["dicom"], key["raster"]):
            target = folder / "in" / place
            target.parent.mkdir(exist_ok=True)
            (folder / place).rename(target)
    return chosen


# --- the tools


def run_peer(name: str, python: str, inputs: Path, output: Path) -> Taken:
    return _timed([python, str(Path(__file__).with_name("peer_runs.py")), name, str(inputs), str(output)])


def run_ours(options: Sequence[str], inputs: Path, output: Path) -> Taken:
    """As `peer_runs` lays it out: each copy where its input lies."""
    with tempfile.TemporaryDirectory() as place:
        made, secret = Path(place) / "out", Path(place) / "secret"
        begin = [sys.executable, "-m", "scanscrub", "clean", str(inputs), "-o", str(made), "-q", "-j", "1"]
        taken = _timed([*begin, "--crosswalk", str(secret), *options])
        with (secret / "files.csv").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["output"]:
                    target = output / Path(row["input"]).relative_to(inputs)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (made / row["output"]).rename(target)
    return taken


def _timed(command: Sequence[str]) -> Taken:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(cpu, time.monotonic() - start)


# --- what is left of pictures


def on_pictures(keys: Sequence[dict[str, Any]], inputs: Path, output: Path) -> OnPictures:
    legible, damages = [], []
    copies = lines = marks = marks_left = told = 0
    for key in keys:
        for place in (key["dicom"], key["raster"]):
            if not (output / place).is_file():
                continue
            copies += 1
            told += tells(key["identity"], output / place)
            before, after = samples(inputs / place), samples(output / place)
            if after.shape != before.shape:
                damages.append(1.0)
                continue
            for line in key["burned_in"]:
                stays = is_legible(before, after, line["bbox"])
                if line["phi"]:
                    lines += 1
                    legible += [f"{place} {line['category']}"] if stays else []
                else:
                    marks += 1
                    marks_left += stays
            damages.append(damaged(before, after, [line["bbox"] for line in key["burned_in"]]))
    damage = float(np.mean(damages)) if damages else 0.0
    return OnPictures(copies, 2 * len(keys), lines, legible, damage, marks, marks_left, told)


def samples(path: Path) -> Samples:
    """The first frame, as it is stored."""
    if path.suffix == ".dcm":
        pixels = pydicom.dcmread(path).pixel_array.astype(np.float32)
    else:
        with Image.open(path) as image:
            pixels = np.asarray(image if image.mode in {"L", "I;16", "RGB"} else image.convert("RGB"), np.float32)
    return pixels if pixels.ndim == 2 else np.asarray(pixels.mean(axis=-1), np.float32)


def is_legible(before: Samples, after: Samples, box: Sequence[int]) -> bool:
    """Whether more than a tenth of a line's squares, each as wide as the line is high, show what they showed."""
    left, top, right, bottom = box
    shown = [
        _alike(before[top:bottom, at : at + bottom - top], after[top:bottom, at : at + bottom - top])
        for at in range(left, max(left + 1, right - (bottom - top) // 2), bottom - top)
    ]
    return sum(shown) > len(shown) / 10


def _alike(before: Samples, after: Samples) -> bool:
    """By correlation, so that neither a black box on black letters nor what JPEG adds counts as anything."""
    if not (np.ptp(before) and np.ptp(after)):
        return False
    return bool(np.corrcoef(before.ravel(), after.ravel())[0, 1] > ALIKE)


def damaged(before: Samples, after: Samples, boxes: Sequence[Sequence[int]]) -> float:
    """The share of the pixels away from all writing that was changed."""
    rest = np.ones(before.shape, bool)
    for left, top, right, bottom in boxes:
        rest[max(0, top - AROUND) : bottom + AROUND, max(0, left - AROUND) : right + AROUND] = False
    return float((np.abs(before - after) > CHANGED * np.ptp(before))[rest].mean())


def tells(identity: dict[str, str], copy: Path) -> bool:
    content = copy.read_bytes()
    values = (identity[name] for name in ("family", "given", "patient_id", "birth_date", "accession", "phone"))
    spelled = {value.encode(code, "ignore") for value in values for code in ("utf-8", "latin-1")}
    return any(len(value) > 4 and value in content for value in spelled)


# --- what is left of headers


def on_headers(places: dict[str, Place], inputs: Path, output: Path) -> OnHeaders:
    leaking = []
    copies = numbers = numbers_left = 0
    for path in sorted(inputs.iterdir()):
        copy = output / path.name
        if not copy.is_file():
            continue
        copies += 1
        if path.name in places:
            content = _plain(copy).lower()
            place = places[path.name]
            leaking += [str(place)] if any(marker in content for marker in place.markers) else []
            continue
        leaking += [path.name] if CANARY.lower().encode() in _plain(copy).lower() else []
        was, is_now = pydicom.dcmread(path), pydicom.dcmread(copy, force=True)
        for element in was:
            if element.VR in NUMERIC and not element.tag.is_private and element.value is not None:
                numbers += 1
                numbers_left += element.tag in is_now and is_now[element.tag].value == element.value
    return OnHeaders(copies, len(list(inputs.iterdir())), len(places) + len(PUBLIC), leaking, numbers, numbers_left)


def _plain(copy: Path) -> bytes:
    """The bytes, uncompressed where the syntax says so; what nobody can uncompress as it is."""
    content = copy.read_bytes()
    try:
        return plain_bytes(content)
    except Exception:  # noqa: BLE001 - a tool may have written anything
        return content


# --- the table


def row(name: str, seen: tuple[OnPictures, Taken], headers: tuple[OnHeaders, Taken]) -> str:
    pictures_, taken = seen
    of_headers, taken_there = headers
    hidden = pictures_.lines - len(pictures_.legible)
    cells = (
        name,
        f"{pictures_.copies}/{pictures_.inputs}",
        f"{pictures_.inputs / taken.clock:.2f}",
        f"{taken.cpu:.0f}",
        f"{hidden}/{pictures_.lines}",
        f"{pictures_.damage:.3%}",
        f"{pictures_.marks_left}/{pictures_.marks}",
        str(pictures_.told),
        f"{of_headers.copies}/{of_headers.inputs}",
        f"{of_headers.inputs / taken_there.clock:.1f}",
        f"{taken_there.cpu:.1f}",
        f"{len(of_headers.leaking)}/{of_headers.places}",
        f"{of_headers.numbers_left}/{of_headers.numbers}",
    )
    return f"| {' | '.join(cells)} |"


HEAD: Final = (
    "tool",
    "pictures: copies",
    "files/s",
    "CPU s",
    "lines hidden",
    "damage",
    "other marks left",
    "copies that tell who",
    "headers: copies",
    "files/s",
    "CPU s",
    "places that leak",
    "numbers kept",
)


def measured(
    runs: Sequence[tuple[str, Run]], work: Path, keys: list[dict[str, Any]], places: dict[str, Place]
) -> None:
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    for name, run in runs:
        results: list[Any] = []
        for corpus in ("pictures/in", "headers"):
            output = work / "copies" / name.replace(" ", "") / corpus
            output.mkdir(parents=True)
            taken = run(work / corpus, output)
            look = on_pictures(keys, work / corpus, output) if corpus != "headers" else None
            results.append((look or on_headers(places, work / corpus, output), taken))
        print(row(name, results[0], results[1]), flush=True)
        for seen in (results[0][0].legible, results[1][0].leaking):
            print(
                f"    left by {name}: {'; '.join(seen)}" if seen else f"    left by {name}: nothing", file=sys.stderr
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--keep", type=Path, help="a new folder for corpora and copies")
    given = parser.parse_args()
    peers = dict(peer.split("=", 1) for peer in given.peer)
    if unknown := peers.keys() - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    if "dentdeid" not in peers:
        parser.error("without dentdeid there is no corpus of pictures: --peer dentdeid=VENV/bin/python")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        work = (given.keep or Path(name)).resolve()
        work.mkdir(exist_ok=True)
        keys = pictures(work / "pictures", peers["dentdeid"], given.items, given.seed)
        places = header_files(work / "headers")
        ours: list[tuple[str, Run]] = [(name, partial(run_ours, more)) for name, more in OURS.items()]
        theirs = [(name, partial(run_peer, name, peers[name])) for name in PEERS if name in peers]
        measured([*ours, *theirs], work, keys, places)
        for absent in sorted(set(PEERS) - peers.keys()):
            print(f"| {absent} | absent: no environment was given |")


if __name__ == "__main__":
    main()
