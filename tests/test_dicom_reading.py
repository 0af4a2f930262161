"""DICOM files as they come: recognized by content, read whole, or refused with a sentence."""

import io
import struct

import pytest

from conftest import CANARY
from factory_dicom import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    RLE,
    Row,
    ct_file,
    ct_rows,
    data_set,
    element,
    head,
    item,
    part10,
    raw_item,
    with_rows,
)
from scanscrub.archives import allowance
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute, HeaderElement, SegmentSeen
from scanscrub.domain.plan import Source
from scanscrub.formats.dicom.encoding import container
from scanscrub.formats.dicom.file_format import FORMAT

SOURCE = Source(1, "ab" * 32)


def seen_in(file: bytes) -> list[Attribute | SegmentSeen]:
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        return list(document.inspect())


def at(file: bytes, *path: int) -> Attribute:
    (found,) = (one for one in seen_in(file) if one.where == HeaderElement(path))
    assert isinstance(found, Attribute)
    return found


def text(file: bytes, *path: int) -> str | None:
    value = at(file, *path).value
    return None if value is None else value.reveal()


@pytest.mark.parametrize(
    "file",
    [
        ct_file(),
        data_set(ct_rows()),
        data_set(ct_rows(), IMPLICIT),
        data_set(ct_rows(), BIG),
        part10(data_set(ct_rows()))[132:],
        part10(data_set(ct_rows()), preamble=b"II*\0"),
    ],
    ids=["part 10", "explicit", "implicit", "big endian", "file meta first", "TIFF in the preamble"],
)
def test_dicom_is_recognized_by_content(file: bytes) -> None:
    assert FORMAT.sniff(file[:4096])
    assert text(file, 0x00080060) == "CT"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\x08\0",
        b"\x08\0\x60\0CS\2\0CT" + bytes(20),
        b"PK\3\4" + bytes(200),
        b"\x02\0\0\0\xff\xff\xff\xff" + bytes(200),
    ],
)
def test_other_files_are_not_taken_for_dicom(head: bytes) -> None:
    assert not FORMAT.sniff(head)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
def test_every_encoding_shows_the_same_values(syntax: str) -> None:
    nested: Row = (0x00081140, "SQ", [[(0x00081155, "UI", "1.2.3")], [(0x00081155, "UI", "1.2.4")]])
    rows = with_rows(
        ct_rows(), nested, (0x00280009, "AT", struct.pack(">HH" if syntax == BIG else "<HH", 0x18, 0x1063))
    )
    file = part10(data_set(rows, syntax), syntax)
    assert text(file, 0x00100010) == f"{CANARY}^Jane"
    assert text(file, 0x00280010) == "8"
    assert text(file, 0x00280009) == "00181063"
    assert text(file, 0x00081140, 1, 0x00081155) == "1.2.4"
    assert at(file, 0x00081140).length == 2
    assert text(file, 0x7FE00010) is None
    assert at(file, 0x7FE00010).length == 128


def test_the_file_meta_group_is_shown_and_a_preamble_with_content_is_a_segment() -> None:
    file = part10(data_set(ct_rows()), preamble=CANARY.encode())
    assert text(file, 0x00020010) == EXPLICIT
    assert [str(one.where) for one in seen_in(file) if isinstance(one, SegmentSeen)] == ["DICOM preamble #1"]


@pytest.mark.parametrize(
    ("row", "vr", "value"),
    [
        ((0x00100010, "UN", CANARY.encode()), "PN", CANARY),
        ((0x00100020, "OB", CANARY.encode()), "LO", CANARY),
        ((0x00081030, "SH", CANARY), "LO", CANARY),
        ((0x00280010, "UN", b"\x08\0"), "US", "8"),
        ((0x00281052, "UN", b"-1 "), "DS", "-1"),
        ((0x00100012, "UN", CANARY.encode()), "LT", CANARY),
        ((0x60020022, "UN", CANARY.encode()), "LO", CANARY),
        ((0x00091010, "UN", CANARY.encode()), "UN", None),
        ((0x00189073, "FD", b"1234"), "FD", None),
    ],
)
def test_an_element_is_understood_by_its_tag(row: Row, vr: str, value: str | None) -> None:
    file = ct_file(row)
    assert at(file, row[0]).vr == vr
    assert text(file, row[0]) == value


