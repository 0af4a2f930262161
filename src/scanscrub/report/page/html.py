"""``report.html``: one page without network, scripts or patient values, for a patient and for an engineer.

Pictures are inline; a content security policy forbids everything else. The page is written record by record, so
that ten thousand files need no more memory than the pictures of one.
"""

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TextIO, TypeAlias

from jinja2 import DictLoader, Environment, StrictUndefined

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.reasons import check_name, not_searched
from scanscrub.domain.sealed_page import seal
from scanscrub.report.page import words
from scanscrub.report.page.card import Badge, Card, Row, badge, card, row
from scanscrub.report.page.series import Group, grouped, masks
from scanscrub.report.review import MixedPatients, SplitStudies

CARDS = 300
"""So many files get a card with a picture, those to look at and the masked ones first; the others a table row."""

FRAMES = 8
"""Of a file with many pictures, so many are shown."""
FURTHER = 200
"""So many pictures are shown beside the first one of each file; what comes after them is shown by its first one."""

SLICES = 400
"""So many slices of series are shown beside the first one of each."""
BYTES = 24 << 20
"""About so much all pictures take, as files; on the page they are a third larger."""
ROWS = 20_000
"""So many files have a row of a table, in a card or below the cards."""

Preview: TypeAlias = Callable[[AuditRecord, int], Mapping[int, bytes]]

_PUBLISHED = (Status.REVIEW, Status.CLEAN, Status.PLANNED)


def write_html(records: Sequence[AuditRecord], preview: Preview, stream: TextIO) -> None:
    """Write the page. `preview` gives at most so many pictures of a record's copy, by frame, as PNG or JPEG."""
    published = sorted((record for record in records if record.status in _PUBLISHED), key=_order)
    unsearched = sum(map(not_searched, published))
    counts = Counter(record.status for record in records)
    groups, table = grouped(published), _Table()
    rest = [record for group in groups[CARDS:] for record in group.records]
    split, mixed = SplitStudies(record.output_name for record in published), MixedPatients(published)
    warning = f"{split.warning} {mixed.warning}".strip()
    left = any(record.text == "identifying" for record in published)
    style = files("scanscrub.report.page").joinpath("report.css").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("report.html")
        .generate(
            style=style,
            policy=_policy(style),
            words=words,
            summary=words.summary(counts),
            tiles=[_Tile(words.TONE[one], f"{counts[one]:,}", words.STATUS[one].lower()) for one in _counted(counts)],
            done=words.what_we_did(unsearched, len(published), left=left),
            to_do=f"{words.STILL_TO_DO_AND_LEFT if left else words.STILL_TO_DO} {warning}".rstrip(),
            absent=_absent(records),
            copies=(words.COPIES if unsearched else words.CLEAN_COPIES) if published else "",
            cards=_cards(groups[:CARDS], preview, table),
            rest=words.plural(len(rest), "more file") if rest else "",
            rows=table.rows(rest) if rest else (),
            limits=table,
            footer=_footer(records),
        )
    )
    digest = hashlib.sha256()
    for part in chain(page, ("\n",)):
        stream.write(part)
        digest.update(part.encode("utf-8"))
    stream.write(seal(digest.hexdigest()))


@cache
def _environment() -> Environment:
    """Everything is escaped but our own style and policy; a name that a template has wrong is an error."""
    folder = files("scanscrub.report.page").joinpath("templates")
    sources = {
        name: folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("report.html", "card.html", "macros.html")
    }
    return Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class _Tile:
    tone: str
    count: str
    said: str


@dataclass(frozen=True, slots=True)
class _Absent:
    """Files without a copy, for one reason."""

    badge: Badge
    title: str
    reason: str
    hint: str
    failed: tuple[str, ...]
    listed: str


class _Table:
    """Rows of files, of which a page has so many and no more."""

    def __init__(self) -> None:
        self._left = ROWS
        self.is_cut = False

    def rows(self, records: Sequence[AuditRecord]) -> Iterator[Row]:
        self.is_cut = self.is_cut or len(records) > self._left
        here, self._left = records[: self._left], max(0, self._left - len(records))
        return map(row, here)


def _order(record: AuditRecord) -> tuple[int, bool, int]:
    return _PUBLISHED.index(record.status), not masks(record), record.input_ref.number


def _counted(counts: Counter[Status]) -> list[Status]:
    return [status for status in words.STATUS if counts[status]]


def _within(preview: Preview) -> Preview:
    """The pictures, until they have `BYTES` together: a page of more takes long to open."""
    left = BYTES

    def bounded(record: AuditRecord, most: int) -> Mapping[int, bytes]:
        nonlocal left
        found = preview(record, most) if left > 0 else {}
        left -= sum(map(len, found.values()))
        return found

    return bounded


def _cards(groups: Sequence[Group], preview: Preview, table: _Table) -> Iterator[Card]:
    """One card at a time, as the page is written."""
    further, slices = FURTHER, SLICES
    preview = _within(preview)
    for group in groups:
        if not group.is_series:
            pictures = preview(group.first, 1 + min(FRAMES - 1, further))
            further -= max(len(pictures) - 1, 0)
            yield card(group, pictures)
            continue
        wanted = group.shown(1 + slices, FRAMES)
        slices -= len(wanted) - 1
        seen = ((at, preview(group.records[at], 1)) for at in wanted)
        pictures = {at: next(iter(found.values())) for at, found in seen if found}
        yield card(group, pictures, table.rows(group.records))


def _absent(records: Sequence[AuditRecord]) -> list[_Absent]:
    """The files without a copy, gathered by reason."""
    groups: defaultdict[tuple[Status, str, str], list[AuditRecord]] = defaultdict(list)
    absent = (record for record in records if record.status not in _PUBLISHED)
    for record in sorted(absent, key=lambda one: (one.status is Status.IGNORED, one.input_ref.number)):
        reason, hint = words.WITHOUT_REFUSAL[record.status]
        if record.refusal is not None:
            reason, hint = record.refusal.reason, record.refusal.hint
        groups[record.status, reason, hint].append(record)
    return [_group(group, reason, hint) for (_, reason, hint), group in groups.items()]


def _group(group: Sequence[AuditRecord], reason: str, hint: str) -> _Absent:
    numbers = ", ".join(str(record.input_ref.number) for record in group)
    title = f"File {numbers}" if len(group) == 1 else words.plural(len(group), "file")
    failed = Counter(check_name(record, check) for record in group for check in record.checks if not check.passed)
    said = tuple(f"{name} ({times:,})" for name, times in failed.items())
    return _Absent(badge(group[0]), title, reason, hint, said, numbers if len(group) > 1 else "")


def _footer(records: Sequence[AuditRecord]) -> list[str]:
    profiles = sorted({record.profile for record in records if record.profile})
    tools = sorted({record.tool for record in records if record.tool})
    return [
        words.INTRODUCTION,
        words.NOTHING_SENT,
        *(f"Profile: {name}" for name in profiles),
        *(f"Made by {tool}" for tool in tools),
    ]
