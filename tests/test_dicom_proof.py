"""Every check of a DICOM copy has a sabotaged copy, or a wrong plan, that only this check catches."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from conftest import CANARY
from factory_dicom import Row, ct_file, ct_rows, data_set, element, part10, with_rows
from scanscrub.domain.finding import Attribute, HeaderElement
from scanscrub.domain.plan import Action, Add, Clean, Empty, Keep, Plan, RemapUid, Remove, Replace, Source, Step
from scanscrub.formats.dicom.document import DicomDocument
from scanscrub.formats.dicom.encoding.elements import DataSet
from scanscrub.formats.dicom.file_format import FORMAT

SOURCE = Source(1, "ab" * 32)
PRIVATE: tuple[Row, ...] = ((0x00090010, "LO", "ACME"), (0x00091001, "DS", "1.5"))
NEW_INSTANCE = "2.25.11111111111111111111"
CHANGES: Mapping[int, Action] = {
    0x00080018: RemapUid(NEW_INSTANCE),
    0x0020000D: RemapUid("2.25.2"),
    0x0020000E: RemapUid("2.25.3"),
    0x00080050: Empty(),
    0x00080090: Empty(),
    0x00100010: Replace("ANON"),
    0x00100020: Replace("ANON"),
    0x00100030: Remove(),
    0x00200010: Clean("S", 1),
}


def plan_for(file: bytes, changes: Mapping[int, Action] = CHANGES, *, without: int = 0) -> Plan:
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        seen = [one for one in document.inspect() if isinstance(one, Attribute) and one.tag != without]
    steps = [Step(one.where, changes.get(one.tag, Keep("said so")), None, "test") for one in seen]
    flag = Step(HeaderElement((0x00120062,)), Add("CS", "YES"), None, "test")
    codes = (((0x00080100, "SH", "113100"), (0x00080102, "SH", "DCM")),)
    method = Step(HeaderElement((0x00120064,)), Add("SQ", "", codes), None, "test")
    return Plan(SOURCE, "test", (*steps, flag, method))


def failures(
    file: bytes,
    plan: Plan,
    sabotage: Callable[[bytes], bytes] = bytes,
    blind: Callable[[DicomDocument], DicomDocument] | None = None,
) -> set[str]:
    """The names of the checks that fail when `sabotage` is done to the copy after it was written."""
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        target = io.BytesIO()
        document.apply(plan, target)
        copy = sabotage(target.getvalue())
        assert sabotage is bytes or copy != target.getvalue(), "nothing was sabotaged"
        with FORMAT.open(io.BytesIO(copy), SOURCE) as staged:
            assert isinstance(staged, DicomDocument)
            return {
                check.name for check in document.prove(plan, blind(staged) if blind else staged) if not check.passed
            }


def swap(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    """Put `after` in place of the last `before`; both are equally long where lengths are not changed as well."""

    def sabotage(copy: bytes) -> bytes:
        at = copy.rindex(before)
        return copy[:at] + after + copy[at + len(before) :]

    return sabotage


def insert(row: Row, before: int) -> Callable[[bytes], bytes]:
    """Put an element in front of the element with the tag `before`."""
    head = element(before, "XX", "")[:4]

    def sabotage(copy: bytes) -> bytes:
        at = copy.rindex(head)
        return copy[:at] + element(*row) + copy[at:]

    return sabotage


@pytest.mark.parametrize("file", [ct_file(), ct_file(*PRIVATE)], ids=["plain", "private"])
def test_an_honest_copy_passes_every_check(file: bytes) -> None:
    assert failures(file, plan_for(file)) == set()


def _with_ae_title(copy: bytes) -> bytes:
    title = element(0x00020016, "AE", CANARY)
    length = int.from_bytes(copy[140:144], "little")
    return (
        copy[:140]
        + (length + len(title)).to_bytes(4, "little")
        + copy[144 : 144 + length]
        + title
        + copy[144 + length :]
    )


def _turn_rows_and_columns_round(copy: bytes) -> bytes:
    rows, columns = element(0x00280010, "US", 8), element(0x00280011, "US", 8)
    return swap(rows + columns, columns + rows)(copy)


def _without_pixels(copy: bytes) -> bytes:
    return copy[: copy.rindex(bytes.fromhex("e07f1000"))]


@pytest.mark.parametrize(
    ("name", "sabotage"),
    [
        ("the preamble is empty", lambda copy: CANARY.encode() + copy[len(CANARY) :]),
        ("the file meta group is our own", _with_ae_title),
        ("the file meta group is our own", lambda copy: copy.replace(b"SCANSCRUB_", b"JOHNSMITH_")),
        (
            "file meta and data set name the same object",
            lambda copy: copy.replace(NEW_INSTANCE.encode(), NEW_INSTANCE.replace("1", "2").encode(), 1),
        ),
        ("nothing comes after the end", lambda copy: copy + CANARY.encode()),
        ("elements are in order and there once", _turn_rows_and_columns_round),
        ("elements are in order and there once", insert((0x00280010, "US", 8), 0x00280011)),
        ("no element that is not planned", insert((0x00104000, "LT", CANARY), 0x00120062)),
        ("no element that is not planned", insert((0x00101060, "PN", ""), 0x00120062)),
        ("kept elements are unchanged", swap(b"CT HEAD ", b"CT NECK ")),
        ("every planned change is there", swap(b"ANON", b"JANE")),
        ("every planned change is there", swap(b"113100", b"113101")),
        ("every planned change is there", swap(element(0x00120062, "CS", "YES"), element(0x00120062, "CS", "NO"))),
        ("the pixels are there as planned", _without_pixels),
    ],
)
def test_only_its_check_catches_a_sabotaged_copy(name: str, sabotage: Callable[[bytes], bytes]) -> None:
    file = ct_file()
    assert failures(file, plan_for(file), sabotage) == {name}


def test_only_another_reader_catches_what_our_own_reader_is_blind_to() -> None:
    def blind(staged: DicomDocument) -> DicomDocument:
        seen = staged.container.data_set
        left = DataSet(tuple(one for one in seen.elements if one.tag != 0x00104000), seen.encoding)
        return DicomDocument(replace(staged.container, data_set=left), SOURCE)

    file = ct_file()
    hidden = insert((0x00104000, "LT", CANARY), 0x00120062)
    assert failures(file, plan_for(file), hidden, blind) == {"another reader finds the same elements"}


def test_a_private_element_whose_creator_is_not_planned_is_caught() -> None:
    file = ct_file(*PRIVATE)
    plan = plan_for(file, without=0x00090010)
    assert failures(file, plan) == {"no private element without its creator"}


@pytest.mark.parametrize(
    "changes",
    [
        {0x0020000D: RemapUid("2.25.3"), 0x0020000E: RemapUid("2.25.3")},
        {0x00081155: RemapUid("2.25.9")},
        {0x00081155: Keep("forgotten")},
    ],
    ids=["one for two", "two for one", "kept elsewhere"],
)
def test_a_plan_that_confuses_uids_is_caught(changes: Mapping[int, Action]) -> None:
    file = ct_file((0x00081140, "SQ", [[(0x00081155, "UI", "1.2.826.0.1.999.2")]]))
    right = {0x00081155: RemapUid("2.25.2")}
    assert failures(file, plan_for(file, {**CHANGES, **right})) == set()
    assert failures(file, plan_for(file, {**CHANGES, **right, **changes})) == {"one pseudonym for one UID"}


def test_text_that_loses_its_character_set_is_caught() -> None:
    file = ct_file(study_description="CT K\u00f6rper")
    plan = plan_for(file, {**CHANGES, 0x00080005: Replace("ISO_IR 192")})
    assert failures(file, plan) == {"text keeps its character set"}


@pytest.mark.parametrize("action", [Remove(), Empty()])
def test_a_plan_that_takes_a_required_attribute_is_caught(action: Action) -> None:
    file = ct_file()
    assert failures(file, plan_for(file, {**CHANGES, 0x00080060: action})) == {"required attributes are there"}


def test_a_large_value_that_changed_in_the_middle_is_caught() -> None:
    large = b"".join(number.to_bytes(4, "big") for number in range(1 << 19))
    file = ct_file((0x00189810, "OB", large))
    plan = plan_for(file)
    assert failures(file, plan) == set()
    assert failures(file, plan, swap((400_000).to_bytes(4, "big"), b"LEAK")) == {"kept elements are unchanged"}


def test_an_item_that_is_missing_is_caught() -> None:
    items: Row = (0x00081140, "SQ", [[(0x00081150, "UI", "1.2.840.10008.1.1")], []])
    fewer: Row = (0x00081140, "SQ", [[(0x00081150, "UI", "1.2.840.10008.1.1")]])
    file = part10(data_set(with_rows(ct_rows(), items)))
    assert failures(file, plan_for(file), swap(element(*items), element(*fewer))) == {"kept elements are unchanged"}


@pytest.mark.parametrize(
    "actions", [(Keep("a"), Empty()), (Empty(), Keep("a")), (Keep("a"), Keep("b")), (Remove(), Keep("a"))]
)
def test_the_proof_decides_about_elements_with_one_tag_as_the_copy_does(actions: tuple[Action, ...]) -> None:
    twice = element(0x00180015, "CS", "HEAD") + element(0x00180015, "CS", "CHEST ")
    file = part10(data_set(ct_rows()[:14]) + twice + data_set(ct_rows()[14:]))
    once = plan_for(file, without=0x00180015)
    steps = (Step(HeaderElement((0x00180015,)), action, None, "test") for action in actions)
    assert failures(file, Plan(SOURCE, "test", (*once.steps, *steps))) == set()


@pytest.mark.parametrize(("value", "caught"), [("1.5E0", True), ("\\-.5", False), ("1.5\\+.5", True), ("Zq", False)])
def test_only_a_number_can_be_missed_where_a_number_is_required(value: str, caught: bool) -> None:  # noqa: FBT001
    file = part10(data_set(with_rows(ct_rows(), (0x00281053, "DS", value))))
    expected = {"required attributes are there"} if caught else set[str]()
    assert failures(file, plan_for(file, {**CHANGES, 0x00281053: Remove()})) == expected
