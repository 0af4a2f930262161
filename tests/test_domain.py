import copy
import pickle  # noqa: TID251 - to show that it raises

import pytest

from conftest import CANARY
from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Status
from scanscrub.domain.audit_json import record_from_json, record_to_json
from scanscrub.domain.finding import (
    HEADER,
    FileName,
    HeaderElement,
    Locator,
    Origin,
    OriginKind,
    PixelRegion,
    Segment,
    origin_of,
)
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Check, Keep, Mask, Plan, Refusal, Source, Step
from scanscrub.domain.rules import Rule, Severity


def test_a_patient_value_shows_itself_in_no_text_form() -> None:
    value = Phi(CANARY)
    assert {repr(value), str(value), f"{value}", f"{value:>20}"} == {"<withheld>"}


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_patient_value_can_be_neither_pickled_nor_copied(way: object) -> None:
    assert callable(way)
    with pytest.raises(TypeError, match="never"):
        way(Phi(CANARY))


def test_a_digest_of_a_patient_value_depends_on_the_key() -> None:
    assert Phi(CANARY).digest(b"1") == Phi(CANARY).digest(b"1") != Phi(CANARY).digest(b"2")


def test_boxes_clip_to_the_image_and_never_turn_inside_out() -> None:
    assert Box(-5, 2, 30, 9).clipped(20, 8) == Box(0, 2, 20, 8)
    assert Box(40, 40, 50, 50).clipped(20, 8).area == 0


def test_a_box_around_points_holds_fractions_and_negative_numbers() -> None:
    assert Box.around([(-0.5, 1.2), (3.0, 4.1)]) == Box(-1, 1, 3, 5)


def test_touching_boxes_do_not_meet() -> None:
    assert not Box(0, 0, 5, 5).meets(Box(5, 0, 9, 5))
    assert Box(0, 0, 5, 5).meets(Box(4, 4, 9, 9))


def test_an_element_is_named_by_tags_and_item_numbers() -> None:
    assert str(HeaderElement((0x00400275, 0, 0x00400007))) == "(0040,0275)[0](0040,0007)"


def test_a_plan_that_only_keeps_changes_nothing() -> None:
    keep = Step(HeaderElement((0x00080060,)), Keep("coded"), None, "PS3.15")
    mask = Step(PixelRegion(Box(0, 0, 4, 4), 3), Mask(4), None, "PS3.15 E.3.1")
    assert Plan(Source(1, ""), "share", (keep,)).changes == ()
    assert Plan(Source(1, ""), "share", (keep, mask)).masks() == {3: ((PixelRegion(Box(0, 0, 4, 4), 3), 4),)}


def test_a_record_survives_its_way_through_json() -> None:
    places: list[Locator] = [
        HeaderElement((0x00400275, 0, 0x00400007)),
        PixelRegion(Box(1, 2, 3, 4), 5, ((1, 2), (3, 2), (3, 4), (1, 4))),
        PixelRegion(Box(1, 2, 3, 4)),
        Segment("PNG tEXt", 2),
        FileName(),
    ]
    record = AuditRecord(
        InputRef(7, "ab"),
        Status.CLEAN,
        "share",
        output_name="a/b.dcm",
        sha256s=(("input", "00"), ("output", "ff")),
        steps=tuple(
            AuditStep(Rule.IDENTITY, Severity.IDENTITY, place, "Remove", "PS3.15 E.1-1 X", HEADER, 3, masked)
            for place in places
            for masked in (None, PixelRegion(Box(0, 0, 8, 8), 5))
        ),
        checks=(Check("one", passed=True), Check("two", passed=False, detail="3 elements")),
        refusal=Refusal("Why.", "What."),
        notes=("A note.",),
        times=(("read", 0.1),),
        text="identifying",
        kept=(PixelRegion(Box(1, 2, 3, 4), 5),),
    )
    assert record_from_json(record_to_json(record)) == record


def test_a_record_without_what_later_versions_added_can_be_read() -> None:
    step = AuditStep(Rule.WRITING, Severity.QUASI, PixelRegion(Box(1, 2, 3, 4)), "Mask", "PS3.15 E.3.1")
    record = AuditRecord(InputRef(7, "ab"), Status.CLEAN, "share", steps=(step,))
    line = record_to_json(record)
    assert "masked" not in line["steps"][0]
    del line["text"], line["kept"], line["person"]
    assert record_from_json(line) == record


@pytest.mark.parametrize(
    "origin",
    [HEADER, Origin(OriginKind.DETECTOR, "engine 1.2 0a1b"), Origin(OriginKind.DEVICE_RULE, "Philips CX50 600")],
)
def test_an_audit_gives_back_who_made_a_finding(origin: Origin) -> None:
    assert origin_of(str(origin)) == origin


def test_a_region_is_read_again_as_it_was_written() -> None:
    region = PixelRegion(Box(-3, 4, 50, 60), 7)
    assert PixelRegion.parsed(str(region)) == region
    assert PixelRegion.parsed(str(HeaderElement((0x00100010,)))) is None