def test_a_private_element_knows_its_creator_and_by_it_its_representation() -> None:
    rows = with_rows(ct_rows(), (0x00190010, "LO", "GEMS_ACQU_01"), (0x00191023, "DS", "1.5"))
    file = part10(data_set(rows, IMPLICIT), IMPLICIT)
    found = at(file, 0x00191023)
    assert found.creator is not None
    assert found.creator.reveal() == "GEMS_ACQU_01"
    assert (found.vr, text(file, 0x00191023)) == ("DS", "1.5")


@pytest.mark.parametrize(
    ("declared", "stored", "read"),
    [
        ("ISO_IR 100", "M\u00fcller".encode("latin-1"), "M\u00fcller"),
        ("ISO_IR 192", "M\u00fcller".encode(), "M\u00fcller"),
        ("", "M\u00fcller".encode(), "M\u00fcller\\M\u00c3\u00bcller"),
        ("", "M\u00fcller".encode("latin-1"), "M\u00fcller"),
        ("ISO_IR 100", "M\u00fcller".encode(), "M\u00c3\u00bcller\\M\u00fcller"),
        ("ISO_IR 192", "M\u00fcller".encode("latin-1"), "M\u00fcller"),
        ("ISO_IR 999", "M\u00fcller".encode("latin-1"), "M\u00fcller"),
        (
            "\\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
            "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce",
        ),
        ("", b"Yamada^Tarou=\x1b$B;3ED\x1b(B", "Yamada^Tarou=\u5c71\u7530"),
        ("GB18030", "\u738b^\u5c0f\u4e1c".encode("gb18030"), "\u738b^\u5c0f\u4e1c"),
    ],
)
def test_names_are_decoded_in_every_plausible_way(declared: str, stored: bytes, read: str) -> None:
    assert text(ct_file(character_set=declared, patient_name=stored), 0x00100010) == read


def test_an_item_may_have_a_character_set_of_its_own() -> None:
    name: Row = (0x00100010, "PN", "M\u00fcller".encode())
    file = ct_file((0x00081140, "SQ", [[(0x00080005, "CS", "ISO_IR 192"), name], [name]]))
    assert text(file, 0x00081140, 0, 0x00100010) == "M\u00fcller"
    assert text(file, 0x00081140, 1, 0x00100010) == "M\u00c3\u00bcller\\M\u00fcller"


def test_a_character_set_that_is_out_of_order_counts() -> None:
    rows = [row for row in ct_rows(patient_name="M\u00fcller".encode()) if row[0] != 0x00080005]
    late = element(0x00080005, "CS", "ISO_IR 192")
    file = part10(data_set(rows[:12]) + late + data_set(rows[12:]))
    assert text(file, 0x00100010) == "M\u00fcller"


def test_what_stands_behind_a_nul_is_no_text_but_is_looked_at() -> None:
    found = at(ct_file(study_description=f"CT\0{CANARY}"), 0x00081030)
    assert found.value is None
    assert found.guesses is not None
    assert f"CT{CANARY}" in found.guesses.reveal()


def test_values_are_shown_without_padding() -> None:
    assert text(ct_file(sop_instance="1.2.3"), 0x00080018) == "1.2.3"


def test_every_one_of_several_elements_with_one_tag_is_shown() -> None:
    twice = element(0x00100010, "PN", "A") + element(0x00100010, "PN", "B")
    rows = [row for row in ct_rows() if row[0] != 0x00100010]
    early = data_set([row for row in rows if row[0] < 0x00100010])
    file = part10(early + twice + data_set([row for row in rows if row[0] > 0x00100010]))
    names = [one.value for one in seen_in(file) if isinstance(one, Attribute) and one.tag == 0x00100010]
    assert [name and name.reveal() for name in names] == ["A", "B"]


def test_sequences_of_undefined_length_are_read_like_others() -> None:
    inner = element(0x00081155, "UI", "1.2.3")
    open_item = bytes.fromhex("feff00e0ffffffff") + inner + bytes.fromhex("feff0de000000000")
    sequence = head(0x00081140, "SQ", 0xFFFFFFFF) + open_item + item([]) + bytes.fromhex("feffdde000000000")
    file = part10(data_set(ct_rows()[:9]) + sequence + data_set(ct_rows()[11:]))
    assert text(file, 0x00081140, 0, 0x00081155) == "1.2.3"
    assert at(file, 0x00081140).length == 2


def test_large_values_stay_in_the_file() -> None:
    file = ct_file((0x00420014, "LO", "x"), (0x54001010, "OW", bytes(3 << 20)))
    found = at(file, 0x54001010)
    assert (found.length, found.value) == (3 << 20, None)
    assert at(file, 0x7FE00010).length == 128


