"""A text where numbers should be is no number, whoever it names; tables, signals and measures stay."""

import math
import struct
from collections.abc import Sequence

import numpy as np
import pytest

from factory_dicom import Row, ct_file, ct_rows, data_set, part10, with_rows
from test_dicom_files import cleaned

NAME = b"BRANDHUBER, LUDOVICA"


ANY_NUMBER = {"FD": 0x00186054, "FL": 0x0018605A, "US": 0x00540010}
"""Attributes of which there may be any number of values."""


def of_class(sop_class: str, row: Row) -> bytes:
    """A header of that object without pixels."""
    rows = [each for each in ct_rows(sop_class=sop_class) if each[0] != 0x7FE00010]
    return part10(data_set(with_rows(rows, row)), sop_class=sop_class)


def waveform(group: Sequence[Row]) -> bytes:
    return of_class("1.2.840.10008.5.1.4.1.1.9.1.1", (0x54000100, "SQ", [group]))


def surface(primitive: Row) -> bytes:
    return of_class("1.2.840.10008.5.1.4.1.1.66.5", (0x00660002, "SQ", [[(0x00660013, "SQ", [[primitive]])]]))


def wide(text: bytes, code: str) -> bytes:
    return b"".join(struct.pack(code, letter) for letter in text)


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00181310, "US"),  # Acquisition Matrix
        (0x300C0119, "US"),
        (0x00189073, "FD"),
        (0x00286040, "US"),
        (0x56000020, "OF"),
        (0x00660016, "OF"),
        (0x00283006, "OW"),
        (0x00280009, "AT"),
    ],
)
@pytest.mark.parametrize("width", ["<B", "<H", ">H"])
def test_a_name_packed_into_numbers_is_gone(tag: int, vr: str, width: str, profile: str) -> None:
    value = wide(NAME, width)
    value += bytes(-len(value) % 8)
    if vr in {"OB", "OW"}:
        value = value[:64]
    copy, _ = cleaned(ct_file((tag, vr, value)), profile)
    assert value.strip(b"\0") not in copy


AMONG: dict[str, bytes] = {
    "as it is": NAME,
    "in words": wide(NAME.replace(b", ", b""), "<H"),
}


@pytest.mark.parametrize("written", AMONG)
@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00181310, "US"),
        (0x00189219, "SS"),
        (0x00189073, "FD"),
        (0x00700022, "FL"),
        (0x00280009, "AT"),
        (0x00603020, "UL"),
        (0x00660016, "OF"),
        (0x56000020, "OF"),
        (0x00660129, "OD"),
    ],
)
def test_a_name_among_numbers_takes_them_along(tag: int, vr: str, written: str) -> None:
    value = bytes(range(1, 33)) + AMONG[written] + bytes(range(33, 65))
    copy, _ = cleaned(ct_file((tag, vr, value + bytes(-len(value) % 8))), "share")
    assert AMONG[written] not in copy


@pytest.mark.parametrize(("vr", "code"), [("FD", "<d"), ("FL", "<f"), ("US", "<H")])
@pytest.mark.parametrize("seed", range(40))
def test_numbers_by_chance_spell_nothing(vr: str, code: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    numbers = draw.integers(0, 200, 500) if code == "<H" else draw.normal(0, 300, 500)
    value = b"".join(struct.pack(code, number) for number in numbers)
    copy, _ = cleaned(ct_file((ANY_NUMBER[vr], vr, value)), "share")
    assert value in copy


def test_the_corners_of_a_surface_stay() -> None:
    value = b"".join(struct.pack("<3H", first, first + 1, first + 9) for first in range(1, 200))
    copy, _ = cleaned(surface((0x00660023, "OW", value)), "share")
    assert value in copy


@pytest.mark.parametrize("name", [b"KUHNA ", b"Brandt", b"NOVAKI", b"DE LUCA "])
@pytest.mark.parametrize(("tag", "vr"), [(0x00181310, "US"), (0x300C0119, "US"), (0x00189732, "UL")])
def test_a_short_name_packed_into_numbers_is_gone_although_nobody_knows_it(tag: int, vr: str, name: bytes) -> None:
    name += bytes(-len(name) % 4)
    copy, _ = cleaned(ct_file((tag, vr, name)), "share")
    assert name.strip(b"\0 ") not in copy


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("US", wide(bytes(range(65, 91)), "<H")),
        ("US", wide(bytes(range(90, 64, -1)), "<H")),
        ("US", b"AAAABBBBCCCC"),
        ("FD", struct.pack("<6d", 0.5, -1.25, 3.14159, 0, 1e-9, 41.7)),
        ("FL", struct.pack("<4f", 12.0784, 12.0784, 12.0784, 12.0784)),
        ("US", struct.pack("<4H", 512, 512, 8224, 8224)),
    ],
)
def test_tables_and_measures_are_no_text(vr: str, value: bytes) -> None:
    copy, _ = cleaned(ct_file((ANY_NUMBER[vr], vr, value)), "share")
    assert value in copy


