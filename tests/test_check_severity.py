import pytest

from scanscrub.checking.severity import HeaderSeverity
from scanscrub.domain.finding import Attribute, Finding, HeaderElement, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.headers.status import status_steps
from scanscrub.policy.profile import load_profile
from scanscrub.policy.tables.iod_types import object_types

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
    return HeaderSeverity(seen).of(Finding(rule, NAME, severity, evidence=Phi(value)))


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


PROTOCOL, PERFORMER, CALLBACK = 0x00181030, 0x00404036, 0x00402011


def said(text: str | None, tag: int = PROTOCOL, severity: Severity = Severity.HYGIENE, vr: str = "LO") -> Severity:
    """Of a text in the header of a patient whose name, number and birth date are known."""
    where, value = HeaderElement((tag,)), None if text is None else Phi(text)
    seen = [
        Attribute(NAME, "PN", Phi("Quillfeather^Zelda"), 18),
        Attribute(NUMBER, "LO", Phi("ZQ-83717"), 8),
        Attribute(HeaderElement((0x00100030,)), "DA", Phi("19580314"), 8),
        Attribute(where, vr, value, 40),
    ]
    return HeaderSeverity(seen).of(Finding(Rule.FREE_TEXT, where, severity, evidence=value))


@pytest.mark.parametrize(
    "text", ["Zelda Quillfeather", "head QUILLFEATHER", "ZQ-83717 head", "born 14.03.1958", "head 1958-03-14"]
)
def test_a_text_that_holds_what_the_header_says_of_the_patient_is_identity(text: str) -> None:
    assert said(text) is Severity.IDENTITY
    assert said(text, severity=Severity.QUASI) is Severity.IDENTITY
    assert said(text, 0x00020013, vr="SH") is Severity.IDENTITY


@pytest.mark.parametrize(
    "text", ["Mrs Thistlewood", "Thistlewood Imaging", "seen 2014-03-21", "tel 4711 08154", None]
)
@pytest.mark.parametrize(("tag", "vr"), [(PROTOCOL, "LO"), (PERFORMER, "LO"), (CALLBACK, "LT"), (0x00181016, "LO")])
def test_words_and_numbers_that_nobody_knows_are_more_than_hygiene(text: str | None, tag: int, vr: str) -> None:
    assert said(text, tag, vr=vr) is Severity.QUASI


def test_an_application_title_may_name_a_hospital() -> None:
    assert said("ZQWORKSTATION", 0x00020016, vr="AE") is Severity.QUASI


@pytest.mark.parametrize(
    ("text", "tag", "vr"),
    [
        ("Radiology", PERFORMER, "LO"),
        ("HEAD ROUTINE 3.0 MM", PROTOCOL, "LO"),
        ("none known", 0x00102110, "LO"),
        ("OFFIS_DCMTK_367", 0x00020013, "SH"),
        ("STORESCU", 0x00020016, "AE"),
    ],
)
def test_known_words_and_programs_stay_hygiene(text: str, tag: int, vr: str) -> None:
    assert said(text, tag, vr=vr) is Severity.HYGIENE


def test_a_code_in_place_of_a_name_accuses_no_other_text() -> None:
    where = HeaderElement((PROTOCOL,))
    code = Phi("SUBJECT-0174")
    seen = [Attribute(NAME, "PN", code, 12), Attribute(NUMBER, "LO", code, 12), Attribute(where, "LO", code, 12)]
    assert HeaderSeverity(seen).of(Finding(Rule.FREE_TEXT, where, Severity.QUASI, evidence=code)) is Severity.QUASI


@pytest.mark.parametrize(
    ("vr", "text", "severity"),
    [
        ("PN", "Quillfeather^Zelda", Severity.IDENTITY),
        ("LO", "head of Quillfeather", Severity.IDENTITY),
        ("LO", "Thistlewood Imaging", Severity.QUASI),
        ("LO", "Radiology", Severity.HYGIENE),
        ("PN", "ANONYMOUS", Severity.HYGIENE),
        ("UI", "1.2.3.4.5.6", Severity.HYGIENE),
    ],
)
def test_a_sequence_is_as_grave_as_what_goes_with_it(vr: str, text: str, severity: Severity) -> None:
    outer = HeaderElement((0x00404035,))
    inner = HeaderElement((0x00404035, 0, 0x00404009, 0, 0x00404037))
    seen = [
        Attribute(NAME, "PN", Phi("Quillfeather^Zelda"), 18),
        Attribute(outer, "SQ", None, 1),
        Attribute(inner, vr, Phi(text), len(text)),
    ]
    assert HeaderSeverity(seen).of(Finding(Rule.IDENTITY, outer, Severity.HYGIENE)) is severity


def test_a_foreign_status_is_hygiene_unless_it_names_the_patient() -> None:
    where = HeaderElement((0x00120063,))

    def status(text: str) -> Severity:
        seen = [Attribute(NAME, "PN", Phi("Quillfeather^Zelda"), 18), Attribute(where, "LO", Phi(text), 40)]
        steps = status_steps(seen, load_profile("share"), object_types(""), attest=False)
        found = next(step.because for step in steps if step.where == where and step.because is not None)
        return HeaderSeverity(seen).of(found)

    assert status("ACMEANONYMIZER 4") is Severity.HYGIENE
    assert status("ACMEANONYMIZER for Quillfeather") is Severity.IDENTITY


def test_a_placeholder_burned_into_the_pixels_is_not_judged_here() -> None:
    burned = Finding(Rule.WRITING, PixelRegion(Box(0, 0, 9, 9)), Severity.QUASI, evidence=Phi("ANON"))
    assert HeaderSeverity(()).of(burned) is Severity.QUASI
