"""The only place where originals are named: CSV files in a private folder outside the output."""

import errno
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import OutputUnusableError
from scanscrub.output import files_table, journal
from scanscrub.output.files_table import FileRow, file_row
from scanscrub.output.sorting import in_order, line, rows_of

FILES = "files.csv"
HEADERS = {FILES: files_table.HEADER, "uids.csv": ("id_old", "id_new"), "patients.csv": ("id_old", "id_new")}


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A folder of mode 0700 with `files.csv`, `uids.csv` and `patients.csv`, each of mode 0600.

    `files.csv` has every input, with an empty output where there is no copy.
    """

    folder: Path
    part: str = ""
    """Added to the names of the files that ids are appended to."""

    def for_one_worker(self) -> "Crosswalk":
        """This crosswalk with files of its own for the ids, until `finish` takes them in: workers on several
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

    def prepare(self, *, resume: bool) -> int:
        """Make the files in the folder, and that, too; an earlier run's are kept only when it is resumed. How many
        rows of files those have.

        Raises `OutputUnusableError`.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, header in HEADERS.items():
                path = self.folder / name
                if resume and path.exists():
                    journal.drop_torn_line(path)
                    if next(rows_of([path]), ()) == header:
                        continue
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(line(header).encode("ascii"))
            return sum(1 for _ in rows_of([self.folder / FILES])) - 1
        except OSError:
            raise OutputUnusableError(
                "The crosswalk folder cannot be written to, or holds another crosswalk already.",
                "Give a new folder after --crosswalk.",
            ) from None

    def add(self, place: str, record: AuditRecord) -> None:
        """Append what became of an input."""
        self._append(FILES, [file_row(place, record)])

    def add_done_before(self, place: str, number: int, digest: str) -> None:
        """Append that an earlier run made the copy of an input."""
        self._append(FILES, [FileRow(str(number), place, digest=digest)])

    def add_ids(self, ids: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Append one file's rows: `ids` has ``"uids"`` and ``"patients"`` as pairs (old, new)."""
        for kind in ("uids", "patients"):
            if rows := tuple(ids.get(kind, ())):
                self._append(f"{kind}.csv{self.part}", rows)

    def finish(self, earlier: int = 0) -> None:
        """Leave each row once, in order, so that a crosswalk does not tell how many workers there were; the first
        `earlier` rows of files are those of earlier runs.
        """
        files = self.folder / FILES
        self._replace(files, files_table.standing(files, earlier))
        if (rows := files_table.in_order_of_names(files)) is not None:
            self._replace(files, rows)
        for name in ("uids.csv", "patients.csv"):
            path = self.folder / name
            parts = sorted(self.folder.glob(f"{name}.part-*"))
            rows_in_order = in_order(rows_of([path, *parts]), self.folder)
            self._replace(path, (row for row in rows_in_order if row != HEADERS[name]))
            for part in parts:
                part.unlink()

    def _replace(self, path: Path, rows: Iterable[tuple[str, ...]]) -> None:
        """All of it or nothing, whenever somebody ends us: rows of copies that are done are not written again."""
        staged = path.with_name(f".{path.name}.new")
        staged.unlink(missing_ok=True)
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
            stream.writelines(map(line, chain([HEADERS[path.name]], rows)))
        staged.replace(path)

    def _append(self, name: str, rows: Iterable[tuple[str, ...]]) -> None:
        """One write per call: lines of several workers do not mix."""
        path = self.folder / name
        if name in HEADERS:
            journal.drop_torn_line(path)
        create = 0 if name in HEADERS else os.O_CREAT
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | create, 0o600)
        lines = "".join(map(line, rows)).encode("utf-8", "surrogateescape")
        try:
            if os.write(descriptor, lines) != len(lines):
                raise OSError(errno.ENOSPC, "")
        finally:
            os.close(descriptor)
