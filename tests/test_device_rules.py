"""Where known devices write: the rules, the files that hold them, and the masks they add."""

import hashlib
from collections.abc import Generator, Sequence
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.data import get_testdata_file

from conftest import CANARY
from factory_attributes import attribute
from factory_pixels import image
from scanscrub.api.cleaned_folder import masked_pictures as shown_pictures
from scanscrub.api.run_monitor import naming_idle_rules
from scanscrub.detect.base import Reading, TextBox
from scanscrub.detect.candidates.flat import is_flat
from scanscrub.domain.audit import AuditRecord, InputRef, Status
from scanscrub.domain.errors import UsageError
from scanscrub.domain.finding import Attribute
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture, View
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.inputs.input import Input
from scanscrub.pipeline.clean import Cleaner
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.pixels.ctp_conditions import header_values, parse_condition
from scanscrub.policy.pixels.device_rules import DeviceRule, built_in_rules, matching, read_device_rules
from scanscrub.policy.profile import load_profile

HEADER = (
    attribute(0x00080008, vr="CS", value="ORIGINAL\\SECONDARY\\AXIAL"),
    attribute(0x00080070, value="ACME Medical "),
    attribute(0x00081111, vr="SQ"),
    attribute(0x00081111, 0, 0x00080104, value="inner"),
    attribute(0x00280010, vr="US", value="512"),
    attribute(0x00280011, vr="US", value="512"),
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('Manufacturer.equals("ACME Medical")', True),
        ('Manufacturer.equals("acme medical")', False),
        ('Manufacturer.equalsIgnoreCase("acme MEDICAL")', True),
        ('[0008,0070].contains("Med")', True),
        ('(0008,0070).contains("med")', False),
        ('[00080070].containsIgnoreCase ( "med" )', True),
        ('Manufacturer.startsWith("ACME") * Rows.equals("512")', True),
        ('Manufacturer.startsWithIgnoreCase("edic")', False),
        ('ImageType.endsWith("AXIAL")', True),
        ('ImageType.endsWithIgnoreCase("axial")', True),
        (r'ImageType.matches("[A-Z\\]+")', True),
        ('ImageType.matches("ORIGINAL")', False),
        ("SeriesDescription.isEmpty()", True),
        ('SeriesDescription.equals("")', True),
        ("!Manufacturer.isEmpty()", True),
        ("true", True),
        ("!true + false", False),
        # Not binds tighter than and, and tighter than or.
        ("true + true * false", True),
        ("(true + true) * false", False),
        ("!false * false", False),
        ('Rows.equals("1") + // or the other way round\n Columns.equals("512")', True),
        # A plain name is of the top level: the same keyword inside a sequence is another attribute.
        ('CodeMeaning.equals("inner")', False),
        ('ReferencedPerformedProcedureStepSequence::CodeMeaning.equals("inner")', True),
        ('[0008,1111] :: CodeMeaning.equals("inner")', True),
    ],
)
def test_a_condition_means_what_it_means_in_ctp(condition: str, holds: bool) -> None:  # noqa: FBT001 - a table's column
    assert parse_condition(condition).holds(header_values(HEADER)) is holds


def rules_file(folder: Path, text: str, name: str = "rules.script") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


SCRIPT = """\
Burned-in text of our ward (CT, US)

**************
 Title ACME scanners, room 4
  { [0008,0070].containsIgnoreCase("acme") *
    ( Rows.equals("512") + Rows.equals("1024") ) }
  (0,0,512,20) ( 0, 492,
     100, 20 )

  { Modality.equals("US") } (1,2,3,4)
"""


def test_a_ctp_script_is_read_with_all_its_regions_and_its_prose_is_kept_nowhere(tmp_path: Path) -> None:
    first, second = read_device_rules(rules_file(tmp_path, SCRIPT))
    assert (first.name, second.name) == ("line 5", "line 10")
    assert first.regions == (Box(0, 0, 512, 20), Box(0, 492, 100, 512))
    assert second.regions == (Box(1, 2, 4, 6),)
    assert matching((first, second), HEADER) == (first,)


@pytest.mark.parametrize("sign", ["+", "*"])
def test_a_condition_of_hundreds_of_parts_is_no_deeper_than_one_of_two(sign: str) -> None:
    condition = parse_condition(sign.join(["true"] * 590))
    assert deepcopy(condition).holds({})  # as a worker process gets it
    assert repr(condition).count("True") == 590


