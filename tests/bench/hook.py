"""Whom the documented hook accuses: ``python tests/bench/hook.py [--count 300] [--seed 2] [--jobs 1] [--keep DIR]``.

Makes so many ordinary pictures and so many exported scans with an identity burned in, checks them as the hook does,
and prints how many of each were stopped, by kind, with the CPU seconds. Of a DICOM file only writing in pixels
counts, as its UIDs alone would stop it. Seed 1 is for tuning, another one for figures.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from exported_scans import exported
from ordinary_pictures import missing_kinds, ordinary

from scanscrub import CheckOptions, Severity, check
from scanscrub.domain.rules import WRITING


def files(folder: Path, made: Iterator[tuple[str, str, bytes]]) -> dict[str, str]:
    """The kind of each file that was written, by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {}
    for number, (kind, ending, content) in enumerate(made):
        name = f"{number:03}.{ending}"
        (folder / name).write_bytes(content)
        kinds[name] = kind
    return kinds


def measure(folder: Path, kinds: dict[str, str], said: str, jobs: int) -> None:
    options = CheckOptions(minimum=Severity.QUASI, cache=False, jobs=jobs)
    start = time.process_time()
    report = check(folder, options)
    taken = time.process_time() - start
    stopped = [
        Path(file.record.path).name for file in report.files if any(finding.rule in WRITING for finding in file.open)
    ]
    share, each = len(stopped) / len(kinds), taken / len(kinds)
    print(f"{len(stopped)} of {len(kinds)} {said} ({share:.1%}), {each:.2f} CPU s each")
    whole, hit = Counter(kinds.values()), Counter(kinds[name] for name in stopped)
    print("  " + ", ".join(f"{kind} {hit[kind]}/{whole[kind]}" for kind in sorted(whole)))
    wrong = [name for name in kinds if (name in stopped) is said.startswith("ordinary")]
    print("  not as it should be:", ", ".join(f"{name} {kinds[name]}" for name in wrong) or "none", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if missing := missing_kinds():
        print("left out, as what draws them is not installed:", ", ".join(missing))
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        pictures = files(folder / "ordinary", ordinary(given.seed, given.count))
        scans = files(folder / "scans", exported(given.seed, given.count))
        measure(folder / "ordinary", pictures, "ordinary pictures accused", given.jobs)
        measure(folder / "scans", scans, "exported scans stopped", given.jobs)


if __name__ == "__main__":
    main()
