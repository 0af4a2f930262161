"""What a worker has to know of its run: where copies go, and what earlier runs and workers left there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanscrub.domain.audit import AuditRecord
from scanscrub.domain.plan import Source
from scanscrub.inputs.input import Input
from scanscrub.output import journal
from scanscrub.output.crosswalk import Crosswalk
from scanscrub.output.writer_lock import publishing, signals_deferred
from scanscrub.pipeline.convert import Form


@dataclass(frozen=True, slots=True)
class CleanJob:
    """Where copies go. No `output`: a dry run."""

    output: Path | None
    crosswalk: Crosswalk | None = None
    form: Form | None = None
    """What copies are written as; None: each as its input."""
    done: frozenset[tuple[int, str]] = frozenset()
    """Numbers and keyed digests of the inputs that an earlier run finished."""
    orphans: frozenset[str] = frozenset()
    """Names of copies that an earlier run published, but did not live to record."""
    recorded: frozenset[journal.RecordedOutcome] = frozenset()
    """What the journal of an earlier run says of inputs without a copy, which are tried again."""
    keeps_journal: bool = True
    """Whether the worker writes the journal; where workers are on several machines, whoever started them does, since
    lines appended over a network file system can get lost."""
    is_second_try: Callable[[], bool] = bool
    """Whether another worker died at the present item: if it had named the copy, nobody recorded that."""
    is_flat: bool = False
    """Copies lie in one folder, the parts of their names joined."""

    @property
    def journal_size(self) -> int:
        """Bytes of the journal by now; 0 without one."""
        path = self.output / journal.NAME if self.output is not None else None
        return path.stat().st_size if path is not None and path.exists() else 0

    def made_since(self, size: int, number: int) -> AuditRecord | None:
        """What the journal tells of a copy of the input of this number, behind its first `size` bytes."""
        if self.output is None or self.journal_size <= size:
            return None
        made = journal.brief_records(self.output / journal.NAME, since=size)
        return next((one for one in made if one.output_name is not None and one.input_ref.number == number), None)

    def keep(self, record: AuditRecord, place: str) -> None:
        """Append a record to the journal, unless it says the same as one of an earlier run, and to the crosswalk of
        what became of the input at that place. A dry run has neither.
        """
        if self.output is not None:
            with signals_deferred(), publishing(self.output):
                self.append(record, place)

    def append(self, record: AuditRecord, place: str) -> None:
        """The same, by whoever publishes already."""
        if self.crosswalk is not None:
            self.crosswalk.add(place, record)
        if self.output is not None and journal.outcome_of(record) not in self.recorded:
            journal.append(self.output / journal.NAME, record)

    def keep_done_before(self, item: Input, digest: str) -> None:
        """Append to the crosswalk that an earlier run made the copy of this input."""
        if self.output is not None and self.crosswalk is not None:
            with signals_deferred(), publishing(self.output):
                self.crosswalk.add_done_before(item.place, item.number, digest)


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """An earlier run made a copy of an input of this keyed digest; `same`: of the input of this number."""

    digest: str
    same: bool


class EarlierRecords:
    """What was recorded before this process began, and so what a worker recorded that died before it could say so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size if path.exists() else 0

    def made(self, source: Source, name: str) -> bool:
        """Whether the copy of that name was made of this input by then, and has not become another one's since."""
        return (source.number, source.digest) in self._inputs and _is_of(journal.owners(self._path).get(name), source)

    @cached_property
    def _inputs(self) -> frozenset[tuple[int, str]]:
        if not self._size:
            return frozenset()
        return frozenset(
            (record.input_ref.number, record.input_ref.digest)
            for record in journal.brief_records(self._path, self._size)
            if record.output_name is not None
        )


def _is_of(record: AuditRecord | None, source: Source) -> bool:
    return record is not None and (record.input_ref.number, record.input_ref.digest) == (source.number, source.digest)
