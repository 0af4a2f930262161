"""What a plan says is what is written, in every encoding, and nothing else."""

import io
import struct
from collections.abc import Mapping

import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from conftest import CANARY
from factory_dicom import (
    BIG,
    CT,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    PIXELS,
    Row,
    ct_file,
    ct_rows,
    data_set,
    element,
    head,
    item,
    part10,
    plain_bytes,
    with_rows,
)
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute, HeaderElement
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import (
    Action,
    Add,
    Clean,
    Empty,
    Keep,
    Plan,
    RemapUid,
    Remove,
    Replace,
    ShiftDate,
    Source,
    Step,
)
from scanscrub.formats.dicom.file_format import FORMAT

SOURCE = Source(1, "ab" * 32)
IDENTITY = {0x00080050, 0x00080090, 0x00100010, 0x00100020, 0x00200010}
PN = 0x00100010
FLAG = HeaderElement((0x00120062,))


def written(file: bytes, changes: Mapping[tuple[int, ...], Action], *, keep: bool = True) -> bytes:
    """The copy: `changes` by path; identity goes; the rest is kept, or has no step."""
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        paths = [one.where.path for one in document.inspect() if isinstance(one, Attribute)]
        steps = [Step(HeaderElement(path), changes[path], None, "test") for path in paths if path in changes]
        if keep:
            rest = [path for path in paths if path not in changes and path[-1] not in IDENTITY]
            steps += [Step(HeaderElement(path), Keep("said so"), None, "test") for path in rest]
        added = {path: action for path, action in changes.items() if isinstance(action, Add)}
        steps += [Step(HeaderElement(path), action, None, "test") for path, action in added.items()]
        target = io.BytesIO()
        document.apply(Plan(SOURCE, "test", tuple(steps)), target)
        return target.getvalue()


def opened(copy: bytes) -> FileDataset:
    return dcmread(io.BytesIO(copy))


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
def test_the_copy_keeps_its_transfer_syntax_and_its_pixels(syntax: str) -> None:
    order = ">" if syntax == BIG else "<"
    words = struct.pack(f"{order}64H", *struct.unpack("<64H", PIXELS))
    copy = written(ct_file(syntax=syntax, pixels=words), {})
    assert opened(copy).file_meta.TransferSyntaxUID == syntax
    assert opened(copy).PixelData == words
    assert opened(copy).StudyDescription == "CT HEAD"
    assert CANARY.encode() not in plain_bytes(copy)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG, DEFLATED])
def test_every_action_does_what_it_says(syntax: str) -> None:
    nested: Row = (
        0x00081140,
        "SQ",
        [[(0x00081155, "UI", "1.2.3"), (0x00081150, "UI", CT)], [(0x00081155, "UI", "1.2.4")]],
    )
    file = part10(data_set(with_rows(ct_rows(), nested), syntax), syntax)
    codes = (((0x00080102, "SH", "DCM"), (0x00080100, "SH", "113100")),)
    copy = opened(
        written(
            file,
            {
                (PN,): Replace("ANON"),
                (0x00080050,): Empty(),
                (0x00080020,): ShiftDate(3, Phi("20140324")),
                (0x00081030,): Clean("CT", 1),
                (0x00080070,): Remove(),
                (0x00200011,): Replace("5"),
                (0x00280010,): Keep("needed"),
                (0x00081140, 1, 0x00081155): RemapUid("2.25.8"),
                (0x00120062,): Add("CS", "YES"),
                (0x00120064,): Add("SQ", "", codes),
                (0x00081140, 0, 0x00081160): Add("IS", "1\\2"),
                (0x00280009,): Add("AT", "00181063"),
                (0x00189073,): Add("FD", "1.5"),
            },
        )
    )
    assert (copy.PatientName, copy.AccessionNumber, copy.StudyDate) == ("ANON", "", "20140324")
    assert (copy.StudyDescription, copy.SeriesNumber, "Manufacturer" in copy) == ("CT", 5, False)
    first, second = copy.ReferencedImageSequence
    assert (first.ReferencedSOPInstanceUID, second.ReferencedSOPInstanceUID) == ("1.2.3", "2.25.8")
    assert list(first.ReferencedFrameNumber) == [1, 2]
    assert copy.PatientIdentityRemoved == "YES"
    assert copy.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert (copy.FrameIncrementPointer, copy.AcquisitionDuration) == (0x00181063, 1.5)
    assert list(copy.keys()) == sorted(copy.keys())


def test_what_has_no_step_is_not_written() -> None:
    kept: dict[tuple[int, ...], Action] = {(tag,): Keep("needed") for tag in (0x00080016, 0x00080018)}
    copy = written(ct_file(), kept, keep=False)
    assert [int(tag) for tag in opened(copy).keys()] == [0x00080016, 0x00080018]  # noqa: SIM118 - a data set is no dict


def test_a_sequence_without_a_step_takes_its_items_along() -> None:
    file = ct_file((0x00400275, "SQ", [[(0x00400007, "LO", CANARY)]]))
    inner: dict[tuple[int, ...], Action] = {
        (0x00080016,): Keep(""),
        (0x00080018,): Keep(""),
        (0x00400275, 0, 0x00400007): Keep(""),
    }
    copy = written(file, inner, keep=False)
    assert 0x00400275 not in opened(copy)
    assert CANARY.encode() not in copy


