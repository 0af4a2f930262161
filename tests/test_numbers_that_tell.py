"""Numbers and terms that hold an identity are none; what measures stays."""

from pathlib import Path

import pytest
from pydicom._uid_dict import UID_dictionary

from factory_attributes import action, attribute, image, steps
from factory_clean import cleaned
from factory_dicom import Row, ct_rows, data_set, part10, with_rows
from public_uids_source import table
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Clean, Empty, Keep, RemapUid, Replace
from scanscrub.policy.pseudonyms.uids import is_registered
from scanscrub.policy.tables.data_files import lines_of

BIRTH = attribute(0x00100030, vr="DA", value="19610324")
ACCESSION = attribute(0x00080050, vr="SH", value="PX4711083")
BOTH = pytest.mark.parametrize("profile", ["share", "research"])


@BOTH
@pytest.mark.parametrize("vr", ["IS", "DS"])
@pytest.mark.parametrize(
    "value", ["24031961", "19610324", "03241961", "4711083", "+04711083", "240361", "610324", "194711083", "20190305"]
)
def test_a_whole_number_that_is_a_date_or_a_known_number_goes(value: str, vr: str, profile: str) -> None:
    for tag in (0x00200013, 0x00181150, 0x00280008):
        assert action(attribute(tag, vr=vr, value=value), profile, BIRTH, ACCESSION) != Keep("a number")


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "20190305101112",
        "4711083.0",
        "4711083.",
        "19610324.00",
        "1.9610324E7",
        "-4711083",
        "201903051011",
        "24031961.5",
    ],
)
def test_a_decimal_number_tells_in_any_writing(value: str, profile: str) -> None:
    for tag, kind in ((0x00181150, Empty), (0x00280030, Replace)):
        told = attribute(tag, vr="DS", value=f"1\\{value}")
        assert isinstance(action(told, profile, BIRTH, ACCESSION), kind)


@BOTH
@pytest.mark.parametrize("known", ["10000", "1500", "64", "120", "100000", "0002048", "250000"])
def test_an_id_of_few_digits_or_a_round_one_says_nothing_in_a_number(known: str, profile: str) -> None:
    patient, station = attribute(0x00100020, value=known), attribute(0x00081010, vr="SH", value=known)
    for tag, vr in ((0x00180080, "DS"), (0x00200013, "IS"), (0x00189073, "FD"), (0x00289503, "UL")):
        assert isinstance(action(attribute(tag, vr=vr, value=known.lstrip("0")), profile, patient, station), Keep)


@BOTH
def test_six_digits_say_nothing_where_a_measure_has_as_many(profile: str) -> None:
    patient = attribute(0x00100020, value="123457")
    for tag, vr in ((0x00188151, "DS"), (0x00480006, "UL"), (0x00181242, "IS"), (0x00180070, "IS")):
        assert isinstance(action(attribute(tag, vr=vr, value="123457"), profile, patient), Keep)
        assert isinstance(action(attribute(tag, vr=vr, value="20190305"), profile, patient), Keep)
        for day in ("19610324", "240361", "610324"):
            assert not isinstance(action(attribute(tag, vr=vr, value=day), profile, BIRTH), Keep)


@BOTH
@pytest.mark.parametrize(
    ("value", "left"),
    [("4711083", "4700000"), ("-4711083.5", "-4700000"), ("0.4711083", "0.47"), ("4.711083E-20", "4.7E-20")],
)
def test_a_number_that_goes_and_is_needed_is_rounded(value: str, left: str, profile: str) -> None:
    seen = attribute(0x00280030, vr="DS", value=f"0.5\\{value}")
    assert action(seen, profile, ACCESSION) == Replace(f"0.5\\{left}")
    assert isinstance(action(attribute(0x00280030, vr="DS", value=f"0.5\\{left}"), profile, ACCESSION), Keep)


