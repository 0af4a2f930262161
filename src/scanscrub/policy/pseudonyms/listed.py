"""Pseudonyms that the user gives: a CSV file of old and new patient ids, as trials have them."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from scanscrub.domain.errors import RefusedFile, UsageError

_NEW: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,46}[A-Za-z0-9])?")
"""What names a folder on every system, is a Patient ID, and leaves room in a Patient's Name."""
_RESERVED: Final = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9]|audit\.jsonl|report\.html|dicomdir)(?:\..*)?")
_COLUMNS: Final = ("id_old", "id_new")
_PART: Final = re.compile(r"[^\W_]+")
_TELLING: Final = 4
"""So many letters or digits of an old id may not stand in the new one, wherever; fewer not as a part of their own."""


def as_written_anyhow(text: str) -> str:
    """A name or an id less what differs between files: letter case, width, spaces, empty components at the end."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    parts = [" ".join(part.split()) for part in plain.split("^")]
    return "^".join(parts).rstrip("^")


@dataclass(frozen=True)
class PseudonymList:
    """New ids by old ones. Holds patient values: it has no representation that could print them.

    `makes`: an id that is not listed gets a pseudonym made with the key; otherwise its file is refused.
    """

    ids: Mapping[str, str] = field(repr=False)
    makes: bool = False

    def new_id(self, old: str) -> str:
        """The listed pseudonym of an id, or empty where one is to be made. Raises `RefusedFile`."""
        found = self.ids.get(as_written_anyhow(old), "")
        if not found and not self.makes:
            raise RefusedFile(
                "Its patient id is not in the list of pseudonyms (--pseudonyms).",
                "Add a row for it; or have pseudonyms made for such patients: --unlisted make.",
            )
        return found

    def __contains__(self, patient_id: str) -> bool:
        """Whether the id is one of the list's new ones."""
        return patient_id in self._new

    @cached_property
    def _new(self) -> frozenset[str]:
        return frozenset(self.ids.values())


def read_pseudonyms(path: Path, *, makes: bool) -> PseudonymList:
    """The list in a CSV file with the columns id_old and id_new.

    Raises `UsageError` with the line, and without a value.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            ids = dict(_ids(stream.read(1 << 28)))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError("The list of pseudonyms cannot be read.", "It has to be CSV in UTF-8.") from None
    if not ids:
        raise UsageError("The list of pseudonyms is empty.", "Give each patient a row: id_old,id_new.")
    return PseudonymList(ids, makes)


def _ids(text: str) -> Iterator[tuple[str, str]]:
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    header = [name.strip().casefold() for name in next(rows, [])]
    if any(header.count(name) != 1 for name in _COLUMNS):
        raise UsageError("The list of pseudonyms has no columns id_old and id_new.", "Name them in line 1.")
    places = [header.index(name) for name in _COLUMNS]
    known: dict[str, str] = {}
    new_ids: dict[str, tuple[str, int]] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        old, new = (row[place].strip() if place < len(row) else "" for place in places)
        alike = as_written_anyhow(old)
        _require(rows.line_num, alike, new)
        if known.setdefault(alike, new) != new:
            raise _wrong(rows.line_num, "its old id has another new one above")
        if new_ids.setdefault(new.casefold(), (new, rows.line_num))[0] != new:
            raise _wrong(rows.line_num, "its new id differs from one above in capital letters only")
        yield alike, new
    for alike in known.keys() & new_ids.keys():
        raise _wrong(new_ids[alike][1], "its new id is also an old one")


def _require(line: int, alike: str, new: str) -> None:
    if not alike:
        raise _wrong(line, "it has no old id")
    if not _NEW.fullmatch(new) or _RESERVED.fullmatch(new):
        raise _wrong(line, "its new id is not 1 to 48 letters, digits, - _ and ., or no folder can be called so")
    if _shows(alike, new.casefold()):
        raise _wrong(line, "its new id shows the old one")


def _shows(old: str, new: str) -> bool:
    plain = "".join(_PART.findall(old))
    if len(plain) >= _TELLING:
        return plain in "".join(_PART.findall(new))
    return plain.lstrip("0") in {part.lstrip("0") for part in parts_of(new)}


def parts_of(patient_id: str) -> frozenset[str]:
    """The words and numbers that an id is made of, lower case."""
    return frozenset(_PART.findall(patient_id.casefold()))


def _wrong(line: int, why: str) -> UsageError:
    sentence = f"Line {line} of the list of pseudonyms cannot be used: {why}."
    return UsageError(sentence, "Correct the file of --pseudonyms.")
