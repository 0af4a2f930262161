"""Copies made anew for a review, proved, and only then put in the places of the old ones."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from scanscrub.api.callbacks import RunCallbacks
from scanscrub.api.clean_executors import executor_for
from scanscrub.api.cleaned_folder import write_dicomdir, write_for_chatbot
from scanscrub.api.cleaning import cleaned_items
from scanscrub.api.options import CleanOptions
from scanscrub.api.resuming import FOR_CHATBOT
from scanscrub.api.reviewing.matching import Match, digest_now
from scanscrub.api.reviewing.options_of import without_review
from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.errors import OutputUnusableError, RefusedFile, UsageError
from scanscrub.domain.review.decided import FileReview, Review, ReviewOutcome
from scanscrub.inputs.find import Scope, find_inputs
from scanscrub.inputs.input import Input
from scanscrub.output import journal
from scanscrub.output.staging import names_like
from scanscrub.output.writer_lock import signals_deferred, sole_writer
from scanscrub.pipeline.clean_job import CleanJob
from scanscrub.pipeline.worker_context import Settings, WorkerContext
from scanscrub.policy.pixels.review_marks import entry_mark

_ROOM: Final = ".scanscrub-review-"
"""How the folder of copies that are not in their places yet begins."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A cleaned folder, the originals as they were named, and how it was cleaned."""

    place: Path
    originals: tuple[Path, ...]
    options: CleanOptions
    settings: Settings
    has_key: bool
    """Whether the key of `settings` is that of the folder."""


def made_anew(
    folder: Folder, matches: MutableMapping[int, Match], review: Review, callbacks: RunCallbacks
) -> Iterator[AuditRecord]:
    """The records of the copies that a review changes, which are then in their places, and in `matches`.

    Raises `UsageError` and `OutputUnusableError`.
    """
    changed = [match for match in matches.values() if _is_changed(match.record, review.of(match.sha256))]
    settings = replace(folder.settings, review=review)
    items = _inputs(folder, matches, changed)
    with sole_writer(folder.place), _room(folder.place) as half_made:
        made: list[AuditRecord] = []
        if items:
            for record in _made(folder, settings, items, half_made, callbacks):
                made.append(record)
                yield _renamed(record, folder, matches)
        _Exchange(folder, settings, half_made).put(made, matches)


def _is_changed(record: AuditRecord, decided: FileReview | None) -> bool:
    """Whether a copy is not what was decided."""
    done = record.review or ReviewOutcome("")
    wanted = decided or FileReview("")
    return {*done.added} != {*wanted.added} or {*done.removed, *done.refused} != {*wanted.removed}


def _inputs(folder: Folder, matches: Mapping[int, Match], changed: Sequence[Match]) -> list[Input]:
    """The originals that are cleaned again: all of them, where there is no key. Raises `UsageError` where one is not
    the same any more.
    """
    asked = list(changed) if folder.has_key or not changed else list(matches.values())
    try:
        is_same = all(digest_now(match.original) == match.sha256 for match in asked)
    except RefusedFile:
        is_same = False
    if not is_same:
        raise UsageError("An original was changed since the review was opened.", "Open the review again.")
    if folder.has_key or not changed:
        return [match.original for match in changed]
    known = {record.input_ref.number for record in journal.brief_records(folder.place / journal.NAME)}
    found = find_inputs(folder.originals, Scope(outside=folder.place))
    return [each for each in found if each.number in known]


