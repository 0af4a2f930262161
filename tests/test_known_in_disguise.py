"""The patient's own values where no text belongs, and in the short forms that people write."""

from pathlib import Path

import pytest

from conftest import CANARY
from factory_attributes import action, attribute, image, new_value, profile, steps
from factory_clean import cleaned
from factory_dicom import ct_file
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Clean, Keep, RemapUid
from scanscrub.domain.symbols import may_spell
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.identifiers.search import IdentifierSearch
from scanscrub.policy.options import Option

BOTH = pytest.mark.parametrize("name", ["share", "research"])
BORN = attribute(0x00100030, vr="DA", value="19550412")
ID = attribute(0x00100020, value="KX8371727")


@pytest.mark.parametrize("text", [
    "ⓏⓎⓀⓄⓇⓇⒶⓃ", "CT ⒵⒴⒦⒪", "🅩🅨🅚 CT", "🅉🅈🄺", "🆉🆈🅺", "🇿🇾🇰", "⠵⠽⠅⠕", "㊊㊋", "㉠㉡㉢", "CT ①⑨④⑦",
])  # fmt: skip
@BOTH
@pytest.mark.parametrize("place", [(0x0008103E,), (0x00081090,)])
def test_pictures_of_letters_stay_in_no_text(place: tuple[int, ...], name: str, text: str) -> None:
    decided = steps([attribute(*place, value=text)], name)
    assert text not in str(new_value(decided[place].action, text))


@pytest.mark.parametrize("text", ["CT Thorax 37 ℃", "T2 → T1", "№ 2", "ABDOMEN ±5°", "MR ① knee", "Größe 3 cm²"])
def test_symbols_of_units_and_of_one_number_take_no_text_away(text: str) -> None:
    assert not may_spell(text)


def known(kind: IdentifierKind, *values: str) -> tuple[Identifier, ...]:
    return tuple(Identifier(kind, Phi(value)) for value in values)


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "geb. 12.04.55",
        "120455",
        "QB12041955",
        "04/12/55",
        "12_4_55",
        "v 550412",
        "12 April 1955",
        "12APR55",
        "12.IV.55",
        "12/04/2498",
    ],
)
@pytest.mark.parametrize("tag", [0x00181020, 0x00081090, 0x00180024, 0x00181210, 0x00181160])
def test_the_birth_date_in_a_short_form_does_not_stay_as_equipment(tag: int, text: str, name: str) -> None:
    assert not isinstance(action(attribute(tag, value=text), name, BORN), Keep)


@BOTH
@pytest.mark.parametrize("text", ["VB13 12.04.56", "syngo CT 2012B", "5.4.12", "B30f", "120456"])
def test_versions_that_are_no_known_date_stay(text: str, name: str) -> None:
    assert isinstance(action(attribute(0x00181020, value=text), name, BORN), Keep)


@BOTH
@pytest.mark.parametrize("text", ["geb. 3.5.61", "born 3 May", "DOB:030561", "né 3.5.61"])
def test_somebodys_birth_in_a_version_does_not_stay(text: str, name: str) -> None:
    assert not isinstance(action(attribute(0x00181020, value=text), name), Keep)


@BOTH
@pytest.mark.parametrize("value", ["KX_8371_727", "8371 727", "12APR1955"])
def test_an_id_or_a_day_in_groups_is_no_defined_term(value: str, name: str) -> None:
    known_id = attribute(0x00100020, value="8371727") if "KX" not in value else ID
    assert not isinstance(action(attribute(0x00080068, vr="CS", value=value), name, BORN, known_id), Keep)


@BOTH
def test_a_character_set_stays_whatever_digits_the_patients_id_has(name: str) -> None:
    short = attribute(0x00100020, value="2022")
    assert isinstance(action(attribute(0x00080005, vr="CS", value="\\ISO 2022 IR 87"), name, short), Keep)


@BOTH
@pytest.mark.parametrize("value", ["4711.083", "0.4711083", "4.711083e-3", "-47.11083", "1955.0412", "120419.55"])
def test_a_known_number_is_known_wherever_its_decimal_point_stands(value: str, name: str) -> None:
    known_id = attribute(0x00100020, value="4711083")
    assert not isinstance(action(attribute(0x00180050, vr="DS", value=value), name, BORN, known_id), Keep)


@BOTH
@pytest.mark.parametrize("value", ["471.108", "4711.0830001", "-158.135803", "4711.084"])
def test_a_measure_that_is_nearly_a_known_number_stays(value: str, name: str) -> None:
    known_id = attribute(0x00100020, value="4711083")
    assert isinstance(action(attribute(0x00180050, vr="DS", value=value), name, BORN, known_id), Keep)


