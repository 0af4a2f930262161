"""The highest counts of values (VM) of numbers as they are made of pydicom's dictionary.

    python tests/value_counts_source.py

writes them anew; do that when pydicom knows a newer edition. A test holds the file equal to what this makes.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

import pydicom
from pydicom.datadict import DicomDictionary

import scanscrub.policy.tables

FILE = Path(scanscrub.policy.tables.__file__).parent / "value_counts.txt"

_NUMBERS: Final = frozenset({"AT", "DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})
_SAYS: Final = """\
# How many values a number has at most (its VM in PS3.6), as pydicom {version} knows it (MIT licence): the count, then
# the tags. Numbers of which there may be any are left out.
"""
_A_LINE: Final = 12


def table() -> str:
    """The content of `FILE`."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for tag, (vrs, vm, *_) in DicomDictionary.items():
        most = vm.rpartition("-")[2]
        if most.isdecimal() and _NUMBERS.issuperset(vrs.split(" or ")):
            found[int(most)].append(f"{tag:08X}")
    lines = [
        f"{most} {' '.join(tags[start : start + _A_LINE])}\n"
        for most, tags in sorted(found.items())
        for start in range(0, len(tags), _A_LINE)
    ]
    return _SAYS.format(version=pydicom.__version__) + "".join(lines)


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8", newline="\n")