TOML = """\
[[rule]]
name = "ACME"
when = 'Manufacturer.contains("ACME")'
regions = [[0, 0, 512, 20]]
"""


def test_a_toml_file_says_the_same_in_our_words(tmp_path: Path) -> None:
    (rule,) = read_device_rules(rules_file(tmp_path, TOML, "rules.toml"))
    assert (rule.name, rule.regions) == ("ACME", (Box(0, 0, 512, 20),))
    assert matching((rule,), HEADER) == (rule,)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.script", '\n{ Modality.equals("US") \n (0,0,1,1)', 2),
        ("a.script", "{ true }\n\n}", 3),
        ("a.script", "{ true }\n(0,0,512,2OO)", 2),
        ("a.script", "{ true }\n(0,0,512)", 2),
        ("a.script", "{ true }\n(0,0,-5,9)", 2),
        ("a.script", "{ true }\n(0,0,0,9)", 2),
        ("a.script", "{ true } (0,0,5,9)\n{ false }\nno region here", 2),
        ("a.script", '\n{ Modality.equals("US") *\n Modalitty.equals("CT") } (0,0,5,9)', 3),
        ("a.script", '{ Modality.equal("US") } (0,0,5,9)', 1),
        ("a.script", "{ Modality.equals(US) } (0,0,5,9)", 1),
        ("a.script", '{ Modality.isEmpty("US") } (0,0,5,9)', 1),
        ("a.script", '{ Modality.matches("(") } (0,0,5,9)', 1),
        ("a.script", "{ ( true } (0,0,5,9)", 1),
        ("a.script", "{ true true } (0,0,5,9)", 1),
        ("a.script", "{ } (0,0,5,9)", 1),
        ("a.script", "{ " + "!" * 1000 + "true } (0,0,5,9)", 1),
        ("a.toml", TOML + "\n[[rule]]\nname =", 7),
        ("a.toml", TOML + "\n" + TOML.replace("ACME", "ACME^Jane", 1), 7),
        ("a.toml", TOML + "\n" + TOML.replace("regions", "region"), 6),
        ("a.toml", TOML + "\n" + TOML.replace("[[0, 0, 512, 20]]", "[[0, 0, 512]]"), 9),
        ("a.toml", TOML + "\n" + TOML.replace("contains", "holds"), 8),
        ("a.toml", TOML.replace("[[0, 0, 512, 20]]", "7"), 4),
        ("a.toml", "version = 1\n" + TOML, 1),
    ],
)
def test_a_malformed_file_is_a_wrong_command_that_names_the_line(
    tmp_path: Path, name: str, text: str, line: int
) -> None:
    with pytest.raises(UsageError, match=f"line {line}: ") as caught:
        read_device_rules(rules_file(tmp_path, text, name))
    assert "\n" not in f"{caught.value.reason}{caught.value.hint}"
    assert "Jane" not in caught.value.reason


@pytest.mark.parametrize("text", ["", "only prose\n(0,0,1,1)"])
def test_a_file_without_a_rule_masks_nothing_and_is_not_believed(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="no rule"):
        read_device_rules(rules_file(tmp_path, text))


def header(**values: str) -> tuple[Attribute, ...]:
    tags = {
        "model": 0x00081090,
        "rows": 0x00280010,
        "columns": 0x00280011,
        "manufacturer": 0x00080070,
        "image_type": 0x00080008,
        "dose": 0x00400310,
        "meaning": 0x00080104,
    }
    return tuple(attribute(tags[name], value=value) for name, value in values.items())


def names(seen: Sequence[Attribute]) -> list[str]:
    return [rule.name for rule in matching(built_in_rules(), seen)]


def test_the_rules_that_come_along_are_52_with_names_of_their_own() -> None:
    assert len({rule.name for rule in built_in_rules()}) == len(built_in_rules()) == 52


def test_a_device_is_known_with_its_geometry_only() -> None:
    assert names(header(model="iU22", rows="480", columns="640")) == ["Philips iU22 480"]
    assert names(header(model="iU22", rows="481", columns="640")) == []
    assert names(header(model="LOGIQE9", rows="720", columns="960")) == ["GE LOGIQE9"]
    assert names(header(model="LOGIQE9", rows="434", columns="636")) == []


