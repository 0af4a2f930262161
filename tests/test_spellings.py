import random

import pytest

from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.policy.identifiers.byte_forms import weight
from scanscrub.policy.identifiers.byte_search import HEADER_BITS, PIXEL_BITS, ByteSearch
from scanscrub.policy.identifiers.value_forms import date_forms, id_forms, name_forms
from scanscrub.policy.text.descriptors import clean_text
from text_examples import HEADER, known, name

SPELLINGS = ByteSearch(HEADER)


@pytest.mark.parametrize(
    "text",
    [
        "Müller",
        "MUELLER",
        "muller",
        "Study of Jane",
        "OBrien O'Brien",
        "Long^Bo",
        "BO LONG",
        "MR-00123456",
        "mr00123456",
        "20010706E403961",
        "19620214",
        "1962-02-14",
        "14.02.1962",
        "2/14/1962",
        "14 Feb 1962",
        "February 14, 1962",
        "seen at ST. VINCENT HOSPITAL",
    ],
)
def test_a_known_value_is_found_in_text(text: str) -> None:
    assert SPELLINGS.in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LONG AXIS",
        "HOSPITAL",
        "1.00123456",
        "2.25.196202140012345619620214",
        r"0.12345\-123.456\1962.0214",
        "Mullerian duct",
        "ORIGINAL\\PRIMARY\\AXIAL",
    ],
)
def test_what_only_resembles_a_known_value_is_not_found(text: str) -> None:
    assert not SPELLINGS.in_text(text)


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["DAVIDSON", "davidson", "Davidson", "LI^CHEN^WEI", "Chen Li", "li, chen"])
def test_a_name_is_found_in_any_bytes(text: str, encoding: str) -> None:
    spellings = ByteSearch((name("Davidson^Douglas"), name("Li^Chen^Wei")))
    data = b"\x00\x91" + text.encode(encoding) + b"\x00\x07"
    assert spellings.in_header_bytes(data)
    assert spellings.in_bytes(data) == (len(text) >= 8)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müllermeister", "utf-8"),
        ("Müllermeister", "latin-1"),
        ("MÜLLERMEISTER", "latin-1"),
        ("Muellermeister", "ascii"),
        ("MULLERMEISTER", "utf-16-le"),
        ("Müllermeister", "utf-16-be"),
    ],
)
def test_an_umlaut_is_found_in_every_encoding(text: str, encoding: str) -> None:
    assert ByteSearch((name("Müllermeister^Zq"),)).in_bytes(b"\xff" + text.encode(encoding) + b"\xfe")


