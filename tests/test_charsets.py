"""Text that is not in the character set that the file declares: nothing of it stays, whatever code set it is in."""

import random
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import pytest
from faker import Faker

from factory_attributes import policy
from factory_dicom import Row, ct_rows, data_set, part10, with_rows
from scanscrub.domain.plan import Action, Clean, Keep, Source
from scanscrub.formats.dicom.encoding.charsets import character_set
from scanscrub.formats.dicom.file_format import FORMAT

DESCRIPTION: Final = "(0008,1030)"
CODE_SETS: Final = {
    "ja_JP": ("shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-8"),
    "zh_CN": ("gb18030", "gbk", "gb2312", "hz", "utf-8"),
    "zh_TW": ("big5", "gb18030", "utf-8"),
    "ko_KR": ("euc_kr", "cp949", "johab", "iso2022_kr", "utf-8"),
    "ru_RU": ("koi8_r", "cp1251", "cp866", "iso8859_5", "utf-8"),
    "th_TH": ("cp874", "utf-8"),
    "he_IL": ("cp1255", "iso8859_8", "utf-8"),
    "ar_SA": ("cp1256", "iso8859_6", "utf-8"),
    "el_GR": ("cp1253", "iso8859_7"),
    "pl_PL": ("cp1250", "iso8859_2", "utf-8"),
    "tr_TR": ("cp1254", "utf-8"),
    "de_DE": ("latin-1", "utf-8"),
}
PAIRS: Final = [(locale, code_set) for locale, code_sets in CODE_SETS.items() for code_set in code_sets]


def action_on(description: bytes, declared: str, profile: str, *more: Row) -> Action:
    """What happens to a Study Description of these bytes under a declared character set."""
    rows = with_rows(ct_rows(character_set=declared, study_description=description), *more)
    with FORMAT.open(BytesIO(part10(data_set(rows))), Source(1, "")) as document:
        plan = policy(profile).decide(Source(1, ""), tuple(document.inspect()), ())
    return next(step.action for step in plan.steps if str(step.where) == DESCRIPTION)


def names(locale: str, code_set: str, count: int) -> Iterator[bytes]:
    """Names in a code set, each cut somewhere, none of which is plain ASCII."""
    fake = Faker(locale)
    fake.seed_instance(len(code_set))
    chance = random.Random(count)  # noqa: S311 - no secret
    while count:
        try:
            name = fake.name().encode(code_set)
        except UnicodeEncodeError:
            continue
        name = name[: chance.randint(2, len(name))]
        if not name.isascii() or b"\x1b$" in name[:-2] or b"~{" in name[:-1]:
            count -= 1
            yield name


def stays(action: Action) -> str:
    return action.text if isinstance(action, Clean) else "all of it" if isinstance(action, Keep) else ""


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize(("locale", "code_set"), [pair for pair in PAIRS if pair[1] != "hz"])
def test_a_name_in_an_undeclared_code_set_goes(locale: str, code_set: str, profile: str) -> None:
    for name in names(locale, code_set, 6):
        for text in (b"CT HEAD " + name, name + b" HEAD", name):
            assert not stays(action_on(text, "", profile))


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("declared", ["\\ISO 2022 IR 87", "ISO 2022 IR 6\\ISO 2022 IR 159", "ISO_IR 6"])
def test_eight_bits_under_sets_of_seven_go(declared: str, profile: str) -> None:
    for locale, code_set in (("zh_CN", "gbk"), ("ja_JP", "shift_jis"), ("ru_RU", "koi8_r"), ("de_DE", "latin-1")):
        for name in names(locale, code_set, 8):
            assert not stays(action_on(b"CT HEAD " + name, declared, profile))