def test_a_plain_ct_slice_keeps_its_anatomy_though_it_names_phantom_and_dose() -> None:
    plain = header(
        manufacturer="GE MEDICAL SYSTEMS", dose="DLP=12", image_type="ORIGINAL\\PRIMARY\\AXIAL", columns="512"
    )
    phantom = attribute(0x00189346, 0, 0x00080104, value="IEC Body Dosimetry Phantom")
    assert names((*plain, phantom)) == []
    screen = header(
        manufacturer="GE MEDICAL SYSTEMS", dose="DLP=12", image_type="DERIVED\\SECONDARY\\SCREEN SAVE", columns="512"
    )
    assert names(screen) == ["GE CT dose-length product"]


def test_a_region_that_does_not_fit_is_cut_for_a_user_and_left_for_our_own_rules() -> None:
    always = parse_condition("true")
    regions = (Box(0, 0, 640, 40), Box(600, 10, 700, 20), Box(900, 0, 950, 9))
    assert list(DeviceRule("a", always, regions).inside(640, 480)) == [Box(0, 0, 640, 40), Box(600, 10, 640, 20)]
    assert list(DeviceRule("a", always, regions, whole=True).inside(640, 480)) == [Box(0, 0, 640, 40)]


def test_a_picture_without_dicom_header_has_no_device() -> None:
    assert matching((DeviceRule("a", parse_condition("true"), (Box(0, 0, 9, 9),)),), ()) == ()


def test_one_pixel_in_one_view_is_something_to_see() -> None:
    plain, speck = np.zeros((20, 40), np.uint8), np.zeros((20, 40), np.uint8)
    speck[9, 20] = 1
    assert is_flat(Picture((View("window", plain), View("full", plain))), Box(0, 0, 40, 20))
    assert not is_flat(Picture((View("window", plain), View("full", speck))), Box(0, 0, 40, 20))


class Blind:
    """Sees no writing at all."""

    identity = "blind"

    def find(self, picture: Picture) -> Sequence[TextBox]:  # noqa: ARG002 - it looks at nothing
        return []


class Reader:
    identity = "reader"

    def read(self, picture: Picture, boxes: Sequence[TextBox]) -> Sequence[Reading]:  # noqa: ARG002 - reads nothing
        return [Reading(Phi(""), 0.0) for _ in boxes]


def cleaned(path: Path, output: Path, *rules: DeviceRule, text: TextMode = TextMode.ALL) -> AuditRecord:
    context = WorkerContext(Settings(load_profile("share"), bytes(32), text, device_rules=rules))
    context.__dict__.update(detector=Blind(), second_look=Blind(), reader=Reader())
    output.mkdir()
    record = Cleaner(context, CleanJob(output))(Input(1, str(path)))
    assert record is not None
    assert record.output_name is not None, record
    return record


def pixels(path: Path) -> NDArray[np.uint8]:
    return np.asarray(dcmread(BytesIO(path.read_bytes())).pixel_array)


def masks(record: AuditRecord) -> list[tuple[str, str]]:
    return [(step.authority, str(step.where)) for step in record.steps if step.action == "Mask"]


FRAMES = np.full((3, 480, 640), 40, np.uint8)
FRAMES[1, 10:20, 30:200] = 90
FRAMES[2, 10:20, 30:200] = 41


@pytest.fixture
def cine(tmp_path: Path) -> Path:
    """Three frames of an iU22; two show something in its title bar that no detector here sees."""
    more = {"Modality": "US", "ManufacturerModelName": "iU22 xMATRIX", "PatientName": f"{CANARY}^Jane"}
    data = image((480, 640), FRAMES.tobytes(), frames=3, more=more)
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "cine.dcm"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("text", ["all", "identifying"])
def test_what_no_detector_sees_is_masked_where_the_device_writes(cine: Path, tmp_path: Path, text: TextMode) -> None:
    record = cleaned(cine, tmp_path / "out", text=text)
    authority = "device rule Philips iU22 480"
    assert masks(record) == [
        (authority, "frame 2 at (0,0)-(640,47)"),
        (authority, "frame 3 at (0,0)-(640,47)"),
    ]
    assert {step.rule for step in record.steps if step.action == "Mask"} == {Rule.WRITING_UNREADABLE}
    copy = pixels(tmp_path / "out" / str(record.output_name))
    assert np.ptp(copy[1:, :47]) == 0
    assert (copy[:, 47:] == FRAMES[:, 47:]).all()
    assert (copy[0] == FRAMES[0]).all()