@pytest.mark.parametrize(
    ("row", "decodable"),
    [
        ((0x00283006, "US", bytes(512)), True),
        ((0x00189810, "OB", b"abc"), True),
        ((0x00091010, "UN", b"abc"), True),
        ((0x00189073, "FD", b"1234"), False),
        ((0x0040A160, "UT", "words " * 400_000), False),
    ],
)
def test_what_should_be_readable_and_is_not_says_so(row: Row, *, decodable: bool) -> None:
    found = at(ct_file(row), row[0])
    assert (found.value, found.decodable) == (None, decodable)


@pytest.mark.parametrize("tag", [0x7FE00008, 0x7FE00010])
def test_a_second_set_of_pixels_is_refused(tag: int) -> None:
    second = element(tag, "OF" if tag == 0x7FE00008 else "OW", bytes(256))
    rows = data_set(ct_rows())
    with pytest.raises(RefusedFile, match="more than one set"):
        seen_in(part10(rows + second))


@pytest.mark.parametrize("cut", [3, 9, 130, 141, 301, 700])
def test_a_truncated_file_is_refused(cut: int) -> None:
    file = ct_file()
    with pytest.raises(RefusedFile):
        seen_in(file[:-cut])


def test_sequences_nested_beyond_reason_are_refused() -> None:
    content = b""
    for _ in range(200):
        nested = raw_item(content)
        content = head(0x00081140, "SQ", len(nested)) + nested
    with pytest.raises(RefusedFile, match="nested"):
        seen_in(part10(data_set(ct_rows()[:10]) + content))


def test_a_file_of_zeros_is_refused_at_once() -> None:
    stream = io.BytesIO(bytes(128) + b"DICM" + bytes(30_000_000))
    with pytest.raises(RefusedFile, match="no list of DICOM elements"), FORMAT.open(stream, Source(1, "")):
        pass


def test_a_deflated_bomb_is_refused_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_MOST_INFLATED", 1 << 22)
    file = part10(bytes(1 << 24), DEFLATED)
    with pytest.raises(RefusedFile, match="inflates"):
        seen_in(file)


def test_a_small_deflated_file_may_not_inflate_to_hundreds_of_times_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "ALWAYS_READ", 1 << 20)
    with pytest.raises(RefusedFile, match="more than can be read safely"):
        seen_in(part10(bytes(1 << 22), DEFLATED))


@pytest.mark.parametrize("damage", [b"\xff" * 40, b""])
def test_a_damaged_deflated_data_set_is_refused(damage: bytes) -> None:
    with pytest.raises(RefusedFile):
        seen_in(part10(b"", EXPLICIT, meta=[(0x00020010, "UI", DEFLATED)]) + damage)


@pytest.mark.parametrize(
    ("syntax", "word"),
    [
        ("1.2.840.10008.1.2.4.100", "video"),
        ("1.2.840.10008.1.2.4.102.1", "video"),
        ("1.2.840.10008.1.2.4.107", "video"),
        ("1.2.840.10008.1.2.4.94", "address"),
        ("1.2.840.10008.1.2.4.205", "address"),
        ("1.2.840.10008.1.2.7.1", "does not know"),
        ("1.2.840.113619.5.2", "private"),
    ],
)
def test_transfer_syntaxes_that_cannot_be_cleaned_are_refused_by_name(syntax: str, word: str) -> None:
    with pytest.raises(RefusedFile, match=word):
        seen_in(part10(data_set(ct_rows()), syntax))


@pytest.mark.parametrize(
    ("sop_class", "word"),
    [
        ("1.2.840.10008.1.3.10", "DICOMDIR"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "PDF"),
        ("1.2.840.10008.5.1.4.1.1.104.2", "CDA"),
        ("1.2.840.10008.5.1.4.1.1.104.3", "STL"),
        ("1.3.12.2.1107.5.9.1", "private"),
        ("", "kind of object"),
    ],
)
def test_objects_that_cannot_be_cleaned_are_refused_by_name(sop_class: str, word: str) -> None:
    with pytest.raises(RefusedFile, match=word):
        seen_in(part10(data_set(ct_rows(sop_class=sop_class)), sop_class=sop_class))


def test_compressed_pixel_data_without_an_end_is_refused() -> None:
    rows = data_set(ct_rows()[:-1])
    open_end = head(0x7FE00010, "OB", 0xFFFFFFFF) + item([]) + bytes.fromhex("feff00e010000000") + bytes(16)
    with pytest.raises(RefusedFile, match="damaged"):
        seen_in(part10(rows + open_end, RLE))
