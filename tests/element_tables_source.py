"""The element tables of `formats/dicom` as they are made of pydicom's dictionaries.

    python tests/element_tables_source.py

writes them anew; do that when pydicom knows a newer edition. A test holds the files equal to what this makes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pydicom
from pydicom.datadict import DicomDictionary, RepeatersDictionary, private_dictionaries

import scanscrub.formats.dicom.encoding

FOLDER = Path(scanscrub.formats.dicom.encoding.__file__).parent
STANDARD, PRIVATE = FOLDER / "standard_elements.txt", FOLDER / "private_elements.txt"

_STANDARD_SAYS = """\
# The elements of PS3.6 that pydicom {version} knows (MIT licence): tag, VR, keyword. Then the repeating
# groups; an x stands for any digit.

"""
_PRIVATE_SAYS = """\
# Private elements by creator, as pydicom {version} knows them (MIT licence; from GDCM, BSD licence): a creator, then
# tags and their VRs; an x stands for any digit.

"""


def standard_table() -> str:
    """The content of `STANDARD`."""
    single = {f"{tag:08X}": entry for tag, entry in DicomDictionary.items()}
    return _STANDARD_SAYS.format(version=pydicom.__version__) + _lines(single) + "\n" + _lines(RepeatersDictionary)


def _lines(elements: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"{tag}\t{entry[0]}\t{entry[4]}\n" for tag, entry in elements.items())


def private_table() -> str:
    """The content of `PRIVATE`."""
    lines = (
        creator + "\t" + ",".join(f"{tag}={entry[0]}" for tag, entry in elements.items()) + "\n"
        for creator, elements in private_dictionaries.items()
    )
    return _PRIVATE_SAYS.format(version=pydicom.__version__) + "".join(lines)


if __name__ == "__main__":
    STANDARD.write_text(standard_table(), encoding="utf-8", newline="\n")
    PRIVATE.write_text(private_table(), encoding="utf-8", newline="\n")
