"""Codes are data: what is public stays with its meaning, and nothing else hides under a code."""

from typing import Final

import pytest
from pydicom.sr._concepts_dict import concepts

from factory_attributes import attribute, image, new_value, steps
from public_codes_source import lines
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep
from scanscrub.policy.tables.data_files import lines_of
from scanscrub.policy.tables.public_codes import meanings_of

PROCEDURE: Final = 0x00081032
PUBLIC: Final = [
    (scheme, code, meaning)
    for scheme, keywords in sorted(concepts.items())
    for codes in keywords.values()
    for code, (meaning, _groups) in codes.items()
]
BOTH = pytest.mark.parametrize("profile", ["share", "research"])


def coded(scheme: str, code: str, meaning: str) -> tuple[Attribute, ...]:
    parts = ((0x00080100, "SH", code), (0x00080102, "SH", scheme), (0x00080104, "LO", meaning))
    return tuple(attribute(PROCEDURE, 0, tag, vr=vr, value=value) for tag, vr, value in parts)


def left_of(scheme: str, code: str, meaning: str, profile: str, *more: Attribute) -> tuple[str | None, ...]:
    """Scheme, code and meaning in the copy."""
    seen = image(attribute(PROCEDURE, vr="SQ", length=1), *coded(scheme, code, meaning), *more)
    planned = steps(seen, profile)
    return tuple(
        new_value(planned[PROCEDURE, 0, tag].action, old)
        for tag, old in ((0x00080102, scheme), (0x00080100, code), (0x00080104, meaning))
    )


def test_the_table_is_what_pydicom_says() -> None:
    assert lines_of("public_codes.txt") == [line for line in lines()[1:] if line]


@BOTH
def test_every_concept_of_the_standard_stays_whole(profile: str) -> None:
    for scheme, code, meaning in PUBLIC[::25]:
        assert left_of(scheme, code, meaning, profile) == (scheme, code, meaning)


@BOTH
@pytest.mark.parametrize("number", ["ACC121007", "00113738", "121007"])
def test_a_patients_number_that_has_a_codes_digits_takes_no_code_away(number: str, profile: str) -> None:
    own = (attribute(0x00080050, vr="SH", value=number), attribute(0x00100020, vr="LO", value=number))
    for code, meaning in (("121007", "Device"), ("113738", "Dose (RP)")):
        assert left_of("DCM", code, meaning, profile, *own) == ("DCM", code, meaning)


@BOTH
@pytest.mark.parametrize(
    ("scheme", "code"), [("DCM", "121401"), ("SCT", "12738006"), ("LN", "33154-6"), ("SRT", "T-A0100")]
)
def test_a_name_in_the_meaning_of_a_public_code_gives_way_to_what_it_means(
    scheme: str, code: str, profile: str
) -> None:
    for name in ("Zqcanary Anna", "Dr. Zqcanary", "Brain of Zqcanary", "born 24.03.1961"):
        assert left_of(scheme, code, name, profile) == (scheme, code, meanings_of(scheme, code)[0])


@BOTH
def test_another_spelling_of_a_meaning_stays(profile: str) -> None:
    assert left_of("DCM", "121007", "DEVICE ", profile) == ("DCM", "121007", "DEVICE ")
    assert left_of("SCT", "12738006", "Brain structure", profile) == ("SCT", "12738006", "Brain structure")


@BOTH
def test_a_private_meaning_stays_whole_or_goes_whole(profile: str) -> None:
    assert left_of("99SIEMENS", "CT1", "CT HEAD", profile) == ("99SIEMENS", "CT1", "CT HEAD")
    assert left_of("99SIEMENS", "CT1", "CT of Zqcanary", profile)[2] == "ANONYMIZED"


@BOTH
@pytest.mark.parametrize("scheme", ["99LEE", "99ANN_KIM", "99ZQCANARY", "99_LI_WU"])
def test_a_private_designator_that_may_be_a_name_goes(scheme: str, profile: str) -> None:
    assert left_of(scheme, "A1", "CT HEAD", profile)[0] == "ANONYMIZED"


@BOTH
@pytest.mark.parametrize("scheme", ["99PMP", "99QIICR", "99_OFFIS_DCMTK", "L", "DCM", "SCT", "99SIEMENS"])
def test_a_private_designator_that_is_known_stays(scheme: str, profile: str) -> None:
    assert left_of(scheme, "A1", "CT HEAD", profile)[0] == scheme


@BOTH
@pytest.mark.parametrize("code", ["19610324", "24031961"])
def test_a_date_is_no_code_though_its_scheme_is_public(code: str, profile: str) -> None:
    assert left_of("DCM", code, "CT HEAD", profile)[1] == "ANONYMIZED"


def test_what_is_public_is_marked_so() -> None:
    planned = steps(image(attribute(PROCEDURE, vr="SQ", length=1), *coded("DCM", "121007", "Device")), "share")
    assert all(
        planned[PROCEDURE, 0, tag].action == Keep("a public code, or what it means", public=True)
        for tag in (0x00080100, 0x00080104)
    )


@BOTH
@pytest.mark.parametrize("uid", ["2.16.840.1.113883.6.43.1", "2.16.840.1.113883.3.26.1.1", "1.2.840.10008.2.16.4"])
def test_the_uid_of_a_public_coding_scheme_stays(uid: str, profile: str) -> None:
    scheme = attribute(0x00080110, 0, 0x0008010C, vr="UI", value=uid)
    planned = steps(image(attribute(0x00080110, vr="SQ", length=1), scheme), profile)
    assert isinstance(planned[scheme.where.path].action, Keep)


@BOTH
def test_the_uid_of_a_schemes_owner_is_another_one(profile: str) -> None:
    scheme = attribute(0x00080110, 0, 0x0008010C, vr="UI", value="1.2.3.4711083")
    planned = steps(image(attribute(0x00080110, vr="SQ", length=1), scheme), profile)
    assert not isinstance(planned[scheme.where.path].action, Keep)


@BOTH
def test_a_landmark_stays_where_it_is_no_name(profile: str) -> None:
    def under(text: str, *more: Attribute) -> str | None:
        seen = attribute(0x00201040, vr="LO", value=text)
        return new_value(steps(image(seen, *more), profile)[seen.where.path].action, text)

    assert [under(text) for text in ("OM", "SN", "EAM")] == ["OM", "SN", "EAM"]
    assert under("LEE") != "LEE"
    assert under("OM", attribute(0x00100010, vr="PN", value="Om^Prakash")) != "OM"
