"""The map of the program names what is there."""

import re
from pathlib import Path

import scanscrub

PACKAGE = Path(scanscrub.__file__).parent
MAP = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:[\w*.-]+/)+(?:[\w*-]+\.\w+)?)`")
MOST_MODULES = 18
PATH = re.compile(r"`[\w/]+\.py`")


def test_each_file_and_folder_that_the_map_names_is_there() -> None:
    named = set(NAMED.findall(MAP))
    assert len(named) > 50
    assert [name for name in named if not any(any(root.glob(name)) for root in (PACKAGE, PACKAGE.parents[1]))] == []


def test_a_new_maintainers_first_questions_have_a_row_each() -> None:
    asked = (
        "whether a private attribute stays",
        "a JPEG block blackened",
        "SARIF",
        "a device's region",
        "what `--resume` reads, and decides by it",
        "a name matched in pixels",
    )
    rows = dict(line.strip("| ").split(" | ", 1) for line in MAP.splitlines() if line.startswith("| "))
    assert [row for row in asked if not PATH.search(rows[row])] == []


def test_each_room_stands_on_the_map() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert [room for room in rooms if f"    {room}/ " not in MAP and f"   {room}/ " not in MAP] == []


def test_no_room_holds_more_modules_than_one_can_look_over() -> None:
    counts = {path: len([*path.glob("*.py")]) - 1 for path in PACKAGE.rglob("*") if path.is_dir()}
    assert [path.name for path, count in counts.items() if count > MOST_MODULES] == []
