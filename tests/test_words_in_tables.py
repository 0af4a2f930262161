"""Words among the numbers of look-up tables go where no pixel says which entries count; curves stay as they are."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_palette_files

from conftest import CANARY
from factory_dicom import Row, ct_file, item
from running_check import Workplace
from scanscrub.domain.audit import Concern
from scanscrub.leftovers.words_in_tables import without_words, words_among_numbers, words_in_table
from test_dicom_files import cleaned

NAME: Final = CANARY.encode() + b"^Ludovica"
VOI_LUT, MODALITY_LUT, PRESENTATION_LUT = 0x00283010, 0x00283000, 0x20500010
LUT_DATA = 0x00283006

CURVES: dict[str, Callable[[Any], Any]] = {
    "ramp": lambda x: x,
    "falling": lambda x: 1 - x,
    "gamma": lambda x: x**2.2,
    "sigmoid": lambda x: 1 / (1 + np.exp(-10 * (x - 0.5))),
    "steps": lambda x: np.floor(x * 20) / 20,
    "saw": lambda x: (x * 16) % 1,
    "waves": lambda x: (np.sin(x * 60) + 1) / 2,
    "peak": lambda x: np.exp(-(((x - 0.5) / 0.1) ** 2)),
}


def ramp(entries: int = 512) -> bytes:
    return np.linspace(0, 4095, entries).astype("<u2").tobytes()


def with_name(table: bytes, written: bytes, at: int) -> bytes:
    return table[:at] + written + table[at + len(written) :]


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("entries", [256, 4096, 65536])
def test_curves_spell_nothing(curve: str, entries: int) -> None:
    values = CURVES[curve](np.linspace(0, 1, entries))
    eight = np.rint(values * 255).astype("<u2")
    tables = (eight.astype(np.uint8), eight, eight * 257, eight << 8, np.rint(values * 4095).astype("<u2"))
    assert [words_in_table(table.tobytes()) for table in tables] == [[]] * len(tables)


@pytest.mark.parametrize("path", get_palette_files("*.dcm"), ids=lambda path: Path(path).stem)
def test_well_known_palettes_spell_nothing(path: str) -> None:
    tables = [element.value for element in dcmread(path) if element.keyword.endswith("LookupTableData")]
    assert len(tables) == 3
    assert not any(map(words_in_table, tables))


@pytest.mark.parametrize("at", [0, 1, 100, 101, -1])
@pytest.mark.parametrize(
    "written", [NAME, NAME.upper(), NAME.decode().encode("utf-16-le"), NAME.decode().encode("utf-16-be")]
)
@pytest.mark.parametrize("table", [bytes(1024), ramp()], ids=["zeros", "ramp"])
def test_a_name_in_a_table_is_smoothed_out_and_nothing_else(table: bytes, written: bytes, at: int) -> None:
    at = len(table) - len(written) if at < 0 else at
    dirty = with_name(table, written, at)
    smooth = without_words(dirty)
    letters = bytes(letter for letter in written if letter)
    assert not any(part in smooth.replace(b"\0", b"") for part in (letters[:8], letters[-8:]))
    assert words_in_table(smooth) == []
    assert without_words(smooth) == smooth
    assert smooth[: max(0, at - 4)] == dirty[: max(0, at - 4)]
    assert smooth[at + len(written) + 4 :] == dirty[at + len(written) + 4 :]


def lut(tag: int, data: bytes, vr: str = "OW") -> Row:
    descriptor = struct.pack("<3H", len(data) // 2, 0, 16)
    return (tag, "SQ", item([(0x00283002, "US", descriptor), (0x00283003, "LO", "FOO"), (LUT_DATA, vr, data)]))


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("vr", ["OW", "US"])
@pytest.mark.parametrize("tag", [VOI_LUT, MODALITY_LUT])
def test_a_name_at_the_end_of_a_look_up_table_goes_and_the_table_stays(tag: int, vr: str, profile: str) -> None:
    dirty = with_name(ramp(), NAME, 1024 - len(NAME))
    copy, _ = cleaned(ct_file(lut(tag, dirty, vr)), profile)
    assert NAME not in copy
    assert CANARY.encode() not in copy
    assert dirty[:990] in copy
    again, plan = cleaned(copy, profile)
    assert again == copy
    assert not [step for step in plan.changes if "LUT" in str(step)]


@pytest.mark.parametrize("tag", [VOI_LUT, MODALITY_LUT])
def test_a_look_up_table_of_numbers_stays(tag: int) -> None:
    copy, _ = cleaned(ct_file(lut(tag, ramp())), "share")
    assert ramp() in copy


def test_a_table_longer_than_any_goes() -> None:
    copy, _ = cleaned(ct_file((LUT_DATA, "OW", bytes(1 << 19) + NAME + b"\0" * (len(NAME) % 2))), "share")
    assert CANARY.encode() not in copy


def test_the_proof_fails_where_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanscrub.formats.dicom.write.element_writer.without_words", bytes)
    dirty = ct_file(lut(VOI_LUT, with_name(ramp(), NAME, 100)))
    with pytest.raises(AssertionError, match="every planned change is there"):
        cleaned(dirty, "share")


def test_a_copy_whose_table_spelled_words_is_for_review_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Workplace(tmp_path, monkeypatch, capfd)
    place.write("scan", ct_file(lut(VOI_LUT, with_name(ramp(), NAME, 100))))
    said = place.check("-f", "concise", "--text", "none").stdout
    assert "H0 quasi-identity" in said
    assert "(0028,3006)" in said or "LUTData" in said or "LUT Data" in said
    output = place.clean()
    (record,) = map(json.loads, (output / "audit.jsonl").read_text(encoding="utf-8").splitlines())
    assert record["status"] == "REVIEW"
    assert Concern.TABLE_SPELLS_WORDS in record["notes"]
    assert place.check(output, "--text", "none").code == 0


def test_a_value_of_nothing_but_words_is_soon_known() -> None:
    assert len(words_in_table(b"CANARY12" * 130_000)) < 100
    assert len(words_among_numbers(b"CANARYCANARY\0\0\0\0" * 60_000, 2, are_reals=False)) < 100
