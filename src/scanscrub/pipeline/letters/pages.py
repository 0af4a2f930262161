"""Pages of letters and reports: what is read on them, told apart word by word.

A page is blackened where it says who somebody is, and stays where it says what was found: its lines are read in their
order, as one text, of which an allow-list decides. What cannot be read for sure, or not be found in its line, goes.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from scanscrub.detect.base import Reading, TextBox, TextDetector
from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.picture import Picture
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text import words
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.file_decisions import FileDecisions
from scanscrub.policy.pixels.retained_text import is_upright, is_whole
from scanscrub.policy.text.descriptors import identifying_words

_SURE: Final = 0.85
"""The least score of a line of which anything stays."""
_APART: Final = "   "
"""Between lines beside each other: a label and its value, or two columns."""


@dataclass(frozen=True, slots=True)
class _Line:
    where: PixelRegion
    text: str
    score: float

    @property
    def words(self) -> Sequence[str]:
        """As spaces part them."""
        return self.text.split()


def read_pages(
    pictures: Iterable[tuple[int, Picture]], detector: TextDetector, decisions: FileDecisions, context: WorkerContext
) -> Iterator[Finding]:
    """The writing on all pages, each by itself."""
    for page, picture in pictures:
        yield from read_page(picture, page, detector.find(picture), decisions, context)


def read_page(
    picture: Picture, page: int, boxes: Sequence[TextBox], decisions: FileDecisions, context: WorkerContext
) -> Iterator[Finding]:
    """The writing of one page in pieces: those that are `always_masked` may say who somebody is, the others not."""
    origin = Origin(OriginKind.DETECTOR, context.detector.identity)
    for box in boxes:
        if box.says is not None:
            where = PixelRegion(box.box.clipped(picture.columns, picture.rows), page, box.quad)
            yield _found(Reading(box.says, 1.0), where, origin, decisions, goes=True, is_code=True)
    lines = _in_order(_lines(picture, page, [box for box in boxes if box.says is None], context))
    gone = _gone(lines, decisions)
    for line, places in zip(lines, gone, strict=True):
        for where, text, goes in _pieces(picture, line, places):
            yield _found(Reading(Phi(text), line.score), where, origin, decisions, goes=goes)


def _found(  # noqa: PLR0913 - a finding has that many parts
    reading: Reading,
    where: PixelRegion,
    origin: Origin,
    decisions: FileDecisions,
    *,
    goes: bool,
    is_code: bool = False,
) -> Finding:
    from scanscrub.detect.reading.match import classify  # noqa: PLC0415 - not for headers alone

    rule, confidence = classify(reading, decisions.known)
    severity = Severity.IDENTITY if rule is Rule.WRITING_MATCHES_HEADER else Severity.QUASI
    goes = goes or rule is Rule.WRITING_MATCHES_HEADER
    return Finding(rule, where, severity, confidence, origin, reading.text, always_masked=goes, is_code=is_code)


def _lines(picture: Picture, page: int, boxes: Sequence[TextBox], context: WorkerContext) -> Iterator[_Line]:
    """What is read; what nobody can read is writing where there is ink."""
    from scanscrub.detect.candidates.flat import is_flat  # noqa: PLC0415 - loads numpy

    for box, reading in zip(boxes, context.reader.read(picture, boxes), strict=True):
        place = box.box.clipped(picture.columns, picture.rows)
        text = reading.text.reveal().replace("\\", "/")
        if text.strip() or not is_flat(picture, _inside(place)):
            yield _Line(PixelRegion(place, page, box.quad), text, reading.score)


def _inside(box: Box) -> Box:
    """A box without its margin, in which the lines above and below may end."""
    margin = min(box.width, box.height) // 4
    return Box(box.left + margin, box.top + margin, box.right - margin, box.bottom - margin)


def _in_order(lines: Iterable[_Line]) -> Sequence[_Line]:
    """From the top down; what stands beside each other from left to right."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: (line.where.box.top, line.where.box.left)):
        row = rows[-1] if rows else []
        if row and _is_beside(row[0].where.box, line.where.box):
            row.append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.where.box.left)]


def _is_beside(one: Box, other: Box) -> bool:
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return 2 * common > min(one.height, other.height) and (one.right <= other.left or other.right <= one.left)


def _gone(lines: Sequence[_Line], decisions: FileDecisions) -> Sequence[frozenset[int]]:
    """Of each line, the numbers of its words, as spaces part them, that go.

    What is left is read again as the copy will show it, until nothing more goes.
    """
    gone = [frozenset[int]() if _is_read(line) else frozenset(range(max(1, len(line.words)))) for line in lines]
    while True:
        text, places = _as_one(lines, gone)
        found = words(text)
        spans = [
            (found[number].start, found[number].end) for number in identifying_words(text, decisions.search.text)
        ]
        new = [place for start, end, place in places if any(first < end and start < last for first, last in spans)]
        if not new:
            return gone
        gone = [known | {word for line, word in new if line == number} for number, known in enumerate(gone)]


def _as_one(
    lines: Sequence[_Line], gone: Sequence[AbstractSet[int]]
) -> tuple[str, Sequence[tuple[int, int, tuple[int, int]]]]:
    """The words that stay as one text: where each begins and ends, and which line's it is and which word."""
    text, places = "", list[tuple[int, int, tuple[int, int]]]()
    before: _Line | None = None
    for number, line in enumerate(lines):
        if len(gone[number]) >= len(line.words):
            continue
        if before is not None:
            text += _APART if _is_beside(before.where.box, line.where.box) else "\n"
        before, last = line, -1
        for place, word in enumerate(line.words):
            if place not in gone[number]:
                text += ("" if last < 0 else " " if last == place - 1 else _APART) + word
                places.append((len(text) - len(word), len(text), (number, place)))
                last = place
    return text, places


def _is_read(line: _Line) -> bool:
    return line.score >= _SURE and bool(line.words) and is_whole(line.text, line.where)


def _pieces(picture: Picture, line: _Line, gone: frozenset[int]) -> Iterator[tuple[PixelRegion, str, bool]]:
    """The runs of words of a line that go or stay: where, what they read, and whether they go."""
    count = max(1, len(line.words))
    edges = None
    if 0 < len(gone) < count and is_upright(line.where):
        from scanscrub.detect.reading.word_places import word_places  # noqa: PLC0415 - loads numpy

        edges = word_places(picture.views[0].pixels, line.where.box, line.words)
    if edges is None:
        yield line.where, line.text, bool(gone)
        return
    box = line.where.box
    for goes, run in groupby(range(count), gone.__contains__):
        numbers = list(run)
        place = Box(edges[numbers[0]], box.top, edges[numbers[-1] + 1], box.bottom)
        text = " ".join(line.words[number] for number in numbers)
        yield PixelRegion(place, line.where.frame), text, goes
