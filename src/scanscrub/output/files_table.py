"""``files.csv``: what became of each input, by its name. Rows are appended as files finish; at the end one stands."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.reasons import reason
from scanscrub.output.sorting import in_order, rows_of


class FileRow(NamedTuple):
    """An input by number and place, its copy, how it ended and why, and its keyed digest as in the audit.

    Without a status: an earlier run made the copy, and its row says the rest.
    """

    number: str
    input: str
    output: str = ""
    status: str = ""
    reason: str = ""
    digest: str = ""


HEADER: Final = FileRow._fields
_NUMBERED: Final = re.compile(r"-[0-9]+\.[a-z]+$")


def file_row(place: str, record: AuditRecord) -> FileRow:
    ref = record.input_ref
    return FileRow(str(ref.number), place, record.output_name or "", record.status.value, reason(record), ref.digest)


def standing(path: Path, earlier: int) -> Iterator[FileRow]:
    """The rows that stand, in the order of the numbers: one an input, of several the last.

    The first `earlier` rows are of runs that this one goes on with. What they say of inputs that are not there any
    more, or have other bytes now, stays where there is a copy.
    """
    before = _Before.of(path, earlier) if earlier else _Before()
    taken: set[FileRow] = set()
    gone: list[FileRow] = []
    for rows, old in _by_input(path, earlier):
        if rows:
            now = rows[-1] if rows[-1].status else before.copy_of(rows[-1], old, taken)
            yield from (row for row in _last_by_digest(old) if row.output and row.digest != now.digest)
            yield now
        elif before.stays(old[-1]):
            gone.append(old[-1])
    yield from (row for row in gone if row not in taken)


def in_order_of_names(path: Path) -> Iterator[FileRow] | None:
    """The standing rows, where inputs of the same bytes have their copies, which are the same as well, in order:
    workers give each the name that is free just then. None where there are no such inputs.
    """
    alike = _alike(path)
    if not alike:
        return None
    return (row._replace(output=alike[row.digest].popleft()) if row.digest in alike else row for row in _rows(path))


def _alike(path: Path) -> Mapping[str, deque[str]]:
    """By digest the names of the copies of inputs of the same bytes. All but the first have a number at their end."""
    numbered = {row.digest for row in _rows(path) if _NUMBERED.search(row.output)}
    names: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(path):
        if row.output and row.digest in numbered:
            names[row.digest].append(row.output)
    return {
        digest: deque(sorted(each, key=lambda name: (len(name), name)))
        for digest, each in names.items()
        if len(each) > 1
    }


def _rows(path: Path) -> Iterator[FileRow]:
    rows = rows_of([path])
    next(rows, None)
    return (FileRow(*row) for row in rows)


def _by_input(path: Path, earlier: int) -> Iterator[tuple[Sequence[FileRow], Sequence[FileRow]]]:
    """The rows that this run wrote of each input, and those of earlier runs, as they were written."""
    timed = (
        (row.number.zfill(12), row.input, f"{time:012}", *row[2:]) for time, row in enumerate(_rows(path))
    )  # sorted as text by number, input and time
    for _, group in groupby(in_order(timed, path.parent), key=lambda row: row[:2]):
        rows = [(int(row[2]) >= earlier, FileRow(str(int(row[0])), row[1], *row[3:])) for row in group]
        yield [row for is_current, row in rows if is_current], [row for is_current, row in rows if not is_current]


def _last_by_digest(rows: Sequence[FileRow]) -> Iterable[FileRow]:
    return {row.digest: row for row in rows}.values()


@dataclass(frozen=True, slots=True)
class _Before:
    """What earlier runs wrote of inputs that have another number now, or are gone."""

    copies: defaultdict[str, list[FileRow]] = field(default_factory=lambda: defaultdict(list))
    places: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, path: Path, earlier: int) -> "_Before":
        found = cls()
        for rows, old in _by_input(path, earlier):
            if rows:
                found.places.add(rows[-1].input)
            elif old[-1].output:
                found.copies[old[-1].digest].append(old[-1])
        return found

    def copy_of(self, mine: FileRow, old: Sequence[FileRow], taken: set[FileRow]) -> FileRow:
        """What an earlier run said of the input, or of one of the same bytes that has another number now."""
        own = [row for row in old if row.output and row.digest == mine.digest]
        if own:
            return own[-1]
        free = [row for row in self.copies.get(mine.digest, ()) if row not in taken]
        if not free:
            return mine
        found = min(free, key=lambda row: row.input != mine.input)
        taken.add(found)
        return found._replace(number=mine.number, input=mine.input)

    def stays(self, row: FileRow) -> bool:
        """Whether the row of an input that has not this number any more says what no other row does."""
        return bool(row.output) or row.input not in self.places
