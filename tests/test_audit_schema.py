"""The schema of the audit says what records hold: no more and no less."""

import json
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any, get_type_hints

import jsonschema
import pytest

from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Status
from scanscrub.domain.audit_json import record_to_json
from scanscrub.domain.finding import FileName, HeaderElement, Locator, Origin, OriginKind, PixelRegion, Segment
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check, Refusal
from scanscrub.domain.review.decided import Place, ReviewOutcome
from scanscrub.domain.rules import Rule, Severity

DRAWN = Place(Box(1, 2, 3, 4))
SLANTED = PixelRegion(Box(1, 2, 30, 40), 1, ((1.0, 2.0), (30.0, 3.0), (29.0, 40.0), (2.0, 38.0)))
PLACES: list[Locator] = [
    HeaderElement((0x00100010,)),
    HeaderElement((0x00081140, 0, 0x00081155)),
    Segment("APP1 Exif", 2),
    FileName(),
    PixelRegion(Box(0, 0, 5, 6)),
    SLANTED,
]


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("scanscrub").joinpath("docs/audit.schema.json").read_bytes())
    return found


def written(record: AuditRecord) -> Any:  # noqa: ANN401 - JSON
    return json.loads(json.dumps(record_to_json(record)))


def full(status: Status = Status.CLEAN) -> AuditRecord:
    """A record with something in each field."""
    steps = [AuditStep(rule, severity, PLACES[2], "Remove", "a clause") for rule in Rule for severity in Severity]
    origin = Origin(OriginKind.DETECTOR, "a detector")
    steps += [AuditStep(None, None, place, "Mask", "PS3.15", origin, 2, SLANTED) for place in PLACES]
    return AuditRecord(
        InputRef(7, "ab" * 32),
        status,
        "share 2026d",
        output_name="ANON/IM-1.dcm",
        sha256s=(("output", "cd" * 32), ("input", "ef" * 32)),
        media_type="application/dicom",
        frames=3,
        masked_share=0.5,
        steps=tuple(steps),
        checks=(Check("masks are flat", passed=True, detail="all of them"),),
        refusal=Refusal("The file is cut off.", "Export it again."),
        notes=("A note.",),
        tool="scanscrub 1",
        seconds=1.5,
        times=(("read", 0.5),),
        text="identifying",
        kept=(SLANTED,),
        review=ReviewOutcome(
            "0123456789ab", (DRAWN,), (DRAWN, Place(Box(0, 0, 1, 1), 3, is_confirmed=True)), (DRAWN,)
        ),
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("status", Status)
def test_records_of_every_status_are_as_the_schema_says(status: Status) -> None:
    jsonschema.validate(written(full(status)), schema())
    jsonschema.validate(written(AuditRecord(InputRef(1, ""), status, "share 2026d")), schema())


def test_every_place_is_as_the_schema_says() -> None:
    for place in PLACES:
        step = AuditStep(Rule.IDENTITY, Severity.IDENTITY, place, "Remove", "a clause")
        jsonschema.validate(written(AuditRecord(InputRef(1, ""), Status.CLEAN, "share", steps=(step,))), schema())


def test_every_field_of_a_record_is_in_the_schema_and_none_besides() -> None:
    described = schema()["properties"]
    names = {field.name for field in fields(AuditRecord)}
    assert set(written(full())) == names | {"schema"}
    assert set(described) == names | {"schema", "table"}
    (step, *_) = [one for one in written(full())["steps"] if "masked" in one]
    assert set(step) == set(schema()["$defs"]["step"]["properties"]) == {field.name for field in fields(AuditStep)}


def test_a_field_that_the_schema_does_not_know_is_against_it() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**written(full()), "patient": "somebody"}, schema())


def test_a_record_without_one_of_its_fields_is_against_it() -> None:
    record = written(full())
    for name in schema()["required"]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: value for key, value in record.items() if key != name}, schema())


def test_the_words_of_statuses_severities_and_text_modes_are_those_of_the_program() -> None:
    properties = schema()["properties"]
    assert properties["status"]["enum"] == [status.value for status in Status]
    assert schema()["$defs"]["step"]["properties"]["severity"]["enum"] == [*(one.value for one in Severity), None]
    assert get_type_hints(AuditRecord)["status"] is Status