@pytest.mark.parametrize("profile", ["share", "research"])
def test_iso_2022_text_that_was_cut_anywhere_leaves_no_pieces(profile: str) -> None:
    whole = ("CT " + "\u4e2d\u6751\u82b1\u5b50 " * 3).encode("iso2022_jp")
    name = "Nakamura^Hanako=\u4e2d\u6751^\u82b1\u5b50".encode("iso2022_jp")
    for end in range(len("CT ") + 7, len(whole) + 1):
        action = action_on(whole[:end], "\\ISO 2022 IR 87", profile, (0x00100010, "PN", name))
        assert set(stays(action).split()) <= {"CT"}


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize(
    "text",
    [
        b"CT \x1b$B;3 ED\x1b(B",  # a space inside a run of two bytes
        b"CT \x1b$@;3ED\x1b(B",  # the set of 1978
        b"CT \x1b$(C1h\x1b(B",
        b"CT \x1b$)C\x0e1h\x0f",
        b"CT \x1b",
        b"S\0C\0H\0M\0I\0D\0T\0",
        b"\0C\0T\0 \0H\0E\0A\0D",
        b"CT S\x08C\x08H",
        b"CT \x8d\x8e",
    ],
)
def test_controls_and_strange_escapes_are_no_text(text: bytes, profile: str) -> None:
    for declared in ("", "ISO_IR 100", "\\ISO 2022 IR 87", "ISO_IR 192"):
        assert not stays(action_on(text + b" HEAD", declared, profile))


@pytest.mark.parametrize("profile", ["share", "research"])
def test_two_bytes_a_character_are_not_taken_for_latin_1(profile: str) -> None:
    for text in (
        "\u738b\u5c0f\u73b2".encode("gbk"),
        "\uae40\ubbfc\uc218".encode("euc_kr"),
        "Sch\u00e4\u00dfer".encode(),
    ):
        assert not stays(action_on(b"CT HEAD " + text, "ISO_IR 100", profile))


@pytest.mark.parametrize("declared", ["", "ISO_IR 100", "ISO_IR 192", "ISO_IR 6"])
@pytest.mark.parametrize("text", ["CT Sch\u00e4del nativ", "\u00dcbersicht", "CT HEAD"])
def test_words_of_the_vocabulary_stay_though_their_character_set_was_forgotten(text: str, declared: str) -> None:
    encoding = "utf-8" if declared == "ISO_IR 192" else "latin-1"
    for profile in ("share", "research"):
        assert isinstance(action_on(text.encode(encoding), declared, profile), Keep)


def test_a_date_beside_a_forgotten_umlaut_does_not_stay() -> None:
    for profile in ("share", "research"):
        assert not stays(action_on("CT Sch\u00e4del 24.03.1961".encode("latin-1"), "", profile))


@pytest.mark.parametrize("code_set", ["shift_jis", "euc_jp", "iso2022_jp", "utf-8"])
def test_a_name_in_no_declared_code_set_is_known_by_what_it_says(code_set: str) -> None:
    stored = "\u4e2d\u6751^\u82b1\u5b50".encode(code_set)
    row: Row = (0x00080090, "PN", stored)
    rows = with_rows(ct_rows(character_set=""), row)
    with FORMAT.open(BytesIO(part10(data_set(rows))), Source(1, "")) as document:
        known = policy("share").about(tuple(document.inspect())).known
    assert any("\u4e2d\u6751" in one.value.reveal() for one in known)


def test_declared_text_is_read_as_before() -> None:
    for declared, encoding, text in (
        ("ISO_IR 100", "latin-1", "Sch\u00e4del \u00e9tendu 45\u00b0"),
        ("ISO_IR 192", "utf-8", "\u5c71\u7530 \u0433\u043e\u043b\u043e\u0432\u0430"),
        ("GB18030", "gb18030", "\u738b\u5c0f\u4e1c"),
        ("ISO_IR 144", "iso8859_5", "\u0433\u043e\u043b\u043e\u0432\u0430"),
        ("\\ISO 2022 IR 87", "iso2022_jp", "CT \u5c71\u7530"),
    ):
        assert character_set(declared).read(text.encode(encoding)) == text


def test_a_declared_name_is_not_known_by_the_pieces_of_wrong_readings() -> None:
    rows = ct_rows(character_set="ISO_IR 100", patient_name="J\u00f6rg^Zqcanary".encode("latin-1"))
    with FORMAT.open(BytesIO(part10(data_set(rows))), Source(1, "")) as document:
        known = policy("share").about(tuple(document.inspect())).known
    names_known = {one.value.reveal() for one in known if "rg" in one.value.reveal()}
    assert names_known == {"J\u00f6rg^Zqcanary"}
