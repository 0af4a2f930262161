"""Of which Type (PS3.5 7.4) an attribute is in an object, at every depth: must it be there, must it have a value?"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias, cast, get_args

from scanscrub.policy.tables.data_files import lines_of

Type: TypeAlias = Literal["1", "1C", "2", "2C", "3"]
Path: TypeAlias = tuple[int, ...]

_STRONGEST_FIRST: Final[tuple[Type, ...]] = get_args(Type)
_PATHS: Final = 4096
"""How many sequences of objects are remembered: those of a normal file many times over."""


class _Entry(NamedTuple):
    """An attribute in a macro, and the macro of its items (0: it has none, or nothing but Type 3 in them)."""

    type: Type
    inside: int


class _Node(NamedTuple):
    """A data set: its attributes that are not of Type 3, or are bulk data, each with the macros of its items."""

    tags: AbstractSet[int]
    types: Mapping[int, Type]
    inside: Mapping[int, tuple[int, ...]]


class ObjectTypes:
    """The Types in the objects of one IOD, or in any object where its own is not known."""

    def __init__(self, macros: tuple[int, ...]) -> None:
        self._root = _node(macros)
        self._inside = lru_cache(_PATHS)(self._followed)

    def type_of(self, path: Path) -> Type:
        """The Type of the element at a path (tag, item number, tag ...).

        Where modules differ it is the strictest of theirs: Type 1 before 1C, 2, 2C and 3.
        """
        if len(path) == 1:
            return self._root.types.get(path[0], "3")
        node = self._inside(path[:-1:2])
        return "3" if node is None else node.types.get(path[-1], "3")

    def has_bulk(self, path: Path) -> bool:
        """Whether the IOD has bulk data (OB, OD, OF, OL, OV, OW) at this place, of whatever Type."""
        node = self._root
        for tag in path[:-1:2]:
            if tag not in node.inside:
                return False
            node = _node(node.inside[tag])
        return path[-1] in node.tags

    def needs_value(self, path: Path) -> bool:
        """Type 1, and 1C: what an object has of it was asked for by its condition, as a rule."""
        return self.type_of(path) in {"1", "1C"}

    def needs_element(self, path: Path) -> bool:
        """Type 1, 1C, 2 or 2C."""
        return self.type_of(path) != "3"

    def _followed(self, sequences: tuple[int, ...]) -> _Node | None:
        """What the items of the last of nested sequences hold.

        A sequence that nests in itself, as the content of reports does, is told once in the tables; one that the IOD
        does not have at its place (PS3.2 3.11.2 allows more than it asks for) is taken from where others have it.
        """
        node: _Node | None = self._root
        passed: dict[int, _Node] = {}
        for tag in sequences:
            macros = () if node is None else node.inside.get(tag, ())
            node = _node(macros) if macros else passed.get(tag) or _elsewhere().get(tag)
            if node is not None:
                passed[tag] = node
        return node


def object_types(sop_class: str) -> ObjectTypes:
    """The Types in an object of a SOP class; of a class that the tables do not know, the strictest of all IODs."""
    return _of_iod(_objects().get(sop_class) or _all_modules())


@cache
def _of_iod(macros: tuple[int, ...]) -> ObjectTypes:
    return ObjectTypes(macros)


@cache
def _lines() -> tuple[list[str], list[str]]:
    lines = lines_of("iod_types.txt")
    middle = lines.index("objects")
    return lines[:middle], lines[middle + 1 :]


@cache
def _objects() -> Mapping[str, tuple[int, ...]]:
    """The macros of an object's modules by SOP class."""
    rows = (line.split() for line in _lines()[1])
    return {uid: tuple(map(int, macros)) for uids, *macros in rows for uid in uids.split(",")}


@cache
def _all_modules() -> tuple[int, ...]:
    return tuple(sorted({macro for macros in _objects().values() for macro in macros}))


@cache
def _macro(number: int) -> Mapping[int, _Entry]:
    found = {}
    for row in _lines()[0][number - 1].split()[1:]:
        tag, kind, *inside = row.split(":")
        found[int(tag, 16)] = _Entry(cast("Type", kind), int(inside[0]) if inside else 0)
    return found


@lru_cache(_PATHS)
def _node(macros: tuple[int, ...]) -> _Node:
    """The data set that several macros describe together."""
    types: dict[int, Type] = {}
    inside: dict[int, set[int]] = {}
    for number in macros:
        for tag, entry in _macro(number).items():
            types[tag] = _strictest((types.get(tag, "3"), entry.type))
            if entry.inside:
                inside.setdefault(tag, set()).add(entry.inside)
    return _Node(
        frozenset(types),
        {tag: kind for tag, kind in types.items() if kind != "3"},
        {tag: tuple(sorted(numbers)) for tag, numbers in inside.items()},
    )


@cache
def _elsewhere() -> Mapping[int, _Node]:
    """The items of a sequence, wherever it is, by its tag."""
    inside: dict[int, set[int]] = {}
    for number in range(1, len(_lines()[0]) + 1):
        for tag, entry in _macro(number).items():
            if entry.inside:
                inside.setdefault(tag, set()).add(entry.inside)
    return {tag: _node(tuple(sorted(numbers))) for tag, numbers in inside.items()}


def _strictest(types: Iterable[Type]) -> Type:
    return min(types, key=_STRONGEST_FIRST.index)
