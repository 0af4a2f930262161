"""One record as a card: picture, masks, changes, checks. Every text is escaped here."""

import base64
from collections import Counter
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from scanscrub.domain.audit import AuditRecord, AuditStep
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.rules import Rule
from scanscrub.report.page import words
from scanscrub.report.places import device_regions, kept_places, most_in_a_frame, places
from scanscrub.report.review import check_name, not_searched, why_look


def mask_steps(record: AuditRecord) -> tuple[AuditStep, ...]:
    """The steps that covered a region of a picture."""
    return tuple(step for step in record.steps if isinstance(step.where, PixelRegion))


def header_steps(record: AuditRecord) -> tuple[AuditStep, ...]:
    """The steps that changed anything else."""
    return tuple(step for step in record.steps if not isinstance(step.where, PixelRegion))


def link(record: AuditRecord) -> str:
    """The copy by its pseudonymous name, relative to this page."""
    if record.output_name is None:
        return "no copy"
    return f'<a href="./{escape(quote(record.output_name))}">{escape(record.output_name)}</a>'


def badge(record: AuditRecord) -> str:
    said = words.NOT_SEARCHED if not_searched(record) else words.STATUS[record.status]
    return f'<span class="badge {words.TONE[record.status]}">{said}</span>'


def checks_passed(record: AuditRecord) -> str:
    passed = sum(check.passed for check in record.checks)
    return f"{passed} of {words.plural(len(record.checks), 'check')} passed" if record.checks else "no check was made"


def card(record: AuditRecord, pictures: Mapping[int, bytes]) -> str:
    """The record as an ``<article>``; `pictures` are frames of the copy, PNG or JPEG, with their masks outlined."""
    frames = sorted(pictures)
    number = record.input_ref.number
    parts = [
        f'<article class="card" id="file-{number}" aria-labelledby="title-{number}">',
        _figure(record, frames[0], pictures[frames[0]], _several(record, len(frames)))
        if frames
        else _no_figure(record),
        '<div class="facts">',
        f'<h3 id="title-{number}">File {number} {badge(record)}</h3>',
        f'<p class="name">{link(record)}</p>',
        _look(record),
        _masks(record),
        _kept(record),
        *(f'<p class="note">{escape(note)}</p>' for note in record.notes),
        _changes(record),
        _checks(record),
        "</div>",
        f'<div class="strip">{"".join(_figure(record, one, pictures[one]) for one in frames[1:])}</div>'
        if frames[1:]
        else "",
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _no_figure(record: AuditRecord) -> str:
    return f'<div class="nopicture">{words.NOT_SHOWN if record.frames else "This file holds no picture."}</div>'


def _several(record: AuditRecord, shown: int) -> str:
    """How many of the file's pictures are here, where it has more than one."""
    if record.frames == 1:
        return ""
    if shown == record.frames:
        return f". All {shown} pictures of this file are here."
    return f". {shown} of {words.plural(record.frames, 'picture')} of this file; {words.OTHERS}"


def _figure(record: AuditRecord, frame: int, picture: bytes, said: str = "") -> str:
    media_type = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    here = (step for step in mask_steps(record) if isinstance(step.where, PixelRegion) and step.where.frame == frame)
    covered = words.plural(most_in_a_frame(places(here)), "covered place")
    number = "" if record.frames == 1 else f"picture {frame + 1:,} of "
    return (
        f'<figure><img src="data:{media_type};base64,{base64.b64encode(picture).decode("ascii")}"'
        f' alt="The copy, {number}file {record.input_ref.number}, {covered}, outlined in amber">'
        f"{f'<figcaption>Picture {frame + 1:,}{said}</figcaption>' if number else ''}</figure>"
    )


def _look(record: AuditRecord) -> str:
    return f"<p><b>{sentence}</b></p>" if (sentence := why_look(record)) else ""


def _masks(record: AuditRecord) -> str:
    masks = mask_steps(record)
    if not masks:
        if not record.frames or why_look(record):
            return ""
        return f"<p>{words.NOTHING_COVERED if record.kept else words.NO_WRITING}</p>"
    share = f"{record.masked_share:.1%}" if record.masked_share >= 0.001 else "less than 0.1%"
    frames = places(masks)
    up_to = "up to " if len(frames) > 1 else ""
    reasons = {rule: max(found[rule] for found in frames.values()) for rule in words.MASKS}
    rows = [
        f"<li><b>{up_to}{words.plural(reasons[rule], 'place')}</b>: {why} {_code(rule)}</li>"
        for rule, why in words.MASKS.items()
        if reasons[rule]
    ]
    rows += [
        f"<li><b>{up_to}{words.plural(count, 'region')}</b> {escape(words.DEVICE.format(name))}"
        f" {_code(Rule.WRITING_UNREADABLE)}</li>"
        for name, count in device_regions(masks).items()
    ]
    covered = f"{up_to.capitalize()}{words.plural(most_in_a_frame(frames), 'place')} covered"
    where = "the picture" if record.frames == 1 else "all pictures"
    if record.frames != 1:
        covered += f" in {len(frames):,} of {words.plural(record.frames, 'picture')}"
    return f"<p><b>{covered}</b>, {share} of {where}, because of:</p><ul>{''.join(rows)}</ul>"


def _kept(record: AuditRecord) -> str:
    frames = kept_places(record.kept)
    if not frames:
        return ""
    up_to = "up to " if len(frames) > 1 else ""
    where = "" if record.frames == 1 else f" in {len(frames):,} of {words.plural(record.frames, 'picture')}"
    count = f"{up_to.capitalize()}{words.plural(most_in_a_frame(frames), 'place')}"
    return f"<p><b>{count}</b>{where} {words.KEPT}</p>"


def _changes(record: AuditRecord) -> str:
    steps = header_steps(record)
    if not steps:
        return ""
    counts = Counter((step.rule, words.ACTIONS.get(step.action, "changed")) for step in steps)
    columns = [name for name in (*words.ACTIONS.values(), "changed") if any(name == used for _, used in counts)]
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    rows = "".join(_change_row(rule, title, columns, counts) for rule, title in words.HEADER_RULES.items())
    lost = sum(step.words for step in steps)
    spoken = f"<p>{words.plural(lost, 'word')} left out of texts that were kept.</p>" if lost else ""
    return (
        f"<details><summary>{words.plural(len(steps), 'change')} beside the pixels</summary>"
        f'<div class="scroll"><table><thead><tr><th scope="col">What</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{spoken}</details>"
    )


def _change_row(rule: Rule | None, title: str, columns: list[str], counts: Counter[tuple[Rule | None, str]]) -> str:
    numbers = [counts[rule, name] for name in columns]
    if not any(numbers):
        return ""
    cells = "".join(f"<td>{number or ''}</td>" for number in numbers)
    return f'<tr><th scope="row">{title} {_code(rule)}</th>{cells}</tr>'


def _checks(record: AuditRecord) -> str:
    if not record.checks:
        return ""
    failed = not all(check.passed for check in record.checks)
    rows = "".join(
        f'<li class="{"pass" if check.passed else "fail"}">{escape(check_name(record, check))}'
        f"{': ' + escape(check.detail) if check.detail else ''}"
        f"{'' if check.passed else ' <b>(not passed)</b>'}</li>"
        for check in record.checks
    )
    opened = " open" if failed else ""
    return f'<details{opened}><summary>{checks_passed(record)}</summary><ul class="checks">{rows}</ul></details>'


def _code(rule: Rule | None) -> str:
    return f'<span class="code">{rule.value}</span>' if rule else ""
