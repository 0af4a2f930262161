"""A remark about somebody's life goes whole: what the vocabulary leaves of a story tells it."""

import pytest

from factory_attributes import action, attribute
from scanscrub.domain import tags
from scanscrub.domain.plan import Keep, Remove
from scanscrub.policy.text.social_history import is_cut_prose, names_a_whereabouts, tells_of_life


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("burned in the raid, witness, seen on television", "seen"),
        ("Daughter lives with hepatitis B", "Daughter lives with hepatitis B"),
        ("Polizistin, Sturz beim Einsatz", "Sturz"),
    ],
)
def test_words_of_everyday_life_make_a_story(text: str, left: str) -> None:
    assert tells_of_life(text, left)


@pytest.mark.parametrize("text", ["mother had breast cancer", "farmer lung", "interpolation by nearest neighbor"])
def test_a_history_and_the_name_of_a_disease_are_no_story(text: str) -> None:
    assert not tells_of_life(text, text)


@pytest.mark.parametrize(
    "text", ["Sister lives in Guben", "Unfall bei Torgau", "habite à Vierzon", "born in Ostrava"]
)
def test_a_word_of_no_vocabulary_where_a_place_stands_is_one(text: str) -> None:
    assert names_a_whereabouts(text)


@pytest.mark.parametrize(
    "text", ["injury in Femur", "fell, pain in Shoulder", "t2 in Dixon", "lives alone", "operiert in Vollnarkose"]
)
def test_a_part_of_the_body_is_no_place_to_live(text: str) -> None:
    assert not names_a_whereabouts(text)


def test_half_a_sentence_is_told_by_its_ordinary_words() -> None:
    assert is_cut_prose("survivor of the harbour explosion, fracture")
    assert not is_cut_prose("fracture, Dr. Canary Zqvist")


def test_a_story_goes_whole_and_a_finding_stays() -> None:
    def under(profile: str, text: str) -> object:
        return action(attribute(0x00104000, vr="LT", value=text), profile)

    assert isinstance(under("share", "witness, seen on television"), Remove)
    assert isinstance(under("research", "Sister lives in Guben, hepatitis"), Remove)
    assert isinstance(under("share", "hepatitis, mother had breast cancer"), Keep)


def test_an_occupation_goes_where_unknown_words_go() -> None:
    occupation = attribute(tags.Occupation, vr="SH", value="nurse")
    assert isinstance(action(occupation, "share"), Remove)
    assert isinstance(action(occupation, "research"), Keep)