@BOTH
@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00660026, "OF", f"{CANARY} was here, and more".encode()),
        (0x00660016, "OF", f"{CANARY}    ".encode()),
        (0x00720083, "OV", f"{CANARY}        ".encode()),
        (0x00720078, "US", CANARY.encode("utf-16-le")),
        (0x00720074, "FD", f"{CANARY}".encode()),
        (0x00189087, "FD", f"{CANARY}".encode()),
        (0x54000110, "OW", f"{CANARY}".encode()),
    ],
)
def test_letters_in_a_binary_value_do_not_stay(tag: int, vr: str, value: bytes, name: str, tmp_path: Path) -> None:
    record, copy = cleaned(ct_file((tag, vr, value)), tmp_path, name)
    assert record.output_name
    assert value.strip() not in copy


@BOTH
def test_numbers_of_bytes_that_are_letters_stay(name: str, tmp_path: Path) -> None:
    # 3.2 million as a float, and a ramp: no letters of anybody.
    ramp = bytes(range(0x21, 0x61))
    record, copy = cleaned(ct_file((0x00189087, "FD", b"BCDE4567"), (0x0018605A, "FL", ramp)), tmp_path, name)
    assert record.output_name
    assert b"BCDE4567" in copy
    assert ramp in copy


@pytest.mark.parametrize(
    ("uid", "kept"), [("1.2.840.99.4711083.1", False), ("1.2.840.99.20190305.7", True), ("1.2.8.3", True)]
)
def test_a_retained_uid_has_no_number_of_the_patient(uid: str, *, kept: bool) -> None:
    seen = image(attribute(0x00200052, vr="UI", value=uid), attribute(0x00100020, value="4711083"))
    decided = steps(seen, profile(Option.UIDS))[0x00200052,].action
    assert isinstance(decided, Keep if kept else RemapUid)


def test_a_device_is_not_known_by_a_uid_that_goes_elsewhere(tmp_path: Path) -> None:
    device = (0x00181002, "UI", "1.2.826.0.1.999.3")  # the series' own
    record, copy = cleaned(ct_file(device), tmp_path, "research")
    assert record.output_name
    assert b"1.2.826.0.1.999.3" not in copy
    record, copy = cleaned(ct_file((0x00181002, "UI", "1.2.826.0.1.777.3")), tmp_path, "research")
    assert b"1.2.826.0.1.777.3" in copy


@pytest.mark.parametrize("value", ["\u0301", "\u044c", "\u044a^\u0301", "Quibbleton^\u0308"])
def test_a_name_of_a_mark_alone_is_no_fault(value: str) -> None:
    for kind in (IdentifierKind.NAME, IdentifierKind.PLACE):
        assert not IdentifierMatcher(known(kind, value)).hits("CT HEAD")
        assert not ByteSearch(known(kind, value)).in_text("CT HEAD")


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("\u8463 2023", True),
        ("\u8463/CT", True),
        ("CT\u8463", True),
        ("\u8463\u6625\u6885", True),
        ("\u8463\u4e8b", False),
    ],
)
def test_a_family_name_of_one_character_is_found_where_it_stands_alone(text: str, *, there: bool) -> None:
    name = known(IdentifierKind.NAME, "\u8463^\u6625\u6885")
    assert bool(IdentifierMatcher(name).hits(text)) is there
    assert IdentifierSearch(name)(text) is there
    assert ByteSearch(name).in_text(text) is there


@BOTH
def test_a_description_that_has_the_character_of_a_family_name_is_not_refused(name: str) -> None:
    # Mr Gao (\u9ad8) has a high-resolution (\u9ad8\u5206\u8fa8\u7387) examination.
    text = "\u9ad8\u5206\u8fa8\u7387 CT"
    gao = known(IdentifierKind.NAME, "\u9ad8^\u660e")
    assert not ByteSearch(gao).in_text(text)
    around = attribute(0x00100010, vr="PN", value="\u9ad8^\u660e")
    assert isinstance(action(attribute(0x0008103E, value=text), name, around), Keep | Clean)


@pytest.mark.parametrize("value", ["52", "1,0", "A 1", "12/3"])
def test_a_bed_or_a_room_number_is_not_searched_for(value: str) -> None:
    place = known(IdentifierKind.PLACE, value)
    assert not ByteSearch(place).in_text(f"{value} ms 1\\0")
    assert not IdentifierMatcher(place).hits("CT 1 0 A 1 12 3")


@pytest.mark.parametrize("value", ["Ward 12B West", "Quibbleton 4", "51234 Nowhere"])
def test_a_place_of_telling_words_is_searched_for(value: str) -> None:
    assert ByteSearch(known(IdentifierKind.PLACE, value)).in_text(f"CT {value}")


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "Rx cadera NHC 5582190",
        "chest, SSN 319-09-9998",
        "MRN:E2048812 CT",
        "Knie, Pat. Nr. 77-31-207",
        "Knee MRI of a patient of 94 yo",
        "\ub1cc MRI \uae40\uc601\ud76c",
        "\u05e8\u05d0\u05e9 \u05db\u05d4\u05df",
    ],
)
def test_a_remark_about_somebody_does_not_stay_as_equipment(text: str, name: str) -> None:
    assert not isinstance(action(attribute(0x00181020, value=text), name), Keep)


