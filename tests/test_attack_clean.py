"""What attacks on `clean` found: each test is a file that leaked, crashed, lost something useful or was rejected."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless

from conftest import CANARY
from factory_attributes import action, attribute
from factory_dicom import Row, ct_rows, data_set, part10, with_rows
from scanscrub import CleanOptions, clean
from scanscrub.cli.options import OutputFormat
from scanscrub.cli.terminal.listener import Listener
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.errors import ExitCode
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Add, Keep, Remove, Source
from scanscrub.formats.dicom.file_format import FORMAT
from scanscrub.formats.dicom.pixels.display import Display
from scanscrub.formats.dicom.pixels.layout import Layout
from scanscrub.formats.dicom.pixels.views import picture
from scanscrub.policy.identifiers.byte_search import ByteSearch
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.text.descriptors import clean_text
from scanscrub.report.page.folder import write_report

BOTH = pytest.mark.parametrize("profile", ["share", "research"])
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
SR = "1.2.840.10008.5.1.4.1.1.88.11"


def cleaned(folder: Path, rows: list[Row], profile: str, sop_class: str | None = None) -> tuple[AuditRecord, bytes]:
    """The record and the copy (empty where there is none) of one file."""
    inputs = folder / "in"
    inputs.mkdir()
    body = data_set(rows)
    (inputs / "one.dcm").write_bytes(part10(body, sop_class=sop_class) if sop_class else part10(body))
    options = CleanOptions(profile=profile, text="none")
    (record,) = clean([inputs], folder / "out", options)
    return record, (folder / "out" / record.output_name).read_bytes() if record.output_name else b""


@BOTH
@pytest.mark.parametrize("vr", ["US", "FL", "FD", "AT", "OF", "OL", "SV"])
def test_text_in_numbers_of_an_attribute_that_no_standard_knows_goes(tmp_path: Path, vr: str, profile: str) -> None:
    hidden = (0x0018F000, vr, b"AN ODD HIDEOUT..")
    record, copy = cleaned(tmp_path, with_rows(ct_rows(), hidden), profile)
    assert record.status is Status.REVIEW
    assert b"HIDEOUT" not in copy


@BOTH
@pytest.mark.parametrize("tag", [0x0020000E, 0x00200052, 0x0008103E, 0x00081010, 0x00180015])
def test_an_attribute_of_text_that_a_file_calls_numbers_is_cleaned_as_text(
    tmp_path: Path, tag: int, profile: str
) -> None:
    hidden = (tag, "FD", f"{CANARY} ".encode()[:8] + b"4711 Doe")
    record, copy = cleaned(tmp_path, with_rows(ct_rows(), hidden), profile)
    assert record.status is Status.REVIEW
    assert CANARY.encode()[:8] not in copy


@BOTH
@pytest.mark.parametrize("value", ["47110815", "0047110815"])
def test_the_digits_of_the_patients_id_do_not_come_along_as_a_number(
    tmp_path: Path, value: str, profile: str
) -> None:
    rows = ct_rows(patient_id=f"{CANARY}47110815", series_number=value)
    record, copy = cleaned(tmp_path, rows, profile)
    assert record.status is Status.REVIEW
    assert b"47110815" not in copy


@BOTH
def test_bytes_after_a_nul_in_the_character_set_are_no_fault(tmp_path: Path, profile: str) -> None:
    rows = with_rows(ct_rows(), (0x00080005, "CS", b"ISO_IR 100\0HIDEOUT"))
    record, copy = cleaned(tmp_path, rows, profile)
    assert record.status is Status.REVIEW
    assert b"HIDEOUT" not in copy


@BOTH
def test_chinese_text_keeps_its_character_set_and_loses_the_name(tmp_path: Path, profile: str) -> None:
    name, description = "王^小东".encode("gb18030"), "CHEST 王小东".encode("gb18030")
    rows = ct_rows(character_set="GB18030", patient_name=name, study_description=description)
    record, copy = cleaned(tmp_path, rows, profile)
    assert record.status is Status.REVIEW
    assert b"GB18030" in copy
    assert b"CHEST" in copy
    assert "小东".encode("gb18030") not in copy


@BOTH
@pytest.mark.parametrize(
    ("tag", "term"),
    [
        (0x00080303, "SAFE"),
        (0x00080303, "UNSAFE"),
        (0x00080060, "RTINTENT"),
        (0x00080060, "TEXTUREMAP"),
        (0x00080005, "GB18030"),
        (0x00620001, "LABELMAP"),
        (0x00189075, "DIRECTIONAL"),
    ],
)
def test_newer_terms_of_the_standard_stay(tag: int, term: str, profile: str) -> None:
    if tag == 0x00080303 and profile == "share":
        assert isinstance(action(attribute(0x00080300, 0, tag, vr="CS", value=term), "research"), Keep)
        return
    assert isinstance(action(attribute(tag, vr="CS", value=term), profile), Keep)


def test_a_report_that_names_its_device_by_a_retained_uid_is_no_leak(tmp_path: Path) -> None:
    def code(tag: int, value: str, scheme: str, meaning: str) -> Row:
        return (tag, "SQ", [[(0x00080100, "SH", value), (0x00080102, "SH", scheme), (0x00080104, "LO", meaning)]])

    device: list[Row] = [
        (0x0040A010, "CS", "HAS OBS CONTEXT"),
        (0x0040A040, "CS", "UIDREF"),
        code(0x0040A043, "121012", "DCM", "Device Observer UID"),
        (0x0040A124, "UI", "1.2.826.0.1.999.88"),
    ]
    wanted = [row for row in ct_rows(sop_class=SR) if row[0] >> 16 not in {0x0028, 0x7FE0}]
    rows = with_rows(
        wanted,
        (0x0040A040, "CS", "CONTAINER"),
        code(0x0040A043, "11528-7", "LN", "Radiology Report"),
        (0x0040A050, "CS", "SEPARATE"),
        (0x0040A491, "CS", "COMPLETE"),
        (0x0040A493, "CS", "UNVERIFIED"),
        (0x0040A730, "SQ", [device]),
    )
    record, copy = cleaned(tmp_path, rows, "research", SR)
    assert record.status is Status.CLEAN
    assert b"1.2.826.0.1.999.88" in copy


def test_an_enhanced_image_that_was_not_looked_at_says_nothing_of_writing() -> None:
    claim = attribute(0x00280301, vr="CS", value="NO")
    assert isinstance(action(claim, sop_class=ENHANCED_MR), Remove)
    assert action(claim, sop_class=SLIDE) == Add("CS", "YES")


def test_two_plain_words_of_a_longer_name_are_no_leak() -> None:
    spellings = ByteSearch([Identifier(IdentifierKind.NAME, Phi("Modality^LUT^Test"))])
    assert not spellings.in_bytes(b"unsigned,mono2,modality lut ")
    assert spellings.in_bytes(b"modality^lut^test")
    assert ByteSearch([Identifier(IdentifierKind.NAME, Phi("Series^Abdomen"))]).in_bytes(b"abdomen series")


@pytest.mark.parametrize("written", ["Mc Donald", "Mc-Donald", "MC_DONALD", "Mcdon-\r\nald"])
def test_a_name_written_in_two_words_goes_from_descriptions(written: str) -> None:
    known = IdentifierMatcher([Identifier(IdentifierKind.NAME, Phi("McDonald^Ann"))])
    assert clean_text(f"CHEST {written} AP", known, "block-list").text == "CHEST AP"


def test_words_that_only_hold_a_name_together_stay() -> None:
    known = IdentifierMatcher([Identifier(IdentifierKind.NAME, Phi("Adair^Eve"))])
    assert clean_text("had air in the colon", known, "block-list").words == 0


def test_a_palette_of_8_bits_that_is_called_16_bits_wide_gives_pictures_of_8_bits() -> None:
    entries = np.arange(256, dtype="<u2").tobytes()
    descriptor = np.array([256, 0, 16], "<u2").tobytes()
    palette: list[Row] = [(0x00281101 + channel, "US", descriptor) for channel in range(3)]
    palette += [(0x00281201 + channel, "OW", entries) for channel in range(3)]
    changes: list[Row] = [
        (0x00280004, "CS", "PALETTE COLOR"),
        (0x00280100, "US", 8),
        (0x00280101, "US", 8),
        (0x00280102, "US", 7),
        (0x7FE00010, "OW", bytes(range(64))),
    ]
    file = part10(data_set(with_rows(ct_rows(), *changes, *palette)))
    with FORMAT.open(io.BytesIO(file), Source(1, "ab" * 32)) as document:
        ((_, picture),) = document.pictures()
    assert {view.pixels.dtype for view in picture.views} == {np.dtype(np.uint8)}


def test_values_of_more_bits_than_the_header_says_are_shown_in_their_own_range() -> None:
    layout = Layout(JPEG2000Lossless, 16, 16, 1, 1, 16, 12, 11, False, False, "MONOCHROME2", False)  # noqa: FBT003 - a row of a table
    window = Dataset()
    window.WindowCenter, window.WindowWidth = 2000, 4000
    samples = np.full((16, 16), 5000, np.uint16)
    samples[4:12, 4:12] = 60000
    views = picture(samples, layout, Display(window, layout)).views
    assert max(int(view.pixels.max()) - int(view.pixels.min()) for view in views) == 255


def test_a_picture_that_cannot_be_drawn_does_not_cost_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ArithmeticError

    cleaned(tmp_path, ct_rows(), "share")
    monkeypatch.setattr("scanscrub.report.page.folder.masked_pictures", fault)
    write_report(tmp_path / "out")
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_fault_in_one_file_shows_in_the_exit_code() -> None:
    listener = Listener(
        io.StringIO(), io.StringIO(), OutputFormat.text, quiet=False, verbose=False, progress=False, color=None
    )
    for status in (Status.CLEAN, Status.REJECTED, Status.FAILED):
        listener.show(AuditRecord(InputRef(1, ""), status, "share"))
    assert listener.exit_code is ExitCode.BUG


def test_a_fault_in_one_file_leaves_its_name_in_the_crosswalk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr("scanscrub.api.cleaning.clean_item", fault)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.dcm").touch()
    options = CleanOptions(text="none", crosswalk=tmp_path / "in" / "secret")
    (record,) = clean([tmp_path / "in" / "one.dcm"], tmp_path / "out", options)
    assert record.status is Status.FAILED
    header, row = (tmp_path / "in" / "secret" / "files.csv").read_text(encoding="utf-8").splitlines()
    assert header == "number,input,output,status,reason,digest"
    assert row.startswith(f"1,{tmp_path / 'in' / 'one.dcm'},,FAILED,A fault in scanscrub")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "in" / "pipe"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    (record,) = clean([pipe], tmp_path / "out", CleanOptions(text="none"))
    assert record.status is Status.REFUSED