@contextmanager
def _room(place: Path) -> Iterator[Path]:
    """A folder for copies that are not in their places yet, on the file system of those; nothing of it is left, nor
    of one whose process was killed.
    """
    for left in place.glob(f"{_ROOM}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        holder = tempfile.TemporaryDirectory(prefix=_ROOM, dir=place)
    except OSError:
        raise OutputUnusableError(
            "Copies cannot be made anew in the folder.", "Check its permissions and its free space."
        ) from None
    with holder as name:
        yield Path(name)


def _made(
    folder: Folder, settings: Settings, items: Sequence[Input], half_made: Path, callbacks: RunCallbacks
) -> Iterator[AuditRecord]:
    if callbacks.counted is not None:
        callbacks.counted(len(items), is_all=True)
    executor, shared, rest = executor_for(folder.options, settings, iter(items), half_made)
    job = CleanJob(half_made, form=folder.options.form, is_flat=folder.options.sort == "flat")
    yield from cleaned_items(executor, shared, job, rest, callbacks)


def _renamed(record: AuditRecord, folder: Folder, matches: Mapping[int, Match]) -> AuditRecord:
    """The record with the name that its copy will have: under the same key its old one, less what it was made of."""
    match = matches.get(record.input_ref.number)
    if not folder.has_key or match is None or record.output_name is None:
        return record
    old, new = PurePosixPath(str(match.record.output_name)), PurePosixPath(record.output_name)
    if old.suffix == new.suffix:
        return replace(record, output_name=old.as_posix())
    taken = {str(other.record.output_name) for other in matches.values()}
    free = (name for name in names_like(old.with_suffix(new.suffix).as_posix()) if name not in taken)
    return replace(record, output_name=next(name for name in free if not (folder.place / name).exists()))


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Puts proved copies, which lie in `half_made`, into the folder, and their records into its audit."""

    folder: Folder
    settings: Settings
    half_made: Path

    def put(self, made: Sequence[AuditRecord], matches: MutableMapping[int, Match]) -> None:
        """Raises `UsageError` where all copies are made anew and some could not be."""
        place, audit = self.folder.place, self.folder.place / journal.NAME
        if not self.folder.has_key and not made:
            return  # nothing but marks of what was looked at, which have a key
        if not self.folder.has_key:
            self._require_all(made)
        new = {record.input_ref.number: record for record in made if record.output_name is not None}
        had_dicomdir, had_pictures = (place / "DICOMDIR").exists(), (place / FOR_CHATBOT).exists()
        written = self.half_made / "audit.new"
        known = list(self._records(made, matches))
        for record in known:
            journal.append(written, record)
        old = set(journal.owners(audit))
        try:
            with signals_deferred():
                for record in new.values():
                    named = _renamed(record, self.folder, matches)
                    target = place / str(named.output_name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (self.half_made / str(record.output_name)).replace(target)
                written.replace(audit)
                self._forget(old - {record.output_name for record in known if record.output_name})
                (place / "report.html").unlink(missing_ok=True)
        except OSError:
            raise OutputUnusableError(
                "Not all copies could be put in their places.", "Check the folder: scanscrub verify FOLDER"
            ) from None
        _note(matches, known)
        if had_dicomdir:
            write_dicomdir(place)
        if had_pictures:
            write_for_chatbot(place)

    def _require_all(self, made: Sequence[AuditRecord]) -> None:
        with_copy = {record.input_ref.number for record in made if record.output_name is not None}
        had_copy = {record.input_ref.number for record in journal.owners(self.folder.place / journal.NAME).values()}
        if not with_copy >= had_copy:
            raise UsageError(
                "Not every copy could be made anew, so the folder was left as it was.",
                "Change what was decided of those that failed; see that all originals are there, or give the key.",
            )

    def _records(self, made: Sequence[AuditRecord], matches: Mapping[int, Match]) -> Iterator[AuditRecord]:
        """What the audit says from now on, in the order in which it said it."""
        if not self.folder.has_key:
            yield from made
            return
        policy = WorkerContext(self.settings).policy.identity
        new = {record.input_ref.number: record for record in made}
        for record in journal.latest_records(self.folder.place / journal.NAME):
            number = record.input_ref.number
            match = matches.get(number)
            if match is None or match.record.output_name != record.output_name:
                yield _known_by(record, policy)
            elif number not in new:
                yield _known_by(self._looked_at(record, match), policy)
            elif new[number].output_name is None:
                yield record  # the old copy stays, and is not what was decided
            else:
                yield _renamed(new[number], self.folder, matches)

    def _looked_at(self, record: AuditRecord, match: Match) -> AuditRecord:
        review = self.settings.review
        decided = review.of(match.sha256) if review is not None else None
        if decided is None:
            return replace(record, review=None)
        outcome = record.review or ReviewOutcome(entry_mark(match.sha256, self.settings.key))
        return replace(record, review=replace(outcome, is_looked_at=decided.is_looked_at))

    def _forget(self, names: set[str]) -> None:
        """Take old copies away, and the folders that are empty then."""
        for name in names:
            path = self.folder.place / name
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder.place:
                    break
                with suppress(OSError):
                    parent.rmdir()


def _known_by(record: AuditRecord, policy: str) -> AuditRecord:
    """The record under the policy of now, where only the review differs, which has nothing to say of it."""
    return replace(record, profile=policy) if without_review(record.profile) == without_review(policy) else record


def _note(matches: MutableMapping[int, Match], known: Sequence[AuditRecord]) -> None:
    for record in known:
        match = matches.get(record.input_ref.number)
        if match is not None and record.output_name is not None:
            matches[record.input_ref.number] = replace(match, record=record)
