import pytest

from scanscrub.domain.finding import Attribute, Finding, HeaderElement, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.secret import Phi
from scanscrub.policy.gravity import Gravity

NAME, NUMBER = HeaderElement((0x00100010,)), HeaderElement((0x00100020,))


def gravity(
    value: str,
    rule: Rule = Rule.IDENTITY,
    severity: Severity = Severity.IDENTITY,
    *,
    name: str = "",
    number: str = "",
) -> Severity:
    seen = [Attribute(NAME, "PN", Phi(name), len(name)), Attribute(NUMBER, "LO", Phi(number), len(number))]
    return Gravity(seen).of(Finding(rule, NAME, severity, evidence=Phi(value)))


@pytest.mark.parametrize("value", ["ANONYMOUS", "Anonymized", "00000000", "UNKNOWN ", "^^"])
def test_a_placeholder_is_hygiene(value: str) -> None:
    assert gravity(value) is Severity.HYGIENE


@pytest.mark.parametrize("value", ["Doe^Jane", "8371727310", "Doe Jane 1970", "DOE"])
def test_a_name_or_a_number_is_identity(value: str) -> None:
    assert gravity(value) is Severity.IDENTITY


def test_a_code_that_is_name_and_number_at_once_is_less_than_identity() -> None:
    assert gravity("SUBJECT-017", name="SUBJECT-017", number="SUBJECT-017") is Severity.QUASI
    assert gravity("SUBJECT-017", name="SUBJECT-017", number="4471") is Severity.IDENTITY
    assert gravity("Doe^Jane2", name="Doe^Jane2", number="Doe^Jane2") is Severity.IDENTITY
    assert gravity("Doe", name="Doe", number="Doe") is Severity.IDENTITY


def test_a_hash_is_less_than_identity() -> None:
    assert gravity("2e2884fea560") is Severity.QUASI


def test_a_birth_date_of_which_only_the_year_was_left_is_less_than_identity() -> None:
    assert gravity("19910101", Rule.DATE) is Severity.QUASI
    assert gravity("19910312", Rule.DATE) is Severity.IDENTITY


def test_nothing_is_ranked_higher_than_it_was() -> None:
    assert gravity("Doe^Jane", severity=Severity.HYGIENE) is Severity.HYGIENE


def test_a_placeholder_burned_into_the_pixels_is_not_judged_here() -> None:
    burned = Finding(Rule.WRITING, PixelRegion(Box(0, 0, 9, 9)), Severity.QUASI, evidence=Phi("ANON"))
    assert Gravity(()).of(burned) is Severity.QUASI
    assert Gravity((), [(512, 512)]).of(burned) is Severity.QUASI


@pytest.mark.parametrize("rule", [Rule.WRITING, Rule.WRITING_UNREADABLE])
def test_what_looks_like_writing_in_an_icon_is_hygiene(rule: Rule) -> None:
    seen = [Attribute(NAME, "PN", Phi(""), 0)]
    burned = Finding(rule, PixelRegion(Box(0, 0, 9, 9)), Severity.QUASI, evidence=Phi("o"))
    assert Gravity((), [(16, 16), (48, 64)]).of(burned) is Severity.HYGIENE
    assert Gravity((), [(16, 16), (48, 65)]).of(burned) is Severity.QUASI
    assert Gravity(seen, [(16, 16)]).of(burned) is Severity.QUASI
    named = Finding(Rule.WRITING_MATCHES_HEADER, PixelRegion(Box(0, 0, 9, 9)), Severity.IDENTITY, evidence=Phi("Doe"))
    assert Gravity((), [(16, 16)]).of(named) is Severity.IDENTITY
