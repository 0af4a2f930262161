# ruff: noqa: ARG001, ARG002 - signatures first, bodies follow
"""A cleaned folder beside its originals, to be looked at and corrected."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, NoReturn, Self, TypeAlias, Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks
from scanscrub.api.keywords import AnyPath, CleanKeywords
from scanscrub.api.options import CleanOptions
from scanscrub.api.reviewing.items import MaskPlace, ReviewItem
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.review.decided import Review

Side: TypeAlias = Literal["before", "after"]


def open_review(
    folder: AnyPath,
    originals: AnyPath | Iterable[AnyPath],
    options: CleanOptions | None = None,
    **keywords: Unpack[CleanKeywords],
) -> "ReviewSession":
    """Open the output `folder` of `clean` to correct it, beside the `originals`, which are given as they were then.

    `options` are those that it was cleaned with, its `key` among them. Without that copies are told by the order of
    the originals, and by what both show. Their `review` is the file that decisions are read from and written to;
    without it ``review.json`` beside the folder. Raises `UsageError`, also where an original is missing.
    """
    _not_yet()


class ReviewSession:
    """An open review. As a context manager it lets go of everything at the end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the originals."""
        _not_yet()

    @property
    def items(self) -> tuple[ReviewItem, ...]:
        """Every copy that has pictures: first those that a person is to look at, then all others, by series."""
        _not_yet()

    @property
    def review(self) -> Review:
        """What was decided before, of the originals of this folder and of others."""
        _not_yet()

    @property
    def review_path(self) -> Path:
        """Where `apply` writes the review."""
        _not_yet()

    @property
    def makes_all_anew(self) -> bool:
        """Whether `apply` makes every copy anew, under a new key: pseudonyms and names of files change. Tell the user
        before.
        """
        _not_yet()

    def picture(self, item: ReviewItem, frame: int, side: Side) -> bytes:
        """A frame as PNG of 8 bits at full resolution, of the original or of the copy.

        Raises `UsageError` where there is no such frame, or where the original is not what the copy was made of.
        """
        _not_yet()

    def places(self, item: ReviewItem, frame: int) -> tuple[MaskPlace, ...]:
        """The masks in that frame of the copy."""
        _not_yet()

    def apply(self, review: Review, *, callbacks: RunCallbacks = NO_CALLBACKS) -> Iterator[AuditRecord]:
        """Make the copies anew of which the review says something else than the audit, and put them in place.

        Yields the record of each. The folder is changed at the end, and only by copies that were proved: of an input
        without a new one, the old copy and its record stay. The review is written to `review_path` at the end. Write
        the report anew then (`write_report`). Raises `UsageError` and `OutputUnusableError`.
        """
        _not_yet()


def _not_yet() -> NoReturn:
    raise NotImplementedError
