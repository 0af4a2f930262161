"""Candidate -> Verified | Rejected: the staged bytes reopened as a stranger would, and proved.

Four proofs: the format compares the copy with the input and the plan; no known value of the input is in the
copy's decoded text or raw bytes; the policy, asked anew, would change nothing; and a second, different look at
the pixels finds no writing that was not planned to stay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute, Finding, Observation, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check, Keep, Plan, Refusal
from scanscrub.formats.base import Document
from scanscrub.pipeline.apply import Candidate
from scanscrub.pipeline.inspect import Examination, read_findings
from scanscrub.pipeline.read import recognised
from scanscrub.pipeline.tools import Tools
from scanscrub.policy.spellings import Spellings

CHUNK = 4 << 20
OVERLAP = 1 << 10
"""Longer than any spelling that is searched for, so that none hides across two chunks."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A candidate every check passed. Only this can be published."""

    candidate: Candidate
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that failed. `writing` is what the second look still saw."""

    checks: tuple[Check, ...]
    writing: tuple[Finding, ...] = ()


def verify(original: Document, examination: Examination, candidate: Candidate, tools: Tools) -> Verified | Rejected:
    """Prove the staged copy."""
    checks: list[Check] = []
    writing: tuple[Finding, ...] = ()
    try:
        with (
            candidate.staged.reopened() as stream,
            recognised(stream).open(stream, candidate.plan.source) as copy,
        ):
            seen = tuple(copy.inspect())
            checks.extend(original.prove(candidate.plan, copy))
            checks.extend(_search(seen, stream, examination))
            checks.append(_planned_again(seen, candidate.plan, tools))
            if examination.frames:
                writing = tuple(_second_look(copy, examination, candidate.plan, tools))
                checks.append(Check("no writing left", not writing, f"{len(writing)} regions" if writing else ""))
    except RefusedFile:
        checks.append(Check("the copy can be opened", passed=False))
    if all(check.passed for check in checks):
        return Verified(candidate, tuple(checks))
    return Rejected(tuple(checks), writing)


def _search(seen: Sequence[Observation], stream: BinaryIO, examination: Examination) -> Iterator[Check]:
    spellings = Spellings(examination.known)
    hits = sum(
        observation.value is not None and spellings.in_text(observation.value.reveal())
        for observation in seen
        if isinstance(observation, Attribute)
    )
    yield Check("no known value in the text", hits == 0, f"{hits} elements" if hits else "")
    yield Check("no known value in the bytes", not any(spellings.in_bytes(chunk) for chunk in _chunks(stream)))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in overlapping pieces."""
    stream.seek(0)
    tail = b""
    while chunk := stream.read(CHUNK):
        yield tail + chunk
        tail = chunk[-OVERLAP:]


def _planned_again(seen: Sequence[Observation], plan: Plan, tools: Tools) -> Check:
    """Cleaning the copy once more must change nothing: what is clean is what `clean` leaves alone."""
    name = "cleaning again changes nothing"
    again = tools.policy.decide(plan.source, seen, (), attest=False)
    if isinstance(again, Refusal):
        return Check(name, passed=False, detail="refused")
    places = ", ".join(sorted({str(step.where) for step in again.changes})[:5])
    return Check(name, not again.changes, places)


def _second_look(copy: Document, examination: Examination, plan: Plan, tools: Tools) -> Iterator[Finding]:
    """Writing in the copy, other than what the plan keeps.

    The second detector looks at every frame. The first one looks again where something was masked; elsewhere the
    pixels are the ones it has seen, and it would say the same.
    """
    masks = plan.masks()
    kept: dict[int, list[Box]] = {}
    for step in plan.steps:
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Keep):
            kept.setdefault(step.where.frame, []).append(step.where.box)
    for frame, picture in copy.pictures():
        found = [*tools.second_look.find(picture), *(tools.detector.find(picture) if frame in masks else ())]
        boxes = [box for box in found if not any(_mostly_inside(box.box, allowed) for allowed in kept.get(frame, ()))]
        yield from read_findings(picture, frame, boxes, examination.known, tools)


def _mostly_inside(box: Box, other: Box) -> bool:
    """Whether at least half of `box` lies in `other`, grown by its own height."""
    wide = other.grown(max(4, other.height // 2))
    if not box.meets(wide):
        return False
    common = Box(
        max(box.left, wide.left), max(box.top, wide.top), min(box.right, wide.right), min(box.bottom, wide.bottom)
    )
    return 2 * common.area >= box.area
