"""Document -> Examination: everything the file shows that is not a pixel, and the writing in its pixels."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scanscrub.detect.base import Reading, TextBox, TextReader
from scanscrub.domain.finding import Attribute, Finding, Identifier, Observation, Origin, OriginKind, PixelRegion
from scanscrub.domain.picture import Picture
from scanscrub.domain.review.decided import FileReview
from scanscrub.domain.rules import Rule, Severity
from scanscrub.formats.base import Document
from scanscrub.pipeline.device_regions import device_findings
from scanscrub.pipeline.letters.pages import read_pages
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.file_decisions import FileDecisions
from scanscrub.policy.pixels.device_rules import DeviceRule, matching
from scanscrub.policy.pixels.reviewed_masks import placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class FrameSize:
    rows: int
    columns: int
    anatomy: "NDArray[np.bool_]"
    """By cells, as `anatomy` gives it."""

    @property
    def pixels(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class ReviewedFrames:
    """A review whose places lie in the frames, which have so many rows and columns each; `mark` as in the audit."""

    file: FileReview
    sizes: tuple[tuple[int, int], ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen in one document. Lives and dies in the worker: its findings hold patient values."""

    decisions: FileDecisions
    writing: tuple[Finding, ...]
    frames: tuple[FrameSize, ...]
    """Each frame that was looked at; empty where pixels were not examined or there are none."""
    labels: bool = False
    """Whether the frames are labels or measured values."""
    review: ReviewedFrames | None = None
    """What a person decided of the masks."""
    pages: bool = False
    """Whether they are pages to be read."""
    rules: tuple[str, ...] = ()
    """The names of the user's device rules whose condition the header meets."""

    @property
    def seen(self) -> Sequence[Observation]:
        return self.decisions.seen

    @property
    def known(self) -> tuple[Identifier, ...]:
        return self.decisions.known


def examine(
    document: Document,
    context: WorkerContext,
    reader: TextReader | None = None,
    *,
    review: FileReview | None = None,
    mark: str = "",
) -> Examination:
    """Inspect the whole document; what is found is read by `reader`, or as for a copy.

    `review` is what a person decided of it, known in the audit by its `mark`.

    Raises `RefusedFile` where a part of it cannot be understood.
    """
    seen = tuple(document.inspect())
    pages = document.shows_pages
    decisions = context.policy.about(seen, pages=pages)
    known = decisions.known
    reviewed = None if review is None else _in_frames(review, document, mark)
    if not context.looks or not document.frames:
        return Examination(decisions, (), (), pages=pages, review=reviewed)
    frames: list[FrameSize] = []
    regions: list[Finding] = []
    # A device writes on what it shows, not into grids of numbers. Rules are read for headers only: it takes long.
    may_match = not document.shows_labels and any(isinstance(one, Attribute) for one in seen)
    rules = matching(context.device_rules, seen) if may_match else ()
    pictures = _watched(document, frames, regions, rules)
    writing = (
        tuple(read_pages(pictures, context.detector, decisions, context))
        if pages
        else tuple(read_writing(pictures, document, known, context, reader=reader))
    )
    met = tuple(rule.name for rule in context.settings.device_rules if rule in rules)
    return Examination(
        decisions, (*regions, *writing), tuple(frames), document.shows_labels, reviewed, pages=pages, rules=met
    )


def _in_frames(review: FileReview, document: Document, mark: str) -> ReviewedFrames:
    sizes = tuple(map(document.size, range(document.frames)))
    return ReviewedFrames(placed(review, sizes), sizes, mark)


def _watched(
    document: Document, sizes: list[FrameSize], regions: list[Finding], rules: Sequence[DeviceRule]
) -> Iterator[tuple[int, Picture]]:
    """The document's pictures; their sizes, and what rules say of their device, are noted as they pass."""
    from scanscrub.detect.frames.anatomy import anatomy  # noqa: PLC0415 - numpy; not for headers alone

    for frame, picture in document.pictures():
        sizes.append(FrameSize(picture.rows, picture.columns, anatomy(picture)))
        regions.extend(device_findings(rules, frame, picture))
        yield frame, picture


def read_writing(  # noqa: PLR0913 - what is looked at, and what it is looked at with
    pictures: Iterable[tuple[int, Picture]],
    document: Document,
    known: Sequence[Identifier],
    context: WorkerContext,
    wanted: Callable[[Sequence[int]], bool] = lambda _: True,
    *,
    reader: TextReader | None = None,
) -> Iterator[Finding]:
    """The writing in all frames of a document, whose `pictures` are given, or in those groups that are `wanted`.

    Neighboring frames of a cine are looked at together, and read once where they show the same; where not, each is
    read for itself, when all were looked at. The second look at the copy is at every frame alone.
    """
    from scanscrub.detect.frames.cine import find_in_groups  # noqa: PLC0415 - numpy; not for headers alone

    read = partial(read_findings, known=known, context=context, spelled=document.shows_labels, reader=reader)
    changing: dict[int, Sequence[TextBox]] = {}
    for group in find_in_groups(context.detector, pictures, wanted=wanted):
        yield from read(group.picture, group.frames, group.still)
        if group.changing:
            changing.update(dict.fromkeys(group.frames, group.changing))
    for frame, picture in document.pictures() if changing else ():
        yield from read(picture, (frame,), changing.get(frame, ()))


def read_findings(  # noqa: PLR0913 - what is read, and what it is read with
    picture: Picture,
    frames: Sequence[int],
    boxes: Sequence[TextBox],
    known: Sequence[Identifier],
    context: WorkerContext,
    *,
    spelled: bool,
    reader: TextReader | None = None,
) -> Iterator[Finding]:
    """A finding per box and frame: what the reader makes of it decides its rule, never whether it is one.

    But where it must be `spelled`, as in label maps, only what surely reads as words or numbers is writing.
    """
    from scanscrub.detect.reading.match import classify  # noqa: PLC0415 - not for headers alone
    from scanscrub.detect.reading.spelled import spells_words  # noqa: PLC0415 - the same

    if not boxes:
        return
    origin = Origin(OriginKind.DETECTOR, context.detector.identity)
    codes = [(box, Reading(box.says, 1.0)) for box in boxes if box.says is not None]
    lines = [box for box in boxes if box.says is None]
    for box, reading in (*codes, *zip(lines, (reader or context.reader).read(picture, lines), strict=True)):
        is_code = box.says is not None
        rule, confidence = classify(reading, known)
        if is_code and rule is Rule.WRITING_UNREADABLE:
            rule = Rule.WRITING
        if rule is Rule.WRITING_UNREADABLE:
            confidence = box.score  # no reading says more than the detector
        if spelled and not is_code and not spells_words(reading.text.reveal(), reading.score, rule):
            continue
        severity = Severity.IDENTITY if rule is Rule.WRITING_MATCHES_HEADER else Severity.QUASI
        place = box.box.clipped(picture.columns, picture.rows)
        for frame in frames:
            region = PixelRegion(place, frame, box.quad)
            yield Finding(
                rule, region, severity, confidence, origin, reading.text, always_masked=is_code, is_code=is_code
            )
