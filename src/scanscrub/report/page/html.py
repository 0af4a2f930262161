"""``report.html``: one page without network, scripts or patient values, for a patient and for an engineer.

Pictures are inline; a content security policy forbids everything else. The page is written card by card, and keeps
no more records than it can show, so that a million files need little more memory than ten thousand.
"""

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TextIO, TypeAlias

from jinja2 import DictLoader, Environment, StrictUndefined

from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.reasons import check_name, pixels_not_searched
from scanscrub.domain.sealed_page import seal
from scanscrub.domain.text_mode import TextMode
from scanscrub.report.page import words
from scanscrub.report.page.card import Badge, Card, Row, badge, card, row
from scanscrub.report.page.series import Group, grouped, masks
from scanscrub.report.plural import plural
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
KEPT = 20_000
"""Of more files than that a page tells of those to look at and the masked ones, and of the first of the others."""
ROWS = 20_000
"""So many files have a row of a table, in a card or below the cards."""

Preview: TypeAlias = Callable[[AuditRecord, int], Mapping[int, bytes]]

_PUBLISHED = (Status.REVIEW, Status.CLEAN, Status.PLANNED)


def write_html(records: Iterable[AuditRecord], preview: Preview, stream: TextIO) -> None:
    """Write the page. `preview` gives at most so many pictures of a record's copy, by frame, as PNG or JPEG."""
    run = _Run()
    for record in records:
        run.note(record)
    published = run.published()
    groups, table = grouped(published), _Table(is_cut=run.is_cut)
    rest = [record for group in groups[CARDS:] for record in group.records]
    warning = f"{run.split.warning} {run.mixed.warning}".strip()
    counts, unsearched, left = run.counts, run.unsearched, run.left
    style = style_of()
    page = (
        environment()
        .get_template("report.html")
        .generate(
            style=style,
            policy=policy_of(style),
            words=words,
            verdict=words.verdict(counts, unsearched),
            summary=words.summary(counts),
            tiles=[_Tile(words.TONE[one], f"{counts[one]:,}", words.STATUS[one].lower()) for one in _counted(counts)],
            done=words.what_we_did(unsearched, sum(counts[status] for status in _PUBLISHED), left=left),
            to_do=f"{words.STILL_TO_DO_AND_LEFT if left else words.STILL_TO_DO} {warning}".rstrip(),
            absent=run.absent(),
            copies=(words.COPIES if unsearched else words.CLEAN_COPIES) if published else "",
            cards=_cards(groups[:CARDS], preview, table),
            rest=plural(len(rest), "more file") if rest else "",
            rows=table.rows(rest) if rest else (),
            limits=table,
            footer=run.footer(),
        )
    )
    digest = hashlib.sha256()
    for part in chain(page, ("\n",)):
        stream.write(part)
        digest.update(part.encode("utf-8"))
    stream.write(seal(digest.hexdigest()))


def style_of() -> str:
    return files("scanscrub.report.page").joinpath("report.css").read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Everything is escaped but our own style and policy; a name that a template has wrong is an error."""
    folder = files("scanscrub.report.page").joinpath("templates")
    sources = {
        name: folder.joinpath(name).read_text(encoding="utf-8")
        for name in ("head.html", "report.html", "card.html", "macros.html", "findings.html")
    }
    return Environment(
        loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def policy_of(style: str) -> str:
    """A content security policy that forbids all but pictures in the page and its own style."""
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


class _Run:
    """What the page needs of all records, of which it keeps so many and no more: those to look at first."""

    def __init__(self) -> None:
        self.counts: Counter[Status] = Counter()
        self.unsearched = 0
        self.left = False
        self.split, self.mixed = SplitStudies(), MixedPatients()
        self.is_cut = False
        self._published: list[AuditRecord] = []
        self._absent: defaultdict[tuple[Status, str, str], _Group] = defaultdict(_Group)
        self._profiles: set[str] = set()
        self._tools: set[str] = set()

    def note(self, record: AuditRecord) -> None:
        self.counts[record.status] += 1
        self._profiles.add(record.profile)
        self._tools.add(record.tool)
        if record.status not in _PUBLISHED:
            reason, hint = words.WITHOUT_REFUSAL[record.status]
            if record.refusal is not None:
                reason, hint = record.refusal.reason, record.refusal.hint
            self._absent[record.status, reason, hint].note(record)
            return
        self.split.note(record.output_name)
        self.mixed.note(record)
        self.unsearched += pixels_not_searched(record)
        self.left = self.left or record.text == TextMode.IDENTIFYING
        self._published.append(replace(record, sha256s=(), times=(), person=()))
        if len(self._published) > 2 * KEPT:
            self._published = self.published()

    def published(self) -> list[AuditRecord]:
        self._published.sort(key=_order)
        self.is_cut = self.is_cut or len(self._published) > KEPT
        return self._published[:KEPT]

    def absent(self) -> list[_Absent]:
        """The files without a copy, gathered by reason: what is no image at the end."""
        found = sorted(self._absent.items(), key=lambda each: (each[0][0] is Status.IGNORED, min(each[1].numbers)))
        return [group.told(reason, hint) for (_, reason, hint), group in found]

    def footer(self) -> list[str]:
        return [
            words.INTRODUCTION,
            words.NOTHING_SENT,
            *(f"Profile: {name}" for name in sorted(filter(None, self._profiles))),
            *(f"Made by {tool}" for tool in sorted(filter(None, self._tools))),
        ]


class _Group:
    """Files without a copy, for one reason."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._failed: Counter[str] = Counter()
        self._badge: Badge | None = None

    def note(self, record: AuditRecord) -> None:
        self.numbers.append(record.input_ref.number)
        self._failed.update(check_name(record, check) for check in record.checks if not check.passed)
        self._badge = self._badge or badge(record)

    def told(self, reason: str, hint: str) -> _Absent:
        assert self._badge is not None
        listed = ", ".join(map(str, sorted(self.numbers)[:KEPT]))
        title = f"File {listed}" if len(self.numbers) == 1 else plural(len(self.numbers), "file")
        said = tuple(f"{name} ({times:,})" for name, times in self._failed.items())
        return _Absent(self._badge, title, reason, hint, said, listed if len(self.numbers) > 1 else "")


class _Table:
    """Rows of files, of which a page has so many and no more."""

    def __init__(self, *, is_cut: bool) -> None:
        self._left = ROWS
        self.is_cut = is_cut

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
