"""Kill a run at random moments and resume it, again and again: it must end as an undisturbed one does.

usage: python tests/bench/kill_and_resume.py [--kills 10] [--seed 1] INPUTS [-- options of clean: -j 1 --text none]
Prints how many copies each kill left, and whether all bytes are the same in the end.
"""

import argparse
import contextlib
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path


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
    return sum(path.suffix == ".dcm" for path in folder.rglob("*"))


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", type=Path)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 - the same moments each time
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "key").write_text("7" * 64, encoding="ascii")
        started = time.monotonic()
        subprocess.run(command(arguments, work, "whole"), check=False)
        takes = time.monotonic() - started
        for kill in range(arguments.kills):
            before = copies(work / "killed")
            run = subprocess.Popen(command(arguments, work, "killed", "--resume"))
            # From the first new copy on, so that each kill falls into the work and leaves some for the next one.
            while run.poll() is None and copies(work / "killed") == before:
                time.sleep(0.01)
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(chance.uniform(0.0, 1.6) * takes / arguments.kills)
            run.kill()
            run.wait()
            print(f"{kill + 1}: ended with {run.returncode}, {copies(work / 'killed')} copies", flush=True)
        subprocess.run(command(arguments, work, "killed", "--resume"), check=False)
        first = digests(work / "whole", work / "whole-crosswalk")
        second = digests(work / "killed", work / "killed-crosswalk")
        differing = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
        print("\n".join(("these files differ:", *sorted(differing))) if differing else "the same bytes")


if __name__ == "__main__":
    main()
