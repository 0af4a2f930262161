"""Document -> Examination: everything the file shows that is not a pixel, and the writing in its pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanscrub.detect.base import TextBox
from scanscrub.detect.match import classify
from scanscrub.domain.finding import Finding, Known, Observation, PixelRegion
from scanscrub.domain.picture import Picture
from scanscrub.domain.rules import Rule, Severity
from scanscrub.formats.base import Document
from scanscrub.pipeline.tools import Tools


@dataclass(frozen=True, slots=True)
class FrameSize:
    rows: int
    columns: int

    @property
    def pixels(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen in one document. Lives and dies in the worker: its findings hold patient values."""

    seen: tuple[Observation, ...]
    known: tuple[Known, ...]
    writing: tuple[Finding, ...]
    frames: tuple[FrameSize, ...]
    """The size of each frame that was looked at; empty where pixels were not examined or there are none."""


def examine(document: Document, tools: Tools) -> Examination:
    """Inspect the whole document. Raises `RefusedFile` where a part of it cannot be understood."""
    seen = tuple(document.inspect())
    known = tools.policy.known(seen)
    if not tools.looks or not document.frames:
        return Examination(seen, known, (), ())
    writing: list[Finding] = []
    frames: list[FrameSize] = []
    for frame, picture in document.pictures():
        frames.append(FrameSize(picture.rows, picture.columns))
        boxes = tools.detector.find(picture)
        writing.extend(read_findings(picture, frame, boxes, known, tools))
    return Examination(seen, known, tuple(writing), tuple(frames))


def read_findings(
    picture: Picture, frame: int, boxes: Sequence[TextBox], known: Sequence[Known], tools: Tools
) -> Iterator[Finding]:
    """A finding per box: what the reader makes of it decides its rule, never whether it is one."""
    if not boxes:
        return
    for box, reading in zip(boxes, tools.reader.read(picture, boxes), strict=True):
        rule, confidence = classify(reading, known)
        yield Finding(
            rule,
            PixelRegion(box.box.clipped(picture.columns, picture.rows), frame, box.quad),
            Severity.IDENTITY if rule is Rule.WRITING_MATCHES_HEADER else Severity.QUASI,
            confidence,
            tools.detector.identity,
            reading.text,
        )