@pytest.mark.parametrize("text", ["US BREAST PETERSEN MARY", "shoulder of Mrs Adeyemi-Obi", "Quirogga, Iker"])
def test_somebodys_name_does_not_stay_as_equipment_where_unknown_words_do(text: str) -> None:
    assert not isinstance(action(attribute(0x00081090, value=text), "research"), Keep)


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "4.1.4.2 Build 20150312",
        "syngo MR XA31A",
        "cthd_1.3.2_6.20121203",
        "Vivid E95 204.73.0",
        "Release 29 2019-04-11",
        "CX50_210\\453561454__PRINTERS.06",
    ],
)
def test_a_version_with_its_day_stays(text: str, name: str) -> None:
    assert isinstance(action(attribute(0x00181020, value=text), name), Keep)


@BOTH
@pytest.mark.parametrize("text", ["Fujifilm FCR Capsula XL2", "Canon CXDI-70C", "NeuViz 128", "a1b2c3d4e5f6"])
def test_a_model_stays_with_the_capitals_that_are_joined_to_its_number(text: str, name: str) -> None:
    assert isinstance(action(attribute(0x00081090, value=text), name), Keep)


@BOTH
@pytest.mark.parametrize("text", ["TWlsbGVy", "4b6f77616c736b6920416e6e61", "Xbjnyfxv Naan", "SMITH-70"])
def test_a_name_in_another_alphabet_does_not_stay_as_equipment(text: str, name: str) -> None:
    assert not isinstance(action(attribute(0x00081090, value=text), name), Keep)


@pytest.mark.parametrize(
    "text", ["PixelMed 20210101", "ITK-SNAP 3.8.0 20190612", "TeraRecon 4.4.13.3", "Carl Zeiss Meditec"]
)
def test_a_maker_that_no_list_has_stays_where_unknown_words_do(text: str) -> None:
    assert isinstance(action(attribute(0x00181020, value=text), "research"), Keep)


@BOTH
@pytest.mark.parametrize(("meaning", "kept"), [("Quibbelkamp", False), ("Quibbleosis of toe", True)])
def test_a_meaning_that_no_table_has_needs_a_word_that_means_something(
    meaning: str, name: str, *, kept: bool
) -> None:
    item = (0x00321064, 0)
    around = (
        attribute(0x00321064, vr="SQ"),
        attribute(*item, 0x00080100, vr="SH", value="918273645"),
        attribute(*item, 0x00080102, vr="SH", value="SCT"),
    )
    decided = action(attribute(*item, 0x00080104, value=meaning), name, *around)
    assert isinstance(decided, Keep) is (kept and name == "research")


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "Q u i b b l e t o n",
        "Q.U.I.B.B.L.E.T.O.N 2",
        "V Q-u-i-b-b-l-e-t-o-n",
        "\u0664\u0667\u0661\u0661\u0660\u0668\u0663",
    ],
)
def test_a_known_value_in_single_letters_or_other_digits_does_not_stay(text: str, name: str) -> None:
    around = (attribute(0x00100010, vr="PN", value="Quibbleton^Ann"), attribute(0x00100020, value="4711083"))
    assert not isinstance(action(attribute(0x00181020, value=text), name, *around), Keep)


@BOTH
@pytest.mark.parametrize("text", ["A B C D 1", "H E - 1", "R.5.3.0"])
def test_single_letters_that_are_nobody_stay(text: str, name: str) -> None:
    around = attribute(0x00100010, vr="PN", value="Quibbleton^Ann")
    assert isinstance(action(attribute(0x00181020, value=text), name, around), Keep)


@BOTH
@pytest.mark.parametrize(("value", "stays"), [("CT PHANTOM", True), ("ZYKORRAN CHEST", False), ("CT 12345", False)])
def test_an_id_of_words_of_the_vocabulary_alone_is_sought_in_no_text(value: str, name: str, *, stays: bool) -> None:
    known = Identifier(IdentifierKind.ID, Phi(value))
    assert ByteSearch((known,)).in_text(f"{value} b") is not stays
    decided = steps([attribute(0x00100020, value=value), attribute(0x0008103E, value=value)], name)
    assert (new_value(decided[(0x0008103E,)].action, value) == value) is stays


@BOTH
def test_a_person_name_in_pictures_of_letters_goes(name: str) -> None:
    assert not isinstance(action(attribute(0x00081048, vr="PN", value="ⓏⓎⓀⓄⓇⓇⒶⓃ"), name), Keep)


