"""Pseudonyms, UIDs and dates: pure functions of key and value that hold a study together."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CANARY
from factory_attributes import KEY, NAME, PATIENT_ID, applied, attribute, image, new_value, plan, policy, steps
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Source
from scanscrub.policy.file_context import header_of
from scanscrub.policy.pseudonyms.dates import LEAST_DAYS, MOST_DAYS, is_date, offset_days, shifted
from scanscrub.policy.pseudonyms.pseudonyms import (
    ACCESSION,
    PATIENT,
    STUDY_ID,
    PseudonymShape,
    is_pseudonym,
    patient_name,
)
from scanscrub.policy.pseudonyms.uids import is_pseudonymous, is_registered, pseudonymous_uid

UNHURRIED = settings(deadline=None)
"""On a busy machine a single example can take long; speed is not what these tests are about."""

days = st.integers(-MOST_DAYS, -LEAST_DAYS)
dates = st.dates(date(1900, 1, 2), date(2100, 12, 31))


def _new(tag: int, *around: Attribute) -> str | None:
    """The value that an attribute of the top level has in the copy."""
    seen = image(*around)
    old = next(one.value.reveal() for one in seen if one.where.path == (tag,) and one.value is not None)
    return new_value(steps(seen)[tag,].action, old)


def test_a_pseudonym_depends_on_the_key_and_the_value_alone() -> None:
    assert PATIENT.make(KEY, "id", "1", "") == PATIENT.make(KEY, "id", "1", "")
    assert PATIENT.make(KEY, "id", "1", "") != PATIENT.make(b"x" * 32, "id", "1", "")
    assert PATIENT.make(KEY, "id", "1", "") != ACCESSION.make(KEY, "id", "1", "")


def test_values_that_run_together_do_not_collide() -> None:
    assert PATIENT.make(KEY, "id", "12", "3") != PATIENT.make(KEY, "id", "1", "23")


def test_a_hundred_thousand_patients_do_not_collide() -> None:
    assert len({PATIENT.make(KEY, "id", str(number), "") for number in range(100_000)}) == 100_000


def test_a_hundred_thousand_uids_do_not_collide() -> None:
    uids = {pseudonymous_uid(KEY, f"1.2.{number}") for number in range(100_000)}
    assert len(uids) == 100_000
    assert all(len(uid) <= 64 and uid.startswith("2.25.") for uid in uids)


@pytest.mark.parametrize("shape", [ACCESSION, STUDY_ID])
def test_numbers_fit_an_sh(shape: PseudonymShape) -> None:
    assert len(shape.make(KEY, "x")) == 16


@UNHURRIED
@given(st.text(min_size=1, max_size=40))
def test_every_pseudonym_is_known_again_without_its_key(value: str) -> None:
    for shape in (PATIENT, ACCESSION, STUDY_ID):
        assert is_pseudonym(shape.make(KEY, value))
    assert is_pseudonym(patient_name(PATIENT.make(KEY, value)))
    assert is_pseudonymous(pseudonymous_uid(KEY, value))


@pytest.mark.parametrize("value", ["", "ANON", "ANON-ABCDEFGHIJKLMNOPQR", "ANON^", "A123456789012345", "4711", "S"])
def test_what_only_looks_like_a_pseudonym_is_none(value: str) -> None:
    assert not is_pseudonym(value)


@pytest.mark.parametrize("uid", ["2.25.1", "2.25." + "9" * 39, "2.25.0123", "2.25.", "1.2.3", "2.25.³"])
def test_what_only_looks_like_a_pseudonymous_uid_is_none(uid: str) -> None:
    assert not is_pseudonymous(uid)


def test_dicoms_own_uids_are_told_from_a_birth_date_under_its_root() -> None:
    assert is_registered("1.2.840.10008.5.1.4.1.1.2")
    assert is_registered("1.2.840.10008.1.4.1.1")
    assert not is_registered("1.2.840.10008.19700101.1")
    assert not is_registered("1.2.840.100081.1")


@UNHURRIED
@given(dates, dates, days)
def test_intervals_between_dates_are_kept(first: date, second: date, by: int) -> None:
    moved = [shifted("DA", f"{one:%Y%m%d}", by) for one in (first, second)]
    assert all(moved)
    there = [date(int(one[:4]), int(one[4:6]), int(one[6:])) for one in moved if one]
    assert there[1] - there[0] == second - first
    assert there[0] - first == timedelta(by)


@UNHURRIED
@given(dates, days, st.sampled_from(["", "101500", "101500.123456", "10+0530", "1015-0800", "+0100"]))
def test_a_date_time_moves_its_day_and_keeps_its_time_and_zone(day: date, by: int, tail: str) -> None:
    moved = shifted("DT", f"{day:%Y%m%d}{tail}", by)
    assert moved == f"{day + timedelta(by):%Y%m%d}{tail}"


@UNHURRIED
@given(dates, days)
def test_a_date_of_acr_nema_moves_and_becomes_a_valid_one(day: date, by: int) -> None:
    assert shifted("DA", f"{day:%Y.%m.%d}", by) == f"{day + timedelta(by):%Y%m%d}"


@pytest.mark.parametrize(
    ("vr", "value", "moved"),
    [
        ("DA", "20000229", "19990125"),
        ("DA", "199901", "199712"),
        ("DA", "1999", "1998"),
        ("DA", "19990101-19990202", "19971127-19971229"),
        ("DA", "-19990101", "-19971127"),
        ("DA", "19990101-", "19971127-"),
        ("DA", "19990101\\19990102", "19971127\\19971128"),
        ("DA", "19990101\\", "19971127\\"),
        ("DA", "19990101 ", "19971127"),
        ("DA", "", ""),
        ("DT", "2014", "2013"),
        ("DT", "201403+0100", "201302+0100"),
        ("TM", "235959.999999", "235959.999999"),
        ("TM", "10:11:12", "10:11:12"),
        ("TM", "10", "10"),
        ("DA", "19000101", "19000101"),
    ],
)
def test_dates_of_every_form_move(vr: str, value: str, moved: str) -> None:
    assert shifted(vr, value, -400) == moved


@pytest.mark.parametrize(
    ("vr", "value"),
    [("DA", "19990230"), ("DA", CANARY), ("DA", "2014-03-21"), ("DT", "20140321Jane"), ("TM", "250000"), ("DA", "-")],
)
def test_what_is_no_date_is_not_moved(vr: str, value: str) -> None:
    assert not is_date(vr, value)


@UNHURRIED
@given(st.binary(min_size=32, max_size=32), st.text(max_size=20))
def test_an_offset_is_a_year_at_least_and_never_zero(key: bytes, patient: str) -> None:
    assert -MOST_DAYS <= offset_days(key, patient) <= -LEAST_DAYS


def test_name_and_id_of_a_patient_belong_together() -> None:
    new_id = _new(0x00100020)
    assert new_id
    assert PATIENT.made(new_id)
    assert _new(0x00100010) == patient_name(new_id)


def test_without_an_id_name_and_birth_date_make_the_patient() -> None:
    def pseudonym(birth: str, name: str = NAME) -> str | None:
        return _new(
            0x00100010,
            attribute(0x00100020, value=""),
            attribute(0x00100010, vr="PN", value=name),
            attribute(0x00100030, vr="DA", value=birth),
        )

    assert pseudonym("19700101") == pseudonym("19700101")
    assert pseudonym("19700101") != pseudonym("19700102")
    assert pseudonym("19700101") != pseudonym("19700101", f"{CANARY}^John")


def test_patients_without_any_identity_are_one_for_each_study() -> None:
    def pseudonym(study: str) -> str | None:
        return _new(
            0x00100010,
            attribute(0x00100020, value="UNKNOWN"),
            attribute(0x00100010, vr="PN", value="ANONYMOUS"),
            attribute(0x0020000D, vr="UI", value=study),
        )

    assert pseudonym("1.2.3") == pseudonym("1.2.3") != pseudonym("1.2.4")


def test_references_point_at_the_new_uids() -> None:
    reference = attribute(0x00081140, 0, 0x00081155, vr="UI", value="1.2.3.4.5")
    decided = steps(image(attribute(0x00081140, vr="SQ"), reference))
    assert decided[reference.where.path].action == decided[0x00080018,].action


def test_the_uid_of_the_file_meta_information_is_the_instances() -> None:
    decided = steps(image(attribute(0x00020003, vr="UI", value="1.2.3.4.5")))
    assert decided[0x00020003,].action == decided[0x00080018,].action


def test_all_dates_of_a_patient_move_by_the_same_days_in_every_file() -> None:
    def moved(path: int, day: str, instance: str) -> date:
        seen = image(attribute(path, vr="DA", value=day), attribute(0x00080018, vr="UI", value=instance))
        new = new_value(steps(seen, "research")[path,].action, day)
        assert new
        return date(int(new[:4]), int(new[4:6]), int(new[6:]))

    study, acquisition = moved(0x00080020, "20140321", "1.2.3"), moved(0x00080022, "20140323", "1.2.4")
    assert acquisition - study == timedelta(2)
    assert study != date(2014, 3, 21)


def test_the_calibration_of_a_device_does_not_give_the_offset_away() -> None:
    calibration = attribute(0x00181200, vr="DA", value="20140101")
    assert new_value(steps(image(calibration), "research")[0x00181200,].action, "20140101") is None


def test_names_of_copies_are_made_of_pseudonyms() -> None:
    name = policy().about(image()).output_name("0f" * 32, ".dcm")
    assert name.startswith("ANON-")
    assert name.endswith("-0f0f0f0f.dcm")
    assert CANARY.lower() not in name.lower()
    assert "1.2.3" not in name
    assert policy().about(()).output_name("ab" * 32, ".png") == "picture-abababababababab.png"


def test_two_files_of_one_instance_uid_get_two_names() -> None:
    assert policy().about(image()).output_name("00" * 32, ".dcm") != policy().about(image()).output_name(
        "11" * 32, ".dcm"
    )


def test_the_crosswalk_names_old_and_new() -> None:
    rows = policy().about(image()).crosswalk()
    assert rows["patients"] == ((PATIENT_ID, PATIENT.make(KEY, "id", PATIENT_ID.casefold(), "")),)
    assert ("1.2.3.4.5", pseudonymous_uid(KEY, "1.2.3.4.5")) in rows["uids"]
    assert not [old for old, _ in rows["uids"] if is_registered(old)]


def test_neither_the_key_nor_a_value_shows_in_a_representation() -> None:
    built = policy()
    header = header_of(image())
    about = built.about(image())
    about.plan(Source(1, ""), about.masks(()))
    shown = f"{built!r} {header!r} {about!r} {about._context!r}"
    assert KEY.decode() not in shown
    assert CANARY not in shown


RICH = image(
    attribute(0x00080005, vr="CS", value="ISO_IR 100"),
    attribute(0x00080020, vr="DA", value="20140321"),
    attribute(0x00080030, vr="TM", value="101500"),
    attribute(0x00080050, vr="SH", value=f"{CANARY}99"),
    attribute(0x00080080, value=f"{CANARY} Hospital"),
    attribute(0x00080090, vr="PN", value=f"House^{CANARY}"),
    attribute(0x00081030, value=f"XR CHEST for {CANARY} Jane, ordered 20140321"),
    attribute(0x00081140, vr="SQ"),
    attribute(0x00081140, 0, 0x00081150, vr="UI", value="1.2.840.10008.5.1.4.1.1.2"),
    attribute(0x00081140, 0, 0x00081155, vr="UI", value="1.2.3.9"),
    attribute(0x00100030, vr="DA", value="19700101"),
    attribute(0x00100040, vr="CS", value="F"),
    attribute(0x00101010, vr="AS", value="093Y"),
    attribute(0x00180015, vr="CS", value="CHEST"),
    attribute(0x00200010, vr="SH", value=f"{CANARY}7"),
    attribute(0x00280301, vr="CS", value="NO"),
)


@pytest.mark.parametrize("missing", [(0x00100020,), (0x00100010,), (0x00100010, 0x00100020)])
def test_a_file_without_a_patient_id_gets_a_pseudonym_and_keeps_it(missing: tuple[int, ...]) -> None:
    copy = applied(tuple(one for one in RICH if one.tag not in missing), "research")
    assert any(one.tag == 0x00100020 for one in copy)
    assert plan(copy, "research", key=b"x" * 32).changes == ()


@pytest.mark.parametrize("name", ["share", "research"])
@pytest.mark.parametrize("key", [KEY, b"another key, of another hospital"])
def test_cleaning_a_clean_file_plans_nothing_under_whichever_key(name: str, key: bytes) -> None:
    copy = applied(RICH, name)
    assert plan(copy, name, key=key).changes == ()
    assert policy(name, key).about(copy).known == ()
    assert policy(name, key).about(copy).crosswalk()["patients"] == ()


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [(0x00181002, "UI", "1.2.3.4.5.6.7"), (0x00321001, "TM", "101500"), (0x00321000, "DA", "20140321")],
)
def test_what_research_lets_stay_or_moves_is_no_value_to_look_for(tag: int, vr: str, value: str) -> None:
    seen = image(attribute(tag, vr=vr, value=value))
    kept = new_value(steps(seen, "research")[tag,].action, value)
    assert kept
    known = {one.value.reveal() for one in policy("research").about(seen).known}
    assert kept not in known


@pytest.mark.parametrize(("value", "stays"), [
    (f"Dr {CANARY} 0171 234 5678", False),
    ("Hans Meier", False),
    ("used by Anna Huber", False),
    ("Tel 0171 234 5678", False),
    ("CT01", True),
    ("CTAWP66032", True),
    ("Bay 3", True),
])  # fmt: skip
def test_a_retained_text_of_a_device_goes_whole_where_it_names_somebody(value: str, *, stays: bool) -> None:
    station = (0x00081010,)
    decided = steps([attribute(*station, vr="SH", value=value)], "research")
    assert new_value(decided[station].action, value) == (value if stays else None)


@pytest.mark.parametrize(("value", "left"), [
    (f"Mr Xaver {CANARY}", None),
    ("0171 2345678", None),
    ("0 1 7 1 2 3 4 5", None),
    ("10.12.2007", None),
    ("Castro Maria", None),
    ("White", "White"),
    ("African American", "African American"),
    ("Han Chinese", "Han Chinese"),
    ("German", "German"),
    ("W", "W"),
    ("2106-3", "2106-3"),
])  # fmt: skip
@pytest.mark.parametrize(
    ("path", "vr"), [((0x00102160,), "SH"), ((0x00102162,), "UC"), ((0x00081120, 0, 0x00102160), "SH")]
)
def test_a_retained_ethnic_group_stays_and_what_else_stands_there_is_cleaned(
    value: str, left: str | None, path: tuple[int, ...], vr: str
) -> None:
    decided = steps([attribute(*path, vr=vr, value=value)], "research")
    assert new_value(decided[path].action, value) == left


def test_a_link_is_no_characteristic_of_the_patient() -> None:
    link = (0x00100047,)
    value = f"https://pacs.example.org/{CANARY}"
    assert new_value(steps([attribute(*link, vr="UR", value=value)], "research")[link].action, value) is None


@pytest.mark.parametrize(("uid", "stays"), [
    ("1.2.3.19571104.5", False),
    ("2.25.19571104", False),
    ("1.2.3.834711.5", False),
    ("1.2.3.20120304.5", True),
    ("1.2.3.4", True),
])  # fmt: skip
@pytest.mark.parametrize("tag", [0x00181002, 0x0018100B])
def test_a_uid_of_a_device_stays_but_for_the_patients_birth_date_or_id_in_it(
    uid: str, tag: int, *, stays: bool
) -> None:
    patient = [attribute(0x00100030, vr="DA", value="19571104"), attribute(0x00100020, vr="LO", value="834711")]
    decided = steps([*patient, attribute(tag, vr="UI", value=uid)], "research")[tag,].action
    assert (new_value(decided, uid) == uid) is stays
