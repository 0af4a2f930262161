"""What `clean` tells while files are cleaned, and at the end: results on stdout, warnings on stderr."""

import json
import os
from collections import Counter
from types import TracebackType
from typing import Any, Final, Self, TextIO

from scanscrub import WITHOUT_COPY, AuditRecord, ExitCode, RunCallbacks, ScanscrubError, Status, record_to_json
from scanscrub.cli.options import OutputFormat
from scanscrub.cli.terminal import words
from scanscrub.cli.terminal.progress import Progress
from scanscrub.report.findings.formats import printable
from scanscrub.report.review import MixedPatients, SplitStudies

CLEAN, LOOK, NOT_CLEANED = "clean", "to look at", "not cleaned"
_PROGRESS: Final = {Status.CLEAN: CLEAN, Status.PLANNED: CLEAN, Status.REVIEW: LOOK} | dict.fromkeys(
    WITHOUT_COPY, NOT_CLEANED
)
_COLORS: Final = {Status.REVIEW: "33", Status.IGNORED: "90"} | dict.fromkeys(WITHOUT_COPY, "31")
"""Yellow, gray and red, as a terminal's codes."""


class Listener:
    """Is shown every record once. Results go to `stdout`, progress and warnings to `stderr`.

    `names`: lines for people say which file they are about. What is written for programs never does.
    """

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
        names: bool = False,
    ) -> None:
        self.counts: Counter[Status] = Counter()
        self._states: Counter[str] = Counter()
        self._split = SplitStudies()
        self._mixed = MixedPatients()
        self._done_before = 0
        self._stdout, self._stderr = stdout, stderr
        self._format = output_format
        self._quiet = quiet
        self._verbose = verbose
        self._names = names
        self._place = ""
        self._color = color if color is not None else stdout.isatty() and not os.environ.get("NO_COLOR")
        self._objects: list[dict[str, Any]] = []
        self.progress = Progress("cleaning", stderr, silent=not progress or quiet, ended=(CLEAN, LOOK, NOT_CLEANED))

    def __enter__(self) -> Self:
        self.progress.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.__exit__(kind, error, trace)

    @property
    def callbacks(self) -> RunCallbacks:
        """What a run calls, so that this shows it."""
        counted = None if self.progress.is_silent else self.progress.counted
        return RunCallbacks(self.done_before, remark=self.remark, named=self.named, counted=counted)

    def named(self, number: int, place: str) -> None:
        """The next record is of the input of this number, which lies there."""
        self._place = f"{place!s}" if self._names and number else ""

    def show(self, record: AuditRecord) -> None:
        self.counts[record.status] += 1
        self._split.note(record.output_name)
        self._mixed.note(record)
        self._states[words.state(record)] += 1
        self.progress.done(_PROGRESS.get(record.status, ""))
        if self._format is OutputFormat.jsonl:
            self._print(json.dumps(record_to_json(record), separators=(",", ":")))
        elif self._format is OutputFormat.json:
            self._objects.append(record_to_json(record))
        elif not self._quiet and record.status is not Status.IGNORED:
            self._print("\n".join([self._painted(self._outcome(record), record.status), *self._details(record)]))
        if self._quiet and record.status in WITHOUT_COPY:
            self._say(self._outcome(record))

    def done_before(self, _number: int) -> None:
        """Show an input that needed nothing: an earlier run made its copy."""
        self._done_before += 1
        self.progress.done(before=True)

    def remark(self, sentence: str) -> None:
        """Show something that this machine cannot do."""
        self._say(f"scanscrub: {sentence}")

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
            if not self._names and not WITHOUT_COPY.isdisjoint(self.counts):
                self._print(words.NAMES)
            unsearched = words.HEADER_ONLY in self._states or (before > 0 and not searched)
            self._print(words.after_clean(list(self.counts), unsearched=unsearched, before=before))
        elif before:
            self.remark(words.summary(self._states, before))

    def complain(self, error: ScanscrubError) -> None:
        self._say(f"scanscrub: {error.reason} {error.hint}".rstrip())

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

    def _outcome(self, record: AuditRecord) -> str:
        line = words.outcome(record)
        return f"{line} <- {printable(self._place)}" if self._place else line

    def _details(self, record: AuditRecord) -> list[str]:
        if not self._verbose:
            return []
        rules = [f"      {rule}: {count}" for rule, count in words.by_rule(record.steps)]
        return [*rules, *(f"      note: {note}" for note in record.notes)]

    def _painted(self, line: str, status: Status) -> str:
        code = _COLORS.get(status) if self._color else None
        return f"\x1b[{code}m{line}\x1b[0m" if code else line

    def _print(self, text: str) -> None:
        def write() -> None:
            self._stdout.write(text + "\n")
            self._stdout.flush()

        self.progress.aside(write)

    def _say(self, text: str) -> None:
        def write() -> None:
            self._stderr.write(text + "\n")
            self._stderr.flush()

        self.progress.aside(write)
