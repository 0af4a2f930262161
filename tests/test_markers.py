import pytest

from scanscrub.domain.finding import KnownKind
from scanscrub.policy.markers import is_harmless
from text_examples import HEADER, kept, known, name


@pytest.mark.parametrize("reading", kept("markers_harmless.txt"))
def test_a_marker_a_scale_or_a_technique_is_harmless(reading: str) -> None:
    assert is_harmless(reading, HEADER)


@pytest.mark.parametrize("reading", [*kept("markers_identifying.txt"), "", " "])
def test_whatever_could_identify_is_not_harmless(reading: str) -> None:
    assert not is_harmless(reading, HEADER)


@pytest.mark.parametrize("person", kept("common_names.txt"))
def test_a_common_name_is_not_harmless_even_when_the_header_does_not_know_it(person: str) -> None:
    assert not is_harmless(person.upper(), ())
    assert not is_harmless(f"R {person.title()}", ())


def test_a_marker_that_is_the_patients_name_is_not_harmless() -> None:
    assert is_harmless("TAN", ())
    assert not is_harmless("TAN WEI", (name("Tan^Wei"),))


def test_a_short_number_that_is_a_part_of_an_id_is_not_harmless() -> None:
    assert is_harmless("4711", ())
    assert not is_harmless("4711", (known(KnownKind.ID, "0047110815"),))