def test_a_quiet_signal_that_reads_as_letters_stays() -> None:
    signal = bytes(100 + round(9 * math.sin(number / 7) + number % 3) for number in range(500))
    copy, _ = cleaned(waveform([(0x54001010, "OB", signal)]), "share")
    assert signal in copy


def ecg(behind: bytes = b"", padding: bytes = b"\0\x80") -> bytes:
    """Two channels of 100 samples, and bytes that belong to none."""
    samples = b"".join(struct.pack("<h", number % 37) for number in range(200))
    return waveform(
        [
            (0x003A0005, "US", b"\2\0"),
            (0x003A0010, "UL", struct.pack("<L", 100)),
            (0x54001004, "US", b"\x10\0"),
            (0x5400100A, "OW", padding),
            (0x54001010, "OW", samples + behind),
        ]
    )


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("written", [NAME, b"Brandt", wide(NAME, "<H"), wide(NAME, ">H")])
def test_a_name_behind_the_samples_of_a_waveform_is_gone(written: bytes, profile: str) -> None:
    for dirty in (ecg(behind=written), ecg(padding=b"\0\x80" + written)):
        copy, _ = cleaned(dirty, profile)
        assert written.strip(b"\0") not in copy


def test_a_waveform_with_room_behind_its_samples_stays() -> None:
    for clean in (ecg(), ecg(behind=bytes(64))):
        copy, _ = cleaned(clean, "share")
        assert struct.pack("<3h", 34, 35, 36) in copy


TEXTS = {
    "a date": b"24.03.1961",
    "a date without stops": b"19610324",
    "a telephone number": b"0171 234 5678",
    "a short name": b"Kim Lee",
    "a name beyond ASCII": "Grünwäldchen Özgür".encode(),
    "a name of another script": "中村花子 山田太郎".encode(),
    "base64": b"V2FjaHRtZWlzdGVyIEd1bmhpbGQ=",
}


@pytest.mark.parametrize("written", TEXTS)
@pytest.mark.parametrize("vr", ANY_NUMBER)
def test_other_texts_among_numbers_take_them_along(vr: str, written: str) -> None:
    for around in (bytes(24), bytes(range(1, 25))):
        value = around + TEXTS[written] + around
        copy, _ = cleaned(ct_file((ANY_NUMBER[vr], vr, value + bytes(-len(value) % 8))), "share")
        assert TEXTS[written] not in copy


@pytest.mark.parametrize("profile", ["share", "research"])
def test_more_numbers_than_the_standard_counts_go_whatever_they_say(profile: str) -> None:
    for tag, vr, code in ((0x00181310, "US", "<H"), (0x00189073, "FD", "<d"), (0x00189219, "SS", "<h")):
        measured = struct.pack(code, 7)
        said = b"".join(struct.pack(code, letter) for letter in NAME)
        copy, _ = cleaned(ct_file((tag, vr, measured + said)), profile)
        assert said not in copy
        kept, _ = cleaned(ct_file((tag, vr, measured)), profile)
        assert tag.to_bytes(4, "big")[1::-1] in kept
    copy, _ = cleaned(ct_file((0x00180050, "DS", "2.5\\24\\3\\61")), profile)
    assert b"24\\3\\61" not in copy


@pytest.mark.parametrize("profile", ["share", "research"])
def test_bulk_data_of_another_object_go(profile: str) -> None:
    said = wide(NAME, "<h")
    samples: Row = (0x54001010, "OW", said)
    for group in ([samples], [(0x003A0005, "US", 1), samples]):
        copy, _ = cleaned(ct_file((0x54000100, "SQ", [group])), profile)
        assert said not in copy
        kept, _ = cleaned(waveform(group), profile)
        assert said in kept
