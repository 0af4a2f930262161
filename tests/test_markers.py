import pytest

from scanscrub.domain.finding import IdentifierKind
from scanscrub.policy.text.markers import is_harmless
from text_examples import HEADER, kept, known, name


def test_a_marker_a_scale_or_a_technique_is_harmless() -> None:
    assert [reading for reading in kept("markers_harmless.txt") if not is_harmless(reading, HEADER)] == []


def test_whatever_could_identify_is_not_harmless() -> None:
    assert [reading for reading in (*kept("markers_identifying.txt"), "", " ") if is_harmless(reading, HEADER)] == []


def test_a_common_name_is_not_harmless_even_when_the_header_does_not_know_it() -> None:
    for person in kept("common_names.txt"):
        assert not is_harmless(person.upper(), ()), person
        assert not is_harmless(f"R {person.title()}", ()), person


def test_a_marker_that_is_the_patients_name_is_not_harmless() -> None:
    assert is_harmless("TAN", ())
    assert not is_harmless("TAN WEI", (name("Tan^Wei"),))


def test_a_short_number_that_is_a_part_of_an_id_is_not_harmless() -> None:
    assert is_harmless("TR 4711", ())
    assert not is_harmless("TR 4711", (known(IdentifierKind.ID, "0047110815"),))


def test_a_short_number_that_is_a_whole_id_is_not_harmless() -> None:
    assert is_harmless("IM 47", ())
    assert is_harmless("IM 47", (known(IdentifierKind.ID, "48"), known(IdentifierKind.ID, "4")))
    assert not is_harmless("IM 47", (known(IdentifierKind.ID, "47"),))
    assert is_harmless("SE 4", (known(IdentifierKind.ID, "4"),))  # nearly every study has one of these numbers


@pytest.mark.parametrize("text", ["P. CROSS", "CROSS P. PORT", "M.BONE"])
def test_an_initial_and_a_word_may_be_a_name(text: str) -> None:
    assert not is_harmless(text, ())


@pytest.mark.parametrize("text", ["MIN THI", "Ma Win", "KEV TAN", "TAN, MA", "Thi Tra Lao"])
def test_marks_that_are_names_too_are_not_harmless_side_by_side(text: str) -> None:
    assert not is_harmless(text, ())


@pytest.mark.parametrize("text", ["TAN", "MIN 3", "Gen THI", "R LAO", "WIN 40", "120 kV 85 mA"])
def test_one_mark_that_is_a_name_too_or_one_beside_others_is_harmless(text: str) -> None:
    assert is_harmless(text, ())


@pytest.mark.parametrize("text", ["R. FOOT", "L.LAT", "THK. 5 MM", "ERECT. PA"])
def test_a_side_with_a_point_is_no_initial(text: str) -> None:
    assert is_harmless(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "4711", "P4471", "712P845", "1958F14", "3120P", "W 4471", "44 71", "447 19", "4.4719", "0815", "R 4471",
        "03-58", "3/58", "58-03", "5803", "07.11", "11 - 07", "Im: 4711/0815",
    ],
)  # fmt: skip
def test_what_may_be_a_number_or_a_month_of_somebody_is_not_harmless(text: str) -> None:
    assert not is_harmless(text, ())


@pytest.mark.parametrize(
    "text",
    ["W1500", "W 1500", "W 1500 L 400", "C 40", "471", "P 45", "512x512", "TR 4711", "TR4711", "TR/TE 500/20", "7.11",
     "Im 3/58", "1.3 2.6", "7 12", "TSET2", "T2TSE", "-31", "120kV85mAs", "5.0mm"],
)  # fmt: skip
def test_settings_that_look_a_little_like_numbers_of_somebody_are_harmless(text: str) -> None:
    assert is_harmless(text, ())
