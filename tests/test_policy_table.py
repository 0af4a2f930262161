"""Table E.1-1: every row has its action, at every depth, under every option."""

import re
from itertools import product

import pytest

from conftest import CANARY
from factory_attributes import CT, action, attribute, image, new_value, profile, steps
from scanscrub.domain.plan import Add, Clean, Empty, Keep, RemapUid, Remove, Replace, ShiftDate
from scanscrub.policy.options import CLEANING, Option
from scanscrub.policy.tables.iod_types import object_types
from scanscrub.policy.tables.ps3_15 import TableRow, row_of, table

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
PET = "1.2.840.10008.5.1.4.1.1.128"
PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1"
STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88.33"

_VALUES = {
    "AE": f"{CANARY}_AE",
    "AS": "033Y",
    "CS": "ZQCANARY SMITH",
    "DA": "20140321",
    "DS": "19.5",
    "DT": "20140321101500",
    "IS": "33",
    "PN": f"{CANARY}^Jane",
    "TM": "101500",
    "UI": "1.2.3.19700101.1",
    "UR": f"http://{CANARY}.example",
    "US": "4",
}
TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})
_BULK = frozenset({"OB", "OW", "UN", "SQ"})


def _tag(row: TableRow) -> int:
    return 0x00091001 if row.tag == "private" else int(row.tag.replace("x", "0"), 16)


def _of(row: TableRow) -> tuple[str, str | None]:
    vr = row.vr or "LO"
    return vr, None if vr in _BULK else _VALUES.get(vr, f"seen by Dr. {CANARY} on 21.03.2014")


def resolved(code: str, *path: int) -> str:
    """Which of several actions of the table a CT image asks for; what it needs leaves something whatever they are."""
    offered = code.replace("*", "").split("/")
    if "U" in offered:
        return "U"
    of_type = object_types(CT).type_of(path)
    if of_type in {"1", "1C"}:
        return "D"
    if of_type in {"2", "2C"}:
        return "D" if "D" in offered and "X" not in offered and "Z" not in offered else "Z"
    return next(letter for letter in "XZD" if letter in offered)


NEVER_COPIED = {0x0000, 0x0004}
"""Commands and directory records: no copy holds them, whatever the table says."""

CAN_BE_SAID = {"X": (Remove,), "Z": (Empty, Replace), "D": (Replace, Empty, Keep, Add), "U": (RemapUid, Keep)}


@pytest.mark.parametrize(("sop_class", "said"), [(".7.3", Add("CS", "YES")), (".7", Remove()), (".2", Remove())])
def test_an_object_that_has_to_say_what_is_burned_in_says_yes_where_nobody_looked(
    sop_class: str, said: object
) -> None:
    unproved = attribute(0x00280301, vr="CS", value="NO")
    assert action(unproved, sop_class=f"1.2.840.10008.5.1.4.1.1{sop_class}") == said


def test_the_table_is_complete() -> None:
    assert len(table()) == 657
    assert len({row.tag for row in table()}) == 657


def test_every_row_has_its_basic_action() -> None:
    for row in table():
        vr, value = _of(row)
        tag = _tag(row)
        decided = action(attribute(tag, vr=vr, value=value), profile())
        code = resolved(row.basic, tag)
        if tag == 0x00700001 or tag >> 16 in NEVER_COPIED:
            code = "X"
        if code == "D" and vr == "UI":
            code = "U"
        assert isinstance(decided, CAN_BE_SAID[code]), row.keyword
        if vr != "SQ":
            assert not isinstance(decided, Keep), row.keyword
            assert CANARY.lower() not in (new_value(decided, value) or "").lower(), row.keyword


def test_every_row_counts_in_an_item_too() -> None:
    sequence = attribute(0x00081115, vr="SQ")
    for row in table():
        vr, value = _of(row)
        inner = attribute(0x00081115, 0, _tag(row), vr=vr, value=value)
        code = resolved(row.basic, 0x00081115, 0, _tag(row))
        if _tag(row) == 0x00700001 or _tag(row) >> 16 in NEVER_COPIED:
            code = "X"
        if code == "D" and vr == "UI":
            code = "U"
        assert isinstance(action(inner, profile(), sequence), CAN_BE_SAID[code]), row.keyword


def test_no_row_leaves_a_name_in_a_shared_file() -> None:
    for row in table():
        vr, value = _of(row)
        kept = new_value(action(attribute(_tag(row), vr=vr, value=value), "share"), value) or ""
        assert CANARY.lower() not in kept.lower(), row.keyword
        assert kept != value, row.keyword


@pytest.mark.parametrize("option", list(Option))
def test_an_option_keeps_or_cleans_just_its_rows(option: Option) -> None:
    for row in table():
        vr, value = _of(row)
        basic = action(attribute(_tag(row), vr=vr, value=value), profile())
        held = action(attribute(_tag(row), vr=vr, value=value), profile(option))
        code = row.code(option)
        if not code or _tag(row) >> 16 in NEVER_COPIED:
            assert held == basic, row.keyword
        elif code == "K" and vr not in {"CS", "UR"} and vr not in TEXT_VRS:
            assert isinstance(held, Keep), row.keyword


