"""Reads this package's own data files: comment lines, a header line, then rows."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def lines_of(name: str) -> list[str]:
    """The lines of a data file of this package without its comments."""
    text = files("scanscrub.policy.tables").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file of this package, by column name."""
    return csv.DictReader(lines_of(name))
