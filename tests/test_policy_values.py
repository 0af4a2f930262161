"""Rules by VR: what the table does not name, and values that are not what they claim."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

from conftest import CANARY
from factory_attributes import KEY, PATIENT_ID, action, attribute, image, new_value, policy, profile, steps
from scanscrub.domain.finding import IdentifierKind
from scanscrub.domain.plan import Clean, Empty, Keep, RemapUid, Remove, ShiftDate
from scanscrub.policy.file_context import by_id
from scanscrub.policy.options import Option
from scanscrub.policy.profile import load_profile
from scanscrub.policy.pseudonyms.dates import offset_days
from scanscrub.policy.pseudonyms.pseudonyms import PATIENT

ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
BOTH = pytest.mark.parametrize("name", ["share", "research"])


def _left(tag: int, vr: str, value: str, name: str = "share") -> str | None:
    return new_value(action(attribute(tag, vr=vr, value=value), name), value)


@BOTH
@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x60000022, "LO"),  # L065 Overlay Description
        (0x00189423, "LO"),  # L027 Acquisition Protocol Name
        (0x00400400, "LT"),  # L027 Comments on the Scheduled Procedure Step
        (0x0022112C, "LT"),  # L027 Calculation Comment
        (0x00620020, "UT"),  # L027 Tracking ID
        (0x00620005, "LO"),  # L071 Segment Label
        (0x00142006, "PN"),  # L028 Evaluator Name
        (0x00140104, "PN"),  # L028 Secondary Reviewer Name
        (0x00100033, "LO"),  # L030 Birth Date in Alternative Calendar
        (0x00100034, "LO"),  # L030 Death Date in Alternative Calendar
        (0x0040E001, "ST"),  # HL7 Instance Identifier
        (0x00081190, "UR"),  # L035 Retrieve URL
        (0x00080119, "UC"),  # L035 Long Code Value
        (0x00080120, "UR"),  # L035 URN Code Value
        (0x0008010E, "UR"),  # L035 Coding Scheme URL
        (0x00283003, "LO"),  # L067 LUT Explanation
        (0x01000426, "LO"),
        (0x00990010, "LO"),  # L080 a private creator
        (0x0BAD0BAE, "LO"),  # an attribute that nobody knows
        (0x00080054, "AE"),
        (0x00741234, "AE"),
    ],
)
def test_a_name_in_an_attribute_that_the_table_does_not_list_goes(tag: int, vr: str, name: str) -> None:
    assert CANARY.lower() not in (_left(tag, vr, f"{CANARY}", name) or "").lower()
    assert CANARY.lower() not in (_left(tag, vr, f"{CANARY}^Jane 01.02.1970", name) or "").lower()


def _unlisted() -> list[tuple[int, str]]:
    text = files("scanscrub.policy.tables").joinpath("unlisted_text.csv").read_text()
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [(int(row["tag"], 16), row["rule"]) for row in rows]


@BOTH
def test_no_unlisted_text_leaves_the_patients_name(name: str) -> None:
    for tag, _ in _unlisted():
        kept = _left(tag, "LO", f"{CANARY} CHEST", name) or ""
        assert CANARY.lower() not in kept.lower(), f"{tag:08X}"


@BOTH
@pytest.mark.parametrize("vr", ["DA", "DT", "TM"])
def test_an_unlisted_date_moves_or_goes(vr: str, name: str) -> None:  # L029
    value = {"DA": "20140321", "DT": "20140321101500", "TM": "101500"}[vr]
    decided = action(attribute(0x0008041F, vr=vr, value=value), name)
    if name == "share":
        assert isinstance(decided, Remove)
    else:
        assert isinstance(decided, ShiftDate) or (vr == "TM" and isinstance(decided, Keep))


@BOTH
@pytest.mark.parametrize("vr", ["DA", "DT", "TM"])
def test_a_name_in_a_date_goes(vr: str, name: str) -> None:
    assert _left(0x00080020, vr, CANARY, name) is None


@BOTH
def test_an_unlisted_uid_is_replaced(name: str) -> None:  # L046
    assert isinstance(action(attribute(0x0018991E, vr="UI", value="1.2.3"), name), RemapUid)


@BOTH
@pytest.mark.parametrize("tag", [0x00080016, 0x00200052, 0x0018991E, 0x00083002])
def test_dicoms_own_uids_stay(tag: int, name: str) -> None:  # L047
    assert isinstance(action(attribute(tag, vr="UI", value="1.2.840.10008.1.4.1.1"), name), Keep)


def test_each_of_several_uids_is_decided_about() -> None:
    left = _left(0x00083002, "UI", "1.2.840.10008.1.2.1\\1.2.3")
    assert left
    assert left.startswith("1.2.840.10008.1.2.1\\2.25.")


@BOTH
@pytest.mark.parametrize(
    "value", ["JOHN SMITH", "John", CANARY, CANARY.upper(), "SMITH_JOHN", "LEE KIM", "19700101", "A1234567"]
)
def test_a_name_in_body_part_examined_goes(value: str, name: str) -> None:  # L031
    assert _left(0x00180015, "CS", value, name) == "OTHER"


@BOTH
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x00180015, "CHEST"),
        (0x00180015, ""),
        (0x00080060, "MR"),
        (0x00080008, "ORIGINAL\\PRIMARY\\M\\ND\\DIS2D\\MOSAIC"),
        (0x00280004, "YBR_FULL_422"),
        (0x00080005, "\\ISO 2022 IR 87"),
        (0x00282114, "ISO_10918_1"),
        (0x00185101, "AP"),
        (0x00185100, "HFS"),
        (0x00180020, "SE\\IR"),
        (0x0040A040, "CONTAINER"),
    ],
)
def test_defined_terms_stay(tag: int, value: str, name: str) -> None:
    assert isinstance(action(attribute(tag, vr="CS", value=value), name), Keep)


@BOTH
@pytest.mark.parametrize("vr", ["OF", "US", "FD", "UL", "SQ", "AT"])
def test_a_text_that_a_file_calls_numbers_goes(vr: str, name: str) -> None:  # L087
    assert isinstance(action(attribute(0x00189423, vr=vr), name), Remove)


@BOTH
@pytest.mark.parametrize("vr", ["OF", "US", "LO", "SQ", "CS"])
def test_an_attribute_of_a_group_that_the_standard_does_not_have_goes(vr: str, name: str) -> None:
    assert isinstance(action(attribute(0x0BAE0BAE, vr=vr, value="CHEST"), name), Remove)


def test_every_unlisted_attribute_has_a_rule_that_takes_a_name_out() -> None:  # L027 to L030
    text = files("scanscrub.policy.tables").joinpath("unlisted_vrs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    unlisted = [(int(tag, 16), row["vr"]) for row in rows for tag in row["tags"].split()]
    assert len(unlisted) == 554
    for tag, vr in unlisted:
        value = None if vr in {"OB", "OW"} else f"{CANARY}99" if vr != "UI" else "1.2.3.19700101"
        decided = action(attribute(tag, vr=vr, value=value), "share")
        if value is not None:
            left = (new_value(decided, value) or "").lower()
            assert CANARY.lower() not in left, f"{tag:08X}"
            assert "19700101" not in left, f"{tag:08X}"


@BOTH
def test_a_character_set_that_is_none_does_not_come_along(name: str) -> None:
    assert isinstance(action(attribute(0x00080005, vr="CS", value=CANARY.upper()), name), Empty)


def test_only_the_value_that_is_no_term_is_replaced() -> None:
    assert _left(0x00080008, "CS", "ORIGINAL\\PRIMARY\\SMITH") == "ORIGINAL\\PRIMARY\\OTHER"


@BOTH
@pytest.mark.parametrize("value", ["19700101", "20140321", CANARY, "12A", "1.5", "5551234567"])
def test_a_date_or_a_name_in_a_series_number_goes(value: str, name: str) -> None:  # L032
    assert isinstance(action(attribute(0x00200011, vr="IS", value=value), name), Empty)


@BOTH
@pytest.mark.parametrize("value", ["Smith", "19700101", "19700101.0", "1,5", "nan"])
def test_a_name_or_a_date_in_a_decimal_goes(value: str, name: str) -> None:  # L032
    assert isinstance(action(attribute(0x00180050, vr="DS", value=value), name), Empty)


@BOTH
def test_the_patients_number_in_a_decimal_goes(name: str) -> None:  # L044
    around = attribute(0x00100020, value="8371727310")
    assert isinstance(action(attribute(0x00180050, vr="DS", value="8371727310"), name, around), Empty)


@BOTH
@pytest.mark.parametrize("value", ["1", "-158.135803\\-179.0\\1e-3", "+5", ".5", "", "0\\\\1"])
def test_numbers_stay_exactly(value: str, name: str) -> None:
    assert isinstance(action(attribute(0x00281050, vr="DS", value=value), name), Keep)


@BOTH
@pytest.mark.parametrize("vr", ["US", "SS", "UL", "SL", "FL", "FD", "AT", "SV", "UV", "SQ"])
def test_binary_numbers_and_sequences_stay(vr: str, name: str) -> None:
    assert isinstance(action(attribute(0x00189087, vr=vr), name), Keep)


@pytest.mark.parametrize(
    ("age", "left"),
    [
        ("033Y", "033Y"),
        ("089Y", "089Y"),
        ("090Y", "090Y"),
        ("092Y", "090Y"),
        ("999D", "999D"),
        ("33Y", "033Y"),
        ("40000D", None),
        (CANARY, None),
    ],
)
def test_ages_over_89_are_90(age: str, left: str | None) -> None:  # L033
    assert _left(0x00101010, "AS", age, "research") == left


@BOTH
@pytest.mark.parametrize("tag", [0x0008041B, 0x04000520, 0x00282000, 0x00142210, 0x00880200])
@pytest.mark.parametrize("vr", ["OB", "OW", "UN"])
def test_binary_data_that_are_no_pixels_go(tag: int, vr: str, name: str) -> None:
    assert isinstance(action(attribute(tag, vr=vr), name), Remove)


@BOTH
@pytest.mark.parametrize("tag", [0x54001010, 0x56000020, 0x00660016, 0x00281408, 0x00640009])
@pytest.mark.parametrize("vr", ["OB", "OW", "OF", "OD", "OL", "OV"])
def test_bulk_data_of_another_object_go_unless_the_user_keeps_them(tag: int, vr: str, name: str) -> None:
    foreign = attribute(tag, vr=vr)
    assert isinstance(action(foreign, name), Remove)
    kept = replace(load_profile(name), keep=frozenset({tag}))
    assert isinstance(action(foreign, kept), Keep)


@BOTH
def test_pixels_and_tables_stay_but_not_the_pixels_of_an_item(name: str) -> None:  # L056
    assert isinstance(action(attribute(0x7FE00010, vr="OW"), name), Keep)
    assert isinstance(action(attribute(0x00281201, vr="OW"), name), Keep)
    assert isinstance(action(attribute(0x00283006, vr="US"), name), Keep)
    assert isinstance(action(attribute(0x00283006, vr="OW"), name), Keep)
    group = attribute(0x54000100, vr="SQ")
    assert isinstance(action(attribute(0x54000100, 0, 0x54001010, vr="OW"), name, group, sop_class=ECG), Keep)
    inner = attribute(0x00081115, 0, 0x7FE00010, vr="OW")
    assert isinstance(action(inner, name, attribute(0x00081115, vr="SQ")), Remove)


@BOTH
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x00080070, "SIEMENS"),
        (0x00081090, "SOMATOM Definition AS+"),
        (0x00181020, "syngo CT 2012B"),
        (0x00181210, "B31f"),
        (0x00180024, "*tfl3d1_16ns"),
        (0x00209056, "1"),
        (0x00281055, "WINDOW1\\WINDOW2"),
    ],
)
def test_what_describes_the_equipment_stays(tag: int, value: str, name: str) -> None:
    assert isinstance(action(attribute(tag, value=value), name), Keep)


@pytest.mark.parametrize("tag", [0x00080070, 0x00081090, 0x00181020, 0x00181210, 0x00180024, 0x00081030, 0x00541103])
def test_a_word_that_nobody_knows_does_not_come_along_as_equipment(tag: int) -> None:
    assert CANARY.lower() not in (_left(tag, "LO", f"SIEMENS {CANARY}") or "").lower()


@BOTH
def test_what_describes_the_equipment_does_not_name_the_patient(name: str) -> None:
    assert CANARY.lower() not in (_left(0x00081090, "LO", f"{CANARY} Jane", name) or "").lower()


def test_descriptions_are_cleaned_not_dropped() -> None:  # L041
    decided = action(attribute(0x00081030, value=f"XR CHEST for {CANARY} Jane"), "share")
    assert isinstance(decided, Clean)
    assert decided.text == "XR CHEST"


@BOTH
@pytest.mark.parametrize("group", [0x0000, 0x0004])
def test_commands_and_directory_records_go(group: int, name: str) -> None:  # L010, L011
    assert isinstance(action(attribute(group << 16 | 0x1500, vr="CS", value=CANARY), name), Remove)


@BOTH
@pytest.mark.parametrize("tag", [0x00020016, 0x00020026, 0x00020100, 0x00020102, 0x00020099, 0x00080000])
def test_of_the_meta_information_only_what_is_needed_stays(tag: int, name: str) -> None:  # L004 to L009, L088
    assert isinstance(action(attribute(tag, vr="UL", value="1"), name), Remove)


def _codes(scheme: str, code: str, meaning: str, name: str) -> list[str | None]:
    inside = (0x00082218, 0)
    values = {0x00080100: ("SH", code), 0x00080102: ("SH", scheme), 0x00080104: ("LO", meaning)}
    seen = image(
        attribute(0x00082218, vr="SQ"),
        *(attribute(*inside, tag, vr=vr, value=value) for tag, (vr, value) in values.items()),
    )
    decided = steps(seen, name)
    return [new_value(decided[(*inside, tag)].action, value) for tag, (_, value) in values.items()]


@BOTH
def test_a_public_code_stays(name: str) -> None:
    assert _codes("SCT", "51185008", "Chest", name) == ["51185008", "SCT", "Chest"]
    assert _codes("UCUM", "{SUVbw}g/ml", "Standardized Uptake Value", name)[0] == "{SUVbw}g/ml"
    assert _codes("UCUM", "mm[Hg]", "mmHg", name) == ["mm[Hg]", "UCUM", "mmHg"]
    assert _codes("UCUM", "uV", "microvolt", name) == ["uV", "UCUM", "microvolt"]
    assert _codes("SRT", "T-D1100", "Head", name) == ["T-D1100", "SRT", "Head"]


@BOTH
@pytest.mark.parametrize("scheme", ["DCM", "UCUM", "SCT", "LN"])
def test_a_public_scheme_does_not_carry_a_name(scheme: str, name: str) -> None:
    code, _, meaning = _codes(scheme, CANARY, f"Dr. {CANARY} Jane", name)
    assert CANARY.lower() not in f"{code} {meaning}".lower()


@BOTH
def test_a_local_code_keeps_nothing_that_names_somebody(name: str) -> None:  # L034
    left = _codes(f"99{CANARY}", f"{CANARY}1970", f"per Dr {CANARY}", name)
    assert not [one for one in left if CANARY.lower() in (one or "").lower()]
    assert all(left)


def test_known_values_are_those_of_people_and_places() -> None:
    seen = image(
        attribute(0x00080020, vr="DA", value="20140321"),
        attribute(0x00080050, vr="SH", value=f"{CANARY}99"),
        attribute(0x00080080, value=f"{CANARY} Hospital"),
        attribute(0x00080090, vr="PN", value=f"House^{CANARY}"),
        attribute(0x0040A123, vr="PN", value="ANONYMOUS"),
        attribute(0x00101000, value="UNKNOWN\\00000000"),
        attribute(0x00081032, vr="SQ"),
    )
    known = {(one.kind, one.value.reveal()) for one in policy().about(seen).known}
    assert (IdentifierKind.NAME, f"House^{CANARY}") in known
    assert (IdentifierKind.PLACE, f"{CANARY} Hospital") in known
    assert (IdentifierKind.ID, f"{CANARY}99") in known
    assert (IdentifierKind.DATE, "20140321") in known
    assert (IdentifierKind.UID, "1.2.3.4.5") in known
    assert not [value for _, value in known if value in {"ANONYMOUS", "UNKNOWN", "00000000"}]
    assert not [value for kind, value in known if kind is IdentifierKind.UID and value.startswith("1.2.840.10008")]


def test_what_stays_is_not_searched_for() -> None:
    seen = image(
        attribute(0x00020012, vr="UI", value="1.2.276.0.1"),
        attribute(0x00080110, 0, 0x0008010C, vr="UI", value="2.16.840.1.113883.6.96"),
    )
    assert not {one.value.reveal() for one in policy().about(seen).known} & {"1.2.276.0.1", "2.16.840.1.113883.6.96"}


@BOTH
@pytest.mark.parametrize("version", ["v1 20140321", "v1 [2014-03-21]", "v1.8371727310"])
def test_a_version_that_holds_a_known_date_or_number_does_not_stay(version: str, name: str) -> None:
    around = (attribute(0x00080020, vr="DA", value="20140321"), attribute(0x00100020, value="8371727310"))
    assert not isinstance(action(attribute(0x00181020, value=version), name, *around), Keep)


def test_a_date_that_another_one_becomes_is_not_searched_for() -> None:
    days = offset_days(KEY, PATIENT.make(KEY, *by_id(PATIENT_ID)))
    late = date(2014, 3, 21)
    seen = image(
        attribute(0x00080020, vr="DA", value=f"{late:%Y%m%d}"),
        attribute(0x00080021, vr="DA", value=f"{late + timedelta(days):%Y%m%d}"),
    )
    dates = [one.value.reveal() for one in policy("research").about(seen).known if one.kind is IdentifierKind.DATE]
    assert dates == ["20140321"]


@BOTH
def test_a_term_that_is_the_patients_name_goes_unless_it_is_an_everyday_word(name: str) -> None:
    fletcher = attribute(0x00100010, vr="PN", value="FLETCHER^A")
    assert not isinstance(action(attribute(0x300A0110, vr="CS", value="FLETCHER"), name, fletcher), Keep)
    head = attribute(0x00100010, vr="PN", value="HEAD^A")
    assert isinstance(action(attribute(0x00180015, vr="CS", value="HEAD"), name, head), Keep)


def test_what_an_option_retains_is_not_searched_for() -> None:
    seen = image(attribute(0x00080020, vr="DA", value="20140321"), attribute(0x00080080, value=f"{CANARY} Hospital"))
    held = profile(Option.FULL_DATES, Option.INSTITUTION_IDENTITY, Option.UIDS)
    assert {one.kind for one in policy(held).about(seen).known} == {IdentifierKind.NAME, IdentifierKind.ID}
