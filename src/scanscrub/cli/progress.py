"""What the terminal shows while files are cleaned, and what stdout gets."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from scanscrub.cli import words
from scanscrub.cli.options import OutputFormat
from scanscrub.domain.audit import WITHOUT_COPY, AuditRecord, Status
from scanscrub.domain.audit_json import record_to_json
from scanscrub.domain.errors import ExitCode, ScanscrubError
from scanscrub.report.review import MixedPatients, SplitStudies


@contextmanager
def counted(label: str, stderr: TextIO) -> Iterator[Callable[[], None]]:
    """What is to be called for each file that is done; a terminal shows how many there are."""
    console = Console(file=stderr, highlight=False)
    columns = (SpinnerColumn(), TextColumn(label), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=None)
        yield partial(shown.advance, task)


class Listener:
    """Is shown every record once. Results go to `stdout`, progress and warnings to `stderr`."""

    def __init__(  # noqa: PLR0913 - one parameter an option of the command line
        self,
        stdout: TextIO,
        stderr: TextIO,
        output_format: OutputFormat,
        *,
        quiet: bool,
        verbose: bool,
        progress: bool,
        color: bool | None,
    ) -> None:
        self.counts: Counter[Status] = Counter()
        self._states: Counter[str] = Counter()
        self._split = SplitStudies()
        self._mixed = MixedPatients()
        self._done_before = 0
        self._stdout = stdout
        self._format = output_format
        self._quiet = quiet
        self._verbose = verbose
        self._objects: list[dict[str, Any]] = []
        self._errors = Console(file=stderr, force_terminal=color, no_color=color is False, highlight=False)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("cleaning"),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._errors,
            transient=True,
            disable=not progress or quiet or not self._errors.is_terminal,
        )
        self._task: TaskID = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, record: AuditRecord) -> None:
        self.counts[record.status] += 1
        self._split.note(record.output_name)
        self._mixed.note(record)
        self._states[words.state(record)] += 1
        self._progress.advance(self._task)
        if self._format is OutputFormat.jsonl:
            self._print(json.dumps(record_to_json(record), separators=(",", ":")))
        elif self._format is OutputFormat.json:
            self._objects.append(record_to_json(record))
        elif not self._quiet and record.status is not Status.IGNORED:
            self._print(words.outcome(record))
            if self._verbose:
                for rule, count in words.by_rule(record.steps):
                    self._print(f"      {rule}: {count}")
                for note in record.notes:
                    self._print(f"      note: {note}")
        if self._quiet and record.status in WITHOUT_COPY:
            self._errors.print(words.outcome(record), markup=False, soft_wrap=True)

    def done_before(self) -> None:
        """Show an input that needed nothing: an earlier run made its copy."""
        self._done_before += 1
        self._progress.advance(self._task)

    def remark(self, sentence: str) -> None:
        """Show something that this machine cannot do."""
        self._errors.print(f"scanscrub: {sentence}", markup=False, soft_wrap=True)

    @property
    def has_shown(self) -> bool:
        """Whether there was any input."""
        return bool(self.counts) or self._done_before > 0

    def finish(self, *, searched: bool) -> None:
        """Close the output: the whole array of JSON, or the summary. `searched`: pictures were, for writing."""
        if self._format is OutputFormat.json:
            self._print(json.dumps(self._objects, indent=1))
        for warning in filter(None, (self._split.warning, self._mixed.warning)):
            self.remark(f"warning: {warning}")
        if self._quiet:
            return
        before = self._done_before
        if self._format is OutputFormat.text:
            self._print(words.summary(self._states, before))
            if not WITHOUT_COPY.isdisjoint(self.counts):
                self._print(words.NAMES)
            unsearched = words.HEADER_ONLY in self._states or (before > 0 and not searched)
            self._print(words.after_clean(list(self.counts), unsearched=unsearched, before=before))
        elif before:
            self._errors.print(f"scanscrub: {words.summary(self._states, before)}", markup=False, soft_wrap=True)

    def complain(self, error: ScanscrubError) -> None:
        self._errors.print(f"scanscrub: {error.reason} {error.hint}".rstrip(), markup=False, soft_wrap=True)

    @property
    def exit_code(self) -> ExitCode:
        if self.counts[Status.FAILED]:
            return ExitCode.BUG
        if self.counts[Status.REJECTED]:
            return ExitCode.NOT_VERIFIED
        good = (
            self.counts[Status.CLEAN] + self.counts[Status.REVIEW] + self.counts[Status.PLANNED] + self._done_before
        )
        if self.counts[Status.REFUSED] or not good:
            return ExitCode.NOT_CLEANED
        return ExitCode.OK

    def _print(self, line: str) -> None:
        self._stdout.write(line + "\n")
        self._stdout.flush()
