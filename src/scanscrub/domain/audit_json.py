"""AuditRecords as JSON objects and back: a line of ``audit.jsonl`` (the field names are a contract)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Status
from scanscrub.domain.finding import FileName, HeaderElement, Locator, PixelRegion, Segment, origin_of
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check, Refusal
from scanscrub.domain.review.json_form import outcome_from_json, outcome_to_json
from scanscrub.domain.rules import Rule, Severity

SCHEMA: Final = 2
"""The version of what is written. 1 spelled out every step and check on every line."""


def record_to_json(
    record: AuditRecord, steps: Sequence[object] | None = None, checks: Sequence[object] | None = None
) -> dict[str, Any]:
    """The record as an object of JSON types; its steps and checks as somebody wrote them already, or spelled out."""
    return {
        "schema": SCHEMA,
        "input_ref": {"number": record.input_ref.number, "digest": record.input_ref.digest},
        "output_name": record.output_name,
        "sha256s": dict(record.sha256s),
        "status": record.status.value,
        "profile": record.profile,
        "media_type": record.media_type,
        "frames": record.frames,
        "masked_share": record.masked_share,
        "steps": [step_to_json(step) for step in record.steps] if steps is None else steps,
        "checks": [check_to_json(check) for check in record.checks] if checks is None else checks,
        "refusal": {"reason": record.refusal.reason, "hint": record.refusal.hint} if record.refusal else None,
        "notes": list(record.notes),
        "tool": record.tool,
        "seconds": record.seconds,
        "times": dict(record.times),
        "text": record.text,
        "kept": [locator_to_json(region) for region in record.kept],
        "person": list(record.person),
        "device_rules": list(record.device_rules),
        **({} if record.review is None else {"review": outcome_to_json(record.review)}),
    }


def record_from_json(
    line: Mapping[str, Any], steps: tuple[AuditStep, ...] | None = None, checks: tuple[Check, ...] | None = None
) -> AuditRecord:
    """The record of one JSON object, whose steps and checks were read already or are spelled out.

    Raises `KeyError`, `TypeError` or `ValueError` where it is none.
    """
    refusal = line["refusal"]
    return AuditRecord(
        InputRef(int(line["input_ref"]["number"]), str(line["input_ref"]["digest"])),
        Status(line["status"]),
        str(line["profile"]),
        output_name=line["output_name"],
        sha256s=tuple(line["sha256s"].items()),
        media_type=str(line["media_type"]),
        frames=int(line["frames"]),
        masked_share=float(line["masked_share"]),
        steps=tuple(map(step_from_json, line["steps"])) if steps is None else steps,
        checks=tuple(map(check_from_json, line["checks"])) if checks is None else checks,
        refusal=Refusal(refusal["reason"], refusal["hint"]) if refusal else None,
        notes=tuple(line["notes"]),
        tool=str(line["tool"]),
        seconds=float(line["seconds"]),
        times=tuple(line["times"].items()),
        text=str(line.get("text", "")),
        kept=tuple(_region_from_json(region) for region in line.get("kept", ())),
        person=tuple(line.get("person", ())),
        device_rules=tuple(line.get("device_rules", ())),
        review=outcome_from_json(line["review"]) if "review" in line else None,
    )


def check_to_json(check: Check) -> dict[str, Any]:
    return {"name": check.name, "passed": check.passed, "detail": check.detail}


def check_from_json(check: Mapping[str, Any]) -> Check:
    return Check(check["name"], check["passed"], check["detail"])


def step_to_json(step: AuditStep) -> dict[str, Any]:
    masked = {"masked": locator_to_json(step.masked)} if step.masked is not None else {}
    return {
        "rule": step.rule,
        "severity": step.severity,
        "where": locator_to_json(step.where),
        "action": step.action,
        "authority": step.authority,
        "origin": "" if step.origin is None else str(step.origin),
        "words": step.words,
        **masked,
    }


def step_from_json(step: Mapping[str, Any]) -> AuditStep:
    return AuditStep(
        Rule(step["rule"]) if step["rule"] else None,
        Severity(step["severity"]) if step["severity"] else None,
        locator_from_json(step["where"]),
        step["action"],
        step["authority"],
        origin_of(step["origin"]) if step["origin"] else None,
        step["words"],
        _region_from_json(step["masked"]) if "masked" in step else None,
    )


def _region_from_json(where: Mapping[str, Any]) -> PixelRegion:
    region = locator_from_json(where)
    if not isinstance(region, PixelRegion):
        raise KeyError("box")
    return region


def locator_to_json(where: Locator) -> dict[str, Any]:
    """A place as an object that says its kind."""
    match where:
        case HeaderElement(path):
            return {"element": str(where), "path": list(path)}
        case PixelRegion(box, frame, quad):
            region: dict[str, Any] = {"frame": frame, "box": [box.left, box.top, box.right, box.bottom]}
            if quad is not None:
                region["quad"] = [[round(x, 1), round(y, 1)] for x, y in quad]
            return region
        case Segment(kind, index):
            return {"segment": kind, "index": index}
        case FileName():
            return {"name": True}
        case _ as never:
            assert_never(never)


def locator_from_json(where: Mapping[str, Any]) -> Locator:
    """The place that `locator_to_json` wrote. Raises `KeyError` where it is none."""
    if "element" in where:
        return HeaderElement(tuple(where["path"]))
    if "box" in where:
        corners = [(float(x), float(y)) for x, y in where.get("quad", ())]
        quad = (corners[0], corners[1], corners[2], corners[3]) if corners else None
        return PixelRegion(Box(*where["box"]), where["frame"], quad)
    if "segment" in where:
        return Segment(where["segment"], where["index"])
    if "name" in where:
        return FileName()
    raise KeyError("element")
