import pytest

from scanscrub.domain.text import adds, compact, digraphs, folded, key, name_groups, ocr_shape, words


@pytest.mark.parametrize("spelling", ["MÜLLER", "Müller", "mueller", "MULLER", "Mu\u0308ller"])
def test_a_name_has_one_key_however_its_umlaut_is_written(spelling: str) -> None:
    assert key(spelling) == "muller"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Straße", "strasse"), ("Łukasz", "lukasz"), ("Ångström", "angstrom"), ("Ægir", "aegir"), ("Ñandú", "nandu")],
)
def test_diacritics_and_ligatures_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_cyrillic_and_greek_become_latin() -> None:
    assert folded("Иванов") == "ivanov"
    assert folded("Παπαδόπουλος") == "papadopoulos"


def test_a_short_name_keeps_its_vowels() -> None:
    assert key("Doe") == "doe"
    assert key("Noel") == "noel"


def test_umlauts_as_digraphs() -> None:
    assert digraphs("Schröder-Übel") == "schroeder-uebel"


def test_words_know_their_place() -> None:
    text = "T2_Tse (Müller)"
    assert [(text[word.start : word.end], word.folded) for word in words(text)] == [
        ("T2", "t2"),
        ("Tse", "tse"),
        ("Müller", "muller"),
    ]


def test_a_letter_with_a_combining_mark_stays_in_its_word() -> None:
    assert len(words("Mu\u0308ller")) == 1


def test_compact_leaves_letters_and_digits() -> None:
    assert compact("MR-00 123/456") == "mr00123456"


def test_a_person_name_has_groups_of_components() -> None:
    assert name_groups("O'Brien^Jane^^Dr==ヤマダ^タロウ")[0] == ("o", "brien", "jane", "dr")
    assert len(name_groups("Yamada^Tarou=山田^太郎=やまだ^たろう")) == 3
    assert name_groups("^^^^") == ()


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("J0HNS0N", "JOHNSON"),
        ("SM1TH", "SMITH"),
        ("BUms", "Burns"),
        ("8AKER", "BAKER"),
        ("2OI4", "2014"),
        ("WlLLlAM", "WILLIAM"),
    ],
)
def test_what_ocr_confuses_has_one_shape(read: str, meant: str) -> None:
    assert ocr_shape(read) == ocr_shape(meant)


@pytest.mark.parametrize(("reading", "other", "more"), [
    ("AXIAL BONE WINDOW KIM", "AXIAL BONE WINDOW", True),
    ("SLICE THICKNESS 3 mmto", "SLICE THICKNESS 3 mm", True),
    ("Max", "AXIAL BONE WINDOW", True),
    ("SMITH", "ERECT", True),
    ("LI", "R LAT", True),
    ("THlCKNE5S", "SLICE THICKNESS", False),
    ("INESP", "INSP", False),
    ("BONE", "AXIAL BONE WINDOW", False),
    ("AXIAL B", "AXIAL", False),
    ("", "AXIAL", False),
])  # fmt: skip
def test_a_reading_adds_a_word_where_the_other_has_it_nowhere(reading: str, other: str, *, more: bool) -> None:
    assert adds(reading, other) is more
