"""The Types of attributes (PS3.5 7.4) as they are made of highdicom's tables of PS3.3.

    python tests/iod_types_source.py

writes them anew; do that when highdicom knows a newer edition. A test holds the file equal to what this makes.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydicom.datadict import dictionary_VR, tag_for_keyword

import scanscrub.policy.tables

FILE = Path(scanscrub.policy.tables.__file__).parent / "iod_types.txt"

Tree: TypeAlias = dict[str, tuple[str, "Tree"]]
"""Attributes by keyword: the Type, and what is in the items."""
Macro: TypeAlias = tuple[tuple[int, str, int], ...]
"""Attributes by tag: the Type, and the number of the macro of the items, or 0."""

_SAYS: Final = """\
# Types (PS3.5 7.4) of all attributes of all composite objects at every depth, from the module tables of PS3.3 as
# highdicom {version} has them (MIT licence; read November 2026). Attributes of Type 3 are left out, unless they are
# bulk data or have others in their items. First the macros: a number, then tag:Type, and :number of the macro of a
# sequence's items.
# After the line "objects": the SOP Class UIDs of an IOD, then the macros of its modules' top level.
"""
_STRONGEST_FIRST: Final = ("1", "1C", "2", "2C", "3")
_RETIRED: Final = {
    "1.2.840.10008.5.1.4.1.1.3": "1.2.840.10008.5.1.4.1.1.3.1",  # ultrasound, several frames
    "1.2.840.10008.5.1.4.1.1.5": "1.2.840.10008.5.1.4.1.1.20",  # nuclear medicine
    "1.2.840.10008.5.1.4.1.1.6": "1.2.840.10008.5.1.4.1.1.6.1",  # ultrasound
    "1.2.840.10008.5.1.4.1.1.12.3": "1.2.840.10008.5.1.4.1.1.12.1",  # angiography in two planes
}
"""Retired SOP classes and the ones that took their place: their old definitions are in no table."""
_AS_VALIDATED: Final = {("HL7StructuredDocumentReferenceSequence", "RetrieveURI"): "1"}
"""Types that validators ask for, though PS3.3 is milder by now: a dummy suits both."""


def _table(name: str) -> Any:  # noqa: ANN401 - JSON
    spec = find_spec("highdicom")
    assert spec is not None
    assert spec.origin is not None
    return json.loads((Path(spec.origin).parent / "_standard" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def modules() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The attributes of each module: keyword, Type and path of keywords."""
    return dict(_table("module_attribute_map"))


@cache
def iods() -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The modules of each IOD, with their usage (M, C, U)."""
    return dict(_table("iod_module_map"))


@cache
def sop_classes() -> Mapping[str, str]:
    """The IOD of each SOP class."""
    return dict(_table("sop_class_iod_map"))


def stronger(one: str, other: str) -> str:
    return min(one, other, key=_STRONGEST_FIRST.index)


def tree_of(module: str) -> Tree:
    """The attributes of a module with those of their items."""
    root: Tree = {}
    for each in modules()[module]:
        here = root
        for keyword in each["path"]:
            here = here.setdefault(keyword, ("3", {}))[1]
        keyword, kind = each["keyword"], each["type"] if each["type"] in _STRONGEST_FIRST else "3"
        kind = _AS_VALIDATED.get((each["path"][-1] if each["path"] else "", keyword), kind)
        found, inside = here.get(keyword, ("3", {}))
        here[keyword] = stronger(found, kind), inside
    return root


def _is_bulk(tag: int) -> bool:
    return all(vr.startswith("O") for vr in dictionary_VR(tag).split(" or "))


class _Macros:
    """Numbers the macros, equal ones alike, those of the items before those that hold them."""

    def __init__(self) -> None:
        self.numbers: dict[Macro, int] = {}

    def number(self, tree: Tree) -> int:
        rows = []
        for keyword, (kind, inside) in tree.items():
            tag = tag_for_keyword(keyword)
            below = self.number(inside)
            if tag is not None and (kind != "3" or below or _is_bulk(tag)):
                rows.append((tag, kind, below))
            old = tag_for_keyword(keyword.removeprefix("Long"))
            if old is not None and old != tag and _is_bulk(old):
                rows.append((old, "3", 0))  # indices of two bytes, retired
        macro = tuple(sorted(rows))
        return self.numbers.setdefault(macro, len(self.numbers) + 1) if macro else 0


def table() -> str:
    """The content of `FILE`."""
    macros = _Macros()
    roots = {name: macros.number(tree_of(name)) for name in sorted(modules())}
    uids: defaultdict[str, set[str]] = defaultdict(set)
    for uid, iod in sop_classes().items():
        uids[iod].add(uid)
    for uid, successor in _RETIRED.items():
        uids[sop_classes()[successor]].add(uid)
    lines = [_SAYS.format(version=version("highdicom"))]
    for macro, number in macros.numbers.items():
        rows = (f"{tag:08X}:{kind}" + (f":{below}" if below else "") for tag, kind, below in macro)
        lines.append(f"{number} {' '.join(rows)}\n")
    lines.append("objects\n")
    for iod in sorted(uids):
        found = sorted({roots[each["key"]] for each in iods()[iod] if roots.get(each["key"])})
        lines.append(f"{','.join(sorted(uids[iod]))} {' '.join(map(str, found))}\n")
    return "".join(lines)


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8", newline="\n")