def test_without_looking_at_pixels_no_region_is_masked(cine: Path, tmp_path: Path) -> None:
    assert masks(cleaned(cine, tmp_path / "out", text=TextMode.NONE)) == []


def test_cleaning_again_masks_nothing_and_changes_no_byte(cine: Path, tmp_path: Path) -> None:
    first = cleaned(cine, tmp_path / "out")
    copy = tmp_path / "out" / str(first.output_name)
    again = cleaned(copy, tmp_path / "again")
    assert again.steps == ()
    assert (tmp_path / "again" / str(again.output_name)).read_bytes() == copy.read_bytes()


def assert_what_was_blackened_is_told(record: AuditRecord, folder: Path) -> None:
    """In the record and for the report: whole blocks of the JPEG, all of them black."""
    (shown,) = shown_pictures(folder, record)
    (region,) = shown.regions
    box = region.box
    assert region in [step.masked for step in record.steps]
    assert (box.left % 16, box.top % 8, box.right % 16, box.bottom % 8) == (0, 0, 0, 0)
    luma = pixels(folder / str(record.output_name))[shown.frame, :, :, 0]
    assert luma[box.top : box.bottom, box.left : box.right].max() <= 16


@pytest.mark.parametrize("region", [Box(0, 0, 320, 30), Box(17, 33, 83, 90), Box(16, 16, 32, 32)])
def test_a_mask_in_lossy_color_is_at_rest_after_one_run(tmp_path: Path, region: Box) -> None:
    rule = DeviceRule("ours", parse_condition('Modality.equals("US")'), (region,))
    first = cleaned(Path(str(get_testdata_file("examples_ybr_color.dcm"))), tmp_path / "out", rule)
    assert {authority for authority, _ in masks(first)} == {"device rule ours"}
    copy = tmp_path / "out" / str(first.output_name)
    assert_what_was_blackened_is_told(first, tmp_path / "out")
    assert masks(cleaned(copy, tmp_path / "again", rule)) == []
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    again = next(path for path in (tmp_path / "again").rglob("*.dcm"))
    assert hashlib.sha256(again.read_bytes()).hexdigest() == digest


def test_a_real_ultrasound_loses_its_title_bar_and_nothing_else(tmp_path: Path) -> None:
    original = Path(str(get_testdata_file("OBXXXX1A.dcm")))
    record = cleaned(original, tmp_path / "out")
    assert masks(record) == [("device rule Philips CX50 600", "frame 1 at (0,0)-(800,59)")]
    copy = pixels(tmp_path / "out" / str(record.output_name))
    assert np.ptp(copy[:59]) == 0
    assert (copy[59:] == pixels(original)[59:]).all()


def test_a_rule_that_no_file_met_is_named_at_the_end_and_so_is_what_has_no_header() -> None:
    def records() -> Generator[AuditRecord, None, None]:
        met = AuditRecord(InputRef(1, ""), Status.CLEAN, "share", frames=1, media_type="application/dicom")
        yield replace(met, device_rules=("ACME room 4",))
        yield AuditRecord(InputRef(2, ""), Status.CLEAN, "share", frames=1, media_type="image/png")

    said: list[str] = []
    assert len(list(naming_idle_rules(records(), ("ACME room 4", "ACME room 5"), said.append))) == 2
    assert said == [
        "warning: no file that was cleaned met these rules of --device-rules: ACME room 5.",
        "warning: device rules ask for values of a DICOM header, so they mask nothing in pictures that have none.",
    ]
    said.clear()
    list(naming_idle_rules(records(), (), said.append))
    assert said == []


def test_a_users_rules_are_part_of_what_a_run_is_known_by() -> None:
    rule = DeviceRule("ours", parse_condition("true"), (Box(0, 0, 9, 9),))
    plain = WorkerContext(Settings(load_profile("share"), bytes(32))).policy.identity
    ours = WorkerContext(Settings(load_profile("share"), bytes(32), device_rules=(rule,))).policy.identity
    assert ours != plain
