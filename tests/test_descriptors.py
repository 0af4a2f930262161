import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.tables.vocabulary import eponyms, plain_words
from scanscrub.policy.text.descriptors import Mode, clean_text
from text_examples import HEADER, identities, kept, name

MODES: tuple[Mode, ...] = ("allow-list", "block-list")
KNOWN = IdentifierMatcher(HEADER)
SPELLINGS = ByteSearch(HEADER)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", kept("kept_tuning.txt"))
def test_a_description_that_identifies_nobody_comes_back_as_it_is(text: str, mode: Mode) -> None:
    assert clean_text(text, KNOWN, mode) == clean_text(text, (), mode)
    assert clean_text(text, (), mode).text == text
    assert clean_text(text, (), mode).words == 0


@pytest.mark.parametrize(
    ("text", "with_allow_list", "with_block_list"),
    identities("identity_tuning.tsv") + identities("identity_holdout.tsv"),
)
def test_an_identity_goes_and_the_description_stays(text: str, with_allow_list: str, with_block_list: str) -> None:
    allowed = clean_text(text, KNOWN, "allow-list")
    assert allowed.text == with_allow_list
    assert allowed.words > 0
    assert clean_text(text, KNOWN, "block-list").text == with_block_list


def test_nearly_all_descriptions_that_others_wrote_come_back_as_they_are() -> None:
    texts = kept("kept_holdout.txt") + kept("kept_found.txt") + kept("kept_found_later.txt")
    same = [text for text in texts if all(clean_text(text, (), mode).text == text for mode in MODES)]
    assert len(same) / len(texts) > 0.95


@pytest.mark.parametrize("person", kept("common_names.txt"))
def test_a_common_name_is_no_vocabulary(person: str) -> None:
    assert person not in plain_words()
    if person not in eponyms():
        assert clean_text(f"CT CHEST {person.upper()}", (), "allow-list").text == "CT CHEST"


def test_a_patient_named_like_a_projection_loses_it() -> None:
    known = (name("Waters^Zq"),)
    assert clean_text("Skull Waters", (), "allow-list").text == "Skull Waters"
    assert clean_text("Skull Waters", known, "allow-list").text == "Skull"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("Li^Wei", "CT Thorax Li"),
        ("Li^Wei", "Li off"),
        ("Long^John", "Long seen lesion segment VII"),
        ("Chest^John", "CT CHEST"),
        ("Smith^Axial", "t2 axial"),
        ("Gray^Anna", "no gray matter lesion"),
        ("Head^Bone", "CT HEAD"),
        ("Ball^Marek", "Ball catcher view"),
        ("Doe^Kopf Anna", "MRT KOPF"),
        ("Center^Eva", "center of the lesion"),
        ("Long^John", "CTLong"),
        ("Hand^Eva", "MR Hand2"),
    ],
)
def test_a_text_with_a_word_that_is_the_patients_name_as_well_goes_whole(person: str, text: str, mode: Mode) -> None:
    assert clean_text(text, (), mode).text
    assert not clean_text(text, (name(person),), mode).text


@pytest.mark.parametrize("text", ["CT CHEST M. Ball", "CT CHEST BALL M", "CT CHEST Ball, Marek"])
def test_such_a_word_beside_the_rest_of_the_name_is_the_name_and_goes_alone(text: str) -> None:
    assert clean_text(text, (name("Ball^Marek"),), "block-list").text == "CT CHEST"


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("Chest^Phantom", "CT CHEST"),
        ("Smith^John^^Mr", "MR BRAIN"),
        ("Smith^M R", "M R BRAIN"),
        ("von der Heide^Anna", "nach der OP"),
        ("Phantom^Jim", "phantom"),
    ],
)
def test_titles_initials_particles_and_phantoms_are_no_names(person: str, text: str) -> None:
    assert clean_text(text, (name(person),), "block-list") == clean_text(text, (), "block-list")


def test_each_value_of_a_list_is_cleaned_for_itself() -> None:
    cleaned = clean_text(r"B30f\Jane\3", KNOWN, "allow-list")
    assert cleaned.text == r"B30f\\3"
    assert cleaned.words == 1


def test_words_gone_are_counted() -> None:
    assert clean_text("XR CHEST for Jane Doe", (), "allow-list").words == 3


def test_a_name_in_another_script_is_found_inside_a_longer_word() -> None:
    known = (name("Yamada^Tarou=山田^太郎=やまだ^たろう"),)
    assert clean_text("CT 山田太郎様", known, "block-list").text == "CT"
    assert clean_text("CT YAMADA", known, "block-list").text == "CT"


def test_cyrillic_and_latin_spellings_are_one() -> None:
    known = (name("Иванов^Пётр"),)
    assert clean_text("CT IVANOV chest", known, "block-list").text == "CT chest"


_PIECES = st.sampled_from([*kept("pieces.txt"), " ", "\n"])


@settings(deadline=None)
@given(
    st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=30)
)
@example("Dr. Dr. Dr")
@example("(Jane (Müller) Jane)")
@example("JANE\u0180")
@example("JANE\u5c71")
def test_a_cleaned_text_cleaned_again_is_the_same_and_holds_no_known_value(text: str) -> None:
    for mode in MODES:
        once = clean_text(text, KNOWN, mode)
        assert clean_text(once.text, KNOWN, mode) == type(once)(once.text, 0)
        assert clean_text(once.text, (), mode).text == once.text
        assert not SPELLINGS.in_text(once.text)
        assert (once.words == 0) == (once.text == text)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["MEDIAN BEAT", "ECG NORMALE", "TACHICARDIA SINUSALE", "JPEG 2000 (lossy) 3011:1"])
def test_what_an_electrocardiogram_and_a_compression_say_stays_whole(text: str, mode: Mode) -> None:
    assert clean_text(text, (), mode).text == text


def test_a_ratio_is_one_of_a_compression_only() -> None:
    assert clean_text("CT 3011:1", (), "allow-list").text == "CT"


@pytest.mark.parametrize("surname", ["Castro", "Kettunen", "Castillo", "Berg", "Abdi", "Alain", "Bridges"])
def test_a_name_that_is_joined_to_numbers_goes_as_it_goes_alone(surname: str) -> None:
    for form in ("{}61", "{}1", "T1{}", "3D{}", "{}3D", "{}5mm", "T2{}FS", "{}v2", "C{}2"):
        for written in (surname, surname.upper()):
            assert clean_text(f"MRI {form.format(written)} neck", (), "allow-list").text == "MRI neck"


def test_words_of_radiology_that_are_joined_to_numbers_stay() -> None:
    for text in (
        "THORAX2",
        "lava3d",
        "PHASE1",
        "rtbreast1",
        "ciss3d",
        "T1wMPRAGE3D",
        "T2TSEFS",
        "coronal2",
        "HEAD3mm",
    ):
        assert clean_text(text, (), "allow-list").text == text


@pytest.mark.parametrize("mode", MODES)
def test_a_short_name_of_the_patient_goes_from_a_word_with_numbers(mode: Mode) -> None:
    known = (name("Papp^Lena^Paul Karl"),)
    for joined in ("3DPAUL", "3TKARL", "CLENA2", "Pappv2", "T2PappFS", "5mmPapp", "MRLENA1"):
        assert clean_text(f"MRI neck {joined}", known, mode).text == "MRI neck"
