"""The only place where originals are named: CSV files in a private folder outside the output."""

import csv
import io
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from scanscrub.domain.errors import OutputUnusableError
from scanscrub.output import journal

HEADERS = {"files.csv": ("input", "output"), "uids.csv": ("id_old", "id_new"), "patients.csv": ("id_old", "id_new")}

_NUMBERED = re.compile(r"-[0-9]+(?=\.[a-z]+$)")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A folder of mode 0700 with `files.csv`, `uids.csv` and `patients.csv`, each of mode 0600.

    `files.csv` has every input, with an empty output where there is no copy.
    """

    folder: Path
    part: str = ""
    """Added to the names of the files that rows are appended to."""

    def apart(self) -> "Crosswalk":
        """This crosswalk with files of its own for the rows, until `finish` takes them in: workers on several
        machines cannot append to one file without losing lines.
        """
        return replace(self, part=f".part-{secrets.token_hex(8)}")

    def make(self) -> None:
        """Make the folder, if there is none. Raises `OutputUnusableError`."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise OutputUnusableError(
                "The crosswalk folder cannot be made.", "Give a new folder after --crosswalk."
            ) from None

    def prepare(self, *, resume: bool) -> None:
        """Make the files in the folder, and that, too; an earlier run's are kept only when it is resumed.

        Raises `OutputUnusableError`.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, header in HEADERS.items():
                if resume and (self.folder / name).exists():
                    journal.mend(self.folder / name)
                    continue
                descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(_line(header))
        except OSError:
            raise OutputUnusableError(
                "The crosswalk folder cannot be written to, or holds a crosswalk already.",
                "Give a new folder after --crosswalk.",
            ) from None

    def add(self, place: str, output: str, ids: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Append one file's rows: `ids` has ``"uids"`` and ``"patients"`` as pairs (old, new)."""
        self._append("files.csv", [(place, output)])
        for kind in ("uids", "patients"):
            self._append(f"{kind}.csv", ids.get(kind, ()))

    def add_without_copy(self, place: str) -> None:
        """Append the row of an input that has no copy."""
        self._append("files.csv", [(place, "")])

    def finish(self) -> None:
        """Leave each row once, in order, so that a crosswalk does not tell how many workers there were; and none
        without a copy of an input that has one by now.
        """
        for name, header in HEADERS.items():
            path = self.folder / name
            parts = sorted(self.folder.glob(f"{name}.part-*"))
            rows = {row for file in (path, *parts) for row in _rows(file)} - {header}
            if name == "files.csv":
                copied = {place for place, output in rows if output}
                rows = _in_order(_without_abandoned(rows - {(place, "") for place in copied}))
            self._replace(path, b"".join(map(_line, [header, *sorted(rows)])))
            for part in parts:
                part.unlink()

    def _replace(self, path: Path, content: bytes) -> None:
        """All of it or nothing, whenever somebody ends us: rows of copies that are done are not written again."""
        staged = path.with_name(f".{path.name}.new")
        staged.unlink(missing_ok=True)
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        staged.replace(path)

    def _append(self, name: str, rows: Iterable[tuple[str, str]]) -> None:
        """One write per call: lines of several workers do not mix."""
        lines = b"".join(map(_line, rows))
        if not self.part:
            journal.mend(self.folder / name)
        create = os.O_CREAT if self.part else 0
        descriptor = os.open(self.folder / f"{name}{self.part}", os.O_WRONLY | os.O_APPEND | create, 0o600)
        try:
            os.write(descriptor, lines)
        finally:
            os.close(descriptor)


def _without_abandoned(rows: AbstractSet[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """The rows without those of names that an input gave up, as its worker died before its copy had them and another
    input of the same bytes took them: it has a copy of another name.
    """
    named = Counter(output for _, output in rows if output)
    copies = Counter(place for place, output in rows if output)
    return {row for row in rows if named[row[1]] < 2 or copies[row[0]] < 2}


def _in_order(rows: AbstractSet[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """The rows, where inputs of the same bytes have their copies, which are the same as well, in order: workers give
    each the name that is free just then. Such names differ in a number at their end, `names_like` one another.
    """
    outputs = {output for _, output in rows if output}
    alike: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        first = _NUMBERED.sub("", row[1])
        alike.setdefault(first if first in outputs else row[1], []).append(row)
    found: set[tuple[str, ...]] = set(alike.pop("", []))
    for together in alike.values():
        names = sorted((output for _, output in together), key=lambda name: (len(name), name))
        places = sorted(place for place, _ in together)
        found.update(zip(places, names, strict=True))
    return found


def _rows(path: Path) -> Iterator[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as stream:
        yield from map(tuple, csv.reader(stream))


def _line(row: Iterable[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(row)
    return buffer.getvalue().encode("utf-8", "surrogateescape")
