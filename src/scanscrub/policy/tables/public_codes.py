"""What the codes of public coding schemes mean: the standard's own tables (PS3.16), read when a code is met."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from scanscrub.policy.tables.data_files import lines_of

_RETIRED: Final = frozenset({"SRT", "SNM3", "99SDM"})
"""Designators of the codes that SNOMED CT's took the place of."""
_NEWER: Final = "SCT"


@cache
def _tables() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    codes: dict[str, tuple[str, ...]] = {}
    for line in lines_of("public_codes.txt"):
        if line.startswith("="):
            codes = tables.setdefault(line[1:], {})
        else:
            code, *meanings = line.split("\t")
            codes[code] = tuple(meanings)
    return tables


def meanings_of(scheme: str, code: str) -> tuple[str, ...]:
    """The meanings that the standard gives a code, in alphabetical order; none where it is in none of its tables."""
    if scheme in _RETIRED:
        newer = _tables()["SRT"].get(code)
        return _tables()[_NEWER].get(newer[0], ()) if newer else ()
    return _tables().get(scheme, {}).get(code, ())


def is_meaning(text: str, meanings: tuple[str, ...]) -> bool:
    """Whether the text is one of the meanings, whatever its letter case and spaces."""
    return _plain(text) in map(_plain, meanings)


def _plain(text: str) -> str:
    return " ".join(text.replace("\u200b", "").casefold().split())
