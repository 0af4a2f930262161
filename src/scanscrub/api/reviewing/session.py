"""A cleaned folder beside its originals, to be looked at and corrected."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias, Unpack

from scanscrub.api.callbacks import NO_CALLBACKS, RunCallbacks
from scanscrub.api.keywords import AnyPath, CleanKeywords, chosen_options, path_list
from scanscrub.api.options import CleanOptions
from scanscrub.api.reviewing.items import MaskPlace, ReviewItem
from scanscrub.api.reviewing.making_anew import Folder, made_anew
from scanscrub.api.reviewing.matching import Match, matched_by_digest, matched_by_number, shows_the_same
from scanscrub.api.reviewing.options_of import options_of, require_same
from scanscrub.api.reviewing.places import mask_places
from scanscrub.api.settings import settings_for
from scanscrub.domain.audit import AuditRecord, Status
from scanscrub.domain.errors import RefusedFile, UsageError
from scanscrub.domain.plan import Source
from scanscrub.domain.reasons import review_reason
from scanscrub.domain.review.decided import FileReview, Review
from scanscrub.formats.base import Document
from scanscrub.formats.png.codec import png_of
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.output import journal
from scanscrub.pipeline.chatbot.slices import series_of
from scanscrub.pipeline.convert import in_form
from scanscrub.pipeline.read import recognized
from scanscrub.policy.pixels.review_file import read_review, write_review

Side: TypeAlias = Literal["before", "after"]


def open_review(
    folder: AnyPath,
    originals: AnyPath | Iterable[AnyPath],
    options: CleanOptions | None = None,
    **keywords: Unpack[CleanKeywords],
) -> "ReviewSession":
    """Open the output `folder` of `clean` to correct it, beside the `originals`, which are given as they were then.

    `options` are those that it was cleaned with, its `key` among them; what the audit tells of them need not be
    given. Without the key copies are told by the order of the originals, and by what both show. Their `review` is the
    file that decisions are read from and written to; without it ``review.json`` beside the folder. Raises
    `UsageError`, also where no original is found.
    """
    place = Path(folder).resolve()
    records = [record for record in journal.latest_records(place / journal.NAME) if record.output_name is not None]
    if not records:
        raise UsageError("There is no copy in that folder.", "Give the output folder of 'scanscrub clean'.")
    chosen = chosen_options(options or options_of(place, records[0]), keywords)
    path, review = _decided(chosen.review, place)
    chosen = replace(chosen, review=None, resume=False, dry_run=False)
    settings = settings_for(chosen)
    has_key = chosen.key is not None
    require_same(records, settings, has_key=has_key)
    opened = Folder(place, tuple(path_list(originals)), chosen, settings, has_key=has_key)
    inputs = tuple(find_inputs(opened.originals, Scope(outside=place)))
    found = matched_by_digest(records, inputs, settings.key) if has_key else matched_by_number(records, inputs)
    matches = {
        match.record.input_ref.number: match for match in found if (place / str(match.record.output_name)).is_file()
    }
    if not matches:
        raise UsageError("None of the copies was made of these originals.", "Give what 'scanscrub clean' was given.")
    return ReviewSession(opened, matches, len(records) - len(matches), _with_the_audits(review, matches), path)


def _decided(named: Path | None, place: Path) -> tuple[Path, Review]:
    """The file of the review and what it says. A ``review.json`` of something else is left alone, unless it was
    named. Raises `UsageError`.
    """
    if named is None:
        named = place.parent / "review.json"
        with suppress(UsageError):
            return named, read_review(named) if os.path.lexists(named) else Review()
        named = named.with_name(f"{place.name}-review.json")
    return named, read_review(named) if named.exists() else Review()


def _with_the_audits(review: Review, matches: Mapping[int, Match]) -> Review:
    """The review with what the copies show that a person decided, where it does not name them: it may be lost."""
    for match in matches.values():
        done = match.record.review
        if done is not None and review.of(match.sha256) is None:
            removed = (*done.removed, *done.refused)
            review = review.with_file(FileReview(match.sha256, done.added, removed, done.is_looked_at))
    return review


class ReviewSession:
    """An open review. As a context manager it lets go of everything at the end. Not for several threads at once."""

    def __init__(
        self, folder: Folder, matches: dict[int, Match], unmatched: int, review: Review, review_path: Path
    ) -> None:
        self._folder = folder
        self._matches = matches
        self._same: dict[int, bool] = {}
        self._review = review
        self.review_path = review_path
        """Where `apply` writes the review."""
        self.unmatched = unmatched
        """How many copies are left out, as their originals were not found."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the originals."""
        self._matches = {}
        self._same = {}
        self.__dict__.pop("items", None)

    @cached_property
    def items(self) -> tuple[ReviewItem, ...]:
        """Every copy that has pictures: first those that a person is to look at, then all others, by series."""
        names = {str(match.record.output_name): match for match in self._matches.values() if match.record.frames}
        found: list[ReviewItem] = []
        for series, slices in enumerate(series_of(self._folder.place, sorted(names)), 1):
            position = 1
            for name, frames in groupby(slices, key=lambda one: one.name):
                found.append(self._item(names[name], series, position))
                position += len(list(frames))
        return tuple(sorted(found, key=lambda item: item.is_looked_at or item.status is not Status.REVIEW))

    def _item(self, match: Match, series: int, position: int) -> ReviewItem:
        record, decided = match.record, self._review.of(match.sha256)
        with self._opened(match, "after") as copy:
            rows, columns = copy.size(0)
        return ReviewItem(
            record.input_ref.number,
            match.sha256,
            str(record.output_name),
            record.status,
            review_reason(record),
            record.frames,
            rows,
            columns,
            series,
            position,
            is_looked_at=decided is not None and decided.is_looked_at,
            refused=record.review.refused if record.review is not None else (),
        )

    @property
    def review(self) -> Review:
        """What was decided before, of the originals of this folder and of others."""
        return self._review

    @property
    def makes_all_anew(self) -> bool:
        """Whether `apply` makes every copy anew, under a new key: pseudonyms and names of files change. Tell the user
        before.
        """
        return not self._folder.has_key

    def picture(self, item: ReviewItem, frame: int, side: Side) -> bytes:
        """A frame as PNG of 8 bits at full resolution, of the original or of the copy.

        Raises `UsageError` where there is no such frame, or where the original is not what the copy was made of.
        """
        match = self._match_of(item, frame)
        if side == "before":
            self._require_same_picture(match)
        try:
            with self._opened(match, side) as document:
                return png_of(document.view(frame).pixels)
        except (RefusedFile, OSError):
            raise UsageError("The picture cannot be shown any more.", "Open the review again.") from None

    def places(self, item: ReviewItem, frame: int) -> tuple[MaskPlace, ...]:
        """The masks in that frame of the copy. Raises `UsageError` where there is no such frame."""
        return mask_places(self._match_of(item, frame).record, frame)

    def apply(self, review: Review, *, callbacks: RunCallbacks = NO_CALLBACKS) -> Iterator[AuditRecord]:
        """Make the copies anew of which the review says something else than the audit, and put them in place.

        Yields the record of each. The folder is changed at the end, and only by copies that were proved: of an input
        without a new one, the old copy and its record stay. Where all are made anew, all or none are put in place.
        The review is written to `review_path` before. Write the report anew afterwards (`write_report`): the old one
        is gone. Raises `UsageError` and `OutputUnusableError`.
        """
        for match in self._matches.values():
            if review.of(match.sha256) is not None and match.record.frames:
                self._require_same_picture(match)
        if self.review_path.resolve().is_relative_to(self._folder.place):
            raise UsageError("The review lies inside the cleaned folder.", "Give it a place of its own.")
        write_review(self.review_path, review)
        self._review = review
        yield from made_anew(self._folder, self._matches, review, callbacks)
        self._same = {}
        self.__dict__.pop("items", None)

    def _match_of(self, item: ReviewItem, frame: int) -> Match:
        match = self._matches.get(item.number)
        if match is None or match.sha256 != item.sha256 or not 0 <= frame < match.record.frames:
            raise UsageError("There is no such picture in this review.", "Open the review again.")
        return match

    def _require_same_picture(self, match: Match) -> None:
        """Raise `UsageError` where nothing but the order of the inputs says that a copy was made of an original, and
        what they show says otherwise.
        """
        number = match.record.input_ref.number
        if self._folder.has_key:
            return
        if number not in self._same:
            try:
                with self._opened(match, "before") as original, self._opened(match, "after") as copy:
                    self._same[number] = shows_the_same(original, copy, match.record)
            except (RefusedFile, OSError):
                self._same[number] = False
        if not self._same[number]:
            reason = f"Copy {number} does not show what original {number} shows, in the order of the originals."
            raise UsageError(
                reason, "Give the originals as they were when they were cleaned, or the key of that run."
            )

    @contextmanager
    def _opened(self, match: Match, side: Side) -> Iterator[Document]:
        copy = self._folder.place / str(match.record.output_name)
        source = Source(match.record.input_ref.number, match.record.input_ref.digest)
        with (
            copy.open("rb") if side == "after" else match.original.open() as stream,
            recognized(stream).open(stream, source) as document,
        ):
            form = self._folder.options.form
            is_dicom = side == "before" and form == "dicom"
            yield in_form(document, form, self._folder.settings.key) if is_dicom else document