@BOTH
@pytest.mark.parametrize("known", ["10000", "4711083", "19610324", "100000", "123457", "99999999", "471108347110834"])
def test_no_file_is_refused_for_a_number_that_is_the_patients(known: str, profile: str, tmp_path: Path) -> None:
    numbers = dict.fromkeys((2097171, 1572944, 1572960, 2097169, 1577296), known)
    needed = {0x00280030: f"{known}\\1", 0x00180088: known, 0x00280008: "1", 0x00200032: f"0\\{known}\\0.{known}"}
    rows: list[Row] = [(tag, "DS", value[:16]) for tag, value in (numbers | needed).items()]
    rows += [(tag, "LO", known) for tag in (0x00100020, 0x00081010, 0x00080050, 0x00081040)]
    record, copy = cleaned(part10(data_set(with_rows(ct_rows(), *rows))), tmp_path, profile)
    assert all(check.passed for check in record.checks)
    assert copy
    assert len(known) < 7 or known.encode() not in copy


@BOTH
@pytest.mark.parametrize("value", ["Zqcanary", "one", "1\\O.5", "1,5"])
def test_no_file_is_refused_for_a_needed_number_that_was_none(value: str, profile: str, tmp_path: Path) -> None:
    file = part10(data_set(with_rows(ct_rows(), (0x00281053, "DS", value), (0x00280030, "DS", value))))
    record, copy = cleaned(file, tmp_path, profile)
    assert all(check.passed for check in record.checks)
    assert copy
    assert value.encode() not in copy


@BOTH
@pytest.mark.parametrize(
    ("vr", "value"), [("FD", "19610324.0"), ("UL", "4711083"), ("SL", "24031961"), ("FL", "1.9610324e+07")]
)
def test_a_binary_number_tells_as_well(vr: str, value: str, profile: str) -> None:
    assert isinstance(action(attribute(0x00189073, vr=vr, value=value), profile, BIRTH, ACCESSION), Empty)


@BOTH
@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("DS", "-123.456\\0.19620425\\47.22094"),
        ("DS", "1e-05\\1.5E3\\99999999"),
        ("DS", "63.87E6"),
        ("IS", "123456\\7\\-2048"),
        ("FD", "0.4822194\\1234567.891\\1e300\\nan\\inf"),
        ("UL", "16777216\\4294967295"),
        ("US", "65535"),
    ],
)
def test_what_measures_stays(vr: str, value: str, profile: str) -> None:
    tag = {"FD": 0x00186054, "UL": 0x00289503, "US": 0x00280106, "IS": 0x00081160, "DS": 0x00181065}[vr]
    assert isinstance(action(attribute(tag, vr=vr, value=value), profile, BIRTH, ACCESSION), Keep)


@BOTH
@pytest.mark.parametrize("value", ["DR_LEE_ANN", "LEE_ANN", "LEE", "KIM", "DR LEE", "ANN_01", "LI_WU", "EVA"])
def test_a_name_of_short_words_is_no_term(value: str, profile: str) -> None:
    assert action(attribute(0x00185100, vr="CS", value=value), profile) == Replace("OTHER")


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "HFS",
        "FFDR",
        "HAS OBS CONTEXT",
        "YBR_FULL_422",
        "ISO_IR 192",
        "ORIGINAL\\PRIMARY\\M\\ND\\NORM",
        "MLO",
        "LIN",
        "DB_DT",
        "XYZ_EC",
    ],
)
def test_terms_stay(value: str, profile: str) -> None:
    assert isinstance(action(attribute(0x00185100, vr="CS", value=value), profile), Keep)


@BOTH
@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.1961.3.24",
        "1.2.840.10008.5.1.4.1.1.2.1961.324",
        "1.2.840.10008.19610324",
        "1.2.840.10008.5.1.4.1.1.4711083",
        "1.2.840.10008.5.1.4.1.1.2.47.11.83",
        "1.2.840.10008.24.3.61",
    ],
)
def test_a_date_or_a_number_under_dicoms_root_is_no_registered_uid(uid: str, profile: str) -> None:
    assert isinstance(action(attribute(0x00081150, vr="UI", value=uid), profile), RemapUid)


