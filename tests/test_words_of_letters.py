"""What of a letter's sentences stays on a page, in several languages, and that no name is among it."""

import pytest

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.text import words
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.text.descriptors import clean_text, identifying_words
from scanscrub.policy.text.person_names import is_login


def left(text: str, *names: str) -> str:
    gone = identifying_words(text, IdentifierMatcher([Identifier(IdentifierKind.NAME, Phi(name)) for name in names]))
    return " ".join(text[word.start : word.end] for place, word in enumerate(words(text)) if place not in gone)


@pytest.mark.parametrize(
    "sentence",
    [
        "Im rechten Oberlappen zeigt sich ein Rundherd, kein Pleuraerguss.",
        "Seit drei Monaten bestehen Husten und Gewichtsverlust.",
        "On observe un nodule du lobe supérieur droit, pas d'épanchement pleural.",
        "Le foie, la rate et les reins sont normaux.",
        "Se observa un nódulo en el lóbulo superior derecho, sin derrame pleural.",
        "El hígado y los riñones tienen un tamaño normal.",
        "Si osserva un nodulo nel lobo superiore destro, non versamento pleurico.",
        "Fegato, milza e reni sono normali.",
        "There is no pleural effusion, and the lymph nodes are not enlarged.",
        "Therapie: Ruhigstellung und Physiotherapie, Hochlagerung, Schmerzmittel.",
        "Traitement : rééducation, kinésithérapie et antalgiques.",
        "Tratamiento: rehabilitación, fisioterapia y analgésicos.",
        "Terapia: riabilitazione, fisioterapia e antidolorifici.",
        "Treatment: rest, physiotherapy, painkillers and crutches.",
    ],
)
def test_a_sentence_about_a_finding_stays_whole(sentence: str) -> None:
    assert left(sentence) == " ".join(sentence[word.start : word.end] for word in words(sentence))


@pytest.mark.parametrize(
    ("sentence", "stays"),
    [
        ("Frau Groß berichtet über Schmerzen.", "berichtet über Schmerzen"),
        ("Mit freundlichen Grüßen\nDr. med. Alt", "Mit freundlichen Grüßen"),
        ("Dr. rer. nat. Lang", ""),
        ("Hans Klein", ""),
        ("Madame Petit a une toux.", "une toux"),
        ("Docteur Grand", ""),
        ("la señora Dolores Delgado tiene fiebre", "tiene fiebre"),
        ("Signora Bella Grande", ""),
        ("Dott. Buono", ""),
        ("Marco Riposo", ""),
        ("Juan Reposo", ""),
        ("Dr. Gesso", ""),
        ("Mr Plaster", ""),
    ],
)
def test_a_name_made_of_such_words_goes(sentence: str, stays: str) -> None:
    assert left(sentence) == stays


def test_the_patients_own_name_goes_where_it_is_such_a_word() -> None:
    assert left("so kurz wie möglich", "Kurz^Zqcanary") == "so wie möglich"


def test_a_header_does_without_the_words_of_letters() -> None:
    assert clean_text("Thorax seit Wochen", (), "allow-list").text == "Thorax"


@pytest.mark.parametrize("text", ["Dr. med. Herz", "Dr. med. univ. Stein", "Prof. Dr. rer. nat. Kopf"])
def test_a_degree_belongs_to_the_title(text: str) -> None:
    assert clean_text(f"CT {text}", (), "block-list").text == "CT"


@pytest.mark.parametrize("word", ["WSNGUYEN1", "MEYERPC", "CTCARSON", "pacshoffmann", "JCARSON"])
def test_a_name_in_what_a_computer_is_called_is_one(word: str) -> None:
    assert is_login(word)
    assert clean_text(f"{word} HEAD", (), "block-list").text == "HEAD"


@pytest.mark.parametrize("word", ["CTROOM1", "RADPC12", "DESKTOP", "CTAWP", "MRELBOW", "USNECK"])
def test_a_computer_called_after_nobody_is_none(word: str) -> None:
    assert not is_login(word)
