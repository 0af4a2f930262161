"""What `inspect` says of one file: which sorts of things it found and where, never what they say."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from scanscrub import (
    WITHOUT_COPY,
    AuditRecord,
    AuditStep,
    Box,
    HeaderElement,
    Inspection,
    PixelRegion,
    Rule,
    Segment,
    Severity,
    Status,
    keyword_of,
)
from scanscrub.cli.terminal.words import RULES, by_rule
from scanscrub.report.findings.formats import printable
from scanscrub.report.places import most_in_a_frame, places
from scanscrub.report.plural import plural

_MOST: Final = 6
"""So many sorts are named; the others are counted."""
_PATIENT_GROUP: Final = 0x0010
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_EXIF: Final[Mapping[int, str]] = {
    0xA430: "name of the camera's owner",
    0x8825: "GPS position",
    0x013B: "author",
    0x8298: "copyright",
    0x9286: "comment",
    0x010E: "description",
    0x9003: "date",
    0x9004: "date",
    0x0132: "date",
    0xA431: "serial number of the camera",
    0xA435: "serial number of the lens",
    0xA420: "number of the picture",
    0x0201: "small preview",
    0x927C: "the maker's notes",
    0x010F: "make of the camera",
    0x0110: "model of the camera",
    0x0131: "program",
}
"""Tags of EXIF 2.32 in plain words, the most telling first."""
_DOWN: Final = ("top", "", "bottom")
_ACROSS: Final = ("left", "", "right")


def told(seen: Inspection) -> Iterator[str]:
    """A line for each rule that found something, and one about where the writing is."""
    record = seen.record
    titles = {RULES[rule]: rule for rule in Rule}
    for title, count in by_rule(record.steps):
        rule = titles.get(title)
        sorts = _in_words(_sorts(record.steps, rule, seen.exif)) if rule is not None else ""
        yield f"  - {title} ({plural(count, 'place')}{sorts})"
    regions = [step.where for step in record.steps if isinstance(step.where, PixelRegion)]
    if regions:
        frames = places(record.steps)
        most = f"{'up to ' if len(frames) > 1 else ''}{plural(most_in_a_frame(frames), 'place')}"
        where = f"{len(frames)} of {plural(record.frames, 'picture')}"
        yield f"    The text is on {where}, in {most}{_where(seen)}."
        yield "    This was a first look. clean examines its copies again and may cover more."


def told_of_each(seen: Iterable[Inspection], *, searched: bool) -> Iterator[str]:
    """Some lines of each file that is an image, and of one that could not be read."""
    lines = [
        line
        for each in seen
        if each.record.status is not Status.IGNORED
        for line in _told_of_one(each, searched=searched)
    ]
    yield from lines or ["No image was found."]
    if lines and not searched:
        yield "The pictures were not searched for text, so burned-in names would not be found."


def _told_of_one(inspection: Inspection, *, searched: bool) -> Iterator[str]:
    """A few lines about one file; without having `searched` its pictures, nothing says that it is harmless."""
    record, called = inspection.record, printable(inspection.name)
    title = f"File {record.input_ref.number}{f', {called}' if called else ''}"
    if record.refusal is not None:
        yield f"{title}: {record.refusal.reason} {record.refusal.hint}"
        return
    lines = [*told(inspection), *([f"  - {RULES[Rule.NAME]}"] if inspection.is_name_withheld else [])]
    if lines:
        yield f"{title} ({record.media_type}) would give away:"
        yield from lines
        return
    found_nothing = "nothing found that identifies anyone" if searched else "nothing found outside its pictures"
    yield f"{title} ({record.media_type}): {found_nothing}."


def told_of_all(seen: Sequence[Inspection], *, searched: bool) -> Iterator[str]:
    """The same of a whole run, in as many lines as there are rules, and why some files will have no copy."""
    images = [each for each in seen if each.record.status is Status.PLANNED]
    refused = Counter(each.record.refusal for each in seen if each.record.status in WITHOUT_COPY)
    if images:
        found = list(_gathered(images))
        yield f"{plural(len(images), 'image')}. Shared without cleaning, this would be revealed:"
        yield from found or ["  - nothing that was found"]
        if not searched:
            yield "The pictures were not searched for text yet. This happens when the copies are made."
    elif not refused:
        yield "No image was found."
    for refusal, count in refused.items():
        why = f"{refusal.reason} {refusal.hint}".rstrip() if refusal else "It could not be read."
        yield f"{plural(count, 'file')} will have no copy: {why}"


def _gathered(images: Sequence[Inspection]) -> Iterator[str]:
    exif = frozenset[int]().union(*(each.exif for each in images))
    for rule in Rule:
        steps = [[step for step in each.record.steps if step.rule is rule] for each in images]
        count = sum(map(bool, steps)) if rule is not Rule.NAME else sum(each.is_name_withheld for each in images)
        if count:
            many = f"in {count:,} of {len(images):,}" if len(images) > 1 else ""
            sorts = _in_words(_sorts(chain.from_iterable(steps), rule, exif)).removeprefix(": ")
            told = ": ".join(filter(None, (many, sorts)))
            yield f"  - {RULES[rule]}{f' ({told})' if told else ''}"


def _first_frame(record: AuditRecord) -> int | None:
    """The first frame with writing."""
    return min((step.where.frame for step in record.steps if isinstance(step.where, PixelRegion)), default=None)


def _sorts(steps: Iterable[AuditStep], rule: Rule, exif: frozenset[int]) -> Iterator[str]:
    """The names of the elements and segments, the gravest and what is said of the patient first."""
    for step in sorted((step for step in steps if step.rule is rule), key=_rank):
        if isinstance(step.where, HeaderElement):
            yield _WORDS.sub(" ", keyword_of(step.where.tag))
        elif isinstance(step.where, Segment):
            yield step.where.kind
            if "exif" in step.where.kind.lower():
                yield from (name for tag, name in _EXIF.items() if tag in exif)


def _rank(step: AuditStep) -> tuple[int, bool]:
    of_patient = isinstance(step.where, HeaderElement) and step.where.tag >> 16 == _PATIENT_GROUP
    return (step.severity or Severity.HYGIENE).rank, not of_patient


def _in_words(sorts: Iterable[str]) -> str:
    names = list(dict.fromkeys(filter(None, sorts)))
    rest = len(names) - _MOST
    return f": {', '.join(names[:_MOST])}{f' and {rest} more' if rest > 0 else ''}" if names else ""


def _where(seen: Inspection) -> str:
    record = seen.record
    frame = _first_frame(record)
    if seen.size is None or frame is None:
        return ""
    regions = [step.where for step in record.steps if isinstance(step.where, PixelRegion)]
    boxes = [Box.around(region.outline) for region in regions if region.frame == frame]
    picture = f" in picture {frame + 1}" if record.frames > 1 else ""
    return f":{picture} {', '.join(_corners(boxes, *seen.size))}"


def _corners(boxes: Sequence[Box], rows: int, columns: int) -> Iterator[str]:
    """The ninths of the picture in which the boxes have their middles, line by line."""
    middles = {(_third(box.top + box.bottom, rows), _third(box.left + box.right, columns)) for box in boxes}
    for down, across in sorted(middles):
        yield " ".join(filter(None, (_DOWN[down], _ACROSS[across]))) or "middle"


def _third(doubled: int, length: int) -> int:
    return min(max(3 * doubled // (2 * length), 0), 2)