def test_every_registered_uid_stays_and_so_do_new_ones_beside_them() -> None:
    newer = ("1.2.840.10008.5.1.4.1.1.999", "1.2.840.10008.1.2.4.299", "1.2.840.10008.5.1.4.1.1.68.9")
    assert all(map(is_registered, (*UID_dictionary, *newer)))
    assert lines_of("public_uids.txt") == [line for line in table().splitlines() if not line.startswith("#")]


@BOTH
@pytest.mark.parametrize(
    "text", ["Dr Li 0171 234 5678", "0171 234 5678", "Prof. Zqcanary", "DR ZQ", "(030) 123 45 67", "+49 30 1234567"]
)
def test_a_person_in_the_name_of_a_device_goes(text: str, profile: str) -> None:
    decided = action(attribute(0x00081090, value=text), profile)
    assert not isinstance(decided, Keep)
    assert not isinstance(decided, Clean)


@BOTH
@pytest.mark.parametrize(
    "text", ["DigitalDiagnost DR System", "syngo MR E11", "DR 14s-1", "1.2.0-03", "05.02 R2", "MR Avanto"]
)
def test_the_name_of_a_device_stays(text: str, profile: str) -> None:
    assert isinstance(action(attribute(0x00081090, value=text), profile), Keep)


def _age(scheme: str, code: str, value: str, unit: str) -> tuple[Attribute, ...]:
    item = (0x0040A730, 0)
    measured = (*item, 0x0040A300, 0)
    return (
        attribute(0x0040A730, vr="SQ", length=1),
        attribute(*item, 0x0040A040, vr="CS", value="NUM"),
        attribute(*item, 0x0040A043, vr="SQ", length=1),
        attribute(*item, 0x0040A043, 0, 0x00080100, vr="SH", value=code),
        attribute(*item, 0x0040A043, 0, 0x00080102, vr="SH", value=scheme),
        attribute(*item, 0x0040A300, vr="SQ", length=1),
        attribute(*measured, 0x004008EA, vr="SQ", length=1),
        attribute(*measured, 0x004008EA, 0, 0x00080100, vr="SH", value=unit),
        attribute(*measured, 0x004008EA, 0, 0x00080102, vr="SH", value="UCUM"),
        attribute(*measured, 0x0040A161, vr="FD", value=value),
        attribute(*measured, 0x0040A30A, vr="DS", value=value),
    )


@pytest.mark.parametrize(
    ("scheme", "code"),
    [("DCM", "121033"), ("SCT", "397669002"), ("SCT", "424144002"), ("LN", "30525-0"), ("LN", "21612-7")],
)
@pytest.mark.parametrize(
    ("value", "unit", "left"),
    [("93", "a", "90"), ("1116", "mo", "1080"), ("34000", "d", "32850"), ("96.5", "", "90")],
)
def test_an_age_over_89_in_a_report_becomes_90(scheme: str, code: str, value: str, unit: str, left: str) -> None:
    seen = image(*_age(scheme, code, value, unit), sop_class="1.2.840.10008.5.1.4.1.1.88.33")
    decided = steps(seen, "research")
    assert decided[0x0040A730, 0, 0x0040A300, 0, 0x0040A30A].action == Replace(left)
    assert decided[0x0040A730, 0, 0x0040A300, 0, 0x0040A161].action == Replace(left)


@pytest.mark.parametrize(
    ("code", "value", "unit"), [("121033", "89", "a"), ("121033", "900", "mo"), ("121206", "93", "mm")]
)
def test_a_lower_age_and_another_number_stay(code: str, value: str, unit: str) -> None:
    seen = image(*_age("DCM", code, value, unit), sop_class="1.2.840.10008.5.1.4.1.1.88.33")
    decided = steps(seen, "research")
    assert isinstance(decided[0x0040A730, 0, 0x0040A300, 0, 0x0040A30A].action, Keep)
