"""Resolves the conditional codes of Table E.1-1 (``X/Z/D``) by the attribute's Type in the object (PS3.15 E.3)."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, TypeAlias

from scanscrub.policy.tables import rows_of

Code: TypeAlias = Literal["X", "Z", "D", "U"]

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_KINDS: Final = (
    # the longest root first
    ("enhanced", ("2.1", "2.2", "4.1", "4.2", "4.3", "4.4", "6.2", "12.1.1", "12.2.1", "13.1", "14", "128.1", "130")),
    ("ophthalmic", ("77.1.5", "78", "79", "80", "81", "82")),
    ("slide", ("77.1.6", "77.1.7")),
    ("visible", ("77.1",)),
    ("capture", ("7.1", "7.2", "7.3", "7.4")),
    ("projection", ("1", "1.1", "1.2", "1.3", "7", "12.1", "12.2", "481.1")),
    ("cross-section", ("2", "3.1", "4", "6.1", "20")),
    ("pet", ("128",)),
    ("segmentation", ("30", "66", "68", "91", "200")),
    ("presentation", ("11", "90")),
    ("waveform", ("9",)),
    ("rt", ("481",)),
    ("sr", ("88", "34.7", "34.10", "78.3")),
)
"""Kinds of objects by the roots of their SOP Class UIDs, without the root of storage classes."""


_ORDERS: Final[Mapping[int, tuple[Code, ...]]] = {1: ("D", "Z", "X"), 2: ("Z", "D", "X"), 3: ("X", "Z", "D")}
"""By the attribute's Type: the actions, the most fitting first."""


def kind_of(sop_class: str) -> str:
    """The kind of an object; empty for one that this table does not know."""
    if not sop_class.startswith(_STORAGE):
        return ""
    rest = sop_class.removeprefix(_STORAGE)
    roots = [(root, kind) for kind, roots in _KINDS for root in roots if rest == root or rest.startswith(root + ".")]
    return max(roots, key=lambda pair: len(pair[0]), default=("", ""))[1]


@cache
def _types() -> Mapping[int, tuple[frozenset[str], frozenset[str]]]:
    return {
        int(row["tag"], 16): (frozenset(row["type_1"].split()), frozenset(row["type_2"].split()))
        for row in rows_of("iod_types.csv")
    }


def type_of(tag: int, kind: str) -> int:
    """The Type (1, 2 or 3) that the attribute counts as; 1 where the object's kind is unknown."""
    if not kind or tag not in _types():
        return 1
    first, second = _types()[tag]
    if kind in first or "any" in first:
        return 1
    return 2 if kind in second or "any" in second else 3


def resolved(code: str, tag: int, kind: str) -> Code:
    """The one action that a code of the table asks for in an object of a kind.

    D for Type 1, Z for Type 2, X for Type 3, as far as the code offers them; else the next that keeps the object
    valid. ``U*`` (a sequence of references) is U: the references stay and point at pseudonymous UIDs.
    """
    choices = frozenset(code.replace("*", "").split("/"))
    if "U" in choices:
        return "U"
    order = _ORDERS[type_of(tag, kind)]
    return next(letter for letter in order if letter in choices)
