"""Writes `policy/tables/vocabulary_diagnoses.txt` from the titles of ICD-10-CM: run it by hand.

    python tests/diagnoses_source.py icd10c-tabular-April-1-2026.xml

The file is in the package simple-icd-10-cm 1.5.0 (MIT); ICD-10-CM is a work of the US government (CDC, NCHS) and in
the public domain. Diseases and injuries (A to S) only, words of four letters and more. Words that are written with a
capital within a title name persons and places, and go, as do words that other lists of ours have, names among them.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

import scanscrub.policy.tables
from scanscrub.policy.tables.vocabulary import eponyms, listed, person_names

HEAD = """\
# Words of the titles of diseases and injuries of ICD-10-CM, April 2026 (CDC and NCHS, public domain), that no other
# list of ours holds. Made by tests/diagnoses_source.py, November 2026. Not edited by hand.

"""
OTHERS = ("vocabulary.txt", "vocabulary_concepts.txt", "vocabulary_english.txt", "cs_terms.txt", "placeholders.txt")
WIDTH = 118
_WORD = re.compile(r"[A-Za-z]{4,}")


def titles(file: Path) -> Iterator[str]:
    """The titles of codes from A to S, and what is said to be included in them."""
    for diagnosis in ET.parse(file).iter("diag"):  # noqa: S314 - a file that its user chose
        if "A" <= (diagnosis.findtext("name") or "Z") < "T":
            yield diagnosis.findtext("desc") or ""
            yield from (note.text or "" for note in diagnosis.iterfind("inclusionTerm/note"))


def table(file: Path) -> str:
    small: set[str] = set()
    capitals: set[str] = set()
    for title in titles(file):
        for word in _WORD.finditer(title):
            if word[0].islower():
                small.add(word[0])
            elif word.start() > 0:
                capitals.add(word[0].lower())
    known = frozenset().union(*map(listed, OTHERS)) | person_names() | eponyms()
    found = sorted(small - capitals - known)
    return HEAD + "\n".join(textwrap.wrap(" ".join(found), WIDTH)) + "\n"


if __name__ == "__main__":
    files(scanscrub.policy.tables).joinpath("vocabulary_diagnoses.txt").write_text(  # type: ignore[attr-defined] # a folder of ours is a path
        table(Path(sys.argv[1])), encoding="utf-8"
    )
