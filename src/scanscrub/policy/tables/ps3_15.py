"""PS3.15 Table E.1-1, edition 2026d, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from scanscrub.domain.rules import Severity
from scanscrub.policy.options import Option
from scanscrub.policy.tables.data_files import rows_of

EDITION: Final = "2026d"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One attribute of the table: its code under the Basic Profile (``"X/Z/D"``) and under the options.

    `tag` is eight hexadecimal digits, where ``x`` stands for any digit, or ``"private"``. `vr` is empty where the
    table gives none.
    """

    tag: str
    keyword: str
    vr: str
    basic: str
    options: tuple[tuple[Option, str], ...]
    severity: Severity

    def code(self, option: Option) -> str:
        """``"K"``, ``"C"`` or nothing."""
        return next((code for name, code in self.options if name is option), "")


def option_codes(text: str) -> tuple[tuple[Option, str], ...]:
    """The options column of our data files: ``"uids=K descriptors=C"``."""
    pairs = (pair.split("=") for pair in text.split())
    return tuple((Option(name), code) for name, code in pairs)


@cache
def table() -> tuple[TableRow, ...]:
    """All 657 rows."""
    return tuple(
        TableRow(
            tag=row["tag"],
            keyword=row["keyword"],
            vr=row["vr"],
            basic=row["basic"],
            options=option_codes(row["options"]),
            severity=Severity(row["severity"]),
        )
        for row in rows_of("ps3_15.csv")
    )


@cache
def by_tag() -> Mapping[int, TableRow]:
    """The rows that name one attribute, by tag."""
    return {int(row.tag, 16): row for row in table() if "x" not in row.tag and row.tag != "private"}


@cache
def _repeating() -> Mapping[str, TableRow]:
    return {row.tag: row for row in table() if "x" in row.tag}


@cache
def private_row() -> TableRow:
    """The row of all private attributes."""
    return next(row for row in table() if row.tag == "private")


def row_of(tag: int) -> TableRow | None:
    """The row that covers `tag`, repeating groups 50xx and 60xx and private attributes included."""
    row = by_tag().get(tag)
    if row is not None:
        return row
    group = tag >> 16
    if group & 1:
        return private_row()
    if group >> 8 == 0x50:
        return _repeating()["50xxxxxx"]
    if group >> 8 == 0x60:
        return _repeating().get(f"60xx{tag & 0xFFFF:04X}")
    return None
