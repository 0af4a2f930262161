"""What a person decided of each input: places to be masked, masks to be taken away. No value of a patient."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box, shared_area
from scanscrub.domain.rules import Rule

_MOSTLY: Final = 0.5
"""Of a mask, the share that lies in a place that was taken away: what lies there less is another mask."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A box in the pixels of one frame, counted from 0; `frame` None: of all frames.

    `is_confirmed`: whoever takes the mask there away has seen that there is writing, and wants it to stay.
    """

    box: Box
    frame: int | None = None
    is_confirmed: bool = False

    def is_in(self, frame: int) -> bool:
        return self.frame is None or self.frame == frame


@dataclass(frozen=True, slots=True)
class FileReview:
    """What was decided of the input whose bytes have that SHA-256, hexadecimal."""

    sha256: str
    added: tuple[Place, ...] = ()
    removed: tuple[Place, ...] = ()
    is_looked_at: bool = False
    """Whether a person has looked at all of its copy."""


@dataclass(frozen=True)
class Review:
    """What was decided of the inputs of a run, each named once.

    As a plain digest lets whoever has an original know it again, it is kept apart from the copies.
    """

    files: tuple[FileReview, ...] = ()

    def of(self, sha256: str) -> FileReview | None:
        """What was decided of that input; None where nothing was."""
        return self._by_digest.get(sha256)

    def with_file(self, changed: FileReview) -> "Review":
        """The same with that one in place of an older one of the same input."""
        return Review(tuple({**self._by_digest, changed.sha256: changed}.values()))

    @cached_property
    def _by_digest(self) -> Mapping[str, FileReview]:
        return {file.sha256: file for file in self.files}


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What became of a `FileReview`: a part of the audit. `mark` is a keyed digest of the input's own."""

    mark: str
    added: tuple[Place, ...] = ()
    removed: tuple[Place, ...] = ()
    refused: tuple[Place, ...] = ()
    """Masks that stay, as they lie over what is known to be the patient's, or over writing and nobody confirmed."""
    is_looked_at: bool = False

    def lets_stay(self, where: PixelRegion, rule: Rule | None) -> bool:
        """Whether a person wants what is seen there to stay."""
        if rule is Rule.WRITING_MATCHES_HEADER:
            return False
        unread = rule is Rule.WRITING_UNREADABLE
        return lies_in(where, (place for place in self.removed if unread or place.is_confirmed))


def lies_in(where: PixelRegion, places: Iterable[Place]) -> bool:
    """Whether at least half of a region's box lies in places of its frame."""
    boxes = [place.box for place in places if place.is_in(where.frame)]
    return bool(boxes) and shared_area(where.box, boxes) >= _MOSTLY * max(1, where.box.area)


def named_twice(files: Iterable[FileReview]) -> bool:
    """Whether one input has several entries."""
    return any(count > 1 for count in Counter(file.sha256 for file in files).values())
