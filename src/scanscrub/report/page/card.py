"""One record as a card says it: picture, masks, changes, checks. Plain text; the template escapes it."""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check
from scanscrub.domain.reasons import check_name, not_searched, why_look
from scanscrub.domain.rules import Rule
from scanscrub.report.page import words
from scanscrub.report.places import device_regions, kept_places, most_in_a_frame, places


@dataclass(frozen=True, slots=True)
class Badge:
    tone: str
    said: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy by its pseudonymous name; `href` leads there from the page, and is empty where there is none."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of the copy: `source` is a data URL."""

    source: str
    described: str
    caption: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many places are covered."""

    count: str
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class Covered:
    places: str
    share: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    places: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    title: str
    rule: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    title: str
    columns: tuple[str, ...]
    rows: tuple[ChangeRow, ...]
    lost: str


@dataclass(frozen=True, slots=True)
class Card:
    """What ``card.html`` shows of a record."""

    number: int
    badge: Badge
    copy: Copy
    figures: tuple[Figure, ...]
    no_picture: str
    look: str
    covered: Covered | None
    not_covered: str
    kept: Kept | None
    notes: tuple[str, ...]
    changes: Changes | None
    checks: tuple[Check, ...]
    checks_passed: bool
    checks_title: str


def card(record: AuditRecord, pictures: Mapping[int, bytes]) -> Card:
    """The record's card; `pictures` are frames of the copy, PNG or JPEG, with their masks outlined."""
    frames = sorted(pictures)
    said = _several(record, len(frames))
    masks = mask_steps(record)
    is_plain = not masks and record.frames and not why_look(record)
    return Card(
        record.input_ref.number,
        badge(record),
        copy_of(record),
        tuple(_figure(record, one, pictures[one], said if one == frames[0] else "") for one in frames),
        words.NOT_SHOWN if record.frames else "This file holds no picture.",
        why_look(record),
        _covered(record, masks) if masks else None,
        (words.NOTHING_COVERED if record.kept else words.NO_WRITING) if is_plain else "",
        _kept(record),
        record.notes,
        _changes(record),
        tuple(Check(check_name(record, check), check.passed, check.detail) for check in record.checks),
        all(check.passed for check in record.checks),
        checks_passed(record),
    )


def mask_steps(record: AuditRecord) -> tuple[AuditStep, ...]:
    """The steps that covered a region of a picture."""
    return tuple(step for step in record.steps if isinstance(step.where, PixelRegion))


def header_steps(record: AuditRecord) -> tuple[AuditStep, ...]:
    """The steps that changed anything else."""
    return tuple(step for step in record.steps if not isinstance(step.where, PixelRegion))


def copy_of(record: AuditRecord) -> Copy:
    return Copy(record.output_name or "", f"./{quote(record.output_name)}" if record.output_name else "")


def badge(record: AuditRecord) -> Badge:
    said = words.NOT_SEARCHED if not_searched(record) else words.STATUS[record.status]
    return Badge(words.TONE[record.status], said)


def checks_passed(record: AuditRecord) -> str:
    passed = sum(check.passed for check in record.checks)
    return f"{passed} of {words.plural(len(record.checks), 'check')} passed" if record.checks else "no check was made"


def _several(record: AuditRecord, shown: int) -> str:
    """How many of the file's pictures are here, where it has more than one."""
    if record.frames == 1:
        return ""
    if shown == record.frames:
        return f". All {shown} pictures of this file are here."
    return f". {shown} of {words.plural(record.frames, 'picture')} of this file; {words.OTHERS}"


def _figure(record: AuditRecord, frame: int, picture: bytes, said: str) -> Figure:
    media_type = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    here = (step for step in mask_steps(record) if isinstance(step.where, PixelRegion) and step.where.frame == frame)
    covered = words.plural(most_in_a_frame(places(here)), "covered place")
    number = "" if record.frames == 1 else f"picture {frame + 1:,} of "
    return Figure(
        f"data:{media_type};base64,{base64.b64encode(picture).decode('ascii')}",
        f"The copy, {number}file {record.input_ref.number}, {covered}, outlined in amber",
        f"Picture {frame + 1:,}{said}" if number else "",
    )


def _covered(record: AuditRecord, masks: tuple[AuditStep, ...]) -> Covered:
    share = f"{record.masked_share:.1%}" if record.masked_share >= 0.001 else "less than 0.1%"
    frames = places(masks)
    up_to = "up to " if len(frames) > 1 else ""
    most = {rule: max(found[rule] for found in frames.values()) for rule in words.MASKS}
    reasons = [
        Reason(f"{up_to}{words.plural(most[rule], 'place')}", f": {why}", rule.value)
        for rule, why in words.MASKS.items()
        if most[rule]
    ]
    reasons += [
        Reason(
            f"{up_to}{words.plural(count, 'region')}",
            f" {words.DEVICE.format(name)}",
            Rule.WRITING_UNREADABLE.value,
        )
        for name, count in device_regions(masks).items()
    ]
    covered = f"{up_to.capitalize()}{words.plural(most_in_a_frame(frames), 'place')} covered"
    if record.frames != 1:
        covered += f" in {len(frames):,} of {words.plural(record.frames, 'picture')}"
    where = "the picture" if record.frames == 1 else "all pictures"
    return Covered(covered, f"{share} of {where}", tuple(reasons))


def _kept(record: AuditRecord) -> Kept | None:
    frames = kept_places(record.kept)
    if not frames:
        return None
    up_to = "up to " if len(frames) > 1 else ""
    where = "" if record.frames == 1 else f" in {len(frames):,} of {words.plural(record.frames, 'picture')}"
    count = f"{up_to.capitalize()}{words.plural(most_in_a_frame(frames), 'place')}"
    return Kept(count, f"{where} {words.KEPT}")


def _changes(record: AuditRecord) -> Changes | None:
    steps = header_steps(record)
    if not steps:
        return None
    counts = Counter((step.rule, words.ACTIONS.get(step.action, "changed")) for step in steps)
    used = {name for _, name in counts}
    columns = tuple(name for name in dict.fromkeys((*words.ACTIONS.values(), "changed")) if name in used)
    rows = (
        ChangeRow(title, rule.value if rule else "", tuple(counts[rule, name] for name in columns))
        for rule, title in words.HEADER_RULES.items()
    )
    lost = sum(step.words for step in steps)
    return Changes(
        f"{words.plural(len(steps), 'change')} beside the pixels",
        columns,
        tuple(row for row in rows if any(row.numbers)),
        f"{words.plural(lost, 'word')} left out of texts that were kept." if lost else "",
    )