def test_modified_dates_moves_what_the_table_says() -> None:
    for row in (row for row in table() if row.code(Option.MODIFIED_DATES)):
        vr, value = _of(row)
        decided = action(attribute(_tag(row), vr=vr, value=value), profile(Option.MODIFIED_DATES))
        if vr in {"DA", "DT"} and not row.code(Option.DEVICE_IDENTITY) and _tag(row) not in {0x00080106, 0x00080107}:
            assert isinstance(decided, ShiftDate), row.keyword
        elif vr == "TM" and not row.code(Option.DEVICE_IDENTITY):
            assert isinstance(decided, Keep), row.keyword
        else:
            assert not isinstance(decided, ShiftDate | Keep), row.keyword


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("20140321101112.000000+0200", r"\d{8}101112\.000000"),
        ("201403211011-0530", r"\d{8}1011"),
        ("20140321+0000", r"\d{8}"),
        ("2014+1300", r"\d{4}"),
        ("20140321-0500\\20140322-0500", r"\d{8}\\\d{8}"),
        ("19000101000000+0200", "19000101000000"),
    ],
)
def test_a_moved_date_loses_its_time_zone_as_the_header_does(value: str, form: str) -> None:
    moved, full = profile(Option.MODIFIED_DATES), profile(Option.FULL_DATES)
    time, zone = attribute(0x0008002A, vr="DT", value=value), attribute(0x00080201, vr="SH", value="+0200")
    assert re.fullmatch(form, new_value(action(time, moved), value) or "")
    assert not isinstance(action(zone, moved), Keep)
    assert isinstance(action(time, full), Keep)
    assert isinstance(action(zone, full), Keep)


def test_clean_descriptors_keeps_the_words_that_describe() -> None:
    for row in table():
        vr, _ = _of(row)
        if vr not in TEXT_VRS or not row.code(Option.DESCRIPTORS) or row.keyword == "Occupation":
            continue  # an occupation is itself a value to look for
        decided = action(attribute(_tag(row), vr=vr, value="CHEST"), profile(Option.DESCRIPTORS))
        assert isinstance(decided, Keep), row.keyword
        decided = action(attribute(_tag(row), vr=vr, value=f"CHEST for {CANARY}"), profile(Option.DESCRIPTORS))
        if row.keyword in {"ROIName", "ROIObservationLabel"}:
            assert not isinstance(decided, Keep | Clean), row.keyword  # the name of a structure is never cut
            continue
        assert isinstance(decided, Clean), row.keyword
        assert decided.text == "CHEST"


@pytest.mark.parametrize(
    ("tag", "sop_class", "expected"),
    [
        (0x00080022, CT, Remove),
        (0x00080022, PET, Empty),
        (0x00080023, CT, Empty),
        (0x00080023, ENHANCED_CT, Replace),
        (0x00080023, STRUCTURED_REPORT, Replace),
        (0x0008002A, CT, Remove),
        (0x0008002A, ENHANCED_CT, Replace),
        (0x00181000, CT, Remove),
        (0x00181000, ENHANCED_CT, Replace),
        (0x00080021, PET, Replace),
        (0x00080031, PET, Replace),
        (0x00080032, PET, Empty),
        (0x00080021, CT, Remove),
        (0x00700082, PRESENTATION, Replace),
        (0x00700083, PRESENTATION, Replace),
        (0x00180010, CT, Empty),
        (0x00080022, "1.2.840.10008.5.1.4.1.1.999", Empty),
        (0x0008002A, "1.2.840.10008.5.1.4.1.1.999", Replace),
    ],
)
def test_a_conditional_code_follows_the_type_in_the_object(tag: int, sop_class: str, expected: type) -> None:
    row = row_of(tag)
    assert row is not None
    vr, value = _of(row)
    assert isinstance(action(attribute(tag, vr=vr, value=value), profile(), sop_class=sop_class), expected)


def test_an_attribute_that_could_not_be_read_gets_a_dummy_of_the_tables_vr() -> None:
    decided = action(attribute(0x00120010, vr="UN", value=None), profile())
    assert decided == Add("LO", "ANONYMIZED")
    decided = action(attribute(0x00100020, vr="UN", value=None), profile())
    assert isinstance(decided, Add)


@pytest.mark.parametrize("name", ["share", "research"])
def test_curves_and_overlays_go_in_every_group(name: str) -> None:
    groups = (0x5000, 0x5002, 0x501E, 0x50FE, 0x6000, 0x6002, 0x601E, 0x6020, 0x60FE)
    for group, element in product(groups, (0x0022, 0x1500, 0x2000, 0x3000, 0x4000)):
        one = attribute(group << 16 | element, vr="LO", value=CANARY)
        assert isinstance(action(one, name), Remove), f"{group:04X},{element:04X}"


def test_nothing_of_a_sequence_that_goes_has_a_step() -> None:
    seen = image(
        attribute(0x00101002, vr="SQ"),
        attribute(0x00101002, 0, 0x00100020, vr="LO", value=f"{CANARY}2"),
        attribute(0x00101002, 0, 0x00080060, vr="CS", value="CT"),
    )
    decided = steps(seen)
    assert isinstance(decided[0x00101002,].action, Remove)
    assert not [path for path in decided if path[0] == 0x00101002 and len(path) > 1]


def test_the_options_are_those_of_the_standard() -> None:
    named = {option for row in table() for option, _ in row.options}
    assert named == set(Option)
    assert set(Option) >= CLEANING
