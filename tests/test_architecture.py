"""The map of the program names what is there."""

import re
from pathlib import Path

import scanscrub

PACKAGE = Path(scanscrub.__file__).parent
MAP = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:[\w*.-]+/)+(?:[\w*-]+\.\w+)?)`")
MOST_MODULES = 18


def test_each_file_and_folder_that_the_map_names_is_there() -> None:
    named = set(NAMED.findall(MAP))
    assert len(named) > 50
    assert [name for name in named if not any(any(root.glob(name)) for root in (PACKAGE, PACKAGE.parents[1]))] == []


def test_each_room_stands_on_the_map() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert [room for room in rooms if f"    {room}/ " not in MAP and f"   {room}/ " not in MAP] == []


def test_no_room_holds_more_modules_than_one_can_look_over() -> None:
    counts = {path: len([*path.glob("*.py")]) - 1 for path in PACKAGE.rglob("*") if path.is_dir()}
    assert {path.name for path, count in counts.items() if count > MOST_MODULES} <= {"domain"}
