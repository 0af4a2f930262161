"""Structured reports: values by their concept names, in current and retired codes."""

import pytest

from conftest import CANARY
from factory_attributes import attribute, image, new_value, profile, steps
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Action, Empty, Keep, RemapUid, Remove, Replace, ShiftDate
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile

SR = "1.2.840.10008.5.1.4.1.1.88.33"
ITEM = (0x0040A730, 0)
CLEANS = profile(Option.STRUCTURED_CONTENT, Option.DESCRIPTORS)


def _item(value_type: str, scheme: str, code: str, *values: Attribute) -> tuple[Attribute, ...]:
    concept = (*ITEM, 0x0040A043, 0)
    return image(
        attribute(0x0040A730, vr="SQ"),
        attribute(*ITEM, 0x0040A040, vr="CS", value=value_type),
        attribute(*ITEM, 0x0040A043, vr="SQ"),
        attribute(*concept, 0x00080100, vr="SH", value=code),
        attribute(*concept, 0x00080102, vr="SH", value=scheme),
        attribute(*concept, 0x00080104, vr="LO", value="Finding"),
        *values,
        sop_class=SR,
    )


def _value(  # noqa: PLR0917 - what a content item is made of
    value_type: str, scheme: str, code: str, tag: int, vr: str, value: str, wanted: Profile | str
) -> Action:
    one = attribute(*ITEM, tag, vr=vr, value=value)
    return steps(_item(value_type, scheme, code, one), wanted)[one.where.path].action


@pytest.mark.parametrize("wanted", ["share", profile()])
@pytest.mark.parametrize(
    ("value_type", "tag", "vr", "value"),
    [
        ("TEXT", 0x0040A160, "UT", f"Patient: {CANARY}"),  # L058
        ("PNAME", 0x0040A123, "PN", f"{CANARY}^Jane"),
        ("DATE", 0x0040A121, "DA", "20140321"),
        ("DATETIME", 0x0040A120, "DT", "20140321101500"),
        ("TIME", 0x0040A122, "TM", "101500"),
        ("UIDREF", 0x0040A124, "UI", "1.2.3"),
    ],
)
def test_without_the_option_no_text_name_or_date_stays(
    value_type: str, tag: int, vr: str, value: str, wanted: Profile | str
) -> None:
    decided = _value(value_type, "DCM", "121071", tag, vr, value, wanted)
    assert isinstance(decided, Replace | RemapUid)
    assert CANARY not in (new_value(decided, value) or "")


def test_a_finding_is_cleaned() -> None:
    decided = _value("TEXT", "DCM", "121071", 0x0040A160, "UT", f"CHEST normal for {CANARY}", CLEANS)
    assert new_value(decided, None) == "CHEST normal"


@pytest.mark.parametrize("scheme", ["SRT", "SNM3", "99SDM"])
def test_a_retired_code_is_known_as_the_current_one(scheme: str) -> None:  # L059
    dates = profile(Option.STRUCTURED_CONTENT, Option.MODIFIED_DATES)
    decided = _value("DATETIME", scheme, "DF-0070B", 0x0040A120, "DT", "20140321", dates)
    assert isinstance(decided, ShiftDate)


@pytest.mark.parametrize(("code", "kind"), [("121008", "Person Observer Name"), ("999999", "not in the table")])
def test_a_person_becomes_a_dummy(code: str, kind: str) -> None:
    decided = _value("PNAME", "DCM", code, 0x0040A123, "PN", f"{CANARY}^{kind}", CLEANS)
    assert new_value(decided, None) == "ANONYMOUS"


def test_an_identifier_becomes_a_dummy_even_where_it_could_be_cleaned() -> None:
    decided = _value("TEXT", "DCM", "121022", 0x0040A160, "UT", "CHEST", CLEANS)  # Accession Number, X
    assert new_value(decided, None) == "ANONYMIZED"


def test_a_unique_reference_points_at_the_new_uid() -> None:
    decided = _value("UIDREF", "DCM", "121018", 0x0040A124, "UI", "1.2.3.4", CLEANS)
    assert decided == steps(image(sop_class=SR), CLEANS)[0x0020000D,].action


def test_retained_uids_stay_in_reports_too() -> None:
    held = profile(Option.STRUCTURED_CONTENT, Option.UIDS)
    assert isinstance(_value("UIDREF", "DCM", "121018", 0x0040A124, "UI", "1.2.3.4", held), Keep)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [(CLEANS, False), (profile(Option.STRUCTURED_CONTENT, Option.PATIENT_CHARACTERISTICS), True)],
)
def test_sex_and_age_are_patient_characteristics(wanted: Profile, kept: bool) -> None:  # noqa: FBT001 - a parameter
    code = (*ITEM, 0x0040A168, 0)
    seen = _item(
        "CODE",
        "DCM",
        "121032",
        attribute(*ITEM, 0x0040A168, vr="SQ"),
        attribute(*code, 0x00080100, vr="SH", value="F"),
        attribute(*code, 0x00080102, vr="SH", value="DCM"),
        attribute(*code, 0x00080104, vr="LO", value="Female"),
    )
    assert isinstance(steps(seen, wanted)[(*code, 0x00080100)].action, Keep) is kept
    seen = _item("NUM", "DCM", "121033", attribute(*ITEM, 0x0040A300, vr="SQ"))
    assert isinstance(steps(seen, wanted)[(*ITEM, 0x0040A300)].action, Keep if kept else Empty)


@pytest.mark.parametrize("wanted", ["share", "research"])
def test_measurements_and_structure_stay(wanted: str) -> None:
    measured = (*ITEM, 0x0040A300, 0)
    seen = _item(
        "NUM",
        "SCT",
        "410668003",
        attribute(*ITEM, 0x0040A300, vr="SQ"),
        attribute(*measured, 0x0040A30A, vr="DS", value="12.5"),
    )
    decided = steps(seen, wanted)
    for path in ((0x0040A730,), (*ITEM, 0x0040A040), (*ITEM, 0x0040A043), (*measured, 0x0040A30A)):
        assert isinstance(decided[path].action, Keep)


def test_drawings_of_a_presentation_state_go_unless_graphics_are_cleaned() -> None:  # L061
    drawing, text = (0x00700001,), (0x00700001, 0, 0x00700008, 0, 0x00700006)
    seen = image(
        attribute(*drawing, vr="SQ"),
        attribute(*drawing, 0, 0x00700008, vr="SQ"),
        attribute(*text, vr="ST", value=f"{CANARY} lesion"),
        sop_class="1.2.840.10008.5.1.4.1.1.11.1",
    )
    assert isinstance(steps(seen, "share")[drawing].action, Remove)
    decided = steps(seen, profile(Option.GRAPHICS, Option.DESCRIPTORS))
    assert isinstance(decided[drawing].action, Keep)
    assert new_value(decided[text].action, None) == "lesion"
