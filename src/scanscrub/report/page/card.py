"""One record as a card says it: picture, masks, changes, checks. Plain text; the template escapes it."""

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.plan import Check
from scanscrub.domain.reasons import check_name, pixels_not_searched, review_reason
from scanscrub.domain.rules import Rule
from scanscrub.report.page import words
from scanscrub.report.page.series import Group, masks, numbers_of
from scanscrub.report.places import DRAWN, device_regions, kept_places, most_in_a_frame, places
from scanscrub.report.plural import plural

_OF_BROWSERS: Final = (".png", ".jpg", ".gif", ".webp", ".bmp")
LONGEST: Final = 80
"""So many letters the numbers of a series may take in its title."""


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
    """A picture of the copy: `source` is a data URL. `name` is its place on the page; `href` leads to the copy, where
    a browser opens that, or to the picture itself, which is then shown as large as it is.
    """

    name: str
    href: str
    source: str
    described: str
    caption: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many places are covered."""

    count: str
    why: str
    rule: str = ""


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
class Row:
    """A file of a table."""

    number: int
    badge: Badge
    copy: Copy
    covered: int
    changes: int
    checks: str


@dataclass(frozen=True, slots=True)
class Card:
    """What ``card.html`` shows of a file or of a series, whose `members` are its files."""

    number: int
    title: str
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
    members_title: str
    members: Iterable[Row]


def card(group: Group, pictures: Mapping[int, bytes], members: Iterable[Row] = ()) -> Card:
    """The group's card; `pictures` are frames of the copy, or by their place files of the series, PNG or JPEG, with
    their masks outlined.
    """
    record = group.whole
    frames = sorted(pictures)
    said = _several(record, len(frames), "series" if group.is_series else "file")
    covered = masks(record)
    is_plain = not covered and record.frames and not review_reason(record)
    return Card(
        record.input_ref.number,
        _title(group),
        badge(record),
        _folder(group) if group.is_series else copy_of(record),
        tuple(_figure(group, one, pictures[one], said if one == frames[0] else "") for one in frames),
        words.NOT_SHOWN if record.frames else "This file holds no picture.",
        review_reason(record).replace("this file", "these files") if group.is_series else review_reason(record),
        _covered(record, covered) if covered else None,
        (words.NOTHING_COVERED if record.kept else words.NO_WRITING) if is_plain else "",
        _kept(record),
        (*(note for note in record.notes if note != review_reason(record)), *_taken_away(group)),
        _changes(group),
        tuple(Check(check_name(record, check), check.passed, check.detail) for check in record.checks),
        all(check.passed for check in record.checks),
        checks_passed(record),
        plural(len(group.records), "file"),
        members,
    )


def row(record: AuditRecord) -> Row:
    covered = masks(record)
    places_covered = most_in_a_frame(places(covered)) if covered else 0
    changes = len(record.steps) - len(covered)
    number = record.input_ref.number
    return Row(number, badge(record), copy_of(record), places_covered, changes, checks_passed(record))


def _title(group: Group) -> str:
    if not group.is_series:
        return f"File {group.first.input_ref.number}"
    numbers = numbers_of(group.records)
    if len(numbers) > LONGEST:
        numbers = f"{group.first.input_ref.number} to {group.records[-1].input_ref.number}, with others between"
    return f"Series of {plural(len(group.records), 'file')}: {numbers}"


def _folder(group: Group) -> Copy:
    """Where the copies of a series are; in one folder with all others, the first of them."""
    folder, _, name = (group.first.output_name or "").rpartition("/")
    return Copy(folder, f"./{quote(folder)}/") if folder else Copy(f"{name} ...", f"./{quote(name)}")


def is_opened_by_browsers(name: str) -> bool:
    """Whether a browser shows a copy of that name as it is."""
    return name.endswith(_OF_BROWSERS)


def copy_of(record: AuditRecord) -> Copy:
    return Copy(record.output_name or "", f"./{quote(record.output_name)}" if record.output_name else "")


def badge(record: AuditRecord) -> Badge:
    said = words.NOT_SEARCHED if pixels_not_searched(record) else words.STATUS[record.status]
    return Badge(words.TONE[record.status], said)


def checks_passed(record: AuditRecord) -> str:
    passed = sum(check.passed for check in record.checks)
    return f"{passed} of {plural(len(record.checks), 'check')} passed" if record.checks else "no check was made"


def _several(record: AuditRecord, shown: int, thing: str) -> str:
    """How many of the pictures of a file or a series are here, where it has more than one."""
    if record.frames == 1:
        return ""
    if shown == record.frames:
        return f". All {shown} pictures of this {thing} are here."
    return f". {shown} of {plural(record.frames, 'picture')} of this {thing}; {words.OTHERS[thing]}"


def _figure(group: Group, frame: int, picture: bytes, said: str) -> Figure:
    record = group.whole
    media_type = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    here = (step for step in masks(record) if isinstance(step.where, PixelRegion) and step.where.frame == frame)
    covered = plural(most_in_a_frame(places(here)), "covered place")
    file = (group.records[frame] if group.is_series else record).input_ref.number
    number = "" if record.frames == 1 or group.is_series else f"picture {frame + 1:,} of "
    caption = f"File {file}" if group.is_series else f"Picture {frame + 1:,}" if number else ""
    name = f"picture-{file}-{frame}"
    copy = copy_of(record)
    return Figure(
        name,
        copy.href if is_opened_by_browsers(copy.name) and not group.is_series else f"#{name}",
        f"data:{media_type};base64,{base64.b64encode(picture).decode('ascii')}",
        f"The copy, {number}file {file}, {covered}, outlined in amber",
        f"{caption}{said}" if caption else "",
    )


def _covered(record: AuditRecord, masks: tuple[AuditStep, ...]) -> Covered:
    share = f"{record.masked_share:.1%}" if record.masked_share >= 0.001 else "less than 0.1%"
    frames = places(masks)
    up_to = "up to " if len(frames) > 1 else ""
    most = {rule: max(found[rule] for found in frames.values()) for rule in words.MASKS}
    reasons = [
        Reason(f"{up_to}{plural(most[rule], 'place')}", f": {why}", rule.value)
        for rule, why in words.MASKS.items()
        if most[rule]
    ]
    reasons += [
        Reason(
            f"{up_to}{plural(count, 'region')}",
            f" {words.DEVICE.format(name)}",
            Rule.WRITING_UNREADABLE.value,
        )
        for name, count in device_regions(masks).items()
    ]
    if drawn := max(found[DRAWN] for found in frames.values()):
        reasons.append(Reason(f"{up_to}{plural(drawn, 'place')}", f": {words.DRAWN}"))
    covered = f"{up_to.capitalize()}{plural(most_in_a_frame(frames), 'place')} covered"
    if record.frames != 1:
        covered += f" in {len(frames):,} of {plural(record.frames, 'picture')}"
    where = "the picture" if record.frames == 1 else "all pictures"
    return Covered(covered, f"{share} of {where}", tuple(reasons))


def _kept(record: AuditRecord) -> Kept | None:
    frames = kept_places(record.kept)
    if not frames:
        return None
    up_to = "up to " if len(frames) > 1 else ""
    where = "" if record.frames == 1 else f" in {len(frames):,} of {plural(record.frames, 'picture')}"
    count = f"{up_to.capitalize()}{plural(most_in_a_frame(frames), 'place')}"
    return Kept(count, f"{where} {words.KEPT}")


def _taken_away(group: Group) -> tuple[str, ...]:
    taken = sum(len(record.review.removed) for record in group.records if record.review is not None)
    return (f"{words.TAKEN_AWAY} {plural(taken, 'place')}.",) if taken else ()


def _changes(group: Group) -> Changes | None:
    found, lost = group.changes()
    if not found:
        return None
    counts: Counter[tuple[Rule | None, str]] = Counter()
    for (rule, action), times in found.items():
        counts[rule, words.ACTIONS.get(action, "changed")] += times
    used = {name for _, name in counts}
    columns = tuple(name for name in dict.fromkeys((*words.ACTIONS.values(), "changed")) if name in used)
    rows = (
        ChangeRow(title, rule.value if rule else "", tuple(counts[rule, name] for name in columns))
        for rule, title in words.HEADER_RULES.items()
    )
    files = f" of {plural(len(group.records), 'file')}" if group.is_series else ""
    return Changes(
        f"{plural(found.total(), 'change')} beside the pixels{files}",
        columns,
        tuple(row for row in rows if any(row.numbers)),
        f"{plural(lost, 'word')} left out of texts that were kept." if lost else "",
    )