@BOTH
@pytest.mark.parametrize("tag", [0x00081090, 0x00181020, 0x00181250])
def test_a_device_called_after_somebody_or_with_a_telephone_number_does_not_stay(tag: int, name: str) -> None:
    texts = (
        "Dr Li;Dr. Ng;DR LI;Dr Wu CT;Wu console;LI PC;Wu laptop;Ray's iMac;Ilsabe PC;PC Ilsabe;Hand, Will;Hand,Will"
        ";01712345678;+491712345678;00491712345678;Tel01712345678;%4C%69 PC"
    )
    for text in (*texts.split(";"), "&#76;&#105; PC"):
        assert not isinstance(action(attribute(tag, value=text), name), Keep), text


@BOTH
@pytest.mark.parametrize("tag", [0x00081090, 0x00181020, 0x00181250])
def test_a_device_called_after_its_maker_or_its_parts_stays(tag: int, name: str) -> None:
    texts = (
        "SymphonyTim;TrioTim;DR 3500;Digital DR;GE DR;CT PC;CT-PC2;MR console;HE1-4|NE1,2"
        ";Head, Neck;Spine, Head;SP1,2;B30f"
        ";05.02.01;0102.0304;R10-V02.20;HR Head;LightSpeed Pro 16;T2_TSE;DR Chest;Prisma fit;Max;Ace"
    )
    for text in texts.split(";"):
        assert isinstance(action(attribute(tag, value=text.replace("|", ";")), name), Keep), text


@pytest.mark.parametrize("text", ["Roy", "Roy CT", "Ng", "Wu 2"])
def test_a_short_name_does_not_stay_as_equipment_where_unknown_words_go(text: str) -> None:
    assert not isinstance(action(attribute(0x00081090, value=text), "share"), Keep)


def test_a_station_that_an_option_retains_is_nobodys() -> None:
    retained = profile(Option.DEVICE_IDENTITY)
    for text in ("Ilsabe PC", "Hand, Will", "01712345678", "Wu laptop"):
        assert not isinstance(action(attribute(0x00081010, value=text), retained), Keep)
    for text in ("CT01", "MRC35012", "AXIOM Artis", "BODY_18"):
        assert isinstance(action(attribute(0x00081010, value=text), retained), Keep)


@BOTH
def test_a_remark_in_a_device_goes_by_its_cue_its_place_or_its_initial(name: str) -> None:
    texts = (
        "#SH425532 head;SN 82034176;key: L069-6659;nr tel. 827-303-1617;id=M804-9837;Accession 874-13"
        ";EDD Oct 27, 1952;8828123/19661207/CT;works at Xyzrannow;accident near Xyzrannow;resident of Xyzrannow"
        ";w/ J. Lê;05:25 Kovács^G;PID|1||HC-466-M|"
    )
    for text in texts.split(";"):
        assert not isinstance(action(attribute(0x00181251, value=text), name), Keep), text


@BOTH
@pytest.mark.parametrize("tag", [0x00181020, 0x00181251])
def test_the_own_numbers_spread_or_backward_do_not_stay_as_equipment(tag: int, name: str) -> None:
    for text in ("1_9_5_5_0_4_1_2", "195-50412", "1 9 5 5 0 4 1 2", "21405591", "1955041219550412", "7271738XK"):
        assert not isinstance(action(attribute(tag, value=text), name, BORN, ID), Keep), text


@BOTH
@pytest.mark.parametrize(
    "text", ["CTZyskorran3D", "Zysk0rr4n", "HeadIdaThin", "narroksyZ", "Mlfxbeena", "ZyskÃ³rran"]
)
def test_the_own_name_joined_backward_or_with_digits_goes(text: str, name: str) -> None:
    patient = attribute(0x00100010, vr="PN", value="Zyskorran^Ida" if "Ã" not in text else "Zyskórran^Ida")
    for tag in (0x0008103E, 0x00081090):
        decided = steps(image(attribute(tag, value=f"CT {text}"), patient), name)[tag,].action
        assert text not in str(new_value(decided, f"CT {text}"))


@BOTH
@pytest.mark.parametrize(
    "text", ["12x04x1955", "CT 12 mm 4 mm 55 mm", "d12 m4 y55", "1955x04x12", "MR 12X04X55", "12/IV/55"]
)
def test_a_day_of_birth_dressed_as_a_measure_does_not_stay(text: str, name: str) -> None:
    decided = steps([BORN, attribute(0x0008103E, value=text)], name)
    left = str(new_value(decided[(0x0008103E,)].action, text))
    assert "55" not in left


@BOTH
def test_measures_that_are_no_day_of_birth_stay(name: str) -> None:
    text = "CT THORAX 12x4 mm 50 mm"
    decided = steps([BORN, attribute(0x0008103E, value=text)], name)
    assert new_value(decided[(0x0008103E,)].action, text) == text
