"""Rows of CSV files: written, read, and put in order where they take more memory than a run may."""

import csv
import heapq
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Final, TypeAlias

Row: TypeAlias = tuple[str, ...]
AT_ONCE: Final = 50_000
"""So many rows are sorted in memory; what is more lies in files without a name in the rows' own folder."""


def in_order(rows: Iterable[Row], folder: Path, at_once: int = AT_ONCE) -> Iterator[Row]:
    """The rows sorted, without repetitions."""
    waiting = iter(rows)
    with ExitStack() as files:
        parts: list[Iterable[Row]] = []
        while part := sorted(islice(waiting, at_once)):
            if len(part) < at_once and not parts:
                parts.append(part)
                break
            stream = files.enter_context(
                tempfile.TemporaryFile("w+", newline="", dir=folder, encoding="utf-8", errors="surrogateescape")
            )
            stream.writelines(map(line, part))
            stream.seek(0)
            parts.append(map(tuple, csv.reader(stream)))
        yield from (row for row, _ in groupby(heapq.merge(*parts)))


def line(row: Row) -> str:
    """A row as a line. A carriage return ends one, where it is not in quotes; file names may have them."""
    buffer = io.StringIO(newline="")
    csv.writer(
        buffer, lineterminator="\n", quoting=csv.QUOTE_ALL if "\r" in "".join(row) else csv.QUOTE_MINIMAL
    ).writerow(row)
    return buffer.getvalue()


def rows_of(paths: Iterable[Path]) -> Iterator[Row]:
    """The rows of CSV files, one file after the other."""
    return chain.from_iterable(map(_rows, paths))


def _rows(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8", errors="surrogateescape") as stream:
        yield from map(tuple, csv.reader(stream))
