"""`files.csv` says the same however many workers there were, and whoever of them was first."""

from itertools import permutations
from pathlib import Path

import pytest

from scanscrub.output.crosswalk import Crosswalk

ALIKE = ("S/IM-A-12345678.dcm", "S/IM-A-12345678-2.dcm", "S/IM-A-12345678-10.dcm")


@pytest.mark.parametrize("order", list(permutations(ALIKE)))
def test_inputs_of_the_same_bytes_have_their_copies_in_order(order: tuple[str, ...], tmp_path: Path) -> None:
    crosswalk = Crosswalk(tmp_path / "secret")
    crosswalk.prepare(resume=False)
    for place, name in zip(("b", "a", "c"), order, strict=True):
        crosswalk.add(place, name, {})
    crosswalk.add("d", "S/IM-B-87654321.dcm", {})
    crosswalk.add_without_copy("e")
    crosswalk.finish()
    assert (tmp_path / "secret" / "files.csv").read_text(encoding="utf-8").splitlines() == [
        "input,output",
        f"a,{ALIKE[0]}",
        f"b,{ALIKE[1]}",
        f"c,{ALIKE[2]}",
        "d,S/IM-B-87654321.dcm",
        "e,",
    ]


def test_a_name_that_ends_in_a_number_of_its_own_keeps_its_input(tmp_path: Path) -> None:
    crosswalk = Crosswalk(tmp_path / "secret")
    crosswalk.prepare(resume=False)
    for place, name in (("b", "S/IM-A-12345678.dcm"), ("a", "S/IM-A-22345678.dcm")):
        crosswalk.add(place, name, {})
    crosswalk.finish()
    assert (tmp_path / "secret" / "files.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "a,S/IM-A-22345678.dcm",
        "b,S/IM-A-12345678.dcm",
    ]


def test_a_name_that_an_input_gave_up_is_not_its_any_more(tmp_path: Path) -> None:
    """Its worker died between row and copy; another input of the same bytes took the name, and it got the next."""
    crosswalk = Crosswalk(tmp_path / "secret")
    crosswalk.prepare(resume=False)
    for place, name in (("b", ALIKE[0]), ("a", ALIKE[0]), ("b", ALIKE[1])):
        crosswalk.add(place, name, {})
    crosswalk.finish()
    rows = (tmp_path / "secret" / "files.csv").read_text(encoding="utf-8").splitlines()
    assert rows == ["input,output", f"a,{ALIKE[0]}", f"b,{ALIKE[1]}"]
