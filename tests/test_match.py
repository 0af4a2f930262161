import pytest

from scanscrub.detect.base import Reading
from scanscrub.detect.reading.match import classify
from scanscrub.domain.finding import IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Rule
from text_examples import HEADER, corpus_lines, known, name


def rule_of(text: str, score: float = 0.9) -> Rule:
    return classify(Reading(Phi(text), score), HEADER)[0]


@pytest.mark.parametrize(("text", "rule"), [line.split("\t") for line in corpus_lines("readings.tsv")])
def test_a_reading_gets_its_rule(text: str, rule: str) -> None:
    assert rule_of(text) == rule


def test_a_reading_nobody_is_sure_of_is_unreadable_unless_it_matches() -> None:
    assert rule_of("kqz7", 0.1) is Rule.WRITING_UNREADABLE
    assert rule_of("MULLER", 0.1) is Rule.WRITING_MATCHES_HEADER


def test_confidence_is_between_0_and_1_and_higher_for_an_exact_match() -> None:
    exact = classify(Reading(Phi("MULLER"), 0.9), HEADER)[1]
    near = classify(Reading(Phi("MULLE"), 0.9), HEADER)[1]
    assert 0.0 < near < exact <= 1.0


def test_a_name_of_two_letters_matches_in_full_only() -> None:
    header = (name("Li^Na"),)
    assert classify(Reading(Phi("LI NA"), 0.9), header)[0] is Rule.WRITING_MATCHES_HEADER
    assert classify(Reading(Phi("L"), 0.9), header)[0] is Rule.WRITING


def test_a_name_in_another_script_matches_inside_a_longer_reading() -> None:
    header = (name("Yamada^Tarou=山田^太郎"),)
    assert classify(Reading(Phi("山田太郎様"), 0.9), header)[0] is Rule.WRITING_MATCHES_HEADER


def test_without_known_values_nothing_matches() -> None:
    assert classify(Reading(Phi("MULLER"), 0.9), ())[0] is Rule.WRITING


def test_a_uid_is_matched_in_full() -> None:
    header = (known(IdentifierKind.UID, "1.2.840.113619.2.55"),)
    assert classify(Reading(Phi("1.2.840.113619.2.55"), 0.9), header)[0] is Rule.WRITING_MATCHES_HEADER
    assert classify(Reading(Phi("840"), 0.9), header)[0] is Rule.WRITING
