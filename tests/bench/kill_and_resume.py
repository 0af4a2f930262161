"""Interrupt a run at random moments and resume it, again and again: it must end as an undisturbed one does.

usage: python tests/bench/kill_and_resume.py [--kills 10] [--seed 1] [--with KILL,TERM,INT,worker] INPUTS
       [-- options of clean: -j 2 --text none --executor dask]
A number for INPUTS makes so many mixed files: small DICOM of several kinds, PNG, JPEG, archives, junk.
`worker` kills one worker process and, a moment later, all. Prints how many copies each interruption left, what of
exit codes and processes is not as it should be, and whether all bytes are the same in the end.
"""

import argparse
import contextlib
import gzip
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from factory_dicom import DEFLATED, IMPLICIT, ct_file
from factory_pictures import exif, gray, jpeg, jpeg_segment, png, png_chunk, rows_of

CODES: Final = {"KILL": -signal.SIGKILL, "worker": -signal.SIGKILL, "TERM": 143, "INT": 130}
"""What a run ends with, by how it was interrupted."""
GONE_SECONDS: Final = 15
"""So long its processes may take to see that their parent is gone."""


def mixed(folder: Path, count: int, seed: int) -> None:
    """Files as an archive has them beside each other, in folders of fifty."""
    chance = random.Random(seed)  # noqa: S311 - the same files each time
    folder.mkdir()
    for number in range(count):
        name, content = _file(number, chance)
        place = folder / f"{number // 50:03}"
        place.mkdir(exist_ok=True)
        (place / f"{number:05}{name}").write_bytes(content)


def _file(number: int, chance: random.Random) -> tuple[str, bytes]:
    slice_ = (0x00080018, "UI", f"1.2.826.0.1.999.7.{number}")
    patient = (0x00100020, "LO", f"MRN{chance.randrange(20)}")
    kinds = (".dcm", ".dcm", ".dcm", "", ".png", ".jpg", ".zip", ".dcm.gz", ".txt", ".broken", ".db")
    name, packed = chance.choice(kinds), io.BytesIO()
    match name:
        case ".dcm":
            content = ct_file(slice_, patient)
        case "":
            content = ct_file(slice_, patient, syntax=chance.choice((IMPLICIT, DEFLATED)))
        case ".png":
            content = png(rows_of(gray()), before=png_chunk(b"tEXt", f"Comment\0of {number}".encode()))
        case ".jpg":
            content = jpeg(jpeg_segment(0xE1, exif(1, b"%d" % number)))
        case ".zip":
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("a.dcm", ct_file(slice_, patient))
                archive.writestr("notes.txt", "read me")
            content = packed.getvalue()
        case ".dcm.gz":
            content = gzip.compress(ct_file(slice_, patient), mtime=0)
        case ".broken":
            content = ct_file(slice_, patient)[: chance.randrange(140, 400)]
        case _:
            content = chance.randbytes(chance.randrange(300))
    return name, content


def digests(*folders: Path) -> dict[str, str]:
    """Of all copies and the crosswalk; the audit and the report tell of times. Of equal inputs each gets the name
    that is free, so with several workers the crosswalk may tell their copies otherwise.
    """
    return {
        f"{number} {path.relative_to(folder).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()
        for number, folder in enumerate(folders)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"audit.jsonl", "report.html", ".scanscrub-lock"}
    }


def copies(folder: Path) -> int:
    return sum(path.suffix in {".dcm", ".png", ".jpg"} for path in folder.rglob("*"))


def command(arguments: argparse.Namespace, work: Path, name: str, *more: str) -> list[str]:
    places = ["-o", str(work / name), "--crosswalk", str(work / f"{name}-crosswalk"), "--key", str(work / "key")]
    return [
        sys.executable,
        "-m",
        "scanscrub",
        "clean",
        str(arguments.inputs),
        *places,
        "-q",
        *arguments.options,
        *more,
    ]


def processes(session: int) -> Iterator[tuple[int, bytes]]:
    """Number and command line of each living process of a session."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            state, _, _, of_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(of_session) == session and state != "Z":
                yield int(entry.name), (entry / "cmdline").read_bytes()


def interrupt(run: subprocess.Popen[bytes], how: str, chance: random.Random) -> None:
    """As the system, a terminal (which tells all its processes) and the one that runs out of memory do."""
    if how == "worker":
        workers = [number for number, line in processes(run.pid) if b"spawn_main" in line]
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(chance.uniform(0.5, 4))
    if how == "INT":
        os.killpg(run.pid, signal.SIGINT)
    else:
        run.send_signal(signal.SIGTERM if how == "TERM" else signal.SIGKILL)


def orphans(session: int) -> list[int]:
    """What is still there when it should not be; it is ended, too."""
    until = time.monotonic() + GONE_SECONDS
    while (left := [number for number, _ in processes(session)]) and time.monotonic() < until:
        time.sleep(0.1)
    for number in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--with", dest="ways", type=lambda given: given.split(","), default=["KILL"])
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 - the same moments each time
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what starts in the background ignores it, and its children
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "key").write_text("7" * 64, encoding="ascii")
        if str(arguments.inputs).isdigit():
            mixed(work / "in", int(str(arguments.inputs)), arguments.seed)
            arguments.inputs = work / "in"
        started = time.monotonic()
        subprocess.run(command(arguments, work, "whole"), check=False, stderr=subprocess.DEVNULL)
        takes = time.monotonic() - started
        for kill in range(arguments.kills):
            before = copies(work / "killed")
            run = subprocess.Popen(
                command(arguments, work, "killed", "--resume"), start_new_session=True, stderr=subprocess.DEVNULL
            )
            # From the first new copy on, so that each falls into the work and leaves some for the next one.
            while run.poll() is None and copies(work / "killed") == before:
                time.sleep(0.01)
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(chance.uniform(0.0, 1.6) * takes / arguments.kills)
            how = arguments.ways[kill % len(arguments.ways)]
            was_running = run.poll() is None
            interrupt(run, how, chance)
            code, left = run.wait(), orphans(run.pid)
            wrong = " NOT AS IT SHOULD BE" if left or (was_running and code != CODES[how]) else ""
            stay = f", processes left: {len(left)}" if left else ""
            print(f"{kill + 1}: {how}, {code}, {copies(work / 'killed')} copies{stay}{wrong}", flush=True)
        last = subprocess.run(command(arguments, work, "killed", "--resume"), check=False, stderr=subprocess.DEVNULL)
        first = digests(work / "whole", work / "whole-crosswalk")
        second = digests(work / "killed", work / "killed-crosswalk")
        differing = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
        print(f"ended with {last.returncode}, {len(first)} files")
        print("\n".join(("these files differ:", *sorted(differing))) if differing else "the same bytes")


if __name__ == "__main__":
    main()
