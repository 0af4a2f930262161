"""An object keeps what its IOD asks for, at every depth, whatever rule takes the value away."""

import pytest

from conftest import CANARY
from factory_attributes import CT, action, applied, attribute, image, plan, steps
from iod_types_source import FILE, table
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Action, Add, Empty, Keep, Remove, Replace
from scanscrub.policy.profile import Profile
from scanscrub.policy.tables.iod_types import object_types
from value_counts_source import FILE as VALUE_COUNTS
from value_counts_source import table as value_counts

PET = "1.2.840.10008.5.1.4.1.1.128"
REPORT = "1.2.840.10008.5.1.4.1.1.88.33"
SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
ULTRASOUND, RETIRED_ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.6"
ISSUER, LOCAL, UNIVERSAL, UNIVERSAL_TYPE = 0x00080051, 0x00400031, 0x00400032, 0x00400033
REFERENCED_REQUEST, CONTENT, VALUE_TYPE = 0x0040A370, 0x0040A730, 0x0040A040
ENCRYPTED, ENCRYPTED_CONTENT, ENCRYPTED_SYNTAX = 0x04000500, 0x04000520, 0x04000510


def test_the_table_is_what_its_source_makes_of_the_standards_modules() -> None:
    assert FILE.read_text(encoding="utf-8") == table()


def test_types_hold_for_sop_class_and_depth() -> None:
    assert object_types(PET).type_of((0x00080021,)) == "1"
    assert object_types(CT).type_of((0x00080021,)) == "3"
    assert object_types(SLIDE).type_of((0x00480105, 3, 0x00282000)) == "1C"
    assert object_types(REPORT).type_of((REFERENCED_REQUEST, 0, ISSUER, 0, LOCAL)) == "1C"


def test_content_that_nests_in_content_has_the_types_of_content() -> None:
    types = object_types(REPORT)
    for depth in (1, 2, 7):
        assert types.type_of((CONTENT, 0) * depth + (VALUE_TYPE,)) == "1"


def test_a_sequence_of_another_iod_keeps_its_items_valid() -> None:
    assert object_types(CT).type_of((CONTENT, 0, VALUE_TYPE)) == "1"


def test_a_retired_class_is_what_took_its_place() -> None:
    assert object_types(RETIRED_ULTRASOUND) is object_types(ULTRASOUND)


def test_an_unknown_class_is_the_strictest_and_is_not_remembered() -> None:
    one, other = object_types(f"1.2.{CANARY}"), object_types("1.2.3")
    assert one is other
    assert one.type_of((0x00080021,)) == "1"


def _inside(*path: int, vr: str, value: str | None, around: tuple[Attribute, ...]) -> Action | None:
    return action(attribute(*path, vr=vr, value=value), "share", *around, sop_class=REPORT)


def test_an_issuer_keeps_both_halves() -> None:
    request = (REFERENCED_REQUEST, 0)
    around = (attribute(REFERENCED_REQUEST, vr="SQ"), attribute(*request, ISSUER, vr="SQ"))
    for tag in (LOCAL, UNIVERSAL):
        decided = _inside(*request, ISSUER, 0, tag, vr="UT", value=f"{CANARY} hospital", around=around)
        assert decided == Replace("ANONYMIZED")
    kept = _inside(*request, ISSUER, 0, UNIVERSAL_TYPE, vr="CS", value="ISO", around=around)
    assert isinstance(kept, Keep)


def test_a_treatment_record_says_that_it_had_an_institution() -> None:
    machine = attribute(0x300A0206, vr="SQ")
    hospital = attribute(0x300A0206, 0, 0x00080080, value=f"{CANARY} hospital")
    assert isinstance(action(hospital, "share", machine, sop_class="1.2.840.10008.5.1.4.1.1.481.4"), Empty)


def test_an_element_of_another_vr_gets_the_dummy_in_the_standards() -> None:
    wrong = attribute(0x00080021, vr="LO", value=f"seen {CANARY}")
    assert action(wrong, "share", sop_class=PET) == Add("DA", "19000101")


def test_what_had_no_value_gets_none() -> None:
    empty = attribute(0x00080021, vr="DA", value="", length=0)
    assert isinstance(action(empty, "share", sop_class=PET), Keep)


def test_a_name_of_type_2_that_no_table_names_is_emptied() -> None:
    creator = attribute(0x00700084, vr="PN", value=f"{CANARY}^Jane")
    assert isinstance(action(creator, "share", sop_class="1.2.840.10008.5.1.4.1.1.11.1"), Empty)


def test_an_item_that_cannot_be_kept_whole_goes_with_its_sequence() -> None:
    seen = image(
        attribute(ENCRYPTED, vr="SQ"),
        attribute(ENCRYPTED, 0, ENCRYPTED_SYNTAX, vr="UI", value="1.2.840.10008.1.2"),
        attribute(ENCRYPTED, 0, ENCRYPTED_CONTENT, vr="OB", value=None),
    )
    decided = steps(seen)
    assert isinstance(decided[ENCRYPTED,].action, Remove)
    assert [path for path in decided if path[0] == ENCRYPTED] == [(ENCRYPTED,)]


@pytest.mark.parametrize("name", ["share", "research"])
def test_dummies_are_known_again(name: str) -> None:
    seen = image(
        attribute(0x00080021, vr="DA", value="20140321"),
        attribute(0x00080031, vr="TM", value="101500"),
        attribute(0x00080080, value=f"{CANARY} hospital"),
        attribute(0x00181000, value=f"{CANARY}77"),
        attribute(0x00181200, vr="DA", value="20140321"),
        attribute(0x0040A124, vr="UI", value="1.2.3"),
        attribute(0x00700084, vr="PN", value=f"{CANARY}^Jane"),
        sop_class="1.2.3.4",
    )
    copy = applied(seen, name)
    assert plan(copy, name).changes == ()


def test_what_a_user_removes_goes_though_the_object_needs_it() -> None:
    user = Profile("mine", "", frozenset(), remove=frozenset({0x00080021}))
    assert isinstance(action(attribute(0x00080021, vr="DA", value="20140321"), user, sop_class=PET), Remove)


def test_the_counts_of_values_are_what_their_source_makes_of_the_standard() -> None:
    assert VALUE_COUNTS.read_text(encoding="utf-8") == value_counts()