@pytest.mark.parametrize("encoding", ["utf-8", "iso2022_jp", "shift_jis", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("text", ["山田^太郎", "山田 太郎", "山田太郎", "太郎^山田"])
def test_a_japanese_name_is_found_in_every_encoding(text: str, encoding: str) -> None:
    spellings = ByteSearch((name("Yamada^Tarou=山田^太郎=やまだ^たろう"),))
    assert spellings.in_bytes(b"\x00" + text.encode(encoding) + b"\x00")


def test_a_korean_and_a_russian_name_are_found_in_their_encodings() -> None:
    assert ByteSearch((name("김^희중"),)).in_bytes("김^희중".encode("iso2022_kr"))
    assert ByteSearch((name("Люксембург^Роза"),)).in_bytes("ЛЮКСЕМБУРГ".encode("iso8859_5"))


@pytest.mark.parametrize("text", ["19620214", "14.02.1962", "14FEB1962", "MR00123456", "mr-00123456"])
def test_dates_and_ids_are_found_in_the_bytes_of_a_header(text: str) -> None:
    assert SPELLINGS.in_header_bytes(b"DA\x08\x00" + text.encode() + b"\x00")


def test_in_a_header_a_value_inside_a_longer_one_is_not_found() -> None:
    assert not SPELLINGS.in_header_bytes(b"2.25.1196202141")


def test_flat_areas_and_gradients_are_no_ids() -> None:
    spellings = ByteSearch((known(IdentifierKind.ID, "000000000000"), known(IdentifierKind.ID, "123456789")))
    assert not spellings.in_header_bytes(b"0" * 64 + bytes(range(256)))


def test_noise_in_the_letters_of_short_values_holds_none_of_those_searched_in_pixels() -> None:
    noise = random.Random(1).choices(b"0123456789", k=1 << 18)  # noqa: S311 - noise
    ids = tuple(known(IdentifierKind.ID, f"{number:07}") for number in range(7_000_003, 7_000_043))
    assert not ByteSearch(ids).in_bytes(bytes(noise))


def test_the_weight_of_a_value_is_its_improbability() -> None:
    assert weight("davidson") >= PIXEL_BITS > weight("davids")
    assert weight("smith") >= HEADER_BITS > weight("lee")
    assert weight("00000000") == 0.0
    assert weight("12345678") == 0.0


def test_a_word_of_the_vocabulary_is_searched_in_the_full_name_only() -> None:
    spellings = ByteSearch((name("Chestnut^Mandible"), name("Mandible^Thoracic")))
    assert not spellings.in_bytes(b"MANDIBLE THORACIC"[:8])
    assert spellings.in_bytes(b"THORACIC MANDIBLE")


def test_a_uid_is_found_as_it_is() -> None:
    uid = "1.2.840.113619.2.55.3.604688119"
    spellings = ByteSearch((known(IdentifierKind.UID, uid),))
    assert spellings.in_text(f"see {uid}")
    assert spellings.in_bytes(uid.encode())
    assert not spellings.in_text(uid + "1")
    assert not spellings.in_text(uid + ".1")


def test_nothing_is_found_where_nothing_is_known() -> None:
    nothing: tuple[Identifier, ...] = ()
    assert not ByteSearch(nothing).in_text("Jane Müller 19620214")
    assert not ByteSearch(nothing).in_header_bytes(b"Jane Mueller 19620214")


def test_an_empty_name_or_a_dummy_value_is_found_nowhere() -> None:
    spellings = ByteSearch(
        (name("^^^^"), name(""), known(IdentifierKind.DATE, "0000"), known(IdentifierKind.PLACE, " "))
    )
    assert not spellings.in_text("^^^^ 0000")
    assert not spellings.in_header_bytes(b"^^^^ 0000")


@pytest.mark.parametrize("form", sorted({form.text for form in date_forms("19620214")}))
def test_every_spelling_of_a_date_is_found_and_cleaned(form: str) -> None:
    assert SPELLINGS.in_text(f"CT {form} head")
    assert clean_text(f"CT {form} head", HEADER, "block-list").text == "CT head"


@pytest.mark.parametrize("form", sorted({form.text for form in name_forms("Müller^Jane^Anne")}))
def test_every_spelling_of_a_name_is_cleaned(form: str) -> None:
    assert clean_text(f"CT {form} head", HEADER, "block-list").text == "CT head"


@pytest.mark.parametrize("form", sorted({form.text for form in id_forms("MR-00123456")}))
def test_every_spelling_of_an_id_is_found_and_cleaned(form: str) -> None:
    assert SPELLINGS.in_text(f"CT {form} head")
    assert clean_text(f"CT {form} head", HEADER, "block-list").text == "CT head"


def test_an_id_of_letters_is_found_and_cleaned() -> None:
    header = (known(IdentifierKind.ID, "ZQCANARY"), known(IdentifierKind.ID, "Qxtz-77"))
    assert ByteSearch(header).in_text("CT zqcanary")
    assert clean_text("CT Zqcanary qxtz head", header, "block-list").text == "CT head"


def test_an_id_that_is_a_plain_word_is_not_sought() -> None:
    header = (known(IdentifierKind.ID, "PHANTOM"),)
    assert not ByteSearch(header).in_text("Water phantom")
    assert clean_text("Water phantom", header, "allow-list").text == "Water phantom"


def test_a_uid_that_only_begins_like_a_known_one_is_not_it() -> None:
    spellings = ByteSearch([Identifier(IdentifierKind.UID, Phi("1.2.826.0.1.3680043.8.999.4711"))])
    assert spellings.in_bytes(b"UI 1.2.826.0.1.3680043.8.999.4711\0")
    assert not spellings.in_bytes(b"UI 1.2.826.0.1.3680043.8.999.47112")
    assert not spellings.in_bytes(b"UI 1.2.826.0.1.3680043.8.999.4711.3")
