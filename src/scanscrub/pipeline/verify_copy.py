"""A clean copy looked at once more, as a stranger would: what `scanscrub verify` does with each file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanscrub.detect.candidates.flat import is_flat
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.plan import Check, Mask, Source, Step
from scanscrub.domain.review.decided import FileReview, ReviewOutcome
from scanscrub.formats.base import Document
from scanscrub.pipeline.decide import judge
from scanscrub.pipeline.inspect import examine
from scanscrub.pipeline.read import recognized
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.system.file_cache import clear_file_caches
from scanscrub.system.streams import sha256_of


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of a cleaned folder: its name there, and its SHA-256 in the audit (None: not listed)."""

    number: int
    folder: Path
    name: str
    sha256: str | None
    review: ReviewOutcome | None = None
    """What a person decided of it, as the audit has it."""


def _left_alone(review: ReviewOutcome | None) -> FileReview | None:
    """The masks that a person took away: what lies there is nobody's concern. Those that were added are black."""
    return FileReview("", removed=review.removed) if review is not None and review.removed else None


def _unmasked(changes: Sequence[Step], document: Document) -> Iterator[Step]:
    """The changes without masks of what shows nothing in any view: frames are looked at together, and a person may
    have taken the mask away in another one.
    """
    regions: dict[int, list[Step]] = {}
    for step in changes:
        if isinstance(step.where, PixelRegion) and isinstance(step.action, Mask):
            regions.setdefault(step.where.frame, []).append(step)
        else:
            yield step
    for frame, picture in document.pictures() if regions else ():
        yield from (step for step in regions.get(frame, ()) if not is_flat(picture, _box(step)))


def _box(step: Step) -> Box:
    assert isinstance(step.where, PixelRegion)
    return step.where.box


def verify_copy(copy: Copy, context: WorkerContext) -> tuple[Check, ...]:
    """Prove one copy again: it is the audited one, it can be read, and cleaning it would change nothing."""
    if copy.sha256 is None:
        return (Check("listed in the audit", passed=False),)
    checks = [Check("listed in the audit", passed=True)]
    try:
        with (copy.folder / copy.name).open("rb") as stream:
            digest = sha256_of(stream)
            checks.append(Check("the same bytes as when it was cleaned", digest == copy.sha256))
            source = Source(copy.number, digest)
            with recognized(stream).open(stream, source) as document:
                plan = judge(source, examine(document, context, review=_left_alone(copy.review)), context)
                left = plan.changes if copy.review is None else tuple(_unmasked(plan.changes, document))
    except (OSError, RefusedFile, MemoryError):
        return (*checks, Check("can be opened", passed=False))
    finally:
        clear_file_caches()
    places = ", ".join(sorted({str(step.where) for step in left})[:5])
    return (*checks, Check("nothing to clean", not left, places))