def test_the_file_meta_group_says_only_what_the_copy_is() -> None:
    titles: list[Row] = [(0x00020016, "AE", CANARY), (0x00020102, "OB", CANARY.encode())]
    copy = written(part10(data_set(ct_rows()), meta=titles, preamble=b"II*\0"), {(0x00080018,): RemapUid("2.25.7")})
    assert copy[:132] == bytes(128) + b"DICM"
    meta = opened(copy).file_meta
    assert [one.keyword for one in meta] == [
        "FileMetaInformationGroupLength",
        "FileMetaInformationVersion",
        "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID",
        "TransferSyntaxUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
    ]
    assert (meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (CT, "2.25.7")


@pytest.mark.parametrize("gone", [0x00080016, 0x00080018])
def test_a_copy_that_would_not_say_which_object_it_is_is_refused(gone: int) -> None:
    with pytest.raises(RefusedFile):
        written(ct_file(), {(gone,): Remove()})


def test_group_lengths_commands_directory_records_and_padding_are_never_written() -> None:
    rows: list[Row] = [
        (0x00001000, "UI", "1.2.3"),
        (0x00041500, "CS", "A"),
        (0x00080000, "UL", 99),
        (0x00091010, "LO", "x"),
        (0xFFFCFFFC, "OB", b"xx"),
    ]
    copy = opened(written(part10(data_set(with_rows(ct_rows(), *rows))), {}))
    assert [tag for tag in (0x00001000, 0x00041500, 0x00080000, 0xFFFCFFFC) if tag in copy] == []
    assert 0x00091010 in copy


def test_an_unknown_representation_is_written_as_what_it_is() -> None:
    inner = item([(0x00081155, "UI", "1.2.3")], IMPLICIT)
    file = ct_file((0x00081140, "UN", inner), (0x00281050, "UN", b"40"))
    copy = written(file, {})
    assert element(0x00281050, "DS", "40") in copy
    assert element(0x00081140, "SQ", [[(0x00081155, "UI", "1.2.3")]]) in copy


def test_a_kept_value_keeps_its_bytes_and_its_representation() -> None:
    latin = "CT K\u00f6rper  ".encode("latin-1")
    copy = written(ct_file((0x00080070, "LT", b"ACME\0\0"), study_description=latin), {})
    assert element(0x00081030, "LO", latin) in copy
    assert element(0x00080070, "LT", b"ACME\0\0") in copy


@pytest.mark.parametrize(
    ("declared", "text", "stored"),
    [
        ("ISO_IR 100", "K\u00f6rper", "K\u00f6rper".encode("latin-1")),
        ("ISO_IR 192", "K\u00f6rper", "K\u00f6rper".encode() + b" "),
        ("", "CT K\u00f6rper", b"CT"),
        ("ISO_IR 6", "CT K\u00f6rper", b"CT"),
        ("ISO_IR 100", "CT \u5c71\u7530", b"CT"),
        ("\\ISO 2022 IR 87", "\u5c71", b"\x1b$B;3\x1b(B"),
    ],
)
def test_new_text_is_written_in_the_files_character_set_or_loses_its_word(
    declared: str, text: str, stored: bytes
) -> None:
    copy = written(ct_file(character_set=declared), {(0x00081030,): Clean(text)})
    assert element(0x00081030, "LO", stored) in copy


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ((Keep("a"), Keep("b")), b"HEAD"),
        ((Keep("a"),), b""),
        ((Keep("a"), Replace("NECK")), b"NECK"),
        ((Replace("NECK"), Keep("b")), b"NECK"),
        ((), b""),
    ],
)
def test_of_elements_with_one_tag_one_is_written_and_only_where_all_may_stay(
    actions: tuple[Action, ...], expected: bytes
) -> None:
    early, late = ct_rows()[:14], ct_rows()[14:]
    twice = element(0x00180015, "CS", "HEAD") + element(0x00180015, "CS", "CHEST ")
    file = part10(data_set(early) + twice + data_set(late))
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        others = {one.where for one in document.inspect() if isinstance(one, Attribute)} - {
            HeaderElement((0x00180015,))
        }
        steps = [Step(where, Keep("said so"), None, "test") for where in sorted(others, key=lambda one: one.path)]
        steps += [Step(HeaderElement((0x00180015,)), action, None, "test") for action in actions]
        target = io.BytesIO()
        document.apply(Plan(SOURCE, "test", tuple(steps)), target)
    found = element(0x00180015, "CS", expected) if expected else b""
    assert target.getvalue().count(struct.pack("<HH", 0x0018, 0x0015)) == bool(expected)
    assert found in target.getvalue()


def test_a_large_value_is_copied_from_the_file() -> None:
    large = bytes(range(256)) * (9 << 10)
    copy = written(ct_file((0x00189810, "OB", large)), {})
    assert element(0x00189810, "OB", large) in copy


def test_a_large_value_turns_with_the_byte_order_of_its_file() -> None:
    large = bytes(range(256)) * (9 << 10)
    rows = with_rows(ct_rows(), (0x00189810, "OW", large))
    copy = written(part10(data_set(rows, BIG), BIG), {})
    assert element(0x00189810, "OW", large, BIG) in copy


def test_an_encapsulated_value_inside_an_item_keeps_its_fragments() -> None:
    fragments = item([]) + bytes.fromhex("feff00e004000000") + b"abcd" + bytes.fromhex("feffdde000000000")
    icon = head(0x7FE00010, "OB", 0xFFFFFFFF) + fragments
    content = bytes.fromhex("feff00e0") + struct.pack("<L", len(icon)) + icon
    copy = written(ct_file((0x00880200, "SQ", content)), {})
    assert icon in copy


@pytest.mark.parametrize("syntax", [EXPLICIT, DEFLATED])
def test_the_same_plan_gives_the_same_bytes(syntax: str) -> None:
    file = ct_file(syntax=syntax)
    copy = written(file, {})
    assert written(file, {}) == copy
    assert written(copy, {}) == copy


def test_the_pixels_go_when_the_plan_does_not_keep_them() -> None:
    copy = opened(written(ct_file(), {(0x7FE00010,): Remove()}))
    assert "PixelData" not in copy
